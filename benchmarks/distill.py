"""Make the static embedder's vectors: one for each token, distilled from all-MiniLM-L6-v2.

    python -m benchmarks.distill [--model FOLDER] [--bench FOLDER] [--cache FOLDER] [--out FOLDER]

Needs the extra `dev`, the model's ONNX files in Chroma's layout, and public texts; about half an
hour on one core, nearly all of it the teacher's. The same texts give the same vectors.

1. Every token goes through the model alone ("[CLS] token [SEP]"); its own output is its vector.
   Rare tokens get more weight than frequent ones, a / (a + p) (Arora et al. 2017).
2. Passages and questions go through the model. The principal components of their vectors make 384
   dimensions 256, for the tokens too.
3. Words of the texts go through the model alone; the mean of a word's outputs is its vector.
4. The tokens' vectors are trained so that their sum points where the model's vector of the whole
   text, or of the word, points (as Model2Vec's "tokenlearn"; Adam, cosine loss, drawn back to where
   they began). Texts alone make better vectors of texts and worse ones of words, which the
   assistant compares one by one (docs/decisions.md).
5. The teacher knows other scripts than Latin by single letters, so that any two words of Russian
   are alike: the direction that a script's tokens share is taken out. "Unknown" gets no vector, or
   any two words of unknown signs would be the same; the vocabulary's unused entries get random
   directions, which such words share out among them (`assistant/embedding/static.py`).
6. Lengths are evened out a little: rare tokens still count more, but less so than the teacher's
   texts taught. Each row is rounded to 8 bits with a scale of its own.

The texts are those of `SOURCES`. None of the sets that docs/quality.md measures retrieval with is
among them, but for the passages that stand among SQuAD's as noise.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import random
import re
import sys
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from assistant.embedding.static import (
    DIMENSIONS,
    FOLDER,
    SCALES,
    TOKENS,
    UNKNOWN,
    VECTORS,
    spare_places,
    tokenizer_of,
)

Floats = NDArray[np.float32]

SEED = 5
SOURCES = {
    "distractors-2wiki": 0.35,
    "reader/covidqa": 0.5,
    "reader/medquad": 0.3,
    "reader/qed": 0.6,
    "ragchecker-meta": 0.7,
    "reader/qamr": 0.3,
    "scale": 0.2,
}
"""Folder of the development data → the share of its pieces that is taken."""
PAGES_OF_SCALE = 3_000
LONGEST_PIECE = 700
LONGEST_TEXT = 160
"""Characters of a training text, and tokens of it that the teacher reads."""
RARITY = 1e-3
WORD_WEIGHT = 0.3
"""What a word counts in training; a text counts 1."""
LEAST_TEXTS, LONGEST_WORD = 2, 29
"""Words that stand in so many texts are trained, of at most so many characters."""
EPOCHS, BATCH, RATE, BACK = 14, 2048, 0.003, 1e-6
"""More epochs fit the texts better and other texts worse (docs/decisions.md)."""
SPARE_LENGTH = 0.9
"""As long as the vectors of rare tokens."""
EVENNESS = 0.8
"""Power of the tokens' lengths. Trained lengths let a rare name decide a cosine nearly alone, and
the other parts of a score count rare words already (docs/decisions.md)."""
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


# ---------------------------------------------------------------- texts


def texts_of(bench: Path) -> list[str]:
    """The training texts: pieces of one to six sentences, and questions."""
    chance = random.Random(SEED)
    found: list[str] = []
    for line in _lines(bench / "distractors-2wiki/corpus.jsonl"):
        title = f"{line['title']}. " if chance.random() < 0.3 else ""
        found.append(title + line["text"][:LONGEST_PIECE])
        found.extend(pieces(line["text"], SOURCES["distractors-2wiki"], chance))
    for name in ("reader/covidqa", "reader/medquad", "reader/qed"):
        seen = set()
        for line in _lines(bench / name / "rows.jsonl"):
            if chance.random() < 0.5:
                found.append(line["q"])
            if line["text"] not in seen:
                seen.add(line["text"])
                found.extend(pieces(line["text"], SOURCES[name], chance))
    for line in _lines(bench / "ragchecker-meta/human_labeled_data.jsonl"):
        found.extend(pieces(line["gt_answer"], SOURCES["ragchecker-meta"], chance))
    for name in ("dev.tsv", "test.tsv"):
        with (bench / "reader/qamr" / name).open(encoding="utf-8") as file:
            cells = [c.strip() for row in csv.reader(file, delimiter="\t") for c in row]
        questions = [cell for cell in cells if cell.endswith("?")]
        found.extend(q for q in questions if chance.random() < SOURCES["reader/qamr"])
    with tarfile.open(bench / "scale/win32-docs.tar.xz") as archive:
        pages = {
            member.name: archive.extractfile(member).read().decode("utf-8", "replace")  # type: ignore[union-attr]
            for member in archive
            if member.isfile() and member.name.endswith(".md")
        }
    names = sorted(pages)
    chance.shuffle(names)
    for name in names[:PAGES_OF_SCALE]:
        page = re.sub(r"\A---.*?---", "", pages[name], flags=re.DOTALL)
        found.extend(pieces(page, SOURCES["scale"], chance))
    return sorted(set(found))


def pieces(text: str, share: float, chance: random.Random) -> Iterator[str]:
    """Neighbouring sentences, a few at a time, and of these a share."""
    sentences = re.split(r"(?<=[.!?])\s+|\n\n+", text)
    at = 0
    while at < len(sentences):
        count = chance.choice([1, 1, 2, 3, 4, 6])
        piece = " ".join(sentences[at : at + count]).strip()
        at += count
        if len(piece) > 20 and chance.random() < share:
            yield piece[:LONGEST_PIECE]


def words_of(texts: Sequence[str]) -> list[str]:
    """The words that stand in several texts."""
    found = Counter(word for text in texts for word in set(_WORD.findall(text.lower())))
    return sorted(w for w, n in found.items() if n >= LEAST_TEXTS and len(w) <= LONGEST_WORD)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


# ---------------------------------------------------------------- the teacher


class Teacher:
    """The model in ONNX: token numbers → outputs of the last layer."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def of_tokens(self) -> Floats:
        """Each token's own output, between the marks of a text's begin and end."""
        begin, end = (self.tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
        count = self.tokenizer.get_vocab_size()
        rows = [
            self._outputs([[begin, token, end] for token in range(a, min(count, a + 128))])[:, 1]
            for a in range(0, count, 128)
        ]
        return np.concatenate(rows)

    def of_texts(self, texts: Sequence[str]) -> Floats:
        """The mean of a text's outputs, as the model's own pooling does."""
        return self._means(texts, 32, 0)

    def of_words(self, words: Sequence[str]) -> Floats:
        """The mean of a word's own outputs, without the marks of begin and end."""
        return self._means(words, 128, 1)

    def _means(self, texts: Sequence[str], at_once: int, cut: int) -> Floats:
        """Means over a text's outputs without ``cut`` at each end."""
        numbers = [each.ids[:LONGEST_TEXT] for each in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(numbers)), key=lambda at: len(numbers[at]))
        means = np.zeros((len(numbers), 384), dtype=np.float32)
        for a in range(0, len(order), at_once):
            chosen = order[a : a + at_once]
            outputs = self._outputs([numbers[at] for at in chosen])
            for row, at in zip(outputs, chosen, strict=True):
                means[at] = row[cut : len(numbers[at]) - cut].mean(axis=0)
            if a % (100 * at_once) == 0:
                print(f"  {a} of {len(order)}", file=sys.stderr, flush=True)
        return means

    def _outputs(self, numbers: Sequence[Sequence[int]]) -> Floats:
        width = max(map(len, numbers))
        filled = np.array([[*row, *[0] * (width - len(row))] for row in numbers], dtype=np.int64)
        mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in numbers])
        given = {"input_ids": filled, "attention_mask": mask, "token_type_ids": filled * 0}
        outputs: Floats = self._session.run(None, given)[0]
        return outputs


