"""A pytest plugin: each question of a question set is a test.

    pytest my-questions/questions.yaml          a file that is named
    pytest                                      files that the ini option names, below a folder

A file is taken when it is named on the command line or fits a pattern of the ini option
``assistant_questions``, and has the top key ``questions``. The index is opened with the first
question of a file and closed at the session's end. Settings are those of `python -m eval`;
``--assistant-config`` and ``--assistant-set`` change them. Heavy parts are imported when a question
is asked, so that a session without question files starts as quickly as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eval.questions import EvalQuestion, QuestionSet
    from eval.results import Result
    from eval.runner import Bench

_SUFFIXES = (".yaml", ".yml")
_IS_SET = re.compile(r"^questions:", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option and the two options of the command line."""
    group = parser.getgroup("assistant", "questions with known answers")
    group.addoption("--assistant-config", metavar="FILE", help="Settings file (config.yaml).")
    group.addoption(
        "--assistant-set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="Override a setting of the assistant; may be repeated.",
    )
    parser.addini(
        "assistant_questions",
        "Patterns of question files to collect, e.g. questions/*.yaml",
        type="linelist",
        default=[],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> QuestionFile | None:
    """A question file, where one is wanted."""
    if file_path.suffix not in _SUFFIXES:
        return None
    patterns = parent.config.getini("assistant_questions")
    named = parent.session.isinitpath(file_path)
    if not named and not any(file_path.match(pattern) for pattern in patterns):
        return None
    text = file_path.read_text(encoding="utf-8", errors="replace")
    return QuestionFile.from_parent(parent, path=file_path) if _IS_SET.search(text) else None


class WrongAnswerError(Exception):
    """An answer that is not right."""


class QuestionFile(pytest.File):
    """The questions of one file; they share one open index."""

    _bench: Bench | None = None
    _set: QuestionSet | None = None

    def collect(self) -> Iterable[pytest.Item]:
        """An item for each question. Raises ``CollectError`` with all faults of the file."""
        from assistant.errors import AssistantError
        from eval.questions import load_questions

        try:
            self._set = load_questions(self.path)
        except AssistantError as exc:
            raise self.CollectError(str(exc)) from exc
        return self._items(self._set)

    def _items(self, question_set: QuestionSet) -> Iterator[pytest.Item]:
        for question in question_set.questions:
            yield QuestionItem.from_parent(self, name=question.id, question=question)

    def bench(self) -> Bench:
        """The open index over the set's documents."""
        from assistant.settings import parse_assignment
        from eval.workflow import Workplace, open_bench

        if self._bench is None:
            assert self._set is not None  # items come from ``collect``
            given = self.config.getoption("--assistant-config")
            chosen = dict(parse_assignment(e) for e in self.config.getoption("--assistant-set"))
            place = Workplace(self.path, Path(given) if given else None, chosen)
            stack = ExitStack()
            self._bench = stack.enter_context(open_bench(place.settings(self._set)))
            self.addfinalizer(stack.close)
        return self._bench


class QuestionItem(pytest.Item):
    """One question."""

    def __init__(self, *, question: EvalQuestion, **rest: Any) -> None:
        super().__init__(**rest)
        self.question = question
        # -k takes tags, types and severities
        self.extra_keyword_matches.update((*question.tags, question.type, question.severity))

    def runtest(self) -> None:
        """Ask it. Raises ``WrongAnswerError`` for an answer that is not right."""
        from eval.runner import asker, check_questions
        from eval.scoring import score

        assert isinstance(self.parent, QuestionFile)
        bench = self.parent.bench()
        check_questions([self.question], bench.texts)
        result = score(self.question, asker(bench.assistant)(self.question, 0), bench.texts)
        self.user_properties.append(("confidence", round(result.confidence, 4)))
        if not result.correct:
            raise WrongAnswerError(_explained(self.question, result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A wrong answer and a fault of the file in words, all else with its traceback."""
        from assistant.errors import AssistantError

        if isinstance(excinfo.value, WrongAnswerError | AssistantError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands, and its name."""
        return self.path, None, self.name


def _explained(question: EvalQuestion, result: Result) -> str:
    from assistant.text.visible import visible
    from eval.attribution import stage_lost

    wanted = "a refusal" if question.expect == "refuse" else question.reference or "an answer"
    facts = [fact.any[0] for fact in question.facts if fact.id in result.facts_lost]
    lines = [
        f"question: {question.question}",
        f"answer ({result.outcome}, confidence {result.confidence:.2f}): {result.text}",
        f"wanted: {wanted}",
        f"facts missing: {', '.join(facts)}" if facts else "",
        f"must not be said: {', '.join(result.forbidden)}" if result.forbidden else "",
        f"lost at: {stage_lost(result)}",
    ]
    return visible("\n".join(line for line in lines if line))
