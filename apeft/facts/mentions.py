"""Which values of a relation does a short text name? Shared by answer matching and extraction."""

from __future__ import annotations

import re
from typing import Final

from babel import Locale

from apeft.facts.lexicon import Lexicon
from apeft.facts.terms import Mention, fold, listed

YEAR_RELATIONS: Final = frozenset({"birth_year", "death_year", "prize_year", "discovery_year"})
PLACE_RELATIONS: Final = frozenset({"birth_place", "capital"})
#: Relations whose values come from a closed vocabulary.
TERM_RELATIONS: Final = frozenset(
    {"nationality", "profession", "prize_field", "region", "language", "neighbour", "category"}
)

# A year: four digits up to 2099, or one to four with an era; three behind "in", two behind "year".
# Not a decade, an amount or a page.
_BC = r"\s?(?:BCE|BC|B\.\s?C\b\.?(?:\s?E\b\.?)?)(?![a-z])"
YEAR: Final = re.compile(
    r"(?<![\w.,$£€#/])(?<!No\. )"
    rf"(?:(?P<era>\d{{1,4}})(?:{_BC}|(?=\s?(?:-|–|—|to|or|/|and)\s?\d{{1,4}}{_BC}))"
    r"|(?:A\.?D\.?\s?(?P<ad>\d{1,4}))(?!\d)"
    r"|(?P<ce>\d{1,4})(?=\s?(?:CE|C\.E\.|AD|A\.D\.)(?![a-z]))"
    r"|(?P<year>1\d{3}|20\d{2}|(?<=\bin )[3-9]\d{2}"
    r"|(?:(?<=\byear )|(?<=\bborn in )|(?<=\bdied in ))[1-9]\d{1,2})"
    r"(?![\d%])(?!['’]?s\b)(?![.,]\d)(?!\w))"
)
# In a short answer: a bare number that ends its clause, and is no day, age or amount.
_SHORT_YEAR = re.compile(
    r"(?<![\w.,$£€#/'’-])(?<!No\. )(?<!aged )(?<!age )(?<!age of )"
    r"(?P<year>[1-9]\d{0,2})\b(?!['’]?s\b)(?![.,]\d)(?!\s*%)(?=\s*(?:[.,;:!?)*\"'’\]]|$|\(|and\b|or\b|in\b))"
)
_CIRCA = re.compile(r"\b[cC](?=1\d{3}\b)")
_DATE = re.compile(r"(?<![\w./])\d{1,2}([./])\d{1,2}\1(1\d{3}|20\d{2})(?![\w/])")
_PLACE_WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w'’.\-]*)"
_LINK = (
    r"(?:of|de|del|della|di|da|do|dos|la|le|les|el|am|im|es|an der|an|der|den|upon|on|in der|sur|"
    r"and)"
)
_PLACE_PART = rf"{_PLACE_WORD}(?:\s+(?:{_LINK}\s+)?{_PLACE_WORD})*"
PLACE: Final = re.compile(rf"{_PLACE_PART}(?:,\s*(?:in\s+)?(?:the\s+)?{_PLACE_PART})*")
_PLACE_LEAD = re.compile(r"\b(?:in|at|near|is|was|are|from)\s+(?:the\s+)?(?=[A-ZÀ-ÖØ-Þ])")
# A place that its own sentence goes on about: what stands behind "in" is said of it.
_FIRST_PLACE = re.compile(
    rf"\W*(?:the city of )?(?P<place>{_PLACE_PART})(?=\s*[;(]|,\s+(?:an?|the|but|though|which|"
    r"while|although|now|located|situated)\b|,?\s+(?:in|is|lies|sits|although|though|but|which|"
    r"where)\b)"
)
_NO_PLACE: Final = frozenset(
    listed(
        "the he she it they his her its in a an i yes no born answer question unknown there this "
        "that not neither although though while however currently today originally "
        "birthplace capital city town village place well sure ok okay actually according "
        "located situated found raised died "
        "january february march april may june july august september october november december",
        None,
    )
)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\b[\d\s,]*"
)
_DAY = re.compile(r"^\w+\s+\d{1,2}(?:,|$)")
# Words that are also names of countries or peoples only when they start with a capital.
_CASED: Final = frozenset({"us", "pole", "poles", "turkey", "china", "chad", "polish", "lao"})
_NOT_SYMBOLS: Final = frozenset({"It", "In", "Is", "A", "An", "The", "He", "At", "As", "No", "I"})
_TITLES = re.compile(r"\b(?:sir|lord|baron|dr|prof|professor|dame|mr|mrs|ms|count)\b\.?\s*", re.I)
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w'’\-]*\.?|(?:[A-Z]\.)+)"
PERSON: Final = re.compile(
    rf"{_NAME_WORD}(?:\s*(?:(?:von|van|de|der|du|da|di|del|la|le|ter)\s+)*{_NAME_WORD})*"
)
CURRENCY_HEADS: Final = (
    "dollar,euro,pound,franc,krona,krone,króna,koruna,peso,peseta,rupee,rupiah,rial,riyal,dinar,"
    "dirham,yen,yuan,renminbi,won,baht,lira,ruble,rouble,zloty,złoty,forint,leu,lev,lek,real,"
    "shilling,rand,naira,cedi,birr,dram,lari,tenge,som,sum,soum,manat,afghani,taka,kyat,kip,riel,"
    "dong,ringgit,tugrik,togrog,tögrög,tugrug,sol,boliviano,guarani,guaraní,bolivar,bolívar,colon,"
    "colón,quetzal,lempira,cordoba,córdoba,balboa,gourde,pula,kwacha,kwanza,metical,ariary,ouguiya,"
    "dalasi,leone,hryvnia,grivna,denar,mark,marka,kuna,shekel,sheqel,pataca,ngultrum,rufiyaa,"
    "somoni,dobra,escudo,loti,lilangeni,nakfa,vatu,tala,paanga,kina,florin,guilder,drachma,"
    "schilling,litas,lat,kroon,tolar,punt,sucre,austral,cruzeiro,inti,markka,deutsche mark,"
    "rmb,cny,lei,leva,pa'anga,pa’anga,paʻanga"
)
_CURRENCY = re.compile(
    r"(?:(?:[A-Z][\w.\-]*|and|new|convertible)\s+){0,4}"
    rf"\b(?i:{CURRENCY_HEADS.replace(',', '|')})(?:e?s)?\b"
)
_NAMED = re.compile(r"\s*(?:the |an? )?(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]*(?: [A-ZÀ-ÖØ-Þ][\w'’-]*){0,3})")
_NOT_CURRENCY = re.compile(r"^(?:[Tt]he|[Aa]nd|[Ii]ts|[Ii]n|[Ii]t|[Ii]s|[Ii]sland)\s+")


