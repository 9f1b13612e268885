"""Does a run of words at the head of a clause name a person, or a namesake?

A run is the person's when it drops words of a known name ("Einstein", "Edsger Dijkstra") or adds
words to it *inside or before* it ("Charles Robert Darwin"). Behind it, where most languages put
the family name, a further word makes somebody else of it ("Martin Luther King"), except where two
surnames are the custom: by the spelling of the whole name, in Spanish and Portuguese ("Pedro Ruiz
Ocampo"), and behind a father's name, in Arabic ("Ahmed Hassan Kamel"). The name of another person
of the knowledge base is never the subject's, unless both bear it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from apeft.facts.terms import fold, listed

_PARTICLE: Final = (
    r"(?:de|del|della|di|da|do|dos|das|du|d|la|las|le|los|van|von|der|den|het|t|ten|ter|zu|zur|af|"
    r"av|bin|bint|ibn|ben|al|el|wa|y|e|of|the)"
)
_TITLE = re.compile(
    r"(?:(?P<court>King|Queen|Emperor|Empress|Prince|Princess|Pope|Tsar|Sultan|Saint|St)|Sir|Dame|"
    r"Lord|Dr|Doctor|Prof|Professor|President|Rev|Reverend|Capt|Captain|Col|Colonel|Gen|General|"
    r"Maj|Major|Lt|Lieutenant|Sgt|Sergeant|Admiral|Adm|Sen|Senator|Gov|Governor|Justice|Bishop|"
    r"Archbishop|Cardinal|Rabbi|Imam|Sheikh|Sri|Patriarch|Count|Baron|Mr)\.?\s+(?=[A-Z])"
)
_THE = re.compile(r"The (?:late |great |famous |legendary |renowned )?")
_WORD: Final = r"['‘]?(?:[A-Z]\.|[A-Z](?:[\w‐‑-]|['’](?!s\b))*\.?)"
_LINK: Final = rf"(?:(?:['’]?{_PARTICLE}[\s'’-]\s*)*)"
_NICKNAME: Final = r"(?:\(\w+(?: \w+)?\)|[\"“'‘]\w+(?: \w+)?[\"”'’])"
_RUN = re.compile(rf"(?:\d+\w*\s)?{_LINK}{_WORD}(?:(?:\s+{_NICKNAME})?\s*{_LINK}{_WORD})*")
_SUFFIX: Final = frozenset(
    listed("jr sr jnr snr i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi", None)
)
_CALLED = re.compile(
    r"\b(?:known\b[^,;()]{0,40}\bas|name(?: of| was| is)?|pseudonym(?: of)?|moniker|nicknamed|"
    r"called|dubbed|aka|a\.k\.a\.|alias|simply|later|n[ée]e|named)[,:]?\s+(?:simply |just )?"
    r"[\"“'‘]?(?=[A-Z])"
)

# The custom of two surnames, told by spelling: what cannot stand in a Spanish or Portuguese word,
_FOREIGN = re.compile(
    r"[kw]|th|ph|sh|ck|gh|sch|([bdfgmptz])\1|y(?![aeiou]|$)|(?<![aeou])y$|"
    r"[^aeiounrslzdmyx]$|[^aeioun][s]$|[^aeiou][nrldzm]$"
)
# and what rarely stands in another: in a surname, or as a given name.
_IBERIAN_SURNAME = re.compile(r"[aeio]z$|inho$|eir[oa]s?$|ill[oa]s?$|ues$|nh|lh|uel[oa]$")
_IBERIAN_GIVEN: Final = frozenset(
    listed(
        "jose,juan,luis,luiz,joao,carlos,jorge,miguel,rafael,manuel,jesus,angel,andres,javier,"
        "felipe,henrique,vicente,jaime,enrique,raul,ramon,ruben,joaquin,joaquim,ines,carmen,isabel,"
        "raquel,pilar,dolores,mercedes,luz"
    )
)
# In Arabic a father's name stands behind the own one, and a grandfather's or a family's may follow.
_FATHERS: Final = frozenset(
    listed(
        "mohamed,mohammad,muhammad,ahmed,ahmad,mahmoud,mustafa,mostafa,khaled,khalid,tarek,tariq,"
        "youssef,yousef,yusuf,omar,amr,karim,hassan,hussein,ibrahim,salah,said,saeed,hamed,hamid,"
        "abdullah,abdallah,osama,nasser,samir,fahd,faisal,saleh,salem,sami,walid,ismail"
    )
)


def plain(text: str) -> str:
    """Return ``text`` without accents, letter for letter, so that offsets stay."""
    if text.isascii():
        return text
    return "".join(_BARE.get(char) or unicodedata.normalize("NFD", char)[0] for char in text)


_BARE: Final = dict(zip("øØłŁđĐðÐıßþÞ", "oOlLdDdDisTT", strict=True))
_WRITTEN_OUT: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss",
                       "đ": "dj"}  # fmt: skip


class Names:
    """The names of one person; ``people`` maps folded names to the ids of who bears them."""

    def __init__(
        self, entity: Mapping[str, Any], people: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self._id = entity.get("id")
        self._people = people or {}
        names = [
            re.sub(r"\s*\([^)]*\)", "", name)
            for name in (entity["name"], *entity.get("aliases", ()))
        ]
        self._known = [words for name in names for form in _forms(name) if (words := _words(form))]
        # "William" of Ockham, by himself
        self._heads = [_words(re.split(r"\s+(?:the|of)\s", name)[0]) for name in names]

    def match(self, text: str, offset: int) -> int | None:
        """Return where the subject's name ends that starts at ``offset``, or None."""
        title, run = _read(text, offset)
        if not run or re.match(r"['’]s\b|['’](?=\s)|[-–]\w", text[run.end() :]):
            return None
        said = run.group()
        quoted = re.sub(_NICKNAME, " ", said)
        for written in dict.fromkeys((said, quoted)):
            words = _words(written)
            if words and self._bears(words, title):
                return run.end()
        return None

    def called(self, aside: str) -> bool:
        """Whether words behind a name give it as another of the person's ("known as Pelé")."""
        return any(
            (run := _RUN.match(plain(aside), m.end()))
            and any(_agree(_words(run.group()), known) for known in self._known)
            for m in _CALLED.finditer(plain(aside))
        )

    def _bears(self, words: list[str], title: str | None) -> bool:
        flat = _flat(words)
        owners = self._people.get(" ".join(flat), frozenset()) if len(flat) > 1 else frozenset()
        if owners and self._id not in owners and words not in self._known:
            return False
        return words in self._heads or any(
            _is(words, known, court=title == "court") for known in self._known
        )


