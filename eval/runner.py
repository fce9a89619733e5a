"""Asks the questions: opens the assistant over a question set's documents, fills a run folder.

Results are in the order of the questions, whichever finishes first, so two runs give the same
bytes. A question that fails is recorded as an error and the run goes on.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.types import Answer, FileOutcome, Passage, Progress
from eval import recorded
from eval.baselines import run_baselines
from eval.errors import QuestionFileError
from eval.limits import NO_LIMITS, RunLimits
from eval.lint import untrue
from eval.questions import EvalQuestion, QuestionSet
from eval.results import Result
from eval.runs import RunFolder, RunManifest
from eval.scoring import failed, score
from eval.summary import Summary, summarise

EXTRACTIVE = "extractive"
"""The model's name in the receipt of an answer that is made without one: always the same."""

Ask = Callable[[EvalQuestion, int], Answer]
"""A question and the number of its repeat → an answer."""

TellProgress = Callable[[str, int, int], None]
"""Told of progress: the stage, how many are done, how many there are."""


class Asks(Protocol):
    """The part of ``Assistant`` that is measured."""

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """Answer a question after earlier (question, answer) pairs."""
        ...

    def retrieve(self, question: str, limit: int | None = None) -> tuple[Passage, ...]:
        """The passages for a question, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """An assistant over the documents of a question set, and the texts it stores for them."""

    assistant: Asks
    texts: Mapping[str, str]
    settings: Settings
    not_indexed: tuple[FileOutcome, ...] = ()


@contextmanager
def open_bench(
    settings: Settings, step: TellProgress = lambda stage, done, total: None
) -> Iterator[Bench]:
    """Bring the index up to date and open it. Raises ``AssistantError``."""
    from assistant import Assistant

    def told(progress: Progress) -> None:
        step(progress.stage, progress.done, progress.total)

    with Assistant(settings) as assistant:
        receipt = assistant.sync(progress=told)
        texts = {name: assistant.document_text(name) for name in assistant.documents()}
        yield Bench(assistant, texts, settings, receipt.failed)


def check_questions(questions: Sequence[EvalQuestion], texts: Mapping[str, str]) -> None:
    """Raise ``QuestionFileError`` when a quote or a reference is not true of the documents."""
    findings = untrue(questions, texts)
    if findings:
        shown = "\n  ".join(f"{each.id}: {each.message}" for each in findings[:5])
        more = f"\n  and {len(findings) - 5} more" if len(findings) > 5 else ""
        raise QuestionFileError(
            f"The questions do not match the documents:\n  {shown}{more}",
            hint="`python -m eval lint` lists all",
        )


def asker(assistant: Asks) -> Ask:
    """Ask the assistant itself."""

    def ask(question: EvalQuestion, repeat: int) -> Answer:
        history = [(turn.question, turn.answer) for turn in question.history]
        return assistant.ask(question.question, history)

    return ask


def ask_all(
    questions: Sequence[EvalQuestion],
    ask: Ask,
    texts: Mapping[str, str],
    folder: RunFolder,
    *,
    repeat: int = 1,
    jobs: int = 1,
    limits: RunLimits = NO_LIMITS,
    step: TellProgress = lambda stage, done, total: None,
) -> tuple[str, str]:
    """Ask what is not recorded yet, each question ``repeat`` times, ``jobs`` at once.

    Returns the model's and the prompt's name from the answers' receipts (empty if none came).
    Raises ``StoppedRunError`` when a limit is reached; what was asked till then is recorded.
    """
    done = folder.done()
    wanted = [(question, number) for question in questions for number in range(repeat)]
    open_ones = [each for each in wanted if (each[0].id, each[1]) not in done]
    model = prompt = ""
    before = len(wanted) - len(open_ones)
    step("ask", before, len(wanted))
    check = limits.guard(sum(each.cost or 0.0 for each in folder.results()))
    with closing(_asked(open_ones, ask, jobs)) as outcomes:
        for count, (question, number, outcome) in enumerate(outcomes, 1):
            cost = None
            if isinstance(outcome, Answer):
                cost = outcome.usage.cost
                result = score(question, outcome, texts, number)
                folder.record(
                    result, recorded.to_line(question, number, outcome), dict(outcome.timings)
                )
                if outcome.receipt.prompt or not prompt:  # some are given without the model
                    model, prompt = outcome.receipt.model or model, outcome.receipt.prompt
            else:
                missed = recorded.no_answer(question, number)
                folder.record(failed(question, outcome, number), missed, {})
            step("ask", before + count, len(wanted))
            check(cost, before + count, len(wanted))
    return model, prompt


def _asked(
    wanted: Sequence[tuple[EvalQuestion, int]], ask: Ask, jobs: int
) -> Generator[tuple[EvalQuestion, int, Answer | str], None, None]:
    def one(each: tuple[EvalQuestion, int]) -> Answer | str:
        try:
            return ask(*each)
        except AssistantError as exc:
            return str(exc)
        except Exception as exc:  # whatever breaks in what is measured is a finding
            return f"{type(exc).__name__}: {exc}"

    if jobs <= 1:
        for question, number in wanted:
            yield question, number, one((question, number))
        return
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for (question, number), outcome in zip(wanted, pool.map(one, wanted), strict=True):
                yield question, number, outcome
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def ask_again(
    questions: Sequence[EvalQuestion], ask: Ask, texts: Mapping[str, str], times: Mapping[str, int]
) -> dict[str, list[Result]]:
    """Ask suspects of the gate anew; ``times`` maps question id → how often."""
    again: dict[str, list[Result]] = {}
    for question in questions:
        wanted = [(question, number) for number in range(times.get(question.id, 0))]
        for _, number, outcome in _asked(wanted, ask, 1):
            is_answer = isinstance(outcome, Answer)
            result = (
                score(question, outcome, texts, number)  # type: ignore[arg-type]
                if is_answer
                else failed(question, str(outcome), number)
            )
            again.setdefault(question.id, []).append(result)
    return again


def complete(
    folder: RunFolder,
    manifest: RunManifest,
    questions: Sequence[EvalQuestion],
    texts: Mapping[str, str],
    timings: Sequence[Mapping[str, float]],
    step: TellProgress = lambda stage, done, total: None,
) -> Summary:
    """Run the trivial rivals, compute the figures, and mark the run as whole."""
    firsts: dict[str, Passage | None] = {}
    for line in folder.answer_lines():
        recording = recorded.first_passage(line)
        firsts.setdefault(recording[0], recording[1])
    count = 0

    def counted() -> None:
        nonlocal count
        count += 1
        step("baselines", count, len(questions))

    baselines = run_baselines(questions, texts, firsts, counted)
    summary = summarise(folder.results(), timings)
    folder.finish(manifest, baselines, summary)
    return summary


def describe(
    question_set: QuestionSet, bench: Bench, *, repeat: int, only: Sequence[str], replay_of: str
) -> RunManifest:
    """The manifest of a run that is about to begin."""
    settings = bench.settings.to_dict()
    settings["documents"].pop("paths", None)
    for room in ("index", "chat", "server"):  # they reach no answer
        settings.pop(room, None)
    return RunManifest(
        questions=question_set.fingerprint(),
        question_count=len(question_set.questions),
        documents={name: _fingerprint(text) for name, text in sorted(bench.texts.items())},
        settings=settings,
        settings_fingerprint=bench.settings.fingerprint(),
        repeat=repeat,
        only=tuple(only),
        replay_of=replay_of,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(question_set.source.parent),
        versions=_versions(),
    )


def with_receipt(manifest: RunManifest, model: str, prompt: str) -> RunManifest:
    """The manifest with what the answers said about their model."""
    return replace(manifest, model=model, prompt=prompt, deterministic=model in ("", EXTRACTIVE))


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in ("document-assistant", "chromadb", "tantivy", "tokenizers", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commits_since(commit: str, folder: Path) -> int | None:
    """How many commits lie between a run's commit and now; ``None`` where git does not know."""
    name = commit.rstrip("+")
    if not name:
        return None
    try:
        said = subprocess.run(
            ["git", "rev-list", "--count", f"{name}..HEAD"],
            cwd=folder, capture_output=True, text=True, timeout=10, check=True,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return int(said) if said.isdigit() else None


def _commit(folder: Path) -> str:
    """The checkout's commit, with a ``+`` when files differ from it; empty outside of one."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=folder, capture_output=True, text=True, timeout=10, check=True,
        ).stdout.strip()  # fmt: skip
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=folder, capture_output=True, text=True, timeout=10, check=True,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"{head}+" if changed else head
