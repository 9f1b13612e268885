"""Print the result table and where everything lies; the last line of `make repro`."""

from __future__ import annotations

import sys
from pathlib import Path

TABLE = Path("reports/tables/main.md")


def main() -> None:
    """Print reports/tables/main.md and the places to look."""
    if not TABLE.is_file():
        sys.exit("error: no results yet\n  where: reports/\n  to do: run `make repro`")
    print(TABLE.read_text(encoding="utf-8").rstrip())
    print(
        f"\nfigures and tables: {Path('reports').resolve()}"
        f"\nreport: {Path('reports/report.html').resolve()}"
        "\ncomparisons: `make ui`, then filter on  tags.kind = 'variant' and tags.current = 'true'"
        "\nA run of the default size demonstrates the study and decides little; see the README."
    )


if __name__ == "__main__":
    main()
