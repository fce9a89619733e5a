"""A plan's steps → a finished generation's files: store, words and vectors in step.

Everything is written to a separate folder; a failure never touches the current generation.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.chunking import indexed_text
from assistant.embedding import Vectors
from assistant.embedding.cache import CachedEmbedder
from assistant.errors import DocumentError, EmbeddingError
from assistant.index.generations import (
    STORE,
    TERMS,
    VECTORS,
    WORDS,
    Generation,
    copy_file,
    copy_tree,
    failpoint,
)
from assistant.index.loaded import Loaded
from assistant.index.plan import Step, checked
from assistant.index.processes.vector_children import VectorWriter
from assistant.index.rows import FileState, StoredChunk, StoredDocument
from assistant.index.store import Store
from assistant.index.vector_server import ServerWriter
from assistant.index.word_parts import parts_of, unchanged
from assistant.index.words import WordWriter
from assistant.text.languages.detection import detect
from assistant.types import FileOutcome, ParsedDocument

_GIVE_UP_AFTER = 2
"""Batches in a row that the embedder fails before the rest of the files is not tried."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document that waits for its vectors; ``texts`` maps chunk ids to the indexed texts."""

    step: Step
    document: StoredDocument
    parsed: ParsedDocument
    chunks: tuple[StoredChunk, ...]
    new: tuple[StoredChunk, ...]
    embed: tuple[StoredChunk, ...]
    removed: tuple[str, ...]
    texts: Mapping[str, str]


