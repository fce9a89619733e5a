"""Writes ``docs/performance.md`` and its pictures from what ``benchmarks.peers`` measured."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks import installed
from benchmarks.peer_results import NAMES, PEERS, THREADS, Results, ratios
from benchmarks.reader_page import kept_section

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "performance.md"
PICTURES = TOP / "docs" / "images"

HEAD = """\
# Performance, measured

Written by `python -m benchmarks.peers --write`: a size in one run on two cores, its parts in turn,
each in a fresh process that is measured whole, imports included; the assistant and the limit three
times by turns, of which the middle counts, because this machine is half as fast again at another
hour. The peers are written as their documentation writes them, with the same static embedder and
chunks of about the same size; they store vectors only. Absolute times are of one machine, ratios
carry over to about a tenth.
"""

READING = """\
## How to read it

- The assistant writes more than its peers: a word index, the texts with their structure,
  checksums; and it opens and compares the finished generation before it answers. The limit writes
  ready vectors and ready words and does nothing else.
- The limit's seconds are those of its writing; every other part's begin with its start, so a line
  adds the limit's imports. Memory is what a process and its children hold together, a page divided
  among the processes that share it (`Pss`).
- A query of the assistant searches words and vectors, reads the best thirty passages word by word
  and ten of them sentence by sentence, folds duplicates and fuses five scores. The peers' is one
  vector search. "Fused and deduplicated" is the same without the close reading
  (`retrieval.weight_sentence`, `weight_likeness` and `weight_title` at 0). From sixteen threads
  Python's interpreter lock makes them wait for each other, so the middle query takes about sixteen
  times as long as one alone.
- Haystack's Chroma store sends its documents one by one, so it is measured up to 20,000 chunks.
- LlamaIndex is brought in line by its ingestion pipeline with a store of documents, LangChain by
  its indexing function; both read every file to see what changed. Haystack embeds all again.
- "Its imports" are those of the limit: the package `chromadb`, as people call it, and tantivy. The
  assistant calls Chroma's engine without that package (`docs/decisions.md`).
- A cold start is that of a new process on a warm disk (`python -m benchmarks.cold_start`); a server
  has started when it gives out its page. In a browser's first visit the chat shows what is here and
  takes a question in .57 times the time of an empty Gradio app, in a second visit, which has the
  files, in 1.14 times; its page is drawn behind that in 1.19 and 2.03 times
  (`python -m benchmarks.page_ready --runs 11`).
  Unchanged and edited folders on real documents: `python -m benchmarks.scale`.
