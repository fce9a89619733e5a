"""Exams as question files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import UsageError
from assistant.studying.items import Item, ItemKind
from eval.exam.build import Exam
from eval.questions import SCHEMA_VERSION

GENERATED = "generated"
HEAD = """\
# Made by `python -m eval exam` from the documents, by rules. Read the questions: strike out what is
# unfair, reword what is stiff, add your own, give `severity: critical` to what must never be lost.
# A question's facts say what a right answer states; `expect: refuse`: the documents do not tell.
"""


_TYPES: Mapping[ItemKind, str] = {"number": "number", "list": "list", "pair": "multi_hop"}


def row_of(item: Item) -> dict[str, Any]:
    """The row of a question file."""
    tags = [GENERATED, item.kind, item.wording, *(["easy"] if item.is_easy else [])]
    row: dict[str, Any] = {"id": item.id, "question": item.question}
    if not item.answers:
        return row | {"type": "unanswerable", "expect": "refuse", "tags": tags}
    return row | {
        "type": _TYPES.get(item.kind, "fact"),
        "expect": "answer",
        "tags": tags,
        "cluster": item.quotes[0].document,
        "reference": "; ".join(wordings[0] for wordings in item.answers),
        "facts": [
            {"id": f"f{number}", "any": list(wordings)}
            for number, wordings in enumerate(item.answers, 1)
        ],
        "evidence": [{"document": each.document, "quote": each.text} for each in item.quotes],
    }


def write(exam: Exam, target: Path, documents: Sequence[Path]) -> None:
    """Write an exam; its documents count from the file's own folder."""
    write_rows([row_of(item) for item in exam.items], target, documents)


def write_rows(
    rows: Sequence[Mapping[str, Any]], target: Path, documents: Sequence[Path], head: str = HEAD
) -> None:
    """Write rows of a question file; its documents count from the file's own folder."""
    home = target.resolve().parent
    home.mkdir(parents=True, exist_ok=True)
    paths = [os.path.relpath(path.resolve(), home) for path in documents]
    data = {"version": SCHEMA_VERSION, "documents": paths, "questions": [dict(r) for r in rows]}
    _dump(target, data, head)


def write_some(source: Path, target: Path, ids: Collection[str]) -> None:
    """Copy the questions with these ids to another file."""
    if target.exists() and target.samefile(source):
        raise UsageError(f"{target} is the question file itself", hint="name another file")
    data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    data["questions"] = [row for row in data["questions"] if row["id"] in set(ids)]
    folders = data.get("documents", [])
    folders = [folders] if isinstance(folders, str) else folders
    home = target.resolve().parent
    home.mkdir(parents=True, exist_ok=True)
    data["documents"] = [
        os.path.relpath((source.parent / each).resolve(), home) for each in folders
    ]
    _dump(target, data)


def _dump(target: Path, data: dict[str, Any], head: str = HEAD) -> None:
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    try:
        target.write_text(head + text, encoding="utf-8", newline="\n")
    except OSError as exc:
        raise UsageError(f"{target} cannot be written: {exc.strerror}") from exc
