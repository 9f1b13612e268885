"""What stands beside FActScore, recomputed from the collected rows by plain pandas."""

from __future__ import annotations

import pytest

from analysis.load import Results
from analysis.metrics import metrics
from analysis.settings import Settings
from analysis.tables.texts import texts


def test_bounds_penalty_and_amounts_are_means_over_responses(
    full: Results, settings: Settings
) -> None:
    table = texts(full, settings).data.set_index(["variant", "set"])
    items = full.items
    assert set(items["role"]) > {"in domain", "ood long-form"}
    for name in ("factscore", "lower", "upper", "factscore_penalised", "facts", "responded"):
        mine = (items["variant"] == "dpo-apeft-0") & (items["set"] == "bio")
        expected = items[mine & (items["measure"] == name)]["value"].mean()
        assert table.loc[("dpo-apeft", "bio"), f"{name}:estimate"] == pytest.approx(expected)
    bounds = table["lower:estimate"] <= table["upper:estimate"]
    assert bounds.all()
    assert "freshqa-premise" not in table.index.get_level_values("set")


def test_metrics_hold_what_a_comparison_of_variants_needs(
    full: Results, settings: Settings
) -> None:
    found = metrics(full, settings)["dpo-apeft-0"]
    for name in ("factscore_penalised", "factscore_lower", "factscore_upper", "response_rate"):
        assert f"bio.{name}" in found
    items = full.items
    turned = items[
        (items["variant"] == "dpo-apeft-0")
        & (items["set"] == "selfaware")
        & (items["measure"] == "reject")
        & (items["group"] == "unanswerable")
    ]["value"].mean()
    assert found["selfaware.rejected_unanswerable"] == pytest.approx(turned)
    assert found["bio.kl_tuned_base"] >= 0
