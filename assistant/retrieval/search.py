"""A question → passages: words and vectors propose candidates, five parts order them.

``search`` is the entry point. BM25 and vector search propose candidates. The best thirty are
also scored by similar words and title, and the best ten (or as many as are wanted) by their
best sentence (``nearness``). ``fuse`` adds the scores; it is pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.embedding import Embedder, embed_question, knows_english_alone
from assistant.errors import IndexUnavailableError
from assistant.index.rows import StoredChunk, StoredDocument
from assistant.index.snapshot import Snapshot
from assistant.retrieval.abbreviations import abbreviations, with_long_forms
from assistant.retrieval.defined_things import texts_that_define, thing_defined
from assistant.retrieval.duplicates import cap_documents, fold_duplicates, reorder
from assistant.retrieval.everyday_phrases import with_phrases
from assistant.retrieval.filters import chosen_documents
from assistant.retrieval.named_files import (
    LEAST_BY_NAME,
    MOST_NAMED,
    is_asked_alone,
    name_index,
    own_coverage,
    told,
    wanted_by_name,
)
from assistant.retrieval.nearness import SentenceIndex, best_sentences, title_coverage
from assistant.retrieval.question import Asked, Question, analyse
from assistant.retrieval.things_at_work import opens_own_section, thing_at_work
from assistant.retrieval.value_forms import with_values
from assistant.retrieval.word_statistics import inverse_document_frequency
from assistant.settings import RetrievalSettings
from assistant.text.analysed import analysed
from assistant.text.names import name_words
from assistant.text.noise import clipped, share
from assistant.text.terms import STOP_WORDS
from assistant.types import NO_FILTERS, NO_USAGE, Filters, Passage, Usage

if TYPE_CHECKING:
    from assistant.retrieval.rerankers import Reranker

_FUZZY_MINIMUM_LENGTH = 4
_NOISE_PENALTY = 0.3
"""Share of its score that a passage loses if it consists of captions and adverts only."""
_OF_THE_FAMILY = 0.4
"""How much a word of the same family counts in the search, of its weight: French "détacher" for
"séparer". English finds them by its vectors."""
_WHOLE_NAME = 0.15
"""The share of the score that a whole name of the question decides, where some passage holds it."""
_DEFINITION = 0.4
"""The same for a definition that is asked for, where some passage gives it."""
_NAME_OF_WORDS = re.compile(r"\b[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+){1,5}")
_READ_CLOSELY = 30
"""Number of best candidates that are scored by similar words and title. All hundred give no
better answers; twenty are too few where captions and adverts are removed."""
_BY_SENTENCES = 10
"""Number of these that are scored by sentence too, or as many as are wanted. Splitting texts
into sentences is the most expensive step: two fifths of the time if done for all."""


@dataclass(frozen=True, slots=True)
class SearchTools:
    """What a search works with; ``reranker`` is None where none is set."""

    embedder: Embedder
    sentences: SentenceIndex
    reranker: Reranker | None
    settings: RetrievalSettings


@dataclass(frozen=True, slots=True)
class Found:
    """An analysed question, its passages, best first, and the usage of a reranking model.

    ``notice`` says that only some documents were asked, because the question names them.
    """

    question: Question
    passages: tuple[Passage, ...]
    usage: Usage = NO_USAGE
    notice: str = ""


def search(
    asked: Asked,
    snapshot: Snapshot,
    tools: SearchTools,
    filters: Filters = NO_FILTERS,
    limit: int | None = None,
) -> Found:
    """The passages for a question, best first, different from each other.

    Raises ``IndexUnavailableError`` for an index of another embedder, ``FilterError`` when no
    document matches the filters, ``RerankingError`` or ``ModelError`` when the reranker fails.
    """
    _check_embedder(snapshot, tools.embedder)
    settings, reranker = tools.settings, tools.reranker
    chosen = chosen_documents(filters, snapshot) if filters else None
    wanted = limit or settings.passages
    looked_at = wanted if reranker is None else max(wanted, settings.rerank)
    question, passages, notice = _by_names(asked, snapshot, tools, chosen, looked_at)
    read = passages[: settings.rerank]
    if reranker is None or not read:
        return Found(question, tuple(passages[:wanted]), notice=notice)
    ranking = reranker.rank(question.standalone, read)
    ordered = [*reorder(read, ranking.relevance), *passages[len(read) :]]
    best = cap_documents(ordered, wanted, settings.max_share_per_document)
    notice = ". ".join(filter(None, (notice, ranking.notice)))
    return Found(question, tuple(best), ranking.usage, notice)


def _by_names(
    asked: Asked,
    snapshot: Snapshot,
    tools: SearchTools,
    chosen: Sequence[str] | None,
    limit: int,
) -> tuple[Question, list[Passage], str]:
    """A question and its passages: of the files that it names, if it names any, else of all
    ``chosen`` documents; and what is to be said about that."""

    def passages_of(question: Question, documents: Iterable[str] | None) -> list[Passage]:
        within = None if documents is None else snapshot.store.chunk_ids_within(documents)
        return retrieve(
            question, snapshot, tools.embedder, tools.sentences, tools.settings, limit, within
        )

    names = name_index(snapshot)
    written = names.written(asked.text, chosen)
    if written is not None:
        rest = analyse_for(snapshot, Asked(written.rest, asked.history))
        rest = replace(rest, said=replace(rest.said, text=asked.text), standalone=asked.text)
        inside = passages_of(rest, written.documents)
        if written.is_source or is_asked_alone(written, rest, inside, passages_of(rest, chosen)):
            return rest, inside, told([written.shown], is_written=True)
    question = analyse_for(snapshot, asked)
    passages = passages_of(question, chosen)
    if own_coverage(question, passages) > 1.0 - LEAST_BY_NAME:
        return question, passages, ""
    holding = names.holding(question, chosen)
    inside = passages_of(question, holding) if 0 < len(holding) <= MOST_NAMED else []
    wanted = wanted_by_name(question, passages, inside)
    if not wanted:
        return question, passages, ""
    inside = [passage for passage in inside if passage.document in wanted]
    return question, inside, told(wanted, is_written=False)


def analyse_for(snapshot: Snapshot, asked: Asked) -> Question:
    """A question analysed with the words and languages of an index."""
    languages = snapshot.manifest.languages
    said = analysed(asked.text, languages, asked.before)

    def holds(term: str) -> bool:
        return snapshot.words.document_frequency(term) > 0

    question = analyse(
        said,
        asked.history,
        lambda term: inverse_document_frequency(snapshot, term, said.prose),
        languages=languages,
        holds=holds,
    )
    question = with_long_forms(with_phrases(question, holds), abbreviations(snapshot), holds)
    return with_values(question, holds)


def _check_embedder(snapshot: Snapshot, embedder: Embedder) -> None:
    built_with = snapshot.manifest.embedder
    if embedder.fingerprint != built_with:
        raise IndexUnavailableError(
            f"The index was built with the embedder {built_with}, the settings name "
            f"{embedder.fingerprint}",
            hint="run `assistant ingest` to embed the documents anew, or set "
            "embedding.provider back",
        )


def _check_dimensions(snapshot: Snapshot, embedder: Embedder, length: int) -> None:
    """A server's model may have changed behind its name, and so may an embedder of others."""
    built_with = snapshot.manifest.dimensions
    if snapshot.manifest.chunks and built_with and length != built_with:
        raise IndexUnavailableError(
            f"The index was built with vectors of {built_with} dimensions, {embedder.fingerprint} "
            f"gives {length} now",
            hint="another model needs another fingerprint; delete the index and ingest again",
        )


