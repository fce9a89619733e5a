"""Retrieval figures on any folder in BEIR's layout, through the same door as a user's folder.

    corpus.jsonl    {"id" or "_id", "title", "text"}
    queries.jsonl   {"id" or "_id", "text"}
    qrels.tsv       query-id, corpus-id, score, with a header (or qrels/test.tsv)
    spans.tsv       optional: query-id, corpus-id, start, end in characters of the text

Each entry of the corpus becomes a text file in a cache folder, is indexed as a document, and is
found again by its name. *Document* level ranks each document by its best passage; *chunk* level
keeps every passage, so a document's second passage takes a place and earns nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.settings import Settings, load_settings
from assistant.types import Passage
from eval.metrics.retrieval import ndcg_at
from eval.runner import TellProgress
from eval.spans import Span, length, overlap
from eval.statistics import Interval, quantile, t_interval

CUTOFFS = (1, 3, 5, 10, 20, 50, 100)
PASSAGES_PER_DOCUMENT = 4
"""So many passages are asked for to rank one document: long documents have several each."""
SPAN_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A folder as it was read. ``gold`` maps query id → corpus id → grade above 0."""

    name: str
    corpus: Mapping[str, str]
    titles: Mapping[str, str]
    queries: Mapping[str, str]
    gold: Mapping[str, Mapping[str, float]]
    spans: Mapping[str, Mapping[str, Sequence[Span]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """One query: the documents in ranked order, its measures, and its seconds."""

    id: str
    ranking: tuple[str, ...]
    measures: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class BeirOutcome:
    """All queries of a benchmark, and what indexing took."""

    name: str
    documents: int
    chunks: int
    index_seconds: float
    queries: tuple[QueryOutcome, ...]
    skipped: int

    def figures(self) -> dict[str, Interval]:
        """Mean and 95 % t interval of each measure over the queries that have it."""
        values: dict[str, list[float]] = {}
        for query in self.queries:
            for name, value in query.measures.items():
                values.setdefault(name, []).append(value)
        found = {name: t_interval(each) for name, each in values.items()}
        return {name: interval for name, interval in found.items() if interval is not None}


def evaluate(
    folder: Path,
    config: Path | None,
    overrides: Mapping[str, Any],
    *,
    cache: Path,
    depth: int = 10,
    limit: int | None = None,
    distractors: Sequence[Path] = (),
    step: TellProgress = lambda stage, done, total: None,
) -> BeirOutcome:
    """Index a benchmark's corpus (kept in ``cache``) and ask its queries.

    Queries without a relevant document are skipped and counted. Raises ``UsageError`` for a
    folder of another layout.
    """
    from assistant import Assistant

    benchmark = load(folder, distractors)
    settings = _settings(benchmark, config, overrides, cache)
    names = write_corpus(benchmark, settings.documents.paths[0])
    asked = [(key, text) for key, text in benchmark.queries.items() if benchmark.gold.get(key)]
    skipped = len(benchmark.queries) - len(asked)
    outcomes = []
    with Assistant(settings) as assistant:
        receipt = assistant.sync(progress=lambda p: step(p.stage, p.done, p.total))
        for number, (key, text) in enumerate(asked[:limit], 1):
            began = time.perf_counter()
            passages = assistant.retrieve(text, limit=PASSAGES_PER_DOCUMENT * depth)
            seconds = time.perf_counter() - began
            outcomes.append(_judge(benchmark, key, passages, names, depth, seconds))
            step("queries", number, len(asked[:limit]))
    return BeirOutcome(
        benchmark.name, receipt.documents, receipt.chunks, receipt.seconds, tuple(outcomes), skipped
    )


def load(folder: Path, distractors: Sequence[Path] = ()) -> Benchmark:
    """Read a folder. Raises ``UsageError`` naming what is missing or wrong."""
    corpus, titles = {}, {}
    for path in (folder / "corpus.jsonl", *distractors):
        for row in rows_of(path):
            corpus[_id(row, path)] = str(row.get("text", ""))
            titles[_id(row, path)] = str(row.get("title") or "")
    queries = {
        _id(row, folder / "queries.jsonl"): str(row.get("text", ""))
        for row in rows_of(folder / "queries.jsonl")
    }
    gold: dict[str, dict[str, float]] = {}
    for query, document, score in _qrels(folder):
        if document not in corpus:
            raise UsageError(f"qrels.tsv names {document!r}, which corpus.jsonl does not hold")
        if score > 0:
            gold.setdefault(query, {})[document] = score
    if not gold or not queries:
        raise UsageError(f"{folder} has no query with a relevant document")
    return Benchmark(folder.resolve().name, corpus, titles, queries, gold, _spans(folder))


def measure(
    ranking: Sequence[str], gold: Mapping[str, float], depth: int, prefix: str = ""
) -> dict[str, float]:
    """recall@k, nDCG@10 and MRR@10 of a ranking of ids, in which an id may stand twice.

    Only its first place earns. nDCG has linear gain and the ideal of all of the gold.
    """
    seen: set[str] = set()
    gains = []
    for name in ranking:
        gains.append(0.0 if name in seen else gold.get(name, 0.0))
        seen.add(name)
    first = next((place for place, gain in enumerate(gains[:10], 1) if gain > 0), None)
    found = {
        f"{prefix}ndcg@10": ndcg_at(gains, list(gold.values()), 10) or 0.0,
        f"{prefix}mrr@10": 1.0 / first if first else 0.0,
    }
    for k in CUTOFFS:
        if k <= depth:
            hits = sum(1 for gain in gains[:k] if gain > 0)
            found[f"{prefix}recall@{k}"] = hits / len(gold)
    return found


def by_document(passages: Iterable[Passage], names: Mapping[str, str]) -> list[str]:
    """Corpus ids by their best passage; documents that hold the same text follow it at once."""
    ranking: dict[str, None] = {}
    for passage in passages:
        for document in (passage.document, *passage.duplicates):
            ranking.setdefault(names[document])
    return list(ranking)


def render(outcome: BeirOutcome) -> str:
    """The figures as a table of plain text."""
    seconds = [query.seconds for query in outcome.queries]
    p50, p95 = quantile(seconds, 0.5) or 0.0, quantile(seconds, 0.95) or 0.0
    size = f"{outcome.documents} documents, {outcome.chunks} chunks, {len(outcome.queries)} queries"
    speed = f"query p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    lines = [
        f"{outcome.name}: {size} ({outcome.skipped} without a relevant document)",
        f"index {outcome.index_seconds:.1f} s · {speed}",
    ]
    for name, figure in outcome.figures().items():
        lines.append(f"{name:18} {figure.estimate:.4f}  [{figure.low:.4f}, {figure.high:.4f}]")
    return "\n".join(lines)


def write_queries(outcome: BeirOutcome, path: Path) -> None:
    """One line of JSON per query: id, ranking, measures, seconds."""
    with path.open("w", encoding="utf-8") as file:
        for query in outcome.queries:
            row = {"id": query.id, "ranking": query.ranking, "measures": dict(query.measures),
                   "seconds": round(query.seconds, 6)}  # fmt: skip
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _judge(
    benchmark: Benchmark, query: str, passages: Sequence[Passage], names: Mapping[str, str],
    depth: int, seconds: float,
) -> QueryOutcome:  # fmt: skip
    gold = benchmark.gold[query]
    ranking = by_document(passages, names)[:depth]
    measures = measure(ranking, gold, depth)
    chunks = [names[passage.document] for passage in passages]
    measures |= measure(chunks, gold, depth, "chunk ")
    wanted = benchmark.spans.get(query)
    if wanted:
        measures |= _span_measures(benchmark, wanted, passages[:SPAN_PASSAGES], names)
    return QueryOutcome(query, tuple(ranking), measures, seconds)


def _span_measures(
    benchmark: Benchmark, wanted: Mapping[str, Sequence[Span]], passages: Sequence[Passage],
    names: Mapping[str, str],
) -> dict[str, float]:  # fmt: skip
    """Characters of the gold spans inside the passages: recall, precision, IoU (Chroma 2024)."""
    shown: dict[str, list[Span]] = {}
    for passage in passages:
        name = names[passage.document]
        lead = len(_lead(benchmark.titles[name]))
        shown.setdefault(name, []).append((passage.start - lead, passage.end - lead))
    total = sum(length(spans) for spans in wanted.values())
    taken = sum(length(spans) for spans in shown.values())
    hit = sum(overlap(spans, shown.get(name, [])) for name, spans in wanted.items())
    k = SPAN_PASSAGES
    return {
        f"span recall@{k}": hit / total if total else 0.0,
        f"span precision@{k}": hit / taken if taken else 0.0,
        f"span IoU@{k}": hit / (total + taken - hit) if total + taken - hit else 0.0,
    }


def _settings(
    benchmark: Benchmark, config: Path | None, overrides: Mapping[str, Any], cache: Path
) -> Settings:
    digest = hashlib.sha256()
    for key, text in benchmark.corpus.items():
        digest.update(f"{key}\0{benchmark.titles[key]}\0{text}\0".encode())
    home = cache.resolve() / f"{benchmark.name}-{digest.hexdigest()[:12]}"
    given = {**overrides, "documents.paths": [str(home / "documents")]}
    fingerprint = load_settings(config, given).fingerprint()
    given.setdefault("index.path", str(home / f"index-{fingerprint}"))
    return load_settings(config, given)


def write_corpus(benchmark: Benchmark, folder: Path) -> dict[str, str]:
    """Write what is not there yet; returns file name → corpus id."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for number, (key, text) in enumerate(benchmark.corpus.items()):
        name = f"{number:07}.txt"
        names[name] = key
        path = folder / name
        if not path.exists():
            path.write_text(_lead(benchmark.titles[key]) + text, encoding="utf-8", newline="")
    return names


def _lead(title: str) -> str:
    return f"{title}\n\n" if title else ""


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file. Raises ``UsageError`` naming the line that is none."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise UsageError(f"{path}, line {number}: not an object")
                    yield row
    except OSError as exc:
        raise UsageError(
            f"{path} cannot be read: {exc.strerror}",
            hint="the layout is corpus.jsonl, queries.jsonl, qrels.tsv",
        ) from exc
    except ValueError as exc:
        raise UsageError(f"{path} is not JSON line by line: {exc}") from exc


def _id(row: Mapping[str, Any], path: Path) -> str:
    for key in ("id", "_id"):
        if key in row:
            return str(row[key])
    raise UsageError(f"{path} has a line without `id` or `_id`")


def _qrels(folder: Path) -> Iterator[tuple[str, str, float]]:
    path = next(
        (p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()), None
    )
    if path is None:
        raise UsageError(f"{folder} holds no qrels.tsv and no qrels/test.tsv")
    for cells in _cells(path):
        try:
            yield cells[0], cells[1], float(cells[2])
        except (IndexError, ValueError) as exc:
            raise UsageError(f"{path}: {cells!r} is not query-id, corpus-id, score") from exc


def _spans(folder: Path) -> dict[str, dict[str, list[Span]]]:
    path = folder / "spans.tsv"
    found: dict[str, dict[str, list[Span]]] = {}
    if path.is_file():
        for query, document, start, end in (cells[:4] for cells in _cells(path)):
            found.setdefault(query, {}).setdefault(document, []).append((int(start), int(end)))
    return found


def _cells(path: Path) -> Iterator[list[str]]:
    """The rows of a tab-separated file after its header."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:] if line.strip())