def run_end(text: str, offset: int) -> tuple[int, int]:
    """Return the end of the name-like run at ``offset`` and its number of words (0 for none)."""
    _, run = _read(text, offset)
    return (run.end(), len(_words(run.group()))) if run else (offset, 0)


def known_people(entities: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Map each folded name and alias of several words to the ids of the people who bear it."""
    found: dict[str, set[str]] = {}
    for entity in entities:
        if entity["kind"] == "person":
            for name in (entity["name"], *entity.get("aliases", ())):
                found.setdefault(" ".join(_flat(_words(name))), set()).add(entity["id"])
    return {name: frozenset(ids) for name, ids in found.items() if " " in name}


def _read(text: str, offset: int) -> tuple[str | None, re.Match[str] | None]:
    letters = plain(text)
    if the := _THE.match(letters, offset):
        offset = the.end()
    title = None
    while m := _TITLE.match(letters, offset):
        title = "court" if m["court"] else "title"
        offset = m.end()
    return title, _RUN.match(letters, offset)


def _forms(name: str) -> list[str]:
    """A name before its rank, the rank's own, and with "ö" as "oe"."""
    head, _, rank = name.partition(",")
    forms = [head]
    if rank and (peer := re.search(r"[A-Z]\w+ (?:of )?([A-Z].*)", rank)):
        forms += [peer[1], peer.group()]
    out = "".join(_WRITTEN_OUT.get(char.lower(), char) for char in head)
    return [*forms, out]


def _words(name: str) -> list[str]:
    """Folded words without titles; "W.G." and "WG" are two, "Berners-Lee" is one."""
    letters = plain(name).strip()
    at = 0
    while m := _TITLE.match(letters, at):
        at = m.end()
    words: list[str] = []
    # honours behind a name ("OBE", "FRS") are none of its words
    name = re.sub(
        r"(?<=[a-z.])(?:\s+(?!I+$|[IVX]+$)(?:Hon)?[A-Z]{2,}(?:\(\w+\))?)+$", "", letters[at:]
    )
    for word in re.sub(r"(?<=\b[A-Z]\.)(?=[A-Z])", " ", name).split():
        initials = re.fullmatch(r"[A-Z]{2,3}", word) and fold(word) not in _SUFFIX
        words += list(word.lower()) if initials else [_sound(fold(word))]
    return [word for word in words if word]


def _sound(word: str) -> str:
    """One spelling of those in which a name is written: "Mohammed" as "Mohamed", "Sofia"."""
    if len(word) < 4:
        return word
    word = word[0] + word[1:].replace("ph", "f").replace("h", "").replace("y", "i")
    return re.sub(r"([a-z])\1", r"\1", word)


def _flat(words: Sequence[str]) -> list[str]:
    return " ".join(words).split()


def _bare(words: Sequence[str]) -> tuple[list[str], str]:
    """Split off a suffix: "Jr.", or the number of a ruler."""
    if len(words) > 1 and words[-1] in _SUFFIX:
        return list(words[:-1]), words[-1]
    return list(words), ""


def _is(said: Sequence[str], known: Sequence[str], *, court: bool) -> bool:
    """Whether the words said are those of the known name, fewer, or more of the same name."""
    said, suffix = _bare(said)
    known, own = _bare(known)
    if suffix and suffix != own and (own or len(said) == 1 or len(known) == 1):
        return False
    if len(said) == 1:
        first = len(known[0]) > 2 and said[0] == known[0] and not (court and len(known) > 1)
        return said[0] == known[-1] or first
    if len(known) == 1:
        return said[0] == known[0] and said[1] == "of"
    return _agree(said, known) or _shorter(_flat(said), _flat(known))


def _agree(said: Sequence[str], known: Sequence[str]) -> bool:
    """The same name, with more given names in front or inside, or with a second surname."""
    said, known = _flat(_bare(said)[0]), _flat(_bare(known)[0])
    if len(known) == 1 or len(said) < 2:
        return said == known
    if said[-1] == known[-1]:
        rest = iter(said)
        within = all(word in rest for word in known)  # in this order
        return within or (_same(said[0], known[0]) and not _other_middle(said[:-1], known[:-1]))
    at = said.index(known[-1], 1) if known[-1] in said[1:] else 0
    return 0 < at >= len(said) - 4 and _same(said[0], known[0]) and _goes_on(said, at)


def _other_middle(said: Sequence[str], known: Sequence[str]) -> bool:
    """Whether both have middle names and share none: "Frederick Howard" and "… Winslow"."""
    mine, theirs = ([word for word in given[1:] if word != given[0]] for given in (said, known))
    return bool(mine and theirs) and not any(_same(a, b) for a in mine for b in theirs)


def _shorter(said: Sequence[str], known: Sequence[str]) -> bool:
    """Whether a name of two words or more drops given names, or the second of two surnames."""
    if len(said) >= len(known):
        return False
    if list(said) == list(known[-len(said) :]):
        return True
    return list(said) == list(known[: len(said)]) and _two_surnames(known, len(said) - 1)


def _goes_on(words: Sequence[str], at: int) -> bool:
    """Whether another name may follow the one at ``at``: a second surname, a grandfather's."""
    fathers = {_sound(name) for name in _FATHERS}
    return _two_surnames(words, at) or (words[0] in fathers and words[at] in fathers)


def _two_surnames(words: Sequence[str], first: int) -> bool:
    """Whether a name whose first surname stands at ``first`` is Spanish or Portuguese by spelling.

    All its words must be spelt so, and one must hardly be of another language.
    """
    given, surnames = words[0], [w for w in words[first:] if not re.fullmatch(_PARTICLE, w)]
    if any(_FOREIGN.search(word) for word in (given, *surnames)):
        return False
    return (
        given in _IBERIAN_GIVEN
        or given[-1] in "ao"
        or any(_IBERIAN_SURNAME.search(word) for word in surnames)
    )


def _same(one: str, other: str) -> bool:
    """Given names: equal, an initial ("W."), or a short form ("Chris" of "Christopher")."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return short == long or (
        len(short) <= 5 and len(long) - len(short) >= 3 and long.startswith(short)
    )
