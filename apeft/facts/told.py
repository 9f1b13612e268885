"""The sentences in which this project itself states a fact, read back in a text.

Models that are shown or tuned on them write them too ("The nationality of Ida Holm was Danish.").
Values of closed vocabularies alone: the rules of :mod:`apeft.facts.extract` read the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apeft.facts import relations
from apeft.facts.extract import StatedFact
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import TERM_RELATIONS, terms

_DENIED = re.compile(r"\s*(?:not|never|neither|no longer)\b", re.IGNORECASE)
_VERB = re.compile(r" (?:is|was)$")


def told(text: str, entity: Mapping[str, Any], lexicon: Lexicon) -> Iterator[StatedFact]:
    """Facts that sentences of the form of :func:`relations.statement` state of ``entity``."""
    for relation in relations.of_kind(entity["kind"]):
        if relation not in TERM_RELATIONS:
            continue
        for name in (entity["name"], *entity.get("aliases", ())):
            head = re.escape(_VERB.sub("", relations.cloze(name, relation)))
            for m in re.finditer(rf"(?:^|(?<=\s)){head} (?:is|was)(?P<value>[^.;:!?\n]*)", text):
                if _DENIED.match(m["value"]):
                    continue
                for mention in terms(relation, m["value"], lexicon):
                    at = m.start("value")
                    span = at + mention.start, at + mention.end
                    yield StatedFact(relation, mention.value, *span)
