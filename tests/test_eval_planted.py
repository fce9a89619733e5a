"""Planted regressions on the real assistant and the project's own questions: each must fail the
gate for the right reason, and an unchanged assistant must pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Settings, load_settings
from eval.compare import compare
from eval.gate import GateVerdict, decide
from eval.questions import EvalQuestion, load_questions
from eval.results import Result, to_line
from eval.scoring import score
from eval.summary import summarise

STRIDE = 5
"""Every fifth question, and every unanswerable one: enough to see, and quick."""


@dataclass(frozen=True)
class Ground:
    """The questions, the documents' texts, and what the unchanged assistant says."""

    questions: Sequence[EvalQuestion]
    texts: Mapping[str, str]
    answers: Sequence[Answer]
    results: Sequence[Result]


def ask(assistant: Assistant, questions: Sequence[EvalQuestion]) -> list[Answer]:
    return [
        assistant.ask(each.question, [(turn.question, turn.answer) for turn in each.history])
        for each in questions
    ]


def judge(ground: Ground, answers: Sequence[Answer]) -> list[Result]:
    pairs = zip(ground.questions, answers, strict=True)
    return [score(question, answer, ground.texts) for question, answer in pairs]


@pytest.fixture(scope="session")
def ground(sample: Assistant, repository: Path) -> Ground:
    every = load_questions(repository / "eval" / "questions.yaml").questions
    chosen = [q for n, q in enumerate(every) if n % STRIDE == 0 or q.expect == "refuse"]
    texts = {name: sample.document_text(name) for name in sample.documents()}
    empty = Ground(chosen, texts, (), ())
    answers = ask(sample, chosen)
    return replace(empty, answers=answers, results=judge(empty, answers))


def verdict_on(ground: Ground, now: Sequence[Result]) -> GateVerdict:
    return decide(compare(ground.results, now), deterministic=True)


def changed(
    sample_settings: Settings, repository: Path, ground: Ground, **settings: Any
) -> list[Result]:
    overrides = {
        "index.path": str(sample_settings.index.path),
        "documents.paths": [str(path) for path in sample_settings.documents.paths],
    }
    given = {key.replace("__", "."): value for key, value in settings.items()}
    planted = load_settings(repository / "config.yaml", overrides | given)
    with Assistant(planted) as assistant:
        if "index__path" in settings:
            assistant.sync()
        return judge(ground, ask(assistant, ground.questions))


def reasons(verdict: GateVerdict) -> str:
    assert verdict.exit_code() == 1, verdict.sentence
    return "\n".join(reason.text for reason in verdict.reasons)


def test_an_unchanged_assistant_passes_and_says_the_same(
    ground: Ground, sample_settings: Settings, repository: Path
) -> None:
    again = changed(sample_settings, repository, ground)
    assert [to_line(each) for each in again] == [to_line(each) for each in ground.results]
    verdict = verdict_on(ground, again)
    assert (verdict.state, verdict.reasons) == ("pass", ())


def test_worse_chunking_fails(
    ground: Ground, sample_settings: Settings, repository: Path, tmp_path: Path
) -> None:
    now = changed(
        sample_settings, repository, ground, chunking__tokens=16, index__path=str(tmp_path / "i")
    )
    said = reasons(verdict_on(ground, now))
    assert "recall@5 fell" in said
    assert "correct fell" in said


def test_fusion_switched_off_fails(
    ground: Ground, sample_settings: Settings, repository: Path
) -> None:
    now = changed(
        sample_settings, repository, ground,
        retrieval__weight_words=0.0, retrieval__weight_sentence=0.0,
        retrieval__weight_likeness=0.0, retrieval__weight_title=0.0,
    )  # fmt: skip
    assert "ndcg@10 fell" in reasons(verdict_on(ground, now))


def test_abstention_switched_off_fails(
    ground: Ground, sample_settings: Settings, repository: Path
) -> None:
    now = changed(sample_settings, repository, ground, answer__min_confidence=0.0)
    said = reasons(verdict_on(ground, now))
    assert "refused_where_due fell" in said
    assert "recall@5" not in said  # retrieval is as it was


Tamper = Callable[[Answer, Mapping[str, str]], Answer]


def shifted(answer: Answer, texts: Mapping[str, str]) -> Answer:
    """Every citation points one character too far; its quote stays."""
    moved = tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations)
    return replace(answer, citations=moved)


def consistently_shifted(answer: Answer, texts: Mapping[str, str]) -> Answer:
    """The same, and the quote agrees with the wrong place."""
    moved = tuple(
        replace(
            c, start=c.start + 1, end=c.end + 1, quote=texts[c.document][c.start + 1 : c.end + 1]
        )
        for c in answer.citations
    )
    return replace(answer, citations=moved)


def uncited(answer: Answer, texts: Mapping[str, str]) -> Answer:
    """The same words, without a source."""
    bare = tuple(replace(sentence, citations=()) for sentence in answer.sentences)
    return replace(answer, citations=(), sentences=bare)


def invented(answer: Answer, texts: Mapping[str, str]) -> Answer:
    """One more marker on every sentence, which belongs to no citation."""
    more = tuple(replace(s, citations=(*s.citations, 99)) for s in answer.sentences)
    return replace(answer, sentences=more)


@pytest.fixture(
    params=[
        (shifted, ["quote_fidelity fell"]),
        (consistently_shifted, ["gold_citation_recall fell"]),
        (uncited, ["citation_recall fell", "citation_precision fell"]),
        (invented, ["citation_precision fell"]),
    ],
    ids=lambda param: param[0].__name__,
)
def planted(request: pytest.FixtureRequest) -> tuple[Tamper, list[str]]:
    return request.param


def test_citations_that_are_tampered_with_fail(
    ground: Ground, planted: tuple[Tamper, list[str]]
) -> None:
    tamper, expected = planted
    now = judge(ground, [tamper(answer, ground.texts) for answer in ground.answers])
    said = reasons(verdict_on(ground, now))
    for reason in expected:
        assert reason in said
    assert "correct fell" not in said.replace("\ncorrect fell", "") or tamper is uncited
    assert "recall@5 fell" not in said


def test_the_assistant_beats_the_rivals_that_it_must(ground: Ground) -> None:
    from eval.baselines import captured_share, run_baselines

    firsts = {
        question.id: answer.retrieved[0] if answer.retrieved else None
        for question, answer in zip(ground.questions, ground.answers, strict=True)
    }
    rivals = {
        name: summarise(results).figures
        for name, results in run_baselines(ground.questions, ground.texts, firsts).items()
    }
    ours = summarise(ground.results).figures
    for name in ("no_retrieval", "always_refuse", "bm25_sentence"):
        assert ours["correct"].mean > rivals[name]["correct"].mean
    assert rivals["oracle"]["correct"].mean == 1.0
    assert ours["token_f1"].mean > rivals["top_chunk"]["token_f1"].mean
    share = captured_share(
        ours["correct_answerable"].mean,
        rivals["no_retrieval"]["correct_answerable"].mean,
        rivals["oracle"]["correct_answerable"].mean,
    )
    assert share is not None
    assert 0.5 < share < 1.0
