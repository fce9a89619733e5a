"""Checks of the installation, the settings and the index, and every call that could go out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.pipeline import Assistant
from assistant.reading.kinds import KIND_OF_SUFFIX
from assistant.registry import EMBEDDERS, READERS, RERANKERS
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.index.generations import Generation

_PACKAGES = (
    "chromadb",
    "llama-index-core",
    "openai",
    "tiktoken",
    "tantivy",
    "tokenizers",
    "semantic-text-splitter",
    "pypdfium2",
    "lxml",
    "gradio",
    "mcp",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is well, and what was found."""

    name: str
    is_ok: bool
    found: str
    hint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The check as plain data."""
        return {"name": self.name, "ok": self.is_ok, "found": self.found, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """A connection to another host that the settings make possible, and when it happens."""

    host: str
    when: str


def outbound_calls(settings: Settings) -> list[OutboundCall]:
    """Every call out that these settings could make; none by default."""
    calls = []
    if settings.embedding.provider == "minilm" and not _minilm_is_here():
        calls.append(
            OutboundCall(
                "chroma-onnx-models.s3.amazonaws.com",
                "once, at the first ingest or question: the model of 80 MB is downloaded",
            )
        )
    if settings.index.chroma_url:
        calls.append(
            OutboundCall(
                settings.index.chroma_url,
                "in every ingest with changes and every question (vectors, no texts)",
            )
        )
    if settings.retrieval.reranker == "cross-encoder":
        calls.append(
            OutboundCall("huggingface.co", "once, at the first question: the cross-encoder's model")
        )
    if _reader_is_missing(settings):
        calls.append(
            OutboundCall(
                "huggingface.co",
                "once, at the first question: a public model's download, the reader "
                f"{settings.answer.reader}",
            )
        )
    for registry, name in (
        (EMBEDDERS, settings.embedding.provider),
        (RERANKERS, settings.retrieval.reranker),
    ):
        brought = registry.find(name)
        if brought is not None:
            calls.append(
                OutboundCall(
                    f"wherever the {registry.what} {brought} calls",
                    "this package decides; see its documentation",
                )
            )
    if settings.embedding.provider == "openai":
        calls.append(
            OutboundCall(
                settings.embedding.base_url,
                "in every ingest that embeds (chunk texts) and every question (its text)",
            )
        )
    if settings.llm.model:
        places = settings.chunking.placing == "model"
        ingest = "every ingest with new chunks (texts of documents) and " if places else ""
        calls.append(
            OutboundCall(
                settings.llm.base_url,
                f"in {ingest}every question that the model answers (question, passages)",
            )
        )
    return calls


def examine(settings: Settings) -> list[Check]:
    """All checks, in the order in which a fault would matter."""
    return [
        _python(),
        _packages(),
        Check("parts of packages", True, _brought()),
        Check("settings", True, f"{settings.source or 'packaged defaults'}"),
        *_folders(settings),
        _guarded("tokens", _tokens),
        _guarded("embedder", lambda: _embedder(settings)),
        _guarded("vectors", lambda: _vectors(settings)),
        _guarded("reader", lambda: _reader(settings)),
        _guarded("pictures", lambda: _pictures(settings)),
        _index(settings),
        _writable(settings.index.path),
    ]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= (3, 11), found, "Python 3.11 or newer is needed")


def _packages() -> Check:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", False, f"missing: {', '.join(missing)}", "install them again")
    return Check("packages", True, ", ".join(found))


def _brought() -> str:
    """The parts that installed packages bring; none of them is imported."""
    told = []
    for registry in (EMBEDDERS, RERANKERS, READERS):
        for part in registry.brought():
            is_ours = part.name in registry.built_in or (
                registry is READERS and f".{part.name.lower().lstrip('.')}" in KIND_OF_SUFFIX
            )
            unused = ", not used: the name is built in" if is_ours else ""
            told.append(f"{registry.what} {part}{unused}")
    return "; ".join(told) or "none"


def _folders(settings: Settings) -> list[Check]:
    checks = []
    for path in settings.documents.paths:
        exists = os.path.exists(path)
        found = f"{path}" + ("" if exists else " does not exist")
        hint = "" if exists else "`assistant ingest PATH` takes any folder"
        checks.append(Check("documents", exists, found, hint))
    return checks


def _tokens() -> str:
    from assistant.model.tokens import count_tokens

    return f"o200k_base is here, no download ({count_tokens('one two three')} tokens in a test)"


def _vectors(settings: Settings) -> str:
    if settings.index.chroma_url:
        return f"on the Chroma server {settings.index.chroma_url}, by the package chromadb"
    from assistant.index.chroma import engine_fits

    try:
        import chromadb_rust_bindings  # noqa: F401  # the package cannot do without it either
    except ImportError as exc:
        raise AssistantError(
            f"Chroma's engine cannot be loaded: {exc}", hint="reinstall the package chromadb"
        ) from exc
    if engine_fits():
        return "Chroma's engine is called directly"
    return (
        "by the package chromadb, whose import takes a second: its engine takes other arguments "
        "than that of 1.5.9"
    )


def _embedder(settings: Settings) -> str:
    from assistant.embedding import fingerprint_of

    if settings.embedding.provider == "openai":
        has_key = bool(os.environ.get(settings.embedding.api_key_env))
        key = "set" if has_key else "not set"
        return f"{fingerprint_of(settings.embedding)}; {settings.embedding.api_key_env} is {key}"
    if settings.embedding.provider == "minilm":
        state = "on disk" if _minilm_is_here() else "not on disk yet, will be downloaded"
        return f"{fingerprint_of(settings.embedding)}; {state}"
    from assistant.embedding import make_embedder

    embedder = make_embedder(settings.embedding)
    vectors = embedder.embed(["a test"])
    return f"{embedder.fingerprint} gives {vectors.shape[1]} dimensions"


def _reader(settings: Settings) -> str:
    """Which reader is in use; it reads a test, unless it would have to be downloaded."""
    name = settings.answer.reader
    if name == "none":
        return "none: answers are chosen and refused by their words alone"
    if _reader_is_missing(settings):
        return f"{name}; not on disk yet, will be downloaded"
    from assistant.model.answer_reader import make_reader
    from assistant.model.reader_files import files_of, folder_of

    reading = make_reader(name).read("Who mended the gate?", [("", "Ida mended the gate.")])[0]
    file, _ = files_of(folder_of(name))
    return (
        f"{name} ({file.name}, {file.stat().st_size / 1e6:.1f} MB) reads "
        f"{settings.answer.read_passages} passages of a question "
        f"(a test gives {reading.answerable:.2f})"
    )


def _pictures(settings: Settings) -> str:
    """Whether pictures of text are read; a drawn word is, as a test."""
    from assistant.reading.recognition import HOW_TO_INSTALL, PACKAGE, installed

    if settings.ocr.engine == "none":
        return "pictures of text are not read (ocr.engine: none)"
    if not installed():
        return f"pictures of text are not read; {HOW_TO_INSTALL} changes that"
    from assistant.index.loading import limits_of, recognition_limits_of
    from assistant.reading.pages_of_file import Recognition
    from assistant.reading.pool import Parsers

    recognition = Recognition(recognition_limits_of(settings.ocr))
    with Parsers(limits_of(settings.reading), 1, recognition) as parsers:
        text = parsers.read(_drawn_word(), "test.png").text.strip()
    return f"{PACKAGE} {installed()}, its models are here, no download (reads {text!r} in a test)"


def _drawn_word() -> bytes:
    import io

    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (400, 100), "white")
    ImageDraw.Draw(picture).text((40, 20), "Heron", "black", ImageFont.load_default(48))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _reader_is_missing(settings: Settings) -> bool:
    from assistant.model.reader_files import folder_on_disk, is_public_name

    name = settings.answer.reader
    return is_public_name(name) and folder_on_disk(name) is None


def _index(settings: Settings) -> Check:
    from contextlib import ExitStack

    from assistant.index.aside import copy_aside
    from assistant.index.generations import Generations, check_files
    from assistant.index.processes.vector_children import GenerationChecker

    try:
        with Assistant(settings) as assistant:
            status = assistant.status()
        generation = Generations(settings.index.path).current()
        if generation is not None:
            check_files(generation)
            # In a child, which a damaged Chroma may crash; on a copy, because Chroma writes too.
            with GenerationChecker() as verifier, ExitStack() as exits:
                verifier.begin(
                    copy_aside(generation.path, exits, "no room for a copy"),
                    vectors=not generation.manifest.collection,
                )
                verifier.finish()
            _check_server(settings, generation)
    except AssistantError as exc:
        return Check("index", False, exc.what, exc.hint)
    return Check(
        "index",
        True,
        f"{status.generation}: {status.documents} documents, {status.chunks} chunks, "
        f"{status.size_bytes / 1e6:.1f} MB; checksums hold; store, words and vectors agree",
    )


def _check_server(settings: Settings, generation: Generation) -> None:
    """Raises ``IndexUnavailableError`` unless the Chroma server has the generation's vectors."""
    from assistant.index.generations import STORE
    from assistant.index.store import Store
    from assistant.index.vector_server import no_server, server_of, verify

    if not generation.manifest.collection:
        return
    server = server_of(settings.index)
    if server is None:
        raise no_server(generation)
    store = Store(generation.path / STORE)
    try:
        verify(server, generation.manifest.collection, store.chunk_ids())
    finally:
        store.close()


def _writable(path: Path) -> Check:
    place = path
    while not os.path.exists(place):
        place = place.parent
    is_ok = os.access(place, os.W_OK)
    return Check("index folder", is_ok, f"{path}", "" if is_ok else "set index.path elsewhere")


def _guarded(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except AssistantError as exc:
        return Check(name, False, exc.what, exc.hint)


def _minilm_is_here() -> bool:
    folder = Path.home() / ".cache" / "chroma" / "onnx_models" / "all-MiniLM-L6-v2" / "onnx"
    return (folder / "model.onnx").is_file()
