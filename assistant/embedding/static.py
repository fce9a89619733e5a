"""Static token vectors, summed: 256 dimensions, inside this package, no network and no model.

The vectors were distilled from all-MiniLM-L6-v2 by ``benchmarks/distill.py``; NOTICE.md has the
origin. A text's vector is the direction of the sum of its tokens' vectors. What stands between two
spaces has the same tokens wherever it stands, so its tokens are looked up when it comes again. A
word or sign that the vocabulary lacks gets one of 994 random directions: it is like itself alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from sys import getsizeof
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assistant.embedding import Vectors, normalised
from assistant.errors import EmbeddingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DIMENSIONS = 256

FOLDER = Path(__file__).resolve().parent / "static_vectors"
VECTORS, SCALES, TOKENS = "vectors.npy", "scales.npy", "tokens.txt"
"""int8 of shape (tokens, 256); float32 of shape (tokens,); one token a line."""
UNKNOWN = "[UNK]"
_CONTINUING = "##"
"""Stands before a token that continues a word."""
_LONGEST_WORD = 100
"""WordPiece makes a longer word one unknown token."""
_LONGEST_TOKEN = 18
"""Letters and digits of the vocabulary's longest token."""
_MOST_WORDS = 200_000
_ASCII_WORDS = re.compile(r"[a-z0-9]+|[^a-z0-9]")
"""How the tokenizer parts printable ASCII without spaces: each other sign stands alone."""

_SHORT = 64
"""Texts of at most so many tokens are summed many at once: words come by the hundred."""
_AT_ONCE = 4_096
"""Tokens that are summed at once: 4 MB of single precision."""
_MAX_MEMORY = 64_000_000
"""Bytes of the pieces whose tokens are remembered: 400,000 of English."""
_ENTRY = 80
"""What a dictionary takes for an entry, in bytes."""
_MAX_LENGTH = 64
"""Longer pieces are not remembered: they hardly come again."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Names these vectors; changes whenever they are made anew."""
    return f"static:minilm-distilled-3:{DIMENSIONS}"


def tokenizer_of(tokens: Sequence[str]) -> Tokenizer:
    """The tokenizer of BERT's uncased models over a vocabulary; a token's number is its place."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def spare_places(tokens: Sequence[str]) -> list[int]:
    """The places of the vocabulary's unused entries, whose vectors are random directions."""
    return [place for place, token in enumerate(tokens) if token.startswith("[spare")]


def spare_place(text: str, spare: Sequence[int]) -> int:
    """Which of them stands for a word or sign without a token: the same one each time."""
    return spare[crc32(text.lower().encode("utf-8", "replace")) % len(spare)]


class StaticEmbedder:
    """The package's own vectors; thousands of chunks a second on one core.

    The vectors are mapped from their file, so a process holds in memory what its texts need, and
    several processes hold it once.
    """

    batch_size = 256
    is_costly = False

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises ``EmbeddingError`` when a file is missing or damaged."""
        try:
            self._vectors = np.asarray(np.load(folder / VECTORS, mmap_mode="r"))
            self._scales = np.load(folder / SCALES)
            tokens = (folder / TOKENS).read_text(encoding="utf-8").split("\n")[:-1]
            found = (self._vectors.dtype.name, self._vectors.shape, self._scales.shape)
            if found != ("int8", (len(tokens), DIMENSIONS), (len(tokens),)):
                raise ValueError(f"{len(tokens)} tokens, and vectors of another shape: {found}")
            self._pieces = _SubwordText(tokens)
        except (OSError, ValueError, EOFError) as exc:
            raise EmbeddingError(
                f"The static embedder's vectors cannot be read: {exc}",
                hint="reinstall document-assistant, or set embedding.provider",
            ) from exc
        self.fingerprint = fingerprint()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 256 dimensions per text."""
        sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        rows: list[int] = []
        short: list[NDArray[np.int32]] = []
        waiting = 0
        for row, text in enumerate(texts):
            numbers = self._numbers(text)
            if len(numbers) > _SHORT:
                sums[row] = self._scales[numbers] @ self._vectors.take(numbers, axis=0).astype(
                    np.float32
                )
            elif len(numbers):
                rows.append(row)
                short.append(numbers)
                waiting += len(numbers)
                if waiting > _AT_ONCE:
                    sums[rows] = self._summed(short)
                    rows, short, waiting = [], [], 0
        if rows:
            sums[rows] = self._summed(short)
        return normalised(sums)

    def _summed(self, texts: Sequence[NDArray[np.int32]]) -> Vectors:
        """The sums of the vectors of several texts, none of them empty."""
        numbers = np.concatenate(texts)
        weighted = self._vectors.take(numbers, axis=0) * self._scales[numbers, None]
        starts = np.cumsum([0, *map(len, texts)])[:-1]
        total: Vectors = np.add.reduceat(weighted, starts, axis=0)
        return total

    def _numbers(self, text: str) -> NDArray[np.int32]:
        """The numbers of a text's tokens."""
        found = b"".join(map(self._pieces.__getitem__, text.split()))
        return np.frombuffer(found, dtype=np.int32)


