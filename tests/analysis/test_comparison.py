"""What a comparison of two runs says; the sides and the expected rows are written by hand."""

from __future__ import annotations

from math import nan

from analysis.compare import Claim, Side, compare

A = Side(
    name="one",
    params={"training.steps": "10", "training.beta": "0.1", "figures.seed": "6"},
    versions={"torch": "2.13.0+cpu", "trl": "1.16.0", "python": "3.11.7"},
    outputs={"out/model": "aa", "out/detect": "bb", "out/train/dpo-apeft-0": "cc"},
    measures={
        ("dpo-apeft", "bio factscore"): (0.5, 0.4, 0.6),
        ("base", "bio rank1"): (0.4, nan, nan),
    },
    claims={
        "gain": Claim("undecided", (0.01, -0.02, 0.04)),
        "ood": Claim("not run", (nan, nan, nan)),
    },
)


def rows(text: str, title: str) -> list[str]:
    part = text.split(f"\n{title}", 1)[1].split("\n\n")[0]
    return [line.strip() for line in part.splitlines()[1:]]


def test_a_side_does_not_differ_from_itself() -> None:
    text = compare(A, A)
    assert text.count("no difference") == 5
    assert "cannot" not in text


def test_every_kind_of_difference_is_named_with_both_values() -> None:
    other = Side(
        name="two",
        params={"training.steps": "20", "training.beta": "0.1", "report.responses_mib": "8.0"},
        versions={"torch": "2.14.0", "trl": "1.16.0", "pluggy": "1.0"},
        outputs={"out/model": "aa", "out/detect": "zz", "out/train/ipo-apeft-0": "dd"},
        measures={
            ("dpo-apeft", "bio factscore"): (0.55, 0.45, 0.65),
            ("base", "bio rank1"): (0.4, nan, nan),
        },
        claims={
            "gain": Claim("supported", (0.03, 0.01, 0.05)),
            "ood": Claim("not run", (nan, nan, nan)),
        },
        missing=["claims of last year"],
    )
    text = compare(A, other)
    assert "B lacks claims of last year" in text
    assert rows(text, "Parameters") == [
        "training.steps: 10 → 20",
        "section report: not listed in A",
        "section figures: not listed in B",
    ]
    assert rows(text, "Versions") == ["torch: 2.13.0 → 2.14.0"]
    assert rows(text, "Outputs") == [
        "out/detect: differs",
        "out/train/dpo-apeft-0: only in A",
        "out/train/ipo-apeft-0: only in B",
    ]
    assert rows(text, "Measures") == [
        "dpo-apeft bio factscore: 50.0 [40.0, 60.0] → 55.0 [45.0, 65.0] (+5.0)"
    ]
    assert rows(text, "Claims") == [
        "gain: undecided, 0.01 [-0.02, 0.04] → supported, 0.03 [0.01, 0.05]"
    ]


def test_what_one_side_lacks_is_never_called_equal() -> None:
    text = compare(A, Side("empty"))
    assert text.count("cannot be compared") == 5
    assert "no difference" not in text


def test_a_lock_without_a_local_version_agrees_with_what_was_installed() -> None:
    text = compare(
        Side("a", versions={"torch": "2.13.0+cpu"}), Side("b", versions={"torch": "2.13.0"})
    )
    assert rows(text, "Versions") == ["no difference"]
    text = compare(
        Side("a", versions={"torch": "2.13.0+cpu"}), Side("b", versions={"torch": "2.13.0+cu128"})
    )
    assert rows(text, "Versions") == ["torch: 2.13.0+cpu → 2.13.0+cu128"]
