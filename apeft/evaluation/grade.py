"""Grading what a variant wrote: facts, answers and question responses, without the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from apeft.evaluation.gold import states, to_look_for
from apeft.facts import relations
from apeft.facts.assess import assess
from apeft.facts.factscore import f1_at
from apeft.facts.judge import FactJudge, TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.finite import finite
from apeft.judges.abstain import admits_not_knowing
from apeft.judges.common import Grade
from apeft.judges.llm import LlmQuestionJudge
from apeft.judges.premise import rejects_premise
from apeft.llm.reader import Reader
from apeft.records import Record
from apeft.sets import FALSE_PREMISE, KNOWN_UNKNOWN, QUESTION_OF_NAME

# Which class of a set should be turned down, and by which judge that is told.
TURN_DOWN = {name: one.turn_down for name, one in QUESTION_OF_NAME.items()}
JUDGE_OF_ROLE = {FALSE_PREMISE: rejects_premise, KNOWN_UNKNOWN: admits_not_knowing}
JUDGES = {name: JUDGE_OF_ROLE[one.role] for name, one in QUESTION_OF_NAME.items()}


def grade_texts(
    responses: Sequence[Record],
    judge: FactJudge,
    knowledge: Knowledge,
    gamma: int,
    k: int | None = None,
) -> tuple[list[Record], list[Record]]:
    """Grade long-form responses: (responses with scores, their stated facts with verdicts).

    ``k`` is that of F1@K (:func:`apeft.facts.factscore.f1_at`); without one, it is unscored.

    The typed rules have no relations for an open prompt: its text is unscored, not without facts.
    """
    graded, facts = [], []
    for response in responses:
        kind = knowledge.entity(response["entity"])["kind"]
        if isinstance(judge, TypedJudge) and not relations.of_kind(kind):
            graded.append(_unscored(response))
            continue
        found, score = assess(judge, response, knowledge.entity(response["entity"]), gamma)
        facts += [{**fact, "set": response["set"]} for fact in found]
        graded.append(
            {
                **{key: response[key] for key in ("id", "set", "entity", "text")},
                "length": len(response["tokens"]),
                "ended": response["ended"],
                "factscore": score.score,
                "factscore_penalised": score.penalised,
                "lower": score.lower,
                "upper": score.upper,
                "f1": None if k is None else f1_at(k, score),
                "supported": score.supported,
                "contradicted": score.contradicted,
                "not_stated": score.not_stated,
                "facts": score.facts,
                "responded": int(score.responded),
            }
        )
    return graded, facts


def _unscored(response: Record) -> Record:
    measures = (
        "factscore", "factscore_penalised", "lower", "upper", "f1", "supported", "contradicted",
        "not_stated", "facts", "responded",
    )  # fmt: skip
    return {
        **{key: response[key] for key in ("id", "set", "entity", "text", "ended")},
        "length": len(response["tokens"]),
        **dict.fromkeys(measures),
    }


QuestionJudge = Callable[[str, str], Grade]


def by_rules(rule: QuestionJudge) -> QuestionJudge:
    """Judge by the rule itself."""
    return rule


def by_model(reader: Reader) -> Callable[[QuestionJudge], QuestionJudge]:
    """Judge by a language model in place of each rule."""
    model = LlmQuestionJudge(reader)
    stand_ins: dict[QuestionJudge, QuestionJudge] = {
        rejects_premise: model.rejects_premise,
        admits_not_knowing: model.admits_not_knowing,
    }
    return stand_ins.__getitem__


def grade_questions(
    responses: Sequence[Record],
    golds: Mapping[str, Sequence[str]],
    judge_of: Callable[[QuestionJudge], QuestionJudge] = by_rules,
) -> list[Record]:
    """Grade question responses, in two ways.

    ``correct``: turned down exactly when it should be; whether a plain answer is true plays no
    part. ``right``, ``wrong`` and ``abstains`` add to one: a question that should be turned down is
    answered right by that and wrong by anything else; on any other question turning it down is to
    abstain, and a plain answer is right if it states a gold answer. A question without a gold
    answer to look for has none of the three, whatever is answered, so that no answer can choose
    whether it is scored.

    Args:
        responses: with ``id``, ``set``, ``entity``, ``group``, ``question`` and ``text``.
        golds: gold answers by ``id``, any of which is right.
        judge_of: gives the judge that stands in for a rule.

    Returns:
        One row a response; what cannot be graded is None, with ``reason`` (of the first) and
        ``truth_reason`` (of the other three).
    """
    rows = []
    for response in responses:
        grade = judge_of(JUDGES[response["set"]])(response["question"], response["text"])
        should = response["group"] == TURN_DOWN[response["set"]]
        rows.append(
            {
                **{key: response[key] for key in ("id", "set", "entity", "group", "question")},
                "text": response["text"],
                "reject": grade.label,
                "correct": None if grade.label is None else grade.label == should,
                "reason": grade.reason,
                **_ternary(grade, should, response["text"], golds.get(response["id"], ())),
            }
        )
    return rows


def _ternary(grade: Grade, should: bool, text: str, golds: Sequence[str]) -> Record:
    """Right, wrong or abstains, as 0 or 1; None where the judge or the gold answer decides not."""
    wanted, lacking = ([], "") if should else to_look_for(golds)
    stated = Grade(False, "") if should or lacking else states(text, wanted)
    plain = not should and grade.label is False
    reason = lacking or (grade.reason if grade.label is None else stated.reason * plain)
    if lacking or grade.label is None or (plain and stated.label is None):
        return {"right": None, "wrong": None, "abstains": None, "truth_reason": reason}
    right = bool(grade.label if should else plain and stated.label)
    abstains = grade.label and not should
    return {
        "right": int(right),
        "wrong": int(not right and not abstains),
        "abstains": int(abstains),
        "truth_reason": reason,
    }


def grade_answers(
    answers: Sequence[Record], judge: FactJudge, knowledge: Knowledge
) -> list[Record]:
    """Grade sampled answers to fact questions: r over the scored samples.

    ``surprisal`` is the mean of -log p over all samples (nats): an estimate of the entropy of the
    answers to this question at this temperature; null where a sampler gives no log-probabilities.
    """
    rows = []
    for answer in answers:
        entity = knowledge.entity(answer["entity"])
        matches = [judge.grade(entity, answer["relation"], text) for text in answer["samples"]]
        scored = [match.correct for match in matches if match.correct is not None]
        rows.append(
            {
                **{key: answer[key] for key in ("fact", "entity", "set", "relation")},
                "temperature": answer["temperature"],
                "main": answer["main"],
                "surprisal": _surprisal(answer["logps"]),
                "r": sum(scored) / len(scored) if scored else None,
                "k": len(matches),
                "unscored": len(matches) - len(scored),
                "samples": [
                    {"text": text, "correct": match.correct, "value": match.value,
                     "reason": match.reason}
                    for text, match in zip(answer["samples"], matches, strict=True)
                ],
            }
        )  # fmt: skip
    return rows


def _surprisal(logps: Sequence[float | None]) -> float | None:
    known = [logp for logp in logps if logp is not None]
    return -sum(known) / len(known) if len(known) == len(logps) else None


def grade_openers(openers: Sequence[Record]) -> list[Record]:
    """Choose by score: turned down when the opener is likelier than a threshold.

    The threshold of each set is the one that separates the classes of the *tuning* questions
    best (balanced accuracy; the middle of the best interval nearest the median), so no test
    question takes part in choosing it. The measure has no floor: a model that never writes a
    rejection may still find one likelier where it is due. A question without a finite score, or
    whose set has a class of tuning questions without any, is unscored.
    """
    rows: list[Record] = []
    for name in sorted({row["set"] for row in openers}):
        mine = [row for row in openers if row["set"] == name]
        tuning = [(row["logp"], row["group"] == TURN_DOWN[name]) for row in mine
                  if row["split"] == "tuning"]  # fmt: skip
        known = [(logp, label) for logp, label in tuning if finite(logp)]
        lost = {label for _, label in known} != {label for _, label in tuning}
        threshold = None if lost else best_threshold(known)
        for row in mine:
            if row["split"] != "test":
                continue
            about = {key: row[key] for key in ("id", "set", "entity", "group")}
            if threshold is None or not finite(row["logp"]):
                unscored = {"choice": None, "choice_margin": None, "threshold": threshold}
                rows.append(about | unscored)
                continue
            chosen = row["logp"] > threshold
            rows.append(
                {
                    **about,
                    "choice": int(chosen == (row["group"] == TURN_DOWN[name])),
                    "choice_margin": row["logp"] - threshold,
                    "threshold": threshold,
                }
            )
    return rows


def best_threshold(scored: Sequence[tuple[float, bool]]) -> float:
    """Threshold t for which "score > t" has the best balanced accuracy on (score, label) rows."""
    positives = sum(label for _, label in scored)
    negatives = len(scored) - positives
    if not positives or not negatives:
        raise ValueError("a threshold needs tuning questions of both classes")
    values = sorted({score for score, _ in scored})
    cuts = [values[0] - 1.0]
    cuts += [(a + b) / 2 for a, b in pairwise(values)]
    cuts.append(values[-1] + 1.0)
    middle = values[len(values) // 2]

    def accuracy(cut: float) -> float:
        hits = sum(score > cut for score, label in scored if label) / positives
        passes = sum(score <= cut for score, label in scored if not label) / negatives
        return (hits + passes) / 2

    return max(cuts, key=lambda cut: (accuracy(cut), -abs(cut - middle), cut))
