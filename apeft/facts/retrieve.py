"""Passages of pages in SQLite's FTS5, found by title and ranked by its BM25.

Min et al. (2023) rank the passages of the subject's own page against "subject + fact" and show the
best five to the judge. So does this, with two differences: a passage ends with a sentence, and
the weights of words are those of all pages at hand.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from apeft.facts.sentences import split
from apeft.facts.terms import fold
from apeft.sources.documents import Document

_PARENTHESIS = re.compile(r" \([^)]*\)$")
# A word of a name: dots within it ("J.R.R.") belong to it, the one that ends a sentence does not.
_REST = r"(?:[\w'’\-]|\.(?=\w))*(?:(?<=\b[A-Z])\.|(?<=\bSt)\.|(?<=\bDr)\.)?"
_SUBJECT = re.compile(
    rf"[A-ZÀ-ÖØ-Þ]{_REST}"
    rf"(?:\s+(?:(?:of|the|and|de|von|van|for|in)\s+){{0,2}}[A-ZÀ-ÖØ-Þ0-9]{_REST})*"
)
_OPENING = re.compile(  # how an instruction or a question begins
    r"^(?:Explain|Tell|Describe|Discuss|Write|Give|Provide|List|Name|Summari[sz]e|Share|Please|What|"
    r"Who|Whom|Whose|Which|When|Where|Why|How|Can|Could|Would|Is|Are|Was|Were|Do|Does|Did|In|I|"
    r"The)\b\s*"
)
_WORD = re.compile(r"[^\W_]+")


class Passages:
    """A read-only store of passages; see :meth:`build`. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a store that :meth:`build` made."""
        self.path = path
        self._lock = threading.Lock()
        uri = f"{path.resolve().as_uri()}?mode=ro"
        self._base = sqlite3.connect(uri, uri=True, check_same_thread=False)

    @classmethod
    def build(cls, path: Path, documents: Iterable[Document], *, words: int = 200) -> Passages:
        """Make a store at ``path``, whole or not at all.

        Args:
            path: the file to make; an existing one is replaced.
            documents: pages; of two with one title (case and accents aside) the first counts.
            words: largest number of words in a passage, unless one sentence has more.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.unlink(missing_ok=True)
        base = sqlite3.connect(partial)
        try:
            with base:
                base.execute("create table pages (key text primary key, page text not null)")
                base.execute(
                    "create virtual table passages using fts5"
                    "(page, text, tokenize = 'unicode61 remove_diacritics 2')"
                )
                short: dict[str, set[str]] = {}
                for number, document in enumerate(documents):
                    page = f"p{number}"
                    name = _PARENTHESIS.sub("", document.title)
                    if name != document.title:
                        short.setdefault(fold(name), set()).add(page)
                    added = base.execute(
                        "insert or ignore into pages values (?, ?)", (fold(document.title), page)
                    )
                    if added.rowcount:
                        rows = ((page, passage) for passage in cut(document.text, words))
                        base.executemany("insert into passages values (?, ?)", rows)
                # "Genie (feral child)" is found as "Genie" when no other page could be meant.
                clear = [(key, *pages) for key, pages in short.items() if len(pages) == 1]
                base.executemany("insert or ignore into pages values (?, ?)", clear)
            base.close()
            os.replace(partial, path)
        finally:
            base.close()
            partial.unlink(missing_ok=True)
        return cls(path)

    @property
    def pages(self) -> int:
        """Number of pages."""
        with self._lock:
            query = "select count(distinct page) from pages"
            return int(self._base.execute(query).fetchone()[0])

    def find(self, titles: Sequence[str], query: str, count: int) -> list[str]:
        """Return the ``count`` passages that match ``query`` best, best first.

        Args:
            titles: names of the subject; the first that is a page's title decides.
            query: any text.
            count: how many; passages that share no word with the query fill up the rest, in the
                page's order.

        Returns:
            Nothing at all when no title has a page.
        """
        page = next(filter(None, map(self._page, titles)), None)
        if page is None:
            return []
        words = sorted(set(_WORD.findall(query.casefold())))
        quoted = " OR ".join(f'"{word}"' for word in words)
        found: dict[int, str] = {}
        with self._lock:
            if words:
                found.update(
                    self._base.execute(
                        "select rowid, text from passages where passages match ? "
                        "order by rank, rowid limit ?",
                        (f'page:"{page}" AND text:({quoted})', count),
                    )
                )
            if len(found) < count:
                rest = self._base.execute(
                    "select rowid, text from passages where passages match ? order by rowid",
                    (f'page:"{page}"',),
                )
                for rowid, text in rest:
                    if len(found) < count:
                        found.setdefault(rowid, text)
        return list(found.values())

    def _page(self, title: str) -> str | None:
        if not fold(title):
            return None
        with self._lock:
            row = self._base.execute(
                "select page from pages where key = ?", (fold(title),)
            ).fetchone()
        return None if row is None else str(row[0])


def subjects(prompt: str) -> list[str]:
    """Name what an instruction may be about ("Explain Ab Klink, …"), in the order of its words.

    These are its capitalised names of several words; single words only when there is no other. A
    name behind "The" is given with it and without.
    """
    names: list[str] = []
    for match in _SUBJECT.finditer(prompt):
        span = re.sub(r"['’]s$", "", match.group()).rstrip(".,'’")
        if span.startswith("The "):
            names.append(span)
        names.append(_OPENING.sub("", span))
    names = [name for name in dict.fromkeys(names) if name]
    return [name for name in names if " " in name] or names


def cut(text: str, words: int) -> Iterator[str]:
    """Cut a page into passages of whole sentences with at most ``words`` words."""
    passage: list[str] = []
    size = 0
    for start, end in split(text):
        sentence = " ".join(text[start:end].split())
        length = len(sentence.split())
        if passage and size + length > words:
            yield " ".join(passage)
            passage, size = [], 0
        if length:
            passage.append(sentence)
            size += length
    if passage:
        yield " ".join(passage)
