"""The evaluation sets: each one's role and, for questions, which class should be turned down.

Keys are the names that ``params.yaml`` uses (``knowledge.sets``, ``prompts``); ``name`` is what
records, tables and figures say.
"""

from __future__ import annotations

from dataclasses import dataclass

IN_DOMAIN = "in domain"
LONG_FORM = "ood long-form"
FALSE_PREMISE = "false premise"
KNOWN_UNKNOWN = "known/unknown"


@dataclass(frozen=True)
class QuestionSet:
    """Questions of two classes: ``turn_down`` deserves no plain answer, ``answer`` does."""

    name: str
    role: str
    turn_down: str
    answer: str

    @property
    def classes(self) -> tuple[str, str]:
        """Both classes, the one to turn down first."""
        return self.turn_down, self.answer


@dataclass(frozen=True)
class TextSet:
    """Long-form prompts about what the knowledge base has no facts of.

    ``kind`` is "person" (a name, asked for as a biography) or "prompt" (an instruction).
    """

    name: str
    role: str
    kind: str


# In the order of preference: a question that several sets have stays in the first of them.
QUESTIONS: dict[str, QuestionSet] = {
    "freshqa": QuestionSet("freshqa-premise", FALSE_PREMISE, "false", "valid"),
    "selfaware": QuestionSet("selfaware", KNOWN_UNKNOWN, "unanswerable", "answerable"),
    "falseqa": QuestionSet("falseqa", FALSE_PREMISE, "false", "valid"),
    "kuq": QuestionSet("kuq", KNOWN_UNKNOWN, "unknown", "known"),
}
TEXTS: dict[str, TextSet] = {
    "factscore": TextSet("factscore", IN_DOMAIN, "person"),
    "fava": TextSet("fava", LONG_FORM, "prompt"),
}
QUESTION_OF_NAME = {one.name: one for one in QUESTIONS.values()}
ROLES: dict[str, str] = {
    "bio": IN_DOMAIN,
    "countries": LONG_FORM,
    "elements": LONG_FORM,
    **{one.name: one.role for one in QUESTIONS.values()},
    **{one.name: one.role for one in TEXTS.values()},
}
