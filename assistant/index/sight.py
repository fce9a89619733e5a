"""What a sync found, and the decisions from it: is there work, and is it allowed?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import NoDocumentsError, UsageError
from assistant.index.plan import Step
from assistant.index.roots import Roots
from assistant.index.rows import NotIndexed, StoredDocument


@dataclass(frozen=True, slots=True)
class Sight:
    """What a sync sees: its plan, its folders, and what the current generation holds.

    ``looked_ns`` is the clock before it looked at the first file.
    """

    plan: tuple[Step, ...]
    roots: Roots
    documents: tuple[StoredDocument, ...]
    known: tuple[NotIndexed, ...]
    before: Mapping[str, str]
    looked_ns: int = 0


def files_to_read(sight: Sight) -> list[Step]:
    """The steps whose files are new, changed, or failed before."""
    return [step for step in sight.plan if step.action in ("add", "change", "retry")]


def refuse_empty(sight: Sight) -> None:
    """An emptied or unmounted folder must not silently empty the index."""
    found = [step.file.place for step in sight.plan if step.file is not None]
    for scope in sight.roots.scopes:
        if any(scope.holds(place) for place in found):
            continue
        if any(scope.holds(document.place) for document in sight.documents):
            raise UsageError(
                f"The folder {scope.within} is empty now, but the index holds documents from it",
                hint="if they are really gone, run `assistant ingest --allow-empty`; "
                "if it is a drive, mount it first. Nothing was changed",
            )
        if found and sight.roots.after.get(str(scope.root)) == "settings":
            continue  # the folder of the settings need not be used: files came as uploads
        raise NoDocumentsError(
            f"The folder {scope.within} holds no files",
            hint="put documents in it, or name another: `assistant ingest PATH`",
        )


def has_changes(sight: Sight) -> bool:
    """Whether applying the plan could make a generation that differs from the current one."""
    settled = {n.name: (n.outcome, n.reason) for n in sight.known}
    for step in sight.plan:
        problem = step.file.problem if step.file else None
        is_known = problem is not None and settled.get(step.name) == problem
        if step.action != "unchanged" and not (is_known and step.stored is None):
            return True
        if step.has_another_day:
            return True
    return dict(sight.before) != dict(sight.roots.after)