class _SubwordText(dict[str, bytes]):
    """What stands between two spaces → its tokens' numbers, 4 bytes each.

    Looked up by the hundred without a line of Python. Emptied when it has grown large; each look-up
    stands alone, so other threads only look up anew.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self._encode = tokenizer_of(tokens).encode
        self._unknown, self._spare = tokens.index(UNKNOWN), spare_places(tokens)
        self._words = _Words(tokens, self._encoded)
        self._size = 0

    def __missing__(self, piece: str) -> bytes:
        if piece.isascii() and piece.isprintable():
            words = _ASCII_WORDS.findall(piece.lower())
            found = b"".join(map(self._words.__getitem__, words))
        else:
            found = self._encoded(piece)
        if len(piece) <= _MAX_LENGTH:
            self._size += getsizeof(piece) + getsizeof(found) + _ENTRY
            if self._size > _MAX_MEMORY:
                self.clear()
                self._size = 0
            self[piece] = found
        return found

    def _encoded(self, piece: str) -> bytes:
        encoded = self._encode(piece, add_special_tokens=False)
        return _packed(
            spare_place(piece[start:end], self._spare) if number == self._unknown else number
            for number, (start, end) in zip(encoded.ids, encoded.offsets, strict=True)
        )


class _Words(dict[str, bytes]):
    """A word in small ASCII letters and digits, or an ASCII sign → its tokens' numbers.

    They are the tokenizer's, made in a tenth of its time.
    """

    def __init__(self, tokens: Sequence[str], encoded: Callable[[str], bytes]) -> None:
        self._opening = {token: number for number, token in enumerate(tokens)}
        self._continuing = {
            token[len(_CONTINUING) :]: number
            for token, number in self._opening.items()
            if token.startswith(_CONTINUING)
        }
        self._encoded = encoded

    def __missing__(self, word: str) -> bytes:
        numbers = self._longest_first(word) if len(word) <= _LONGEST_WORD else None
        found = self._encoded(word) if numbers is None else _packed(numbers)
        if len(word) <= _MAX_LENGTH:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = found
        return found

    def _longest_first(self, word: str) -> list[int] | None:
        """WordPiece: the longest token that begins the word, then what continues it; None when no
        token does."""
        numbers, start, length = [], 0, len(word)
        number_of = self._opening.get
        while start < length:
            for end in range(min(length, start + _LONGEST_TOKEN), start, -1):
                number = number_of(word[start:end])
                if number is not None:
                    break
            else:
                return None
            numbers.append(number)
            start, number_of = end, self._continuing.get
        return numbers


def _packed(numbers: Iterable[int]) -> bytes:
    return np.fromiter(numbers, dtype=np.int32).tobytes()
