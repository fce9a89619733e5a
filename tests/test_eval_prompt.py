"""A planted change of the prompt: a model that is no longer told to cite fails the gate.

The model is a stand-in over real HTTP that heeds the system message (``prompted``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_model_server import FakeModelServer

from assistant import Assistant, Settings, load_settings
from assistant.model import prompts
from eval.compare import compare
from eval.gate import decide
from eval.questions import EvalQuestion, load_questions
from eval.results import Result
from eval.scoring import score

STRIDE = 8


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer("prompted") as running:
        yield running


@pytest.fixture(scope="module")
def questions(repository: Path) -> list[EvalQuestion]:
    every = load_questions(repository / "eval" / "questions.yaml").questions
    return [q for q in every if q.expect != "refuse" and not q.history][::STRIDE]


def results_of(
    settings: Settings, server: FakeModelServer, repository: Path, questions: Sequence[EvalQuestion]
) -> list[Result]:
    with_model = load_settings(
        repository / "config.yaml",
        {
            "index.path": str(settings.index.path),
            "documents.paths": [str(path) for path in settings.documents.paths],
            "llm.model": "prompted",
            "llm.base_url": server.base_url,
        },
    )
    with Assistant(with_model) as assistant:
        texts = {name: assistant.document_text(name) for name in assistant.documents()}
        return [score(q, assistant.ask(q.question), texts) for q in questions]


def test_a_prompt_that_asks_for_no_citations_fails(
    sample: Assistant,
    sample_settings: Settings,
    server: FakeModelServer,
    repository: Path,
    questions: list[EvalQuestion],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = results_of(sample_settings, server, repository, questions)
    again = results_of(sample_settings, server, repository, questions)
    unchanged = decide(compare(before, again), deterministic=True)
    assert unchanged.state == "pass"

    for path in (repository / "prompts").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        if path.name == "answer.txt":
            start, end = text.index("2. End every"), text.index("3. If the passages")
            text = text[:start] + "2. Write plain prose.\n" + text[end:]
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(prompts, "prompts_folder", lambda: tmp_path)
    prompts.load_prompt.cache_clear()
    try:
        verdict = decide(
            compare(before, results_of(sample_settings, server, repository, questions)),
            deterministic=True,
        )
    finally:
        prompts.load_prompt.cache_clear()
    assert verdict.exit_code() == 1, verdict.sentence
    assert "citation_recall fell" in "\n".join(reason.text for reason in verdict.reasons)
