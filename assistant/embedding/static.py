"""Static token vectors, averaged: wordllama's 256 dimensions, inside its package, no network.

Its origin: distilled from the token embeddings of large open language models (see NOTICE.md).

The vectors and the tokenizer are the package's; the averaging is done here, because its own way
(every text of a batch padded to the longest, each word tokenised whenever it occurs) takes six
times as long. No token of its vocabulary has a space behind a letter, or a line's end at all, so a
word's tokens are the same wherever it stands; ``tests/test_embedding.py`` compares.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from sys import getsizeof
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.embedding import Vectors, normalised
from assistant.embedding.token_vectors import TokenVectors, VectorFile
from assistant.errors import EmbeddingError

DIMENSIONS = 256

_FILES = (
    f"weights/l2_supercat_{DIMENSIONS}.safetensors",
    "tokenizers/l2_supercat_tokenizer_config.json",
)
"""Where wordllama 0.4.0 keeps its vectors and its tokenizer."""
_KNOWN = "0.4.0"

_SPACE = "\u2581"
"""What the tokenizer writes for a space, before the first word too."""
_FURTHER = "\ue000"
"""Stands for a space that follows a space, while a text is split at single ones."""
_SPACES = re.compile("  +")
_WORD = re.compile(f"{_SPACE}+[^{_SPACE}\n]*|[^{_SPACE}\n]+|\n+")
_SIGN = r"[!-@\[-`{-~]"
_RUN = re.compile("[A-Za-z]+|[0-9]|[^A-Za-z0-9]+")
_BORDER = re.compile(f"(?<=[A-Za-z])(?={_SIGN})|(?<={_SIGN})(?=[A-Za-z])")
"""Where runs end: only the special tokens hold a letter and a sign of ASCII side by side, and a
digit of ASCII is a token of its own."""
_SPECIAL = ("<unk>", "<s>", "</s>", _SPACE, _FURTHER)
"""Cut out by the tokenizer before it looks at words, or told from spaces by it alone."""
_MAX_MEMORY = 64_000_000
"""Bytes of the words whose tokens are remembered: 400,000 of English."""
_ENTRY = 80
"""What a dictionary takes for an entry, in bytes."""
_SHORT = 8
_MAX_LENGTH = 64
"""Longer ones are not remembered: they hardly come again."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names wordllama's vectors by package version and size."""
    return f"static:wordllama-{version('wordllama')}:{DIMENSIONS}"


class StaticEmbedder:
    """wordllama's vectors; about 15,000 chunks a second on one core."""

    batch_size = 256
    is_costly = False

    def __init__(self) -> None:
        try:
            source, self._tokenizer = _load()
            self._vectors = TokenVectors(source)
        except MemoryError:
            raise
        except Exception as exc:  # the libraries of both files raise types of their own
            raise EmbeddingError(
                f"The static embedder could not be loaded: {exc}",
                hint="reinstall the package wordllama, or set embedding.provider",
            ) from exc
        self.fingerprint = fingerprint()
        self._tokenizer.no_padding()
        self._tokens = _Tokens(self._tokenizer.model.tokenize, self._vectors)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 256 dimensions per text."""
        sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)  # directed as the means are
        short: dict[int, list[int]] = {}
        by_row = [self._numbers(text) for text in texts]
        for row, numbers in enumerate(by_row):
            if len(numbers) > _SHORT:
                np.add.reduce(self._vectors.rows.take(numbers, axis=0), axis=0, out=sums[row])
            elif len(numbers):
                short.setdefault(len(numbers), []).append(row)
        for rows in short.values():  # texts of equal length at once: words come by the hundred
            same = np.array([by_row[row] for row in rows])
            sums[rows] = self._vectors.rows[same].sum(axis=1)
        return normalised(sums)

    def _numbers(self, text: str) -> NDArray[np.int64]:
        """The rows of a text's tokens."""
        if not text:
            return np.zeros(0, dtype=np.int64)
        if any(special in text for special in _SPECIAL):
            whole = self._tokenizer.encode(text, add_special_tokens=False).ids
            return np.array(self._vectors.places(whole), dtype=np.int64)
        if "  " in text or text[0] == " ":
            text = _SPACES.sub(_marked, f" {text}")[1:]
        pieces = text.replace("\n", " \n").split(" ")
        return np.frombuffer(b"".join(map(self._tokens.__getitem__, pieces)), dtype=np.int64)