def stated(relation: str, text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the values of ``relation`` that ``text`` names, in order, canonical where known."""
    if relation in YEAR_RELATIONS:
        return years(text)
    if relation in PLACE_RELATIONS:
        return places(text)
    if relation in TERM_RELATIONS:
        return terms(relation, text, lexicon)
    if relation == "symbol":
        return _symbols(text)
    if relation == "atomic_number":
        found = re.finditer(r"(?<![\w.])\d{1,3}(?![\d\w]|\.\d)", text)
        return [Mention(str(int(m.group())), m.start(), m.end()) for m in found]
    if relation == "currency":
        return currencies(text, lexicon)
    if relation == "discoverer":
        return people(text)
    raise ValueError(f"no rule finds values of {relation!r}")


def years(text: str) -> list[Mention]:
    """Return the exact years; "469 BC" keeps its era, decades and centuries are no years."""
    found = []
    for m in YEAR.finditer(_CIRCA.sub(" ", text)):
        value = f"{m['era']} BC" if m["era"] else str(int(m["ad"] or m["ce"] or m["year"]))
        found.append(Mention(value, m.start(), m.end()))
    found += [Mention(m[2], m.start(2), m.end(2)) for m in _DATE.finditer(text)]
    return sorted(found, key=lambda mention: mention.start)


def short_years(text: str) -> list[Mention]:
    """Return the years of one to three digits that a short answer names without "in" or an era."""
    bare = _MONTH.sub(lambda m: _DAY.sub(lambda day: " " * len(day[0]), m[0]), text)
    return [Mention(m["year"], m.start(), m.end()) for m in _SHORT_YEAR.finditer(bare)]


def normal_year(value: str) -> str:
    """Return a year as :func:`years` writes it ("-469" and "469 BCE" -> "469 BC")."""
    text = str(value).strip()
    if re.fullmatch(r"-\d+", text):
        return f"{int(text[1:])} BC"
    m = re.fullmatch(r"(?:c(?:a|irca)?\.?\s*)?(\d+)\s*(?:BCE|BC)", text)
    if m:
        return f"{int(m[1])} BC"
    m = re.fullmatch(r"(?:c(?:a|irca)?\.?\s*)?(?:AD\s*)?(\d+)(?:\s*(?:AD|CE))?(?:\.0)?", text)
    return str(int(m[1])) if m else text


def terms(relation: str, text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the vocabulary terms; "German-born" names a birthplace and no nationality."""
    found = []
    for mention in lexicon.terms(relation).find(text):
        surface = text[mention.start : mention.end]
        if not mention.value or surface in _CASED:
            continue
        after = text[mention.end : mention.end + 8]
        if relation == "nationality" and re.match(r"[-–]born| born [A-Z]|[-–]language", after):
            continue
        found.append(mention)
    return found


def places(text: str) -> list[Mention]:
    """Return the first named place ("Ulm, Germany" is one place), or nothing."""
    masked = _MONTH.sub(lambda m: " " * len(m.group()), text)
    first = _FIRST_PLACE.match(masked)
    own = first and fold(first["place"].split()[0]) not in _NO_PLACE
    lead = None if own else _PLACE_LEAD.search(masked)
    for m in PLACE.finditer(masked, lead.end() if lead else 0):
        value, start = m.group(), m.start()
        words = value.split()
        while words and fold(words[0]) in _NO_PLACE:
            start += len(words[0]) + 1
            words = words[1:]
        if not words:
            continue
        value = re.sub(r",?\s*(?:in\s+)?$", "", masked[start : m.end()]).rstrip(".'’ ")
        if fold(value):
            return [Mention(value, start, start + len(value))]
    return []


def currencies(text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the currencies named by a known unit ("Swedish krona", "euro")."""
    found = []
    for m in _CURRENCY.finditer(text):
        value = m.group()
        while value != (shorter := _NOT_CURRENCY.sub("", value)):
            value = shorter
        known = lexicon.terms("currency").get(value)
        found.append(Mention(known or value, m.end() - len(value), m.end()))
    return found or _currency_codes(text)


def _currency_codes(text: str) -> list[Mention]:
    names = Locale("en").currencies
    codes = re.finditer(r"\b[A-Z]{3}\b", text)
    return [Mention(names[m[0]], m.start(), m.end()) for m in codes if m[0] in names]


def unknown_currency(text: str) -> list[Mention]:
    """Return the name at the beginning of ``text`` that holds no known unit ("the Lirón")."""
    m = _NAMED.match(text)
    return [Mention(m["name"], m.start("name"), m.end("name"))] if m else []


def people(text: str) -> list[Mention]:
    """Return names of people ("Pierre and Marie Curie" are two, both Curie)."""
    found = []
    for m in PERSON.finditer(text):
        name, start = m.group(), m.start()
        if fold(name) in _NO_PLACE or _MONTH.match(name + " ") or not fold(name):
            continue
        bare = re.sub(r"^(?:It|The|He|She|In|By|Its|This)\s+", "", name)
        start, name = start + len(name) - len(bare), bare
        found.append(Mention(name.rstrip(".'’"), start, m.end()))
    return found


def bare_name(name: str) -> list[str]:
    """Return a person's folded words without titles."""
    return fold(_TITLES.sub("", name)).split()


def _symbols(text: str) -> list[Mention]:
    whole = text.strip().strip(".'\"()")
    if re.fullmatch(r"[A-Z][a-z]?", whole):
        start = text.index(whole)
        return [Mention(whole, start, start + len(whole))]
    m = re.search(r"symbol\s*(?:for \w+ |of \w+ )?(?:is|:|was)?\s*[\"'“‘(]?([A-Z][a-z]?)\b", text)
    if m:
        return [Mention(m[1], m.start(1), m.end(1))]
    found = re.finditer(r"(?<![\w'’.])[A-Z][a-z]?(?![\w'’])", text)
    return [Mention(m.group(), m.start(), m.end()) for m in found if m.group() not in _NOT_SYMBOLS]
