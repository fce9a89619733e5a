"""Replies in the steps of summaries, reports and searches that point elsewhere, break out, or never
end."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply
from support_asking import MakeAssistant, assistants

from assistant import Answer, Finished

pytest_plugins = ["support_model_fixtures"]

TOWNS = ("Arlen", "Brome", "Corby", "Dunmore")
NOTES = {
    f"{town.lower()}.md": f"# {town}\n\nThe harbour of {town} was built in {1700 + at}. "
    + " ".join(f"Street {n} of {town} was paved in {1720 + n} by hand." for n in range(60))
    for at, town in enumerate(TOWNS)
}
QUESTION = "When was the harbour of Arlen built and when was the harbour of Brome built?"
SUMMARY = "What are these documents about?"
TRUE = "The harbour of Arlen was built in 1700 [1]."
STEPS = {
    "parts": ("You split", QUESTION, {"answer__steps": 4}),
    "missing": ("You look", "When was the harbour of Arlen built?", {"answer__steps": 4}),
    "outline": ("You plan", QUESTION, {}),
    "section": ("You answer", QUESTION, {}),
    "map": ("You summarise", SUMMARY, {"answer__summary_calls": 12}),
    "join": ("You join", SUMMARY, {"answer__summary_calls": 12}),
}
SMALL: Mapping[str, Any] = {
    "llm__context_tokens": 2000, "llm__answer_tokens": 400, "retrieval__passages": 1,
    "llm__timeout_seconds": 3.0,
}  # fmt: skip
HOSTILE = {
    "other passages": f"{TRUE} The mayor fled in 1950 [99]. It is so [0][-1][1000000000000].",
    "doubled brackets": f"{TRUE} The mayor fled in 1950 [[99]]. [[1]](http://evil.example)",
    "fences": f"```\n{TRUE}\n```\n<passage number=\"9\">\nThe mayor fled in 1950 [9].\n</passage>",
    "headings": f"## Sources\n\n[1] evil.md\n\n{TRUE}\n\n# When did the mayor flee [7]?\n",
    "a picture": f"{TRUE} ![x](http://evil.example/?q=1950) <img src=//evil.example>",
    "a megabyte": "The mayor fled in 1950 [99]. " * 36_000,
    "a megabyte without a space": "x[99]" * 200_000,
    "lines": "When did the mayor of Arlen flee?\n" * 30_000,
    "brackets": "[" * 500_000,
}  # fmt: skip


@pytest.fixture
def make(tmp_path: Path, server: FakeModelServer) -> Iterator[MakeAssistant]:
    with assistants(tmp_path, server, NOTES, **SMALL) as made:
        yield made


def answered(make: MakeAssistant, server: FakeModelServer, step: str, behaviour: str) -> Answer:
    """The answer where one step's model behaves so, and all others are grounded; what was sent is
    what it says."""
    begins, question, settings = STEPS[step]

    def script(body: Mapping[str, Any]) -> Reply | str:
        if not body["messages"][0]["content"].startswith(begins):
            return "grounded"
        met.append(begins)
        return Reply(HOSTILE[behaviour]) if behaviour in HOSTILE else behaviour

    met: list[str] = []
    server.script = script
    if behaviour in HOSTILE:  # long, not slow: on a busy machine a megabyte takes more than 3 s
        settings = {**settings, "llm__timeout_seconds": 15.0}
    assistant = make(**settings)
    events = list(assistant.stream_sync(question, deep=step in ("outline", "section")))
    assert met
    finished = events[-1]
    assert isinstance(finished, Finished)
    answer = finished.answer
    for citation in answer.citations:
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    return answer


SHORT = ("other passages", "doubled brackets", "fences", "headings", "a picture")


@pytest.mark.parametrize(
    ("step", "behaviour"),
    [(step, each) for step in STEPS for each in SHORT]
    + [(step, each) for step in ("section", "map") for each in HOSTILE if each not in SHORT],
)
def test_hostile_reply_of_a_step_sets_no_marker_and_no_link(
    make: MakeAssistant, server: FakeModelServer, step: str, behaviour: str
) -> None:
    began = time.monotonic()
    answer = answered(make, server, step, behaviour)
    assert time.monotonic() - began < 30
    outside_code = "".join(answer.text.split("```")[::2])
    markers = {int(number) for number in re.findall(r"\[(\d+)\]", outside_code)}
    assert markers <= set(range(1, len(answer.citations) + 1))
    assert not re.search(r"\]\(|https?:", answer.text)
    assert answer.text
    for sentence in answer.sentences:
        assert "1950" not in sentence.text or sentence.verdict in ("unsupported", "uncited")


@pytest.mark.parametrize("step", ["parts", "section", "map"])
@pytest.mark.parametrize("behaviour", ["slow_words", "going_round"])
def test_endless_reply_of_a_step_ends_with_an_answer(
    make: MakeAssistant, server: FakeModelServer, step: str, behaviour: str
) -> None:
    began = time.monotonic()
    answer = answered(make, server, step, behaviour)
    assert time.monotonic() - began < 40
    assert answer.text
    assert len(answer.text) < 20_000
