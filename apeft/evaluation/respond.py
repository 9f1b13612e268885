"""Everything that a variant's model is asked for, in one place and with the model loaded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch

from apeft.models.load import LoadedModel
from apeft.models.prefill import Starts
from apeft.models.scoring import candidate_logps, completion_logits
from apeft.progress import chunks, progress
from apeft.records import Record, digest
from apeft.sampling.base import SampleSettings
from apeft.sampling.hf import HfSampler
from apeft.sampling.run import sample_prompts
from apeft.sampling.tokens import continuation
from apeft.sets import QUESTION_OF_NAME
from apeft.shift import copied, token_shift
from apeft.worklog import Worklog


@dataclass(frozen=True)
class RespondSettings:
    """Sizes of the evaluation.

    Attributes:
        text_tokens: longest greedy text.
        answer_tokens: longest greedy answer to a question of the question sets.
        fact_tokens: longest answer to a fact question, sampled or greedy.
        k: samples of each fact question (r of the tuned model).
        temperature: of those samples.
        base_temperatures: other temperatures at which the base alone is sampled, so that an
            adapter can be set against the base at the temperature that matches its entropy.
        shift_positions: first positions of each response whose shift is measured.
        rows: sequences decoded side by side.
        batch_tokens: tokens in a teacher-forced batch.
        seed: root of the sampling.
    """

    text_tokens: int
    answer_tokens: int
    fact_tokens: int
    k: int
    temperature: float
    base_temperatures: tuple[float, ...]
    shift_positions: int
    rows: int
    batch_tokens: int
    seed: int


class Evaluation:
    """One variant under evaluation: ``tuned`` writes, ``base`` is what it is compared with."""

    def __init__(
        self,
        tuned: LoadedModel,
        base: LoadedModel,
        settings: RespondSettings,
        log: Worklog,
        prompts: Sequence[str],
    ) -> None:
        """Take the models, and every prompt that will be read: common starts are read once."""
        self._tuned, self._base = tuned, base
        self._settings, self._log = settings, log
        self._encode = lambda text: tuned.tokenizer(text)["input_ids"]
        self._pad = tuned.tokenizer.pad_token_id
        ids = [self._encode(prompt) for prompt in sorted(set(prompts))]
        self._starts = Starts(tuned.model, ids)
        self._base_starts = self._starts if tuned is base else Starts(base.model, ids)
        self._sampler = HfSampler(tuned, rows=settings.rows, starts=self._starts)

    def responses(self, prompts: Sequence[Record]) -> list[Record]:
        """Greedy responses to the test prompts of every set."""
        s = self._settings
        rows: list[Record] = []
        for limit, asks in ((s.text_tokens, False), (s.answer_tokens, True)):
            members = [row for row in prompts if (row["set"] in QUESTION_OF_NAME) == asks]
            written = sample_prompts(
                self._sampler,
                [row["text"] for row in members],
                SampleSettings(1, 0.0, limit, "\n", s.seed),
                self._log,
                "respond",
                chunk=s.rows,
            )
            rows += [
                {
                    "id": row["id"],
                    **{key: row[key] for key in ("set", "entity", "group", "split")},
                    "prompt": row["id"],
                    "question": row.get("question", ""),
                    **completions[0],
                }
                for row, completions in zip(members, written, strict=True)
            ]
        place = {row["id"]: index for index, row in enumerate(prompts)}
        return sorted(rows, key=lambda row: place[row["id"]])

    def answers(self, facts: Sequence[Record]) -> list[Record]:
        """Sampled answers to the fact questions, k each; the base's at its other temperatures too.

        The same noise is drawn at every temperature and for every variant.
        """
        s = self._settings
        others = s.base_temperatures if self._tuned is self._base else ()
        rows = [row for t in sorted({s.temperature, *others}) for row in self._answers(facts, t)]
        return sorted(rows, key=lambda row: (row["set"], row["fact"], row["temperature"]))

    def _answers(self, facts: Sequence[Record], temperature: float) -> list[Record]:
        s = self._settings
        settings = SampleSettings(s.k, temperature, s.fact_tokens, "\n", s.seed)
        written = sample_prompts(
            self._sampler,
            [fact["text"] for fact in facts],
            settings,
            self._log,
            "respond facts",
            chunk=s.rows,
        )
        return [
            {
                **{name: fact[name] for name in ("fact", "entity", "set", "relation")},
                "temperature": temperature,
                "main": temperature == s.temperature,  # the others are there to match entropies
                "samples": [item["text"] for item in completions],
                "logps": [item["logp"] for item in completions],
            }
            for fact, completions in zip(facts, written, strict=True)
        ]

    def shorts(self, cells: Sequence[Record]) -> list[Record]:
        """One greedy short answer to the question of each cell of the long-form prompts."""
        s = self._settings
        asked = {row["fact"]: row["text"] for row in cells}  # two prompts may share an entity
        written = sample_prompts(
            self._sampler,
            list(asked.values()),
            SampleSettings(1, 0.0, s.fact_tokens, "\n", s.seed),
            self._log,
            "respond shorts",
            chunk=s.rows,
        )
        return [
            {"fact": fact, "text": completions[0]["text"]}
            for fact, completions in zip(asked, written, strict=True)
        ]

    def candidates(self, facts: Sequence[Record]) -> list[Record]:
        """Log-probability of the right value and of the others, as whole answers (nats).

        The line end belongs to a candidate: it makes "York" as an answer something else than the
        beginning of "Yorkshire".
        """
        rows: list[Record] = []
        ordered = sorted(facts, key=lambda row: (row["text"], row["fact"]))
        for part in progress(chunks(ordered, 48), "respond candidates", unit="batches"):
            key = digest(["candidates", part])
            if key not in self._log:
                options = [
                    [
                        continuation(self._tuned.tokenizer, row["text"], f" {text}\n")
                        for text in (row["right"], *row["others"])
                    ]
                    for row in part
                ]
                prompts = [self._encode(row["text"]) for row in part]
                logps = candidate_logps(
                    self._tuned.model,
                    prompts,
                    options,
                    pad=self._pad,
                    rows=2 * self._settings.rows,
                    starts=self._starts,
                )
                self._log.add({key: {"logps": logps}})
            rows += [
                {
                    **{name: row[name] for name in ("fact", "entity", "set", "relation")},
                    "right": row["right"],
                    "others": row["others"],
                    "logps": logps,
                }
                for row, logps in zip(part, self._log[key]["logps"], strict=True)
            ]
        return sorted(rows, key=lambda row: (row["set"], row["fact"]))

    def openers(self, prompts: Sequence[Record]) -> list[Record]:
        """Log-probability that an answer opens by turning the question down (nats)."""
        rows: list[Record] = []
        ordered = sorted(prompts, key=lambda row: (row["set"], row["text"]))
        for part in chunks(ordered, 4 * self._settings.rows):
            key = digest(["openers", part])
            if key not in self._log:
                logps = candidate_logps(
                    self._tuned.model,
                    [self._encode(row["text"]) for row in part],
                    [
                        [continuation(self._tuned.tokenizer, row["text"], row["opener"])]
                        for row in part
                    ],
                    pad=self._pad,
                    rows=self._settings.rows // 2,
                    starts=self._starts,
                )
                self._log.add({key: {"logps": logps}})
            rows += [
                {
                    "id": row["id"],
                    **{name: row[name] for name in ("set", "entity", "group", "split")},
                    "logp": logps[0],
                }
                for row, logps in zip(part, self._log[key]["logps"], strict=True)
            ]
        return sorted(rows, key=lambda row: row["id"])

    def shift(self, prompts: Sequence[Record], responses: Sequence[Record]) -> list[Record]:
        """Token distribution shift of each response, position by position."""
        prompt_of = {row["id"]: row for row in prompts}
        limit = self._settings.shift_positions
        todo = [row for row in responses if row["tokens"]]
        decode = self._tuned.tokenizer.decode
        rows: list[Record] = []
        # Responses of like length are read together.
        ordered = sorted(todo, key=lambda row: (len(row["tokens"][:limit]), row["id"]))
        for part in progress(chunks(ordered, 32), "respond shift", unit="batches"):
            key = digest(["token shift", limit, [[row["id"], row["tokens"]] for row in part]])
            if key not in self._log:
                pairs = [
                    (self._encode(prompt_of[row["id"]]["text"]), row["tokens"][:limit])
                    for row in part
                ]
                self._log.add({key: {"shifts": self._measure(pairs)}})
            for row, shift in zip(part, self._log[key]["shifts"], strict=True):
                # A letter of several tokens is whole with its last one, so ends are of the text.
                begun = [decode(row["tokens"][: n + 1]) for n in range(len(shift["rank"]))]
                ends = [len(text.rstrip("\ufffd")) for text in begun]
                copies = copied(decode(row["tokens"]), ends, prompt_of[row["id"]]["plain"])
                for position, rank in enumerate(shift["rank"]):
                    rows.append(
                        {
                            "response": row["id"],
                            **{name: row[name] for name in ("set", "entity")},
                            "position": position,
                            "rank": rank,
                            "ties": shift["ties"][position],
                            "p_top": shift["p_top"][position],
                            "copied": copies[position],
                            "kl_tuned_base": shift["kl_tuned_base"][position],
                            "kl_base_tuned": shift["kl_base_tuned"][position],
                            "token": decode([row["tokens"][position]]),
                            "token_base": decode([shift["top"][position]]),
                        }
                    )
        return sorted(rows, key=lambda row: (row["set"], row["response"], row["position"]))

    @torch.inference_mode()
    def _measure(self, pairs: Sequence[tuple[list[int], list[int]]]) -> list[Record]:
        # Both models read the same batches in the same order, so logits meet pairwise; the base is
        # not read a second time to be compared with itself.
        shifts: list[Record] = [{} for _ in pairs]
        own = self._logits(self._tuned, self._starts, pairs)
        theirs = None
        if self._tuned is not self._base:
            theirs = self._logits(self._base, self._base_starts, pairs)
        for index, tuned in own:
            other, base = (index, tuned) if theirs is None else next(theirs)
            assert index == other
            tokens = torch.tensor(pairs[index][1], device=tuned.device)
            shifts[index] = asdict(token_shift(tokens, tuned, base))
        return shifts

    def _logits(
        self, loaded: LoadedModel, starts: Starts, pairs: Sequence[tuple[list[int], list[int]]]
    ) -> Iterator[tuple[int, torch.Tensor]]:
        tokens = self._settings.batch_tokens
        return completion_logits(  # type: ignore[no-any-return]
            loaded.model, pairs, pad=self._pad, tokens=tokens, starts=starts
        )
