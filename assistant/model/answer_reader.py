"""A question and passages → how likely each passage answers it, and where: a small neural reader.

Counting words cannot tell "the tunnel opened in 1936" from "the tunnel was planned in 1931". A
reader can, to a degree: a question-answering model in ONNX with the customary inputs and outputs
(Devlin et al. 2019; SQuAD 2.0): ``[CLS] question [SEP] passage [SEP]``, a start and an end logit
for every token, and the first token standing for "no answer". Ours adds a number, ``answerable``.

``answer.reader`` chooses: ``none``; ``builtin``, which lies in this package; or the name of a
public model, or a folder with one. onnxruntime comes with Chroma. Nothing is downloaded but a model
that somebody names.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ReaderError
from assistant.text.recent import Recent
from assistant.types import Passage

BUILTIN = Path(__file__).parent / "reader"
"""The folder with the reader that we trained; NOTICE.md says on what."""

_MOST_TOKENS = 256
"""Tokens of question and passage together; a longer passage is read in overlapping windows."""
_OVERLAP = 48
_LONGEST_SPAN = 24
"""Tokens of an answer; longer ones are sentences, not answers."""
_MOST_KEPT = 512
_BATCH = 8

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
        count = len(inside)
        sums = first[:, None] + last[None, :]
        allowed = np.triu(np.ones((count, count), dtype=bool))
        allowed &= ~np.triu(np.ones((count, count), dtype=bool), _LONGEST_SPAN)
        sums = np.where(allowed, sums, -np.inf)
        a, b = np.unravel_index(int(sums.argmax()), sums.shape)
        return (
            int(self.starts[inside[a]]),
            int(self.ends[inside[b]]),
            float(sums[a, b]),
        )


NO_READINGS: Mapping[str, Reading] = {}


def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, x))))


class AnswerReader(Protocol):
    """Reads passages for one question; used from several threads."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text). Raises ``ReaderError``."""
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
        model, tokenizer = _files(folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            self._session: Any = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        except Exception as exc:  # onnxruntime and tokenizers raise types of their own
            raise ReaderError(
                f"The reader in {folder} cannot be loaded: {_first_line(exc)}",
                hint="answer.reader takes none, builtin, the name of an ONNX question-answering "
                "model, or a folder with one and its tokenizer.json",
            ) from exc
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._inputs = {each.name for each in self._session.get_inputs()}
        outputs = [each.name for each in self._session.get_outputs()]
        self._outputs = [_output(outputs, "start", 0, folder), _output(outputs, "end", 1, folder)]
        if "answerable" in outputs:
            self._outputs.append("answerable")
        self._kept: Recent[Reading] = Recent(_MOST_KEPT)
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text). Raises ``ReaderError``."""
        keys = [f"{question}\0{title}\0{text}" for title, text in passages]
        found = [self._kept.get(key) for key in keys]
        missing = [at for at, each in enumerate(found) if each is None]
        windows = [
            (at, window) for at in missing for window in self._windows(question, *passages[at])
        ]
        read: dict[int, list[Reading]] = {}
        for begin in range(0, len(windows), _BATCH):
            part = windows[begin : begin + _BATCH]
            for (at, _), reading in zip(part, self._run([w for _, w in part]), strict=True):
                read.setdefault(at, []).append(reading)
        for at in missing:
            reading = _joined(read[at])
            self._kept.put(keys[at], reading)
            found[at] = reading
        return [each for each in found if each is not None]

    def _windows(self, question: str, title: str, text: str) -> list[_Window]:
        head = f"{title}. " if title and not text.startswith(title) else ""
        encoded = self._tokenizer.encode(question, head + text)
        ids, kinds = list(encoded.ids), list(encoded.type_ids)
        begin = kinds.index(1) if 1 in kinds else len(ids) - 1
        places = [
            (a - len(head), b - len(head)) if kind == 1 and b > a and a >= len(head) else (-1, -1)
            for (a, b), kind in zip(encoded.offsets, kinds, strict=True)
        ]
        room = _MOST_TOKENS - begin - 1
        if len(ids) <= _MOST_TOKENS or room < 2 * _OVERLAP:
            cut = min(len(ids), 2 * _MOST_TOKENS)  # a question as long as a page
            return [_Window(ids[:cut], kinds[:cut], places[:cut])]
        windows = []
        body = len(ids) - 1
        at = begin
        while True:
            stop = min(body, at + room)
            chosen = [*range(begin), *range(at, stop), body]
            windows.append(
                _Window(
                    [ids[i] for i in chosen],
                    [kinds[i] for i in chosen],
                    [places[i] for i in chosen],
                )
            )
            if stop == body:
                return windows
            at = stop - _OVERLAP

    def _run(self, windows: Sequence[_Window]) -> list[Reading]:
        longest = max(len(window.ids) for window in windows)
        shape = (len(windows), longest)
        ids, mask, kinds = (np.zeros(shape, np.int64) for _ in range(3))
        for row, window in enumerate(windows):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
            kinds[row, : len(window.ids)] = window.kinds
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        try:
            with self._lock:
                starts, ends, *rest = self._session.run(
                    self._outputs, {name: given[name] for name in given if name in self._inputs}
                )
        except Exception as exc:  # onnxruntime raises types of its own
            raise ReaderError(f"The reader failed: {_first_line(exc)}") from exc
        readings = []
        for row, window in enumerate(windows):
            null = float(starts[row, 0] + ends[row, 0])
            places = np.array(window.places, dtype=np.int64)
            inside = np.flatnonzero(places[:, 0] >= 0)
            reading = Reading(
                answerable=float(np.ravel(rest[0])[row]) if rest else 0.0,
                starts=places[inside, 0],
                ends=places[inside, 1],
                first=(starts[row, inside] - null / 2).astype(np.float32),
                last=(ends[row, inside] - null / 2).astype(np.float32),
            )
            if not rest:
                score = reading.span()[2]
                reading = _with_answerable(reading, max(-30.0, score))
            readings.append(reading)
        return readings


@dataclass(frozen=True, slots=True)
class _Window:
    ids: list[int]
    kinds: list[int]
    places: list[tuple[int, int]]


def _with_answerable(reading: Reading, answerable: float) -> Reading:
    return Reading(answerable, reading.starts, reading.ends, reading.first, reading.last)


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


def _files(folder: Path) -> tuple[Path, Path]:
    models = sorted(folder.glob("*.onnx")) + sorted(folder.glob("onnx/*.onnx"))
    preferred = [each for each in models if "quant" in each.name or "int8" in each.name]
    tokenizer = folder / "tokenizer.json"
    if not models or not tokenizer.is_file():
        raise ReaderError(
            f"{folder} holds no ONNX model with its tokenizer.json",
            hint="answer.reader takes none, builtin, the name of an ONNX question-answering model, "
            "or a folder with one",
        )
    return (preferred or models)[0], tokenizer


def _output(names: Sequence[str], word: str, place: int, folder: Path) -> str:
    found = [name for name in names if word in name.lower()]
    if not found and len(names) < 2:
        raise ReaderError(f"The model in {folder} has no output for where an answer {word}s")
    return found[0] if found else names[place]


def _first_line(exc: BaseException) -> str:
    text = str(exc).strip()
    return f"{type(exc).__name__}: {text.splitlines()[0] if text else ''}".rstrip(": ")


def make_reader(name: str) -> AnswerReader:
    """The reader that ``answer.reader`` names: ``builtin``, a folder, or a model's public name.

    Raises ``ReaderError``. Only a public name is downloaded, by huggingface-hub, once.
    """
    if name == "builtin":
        return OnnxReader(BUILTIN)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return OnnxReader(folder)
    if "/" not in name or name.startswith((".", "/", "~")):
        raise ReaderError(
            f"answer.reader = {name!r} is neither builtin, none, a folder, nor a public name",
            hint="a public name has an owner, as in deepset/minilm-uncased-squad2",
        )
    return OnnxReader(_downloaded(name))


def _downloaded(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download

        patterns = ["*.onnx", "onnx/*.onnx", "tokenizer.json"]
        return Path(snapshot_download(name, allow_patterns=patterns))
    except Exception as exc:  # the hub's client raises types of its own and of its HTTP client
        raise ReaderError(
            f"The reader {name!r} could not be downloaded: {_first_line(exc)}",
            hint="without a network set answer.reader: builtin, or to a folder with a model",
        ) from exc
