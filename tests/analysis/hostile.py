"""Texts that a model might write to break a page, as graded records of a made-up run."""

from __future__ import annotations

from typing import Any

import pandas as pd

TEXTS = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">",
    "</script><script>document.title = 'owned'</script>",
    "<!-- slot: run --> <!--<script> ]]> &lt;b&gt; \"quoted\" 'single' `tick` {{ 7 * 7 }}",
    "\u202eright to left override\u202c שלום עולם مرحبا \u2066isolate",
    "😀 born in 1879 " + "x" * 3000 + " end",
    "line\nbreak\u2028separator\u2029 nul\x00 bell\x07",
)
SET, VARIANT = "bio", "dpo-apeft-0"


def prompts() -> list[dict[str, Any]]:
    return [{"id": f"bio/{n}", "plain": text} for n, text in enumerate(TEXTS)]


def texts() -> list[dict[str, Any]]:
    return [
        {"variant": variant, "id": f"bio/{n}", "set": SET, "entity": f"person/{text}"}
        | {"text": text + end, "length": 7, "ended": False, "factscore": 0.5}
        for variant, end in (("base", ""), (VARIANT, "!"))
        for n, text in enumerate(TEXTS)
    ]


def facts() -> list[dict[str, Any]]:
    return [
        {"variant": row["variant"], "response": row["id"], "set": SET, "relation": "birth_year"}
        | {"value": row["text"][:60], "verdict": verdict, "span": [2, 9]}
        | {"reason": row["text"], "evidence": row["text"]}
        for row in texts()
        for verdict in ("supported", "not_stated")
    ]


def shift() -> pd.DataFrame:
    rows = []
    for variant, algorithm in (("base", "base"), (VARIANT, "dpo")):
        for n, text in enumerate(TEXTS):
            for position, token in enumerate((text[:5], text[5:], "!")):
                rank = 1 if algorithm == "base" else 1 + 2 * position
                region = {1: "unshifted", 3: "marginal", 5: "shifted"}[rank]
                rows.append(
                    {"variant": variant, "algorithm": algorithm, "recipe": "apeft", "seed": 0}
                    | {"set": SET, "role": "in domain", "entity": f"p/{n}", "item": f"bio/{n}"}
                    | {
                        "position": position,
                        "rank": rank,
                        "region": region,
                        "token": token,
                        "p_top": 0.5,
                        "copied": 0,
                    }
                    | {"kl_tuned_base": 0.123456, "kl_base_tuned": 0.1, "token_base": text}
                )
    return pd.DataFrame(rows)
