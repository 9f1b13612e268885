"""From a clause's subject to what it says its subject was: asides, copula, article."""

from __future__ import annotations

import re
from typing import Final

_ADVERB: Final = (
    r"(?:(?!only\b|hardly\b|nearly\b|scarcely\b|barely\b)\w+ly|also|both|perhaps|first|then|once|"
    r"still|now|again|indeed|at once|in fact)"
)
_AS: Final = (
    r"(?:(?:best|better|perhaps|primarily|mainly|mostly|generally|widely|often|also)\s+){0,2}"
    r"(?:known|considered|regarded|remembered|described|recogni[sz]ed|celebrated|credited)"
    r"(?:\s+(?:primarily|mainly|today|widely))?(?:\s+(?:as|to be|to have been))?"
)
# Of an office or a job: no nationality follows ("became an American citizen" dates one).
_POST: Final = (
    r"(?P<post>became|(?:has\s+)?(?:also\s+)?(?:work|serv)(?:ed|s|es) as|"
    r"was (?:made|appointed|elected|named|crowned|ordained|created))"
)
_COPULA = re.compile(
    rf"(?:{_ADVERB}\s+)?(?P<verb>{_POST}|(?:was|is|were|are|has been|had been)"
    rf"(?:\s+{_ADVERB}){{0,2}}(?:\s+{_AS})?|remain(?:s|ed))(?:,?\s+{_ADVERB},?){{0,2}}\s+"
    r"(?P<article>(?:an?|the|one of (?:the|his|her|their)|one of|among the)\b|)\s*"
)
# What a name may be followed by without a comma: "Bob Dylan born Robert Zimmerman is".
_CALLED = re.compile(
    r"\s*(?:\w+ly\s+|better\s+|best\s+|also\s+|often\s+|sometimes\s+)?"
    r"(?:known|called|nicknamed|dubbed|billed|born|n[ée]e?e|a\.?k\.?a\.?|alias|who|whose)\b"
)
_OPENED = re.compile(r"\s*[(\[]")
_PAUSE = re.compile(r"\s*(?:,|\s[–—-]\s|[–—])\s*")
_NO_ASIDE = re.compile(
    r"(?:and|but|nor|while|as|then)\b(?! (?:later|also|simply|sometimes|formerly|in full)\b)"
)
_LONGEST: Final = 260


def find_predicate(text: str, subject_end: int) -> re.Match[str] | None:
    """Return the copula (groups ``verb`` and ``article``) behind a subject and its asides.

    Asides are what stands in brackets, and between commas or dashes: honours, other names, an
    apposition, a relative clause. "and" begins none: another subject would follow.
    """
    at, called = subject_end, None
    while at < len(text):
        spaces = re.compile(r"\s*").match(text, at)
        at = spaces.end() if spaces else at
        if _OPENED.match(text, at):
            at = _closed(text, at)
        elif copula := _COPULA.match(text, at):
            return copula
        elif pause := _PAUSE.match(text, at):
            if copula := _COPULA.match(text, pause.end()):
                return copula
            called = called or _CALLED.match(text, pause.end())
            if not called and _NO_ASIDE.match(text, pause.end()):
                return None
            at = _aside_end(text, pause.end())
        elif called := _CALLED.match(text, at):
            at = _aside_end(text, called.end())
        else:
            return None
        if at - subject_end > _LONGEST:
            return None
    return None


def _aside_end(text: str, start: int) -> int:
    """Where an aside ends: at the next comma, dash or bracket, or else before a copula."""
    at = start
    while at < len(text):
        if text[at] in "([":
            at = _closed(text, at)
            continue
        if text[at] in ";:":
            return len(text)
        if _PAUSE.match(text, at) and text[at] in ",–—- ":
            return at
        if text[at - 1] == " " and re.match(r"(?:was|is)\b", text[at:]):
            relative = re.match(r"(?:who|which|whose|that|where|when)\b", text[start:])
            if not relative:
                return at
        at += 1
    return at


def _closed(text: str, at: int) -> int:
    """Where the bracket that opens at or behind ``at`` is closed (the text's end if never)."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0 and text[place] in ")]":
            return place + 1
    return len(text)
