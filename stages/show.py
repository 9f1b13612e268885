"""Print the result table and where everything lies; the last line of `make repro`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from apeft.records import read_json

TABLE = Path("reports/tables/main.md")
ASKED = ("these adapters", "the algorithm")  # as analysis.verdicts, which would load numpy
CLAIMS = Path("reports/claims.json")


def told(verdicts: Mapping[str, Mapping[str, str]]) -> str:
    """Both verdicts of a claim in one line; records are sorted by key, people read these first."""
    return "; ".join(f"{asked}: {verdicts[asked]['verdict']}" for asked in ASKED)


def verdicts(path: Path) -> list[str]:
    """A line for each claim: what this run says of these adapters and of the algorithm."""
    if not path.is_file():
        return ["claims: none"]
    claims = {one["id"]: one["verdicts"] for one in read_json(path)["claims"]}
    width = max(map(len, claims), default=0)
    lines = [f"{name:{width}}  {told(both)}" for name, both in claims.items()]
    return ["claims (each of these adapters, and of the algorithm whatever the seed):", *lines]


def main() -> None:
    """Print reports/tables/main.md, the claims' verdicts and the places to look."""
    if not TABLE.is_file():
        sys.exit("error: no results yet\n  where: reports/\n  to do: run `make repro`")
    print(TABLE.read_text(encoding="utf-8").rstrip())
    print("\n" + "\n".join(verdicts(CLAIMS)))
    print(
        f"\nfigures and tables: {Path('reports').resolve()}"
        f"\nreport: {Path('reports/report.html').resolve()}"
        "\ncomparisons: `make ui`, then filter on  tags.kind = 'variant' and tags.current = 'true'"
        "\nA run of the default size demonstrates the study and decides little; see the README."
    )


if __name__ == "__main__":
    main()
