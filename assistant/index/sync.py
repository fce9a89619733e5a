"""Folders → a new generation of the index: scan, plan, build aside, verify, switch.

The steps are in the order of ``Synchroniser.sync``, which is the page to read first.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chunking import chunking_fingerprint
from assistant.embedding import Embedder, fingerprint_of
from assistant.embedding.cache import CachedEmbedder
from assistant.errors import AssistantError, DocumentError, StorageError
from assistant.index.building import GenerationBuilder
from assistant.index.generations import (
    FORMAT,
    STORE,
    Generation,
    Generations,
    Manifest,
    failpoint,
)
from assistant.index.loaded import Loaded
from assistant.index.loading import (
    Load,
    hash_file,
    limits_of,
    load_with,
    options_of,
    recognition_limits_of,
)
from assistant.index.page_cache import kept_pages
from assistant.index.plan import UNREAD, checked, make_plan
from assistant.index.processes.reading_process import load_apart
from assistant.index.processes.vector_children import GenerationChecker
from assistant.index.receipts import dry_receipt, missing_folders, unchanged, unchanged_receipt
from assistant.index.repair import Base, find_base
from assistant.index.roots import decide_roots
from assistant.index.rows import NotIndexed
from assistant.index.scan import FoundFile, access_of, name_files, scan
from assistant.index.sight import Sight, files_to_read, has_changes, refuse_empty
from assistant.index.store import Store
from assistant.index.unfinished import Unfinished
from assistant.index.unfinished_vectors import KeptBatches
from assistant.index.vector_server import (
    ServerWriter,
    clean_up,
    new_collection,
    own_prefix,
    server_of,
)
from assistant.index.vector_server import verify as verify_on_server
from assistant.reading import READER_VERSION
from assistant.reading.added import GivenReaders
from assistant.reading.versions import installed_readers
from assistant.settings import Settings
from assistant.types import NO_USAGE, FileOutcome, Progress, SyncReceipt

if TYPE_CHECKING:
    from assistant.index.placing import Placer

ProgressCallback = Callable[[Progress], None]

_READ_SINCE = 2
"""The layout from which on files need not be read again."""

_UNPLACED = "|unplaced"
"""Ends the reading of a document with chunks that no model was asked to place yet."""

_REBUILD_SHARE = 0.5
"""HNSW never shrinks on deletes: it is built anew when this share of it would be dead."""


class Synchroniser:
    """Brings an index in line with its folders."""

    def __init__(
        self,
        settings: Settings,
        generations: Generations,
        make_embedder: Callable[[], Embedder],
        load: Load = load_apart,
        *,
        fingerprint: str = "",
        readers: GivenReaders | None = None,
        placer: Placer | None = None,
    ) -> None:
        """``fingerprint`` is that of an embedder which the settings do not name; ``readers`` read
        the files of their suffixes in threads here; ``placer`` places chunks in their documents."""
        self._settings = settings
        self._generations = generations
        self._make_embedder = make_embedder
        self._fingerprint = fingerprint
        self._readers = readers or GivenReaders((), limits_of(settings.reading))
        self._load = load_with(self._readers, load)
        self._server = server_of(settings.index)
        self._reading = (
            f"layout-{_READ_SINCE}|readers-{READER_VERSION}|"
            f"{chunking_fingerprint(settings.chunking.tokens, settings.chunking.overlap)}|"
            f"{settings.reading.fingerprint()}"
        )
        limits = _told(settings.reading.model_dump(exclude={"processes"}))
        known = f"{self._reading}|installed-{installed_readers()}|{limits}"
        opened = settings.documents.model_dump(include={"max_file_megabytes", "follow_symlinks"})
        self._ocr = recognition_limits_of(settings.ocr)
        self._recogniser = self._ocr.fingerprint()
        self._refusing = f"{known}|{_told(opened)}|{self._recogniser}"
        self._placer, self._unplaced = placer, 0
        if placer is not None:
            self._reading += f"|placed-{placer.fingerprint}"
        self._cache: list[CachedEmbedder] = []
        self._unfinished = Unfinished(
            generations.root,
            texts=f"{known}{self._readers.fingerprint()}|{self._recogniser}",
            vectors=self._embedder_fingerprint(),
            most_megabytes=settings.index.unfinished_megabytes,
        )

    def sync(
        self,
        paths: Sequence[Path] | None,
        *,
        dry_run: bool = False,
        allow_empty: bool = False,
        forget: Sequence[Path] = (),
        progress: ProgressCallback | None = None,
    ) -> SyncReceipt:
        """Scan, plan and, unless ``dry_run``, apply. Raises ``AssistantError``.

        ``paths`` are folders or files to bring in line; others in the index stay as they are.
        Without ``paths`` it is ``documents.paths`` and all folders that were given by hand before.
        ``forget`` names folders whose documents leave the index. An emptied folder is refused
        unless ``allow_empty``.
        """
        began = time.perf_counter()
        note = progress or (lambda _: None)
        with ExitStack() as stack:
            if not dry_run:
                if not allow_empty and not self._generations.root.exists():
                    # nothing to index leaves nothing behind; the scan is done again with the lock
                    refuse_empty(self._look(find_base(self._generations), paths, forget))
                timeout = self._settings.index.lock_timeout_seconds
                stack.enter_context(self._generations.writer(timeout))
                stack.callback(self._generations.discard)  # when no child writes there any more
            found = find_base(self._generations)
            base = found.base
            note(Progress("scanning", 0, 0))
            sight = self._look(found, paths, forget)
            if not allow_empty:
                refuse_empty(sight)
            re_embed = base is not None and base.manifest.embedder != self._embedder_fingerprint()
            if dry_run:
                return dry_receipt(base, sight, re_embed, began)
            is_current = base is not None and not found.damage and not re_embed
            is_current = is_current and not self._moves(base)
            if base is not None and is_current and not has_changes(sight):
                self._unfinished.clear()
                return unchanged_receipt(base, sight, began)
            try:
                self._unfinished.begin()
                verifier = stack.enter_context(
                    GenerationChecker()
                )  # it loads what it needs meanwhile
                return self._apply(found, sight, re_embed, note, began, verifier)
            except StorageError:
                self._unfinished.clear()  # it may be what fills the disk
                raise
            except (OSError, sqlite3.DatabaseError) as exc:
                self._unfinished.clear()
                raise _storage_error(exc, self._generations.root) from exc
            except KeyboardInterrupt as exc:
                exc.add_note(self._told_of_interruption(base, len(files_to_read(sight))))
                raise

    def _look(self, found: Base, paths: Sequence[Path] | None, forget: Sequence[Path]) -> Sight:
        """Compare the folders with the current generation."""
        base = found.base
        looked_ns = time.time_ns()
        store = Store(base.path / STORE) if base else None
        try:
            documents = list(store.documents()) if store else []
            known = store.not_indexed() if store else []
            before = {**found.roots, **(store.roots() if store else {})}
        finally:
            if store:
                store.close()
        roots = decide_roots(self._settings.documents.paths, before, paths, forget)
        files = scan(roots.scopes, self._settings.documents, self._generations.root)
        named = name_files(
            files,
            {document.place: document.name for document in documents},
            [
                *(each.name for each in documents if not roots.in_scope(each.place)),
                *(each.name for each in known if not roots.in_scope(each.place)),
            ],
        )
        access = access_of(self._settings.documents)
        plan = make_plan(
            named,
            documents,
            known,
            in_scope=roots.in_scope,
            reading=self._reading,
            refusing=self._refusing,
            hasher=lambda file: hash_file(file, access),
            added=self._readers.identity,
            recogniser=self._recogniser,
        )
        return Sight(tuple(plan), roots, tuple(documents), tuple(known), before, looked_ns)

    # ------------------------------------------------------------ applying

    def _apply(
        self,
        found: Base,
        sight: Sight,
        re_embed: bool,
        note: ProgressCallback,
        began: float,
        verifier: GenerationChecker,
    ) -> SyncReceipt:
        base = found.base
        doomed = sum(1 for step in sight.plan if step.action in ("delete", "change"))
        fresh = base is None or re_embed or found.vectors or self._moves(base)
        fresh = fresh or base is None or self._is_worn(base, doomed)
        server, collection = self._server, ""
        if server is not None:
            collection = (
                new_collection(self._generations.root, self._embedder_fingerprint())
                if fresh or base is None
                else base.manifest.collection
            )
        name = self._generations.next_name()
        folder = self._generations.begin(name)
        timings: dict[str, float] = {"plan": time.perf_counter() - began}
        cache = self._cache = []

        def embedder() -> CachedEmbedder:
            path = self._generations.root / "embeddings.sqlite"
            kept = self._unfinished.vectors
            cache.append(CachedEmbedder(self._make_embedder(), path, lambda: KeptBatches(kept)))
            return cache[-1]

        try:
            with GenerationBuilder(
                folder,
                base,
                embedder,
                fingerprint=self._embedder_fingerprint(),
                fresh_vectors=fresh,
                fresh_words=found.words,
                server_writer=(lambda: ServerWriter(server, collection)) if server else None,
            ) as builder:
                self._write(builder, sight, note, fresh or found.words)
                dimensions = self._dimensions(cache, base)
                documents, chunks = builder.store.counts()
                languages = builder.store.languages()
                timings["write"] = time.perf_counter() - began - sum(timings.values())
                note(Progress("writing", 0, 0))
                ids = builder.store.chunk_ids() if server else []
                builder.finish_vectors()
                verifier.begin(folder, vectors=server is None)  # what there is, beside the words
                builder.finish_words()
                timings["finish"] = time.perf_counter() - began - sum(timings.values())
            failpoint("before-verify")
            note(Progress("verifying", 0, 0))
            verifier.finish()
            if server is not None:
                verify_on_server(server, collection, ids)
            timings["verify"] = time.perf_counter() - began - sum(timings.values())
            removed = base.manifest.removed + builder.removed_vectors if base and not fresh else 0
            generation = self._generations.publish(
                folder,
                Manifest(
                    format=FORMAT,
                    name=name,
                    parent=found.parent,
                    created=datetime.now(UTC).isoformat(timespec="seconds"),
                    embedder=self._embedder_fingerprint(),
                    dimensions=dimensions,
                    reading=self._reading,
                    documents=documents,
                    chunks=chunks,
                    removed=removed,
                    roots=dict(sight.roots.after),
                    collection=collection,
                    languages=languages,
                ),
            )
            self._unfinished.clear()
            self._generations.collect(self._settings.index.keep_previous)
            if server is not None:
                clean_up(server, self._generations)
            timings["publish"] = time.perf_counter() - began - sum(timings.values())
        finally:
            for each in cache:
                each.close()
        return SyncReceipt(
            generation=generation.manifest.name,
            files=tuple(sorted(builder.outcomes, key=lambda outcome: outcome.document)),
            documents=documents,
            chunks=chunks,
            embedded=sum(each.embedded for each in cache),
            from_cache=sum(each.from_cache for each in cache),
            taken_up=builder.taken_up,
            seconds=time.perf_counter() - began,
            timings=timings,
            repaired=found.damage,
            placed=self._placer.calls if self._placer else 0,
            unplaced=self._unplaced,
            usage=self._placer.usage if self._placer else NO_USAGE,
        )

    def _write(
        self, builder: GenerationBuilder, sight: Sight, note: ProgressCallback, anew: bool
    ) -> None:
        to_read = files_to_read(sight)
        for step in sight.plan:
            if step.action == "delete":
                builder.delete(step)
                builder.outcomes.append(FileOutcome(step.name, "delete", "deleted", step.reason))
        # All movers give up their names before any takes its new one: names may be swapped.
        movers = [step for step in sight.plan if step.has_moved]
        for number, step in enumerate(movers):
            if step.stored is not None:
                builder.store.update(replace(step.stored, name=f"\0moving {number}"))
        for step in movers:
            if step.action == "rename":
                builder.rename(step, sight.looked_ns)
            else:
                builder.move(step)
        for step in sight.plan:
            if step.is_touched and step.file is not None:
                builder.move(step, checked(step.file, sight.looked_ns))
        if anew:
            changed = {step.stored.id for step in to_read if step.stored}
            staying = [d for d in builder.store.documents() if d.id not in changed]
            for done in range(0, len(staying), 20):
                note(Progress("embedding", done, len(staying), staying[done].name))
                builder.restore(staying[done : done + 20])
        pages = kept_pages(self._generations.root, self._settings.ocr)
        options = options_of(
            self._settings,
            self._unfinished.texts,
            pages if self._recogniser else None,
            lambda name, page, count: note(Progress("pictures", page, count, name)),
        )
        with (
            closing(pages),
            closing(self._load(to_read, options)) as results,  # at once when we are interrupted
        ):
            for done, (step, loaded) in enumerate(results):
                note(Progress("reading", done, len(to_read), step.name))
                if isinstance(loaded, DocumentError):
                    builder.fail(step, loaded)
                else:
                    unread = UNREAD + self._recogniser if loaded.parsed.unread_pages else ""
                    loaded, left = self._placed(loaded, note, step.name)
                    reading = self._reading + self._added(step.file) + unread + left
                    builder.put(step, loaded, reading)
        builder.flush()
        note(Progress("reading", len(to_read), len(to_read)))
        self._write_the_rest(builder, sight)

    def _placed(self, loaded: Loaded, note: ProgressCallback, name: str) -> tuple[Loaded, str]:
        """A document with its chunks placed, if that is asked for; and what its reading says of
        chunks that are left for the next sync."""
        if self._placer is None:
            return loaded, ""
        note(Progress("placing", self._placer.calls, 0, name))
        placed, is_whole = self._placer.placed(loaded)
        self._unplaced += not is_whole
        return placed, "" if is_whole else _UNPLACED

    def _write_the_rest(self, builder: GenerationBuilder, sight: Sight) -> None:
        """Files that are not indexed, and the folders."""
        for step in sight.plan:
            if step.action == "skip" and step.file is not None and step.file.problem is not None:
                kind, reason = step.file.problem
                builder.fail(step, DocumentError(reason, outcome=kind))
            elif step.action == "unchanged":
                builder.outcomes.append(unchanged(step))
        builder.outcomes.extend(missing_folders(sight))
        missing = [each for each in sight.known if not sight.roots.in_scope(each.place)]
        missing.extend(
            step.known for step in sight.plan if step.known and step.action == "unchanged"
        )
        files = {step.name: step.file for step in sight.plan if step.action != "unchanged"}
        for outcome in builder.outcomes:
            file = files.get(outcome.document)
            if file is None or outcome.outcome in ("indexed", "renamed", "deleted"):
                continue
            missing.append(
                NotIndexed(
                    file.name, file.root, file.relative, checked(file, time.time_ns()),
                    self._refusing + self._added(file), outcome.outcome, outcome.reason,
                )
            )  # fmt: skip
        builder.store.replace_not_indexed(missing)
        builder.store.replace_roots(dict(sight.roots.after))

    def _moves(self, base: Generation | None) -> bool:
        """Whether the vectors belong elsewhere than the base has them: the settings name another
        place, or the base's folder is a copy, whose vectors are its original's."""
        if base is None:
            return False
        collection = base.manifest.collection
        if not collection or self._server is None:
            return bool(collection) != (self._server is not None)
        return not collection.startswith(own_prefix(self._generations.root))

    def _is_worn(self, base: Generation, doomed_documents: int) -> bool:
        manifest = base.manifest
        per_document = manifest.chunks / max(1, manifest.documents)
        dead = manifest.removed + doomed_documents * per_document
        return dead > max(1000.0, _REBUILD_SHARE * manifest.chunks)

    def _told_of_interruption(self, base: Generation | None, to_read: int) -> str:
        """The message after an interrupted ingest: which index answers, and which work is kept."""
        before = base.manifest.name if base else ""
        if self._generations.current_name() != before:
            return "The new index is complete."
        answers = "The index is as it was." if base else "There is no index yet."
        files, vectors = self._unfinished.counts()
        vectors += sum(each.in_cache for each in self._cache)
        if not files and not vectors:
            return f"{answers} Nothing is kept of what was done."
        also = f", and {vectors:,} vectors" if vectors else ""
        return (
            f"{answers} Kept for the next ingest: the texts of {files:,} of {to_read:,} files"
            f"{also}."
        )

    def _dimensions(self, cache: Sequence[CachedEmbedder], base: Generation | None) -> int:
        found = next((each.dimensions for each in cache if each.dimensions), 0)
        return found or (base.manifest.dimensions if base else 0)

    def _embedder_fingerprint(self) -> str:
        return self._fingerprint or fingerprint_of(self._settings.embedding)

    def _added(self, file: FoundFile | None) -> str:
        """Names the reader of a file that is not ours, in what a document depends on."""
        return self._readers.identity(file.relative) if file else ""


def _told(settings: Mapping[str, Any]) -> str:
    """Settings that can refuse a file, to the last digit."""
    return "-".join(f"{name}={value!r}" for name, value in settings.items())


def _storage_error(exc: Exception, root: Path) -> AssistantError:
    return StorageError(
        f"The index {root} could not be written: {exc}",
        hint="check free space and permissions, then run the same command again; nothing is lost "
        "and the old index still answers",
    )