# ---------------------------------------------------------------- training


def bags(numbers: Sequence[Sequence[int]], count: int) -> csr_matrix:
    """How often each token stands in each text, shape (texts, tokens)."""
    starts = np.cumsum([0, *map(len, numbers)])
    flat = np.array([token for row in numbers for token in row], dtype=np.int64)
    found = csr_matrix((np.ones(len(flat), np.float32), flat, starts), (len(numbers), count))
    found.sum_duplicates()
    return found


def fit(own: Floats, counts: csr_matrix, wanted: Floats, weights: Floats) -> Floats:
    """Vectors of tokens whose sums point as ``wanted`` does, not far from their ``own``."""
    chance = np.random.default_rng(SEED)
    vectors = own.copy()
    first, second = np.zeros_like(own), np.zeros_like(own)
    steps, step = EPOCHS * math.ceil(len(wanted) / BATCH), 0
    for epoch in range(EPOCHS):
        order, loss = chance.permutation(len(wanted)), 0.0
        for a in range(0, len(order), BATCH):
            chosen = order[a : a + BATCH]
            held, target, weight = counts[chosen], wanted[chosen], weights[chosen][:, None]
            sums = held @ vectors
            lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
            cosines = (sums / lengths * target).sum(1, keepdims=True)
            loss += float((weight * (1 - cosines)).sum())
            slope = held.T @ (weight * (cosines * sums / lengths - target) / lengths) / len(chosen)
            slope += BACK * (vectors - own)
            step += 1
            first += 0.1 * (slope - first)
            second += 0.01 * (slope * slope - second)
            rate = RATE * (1 - step / (steps + 1))
            vectors -= rate * (first / (1 - 0.9**step)) / (
                np.sqrt(second / (1 - 0.99**step)) + 1e-12
            )  # fmt: skip
        print(f"  epoch {epoch + 1}: 1 - cosine {loss / weights.sum():.4f}", file=sys.stderr)
    return vectors


