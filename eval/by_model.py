"""Answers that a model wrote, in one line: right, refused, cited, verdicts, seconds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from eval.summary import Summary


def describe_model_answers(model: str, lines: Iterable[str], summary: Summary) -> str:
    """``lines`` are the recorded answers of a run."""
    answers = [row["answer"] for line in lines if (row := json.loads(line))["answer"]]
    sentences = [each for answer in answers for each in answer["sentences"]]
    verdicts = Counter(each["verdict"] for each in sentences)
    cited = sum(bool(each["citations"]) for each in sentences)
    refused = sum(bool(answer["abstained"]) for answer in answers)
    right = summary.figures.get("correct")
    seconds = summary.operation.stages.get("total")
    parts = [
        f"right {round(right.mean * right.n)} of {right.n}" if right else "",
        f"refused {refused} of {len(answers)}",
        f"errors {summary.errors}",
        f"cited {cited} of {len(sentences)} sentences",
        ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common()),
        f"{seconds.p50:.1f} s (p95 {seconds.p95:.1f} s)" if seconds else "",
    ]
    return f"by {model}: " + " · ".join(part for part in parts if part)
