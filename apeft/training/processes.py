"""Training one cell in several processes: starting them, and what each must know of the others.

``accelerate launch`` starts the same command once for each process; accelerate and the trainer
find the others by the environment that it sets (RANK, LOCAL_RANK, WORLD_SIZE). The process that
asked for them waits, and ends with the error that a user shall read. They end when it ends,
however it ends, so that a killed run leaves none behind that would go on writing.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from apeft.errors import UserError

FOLDER, STARTER = "APEFT_LAUNCH_FOLDER", "APEFT_LAUNCH_PID"
OUTPUT, ERROR = "output.log", "error.json"
# Plain data parallelism on one machine. MULTI_GPU is accelerate's name for the launcher of several
# processes; what it calls `cpu` starts a single one, or needs MPI. ACCELERATE_USE_CPU turns the
# processes themselves to processors and gloo.
DATA_PARALLEL = """\
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
num_machines: 1
main_process_port: 0  # any that is free
mixed_precision: 'no'
"""
TAIL = 4000  # characters of the processes' output that a failure shows


def launch_command(
    module: str,
    arguments: Sequence[str],
    *,
    processes: int,
    threads: int,
    config: Path,
) -> list[str]:
    """Write the command line that runs ``python -m module arguments`` in several processes.

    A configuration is always named: accelerate would else read the one that somebody once saved
    with ``accelerate config`` for something else.
    """
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(config)]
    command += ["--num_processes", str(processes), "--num_cpu_threads_per_process", str(threads)]
    return [*command, "--module", module, *arguments]


def launch(
    module: str,
    arguments: Sequence[str],
    *,
    processes: int,
    threads: int,
    device: str,
    config: Path | None,
    folder: Path,
) -> None:
    """Run ``python -m module arguments`` in several processes and wait for them.

    Args:
        module: a module that calls :func:`as_process` when :func:`launched` says so.
        arguments: its command line.
        processes: how many.
        threads: processor threads of each.
        device: "cpu" (gloo) or "cuda" (NCCL, one card a process).
        config: a configuration of accelerate, or None for plain data parallelism.
        folder: for their output and errors; emptied now, and removed when they succeed.

    Raises:
        UserError: the configuration is missing, or a process refused its input.
        RuntimeError: they failed otherwise; it ends with the last lines of their output.
    """
    if config is not None and not config.is_file():
        raise UserError(
            "no such configuration of accelerate",
            where=f"hardware.accelerate_config: {config}",
            fix="write it with `accelerate config --config_file …` and give its absolute path, "
            "or set it to null (plain data parallelism)",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {**os.environ, FOLDER: str(folder.resolve()), STARTER: str(os.getpid())}
    if device == "cpu":
        environment["ACCELERATE_USE_CPU"] = "true"
        if config is None:  # all of them are on this machine: no host name need resolve
            environment.setdefault("GLOO_SOCKET_IFNAME", "lo")
    if config is None:
        config = folder / "accelerate.yaml"
        config.write_text(DATA_PARALLEL, encoding="utf-8")
    with (folder / OUTPUT).open("wb") as output:
        done = subprocess.run(
            launch_command(module, arguments, processes=processes, threads=threads, config=config),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if (folder / ERROR).is_file():
        raise UserError(**json.loads((folder / ERROR).read_text(encoding="utf-8")))
    if done.returncode:
        said = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(
            f"accelerate launch ended with status {done.returncode}; the end of {folder / OUTPUT}:"
            f"\n{said[-TAIL:]}"
        )
    shutil.rmtree(folder, ignore_errors=True)


def launched() -> bool:
    """Whether this process was started by :func:`launch`."""
    return FOLDER in os.environ


def is_main() -> bool:
    """Whether this is the only process or the first of several: the one that writes."""
    return not launched() or os.environ.get("RANK", "0") == "0"


def as_process(work: Callable[[], None], *, processes: int, device: str) -> None:
    """Do the share of one process: its device, its end with the starter's, its errors.

    A UserError is left for the starter to raise, and ends this process with status 2.
    """
    _end_with(int(os.environ[STARTER]))
    # When one process fails the launcher ends the others; they too shall leave nothing half done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        found = int(os.environ.get("WORLD_SIZE", "1"))
        if found != processes:
            raise UserError(
                f"accelerate started {found} processes, not {processes}",
                where="hardware.accelerate_config",
                fix="its distributed_type must be one of several processes on one machine "
                "(MULTI_GPU, FSDP, DEEPSPEED; on processors MULTI_GPU too), or set it to null",
            )
        if device == "cuda":
            import torch

            local = int(os.environ.get("LOCAL_RANK", "0"))
            if local >= torch.cuda.device_count():
                raise UserError(
                    f"{processes} processes need as many cards; {torch.cuda.device_count()} "
                    "are visible",
                    where="hardware.processes",
                    fix="set it to at most the number of cards",
                )
            torch.cuda.set_device(local)  # "cuda" means this card from here on
        work()
    except UserError as error:
        _leave(error, Path(os.environ[FOLDER]) / ERROR)
        sys.exit(2)


def _leave(error: UserError, path: Path) -> None:
    """Write an error whole or not at all: several processes may meet the same one."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps({"what": error.what, "where": error.where, "fix": error.fix})
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _end_with(starter: int) -> None:
    """End this process at once when ``starter`` ends, kill -9 included."""
    try:
        handle = os.pidfd_open(starter)
    except ProcessLookupError:
        os._exit(1)

    def wait() -> None:
        select.select([handle], [], [])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
