"""May a value be true although the knowledge base contradicts it? No pair should rest on such one.

Lists of professions are never complete, and people mostly hold several of one field: a composer
conducts, a civil rights activist is a leader. And where a relation has several values, one that
the source text names, in whatever words, may be one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from apeft.facts.knowledge import Knowledge
from apeft.facts.lexicon import Lexicon
from apeft.facts.relations import RELATIONS

APART = frozenset({"athlete"})  # a field of which people mostly hold one: sports take a life each


def doubtful(knowledge: Knowledge, entity: Mapping[str, Any], relation: str, value: str) -> bool:
    """Whether ``value``, held for wrong, may be true of the entity all the same."""
    rights = knowledge.values(entity["id"], relation)
    if relation == "profession" and one_field(value, rights, knowledge.lexicon):
        return True
    several = relation in RELATIONS and RELATIONS[relation].several
    return several and names(str(entity.get("text") or ""), [value], relation)


def one_field(value: str, rights: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a profession and one of ``rights`` are kinds of one profession ("musician")."""

    def field(one: str) -> set[str]:
        own = lexicon.canonical("profession", one)
        return {own, *lexicon.above("profession", own)} - APART

    return any(field(value) & field(right) for right in rights)


def names(text: str, values: Sequence[str], relation: str) -> bool:
    """Whether ``text`` holds one of ``values`` as whole words.

    A symbol is no word of the same letters ("in" is not In).
    """
    case = 0 if relation == "symbol" else re.IGNORECASE
    return any(re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text, case) for value in values)
