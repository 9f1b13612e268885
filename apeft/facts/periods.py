"""Decades, centuries and ranges of years: what a vague date holds and what it excludes."""

from __future__ import annotations

import re
from typing import Final

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINAL: Final = {word: place for place, word in enumerate(_ORDINALS.split(), 1)} | {
    "twenty-first": 21, "twenty first": 21,
}  # fmt: skip
_BC = r"(?P<bc>\s*(?:BCE|BC|B\.C\.(?:E\.)?))?"
_CENTURY = re.compile(
    rf"\b(?:(?P<number>\d{{1,2}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINAL)}))(?:[\s-]+"
    rf"(?:(?:and|or|to)\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)\s+)?)centur(?:y|ies)\b{_BC}",
    re.IGNORECASE,
)
_ROUND = re.compile(rf"\b(?P<year>\d{{1,3}}0)['’]?s\b{_BC}")
_SHORT = re.compile(r"(?<!\w)['’]?(?P<year>\d0)['’]?s\b")
_YEAR = r"(?:\d{1,4})"
_RANGE = re.compile(
    rf"\b(?:between|from|somewhere in|around)\s+(?P<low>{_YEAR})\s*(?:and|to|-|–|or)\s*"
    rf"(?P<high>{_YEAR}){_BC}",
    re.IGNORECASE,
)
_SIDE = re.compile(
    rf"\b(?P<side>before|prior to|no later than|after|no earlier than)\s+(?:the year\s+)?"
    rf"(?P<year>{_YEAR})\b{_BC}",
    re.IGNORECASE,
)
MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
LIFE_SPAN: Final = re.compile(
    r"[\s)]*(?:AD|CE)?\s*(?:-|–|—|to|until|till)\s*(?:c(?:a|irca)?\.?\s*)?"
    rf"(?:(?:\d{{1,2}}\s+)?(?:{MONTH})\.?\s*(?:\d{{1,2}},?\s*)?)?"
)
"""What stands between the two years of a life ("1879 – 18 April 1955")."""
YEARS_OF_LIFE: Final = re.compile(
    r"(?<![\w.,/-])(?P<low>[1-9]\d{1,3})\s*[-–—]\s*(?P<high>[1-9]\d{2,3})(?![\w/-]|[.,]\d|\s?BC)"
)
"""Both years of a life, of however few digits ("712–770")."""
VAGUELY: Final = re.compile(
    rf"\b(?:before|prior to|no later than|after|no earlier than|between|between\s+{_YEAR}\s+and)"
    r"\s+(?:the year\s+)?$",
    re.IGNORECASE,
)
"""What stands before a year that only bounds another one."""
EVER: Final = 10_000

Period = tuple[int, int]


def period(text: str) -> Period | None:
    """Return the first and last year of the vague date that ``text`` names; BC is negative.

    A century is read generously: the nineteenth holds 1800 and 1900.
    """
    for pattern, read in (
        (_RANGE, _range), (_SIDE, _side), (_CENTURY, _century), (_ROUND, _round), (_SHORT, _short)
    ):  # fmt: skip
        if (m := pattern.search(text)) is not None:
            return read(m)
    return None


def holds(found: Period, year: str) -> bool:
    """Whether a period holds a year as :func:`mentions.normal_year` writes it ("469 BC")."""
    number = re.match(r"\d+", year)
    if number is None:
        return True  # a year in no known form excludes nothing
    value = -int(number.group()) if year.endswith("BC") else int(number.group())
    low, high = found
    if low >= EVER:  # a decade of any century
        return value % 100 // 10 == low - EVER
    return low <= value <= high


def _signed(m: re.Match[str], low: int, high: int) -> Period:
    return (-high, -low) if m["bc"] else (low, high)


def _range(m: re.Match[str]) -> Period:
    low, high = sorted((int(m["low"]), int(m["high"])))
    return _signed(m, low, high)


def _side(m: re.Match[str]) -> Period:
    year = -int(m["year"]) if m["bc"] else int(m["year"])
    early = m["side"].lower() in ("before", "prior to", "no later than")
    return (-EVER, year) if early else (year, EVER - 1)


def _century(m: re.Match[str]) -> Period:
    number = int(m["number"]) if m["number"] else _ORDINAL[m["word"].lower()]
    last = re.search(r"(\d{1,2})(?:st|nd|rd|th)\s+centur", m.group())
    return _signed(m, 100 * (number - 1), 100 * (int(last[1]) if last else number))


def _round(m: re.Match[str]) -> Period:
    year = int(m["year"])
    return _signed(m, year, year + (99 if year % 100 == 0 else 9))


def _short(m: re.Match[str]) -> Period:
    decade = EVER + int(m["year"]) // 10
    return (decade, decade)
