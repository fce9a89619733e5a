"""Chunks of a document → the same with a sentence that places each in it, written by a model.

The sentence is searched with its chunk and nowhere shown or cited. A reply is kept under the hash
of all that the model was shown, so a chunk whose text and surroundings stay is paid for once. A
reply that is no such sentence counts as none. What a failing model, or the limit of calls, left
without one is tried again by the next sync.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from assistant.errors import ModelError, StorageError
from assistant.index.loaded import Loaded
from assistant.model.context import without_marks
from assistant.model.hidden import without_thoughts
from assistant.model.language_model import Ended, LanguageModel, Message
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.short_replies import adds_numbers, is_odd
from assistant.model.usage import add_usage, usage_of
from assistant.private_files import FOLDER_MODE, make_file
from assistant.settings import LLMSettings
from assistant.text.sentences import sentences
from assistant.text.terms import content_terms
from assistant.types import NO_USAGE, Chunk

CACHE = "placings.sqlite"
_OPENING = 1200
"""Characters of the document's beginning that are shown."""
_MOST_SHOWN = 6000
"""Characters of a chunk; one of 256 tokens has 1,100."""
_MOST_TOKENS = 96
_LONGEST = 300
_MOST_NEW = 0.5
"""Share of a sentence's content words that neither chunk nor document has."""
_AT_ONCE = 4
_KEPT_AT_ONCE = 32
"""Replies that an interruption can lose."""
_GIVE_UP_AFTER = 3
"""Calls in a row that fail before the model is not asked for the rest."""


class Placer:
    """Places chunks, within ``most_calls`` calls of the model. For one thread; ``close`` it.

    ``path`` is the file of what was placed before, ``name`` the model's. ``calls`` were made,
    ``from_cache`` chunks cost nothing, ``refused`` replies were no sentences, ``usage`` is what the
    calls cost.
    """

    def __init__(
        self,
        make_model: Callable[[], LanguageModel],
        settings: LLMSettings,
        path: Path,
        most_calls: int,
        name: str = "",
    ) -> None:
        self._make_model, self._settings, self._most = make_model, settings, most_calls
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._failed = 0
        self.calls = self.from_cache = self.refused = 0
        self.usage = NO_USAGE
        told = f"{name or settings.model}|{load_prompt('place').fingerprint}"
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()[:12]

    def placed(self, loaded: Loaded) -> tuple[Loaded, bool]:
        """The document with its chunks placed, and whether all of them have been asked for. Raises
        ``StorageError`` when the file of placings cannot be used."""
        prompts = [_prompt(loaded, chunk) for chunk in loaded.chunks]
        keys = [_key(self.fingerprint, prompt) for prompt in prompts]
        try:
            known = self._known(keys)
            self.from_cache += sum(key in known for key in keys)
            wanted = dict.fromkeys(key for key in keys if key not in known)
            left = max(0, self._most - self.calls) if self._failed < _GIVE_UP_AFTER else 0
            asked = list(wanted)[:left]
            chunk_of = dict(zip(keys, loaded.chunks, strict=True))
            by_key = dict(zip(keys, prompts, strict=True))
            for start in range(0, len(asked), _KEPT_AT_ONCE):
                part = {key: by_key[key] for key in asked[start : start + _KEPT_AT_ONCE]}
                known |= self._ask(loaded, chunk_of, part)
        except sqlite3.DatabaseError as exc:
            raise StorageError(
                f"The placings {self._path} cannot be used: {exc}",
                hint="delete the file; chunks are placed anew, at the cost of their calls",
            ) from exc
        chunks = tuple(
            replace(chunk, placing=known.get(key, ""))
            for key, chunk in zip(keys, loaded.chunks, strict=True)
        )
        return replace(loaded, chunks=chunks), all(key in known for key in keys)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self,
        loaded: Loaded,
        chunks: dict[bytes, Chunk],
        prompts: dict[bytes, list[Message]],
    ) -> dict[bytes, str]:
        """What the model says of some chunks, which is kept. Its own thread: the caller may have an
        event loop that is under way."""
        with ThreadPoolExecutor(1) as thread:
            ask = thread.submit(asyncio.run, self._replies(list(prompts.values())))
            replies = ask.result()
        said: dict[bytes, str] = {}
        for key, reply in zip(prompts, replies, strict=True):
            if reply is None:
                continue
            said[key] = accepted_placing(reply, chunks[key].text, _shown_of(loaded, chunks[key]))
            self.refused += not said[key]
        self._keep(said)
        return said

    async def _replies(self, prompts: Sequence[list[Message]]) -> list[str | None]:
        """A reply for each prompt, None for one that failed."""
        model, places = self._make_model(), asyncio.Semaphore(_AT_ONCE)

        async def reply(messages: list[Message]) -> str | None:
            async with places:
                if self._failed >= _GIVE_UP_AFTER:
                    return None
                self.calls += 1
                try:
                    text, ended = await _said(model, messages)
                except ModelError:
                    self._failed += 1
                    return None
                spent = usage_of(messages, text, ended, self._settings)
                self.usage = add_usage(self.usage, spent)
                if ended.incomplete and ended.tokens_out is None:  # no end by the server's count
                    self._failed += 1
                    return None
                self._failed = 0
                return text[: _last_end(text)] if ended.incomplete else text

        return await asyncio.gather(*map(reply, prompts))

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            make_file(self._path)
            self._connection = sqlite3.connect(self._path, check_same_thread=False)
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS placings (key BLOB PRIMARY KEY, sentence TEXT NOT NULL)"
            )
        return self._connection

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        query = "SELECT sentence FROM placings WHERE key = ?"
        connection = self._open()
        rows = ((key, connection.execute(query, [key]).fetchone()) for key in dict.fromkeys(keys))
        return {key: str(row[0]) for key, row in rows if row is not None}

    def _keep(self, said: dict[bytes, str]) -> None:
        connection = self._open()
        connection.executemany("INSERT OR REPLACE INTO placings VALUES (?, ?)", said.items())
        connection.commit()


