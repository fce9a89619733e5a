"""The README's tables of figures, taken from the pages that benchmarks write.

Only figures that stand in ``docs/quality.md``, ``docs/performance.md`` and ``docs/guarantees.md``
appear; a page that lacks one is an error, so that no old figure stays.
"""

from __future__ import annotations

import re
from pathlib import Path

from docs.generate.markdown import table

BEGIN = "<!-- figures: written by `python -m docs.generate` from docs/ -->\n"
END = "<!-- /figures -->"
PEERS = ("the assistant", "LlamaIndex", "LangChain", "Haystack")
SIZE = r"About 10,000 chunks \(([\d.]+) MB\)"
ANSWERS, SPEED, KILLS = (
    "python -m eval",
    "python -m benchmarks.peers --write",
    "python -m benchmarks.crash_ingest --kills 200",
)


def found(pattern: str, text: str, where: str) -> re.Match[str]:
    """The first match. Raises ``ValueError`` when the page no longer says it."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(f"{where} no longer holds {pattern!r}, which the README shows")
    return match


def answers(root: Path) -> str:
    """What answers are worth beside trivial rivals, and what survives ``kill -9``."""
    quality = (root / "docs/quality.md").read_text(encoding="utf-8")
    guarantees = (root / "docs/guarantees.md").read_text(encoding="utf-8")

    found(r"^metric +base +now ", quality, "docs/quality.md")  # the second figure is today's

    def metric(name: str) -> tuple[str, str]:
        match = found(rf"^{name} +[\d.]+% +([\d.]+)% .* (\d+)$", quality, "docs/quality.md")
        return f"{match[1]} %", match[2]

    right, questions = metric("right answers")
    exact, cited = metric("quotes exact to the character")
    refused, due = metric("refused where due")
    ladder = r"best BM25 sentence ([\d.]+)% < paste the top chunk ([\d.]+)%"
    sentence, chunk = found(ladder, quality, "docs/quality.md").groups()
    kills = found(r"(\d+ kills, \d+ lost documents)", guarantees, "docs/guarantees.md")[1]
    rivals = f"the top chunk {chunk} %, the best BM25 sentence {sentence} %"
    rows = [
        [f"right answers to {questions} questions", right, rivals, f"`{ANSWERS}`"],
        [f"quotes exact to the character, of {cited} answers", exact, "", f"`{ANSWERS}`"],
        [f"refused, of {due} that must be", refused, "both never refuse", f"`{ANSWERS}`"],
        ["an ingest is ended by `kill -9`", kills, "", f"`{KILLS}`"],
    ]
    return table(["without a model, without a network", "the assistant", "rivals", "command"], rows)


def speed(root: Path) -> str:
    """The folder of 10,000 chunks beside other tools."""
    page = (root / "docs/performance.md").read_text(encoding="utf-8")
    heading = found(SIZE, page, "docs/performance.md")
    section = page[heading.end() :].split("\n- ")[0]
    lines = {
        line.split("|")[1].strip(): [part.strip() for part in line.split("|")[2:-1]]
        for line in section.splitlines()
        if line.startswith("| ")
    }
    columns = next(names for first, names in lines.items() if not first)

    def row(title: str, column: str) -> list[str]:
        place = columns.index(column)
        return [title, *(lines[peer][place].split(" / ")[0] for peer in PEERS)]

    rows = [
        row(f"ingest of {heading[1]} MB, seconds", "seconds"),
        row("peak memory, MiB", "peak MiB"),
        row("index on disk, MB", "on disk MB"),
        row("middle query, milliseconds", "query p50 / p95 ms"),
    ]
    return table([f"`{SPEED}`", *PEERS], rows)


def readme(root: Path) -> str:
    """The README with its figures as the pages have them."""
    text = (root / "README.md").read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{answers(root)}\n{speed(root)}\n{END}{after}"
