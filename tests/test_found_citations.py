"""Sentences that a model writes without a citation get the passage that supports them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from test_composing import FOUNDED, ask, check_places, with_model

from assistant import Assistant
from assistant.chat.exporting import as_markdown
from assistant.chat.messages import draw_answer
from assistant.citing.finding import FindingStream
from assistant.citing.stream import CitedSentence
from assistant.cli.rendering import show_answer
from assistant.server.openai_api import url_citations
from assistant.types import Delta

BARE = (
    "The garden of Holm was laid out in 1872 by Berta Lindqvist. Everybody loved it. "
    "It cost 9,000 kroner."
)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(server: FakeModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-canary-77aa02")
    server.script = Reply(BARE)
    server.requests.clear()


def test_what_supports_a_bare_sentence_is_found_and_the_rest_stays_uncited(
    notes: Assistant, server: FakeModelServer
) -> None:
    answer = ask(with_model(notes, server), FOUNDED)
    told = [(s.citations, s.is_found, s.verdict) for s in answer.sentences]
    assert told[0][:2] == ((1,), True)
    assert told[0][2] in ("verbatim", "supported")
    assert told[1:] == [((), False, "uncited"), ((), False, "uncited")]
    assert answer.text.startswith("The garden of Holm was laid out in 1872 by Berta Lindqvist. [1]")
    assert "1872" in answer.citations[0].quote
    check_places(answer, notes)


def test_the_stream_sends_the_marker_with_its_sentence(
    notes: Assistant, server: FakeModelServer
) -> None:
    async def sent() -> tuple[str, str]:
        with Assistant(with_model(notes, server)) as assistant:
            events = [event async for event in assistant.stream(FOUNDED)]
        text = "".join(event.text for event in events if isinstance(event, Delta))
        return text, events[-1].answer.text  # type: ignore[union-attr]

    text, whole = asyncio.run(sent())
    assert text == whole
    assert "Lindqvist. [1] Everybody" in text


def test_strict_keeps_what_was_found(notes: Assistant, server: FakeModelServer) -> None:
    answer = ask(with_model(notes, server, strict=True), FOUNDED)
    assert answer.text == "The garden of Holm was laid out in 1872 by Berta Lindqvist. [1]"
    assert answer.notice.startswith("2 sentences left out")


def test_confidence_and_judge_count_what_was_found(
    notes: Assistant, server: FakeModelServer
) -> None:
    def script(body: Mapping[str, Any]) -> Reply:
        is_judge = "You check whether" in str(body["messages"])
        return Reply("supported" if is_judge else BARE)

    server.script = script
    answer = ask(with_model(notes, server, judge=True), FOUNDED)
    assert [s.judged for s in answer.sentences] == ["supported", "", ""]
    server.script = Reply("Everybody loved it.")
    assert answer.confidence > ask(with_model(notes, server), FOUNDED).confidence


def test_a_found_citation_looks_its_own_in_every_view(
    notes: Assistant, server: FakeModelServer
) -> None:
    answer = ask(with_model(notes, server), FOUNDED)
    drawn = draw_answer(answer, 0)
    assert ' found" title="Source 1: ' in drawn
    assert "found by the assistant" in drawn
    out = StringIO()
    show_answer(Console(file=out, width=200), answer)
    assert "*]" in out.getvalue()
    assert "found by the assistant" in out.getvalue()
    turn = SimpleNamespace(question=FOUNDED, answer=answer)
    assert "found by the assistant" in as_markdown("t", [turn])  # type: ignore[list-item]
    assert url_citations(answer, "")[0]["url_citation"]["found_by"] == "assistant"
    assert answer.to_dict()["sentences"][0]["is_found"] is True


def test_what_the_model_cites_is_never_called_found(
    notes: Assistant, server: FakeModelServer
) -> None:
    answer = ask(with_model(notes, server, "grounded"), FOUNDED)
    server.script = None
    named = ask(with_model(notes, server, "grounded"), FOUNDED)
    assert answer.sentences[0].is_found
    assert not any(sentence.is_found for sentence in named.sentences)
    assert "found" not in draw_answer(named, 0).split("</p>")[0]
    assert "found_by" not in url_citations(named, "")[0]["url_citation"]


def second_of(sentences: Sequence[CitedSentence]) -> tuple[int, ...]:
    return (2,) if "x" in sentences[-1].text else ()


@given(
    st.lists(
        st.sampled_from(
            [
                *("A x b. ", "No word. ", "C x [1]. ", "\n\n", "\n- item x\n", "\n- other\n"),
                *("**B x.** ", "Dr. x went (see x). ", "`code x` x. ", "![p](h://x) x. "),
                *("「x。」", "x。y。", "[1] x. "),
            ]
        ),
        max_size=8,
    ),
    st.integers(0, 2**32),
)  # fmt: skip
def test_cuts_of_the_stream_leave_no_trace(parts: list[str], seed: int) -> None:
    text = "".join(parts)
    whole = FindingStream(3, second_of)
    expected = whole.feed(text) + whole.finish()
    chance = random.Random(seed)
    stream, shown, at = FindingStream(3, second_of), "", 0
    while at < len(text):
        size = chance.choice((1, 1, 2, 3, 9))
        shown += stream.feed(text[at : at + size])
        at += size
    shown += stream.finish()
    assert shown == expected == stream.parsed().text
    assert stream.parsed() == whole.parsed()
    for sentence in stream.parsed().sentences:
        if sentence.is_found:
            assert sentence.passages == (2,)
            assert "x" in sentence.text


def test_a_long_answer_is_looked_at_in_time() -> None:
    looked: list[int] = []

    def count(sentences: Sequence[CitedSentence]) -> tuple[int, ...]:
        looked.append(1)
        return ()

    stream = FindingStream(3, count)
    for _ in range(2000):
        stream.feed("One more sentence without end. ")
    stream.finish()
    assert len(looked) == 200


def test_what_leans_on_an_uncited_sentence_is_not_found_elsewhere(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = Reply(
        "Mars has two moons of cheese. It was laid out in 1872 by Berta Lindqvist."
    )
    answer = ask(with_model(notes, server), FOUNDED)
    assert [sentence.verdict for sentence in answer.sentences] == ["uncited", "uncited"]
    server.script = Reply("It was laid out in 1872 by Berta Lindqvist.")
    answer = ask(with_model(notes, server), FOUNDED)
    assert answer.sentences[0].verdict in ("uncited", "supported", "verbatim")


def test_an_answer_in_short_lines_gets_a_verdict(notes: Assistant, server: FakeModelServer) -> None:
    server.script = Reply("Berta Lindqvist, 1872")
    assert [s.verdict for s in ask(with_model(notes, server), FOUNDED).sentences]
    server.script = Reply("Zeno Castell, 1913")
    (sentence,) = ask(with_model(notes, server), FOUNDED).sentences
    assert sentence.verdict == "uncited"
    server.script = Reply("Berta Lindqvist")
    (sentence,) = ask(with_model(notes, server), FOUNDED).sentences
    assert (sentence.verdict, sentence.is_found) == ("verbatim", True)
