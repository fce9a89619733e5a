"""Receipts of syncs that write nothing: a plan, and a folder as the index has it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.index.generations import Generation
from assistant.index.plan import Step
from assistant.index.sight import Sight
from assistant.types import FileOutcome, SyncReceipt


def missing_folders(sight: Sight) -> list[FileOutcome]:
    """A line for each folder of the index that is not there now."""
    return [
        FileOutcome(
            str(path), "skip", "failed",
            "the folder does not exist; its documents still answer. "
            f"`assistant ingest --forget {path}` removes them",
        )
        for path in sight.roots.missing
    ]  # fmt: skip


def unchanged(step: Step, reason: str = "") -> FileOutcome:
    """The line of a file of which nothing changes: it keeps the outcome that it had."""
    if step.known is not None:
        return FileOutcome(step.name, "unchanged", step.known.outcome, step.known.reason)  # type: ignore[arg-type]
    if step.file is None:
        return FileOutcome(step.name, "unchanged", "kept", step.reason)
    return FileOutcome(step.name, "unchanged", "unchanged", reason)


def dry_receipt(base: Generation | None, sight: Sight, re_embed: bool, began: float) -> SyncReceipt:
    """What a sync would do."""
    note = "the embedder changed: vectors are made anew" if re_embed else ""
    files = []
    for step in sight.plan:
        if step.action == "unchanged":
            files.append(unchanged(step, note))
            continue
        previous = step.stored.name if step.stored and step.action == "rename" else ""
        files.append(
            FileOutcome(
                step.name, step.action, "planned", step.reason or note, previous_name=previous
            )
        )
    return _receipt(base, [*files, *missing_folders(sight)], began, dry_run=True)


def unchanged_receipt(base: Generation, sight: Sight, began: float) -> SyncReceipt:
    """What a sync found that has nothing to do."""
    files = [
        unchanged(step)
        if step.file is None or step.file.problem is None
        else FileOutcome(step.name, "skip", *step.file.problem)  # type: ignore[arg-type]
        for step in sight.plan
    ]
    return _receipt(base, [*files, *missing_folders(sight)], began, dry_run=False)


def _receipt(
    base: Generation | None, files: Sequence[FileOutcome], began: float, *, dry_run: bool
) -> SyncReceipt:
    return SyncReceipt(
        generation=base.manifest.name if base else "",
        files=tuple(files),
        dry_run=dry_run,
        documents=base.manifest.documents if base else 0,
        chunks=base.manifest.chunks if base else 0,
        seconds=time.perf_counter() - began,
    )
