"""Public benchmark sets in BEIR layout, indexed with the product itself.

A set is a folder with ``corpus*.jsonl``, ``queries.jsonl`` and ``qrels.tsv``. Each document becomes
a text file in a cache folder under the system's temporary folder, so that reading, chunking and
the index are the real ones; the cache is keyed by content and settings.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Assistant, load_settings


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the texts a right answer contains, and whether the set holds one."""

    id: str
    text: str
    answers: tuple[str, ...]
    is_answerable: bool
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """Queries with their relevant documents (id → grade)."""

    folder: Path
    queries: tuple[Query, ...]
    relevant: Mapping[str, Mapping[str, float]]


def load_set(folder: Path) -> BenchmarkSet:
    """Read queries and judgements of a set."""
    queries = []
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        queries.append(
            Query(
                id=row["id"],
                text=row["text"],
                answers=tuple(row.get("answers") or ()),
                is_answerable=bool(row.get("answerable", True)),
                meta=row.get("meta") or {},
            )
        )
    relevant: dict[str, dict[str, float]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            query_id, corpus_id, score = list(row.values())[:3]
            if float(score) > 0:
                relevant.setdefault(query_id, {})[corpus_id] = float(score)
    return BenchmarkSet(folder, tuple(queries), relevant)


@contextlib.contextmanager
def indexed(
    folders: Sequence[Path],
    overrides: Mapping[str, Any] | None = None,
    leave_out: frozenset[str] = frozenset(),
) -> Iterator[tuple[Assistant, Mapping[str, str]]]:
    """An assistant over the corpora of some sets, and document name → corpus id."""
    rows = [row for folder in folders for row in _corpus(folder) if row["id"] not in leave_out]
    names = {f"{hashlib.sha256(r['id'].encode()).hexdigest()[:16]}.txt": r["id"] for r in rows}
    key = hashlib.sha256(json.dumps([rows, sorted((overrides or {}).items())]).encode())
    place = Path(tempfile.gettempdir()) / "document-assistant-benchmarks" / key.hexdigest()[:16]
    documents = place / "documents"
    if not documents.is_dir():
        building = place / "building"
        building.mkdir(parents=True, exist_ok=True)
        for name, row in zip(names, rows, strict=True):
            title = str(row.get("title") or "").strip()
            text = f"{title}\n\n{row['text']}\n" if title else f"{row['text']}\n"
            (building / name).write_text(text, encoding="utf-8")
        building.rename(documents)
    settings = load_settings(
        overrides={
            **(overrides or {}),
            "index.path": str(place / "index"),
            "documents.paths": [str(documents)],
        }
    )
    with Assistant(settings) as assistant:
        assistant.sync()
        yield assistant, names


def _corpus(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for path in sorted(folder.glob("corpus*.jsonl")):
        rows.extend(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return rows
