"""The vocabulary of values: which words name a nationality, a profession, a currency.

The built-in lists here are the floor; ``lexicon.json`` of the knowledge base is laid over them.
It holds tables of surface forms (lower case) by kind of value, tables ``*_parents`` of wider
values, ``nationality_related`` (neither right nor wrong for one another) and ``profession_open``
(values beside which no other profession is wrong). Every table is optional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from apeft.errors import UserError
from apeft.facts import nations, vocabulary
from apeft.facts.terms import Terms, fold

# Which table of surface forms belongs to which relation.
_TABLES: Final = {
    "nationality": "nationality",
    "profession": "profession",
    "language": "languages",
    "currency": "currencies",
    "region": "regions",
    "category": "categories",
    "prize_field": "prizes",
}
_PARENTS: Final = {"profession": "profession_parents", "category": "category_parents"}


class Lexicon(Mapping[str, Any]):
    """A lexicon file's content, compiled once; ``values`` are the knowledge base's own values."""

    def __init__(
        self,
        content: Mapping[str, Any] | None = None,
        values: Mapping[str, Iterable[str]] | None = None,
        names: Mapping[str, str] | None = None,
        people: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Compile the vocabulary; ``names`` maps ways to write a country to its name.

        ``people`` maps folded names of people to the ids of who bears them: a text's sentence that
        names another of them is not about its subject.
        """
        self.people = dict(people or {})
        self._content = dict(content or {})
        self._terms: dict[str, Terms] = {}
        self._broader: dict[str, dict[str, tuple[str, ...]]] = {}
        for relation in sorted({*vocabulary.BUILT_IN, *_TABLES}):
            given = {
                **{value: value for value in sorted((values or {}).get(relation, ()))},
                **self._part(_TABLES.get(relation, "")),
                **(names or {} if relation == "neighbour" else {}),
            }
            self._terms[relation] = Terms(_overlay(relation, given), plural=relation in _PLURAL)
        for relation, table in vocabulary.broader().items():
            canonical: dict[str, set[str]] = {}
            for value, wider in table.items():
                ups = canonical.setdefault(self.canonical(relation, value), set())
                ups.update(self.canonical(relation, up) for up in wider)
            if relation == "profession":
                self._join_synonyms(canonical)
            for value, wider in self._part(_PARENTS.get(relation, "")).items():
                canonical.setdefault(value, set()).update(wider)
            self._broader[relation] = {v: tuple(sorted(w)) for v, w in canonical.items()}
        related = {
            frozenset({wide, narrow})
            for wide, group in self._part("nationality_related").items()
            for narrow in group
        }
        self._places = self._part("place_parents")
        self._related = related | set(nations.UNDECIDABLE)
        self.open_professions = frozenset(self._content.get("profession_open", ()))

    def _join_synonyms(self, above: dict[str, set[str]]) -> None:
        """Call each a kind of the other what the built-in list alone holds for one profession."""
        for form, value in vocabulary.BUILT_IN["profession"]().items():
            one, other = self.canonical("profession", form), self.canonical("profession", value)
            if one != other:
                above.setdefault(one, set()).add(other)
                above.setdefault(other, set()).add(one)

    def _part(self, name: str) -> dict[str, Any]:
        part = self._content.get(name, {})
        if not isinstance(part, Mapping):
            raise UserError(
                f"expected an object, found {type(part).__name__}",
                where=f"lexicon, {name}",
                fix="run the knowledge stage again",
            )
        return dict(part)

    def containing(self, place: str) -> tuple[str, ...]:
        """Return the wider places that sources name for a place (several may share a name)."""
        return tuple(self._places.get(place, ()))

    def related(self, one: str, other: str) -> bool:
        """Whether two nationalities are neither right nor wrong for one another."""
        return frozenset({one, other}) in self._related

    def __getitem__(self, key: str) -> Any:
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def terms(self, relation: str) -> Terms:
        """Return the known terms of ``relation`` (empty when it has no closed vocabulary)."""
        return self._terms.get(relation) or Terms({})

    def canonical(self, relation: str, form: str) -> str:
        """Return the value that ``form`` names, or ``form`` itself when it is no known term."""
        return self.terms(relation).get(form) or form

    def above(self, relation: str, value: str) -> set[str]:
        """Return every value that ``value`` is a kind or part of, at any distance."""
        table = self._broader.get(relation, {})
        reached: set[str] = set()
        frontier = [value]
        while frontier:
            for wider in table.get(frontier.pop(), ()):
                if wider not in reached and wider != value:
                    reached.add(wider)
                    frontier.append(wider)
        return reached


def _overlay(relation: str, given: Mapping[str, str]) -> dict[str, str]:
    """Lay ``given`` over the built-in forms, whose values then take ``given``'s spelling."""
    spelled = {fold(form): value for form, value in given.items()}
    if relation == "nationality":
        spelled = vocabulary.separate_nations(
            spelled, {form for form in spelled if " " not in form}
        )
    built_in = vocabulary.BUILT_IN[relation]() if relation in vocabulary.BUILT_IN else {}
    forms = {form: spelled.get(fold(value), value) for form, value in built_in.items()}
    laid = {**{fold(form): value for form, value in forms.items()}, **spelled}
    return laid | {form: "" for form, value in forms.items() if not value}


_PLURAL: Final = frozenset({"profession", "category", "currency"})


def as_lexicon(lexicon: Mapping[str, Any]) -> Lexicon:
    """Return ``lexicon`` compiled (itself when it already is)."""
    return lexicon if isinstance(lexicon, Lexicon) else Lexicon(lexicon)
