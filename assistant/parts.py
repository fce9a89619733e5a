"""The heavy parts an assistant works with, each opened when it is first needed, once.

Imports stand in the methods: ``--help`` and an unchanged sync must not pay for them.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.errors import IndexUnavailableError
from assistant.index.generations import Generations
from assistant.settings import Settings
from assistant.types import NO_FILTERS, Filters, Passage, Usage

if TYPE_CHECKING:
    from assistant.embedding import Embedder
    from assistant.generating import LanguageModel
    from assistant.index.snapshot import Snapshot, SnapshotReader
    from assistant.nearness import SentenceIndex
    from assistant.questions import Question, Turn
    from assistant.rerankers import Reranker
    from assistant.verification import Verifier


class Parts:
    """Index, embedder, sentence vectors and language model of one set of settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.generations = Generations(settings.index.path)
        self._snapshots: SnapshotReader | None = None
        self._embedder: Embedder | None = None
        self._sentences: SentenceIndex | None = None
        self._verifier: Verifier | None = None
        self._model: LanguageModel | None = None
        self._reranker: Reranker | None = None
        self._last_chosen: tuple[weakref.ref[Snapshot], Filters, list[str]] | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close the index; it is opened again when it is needed again."""
        with self._lock:
            if self._snapshots is not None:
                self._snapshots.close()
                self._snapshots = None

    def snapshots(self) -> SnapshotReader:
        """The reader that follows the current generation."""
        from assistant.index.snapshot import SnapshotReader
        from assistant.index.vector_server import server_of

        with self._lock:
            if self._snapshots is None:
                self._snapshots = SnapshotReader(
                    self.generations,
                    self.settings.index.check_megabytes,
                    server_of(self.settings.index),
                )
            return self._snapshots

    def embedder(self) -> Embedder:
        """The embedder of chunks and questions."""
        from assistant.embedding import make_embedder

        with self._lock:
            if self._embedder is None:
                self._embedder = make_embedder(self.settings.embedding)
            return self._embedder

    def sentences(self) -> SentenceIndex:
        """Sentence vectors, always static ones: they are made by the hundred for a question."""
        from assistant.embedding.static import StaticEmbedder
        from assistant.nearness import SentenceIndex

        with self._lock:
            if self._sentences is None:
                embedder = self.embedder()
                if not isinstance(embedder, StaticEmbedder):
                    embedder = StaticEmbedder()
                self._sentences = SentenceIndex(embedder)
            return self._sentences

    def verifier(self) -> Verifier:
        """The check of a model's sentences against what they cite."""
        from assistant.verification import Verifier

        with self._lock:
            if self._verifier is None:
                self._verifier = Verifier(self.sentences().embed_texts)
            return self._verifier

    def model(self) -> LanguageModel:
        """The language model. Raises ``ModelError`` when its key is missing."""
        from assistant.generating import LanguageModel

        with self._lock:
            if self._model is None:
                self._model = LanguageModel(self.settings.llm)
            return self._model

    def analyse(self, text: str, history: Sequence[Turn], snapshot: Snapshot) -> Question:
        """A question taken apart, weighed by the index's word statistics."""
        from assistant.questions import analyse
        from assistant.retrieval import inverse_document_frequency

        return analyse(text, history, lambda term: inverse_document_frequency(snapshot, term))

    def reranker(self) -> Reranker | None:
        """The reranker of the settings, if any. Raises ``RerankingError``."""
        if self.settings.retrieval.reranker == "none":
            return None
        from assistant.rerankers import make_reranker

        with self._lock:
            if self._reranker is None:
                model = self.model() if self.settings.retrieval.reranker == "llm" else None
                self._reranker = make_reranker(self.settings.retrieval, self.settings.llm, model)
            return self._reranker

    def retrieve(
        self,
        question: Question,
        snapshot: Snapshot,
        limit: int | None = None,
        filters: Filters = NO_FILTERS,
        *,
        without_model: bool = False,
    ) -> tuple[list[Passage], Usage]:
        """Passages for a question, and what a reranker by model cost.

        ``without_model`` leaves such a reranker out. An index of another embedder is an
        ``IndexUnavailableError``; raises ``FilterError`` when no document fits the filters,
        ``RerankingError`` and ``ModelError`` when the reranker fails.
        """
        settings = self.settings.retrieval
        if settings.reranker == "none" or (without_model and settings.reranker == "llm"):
            return self._retrieve(question, snapshot, limit, filters), Usage()
        reranker = self.reranker()
        wanted = limit or settings.passages
        passages = self._retrieve(question, snapshot, max(wanted, settings.rerank), filters)
        read = passages[: settings.rerank]
        if reranker is None or not read:
            return passages[:wanted], Usage()
        from assistant.reranking import cap_documents, reorder

        ranking = reranker.rank(question.standalone, read)
        ordered = [*reorder(read, ranking.relevance), *passages[len(read) :]]
        return cap_documents(ordered, wanted, settings.max_share_per_document), ranking.usage

    def _retrieve(
        self, question: Question, snapshot: Snapshot, limit: int | None, filters: Filters
    ) -> list[Passage]:
        from assistant.retrieval import retrieve

        self._check_embedder(snapshot)
        chosen = self.chosen(filters, snapshot)
        within = None if chosen is None else snapshot.store.chunk_ids_within(chosen)
        return retrieve(
            question,
            snapshot,
            self.embedder(),
            self.sentences(),
            self.settings.retrieval,
            limit,
            within,
        )

    def chosen(self, filters: Filters, snapshot: Snapshot) -> list[str] | None:
        """The ids of the documents that the filters mean; None for all.

        Raises ``FilterError`` for a value that cannot be used, and when no document fits.
        """
        from assistant.selection import Selection, checked_filters, no_document

        if not filters:
            return None
        filters = checked_filters(filters)
        last = self._last_chosen
        if last is not None and last[0]() is snapshot and last[1] == filters:
            return last[2]  # an answer asks twice, and follow-ups ask again
        infos = snapshot.infos()
        selection = Selection(filters)
        chosen = [identity for identity, info in infos if selection.means(info)]
        if not chosen:
            raise no_document(filters, [info for _, info in infos])
        self._last_chosen = (weakref.ref(snapshot), filters, chosen)
        return chosen

    def _check_embedder(self, snapshot: Snapshot) -> None:
        from assistant.embedding import fingerprint_of

        wanted = fingerprint_of(self.settings.embedding)
        built_with = snapshot.manifest.embedder
        if wanted != built_with:
            raise IndexUnavailableError(
                f"The index was built with the embedder {built_with}, the settings name {wanted}",
                hint="run `assistant ingest` to embed the documents anew, or set "
                "embedding.provider back",
            )
