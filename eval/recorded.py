"""Answers as lines of JSON and back, so that a run can be judged anew without asking again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from assistant.types import Answer, Passage
from eval.errors import InvalidComparisonError
from eval.questions import EvalQuestion


def to_line(question: EvalQuestion, repeat: int, answer: Answer) -> str:
    """An answer without its times, with the question and history that it answers."""
    data = answer.to_dict()
    del data["timings"]
    return json.dumps(
        {
            "id": question.id,
            "repeat": repeat,
            "asked": _asked(question),
            "answer": data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def no_answer(question: EvalQuestion, repeat: int) -> str:
    """The line of a question that ended in an error."""
    row = {"id": question.id, "repeat": repeat, "asked": _asked(question), "answer": None}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def first_passage(line: str) -> tuple[str, Passage | None]:
    """(question id, the passage that was ranked first) of a recorded answer."""
    row = json.loads(line)
    retrieved = row["answer"]["retrieved"] if row["answer"] else []
    return row["id"], _rebuilt(Passage, retrieved[0]) if retrieved else None


def passages_of(line: str) -> tuple[str, list[Passage]]:
    """(question id, all passages that were retrieved, best first) of a recorded answer."""
    row = json.loads(line)
    retrieved = row["answer"]["retrieved"] if row["answer"] else []
    return row["id"], [_rebuilt(Passage, each) for each in retrieved]


def key_of(line: str) -> tuple[str, int]:
    """(question id, repeat) of a line of any of a run's files."""
    data = json.loads(line)
    return (str(data["id"]), int(data["repeat"]))


class Recording:
    """The answers of a run, found by question and repeat."""

    def __init__(self, lines: list[str]) -> None:
        self._rows: dict[tuple[str, int], dict[str, Any]] = {}
        for line in lines:
            row = json.loads(line)
            self._rows[(row["id"], row["repeat"])] = row

    def answer(self, question: EvalQuestion, repeat: int) -> Answer:
        """The recorded answer. Raises ``InvalidComparisonError`` when there is none, or when the
        question is worded differently now: its facts may have changed, its words may not."""
        row = self._rows.get((question.id, repeat))
        if row is None:
            raise InvalidComparisonError(
                f"The recorded run holds no answer to {question.id!r} (repeat {repeat})",
                hint="replay with the questions and --repeat of that run",
            )
        if row["asked"] != _asked(question):
            raise InvalidComparisonError(
                f"The recorded answer to {question.id!r} is to another question",
                hint="run it anew",
            )
        if row["answer"] is None:
            raise InvalidComparisonError(f"The recorded run failed on {question.id!r}")
        return answer_from(row["answer"])


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    """An answer's facts without the one that follows from others."""
    return {name: value for name, value in data.items() if name != "certainty"}


def answer_from(data: Mapping[str, Any]) -> Answer:
    """``Answer.to_dict()`` undone; the times are left empty.

    Raises ``InvalidComparisonError`` for a recording that is not an answer.
    """
    try:
        answer: Answer = _rebuilt(Answer, {**_given(data), "timings": {}})
    except (KeyError, TypeError) as exc:
        raise InvalidComparisonError(
            f"A recorded answer cannot be read: {exc}", hint="run the evaluation anew"
        ) from exc
    return answer


def _rebuilt(kind: Any, value: Any) -> Any:
    """Plain data as a value of ``assistant.types``, by the types' own hints, so that a field
    that is added there is known here. What an older recording lacks gets its default."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _rebuilt(hints[name], each) for name, each in value.items()})
    if get_origin(kind) is tuple:
        return tuple(_rebuilt(get_args(kind)[0], each) for each in value)
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _asked(question: EvalQuestion) -> list[str]:
    turns = [text for turn in question.history for text in (turn.question, turn.answer)]
    return [*turns, question.question]
