"""Syncs → HTML for the sidebar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.chat.escaped import one_line
from assistant.types import FileOutcome, Progress, SyncReceipt

_MOST_ROWS = 200


def draw_progress(step: Progress) -> str:
    """A step of a sync, with a bar when its length is known."""
    bar = f'<progress max="{step.total}" value="{step.done}"></progress>' if step.total else ""
    count = f" {step.done} of {step.total}" if step.total else ""
    return (
        f'<div class="receipt"><p>{one_line(step.stage.capitalize())}{count} …</p>{bar}'
        f'<p class="muted">{one_line(step.item)}</p></div>'
    )


def draw_receipt(receipt: SyncReceipt, known: Sequence[FileOutcome] = ()) -> str:
    """What a sync did, in one line, and every file that changed or has a new problem.

    ``known`` are the files that could not be read before: those with the same problem are counted
    in one line, since the list of documents names them.
    """
    before = {(file.document, file.outcome, file.reason) for file in known}
    old = [f for f in receipt.files if (f.document, f.outcome, f.reason) in before]
    rows = [f for f in receipt.files if f.outcome != "unchanged" and f not in old]
    counts = Counter(file.outcome for file in rows)
    told = ", ".join(f"{count} {_said(name)}" for name, count in sorted(counts.items()))
    same = sum(file.outcome == "unchanged" for file in receipt.files)
    facts = [f"{same:,} unchanged"] if same else []
    if old:
        facts.append(f"{len(old):,} still not read, as before")
    if not (rows or facts):
        told = "No files"
    repaired = f'<p class="changed">{one_line(receipt.repaired)}</p>' if receipt.repaired else ""
    also = f'<p class="muted">{", ".join(facts)}</p>' if facts else ""
    return (
        f'<div class="receipt"><p><strong>{told or "Nothing has changed"}</strong></p>{also}'
        f'{repaired}<p class="muted">{receipt.documents:,} documents, {receipt.chunks:,} chunks, '
        f"{receipt.seconds:.1f} s</p>{_rows(rows)}</div>"
    )


def draw_failure(what: str, hint: str) -> str:
    """A sync that could not be done; the old index still answers."""
    return (
        f'<div class="receipt failed"><p><strong>Not synced.</strong> {one_line(what)}</p>'
        f'<p class="muted">{one_line(hint)}</p></div>'
    )


def _rows(files: Sequence[FileOutcome]) -> str:
    if not files:
        return ""
    shown = "".join(
        f'<li class="{file.outcome}"><span class="outcome">{_said(file.outcome)}</span> '
        f"{one_line(file.document)}{_why(file)}</li>"
        for file in sorted(files, key=lambda file: file.outcome != "failed")[:_MOST_ROWS]
    )
    more = len(files) - _MOST_ROWS
    if more > 0:
        shown += f"<li>… and {more} more</li>"
    return f'<ul class="files">{shown}</ul>'


def _why(file: FileOutcome) -> str:
    said = "; ".join(part for part in (file.reason, *file.notes) if part)
    if file.previous_name:
        said = f"was {file.previous_name}"
    return f': <span class="muted">{one_line(said)}</span>' if said else ""


def _said(outcome: str) -> str:
    return outcome.replace("_", " ")
