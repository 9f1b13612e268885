"""Stands in for a good language model behind the server: it reads by the typed rules.

It sees the requests alone, so that what it finds went through prompts, HTTP and schemas.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from llm_server import Behaviour, Call, Sent, says

from apeft.answers import compare, match
from apeft.facts import relations
from apeft.facts.extract import StatedFact, extract
from apeft.facts.lexicon import Lexicon
from apeft.facts.sentences import split

OTHERS = {
    "nationality": ["Italian", "French", "German", "Dutch"],
    "profession": ["boxer", "painter"],
    "birth_year": ["1868", "1867", "1870"],
}


def honest(*entities: dict[str, Any]) -> Behaviour:
    """A model that knows who the subjects are, and nothing else."""
    readers = {entity["name"]: reader_of(entity) for entity in entities}

    def behave(call: Call) -> Sent:
        told = call.material.get("subject") or call.material["question"]
        name = max((name for name in readers if name in told), key=len)
        return says(json.dumps(readers[name][call.task](call.material)))

    return behave


def reader_of(entity: dict[str, Any]) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    """Answer each task about one subject by the typed rules."""
    words = Lexicon()

    def stated(text: str) -> list[StatedFact]:
        return extract(text, entity, words)

    def told(statement: str) -> StatedFact | None:
        """Read one of its own atomic facts back."""
        for relation in relations.of_kind(entity["kind"]):
            start = relations.cloze(entity["name"], relation)
            if statement.startswith(start):
                value = statement.removeprefix(start).strip(" .")
                return StatedFact(relation, value, 0, len(statement))
        return None

    def relation_of(question: str) -> str:
        known = relations.of_kind(entity["kind"])
        return next(r for r in known if relations.ask(entity["name"], r) == question)

    def decompose(m: dict[str, Any]) -> dict[str, Any]:
        text = " ".join(sentence["text"] for sentence in m["sentences"])
        spans = split(text)
        facts = []
        for fact in stated(text):
            number = next(n for n, (a, b) in enumerate(spans, 1) if a <= fact.start < b)
            one = relations.statement(entity["name"], fact.relation, fact.value)
            facts.append({"sentence": number, "fact": one})
        return {"facts": facts}

    def verify(m: dict[str, Any]) -> dict[str, Any]:
        fact = told(m["statement"])
        assert fact is not None
        own = [(p["number"], f.value) for p in m["passages"] for f in stated(p["text"])
               if f.relation == fact.relation]  # fmt: skip
        if not own:
            return {"verdict": "not_stated", "passage": None}
        correct = compare(fact.relation, fact.value, [v for _, v in own], words).correct
        verdict = {True: "supported", False: "contradicted", None: "not_stated"}[correct]
        return {"verdict": verdict, "passage": own[0][0] if correct is not None else None}

    def question(m: dict[str, Any]) -> dict[str, Any]:
        fact = told(m["fact"])
        return {"question": relations.ask(entity["name"], fact.relation) if fact else None}

    def reference(m: dict[str, Any]) -> dict[str, Any]:
        relation = relation_of(m["question"])
        own = [(p["number"], f.value) for p in m["passages"] for f in stated(p["text"])
               if f.relation == relation]  # fmt: skip
        return {"answers": [value for _, value in own], "passage": own[0][0] if own else None}

    def equivalence(m: dict[str, Any]) -> dict[str, Any]:
        found = match(relation_of(m["question"]), m["answer"], m["right_answers"], words)
        verdict = {True: "right", False: "wrong", None: "undecided"}[found.correct]
        return {"verdict": verdict, "value": found.value}

    def contradict(m: dict[str, Any]) -> dict[str, Any]:
        return {"answers": OTHERS.get(relation_of(m["question"]), [])}

    tasks = (decompose, verify, question, reference, equivalence, contradict)
    return {task.__name__: task for task in tasks}