class GenerationBuilder:
    """Writes one generation; use as a context manager. ``finish_vectors`` and then ``finish_words``
    complete it.

    ``fingerprint`` is the embedder's. ``fresh_vectors`` and ``fresh_words`` rebuild these parts;
    ``restore`` then writes the unchanged documents.
    """

    def __init__(
        self,
        folder: Path,
        base: Generation | None,
        embedder: Callable[[], CachedEmbedder],
        *,
        fingerprint: str,
        fresh_vectors: bool,
        fresh_words: bool = False,
        server_writer: Callable[[], ServerWriter] | None = None,
    ) -> None:
        self._exits = ExitStack()
        self._fresh_vectors = fresh_vectors
        self._fresh_words = fresh_words
        self._make_embedder = embedder
        self._embedder: CachedEmbedder | None = None
        self._pending: list[_Pending] = []
        self._waiting = 0
        self._failed_batches = 0
        self.outcomes: list[FileOutcome] = []
        self.removed_vectors = 0
        copied = base.path / VECTORS if base is not None and not fresh_vectors else None
        self.taken_up = 0
        with self._exits:  # a part that cannot be opened must not leave the child before it behind
            writer: VectorWriter | ServerWriter = (
                server_writer() if server_writer else VectorWriter(folder / VECTORS, copied)
            )
            self._exits.enter_context(writer)
            self._vectors = writer
            if base is not None:
                copy_file(base.path / STORE, folder / STORE)
                if not fresh_words:
                    copy_file(base.path / TERMS, folder / TERMS)
                    copy_tree(base.path / WORDS, folder / WORDS)
                failpoint("after-copy")
            self.store = Store(folder / STORE, writable=True)
            self._exits.callback(self.store.close)
            self.store.vectors.begin(fingerprint, anew=fresh_vectors)
            has_words = base is not None and not fresh_words
            self._parts_before = parts_of(self.store.named_order()) if has_words else ()
            self._words = self._exits.enter_context(WordWriter(folder))
            self._ids = self.store.document_ids()
            self._exits = self._exits.pop_all()

    def __enter__(self) -> GenerationBuilder:
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    # ------------------------------------------------------------ steps

    def delete(self, step: Step) -> None:
        """Remove a document that is gone."""
        if step.stored is None:
            raise ValueError(f"nothing stored for {step.name}")
        self._remove(self.store.chunk_ids_of(step.stored.id))
        self.store.delete(step.stored.id)
        self._ids.discard(step.stored.id)

    def move(self, step: Step, state: FileState | None = None) -> None:
        """Give a document its new name and place; nothing is embedded."""
        if step.stored is None or step.file is None:
            raise ValueError(f"nothing to move for {step.name}")
        self.store.update(
            replace(
                step.stored,
                name=step.file.name,
                root=step.file.root,
                relative=step.file.relative,
                state=state or step.stored.state,
            )
        )

    def rename(self, step: Step, sha_checked_ns: int) -> None:
        """Note that a file was renamed, or moved, with its content as it was."""
        if step.stored is None or step.file is None:
            raise ValueError(f"nothing to rename for {step.name}")
        self.move(step, checked(step.file, sha_checked_ns))
        self.outcomes.append(
            FileOutcome(step.name, step.action, "renamed", previous_name=step.stored.name)
        )

    def put(self, step: Step, loaded: Loaded, reading: str) -> None:
        """Index a file that was read; it is written once its batch is embedded."""
        file = step.file
        if file is None:
            raise ValueError(f"no file for {step.name}")
        self.taken_up += loaded.is_taken_up
        identity = step.stored.id if step.stored else self._new_id(file.root, file.relative)
        document = StoredDocument(
            id=identity,
            name=file.name,
            root=file.root,
            relative=file.relative,
            state=loaded.state,
            sha256=loaded.sha256,
            reading=reading,
            title=loaded.parsed.title,
            kind=loaded.parsed.kind,
            is_markdown=loaded.parsed.is_markdown,
            date=loaded.parsed.date,
            language=loaded.parsed.language,
            author=loaded.parsed.author,
            notes=loaded.parsed.notes,
            noise=loaded.noise,
            fields=loaded.fields,
        )
        chunks, texts = _stored_chunks(identity, loaded)
        before = set(self.store.chunk_ids_of(identity)) if step.stored else set()
        new = tuple(chunk for chunk in chunks if chunk.id not in before)
        removed = tuple(sorted(before - {chunk.id for chunk in chunks}))
        embed = chunks if self._fresh_vectors else new
        self._pending.append(
            _Pending(step, document, loaded.parsed, chunks, new, embed, removed, texts)
        )
        self._waiting += len(embed)
        if self._waiting >= self.embedder().batch_size:
            self.flush()

    def flush(self) -> None:
        """Embed and write the waiting documents. A failing embedder fails only these files."""
        waiting, self._pending, self._waiting = self._pending, [], 0
        if not waiting:
            return
        embed = [(pending, chunk) for pending in waiting for chunk in pending.embed]
        texts = [pending.texts[chunk.id] for pending, chunk in embed]
        try:
            if self._failed_batches >= _GIVE_UP_AFTER:
                raise EmbeddingError("not tried, because the embedder had failed for others")
            vectors = self.embedder().embed(texts) if texts else None
            self._failed_batches = 0
        except EmbeddingError as exc:
            self._failed_batches += 1
            for pending in waiting:
                self.fail(pending.step, DocumentError(exc.what, hint=exc.hint))
            return
        if vectors is not None:
            self._write_vectors([chunk.id for _, chunk in embed], vectors)
        for pending in waiting:
            for chunk in pending.chunks if self._fresh_words else pending.new:
                self._words.add(chunk.id, pending.texts[chunk.id], pending.document.language)
        for pending in waiting:
            self._remove(pending.removed)
            self.store.put(pending.document, pending.parsed, pending.chunks)
            failpoint("after-batch")
            self.outcomes.append(
                FileOutcome(
                    pending.step.name,
                    pending.step.action,
                    "indexed",
                    pending.step.reason,
                    chunks=len(pending.chunks),
                    notes=pending.parsed.notes,
                    unread_pages=pending.parsed.unread_pages,
                )
            )

    def fail(self, step: Step, error: DocumentError) -> None:
        """Note why a file has no current version in the index.

        After ``failed`` the last good version stays. After any other outcome the file is known to
        hold no text now, so the old version is removed.
        """
        reason = error.what
        if step.stored is not None:
            if error.outcome == "failed":
                self.restore([step.stored])
                reason += "; its last good version still answers"
            else:
                self.delete(step)
                reason += "; its earlier version was removed"
        self.outcomes.append(
            FileOutcome(step.name, step.action, error.outcome, reason)  # type: ignore[arg-type]
        )

    def restore(self, documents: Iterable[StoredDocument]) -> None:
        """Write documents whose text is unchanged into what is begun anew, if anything is: their
        words by the language of their text."""
        if not self._fresh_vectors and not self._fresh_words:
            return
        texts: list[str] = []
        ids: list[str] = []
        for document in documents:
            language = self._language_of(document) if self._fresh_words else ""
            for chunk in self.store.chunks_of(document.id):
                text = _indexed(document, chunk)
                if self._fresh_words:
                    self._words.add(chunk.id, text, language)
                if self._fresh_vectors:
                    ids.append(chunk.id)
                    texts.append(text)
            if texts and len(texts) >= self.embedder().batch_size:
                self._write_vectors(ids, self.embedder().embed(texts))
                texts, ids = [], []
        if texts:
            self._write_vectors(ids, self.embedder().embed(texts))

    def _language_of(self, document: StoredDocument) -> str:
        """The language of a stored text; stores it, because an index of an earlier version may lack
        it."""
        found = detect(self.store.parsed(document.id).text, document.language)
        if found != document.language:
            self.store.update(replace(document, language=found))
        return found

    def finish_vectors(self) -> None:
        """Close the store and the vectors, which are complete afterwards; only ``finish_words`` may
        follow."""
        self._vectors.end()
        parts = parts_of(self.store.named_order())
        self._words.end(parts, unchanged(parts, self._parts_before))
        self.store.commit()
        self.store.close()
        self._vectors.finish()

    def finish_words(self) -> None:
        """Write the words; all of the generation's files are complete afterwards."""
        self._words.finish()

    def embedder(self) -> CachedEmbedder:
        """The embedder, loaded when the first text needs it."""
        if self._embedder is None:
            self._embedder = self._make_embedder()
        return self._embedder

    def _write_vectors(self, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        self._vectors.upsert(chunk_ids, vectors)
        self.store.vectors.put(chunk_ids, vectors)

    def _remove(self, chunk_ids: Sequence[str]) -> None:
        self._vectors.delete(chunk_ids)
        self._words.delete(chunk_ids)
        self.store.vectors.delete(chunk_ids)
        self.removed_vectors += len(chunk_ids)

    def _new_id(self, root: str, relative: str) -> str:
        """An id from the file's first place; it stays when the file is renamed."""
        for number in range(len(self._ids) + 2):
            digest = hashlib.blake2b(f"{root}\0{relative}\0{number}".encode(), digest_size=8)
            if digest.hexdigest() not in self._ids:
                self._ids.add(digest.hexdigest())
                return digest.hexdigest()
        raise AssertionError("more tries than ids")


def _indexed(document: StoredDocument, chunk: StoredChunk) -> str:
    return indexed_text(
        document.title, chunk.heading_path, chunk.text, chunk.context, chunk.placing
    )


def _stored_chunks(
    document_id: str, loaded: Loaded
) -> tuple[tuple[StoredChunk, ...], dict[str, str]]:
    """Chunks with ids from their content, so that an edit leaves the others' ids alone; and the
    text that is indexed for each id."""
    seen: Counter[str] = Counter()
    stored, texts = [], {}
    for ordinal, chunk in enumerate(loaded.chunks):
        text = indexed_text(
            loaded.parsed.title, chunk.heading_path, chunk.text, chunk.context, chunk.placing
        )
        seen[text] += 1
        named = f"{document_id}\0{seen[text]}\0{text}\0".encode("utf-8", "surrogatepass")
        identity = hashlib.blake2b(named, digest_size=16).hexdigest()
        texts[identity] = text
        stored.append(
            StoredChunk(
                id=identity,
                document_id=document_id,
                ordinal=ordinal,
                start=chunk.start,
                end=chunk.end,
                page=chunk.page,
                heading_path=chunk.heading_path,
                text=chunk.text,
                context=chunk.context,
                placing=chunk.placing,
            )
        )
    return tuple(stored), texts
