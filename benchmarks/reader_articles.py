"""Which articles of a SQuAD-like set the reader was trained on, and which are held back.

The articles are dealt out by their number of questions, so that both halves hold as many. Every
benchmark that shows the reader's worth on such a set asks the held-back half only.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRAINED_ON = frozenset({"squad2-dev-half"})


@dataclass(frozen=True, slots=True)
class Articles:
    """Ids of the questions about articles that were trained on and that were not; ``None`` where
    the reader has seen nothing of a set, and all of it is held back."""

    trained_on: frozenset[str]
    held_back: frozenset[str] | None


def articles_of(folder: Path) -> Articles:
    """The division of a set's questions."""
    if folder.name not in TRAINED_ON:
        return Articles(frozenset(), None)
    titles = {row["id"]: row["title"] for row in _rows(folder / "corpus.jsonl")}
    questions: dict[str, list[str]] = {title: [] for title in titles.values()}
    for row in _rows(folder / "queries.jsonl"):
        questions[titles[row["meta"]["source_paragraph"]]].append(row["id"])
    order = sorted(questions)
    random.Random(11).shuffle(order)
    halves: tuple[list[str], list[str]] = ([], [])
    for title in sorted(order, key=lambda each: -len(questions[each])):
        halves[len(halves[0]) > len(halves[1])].extend(questions[title])
    return Articles(frozenset(halves[0]), frozenset(halves[1]))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
