"""What each mechanism of reading is worth: the whole assistant with one of them turned off.

    python -m benchmarks.mechanisms ../shared/bench/squad2-dev-half \\
        --distractors ../shared/bench/distractors-2wiki [--limit 300] [--only NAME …]

Three samples are asked: our own questions (right or not, as ``python -m eval`` judges), answerable
questions of the set (a gold text stands in an answer that is given) and its near misses (refused).
Passages are looked up once and kept, and so is what the reader reads; then the questions are asked
again with each mechanism turned off in turn. Printed is the change in points with the half-width of
the paired 95 % interval, and the sentences of an answer: below 0 the mechanism is worth something.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import patch

from assistant import Assistant, load_settings
from assistant.answering import events
from assistant.model import answer_reader
from assistant.types import NO_FILTERS, Answer
from benchmarks.answers import holds
from benchmarks.reader_articles import articles_of
from benchmarks.sets import indexed, load_set
from eval.questions import load_questions
from eval.runner import open_bench
from eval.scoring import score
from eval.statistics import t_interval

ANSWERING = "assistant.answering"


def _same(value: Any, *_: Any, **__: Any) -> Any:
    return value


def _picks(_: Any, picks: Any, *__: Any) -> list[Any]:
    return list(picks)


def _none(*_: Any, **__: Any) -> Any:
    return None


def _empty(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _nothing(*_: Any, **__: Any) -> dict[Any, Any]:
    return {}


def _no(*_: Any, **__: Any) -> bool:
    return False


def _yes(*_: Any, **__: Any) -> bool:
    return True


def _zero(*_: Any, **__: Any) -> float:
    return 0.0


def _half(*_: Any, **__: Any) -> float:
    return 0.5


Patches = Sequence[tuple[str, str, Any]]
MECHANISMS: Mapping[str, Patches] = {
    "the reader": [(f"{ANSWERING}.extractive", "read_passages", _nothing)],
    "the order by meaning": [(f"{ANSWERING}.extractive", "by_meaning", _same)],
    "lists by what their first line means": [
        (f"{ANSWERING}.extractive", "list_by_meaning", _empty)
    ],
    "the kind of thing asked for": [(f"{ANSWERING}.sentence_scores", "kind_score", _half)],
    "definitions": [(f"{ANSWERING}.sentence_scores", "definition_score", _zero)],
    "headings that ask the same": [(f"{ANSWERING}.candidates", "below_the_question", _nothing)],
    "lists as a whole": [
        (f"{ANSWERING}.candidates", "list_bonus", _nothing),
        (f"{ANSWERING}.candidates", "announced", _nothing),
        (f"{ANSWERING}.choice", "list_around", _empty),
    ],
    "rows by their labels": [(f"{ANSWERING}.candidates", "labelled", _nothing)],
    "what is no answer: titles, menus, echoes": [
        (f"{ANSWERING}.candidates", "may_answer", _yes),
        (f"{ANSWERING}.own_bonuses", "points_elsewhere", _no),
        (f"{ANSWERING}.doubts", "points_elsewhere", _no),
    ],
    "captions and adverts weigh less": [(f"{ANSWERING}.candidates", "_NOISE_PENALTY", 0.0)],
    "years of the question": [(f"{ANSWERING}.candidates", "_is_of_other_years", _no)],
    "codes, options and signs": [
        (f"{ANSWERING}.sentence_scores", "is_coded_entry", _no),
        (f"{ANSWERING}.kind_scores", "asks_for_code", _no),
        (f"{ANSWERING}.own_bonuses", "asked_signs", _empty),
    ],
    "doubts: years, codes, roles, units, names": [(f"{ANSWERING}.extractive", "doubted", _same)],
    "what the form tells": [(f"{ANSWERING}.confidence", "_is_told_by_form", _no)],
    "values of other things: denials, prices, counts": [
        (f"{ANSWERING}.candidates", "denied_places", _empty),
        (f"{ANSWERING}.candidates", "holds_other_values", _no),
        (f"{ANSWERING}.untold_kinds", "holds_other_values", _no),
        (f"{ANSWERING}.candidates", "counts_asked_things", _none),
        (f"{ANSWERING}.untold_kinds", "counts_asked_things", _none),
    ],
    "signatures above their text": [(f"{ANSWERING}.candidates", "told_below", _nothing)],
    "contrasts: opposites, denials, other members": [
        (f"{ANSWERING}.confidence", "has_opposite", _no),
        (f"{ANSWERING}.confidence", "has_denial", _no),
        (f"{ANSWERING}.confidence", "has_other_member", _no),
    ],
    "the sentence before a pronoun": [(f"{ANSWERING}.choice", "with_context", _picks)],
    "sources that disagree": [(f"{ANSWERING}.extractive", "contradicting", _empty)],
    "what holds now": [(f"{ANSWERING}.extractive", "with_what_holds", _same)],
    "questions about the folder": [(f"{ANSWERING}.events", "folder_draft", _none)],
    "fields of the first page": [(f"{ANSWERING}.events", "field_draft", _none)],
    "works that a document lists": [(f"{ANSWERING}.events", "listed_work_draft", _none)],
    "questions of two steps or sides": [(f"{ANSWERING}.events", "stepwise", _none)],
}
"""Mechanism → what stands in its place: module, name, value."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Questions asked in one way: ``ask`` gives for each whether it went well, and its sentences
    (None where none were given)."""

    name: str
    ask: Callable[[], list[tuple[bool, int | None]]]


@contextlib.contextmanager
def turned_off(patches: Patches) -> Iterator[None]:
    """Put something else in the place of a mechanism."""
    with contextlib.ExitStack() as stack:
        for module, name, value in patches:
            stack.enter_context(patch.object(import_module(module), name, value))
        yield


@contextlib.contextmanager
def kept_passages() -> Iterator[None]:
    """Look the passages of a question up once, whatever is turned off."""
    found: dict[Any, Any] = {}
    look_up = events.search

    def search(asked: Any, snapshot: Any, tools: Any, filters: Any = NO_FILTERS) -> Any:
        key = (repr(asked), id(snapshot), repr(filters))
        if key not in found:
            found[key] = look_up(asked, snapshot, tools, filters)
        return found[key]

    with patch.object(events, "search", search), patch.object(answer_reader, "_MOST_KEPT", 1 << 20):
        yield


def given(answer: Answer) -> int | None:
    """The sentences of an answer; None for an abstention."""
    return None if answer.abstained else len(answer.sentences)


def ask_own(
    bench: Assistant, questions: Sequence[Any], texts: Mapping[str, str]
) -> list[tuple[bool, int | None]]:
    """Our own questions, judged as the evaluation does."""
    found = []
    for question in questions:
        answer = bench.ask(question.question, [(t.question, t.answer) for t in question.history])
        found.append((bool(score(question, answer, texts).correct), given(answer)))
    return found


def ask_set(
    assistant: Assistant, queries: Sequence[Any], *, refuse: bool
) -> list[tuple[bool, int | None]]:
    """Questions of a set: right when it is refused, or when a gold text stands in the answer."""
    found = []
    for query in queries:
        answer = assistant.ask(query.text)
        good = answer.abstained if refuse else not answer.abstained and holds(answer.text, query)
        found.append((good, given(answer)))
    return found


def table(
    samples: Sequence[Sample], whole: Mapping[str, list[Any]], off: Mapping[str, Any]
) -> list[str]:
    """The lines of the table."""
    names = [sample.name for sample in samples]
    lines = [
        f"| turned off | {' | '.join(names)} | sentences |",
        "|---|" + "---|" * (len(names) + 1),
    ]
    shares = [f"{100 * fmean(good for good, _ in whole[name]):.1f} %" for name in names]
    lines.append(f"| nothing | {' | '.join(shares)} | {_sentences(whole[names[1]]):.2f} |")
    for mechanism, results in off.items():
        cells = []
        for name in names:
            pairs = zip(results[name], whole[name], strict=True)
            change = t_interval([100.0 * (now[0] - before[0]) for now, before in pairs])
            half = (change.high - change.low) / 2 if change else 0.0
            cells.append(f"{change.estimate if change else 0.0:+.1f} ± {half:.1f}")
        lines.append(f"| {mechanism} | {' | '.join(cells)} | {_sentences(results[names[1]]):.2f} |")
    return lines


def _sentences(results: Sequence[tuple[bool, int | None]]) -> float:
    return fmean([count for _, count in results if count is not None] or [0])


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--only", nargs="*", choices=[*MECHANISMS], default=[*MECHANISMS])
    options = parser.parse_args()
    found = load_set(options.set)
    held = articles_of(options.set).held_back
    queries = [q for q in found.queries if held is None or q.id in held]
    random.Random(3).shuffle(queries)
    answerable = [q for q in queries if q.is_answerable and q.answers][: options.limit]
    near = [q for q in queries if not q.is_answerable][: options.limit]
    own = load_questions(Path("eval/questions.yaml")).questions
    with contextlib.ExitStack() as stack:
        stack.enter_context(kept_passages())
        place = stack.enter_context(tempfile.TemporaryDirectory())
        bench = stack.enter_context(open_bench(load_settings(overrides={"index.path": place})))
        folders = [options.set, *options.distractors]
        assistant, _ = stack.enter_context(indexed(folders))
        samples = [
            Sample("our own right", partial(ask_own, bench.assistant, own, bench.texts)),  # type: ignore[arg-type]
            Sample("answerable, gold said", partial(ask_set, assistant, answerable, refuse=False)),
            Sample("near misses refused", partial(ask_set, assistant, near, refuse=True)),
        ]
        whole = {sample.name: sample.ask() for sample in samples}
        off: dict[str, dict[str, Any]] = {}
        for mechanism in options.only:
            with turned_off(MECHANISMS[mechanism]):
                off[mechanism] = {sample.name: sample.ask() for sample in samples}
            print(
                table(samples, whole, {mechanism: off[mechanism]})[-1], file=sys.stderr, flush=True
            )
    counts = ", ".join(f"{len(whole[s.name])} {s.name}" for s in samples)
    print(f"\nSizes: {counts}\n")
    print(*table(samples, whole, off), sep="\n")


if __name__ == "__main__":
    main()
