"""The paper's profile whole, on a tiny LLaMA: its sets, its judge at an endpoint, its Wikipedia.

Beside what test_families.py cuts, nothing is the default's: FalseQA, KUQ, FActScore's people and
prompts of FAVA's form come from files, facts are decomposed, verified and asked for by a language
model behind a real HTTP server, against passages out of a database of FActScore's form. The model
behind the server reads by the typed rules (honest_model.py), so what comes out can be told from the
knowledge base. vLLM alone, the sampler of these profiles, is left to `make test-vllm`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import families
import pytest
from families import FAMILIES
from honest_model import reader_of
from llm_server import Behaviour, Call, Sent, endpoint, says
from test_families import CUTS, half_know, run, settled, state_facts

from apeft.records import Record, read_json, read_jsonl
from stages.check import check, discover, load
from stages.classes import documented, resolved_classes
from stages.workspace import merge

__all__ = ["settled"]
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
FAMILY = FAMILIES["llama-2"]
SETS = ("falseqa", "kuq", "factscore", "fava")
FILES = {
    "falseqa": DATA / "falseqa" / "valid.csv",
    "kuq": DATA / "kuq" / "knowns_unknowns.sample2000.jsonl",
    "factscore": DATA / "factscore" / "prompt_entities_labeled_183.txt",
}
SIZES = {"falseqa": 4, "kuq": 4, "factscore": 2, "fava": 2, "freshqa": 0, "selfaware": 0}


def write_params(folder: Path, url: str) -> None:
    """The profile with device, precision, sampler and sizes cut, and files where the hub stands."""
    base, profile = ROOT / "params.yaml", ROOT / "profiles" / f"{FAMILY.profile}.yaml"
    params: dict[str, Any] = merge(load(base), load(profile), where=FAMILY.profile)
    assert params["judge"]["kind"] == "llm"
    params = merge(params, CUTS, where="cuts")
    Path("annotations.json").write_text(
        json.dumps([{"prompt": f"Explain the work of Xaver Quist, part {n}."} for n in range(9)])
    )
    for name in SETS:
        path = FILES.get(name, Path("annotations.json").resolve())
        source = {"source": f"file:{path}", "member": None, "revision": None}
        assert params["knowledge"]["sets"][name]["source"], "the profile asks this set"
        params["knowledge"]["sets"][name] |= source
    params["prompts"] |= SIZES
    for stage in ("sample", "detect"):
        params[stage]["sampler"] = "transformers"
    params["judge"] |= {"endpoint": url, "concurrency": 4}
    params["judge"]["passages"]["source"] = "file:wiki.db"
    params["training"]["algorithms"] = ["dpo"]
    params["model"] |= {"source": f"folder:{folder}", "revision": None}
    Path("params.yaml").write_text(documented(params, resolved_classes(base, profile)))
    check(params, discover(), where="cuts")


def write_pages(entities: list[Record]) -> None:
    """FActScore's table, with a page for everybody whose lead the knowledge base has."""
    pages = {row["name"]: row["text"] for row in entities if row["text"]}
    pages["Xaver Quist"] = "Xaver Quist painted."  # whom the knowledge base does not have
    base = sqlite3.connect("wiki.db")
    base.execute("create table documents (title primary key, text)")
    base.executemany("insert into documents values (?, ?)", sorted(pages.items()))
    base.commit()
    base.close()


def honest(entities: dict[str, Record], tasks: Counter[str]) -> Behaviour:
    """Read by the rules of whomever a request is about; of prompts one claim a text is found."""

    def behave(call: Call) -> Sent:
        tasks[call.task] += 1
        material = call.material
        if call.task in ("rejects_premise", "admits_not_knowing"):
            return says(json.dumps({"verdict": "yes" if len(material["answer"]) % 2 else "no"}))
        told = material.get("subject") or material["question"]
        name = max((one for one in entities if one in told), key=len, default=None)
        if name is not None and not told.startswith("Explain"):
            return says(json.dumps(reader_of(entities[name])[call.task](material)))
        if call.task == "decompose":
            return says(json.dumps({"facts": [{"sentence": 1, "fact": f"It is told: {told}"}]}))
        assert call.task == "verify", call.task
        passage = material["passages"][0]["number"]
        return says(json.dumps({"verdict": "supported", "passage": passage}))

    return behave


def test_the_papers_profile_runs_with_its_own_sets_and_judge(
    tmp_path: Path, source_dir: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not all(path.is_file() for path in FILES.values()):
        pytest.skip(f"the published files are not in {DATA}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APEFT_SOURCES", str(source_dir))
    (tmp_path / "labels").symlink_to(ROOT / "labels")
    people: dict[str, Record] = {}
    tasks: Counter[str] = Counter()
    with endpoint(honest(people, tasks)) as server:
        write_params(tmp_path / "tiny", server.url)
        run("knowledge")
        entities = read_jsonl(Path("out/knowledge/entities.jsonl"))
        people |= {row["name"]: row for row in entities if row["kind"] in ("person", "country",
                                                                          "element")}  # fmt: skip
        write_pages(entities)
        run("prompts")
        prompts = read_jsonl(Path("out/prompts/prompts.jsonl"))
        asked = Counter(row["set"] for row in prompts if row["split"] == "test")
        assert {name: asked[name] for name in SETS} == {name: SIZES[name] for name in SETS}
        families.make(FAMILY, [row["text"] for row in prompts], tmp_path / "tiny")
        run("model")
        run("sample")
        state_facts()
        run("score")
        scored = read_jsonl(Path("out/score/responses.jsonl"))
        # Everybody was said to have the right nationality once and a wrong one once.
        assert {row["score"] for row in scored if row["score"] is not None} == {0.0, 1.0}
        run("general")
        run("detect")
        half_know()
        run("atomic")
        run("reference")
        run("mix", "general")
        run("mix", "apeft")
        for recipe in ("general", "apeft"):
            run("train", "dpo", recipe, "0")
        run("respond", "base")
        for recipe in ("general", "apeft"):
            run("respond", "dpo", recipe, "0")
        run("grade")
        run("collect")
        run("code")
        run("figures")
    expected = {"decompose", "verify", "question", "reference", "rejects_premise",
                "admits_not_knowing", "equivalence"}  # fmt: skip
    assert expected <= set(tasks)
    shown = read_json(Path("reports/metrics.json"))["base"]
    # Prompts of FAVA's form find the page of their subject, and the judge supports what they say.
    assert shown["fava.factscore"] == 1.0
    assert {f"{name}.balanced_accuracy" for name in ("falseqa", "kuq")} <= set(shown)