class _Memo(dict[str, bytes]):
    """Texts → the rows of their tokens' vectors, 8 bytes each; emptied when it has grown large."""

    size = 0

    def remember(self, key: str, value: bytes) -> bytes:
        """Keep a value, and give it back."""
        if len(key) <= _MAX_LENGTH:
            self.size += getsizeof(key) + getsizeof(value) + _ENTRY
            if self.size > _MAX_MEMORY:
                self.clear()  # each look-up stands alone, so other threads only look up anew
                self.size = 0
            self[key] = value
        return value


class _Tokens(_Memo):
    """What stands between two spaces → the rows of its tokens.

    Looked up by the hundred without a line of Python: finding the words of 63,000 chunks and
    looking them up one by one took 8 of 11 s.
    """

    def __init__(self, split: Callable[[str], Iterable[Any]], vectors: TokenVectors) -> None:
        self._runs = _Runs(split, vectors)

    def __missing__(self, piece: str) -> bytes:
        if piece.isascii() and "\n" not in piece:
            runs = _RUN.findall(piece)
            runs[:1] = [_SPACE + runs[0] if runs else _SPACE]
        else:
            spaced = piece if piece.startswith("\n") else _SPACE + piece
            words = _WORD.findall(spaced.replace(_FURTHER, _SPACE))
            runs = [run for word in words for run in _BORDER.split(word)]
        return self.remember(piece, b"".join(map(self._runs.__getitem__, runs)))


class _Runs(_Memo):
    """Runs of letters or signs, and digits → their tokens' rows: much of a new word is known."""

    def __init__(self, split: Callable[[str], Iterable[Any]], vectors: TokenVectors) -> None:
        self._split = split
        self._vectors = vectors

    def __missing__(self, run: str) -> bytes:
        places = self._vectors.places([token.id for token in self._split(run)])
        return self.remember(run, places.tobytes())


def _marked(spaces: re.Match[str]) -> str:
    return " " + _FURTHER * (len(spaces[0]) - 1)


def _load() -> tuple[VectorFile | NDArray[np.floating], Any]:
    """The vectors of all tokens, by their numbers, and the tokenizer.

    From the package's two files: importing it takes .4 s, most of it for downloads that are never
    made. Those of another version are loaded by itself.
    """
    found = find_spec("wordllama")
    if found is None or found.origin is None:
        raise ImportError("the package wordllama is not installed")
    folder = Path(found.origin).parent
    is_known = version("wordllama").startswith(_KNOWN)
    if not is_known or not all((folder / name).is_file() for name in _FILES):
        return _loaded_by_package(folder)
    from tokenizers import Tokenizer

    vectors, tokens = (folder / name for name in _FILES)
    source = VectorFile(vectors, "embedding.weight")
    tokenizer = Tokenizer.from_file(str(tokens))
    tokenizer.no_truncation()
    return source, tokenizer


def _loaded_by_package(folder: Path) -> tuple[NDArray[np.floating], Any]:
    with _logging_left_alone():
        import wordllama

    # The loader of 0.4.0.post1 looks for the tokenizer beside the working folder unless it is told
    # where the package is.
    model = wordllama.WordLlama.load(dim=DIMENSIONS, cache_dir=folder, disable_download=True)
    return model.embedding, model.tokenizer


@contextlib.contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Undo what an import does to logging: wordllama calls ``basicConfig(level=INFO)``, and from
    then on every request of every library would be printed on the terminal."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
