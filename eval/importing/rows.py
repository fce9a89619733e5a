"""Files of other tools → ``ImportedRow``s: what they ask and what they call right. Reads, judges
nothing.

A file is data: it is read with safe loaders up to ``MOST_MEGABYTES``, and nothing that it names is
fetched or run.
"""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.settings.yaml_values import each_value
from eval.errors import QuestionFileError
from eval.importing.promptfoo import EXPECTED, asserted, from_expected, variables

MOST_MEGABYTES = 50
MOST_ROWS = 10_000
MOST_VALUES = 2_000_000
TEXT_FIELD = 1_000_000
SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".yaml", ".yml")

# Names that tools give to one thing: our own, ragas old and new, SQuAD, promptfoo, and plain words.
QUESTION = ("question", "user_input", "query", "prompt", "input", "text")
ANSWER = ("answer", "reference", "ground_truth", "ground_truths", "expected", "answers",
          "reference_answer", "expected_answer", "expected_output", "ideal")  # fmt: skip
EVIDENCE = ("quote", "evidence", "reference_contexts", "context", "contexts", "passage")
DOCUMENT = ("document", "file", "source", "filename", "title")
NOT_ANSWERED = frozenset("refuse refused unanswerable no_answer".split())


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A question of another tool's file. ``place`` says where it stood. Each of ``facts`` holds the
    wordings of one thing that a right answer states. ``left_out`` names what was not understood."""

    place: str
    question: str
    id: str = ""
    answer: str = ""
    facts: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    document: str = ""
    refuse: bool = False
    tags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read(path: Path) -> list[ImportedRow]:
    """The rows of a file. Raises ``QuestionFileError`` for one that cannot be read or is empty."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise QuestionFileError(
            f"{path.name}: files ending in {suffix or 'nothing'} are not read",
            hint=f"one of {', '.join(SUFFIXES)}, or a folder in BEIR's layout",
        )
    text = _text(path)
    try:
        if suffix in (".csv", ".tsv"):
            rows = list(_table(text, "\t" if suffix == ".tsv" else ","))
        elif suffix in (".jsonl", ".ndjson"):
            rows = [
                (f"line {n}", json.loads(line))
                for n, line in enumerate(text.splitlines(), 1)
                if line.strip()
            ]
        else:
            rows = list(_items(json.loads(text) if suffix == ".json" else _yaml(text), path))
    except (ValueError, csv.Error, yaml.YAMLError, RecursionError) as exc:
        raise QuestionFileError(f"{path.name} cannot be read: {exc}") from exc
    if not rows:
        raise QuestionFileError(f"{path.name} holds no questions")
    if len(rows) > MOST_ROWS:
        raise QuestionFileError(f"{path.name} holds {len(rows)} rows; {MOST_ROWS:,} are the most")
    return [_row(place, row, path) for place, row in rows]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_MEGABYTES * 1_000_000:
            raise QuestionFileError(f"{path.name} is over {MOST_MEGABYTES} MB", hint="split it")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise QuestionFileError(f"{path} cannot be read: {exc}", hint="it must be UTF-8") from exc


def _yaml(text: str) -> object:
    data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for _ in each_value(data, MOST_VALUES):  # ten lines of aliases can stand for billions
        pass
    return data


def _table(text: str, separator: str) -> Iterator[tuple[str, dict[str, Any]]]:
    csv.field_size_limit(TEXT_FIELD)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    for row in reader:
        # Cells beyond the head have no name; a missing one has no value.
        yield f"line {reader.line_num}", {k.strip(): v for k, v in row.items() if k and v}


def _items(data: object, path: Path) -> Iterator[tuple[str, Any]]:
    """The rows of a tree: a list of them, or a mapping with one under a known name."""
    if isinstance(data, dict):
        lists = [data[k] for k in ("tests", "questions", "data", "samples", "rows") if k in data]
        if lists and isinstance(lists[0], str):
            raise QuestionFileError(
                f"{path.name} names its tests: {lists[0]}", hint="import that file itself"
            )
        data = lists[0] if lists else None
    if not isinstance(data, list):
        raise QuestionFileError(f"{path.name} holds no list of questions or tests")
    for number, row in enumerate(data, 1):
        yield f"row {number}", row


def _row(place: str, data: Any, path: Path) -> ImportedRow:
    if isinstance(data, str):
        raise QuestionFileError(f"{path.name}: {place} is a text", hint="import the file it names")
    if not isinstance(data, Mapping):
        kind = type(data).__name__
        raise QuestionFileError(f"{path.name}: {place} must be a mapping, not {kind}")
    if "vars" in data or "assert" in data:
        given, wanted = variables(data), asserted(data.get("assert"))
    else:
        given = {str(key): value for key, value in data.items()}
        wanted = from_expected(str(given[EXPECTED])) if EXPECTED in given else asserted(None)
    question = first_of(given, QUESTION)
    if not question and len(given) == 1:
        question = str(next(iter(given.values())))
    answers = _texts(_value(given, ANSWER))
    expect = str(given.get("expect", given.get("type", ""))).strip().lower()
    return ImportedRow(
        place=place,
        question=" ".join(question.split()),
        id=str(given.get("id") or given.get("_id") or ""),
        answer=answers[0] if answers else "",
        facts=(*wanted.facts, *((tuple(answers),) if len(answers) > 1 else ())),
        must_not=wanted.must_not,
        quotes=tuple(_texts(_value(given, EVIDENCE))),
        document=first_of(given, DOCUMENT),
        refuse=wanted.refuse or expect in NOT_ANSWERED or _is_true(given.get("is_impossible")),
        tags=tuple(_texts(given.get("tags"))),
        left_out=wanted.left_out,
    )


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in ("true", "1", "yes")


def _value(row: Mapping[str, Any], names: Sequence[str]) -> object:
    return next((row[name] for name in names if row.get(name) not in (None, "", [])), None)


def first_of(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first text under any of these names; empty for none."""
    texts = _texts(_value(row, names))
    return texts[0] if texts else ""


def _texts(value: object) -> list[str]:
    """A text, a list of texts, SQuAD's ``{"text": […]}``, or such a list written into a cell."""
    if isinstance(value, Mapping):
        value = value.get("text")
    if isinstance(value, str) and value.strip().startswith("["):
        # A text may happen to begin with a bracket.
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            value = ast.literal_eval(value.strip())
    if isinstance(value, list | tuple):
        return [str(each).strip() for each in value if isinstance(each, str | int | float)]
    return [str(value).strip()] if value is not None and str(value).strip() else []
