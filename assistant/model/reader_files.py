"""Where the files of a reader lie: in this package, in a folder, or in the cache of public models.

Nothing is downloaded but a model that somebody names, and that once: what the cache holds is used
without asking the network.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import ReaderError

BUILTIN = Path(__file__).parent / "reader"
"""The folder with the reader that we trained; NOTICE.md says on what."""

_PUBLIC_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_FILES = ("*.onnx", "onnx/*.onnx", "tokenizer.json")
CHOICES = (
    "answer.reader takes none, builtin, a folder with an ONNX question-answering model and its "
    "tokenizer.json, or a public name with its owner, as in deepset/minilm-uncased-squad2"
)


def is_public_name(name: str) -> bool:
    """Whether ``answer.reader`` names a public model: an owner, a slash, a name, and no folder."""
    return _PUBLIC_NAME.fullmatch(name) is not None and _as_folder(name) is None


def files_of(folder: Path) -> tuple[Path, Path]:
    """The model (a quantised one before others) and its tokenizer. Raises ``ReaderError``."""
    models = sorted(folder.glob("*.onnx")) + sorted(folder.glob("onnx/*.onnx"))
    preferred = [each for each in models if "quant" in each.name or "int8" in each.name]
    tokenizer = folder / "tokenizer.json"
    if not models or not tokenizer.is_file():
        raise ReaderError(f"{folder} holds no ONNX model with its tokenizer.json", hint=CHOICES)
    return (preferred or models)[0], tokenizer


def folder_of(name: str) -> Path:
    """The folder that ``answer.reader`` names; a public model is downloaded if need be.

    Raises ``ReaderError``.
    """
    here = folder_on_disk(name)
    if here is not None:
        return here
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, allow_patterns=list(_FILES)))
    except Exception as exc:  # the hub's client raises types of its own and of its HTTP client
        raise ReaderError(
            f"The reader {name!r} could not be downloaded: {first_line(exc)}",
            hint="without a network set answer.reader: builtin, or to a folder with a model",
        ) from exc


def folder_on_disk(name: str) -> Path | None:
    """The same without a download: ``None`` for a public model that the cache does not hold.

    Raises ``ReaderError`` for a name that can be none.
    """
    if name == "builtin":
        return BUILTIN
    folder = _as_folder(name)
    if folder is not None:
        return folder
    if not is_public_name(name):
        shown = name if len(name) <= 80 else f"{name[:80]}…"
        raise ReaderError(f"answer.reader = {shown!r} names no reader", hint=CHOICES)
    try:
        from huggingface_hub import snapshot_download

        kept = Path(snapshot_download(name, allow_patterns=list(_FILES), local_files_only=True))
        files_of(kept)  # an interrupted download leaves a folder without them
    except Exception:  # not there: the caller downloads it, and that says what is wrong
        return None
    return kept


def first_line(exc: BaseException) -> str:
    """An error of a library in one line."""
    text = str(exc).strip()
    return f"{type(exc).__name__}: {text.splitlines()[0] if text else ''}".rstrip(": ")


def _as_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if name.strip() and folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # too long, an unknown user's home, a NUL
        return None
