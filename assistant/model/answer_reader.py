"""A question and passages → how likely each passage answers it, and where: a small neural reader.

Counting words cannot tell "the lighthouse was designed by Olsen" from "the lighthouse was painted
by Falk". A reader can, to a degree: a question-answering model in ONNX with the customary inputs
and outputs (Devlin et al. 2019; SQuAD 2.0): ``[CLS] question [SEP] passage [SEP]``, a start and an
end logit for every token, and the first token standing for "no answer". Ours adds a number,
``answerable``, and ``meaning``, a vector for a text alone.

``answer.reader`` chooses: ``none``; ``builtin``, which lies in this package; or the name of a
public model, or a folder with one. onnxruntime comes with Chroma. Nothing is downloaded but a model
that somebody names.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ReaderError
from assistant.model.reader_files import BUILTIN, CHOICES, files_of, first_line, folder_of
from assistant.text.recent import Recent
from assistant.types import Passage

_MOST_TOKENS = 256
"""Tokens of question and passage together; a longer passage is read in overlapping windows."""
_OVERLAP = 48
_MOST_QUESTION = _MOST_TOKENS // 2
"""Tokens of the question; the rest of a longer one is not read, or no room is left to read in."""
_MOST_WINDOWS = 16
_MOST_CHARACTERS = 40_000
_MOST_TITLE = 300
"""A chunk has about 256 tokens. These bounds hold for a hostile one: it is read in part."""
_LONGEST_SPAN = 24
"""Tokens of an answer; longer ones are sentences, not answers."""
_MOST_KEPT = 512
_MOST_MEANT = 128
"""Tokens of a text whose meaning is asked for: a sentence under its title."""
_MEANINGS_KEPT = 4096

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage.

    ``answerable`` is a logit: above 0 it rather answers. ``starts`` and ``ends`` are characters of
    the passage's text for each token, ``first`` and ``last`` the logits that an answer begins or
    ends there, less those of "no answer".
    """

    answerable: float
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: Numbers
    last: Numbers

    def span(self) -> tuple[int, int, float]:
        """(start, end, score) of the best answer; the score is above 0 when it beats none."""
        return self.best_within(0, 1 << 40)

    def best_within(self, start: int, end: int) -> tuple[int, int, float]:
        """The best answer that lies between two characters; (start, start, -inf) without one."""
        inside = np.flatnonzero((self.starts >= start) & (self.ends <= end))
        if not len(inside):
            return start, start, float("-inf")
        first, last = self.first[inside], self.last[inside]
        starts, ends = self.starts[inside], self.ends[inside]
        widths = np.arange(len(inside))[:, None] + np.arange(_LONGEST_SPAN)
        to = np.minimum(widths, len(inside) - 1)
        # Where windows overlap, a later token may lie before an earlier one.
        sums = np.where(ends[to] > starts[:, None], first[:, None] + last[to], -np.inf)
        a, width = np.unravel_index(int(sums.argmax()), sums.shape)
        return int(starts[a]), int(ends[to[a, width]]), float(sums[a, width])


NO_READINGS: Mapping[str, Reading] = {}


def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, x))))


class AnswerReader(Protocol):
    """Reads passages for one question; used from several threads."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text). Raises ``ReaderError``."""
        ...

    def meanings(self, texts: Sequence[str]) -> Numbers:
        """Unit vectors, shape (texts, dimensions): those of texts that mean alike are close. They
        have no dimensions where the model tells no meaning. Raises ``ReaderError``."""
        ...


def read_passages(
    reader: AnswerReader | None, question: str, passages: Sequence[Passage]
) -> dict[str, Reading]:
    """The readings of passages by chunk id; none without a reader."""
    if reader is None or not passages:
        return {}
    readings = reader.read(question, [(p.title, p.text) for p in passages])
    return {p.chunk_id: each for p, each in zip(passages, readings, strict=True)}


