"""The heavy parts of an assistant: each is opened when it is first needed, and once.

Imports stand in the methods: ``--help`` and an unchanged sync must not pay for them.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, ReaderError, SettingsError
from assistant.index.generations import Generations
from assistant.registry import EMBEDDERS
from assistant.settings import LLMSettings, Settings

if TYPE_CHECKING:
    from assistant.checking.verifier import Verifier
    from assistant.embedding import Embedder
    from assistant.index.placing import Placer
    from assistant.index.snapshot import Snapshot, SnapshotReader
    from assistant.index.united import UnitedReader
    from assistant.model.answer_reader import AnswerReader
    from assistant.model.given import ModelClient
    from assistant.model.language_model import LanguageModel
    from assistant.reading.added import DocumentReader, GivenReaders
    from assistant.retrieval.nearness import SentenceIndex
    from assistant.retrieval.rerankers import Reranker
    from assistant.retrieval.search import SearchTools


class Resources:
    """Index, embedder, sentence vectors, reranker and language model of one set of settings.

    Parts that are given stand in for those that the settings name. Raises ``UsageError`` for a
    given part that lacks a member.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
        model: ModelClient | None = None,
        readers: Iterable[DocumentReader] = (),
    ) -> None:
        self.settings = settings
        self.generations = Generations(settings.index.path)
        self._snapshots: SnapshotReader | None = None
        self._united: UnitedReader | None = None
        self._others: dict[str, SnapshotReader] = {}
        self._embedder: Embedder | None = None
        self._sentences: SentenceIndex | None = None
        self._verifier: Verifier | None = None
        self._model: LanguageModel | None = None
        self._reranker: Reranker | None = None
        self._reader: AnswerReader | None = None
        self._lock, self._reader_lock = threading.RLock(), threading.Lock()
        self._reader_begun = False
        self.writes = bool(settings.llm.model) or model is not None
        """Whether a language model writes the answers."""
        self.readers: GivenReaders | None = None
        self._has_given_reranker = reranker is not None
        self._has_given_embedder = embedder is not None
        self._given: list[str] = []
        if embedder is not None:
            from assistant.embedding.checked import CheckedEmbedder

            self._embedder = CheckedEmbedder(embedder)
        if reranker is not None:
            from assistant.retrieval.rerankers import CheckedReranker

            self._reranker = CheckedReranker(reranker)
            self._given.append(f"reranker {self._reranker.fingerprint}")
        if model is not None:
            from assistant.model.given import GivenModel

            self._model = GivenModel(model, settings.llm)
            self._given.append(f"model {self._model.name}")
        if readers != ():
            from assistant.index.loading import limits_of
            from assistant.reading.added import GivenReaders

            self.readers = GivenReaders(readers, limits_of(settings.reading))

    @property
    def model_name(self) -> str:
        """The language model that writes the answers, by its name; empty without one."""
        return str(getattr(self._model, "name", "")) or self.settings.llm.model

    def with_language_model(self, llm: LLMSettings) -> Resources:
        """The same parts, opened and loaded once for both, with another language model; none for
        an empty name. Takes the time of loading; closing one closes the index of both."""
        self.snapshots()
        if len(self.settings.collection_names()) > 1:
            self._together()
        with contextlib.suppress(AssistantError):  # told to whoever asks
            self.verifier()
        with contextlib.suppress(AssistantError):
            self.reader()
        other = copy.copy(self)
        other.settings = self.settings.with_llm(llm)
        other.writes = bool(llm.model)
        other._model = None
        if not self._has_given_reranker:  # one by a model is made anew
            other._reranker = None
        other._given = [each for each in self._given if not each.startswith("model ")]
        return other

    def fingerprint(self) -> str:
        """Twelve hex digits over all that can change an answer: settings and given parts. The
        embedder and the readers shape the index, which has its own fingerprint."""
        if not self._given:
            return self.settings.fingerprint()
        told = "\n".join([self.settings.fingerprint(), *self._given])
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def embedder_fingerprint(self) -> str:
        """The fingerprint of an embedder that is not ours, which is made to tell it; else empty."""
        if self._has_given_embedder or EMBEDDERS.find(self.settings.embedding.provider) is not None:
            return self.embedder().fingerprint
        return ""

    def close(self) -> None:
        """Close the index; it opens again when it is needed again."""
        with self._lock:
            if self._snapshots is not None:
                self._snapshots.close()
                self._snapshots = None
            for reader in self._others.values():
                reader.close()
            if self._united is not None:
                self._united.close()
            self._others, self._united = {}, None

    def opened(self, collections: Sequence[str] = ()) -> AbstractContextManager[Snapshot]:
        """The current snapshot of some collections, for one question; of the default one without a
        name.

        Raises ``UsageError`` for a collection that is not there, and ``IndexUnavailableError`` when
        none of them can be opened.
        """
        from assistant.settings.collections import DEFAULT, chosen_collections

        known = self.settings.collection_names()
        chosen = chosen_collections(collections if collections else (DEFAULT,), known)
        if len(known) == 1:
            return self.snapshots().current()
        return self._together().current(chosen)

    def _together(self) -> UnitedReader:
        """The reader of all collections, which are opened when they are asked."""
        from assistant.index.snapshot import SnapshotReader
        from assistant.index.united import UnitedReader
        from assistant.index.vector_server import server_of
        from assistant.settings.collections import DEFAULT

        first = self.snapshots()
        with self._lock:
            if self._united is None:
                index = self.settings.index
                self._others = {
                    name: SnapshotReader(
                        Generations(own.path),
                        index.check_megabytes,
                        server_of(self.settings.of_collection(name).index),
                    )
                    for name, own in index.collections.items()
                }
                self._united = UnitedReader(
                    {DEFAULT: first, **self._others}, lambda: self.embedder().fingerprint
                )
            return self._united

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
        """The embedder of chunks and questions. Raises ``EmbeddingError``."""
        from assistant.embedding import make_embedder

        with self._lock:
            if self._embedder is None:
                self._embedder = make_embedder(self.settings.embedding)
            return self._embedder

    def sentences(self) -> SentenceIndex:
        """Sentence vectors, always static ones: a question needs hundreds."""
        from assistant.embedding.static import StaticEmbedder
        from assistant.retrieval.nearness import SentenceIndex

        with self._lock:
            if self._sentences is None:
                embedder = self.embedder()
                if not isinstance(embedder, StaticEmbedder):
                    embedder = StaticEmbedder()
                self._sentences = SentenceIndex(embedder)
            return self._sentences

    def verifier(self) -> Verifier:
        """The check of a model's sentences against what they cite."""
        from assistant.checking.verifier import Verifier

        with self._lock:
            if self._verifier is None:
                self._verifier = Verifier(self.sentences().embed_texts)
            return self._verifier

    def model(self) -> LanguageModel:
        """The language model. Raises ``ModelError`` when its key is missing."""
        from assistant.model.language_model import LanguageModel

        with self._lock:
            if self._model is None:
                self._model = LanguageModel(self.settings.llm)
            return self._model

    def placer(self) -> Placer | None:
        """What places chunks in their documents, where ``chunking.placing`` asks for it; to be
        closed. Raises ``SettingsError`` without a language model."""
        if self.settings.chunking.placing == "none":
            return None
        from assistant.index.placing import CACHE, Placer

        if not self.writes:
            raise SettingsError(
                "chunking.placing is model, and no language model is set",
                hint="set llm.model, or chunking.placing: none",
            )
        return Placer(
            self.model,
            self.settings.llm,
            self.generations.root / CACHE,
            self.settings.chunking.placing_calls,
            self.model_name,
        )

    def reranker(self) -> Reranker | None:
        """The reranker that is given or that the settings name, if any. Raises
        ``RerankingError``."""
        if self.settings.retrieval.reranker == "none" and not self._has_given_reranker:
            return None
        from assistant.retrieval.rerankers import make_reranker

        with self._lock:
            if self._reranker is None:
                model = self.model() if self.settings.retrieval.reranker == "llm" else None
                self._reranker = make_reranker(self.settings.retrieval, self.settings.llm, model)
            return self._reranker

    def reader(self) -> AnswerReader | None:
        """The reader of ``answer.reader``, if any. Raises ``ReaderError``."""
        if self.settings.answer.reader == "none":
            return None
        from assistant.model.answer_reader import make_reader

        with self._reader_lock:
            if self._reader is None:
                self._reader = make_reader(self.settings.answer.reader)
            return self._reader

    def load_reader_ahead(self) -> None:
        """Begin to load the reader in a thread, while modules are loaded and a search goes on;
        onnxruntime leaves the interpreter to others meanwhile. What goes wrong is raised by
        ``reader``."""
        if self.settings.answer.reader != "none" and not self._reader_begun:
            self._reader_begun = True

            def load() -> None:
                with contextlib.suppress(ReaderError):
                    self.reader()

            threading.Thread(target=load, name="reader", daemon=True).start()

    def search_tools(self, *, without_model: bool = False) -> SearchTools:
        """What a search works with. ``without_model`` leaves a reranker by language model out."""
        from assistant.retrieval.search import SearchTools

        settings = self.settings.retrieval
        by_model = settings.reranker == "llm" and not self._has_given_reranker
        leave_out = without_model and by_model
        return SearchTools(
            embedder=self.embedder(),
            sentences=self.sentences(),
            reranker=None if leave_out else self.reranker(),
            settings=settings,
        )