def holding_names(question: str, texts: Mapping[str, str]) -> frozenset[str]:
    """The texts that hold a name of several words as the question writes it: "Uwe Nygard" is not in
    a list with an Uwe and a Nygard. Empty where the question has no such name, or no text holds it.
    """
    runs = (match.group().casefold().split() for match in _NAME_OF_WORDS.finditer(question))
    bare = (run[next((i for i, w in enumerate(run) if w not in STOP_WORDS), 0) :] for run in runs)
    names = [" ".join(run) for run in bare if len(run) > 1]
    return frozenset(
        key for key, text in texts.items() if names and any(n in text.casefold() for n in names)
    )


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


def retrieve(
    question: Question,
    snapshot: Snapshot,
    embedder: Embedder,
    index: SentenceIndex,
    settings: RetrievalSettings,
    limit: int | None = None,
    within: Sequence[str] | None = None,
) -> list[Passage]:
    """The best passages for a question, best first, different from each other.

    ``within`` names the only chunks that are looked at; without it all are.
    """
    wanted = limit or settings.passages
    words, vectors = _proposals(
        question, snapshot, embedder, max(settings.candidates, wanted), within
    )
    # Equals stay in the order of documents and places; ids change with an index's history.
    proposals = snapshot.store.in_order({*words, *vectors})
    first = fuse([words, vectors], [settings.weight_words, settings.weight_vector])
    best = sorted(proposals, key=lambda key: -first[key])
    closely = settings.weight_sentence or settings.weight_likeness or settings.weight_title
    count = max(_READ_CLOSELY if closely else 0, 2 * wanted)
    thing = thing_defined(question.text) if question.language == "en" else ""
    at_work = thing_at_work(question.text, question.language)
    chunks = snapshot.store.chunks(best if thing or at_work else best[:count])
    defining = texts_that_define(thing, {key: chunk.text for key, chunk in chunks.items()})
    defining |= {key for key, c in chunks.items() if opens_own_section(at_work, c.heading_path)}
    near = [key for at, key in enumerate(best) if key in chunks and (at < count or key in defining)]
    documents = snapshot.store.by_ids({chunks[key].document_id for key in near})
    texts = {key: chunks[key].text for key in near}
    parts = {
        "words": {key: words[key] for key in near if key in words},
        "vector": {key: vectors[key] for key in near if key in vectors},
        "likeness": index.word_likeness(question, texts) if settings.weight_likeness else {},
        "title": title_coverage(
            question, {key: _title(documents[chunks[key].document_id]) for key in near}
        )
        if settings.weight_title
        else {},
    }
    weights = {
        "words": settings.weight_words,
        "vector": settings.weight_vector,
        "likeness": settings.weight_likeness,
        "title": settings.weight_title,
    }
    scores = fuse(list(parts.values()), list(weights.values()))
    if settings.weight_sentence:
        clean = {
            key: _less_noise(scores[key], chunks[key], documents[chunks[key].document_id])
            for key in near
        }
        top = sorted(near, key=lambda key: -clean[key])[: max(wanted, _BY_SENTENCES)]
        parts["sentence"] = best_sentences(question, {key: texts[key] for key in top}, index)
        weights["sentence"] = settings.weight_sentence
        scores = fuse(list(parts.values()), list(weights.values()))
    for share_of, holding in (
        (_WHOLE_NAME, holding_names(question.text, texts)),
        (_DEFINITION, defining),
    ):
        if holding:
            scores = {
                key: (1.0 - share_of) * scores[key] + share_of * (key in holding) for key in near
            }
    passages = [
        passage_of(chunks[key], documents[chunks[key].document_id], scores[key],
                 {name: part[key] for name, part in parts.items() if key in part})
        for key in near
    ]  # fmt: skip
    passages.sort(key=lambda p: (-p.score, p.document, p.start))
    different = fold_duplicates(passages, settings.near_duplicate_similarity, 2 * wanted)
    return cap_documents(different, wanted, settings.max_share_per_document)