async def _said(model: LanguageModel, messages: list[Message]) -> tuple[str, Ended]:
    """The reply as far as it came: small models go on until they are cut off."""
    parts: list[str] = []
    async with aclosing(model.stream(messages, most_tokens=_MOST_TOKENS)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ended):
                return "".join(parts), piece
            parts.append(piece.text)
    raise AssertionError("a stream ends with Ended")


def _last_end(text: str) -> int:
    """Where the last whole sentence of a reply that was cut off may end."""
    return max(text.rfind(sign) for sign in ".!?。！？\n") + 1


def accepted_placing(reply: str, chunk: str, document: str) -> str:
    """The sentence of a reply that places a chunk; empty where it is none: too long, a copy of the
    chunk, or of words and numbers that neither has."""
    lines = (" ".join(line.split()) for line in without_thoughts(reply).splitlines())
    line = next((line for line in lines if line), "").strip("\"“”'*_ ")
    if not line or len(line) > 4 * _LONGEST or is_odd(line) or SENTINEL in line:
        return ""
    first = next(iter(sentences(line)), None)
    said = line[first.start : first.end] if first else line
    words, known = content_terms(said), set(content_terms(f"{document}\n{chunk}"))
    if len(said) > _LONGEST or len(words) < 2:
        return ""
    if adds_numbers(said, f"{document}\n{chunk}"):
        return ""
    if " ".join(said.casefold().split()) in " ".join(chunk.casefold().split()):
        return ""
    new = sum(word not in known for word in words)
    return "" if new > _MOST_NEW * len(words) else said


def _shown_of(loaded: Loaded, chunk: Chunk) -> str:
    """What is shown of the document beside a chunk: title, beginning, and the chunk's headings."""
    above = " › ".join(dict.fromkeys((loaded.parsed.title, *chunk.heading_path)))
    return f"{above}\n{loaded.parsed.text[:_OPENING]}"


def _prompt(loaded: Loaded, chunk: Chunk) -> list[Message]:
    part = f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text
    return load_prompt("place").render(
        document=without_marks(_shown_of(loaded, chunk)), part=without_marks(part[:_MOST_SHOWN])
    )


def _key(fingerprint: str, prompt: Sequence[Message]) -> bytes:
    told = json.dumps([fingerprint, *prompt], ensure_ascii=True)
    return hashlib.sha256(told.encode()).digest()