class OnnxReader:
    """A question-answering model in ONNX: a folder with ``*.onnx`` and ``tokenizer.json``."""

    def __init__(self, folder: Path) -> None:
        model, tokenizer = files_of(folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            # The level above changes only layouts that this kind has not, and loads longer by half.
            options.graph_optimization_level = (
                onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
            )
            # Without it, products of 8-bit numbers are cut off on processors with AVX2 alone.
            options.add_session_config_entry("session.x64quantprecision", "1")
            self._session: Any = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        except Exception as exc:  # onnxruntime and tokenizers raise types of their own
            raise ReaderError(
                f"The reader in {folder} cannot be loaded: {first_line(exc)}",
                hint=CHOICES,
            ) from exc
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._inputs = {each.name for each in self._session.get_inputs()}
        outputs = [each.name for each in self._session.get_outputs()]
        self._outputs = [_output(outputs, "start", 0, folder), _output(outputs, "end", 1, folder)]
        if "answerable" in outputs:
            self._outputs.append("answerable")
        self._tells_meanings = "meaning" in outputs
        self._kept: Recent[Reading] = Recent(_MOST_KEPT)
        self._meant: Recent[Numbers] = Recent(_MEANINGS_KEPT)
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text). Raises ``ReaderError``."""
        readings = []
        for title, text in passages:
            key = f"{question}\0{title}\0{text}"
            reading = self._kept.get(key)
            if reading is None:
                windows = self._windows(question, title, text)
                reading = _joined([self._run(window) for window in windows])
                self._kept.put(key, reading)
            readings.append(reading)
        return readings

    def meanings(self, texts: Sequence[str]) -> Numbers:
        """Unit vectors, shape (texts, dimensions): the mean of all tokens after three of the
        layers. No dimensions where the model tells no meaning. Raises ``ReaderError``."""
        if not self._tells_meanings or not texts:
            return np.zeros((len(texts), 0), np.float32)
        return np.stack([self._meaning(text) for text in texts])

    def _meaning(self, text: str) -> Numbers:
        found = self._meant.get(text)
        if found is None:
            ids = self._encoded(text[:_MOST_CHARACTERS]).ids
            ids = ids if len(ids) <= _MOST_MEANT else [*ids[: _MOST_MEANT - 1], ids[-1]]
            (vectors,) = self._computed(ids, [0] * len(ids), ["meaning"])
            found = np.asarray(vectors[0], np.float32)
            self._meant.put(text, found)
        return found

    def _encoded(self, *texts: str) -> Any:
        try:
            return self._tokenizer.encode(*map(_printable, texts))
        except Exception as exc:  # tokenizers raises types of its own
            raise ReaderError(f"The reader's tokenizer failed: {first_line(exc)}") from exc

    def _computed(self, ids: list[int], kinds: list[int], outputs: list[str]) -> list[Any]:
        row = np.array([ids], np.int64)
        given = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.array([kinds], np.int64),
        }
        try:
            with self._lock:
                found: list[Any] = self._session.run(
                    outputs, {name: given[name] for name in given if name in self._inputs}
                )
        except Exception as exc:  # onnxruntime raises types of its own
            raise ReaderError(f"The reader failed: {first_line(exc)}", hint=CHOICES) from exc
        if not all(np.isfinite(each).all() for each in found):
            raise ReaderError("The reader gave NaN or infinity instead of numbers", hint=CHOICES)
        return found

    def _windows(self, question: str, title: str, text: str) -> list[_Window]:
        head = f"{title[:_MOST_TITLE]}. " if title and not text.startswith(title) else ""
        told = head + text[:_MOST_CHARACTERS]
        encoded = self._encoded(question[:_MOST_CHARACTERS], told)
        ids, kinds, sides = encoded.ids, encoded.type_ids, encoded.sequence_ids
        places = [
            (a - len(head), b - len(head)) if side == 1 and b > a else (-1, -1)
            for (a, b), side in zip(encoded.offsets, sides, strict=True)
        ]
        body = len(ids) - 1
        at = sides.index(1) if 1 in sides else body
        unread = {i for i in range(at) if sides[i] == 0 and i > _MOST_QUESTION}
        before = [i for i in range(at) if i not in unread]
        windows: list[_Window] = []
        stop = at
        while not windows or (stop < body and len(windows) < _MOST_WINDOWS):
            at = stop - _OVERLAP if windows else at
            stop = min(body, at + _MOST_TOKENS - len(before) - 1)
            chosen = [*before, *range(at, stop), body]
            windows.append(
                _Window(
                    [ids[i] for i in chosen],
                    [kinds[i] for i in chosen],
                    [places[i] for i in chosen],
                )
            )
        return windows

    def _run(self, window: _Window) -> Reading:
        """One window alone. In a batch, an 8-bit model rounds each row by its neighbours: the same
        passage differed by up to .74 in its logit; and padding made a batch slower, not faster."""
        starts, ends, *rest = self._computed(window.ids, window.kinds, self._outputs)
        shape = (1, len(window.ids))
        if any(each.shape != shape for each in (starts, ends)) or any(r.size != 1 for r in rest):
            raise ReaderError(
                f"The reader gave numbers of shape {starts.shape} for {shape[1]} tokens: it is "
                "no question-answering model",
                hint=CHOICES,
            )
        null = float(starts[0, 0] + ends[0, 0])
        places = np.array(window.places, dtype=np.int64)  # below 0: no word of the passage
        inside = np.flatnonzero(places[:, 0] >= 0)
        reading = Reading(
            answerable=float(rest[0].item()) if rest else 0.0,
            starts=places[inside, 0],
            ends=places[inside, 1],
            first=(starts[0, inside] - null / 2).astype(np.float32),
            last=(ends[0, inside] - null / 2).astype(np.float32),
        )
        if rest:
            return reading
        return replace(reading, answerable=max(-30.0, reading.span()[2]))


@dataclass(frozen=True, slots=True)
class _Window:
    ids: list[int]
    kinds: list[int]
    places: list[tuple[int, int]]


_UNPAIRED = re.compile("[\ud800-\udfff]")


def _printable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes; as long as before."""
    return _UNPAIRED.sub("\ufffd", text)


def _joined(parts: Sequence[Reading]) -> Reading:
    """The readings of a passage's windows as one; where they overlap both are kept."""
    if len(parts) == 1:
        return parts[0]
    return Reading(
        max(part.answerable for part in parts),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
    )


def _output(names: Sequence[str], word: str, place: int, folder: Path) -> str:
    found = [name for name in names if word in name.lower()]
    if not found and len(names) < 2:
        raise ReaderError(
            f"The model in {folder} has no output for where an answer {word}s", hint=CHOICES
        )
    return found[0] if found else names[place]


def make_reader(name: str) -> AnswerReader:
    """The reader that ``answer.reader`` names: ``builtin``, a folder, or a model's public name.

    Ours is one for the whole process, however many assistants it has: 60 MB and a quarter of a
    second each otherwise. Raises ``ReaderError``. Only a public name is downloaded, by
    huggingface-hub, once.
    """
    folder = folder_of(name)
    return _builtin() if folder == BUILTIN else OnnxReader(folder)


@cache
def _builtin() -> OnnxReader:
    return OnnxReader(BUILTIN)
