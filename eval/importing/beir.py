"""A folder in BEIR's layout → rows, and its corpus as files that can be indexed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.beir import load, rows_of, write_corpus
from eval.importing.rows import ANSWER, ImportedRow, first_of

FOLDER = "documents"
"""Beside the question file."""


def read_folder(folder: Path, home: Path) -> tuple[list[ImportedRow], Path]:
    """The queries that have judged documents, and the folder that now holds the corpus as files.

    BEIR names documents, not answers: a query has one only where its line carries it.
    """
    benchmark = load(folder)
    documents = home / FOLDER
    names = {key: name for name, key in write_corpus(benchmark, documents).items()}
    lines = {str(row.get("_id", row.get("id"))): row for row in rows_of(folder / "queries.jsonl")}
    made = []
    for key, gold in benchmark.gold.items():
        best = max(gold, key=lambda each: gold[each])
        row = lines.get(key, {})
        made.append(
            ImportedRow(
                place=f"query {key}",
                id=key,
                question=" ".join(benchmark.queries[key].split()),
                answer=_answer(row),
                document=names.get(best, ""),
                tags=("beir",),
            )
        )
    return made, documents


def _answer(row: Mapping[str, Any]) -> str:
    held = row.get("metadata")
    return first_of(row, ANSWER) or (first_of(held, ANSWER) if isinstance(held, Mapping) else "")
