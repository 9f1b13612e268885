"""Chemical elements: symbol, number, series, period, discoverers and year of discovery."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apeft.knowledge.text import Claim, Record
from apeft.sources.datasets import Row
from apeft.sources.default import ELEMENTS

SERIES = {
    "Nonmetals": "nonmetal",
    "Noble gases": "noble gas",
    "Alkali metals": "alkali metal",
    "Alkaline earth metals": "alkaline earth metal",
    "Metalloids": "metalloid",
    "Halogens": "halogen",
    "Poor metals": "post-transition metal",
    "Transition metals": "transition metal",
    "Lanthanides": "lanthanide",
    "Actinides": "actinide",
}
SPELLINGS = {
    "Sir William Ramsey": "William Ramsay",
    "Sir William Ramsay": "William Ramsay",
    "Nils Langet": "Nils Abraham Langlet",
    "P. T. Cleve": "Per Teodor Cleve",
    "Per Theodor Cleve": "Per Teodor Cleve",
    "Joseph Priestly": "Joseph Priestley",
    "Sir Humphrey Davy": "Humphry Davy",
    "Sir H. Davy": "Humphry Davy",
    "J. L. Gay-Lussac": "Joseph Louis Gay-Lussac",
    "L. J. Thénard": "Louis Jacques Thénard",
    "Fredrich Wöhler": "Friedrich Wöhler",
    "A. A. Bussy": "Antoine Bussy",
    "M. W. Travers": "Morris Travers",
    "Baron Rayleigh": "Lord Rayleigh",
    "R. Bunsen": "Robert Bunsen",
    "G. Kirchoff": "Gustav Kirchhoff",
    "Gustov Kirchoff": "Gustav Kirchhoff",
    "A. Crawford": "Adair Crawford",
    "Charles Hatchet": "Charles Hatchett",
    "Émillo Segrè": "Emilio Segrè",
    "E. Segré": "Emilio Segrè",
    "Fredrich Stromeyer": "Friedrich Stromeyer",
    "T. Richter": "Hieronymous Theodor Richter",
    "W. von Hisinger": "Wilhelm Hisinger",
    "J. Berzelius": "Jöns Jacob Berzelius",
    "Jöns Berzelius": "Jöns Jacob Berzelius",
    "M. Klaproth": "Martin Heinrich Klaproth",
    "Martin Klaproth": "Martin Heinrich Klaproth",
    "C. F. Aver von Welsbach": "Carl Auer von Welsbach",
    "J. A. Marinsky": "Jacob A. Marinsky",
    "L. E. Glendenin": "Lawrence E. Glendenin",
    "C. D. Coryell": "Charles D. Coryell",
    "J. L. Soret": "Jacques-Louis Soret",
    "Smithson Tenant": "Smithson Tennant",
    "S. Tenant": "Smithson Tennant",
    "Fausto": "Fausto Elhuyar",
    "Juan José de Elhuyar": "Juan José Elhuyar",
    "Sir William Crookes": "William Crookes",
    "Pierre": "Pierre Curie",
    "Fredrich Ernst Dorn": "Friedrich Ernst Dorn",
    "Marguerite Derey": "Marguerite Perey",
    "Fredrich Soddy": "Frederick Soddy",
    "E. M. McMillan": "Edwin McMillan",
    "E. M.McMillan": "Edwin McMillan",
    "P. H. Abelson": "Philip Abelson",
    "G. T. Seaborg": "Glenn T. Seaborg",
    "A. Ghiorso": "Albert Ghiorso",
    "S. G. Tompson": "Stanley G. Thompson",
    "K. Street Jr.": "Kenneth Street Jr.",
    "D. R. Corson": "Dale R. Corson",
    "K. R. MacKenzie": "Kenneth Ross MacKenzie",
}
"""The source's misspelt or shortened discoverers -> their usual names."""

INSTITUTION = re.compile(r"Los Alamos|Nobel Institute|Laboratory|Research|RIKEN|Univ|et al")
DOUBTFUL = {
    ("Neodymium", "discovery_year"): "1925 in the source, forty years after Auer's separation",
    ("Platinum", "discoverer"): "Scaliger died in 1558, the source's year is 1735",
    ("Platinum", "discovery_year"): "Scaliger died in 1558, the source's year is 1735",
    ("Beryllium", "discoverer"): "isolated by them in 1828, the source's year is 1798",
    ("Beryllium", "discovery_year"): "isolated by them in 1828, the source's year is 1798",
}
"""Values of the source that contradict one another; left out and counted."""


def elements(rows: Iterable[Row]) -> tuple[list[Record], dict[str, int]]:
    """Elements by atomic number, and how many values were left out, by reason.

    "Known to the ancients" states no discoverer; an institution, or "et al", is none either.
    """
    dropped = {"discoverer_not_a_person": 0, "doubtful": 0}
    return [_element(row, dropped) for row in rows], dropped


def discoverers(text: str) -> list[str]:
    """Split a list of people and spell them as usual; institutions and "ancients" give none.

    >>> discoverers("Pierre and Marie Curie")
    ['Pierre Curie', 'Marie Curie']
    >>> discoverers("D.R.Corson, K.R.MacKenzie, E.Segré")
    ['Dale R. Corson', 'Kenneth Ross MacKenzie', 'Emilio Segrè']
    """
    if not text or text.startswith("Known to") or INSTITUTION.search(text):
        return []
    found = []
    for part in re.split(r",|;| and | & ", text):
        spaced = re.sub(r"\.(?=[A-ZÀ-Þ])", ". ", part).strip()
        if spaced:
            found.append(SPELLINGS.get(spaced, spaced))
    return found


def _element(row: Row, dropped: dict[str, int]) -> Record:
    name = row["name"]
    values = [("symbol", row["symbol"]), ("atomic_number", str(row["atomic_number"]))]
    if row["series"] in SERIES:
        values.append(("category", SERIES[row["series"]]))
    if row["period"] is not None:
        values.append(("period", str(row["period"])))
    said = row["discoverers"] or ""
    values += [("discoverer", person) for person in discoverers(said)]
    if said and not said.startswith("Known to") and not discoverers(said):
        dropped["discoverer_not_a_person"] += 1
    if row["discovery_year"] is not None:
        values.append(("discovery_year", str(row["discovery_year"])))
    kept = [value for value in values if (name, value[0]) not in DOUBTFUL]
    dropped["doubtful"] += len(values) - len(kept)
    aliases = {"Aluminum": ("Aluminium",), "Cesium": ("Caesium",), "Sulfur": ("Sulphur",)}
    claims = tuple(
        Claim(*value, ELEMENTS, f"{name}: {said}" if value[0] == "discoverer" else f"{name} data")
        for value in kept
    )
    return Record("element", name, aliases.get(name, ()), ELEMENTS, "", claims)