"""


def write_page(results: Results) -> None:
    """Write the page and its pictures; what ``benchmarks.readers`` has written stays."""
    parts, compared = [HEAD], dict(sorted(results.compared.items()))
    for size, found in compared.items():
        parts.append(f"## About {size:,} chunks ({found['megabytes']:.1f} MB)\n\n{table(found)}")
        goals = "\n".join(f"- {name}: {value:.2f}" for name, value in ratios(found).items())
        parts.append(goals + "\n")
        if found["resync"]:
            parts.append(resync_table(found["resync"]))
    if len(compared) > 1:
        parts.append(
            "![Megabytes ingested a second, by size](images/performance-ingest.svg)\n\n"
            "![Milliseconds of the middle query, by size](images/performance-query.svg)\n"
        )
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / "performance-ingest.svg").write_text(
            bars("MB/s ingested", compared, lambda row, mb: mb / row["seconds"]), encoding="utf-8"
        )
        (PICTURES / "performance-query.svg").write_text(
            bars("ms a query (p50)", compared, lambda row, mb: row["p50"]), encoding="utf-8"
        )
    if results.grown:
        parts.append(growth_table(results.grown))
    if results.started:
        parts.append(starts_table(results.started))
    parts.append(installed_table())
    if kept := kept_section():
        parts.append(kept.rstrip() + "\n")
    PAGE.write_text("\n".join([*parts, READING]), encoding="utf-8")


def table(found: Mapping[str, Any]) -> str:
    """One size as a Markdown table."""
    head = "| | chunks | seconds | MB/s | peak MiB | query p50 / p95 ms "
    rows = [f"{head}| {THREADS} threads p50 / p95 ms | on disk MB |", "|---" * 8 + "|"]
    for part, row in found["parts"].items():
        rows.append(
            f"| {NAMES[part]} | {row['chunks']:,} | {row['seconds']:.1f} "
            f"| {found['megabytes'] / row['seconds']:.2f} | {row['peak'] / (1 << 20):.0f} "
            f"| {row['p50']:.1f} / {row['p95']:.1f} "
            f"| {row['crowd_p50']:.0f} / {row['crowd_p95']:.0f} | {row['bytes'] / 1e6:.1f} |"
        )
    return "\n".join(rows) + "\n"


def resync_table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """First and further syncs in one process as a Markdown table."""
    lines = ["| in one process | first sync s | unchanged s | 1 % changed s |", "|---|---|---|---|"]
    for part, row in rows.items():
        lines.append(
            f"| {NAMES[part]} | {row['first']:.1f} | {row['unchanged']:.2f} "
            f"| {row['changed']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def growth_table(grown: Mapping[int, dict[str, Any]]) -> str:
    """Our own figures as the index grows."""
    rows = [
        "## Growth\n",
        "| chunks | ingest s | peak MiB | query p50 / p95 ms |",
        "|---|---|---|---|",
    ]
    for row in grown.values():
        rows.append(
            f"| {row['chunks']:,} | {row['seconds']:.1f} | {row['peak'] / (1 << 20):.0f} "
            f"| {row['p50']:.1f} / {row['p95']:.1f} |"
        )
    first, last = grown[min(grown)], grown[max(grown)]
    rows.append(f"\nThe middle query takes {last['p50'] / first['p50']:.2f} times as long.\n")
    return "\n".join(rows)


def starts_table(started: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Cold starts beside their yardsticks."""
    rows = ["## Cold starts\n", "| a new process | seconds | × |", "|---|---|---|"]
    for named in started.values():
        unit = 0.0
        for name, seconds in named.items():
            middle = statistics.median(seconds)
            unit = unit or middle  # the first is what the others are compared with
            rows.append(f"| {name} | {middle:.2f} | {middle / unit:.2f} |")
    return "\n".join(rows) + "\n"


def installed_table() -> str:
    """What the tools take on disk, installed with all they need."""
    rows = ["## Installed\n", "| | MB | packages |", "|---|---|---|"]
    for tool, names in installed.TOOLS.items():
        found, missing = installed.closure(names)
        if not missing:
            size = sum(installed.size_of(package) for package in found.values())
            rows.append(f"| {tool} | {size / 1e6:.0f} | {len(found)} |")
    return "\n".join(rows) + "\n"


def bars(unit: str, compared: Mapping[int, dict[str, Any]], value: Any) -> str:
    """A picture of horizontal bars, one group a size; readable on light and dark grounds."""
    groups: list[tuple[int, Sequence[tuple[str, float]]]] = [
        (
            size,
            [
                (part, value(found["parts"][part], found["megabytes"]))
                for part in ("assistant", *PEERS)
                if part in found["parts"]
            ],
        )
        for size, found in compared.items()
    ]
    most = max(each for _, rows in groups for _, each in rows)
    lines, y = [], 28
    for size, rows in groups:
        lines.append(f'<text x="8" y="{y}" font-weight="bold">about {size:,} chunks</text>')
        y += 8
        for part, each in rows:
            color = "#2f6fde" if part == "assistant" else "#9aa3ad"
            width = max(2, round(380 * each / most))
            lines.append(
                f'<text x="112" y="{y + 13}" text-anchor="end">{escape(NAMES[part])}</text>'
                f'<rect x="120" y="{y + 2}" width="{width}" height="14" rx="2" fill="{color}"/>'
                f'<text x="{126 + width}" y="{y + 13}">{each:.3g}</text>'
            )
            y += 20
        y += 26
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{y}" role="img" '
        f'aria-label="{escape(unit)}" font-family="sans-serif" font-size="12" fill="#5b6470">\n'
        f'<text x="592" y="16" text-anchor="end">{escape(unit)}</text>\n{body}\n</svg>\n'
    )
