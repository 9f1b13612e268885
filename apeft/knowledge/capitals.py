"""Capitals that the source leaves out: seats that share the office, and those in dispute."""

from __future__ import annotations

from typing import Final

#: Capitals by law or by the state's own account, beside the source's (ISO 3166-1 alpha-2).
SHARED: Final = {
    "BI": "Gitega",
    "BO": "La Paz",
    "LK": "Sri Jayawardenepura Kotte",
    "SZ": "Mbabane",
    "ZA": "Cape Town|Bloemfontein",
}
#: Where only the government sits, what some states recognise, what is being built or was named
#: a capital without an end of the old one: neither right nor wrong.
OPEN: Final = {
    "BJ": "Cotonou",
    "CI": "Abidjan",
    "CL": "Valparaíso",
    "GQ": "Ciudad de la Paz|Oyala",
    "HN": "Comayagüela",
    "ID": "Nusantara",
    "IL": "Tel Aviv",
    "IN": "Delhi",
    "KI": "Bairiki|Ambo",
    "KR": "Sejong",
    "MC": "Monte Carlo",
    "ME": "Cetinje",
    "MY": "Putrajaya",
    "NL": "The Hague",
    "PS": "Jerusalem|East Jerusalem|Gaza City",
    "PW": "Melekeok",
    "TZ": "Dar es Salaam",
    "YE": "Aden",
}


def seats(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a country's further capitals, and the towns that are neither right nor wrong."""
    shared, undecided = SHARED.get(code, ""), OPEN.get(code, "")
    return tuple(filter(None, shared.split("|"))), tuple(filter(None, undecided.split("|")))
