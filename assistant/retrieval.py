"""A question → passages: words and vectors propose candidates, their scores are fused.

``fuse`` is pure. The third part, the best of a passage's sentences, is computed for candidates
only, with the static embedder whatever embeds the chunks: it takes microseconds a sentence.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from assistant.embedding import Embedder, Vectors
from assistant.index.snapshot import Snapshot
from assistant.index.store import StoredChunk, StoredDocument
from assistant.noise import clipped, share
from assistant.questions import Question
from assistant.reranking import cap_documents, fold_duplicates
from assistant.scoring import Likeness, no_likeness
from assistant.sentences import Span, sentences
from assistant.settings import RetrievalSettings
from assistant.terms import STOP_WORDS
from assistant.types import Passage

_FUZZY_MINIMUM_LENGTH = 4
_NOISE_PENALTY = 0.3
"""What a passage of nothing but captions and adverts loses of its score."""
_READ_CLOSELY = 40
"""Candidates, the best by words and vectors, whose sentences are compared: 23 ms a question at
65,000 chunks against 34 with all hundred, and nDCG@10 no lower on three sets."""
_MAX_WORDS = 50_000
"""Word vectors kept: 1 kB each."""


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """The sentences of one chunk and the vectors of windows of two, shape (sentences, 256)."""

    spans: tuple[Span, ...]
    vectors: Vectors


class SentenceIndex:
    """Sentence vectors of chunks, made when first needed and kept for the next question."""

    def __init__(self, embedder: Embedder, max_chunks: int = 4096) -> None:
        self._embedder = embedder
        self._max_chunks = max_chunks
        self._kept: OrderedDict[str, SentenceVectors] = OrderedDict()
        self._words: dict[str, Vectors] = {}

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of any texts, shape (texts, 256)."""
        return self._embedder.embed(texts)

    def embed_question(self, text: str) -> Vectors:
        """One unit vector, shape (256,)."""
        vector: Vectors = self._embedder.embed([text])[0]
        return vector

    def likeness(self, question: Question, vocabulary: Iterable[str]) -> Likeness:
        """How close each question term is in meaning to each word of the vocabulary."""
        terms = tuple(question.weights)
        if not terms:
            return no_likeness()
        wanted = list(dict.fromkeys(word for word in vocabulary if word not in STOP_WORDS))
        asked = [question.surface.get(term, term) for term in terms]
        missing = [w for w in dict.fromkeys([*asked, *wanted]) if w not in self._words]
        if missing:
            if len(self._words) > _MAX_WORDS:
                self._words.clear()
                missing = list(dict.fromkeys([*asked, *wanted]))
            self._words.update(zip(missing, self._embedder.embed(missing), strict=True))
        if not wanted:
            return no_likeness()
        columns = np.stack([self._words[word] for word in wanted])
        rows = np.stack([self._words[word] for word in asked])
        table: Vectors = rows @ columns.T
        return Likeness(terms, {word: at for at, word in enumerate(wanted)}, table)

    def of(self, chunks: Mapping[str, str]) -> dict[str, SentenceVectors]:
        """Sentences with vectors for chunk id → chunk text."""
        missing = {key: text for key, text in chunks.items() if key not in self._kept}
        spans: dict[str, tuple[Span, ...]] = {}
        windows: list[str] = []
        for key, text in missing.items():
            spans[key] = tuple(sentences(text))
            windows.extend(_windows(text, spans[key]))
        vectors = self._embedder.embed(windows) if windows else np.zeros((0, 0), np.float32)
        at = 0
        for key, found in spans.items():
            self._kept[key] = SentenceVectors(found, vectors[at : at + len(found)])
            at += len(found)
        result = {key: self._kept[key] for key in chunks}
        for key in chunks:
            self._kept.move_to_end(key)
        while len(self._kept) > self._max_chunks:
            self._kept.popitem(last=False)
        return result


def _windows(text: str, spans: Sequence[Span]) -> list[str]:
    """Each sentence with the one before it, so that "it" has its meaning."""
    return [
        text[spans[max(0, i - 1)].start : span.end] if span.kind == "prose" else
        text[span.start : span.end]
        for i, span in enumerate(spans)
    ]  # fmt: skip


