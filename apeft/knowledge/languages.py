"""Official languages of countries: what the source and CLDR state, and what either leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

#: CLDR calls these official, and no law of the country does: they are left open.
WIDELY_USED: Final = {"DZ": "fr", "MG": "en", "MU": "fr", "NG": "yo", "TN": "fr", "TW": "nan hak"}
#: CLDR has these as used by the state, which a later law ended: they are wrong.
ENDED: Final = {"UA": "Russian"}
#: Official by law, and in neither source (ISO 3166-1 alpha-2, names as CLDR writes them).
BY_LAW: Final = {
    "BO": "Guarani",
    "CH": "Romansh",
    "DZ": "Berber",
    "ET": "Oromo|Somali|Tigrinya|Afar",
    "KM": "Comorian",
    "ME": "Montenegrin",
    "RW": "Swahili",
    "SC": "Seselwa Creole French",
    "ZA": "Northern Sotho",
    "ZW": "Nyanja|Tswana|Southern Sotho|Tsonga|Venda|Xhosa",
}


@dataclass(frozen=True)
class Official:
    """Names of a country's official languages, and of those that only some would call so."""

    right: tuple[str, ...]
    open: tuple[str, ...]
    unknown: int


def official(code: str, listed: Sequence[str], english: Locale) -> Official:
    """Join the source's languages (ISO 639-1 codes) with those of CLDR for a country.

    Args:
        code: ISO 3166-1 alpha-2 code of the country.
        listed: Languages of the source, which are right and stand first.
        english: The locale that names languages.

    Returns:
        ``open`` are languages of a region, or used by the state without a law; ``unknown`` counts
        codes of the source without a name.
    """
    names = [english.languages.get(one) for one in listed]
    right = [name for name in names if name]
    used = WIDELY_USED.get(code, "").split()
    laws = get_official_languages(code)
    right += _named((one for one in laws if one.split("_")[0] not in used), english)
    right += [name for name in BY_LAW.get(code, "").split("|") if name]
    either = _named(get_official_languages(code, regional=True, de_facto=True), english)
    kept = tuple(dict.fromkeys(right))
    rest = tuple(name for name in dict.fromkeys(either) if name not in (*kept, ENDED.get(code)))
    return Official(kept, rest, names.count(None))


def _named(codes: Iterable[str], english: Locale) -> Iterator[str]:
    for code in codes:
        if name := english.languages.get(code.split("_")[0]):
            yield name


def own_names(names: Iterable[str], english: Locale) -> Mapping[str, str]:
    """How languages call themselves in Latin letters, lower case ("français" -> "French")."""
    wanted = set(names)
    found: dict[str, str] = {}
    for code, name in sorted(english.languages.items()):
        own = _own(code) if name in wanted else ""
        if own and own[0] <= "ɏ":  # the last of the Latin letters
            found.setdefault(own.lower(), name)
    return found


def _own(code: str) -> str:
    try:
        languages: Mapping[str, Any] = Locale.parse(code).languages
    except (UnknownLocaleError, ValueError):
        return ""
    return str(languages.get(code, ""))