def _proposals(
    question: Question,
    snapshot: Snapshot,
    embedder: Embedder,
    limit: int,
    within: Sequence[str] | None,
) -> tuple[dict[str, float], dict[str, float]]:
    """BM25 scores of the best chunks by words; cosines of these and of the nearest chunks."""
    boosts = _boosts(question, snapshot)
    unknown = _unknown(question, snapshot)
    words = dict(snapshot.words.search(boosts, limit, fuzzy=unknown, within=within, boosts=boosts))
    asked = question.searched if knows_english_alone(embedder) else question.standalone
    vector = embed_question(embedder, asked)
    _check_dimensions(snapshot, embedder, len(vector))
    there = snapshot.manifest.chunks if within is None else len(within)
    vectors = dict(snapshot.nearest(vector, min(limit, there), within))
    unseen = [key for key in words if key not in vectors]
    return words, {**vectors, **snapshot.cosines(vector, unseen)}


def _boosts(question: Question, snapshot: Snapshot) -> dict[str, float]:
    """The terms to search in every spelling that the index has, and how much more or less each
    counts than by its idf among the folder's chunks alone."""
    found: dict[str, float] = {}
    for term in (*question.weights, *question.asking):
        spellings = question.spellings(term)
        held = [each for each in spellings if snapshot.words.document_frequency(each)]
        weight = question.weights.get(term)
        for each in held or spellings[:1]:
            plain = snapshot.words.inverse_frequency(each)
            wanted = weight or inverse_document_frequency(snapshot, each, question.said.prose)
            found.setdefault(each, wanted / plain if plain > 0 else 1.0)
    for term, counts in question.sought.items():
        found.setdefault(term, counts)
    if question.language != "en":
        found.update({o: _OF_THE_FAMILY for o in question.related if o not in found})
    return found


def _unknown(question: Question, snapshot: Snapshot) -> list[str]:
    """Terms that no chunk has. They may be misspelt, so the search for them is fuzzy."""
    return [
        term
        for term in question.weights
        if len(term) >= _FUZZY_MINIMUM_LENGTH
        and term.isalpha()
        and not any(snapshot.words.document_frequency(each) for each in question.spellings(term))
    ]


def _title(document: StoredDocument) -> tuple[str, str]:
    return f"{document.title} {name_words(document.path_inside)}", document.language


def _less_noise(score: float, chunk: StoredChunk, document: StoredDocument) -> float:
    return score * (1.0 - _NOISE_PENALTY * share(document.noise, chunk.start, chunk.end))


def passage_of(
    chunk: StoredChunk, document: StoredDocument, score: float, scores: Mapping[str, float]
) -> Passage:
    """A chunk of a document as a passage, with its score and the parts of it."""
    noise = clipped(document.noise, chunk.start, chunk.end)
    return Passage(
        chunk_id=chunk.id,
        document=document.name,
        title=document.title,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        page=chunk.page,
        heading_path=chunk.heading_path,
        context=chunk.context,
        language=document.language,
        score=round(_less_noise(score, chunk, document), 6),
        scores={name: round(value, 6) for name, value in scores.items()},
        noise=noise,
    )