def fuse(parts: Sequence[Mapping[str, float]], weights: Sequence[float]) -> dict[str, float]:
    """Weighted sum of min-max scaled scores; an id that a part does not know gets its minimum.

    Scores of different kinds cannot be added as they are; ranks lose how far apart they were
    (reciprocal rank fusion was a little lower on every set). The result lies between 0 and 1.
    """
    if len(parts) != len(weights):
        raise ValueError(f"{len(parts)} parts but {len(weights)} weights")
    ids = {key for part in parts for key in part}
    fused = dict.fromkeys(ids, 0.0)
    total = sum(weight for part, weight in zip(parts, weights, strict=True) if part)
    if total <= 0:
        return fused
    for part, weight in zip(parts, weights, strict=True):
        if not part or not weight:
            continue
        low, high = min(part.values()), max(part.values())
        if len(part) < len(ids):
            low = min(low, 0.0)
        spread = high - low
        for key, score in part.items():
            scaled = (score - low) / spread if spread > 0 else 1.0
            fused[key] += weight * scaled / total
    return fused


def inverse_document_frequency(snapshot: Snapshot, term: str) -> float:
    """BM25's idf, ln(1 + (N - n + .5) / (n + .5)), over chunks."""
    total = len(snapshot.words)
    containing = snapshot.words.document_frequency(term)
    return log(1 + (total - containing + 0.5) / (containing + 0.5))


def retrieve(
    question: Question,
    snapshot: Snapshot,
    embedder: Embedder,
    sentence_index: SentenceIndex,
    settings: RetrievalSettings,
    limit: int | None = None,
    within: Sequence[str] | None = None,
) -> list[Passage]:
    """The best passages for a question, best first, different from each other.

    ``within`` names the only chunks that are looked at; without it all are.
    """
    wanted = limit or settings.passages
    proposed = max(settings.candidates, wanted)
    words = dict(
        snapshot.words.search(
            [*question.weights, *question.asking],
            proposed,
            fuzzy=_unknown(question, snapshot),
            within=within,
        )
    )
    vector = embedder.embed([question.standalone])[0]
    there = snapshot.manifest.chunks if within is None else len(within)
    vectors = dict(snapshot.vectors.search(vector, min(proposed, there), within))
    chunks = snapshot.store.chunks([*dict.fromkeys([*words, *vectors])])
    unseen = [key for key in chunks if key not in vectors]
    for key, stored in snapshot.vectors.vectors(unseen).items():
        vectors[key] = float(stored @ vector)
    best: dict[str, float] = {}
    if settings.weight_sentence:
        first = fuse([words, vectors], [settings.weight_words, settings.weight_vector])
        near = sorted(chunks, key=lambda key: (-first[key], key))[: max(_READ_CLOSELY, wanted)]
        best = _best_sentences(question, {key: chunks[key] for key in near}, sentence_index)
    scores = fuse(
        [words, vectors, best],
        [settings.weight_words, settings.weight_vector, settings.weight_sentence],
    )
    documents = snapshot.store.by_ids({chunk.document_id for chunk in chunks.values()})
    parts = {"words": words, "vector": vectors, "sentence": best}
    passages = [
        _passage(chunk, documents[chunk.document_id], scores[key],
                 {name: part[key] for name, part in parts.items() if key in part})
        for key, chunk in chunks.items()
    ]  # fmt: skip
    passages.sort(key=lambda p: (-p.score, p.document, p.start))
    different = fold_duplicates(passages, settings.near_duplicate_similarity, 2 * wanted)
    return cap_documents(different, wanted, settings.max_share_per_document)


def _unknown(question: Question, snapshot: Snapshot) -> list[str]:
    """Terms that no chunk holds: misspelt, perhaps, so they are searched with errors allowed."""
    return [
        term
        for term in question.weights
        if len(term) >= _FUZZY_MINIMUM_LENGTH
        and term.isalpha()
        and snapshot.words.document_frequency(term) == 0
    ]


def _best_sentences(
    question: Question, chunks: Mapping[str, StoredChunk], sentence_index: SentenceIndex
) -> dict[str, float]:
    wanted = sentence_index.embed_question(question.standalone)
    found = sentence_index.of({key: chunk.text for key, chunk in chunks.items()})
    return {key: float((each.vectors @ wanted).max()) for key, each in found.items() if each.spans}


def _passage(
    chunk: StoredChunk, document: StoredDocument, score: float, scores: Mapping[str, float]
) -> Passage:
    noise = clipped(document.noise, chunk.start, chunk.end)
    score *= 1.0 - _NOISE_PENALTY * share(noise, chunk.start, chunk.end)
    return Passage(
        chunk_id=chunk.id,
        document=document.name,
        title=document.title,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        page=chunk.page,
        heading_path=chunk.heading_path,
        score=round(score, 6),
        scores={name: round(value, 6) for name, value in scores.items()},
        noise=noise,
    )