def script_of(token: str) -> str:
    """The script of a token's letters ("CYRILLIC"); empty for Latin, digits and signs."""
    letters = [each for each in token.removeprefix("##") if each.isalpha()]
    script = unicodedata.name(letters[0], "").split()[0] if letters else ""
    return "" if script == "LATIN" else script


def apart(vectors: Floats, names: Sequence[str]) -> Floats:
    """The vectors without the direction that a script's tokens share, spare ones at random.

    A token that begins a word and one that goes on are two kinds: the teacher tells them apart.
    """
    found = vectors.copy()
    kinds: dict[tuple[str, bool], list[int]] = {}
    for at, name in enumerate(names):
        if script := script_of(name):
            kinds.setdefault((script, name.startswith("##")), []).append(at)
    for places in kinds.values():
        shared = unit(unit(found[places]).mean(axis=0, keepdims=True))[0]
        found[places] -= np.outer(found[places] @ shared, shared)
    spare = spare_places(names)
    chance = np.random.default_rng(SEED).standard_normal((len(spare), vectors.shape[1]))
    found[spare] = SPARE_LENGTH * unit(chance)
    found[names.index(UNKNOWN)] = 0
    return found


def evened(vectors: Floats) -> Floats:
    """The vectors with lengths that differ less."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    even: Floats = vectors * np.maximum(lengths, 1e-9) ** (EVENNESS - 1)
    return even


def rounded(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Rows of 8 bits and the scale of each."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def unit(rows: Floats) -> Floats:
    """Rows of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def distil(
    teacher_tokens: Floats,
    teacher_texts: Floats,
    teacher_words: Floats,
    texts: csr_matrix,
    words: csr_matrix,
) -> Floats:
    """Outputs of the teacher, and the tokens of its texts and words → a vector for each token."""
    components = np.linalg.eigh(unit(teacher_texts).T @ unit(teacher_texts))[1]
    components = components[:, ::-1][:, :DIMENSIONS]
    share = np.asarray(texts.sum(axis=0)).ravel() + 0.5
    share /= share.sum()
    own = unit(teacher_tokens) @ components * (RARITY / (RARITY + share))[:, None]
    wanted = unit(unit(np.concatenate([teacher_texts, teacher_words])) @ components)
    weights = np.repeat([1.0, WORD_WEIGHT], [len(teacher_texts), len(teacher_words)])
    return fit(
        own.astype(np.float32),
        vstack([texts, words]).tocsr(),
        wanted.astype(np.float32),
        weights.astype(np.float32),
    )


def _kept(place: Path | None, name: str, given: Sequence[str], make: Any) -> Any:
    """An array that was made before from the same input, or is made now."""
    if place is None:
        return make()
    path = place / f"{name}-{hashlib.sha256(chr(10).join(given).encode()).hexdigest()[:16]}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.load(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the three files of the static embedder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    shared = Path("../shared")
    parser.add_argument("--model", type=Path, default=shared / "models/all-MiniLM-L6-v2/onnx")
    parser.add_argument("--bench", type=Path, default=shared / "bench")
    parser.add_argument("--cache", type=Path, help="keep what the teacher said here")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    for folder in (options.model, options.bench):
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    teacher = Teacher(options.model)
    texts = texts_of(options.bench)
    words = words_of(texts)
    print(
        f"{len(texts)} texts of {sum(map(len, texts)) / len(texts):.0f} characters on average, "
        f"{len(words)} words"
    )
    tokens = _kept(options.cache, "tokens", (), teacher.of_tokens)
    said = _kept(options.cache, "texts", texts, lambda: teacher.of_texts(texts))
    of_words = _kept(options.cache, "words", words, lambda: teacher.of_words(words))

    vocabulary = teacher.tokenizer.get_vocab()
    names = sorted(vocabulary, key=lambda token: vocabulary[token])
    own = tokenizer_of(names)
    held = [
        bags([each.ids for each in own.encode_batch(each, add_special_tokens=False)], len(names))
        for each in (texts, words)
    ]
    names = [name.replace("[unused", "[spare") for name in names]
    rows, scales = rounded(evened(apart(distil(tokens, said, of_words, *held), names)))
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / VECTORS, rows)
    np.save(options.out / SCALES, scales)
    (options.out / TOKENS).write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{rows.shape[0]} tokens, {rows.nbytes / 1e6:.1f} MB, in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
