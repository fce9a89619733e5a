"""What the tests of the index share: a workshop with a folder and an index, and three fakes.

``Workshop`` runs real syncs: real reader, chunker, SQLite, tantivy and Chroma. With ``inline`` the
two child processes of a sync run as threads here, with the same code over the same pipes, because
two processes for each sync of a thousand take minutes. The command line is started as a process.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support_texts import write_texts

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError
from assistant.index.generations import STORE, Generations
from assistant.index.processes import children, vector_process
from assistant.index.store import Store
from assistant.index.sync import Synchroniser
from assistant.settings import Settings, load_settings
from assistant.types import SyncReceipt
from benchmarks.examination import Finding, chunk_texts, examine

TOKENS = 64


class CountingEmbedder:
    """A vector per text from its hash; remembers every text it was paid for, fails when told to."""

    batch_size = 16
    is_costly = True

    def __init__(self) -> None:
        self.fingerprint = "counting:64"
        self.paid: list[str] = []
        self.fails_on: Callable[[str], bool] = lambda text: False

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text; far apart for any two texts."""
        if any(self.fails_on(text) for text in texts):
            raise EmbeddingError("the server answered with status 500, retries included")
        self.paid += texts
        seeds = [list(hashlib.sha256(text.encode()).digest()) for text in texts]
        return normalised(np.stack([np.random.default_rng(seed).normal(size=64) for seed in seeds]))


class Workshop:
    """A folder of documents, an index of it, and what it takes to sync and to look inside."""

    def __init__(self, place: Path, **settings: Any) -> None:
        self.folder = place / "documents"
        self.index = place / "index"
        self.folder.mkdir(parents=True)
        self.settings = make_settings(self.index, [self.folder], **settings)
        self.generations = Generations(self.index)
        self.embedder = CountingEmbedder()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder."""
        write_texts(self.folder, {name: text})
        return self.folder / name

    def index_texts(self, texts: Mapping[str, str]) -> SyncReceipt:
        """Write texts by the names of their files, and sync."""
        write_texts(self.folder, texts)
        return self.sync()

    def sync(self, *paths: Path, **options: Any) -> SyncReceipt:
        """Sync the folders of the settings, or ``paths``."""
        synchroniser = Synchroniser(self.settings, self.generations, lambda: self.embedder)
        return synchroniser.sync(list(paths) or None, **options)

    def documents(self) -> dict[str, str]:
        """The stored texts by name."""
        generation = self.generations.current()
        if generation is None:
            return {}
        store = Store(generation.path / STORE)
        try:
            return {d.name: store.parsed(d.id).text for d in store.documents()}
        finally:
            store.close()

    def finding(self, texts: dict[str, str]) -> Finding:
        """Look at all of the index, here in this process; ``new`` when it is these texts."""
        return examine(self.index, {"new": chunk_texts(texts, self.settings.chunking.tokens)})

    def holds_exactly(self, texts: dict[str, str]) -> bool:
        """Whether the index is these texts: chunk for chunk, none twice, every vector findable."""
        finding = self.finding(texts)
        return finding.is_sound and finding.state == "new"


def make_settings(index: Path, folders: Sequence[Path], **more: Any) -> Settings:
    """The project's defaults with small chunks, an index and folders; ``more`` by dotted key."""
    overrides = {
        "index.path": str(index),
        "documents.paths": [str(folder) for folder in folders],
        "chunking.tokens": TOKENS,
    }
    return load_settings(None, overrides | more)


def outcomes(receipt: SyncReceipt) -> dict[str, str]:
    """What became of each file, by name."""
    return {file.document: file.outcome for file in receipt.files}


# ---------------------------------------------------------------- children as threads


class _InlineProcess:
    """Stands in for a started process: runs ``vector_process.main`` in a thread."""

    def __init__(self, _module: str, *arguments: str, **_: Any) -> None:
        here, there = os.pipe(), os.pipe()
        self.stdin = os.fdopen(here[1], "wb")
        self.stdout = os.fdopen(there[0], "rb")
        frames, replies = os.fdopen(here[0], "rb"), os.fdopen(there[1], "w")
        self._thread = threading.Thread(target=_serve, args=(arguments, frames, replies))
        self._thread.start()

    def kill(self) -> None:
        """Closing its input ends it, as the death of the parent would."""
        if not self.stdin.closed:
            self.stdin.close()

    def wait(self) -> int:
        """Join the thread."""
        self._thread.join()
        return 0


def _serve(arguments: Sequence[str], frames: Any, replies: Any) -> None:
    try:
        if arguments[0] == "write":
            vector_process.write(Path(arguments[1]), frames, replies)
        else:
            line = frames.readline().strip()
            if line:
                folder, vectors = vector_process.json.loads(line)
                found = vector_process.verify(Path(folder), vectors=vectors, words=frames.readline)
                vector_process._reply(replies, found)
    except Exception as exc:
        vector_process._reply(replies, {"ok": False, "problem": f"{type(exc).__name__}: {exc}"})
    finally:
        frames.close()
        replies.close()


def use_inline_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the child processes of a sync as threads of this process."""
    monkeypatch.setattr(children, "start", _InlineProcess)


# ---------------------------------------------------------------- the command line as a process


def command(settings: Settings, *arguments: str) -> list[str]:
    """The command line with these settings."""
    paths = ", ".join(str(path) for path in settings.documents.paths)
    return [
        sys.executable, "-m", "assistant",
        "--set", f"index.path={settings.index.path}", "--set", f"documents.paths=[{paths}]",
        "--set", f"chunking.tokens={settings.chunking.tokens}", *arguments,
    ]  # fmt: skip


def run(
    settings: Settings, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        command(settings, *arguments), env=os.environ | environment, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip


# ---------------------------------------------------------------- small things


def text_of(subject: str, sentences: int = 12) -> str:
    """A few chunks of text that name their subject in every sentence."""
    return f"# {subject}\n\n" + "\n\n".join(
        f"The {subject} report, part {number}: its committee met in {1990 + number} and counted "
        f"{number * 7 + len(subject)} votes on the rules of {subject}."
        for number in range(sentences)
    )
