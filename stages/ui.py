"""MLflow's pages on loopback, over the database that `track` writes to."""

from __future__ import annotations

import os
import sys

from stages.tracking import tracking_uri


def main() -> None:
    """Replace this process by `mlflow ui`; a tracking server needs no second one."""
    uri = tracking_uri()
    if not uri.startswith(("sqlite:", "postgresql", "mysql")):
        print(f"the runs are on a tracking server; open {uri} in a browser")
        return
    command = ["mlflow", "ui", "--host", "127.0.0.1", "--port", "5000"]
    sys.stdout.flush()
    os.execvp("mlflow", [*command, "--backend-store-uri", uri])


if __name__ == "__main__":
    main()
