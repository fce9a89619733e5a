"""The whole assistant with a model behind real HTTP: what the words become, and what they cost.

The model is a stand-in (``fake_model_server``): it shows what is done with a model's words, right
or wrong, and nothing about how well any model writes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply
from fake_model_words import passages_of
from hypothesis import given
from hypothesis import strategies as st
from support_texts import indexed

from assistant import Answer, Assistant, Settings
from assistant.errors import ModelError
from assistant.model.hidden import HiddenFilter
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.usage import add_usage
from assistant.types import Delta, Finished, Retrieved, Usage

FOUNDED = "When was the garden of Holm laid out?"
FEES = "What does a student pay at the gate of Holm?"
CANARY = "sk-canary-77aa01"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(server: FakeModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", CANARY)
    server.script = None
    server.injections = ()
    server.requests.clear()


def with_model(
    notes: Assistant, server: FakeModelServer, model: str = "grounded", **more: Any
) -> Settings:
    base: Settings = notes.settings
    llm = base.llm.model_copy(
        update={
            "model": model,
            "base_url": server.base_url,
            "api_key_env": "TEST_KEY",
            **{k: v for k, v in more.items() if hasattr(base.llm, k)},
        }
    )
    answer = base.answer.model_copy(
        update={k: v for k, v in more.items() if hasattr(base.answer, k)}
    )
    return base.model_copy(update={"llm": llm, "answer": answer})


def ask(settings: Settings, question: str, history: tuple[Any, ...] = ()) -> Answer:
    with Assistant(settings) as assistant:
        return assistant.ask(question, history)


def citing(text: str, value: str = "1872", **more: Any) -> Any:
    """A script that writes ``text`` with N replaced by the number of the passage with ``value``."""

    def reply(body: Mapping[str, Any]) -> Reply:
        shown = passages_of(body["messages"][-1]["content"])
        number = next(passage.number for passage in shown if value in passage.text)
        return Reply(text.replace("[N]", f"[{number}]"), **more)

    return reply


def check_places(answer: Answer, notes: Assistant) -> None:
    """Quotes are exact, markers 1 to n, and each evidence lies in its citation's document."""
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        text = notes.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    known = {citation.marker for citation in answer.citations}
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)} == known
    for sentence in answer.sentences:
        assert set(sentence.citations) <= known


def test_right_words_are_verbatim_or_supported(notes: Assistant, server: FakeModelServer) -> None:
    answer = ask(with_model(notes, server), FOUNDED)
    assert not answer.abstained
    assert "1872" in answer.text
    assert {s.verdict for s in answer.sentences} <= {"verbatim", "supported"}
    assert not answer.incomplete
    assert answer.receipt.model == "grounded"
    assert answer.receipt.prompt == load_prompt("answer").fingerprint
    assert 0.0 < answer.confidence <= 1.0
    check_places(answer, notes)


@pytest.mark.parametrize(
    ("behaviour", "verdicts"),
    [
        ("uncited", {"verbatim"}),
        ("out_of_range", {"verbatim"}),
        ("zero", {"verbatim"}),
        ("wrong_numbers", {"unsupported"}),
    ],
)
def test_wrong_words_get_the_verdict_they_deserve(
    notes: Assistant, server: FakeModelServer, behaviour: str, verdicts: set[str]
) -> None:
    answer = ask(with_model(notes, server, behaviour), FOUNDED)
    assert answer.sentences
    assert {s.verdict for s in answer.sentences} == verdicts
    assert all(s.is_found == (behaviour != "wrong_numbers") for s in answer.sentences)
    check_places(answer, notes)


def test_problems_say_which_value_stands_nowhere(notes: Assistant, server: FakeModelServer) -> None:
    server.script = Reply("The garden of Holm was laid out in 1913 [1].")
    answer = ask(with_model(notes, server), FOUNDED)
    (sentence,) = answer.sentences
    assert sentence.verdict == "unsupported"
    assert any("1913" in problem for problem in sentence.problems)


def test_all_shapes_of_citations_become_ours(notes: Assistant, server: FakeModelServer) -> None:
    answer = ask(with_model(notes, server, "other_shapes"), FOUNDED)
    assert not re.search(r"[【】†［］]|\[\[|\[\^|Source", answer.text)
    assert all(sentence.citations for sentence in answer.sentences)
    check_places(answer, notes)


def test_strict_drops_what_nothing_supports_and_says_so(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = citing(
        "The garden of Holm was laid out in 1872 by Berta Lindqvist [N]. It cost 9,000 kroner [N]. "
        "Everybody loved it."
    )
    loose = ask(with_model(notes, server), FOUNDED)
    assert "9,000" in loose.text
    strict = ask(with_model(notes, server, strict=True), FOUNDED)
    assert "1872" in strict.text
    assert "9,000" not in strict.text
    assert "loved" not in strict.text
    assert strict.notice.startswith("2 sentences left out")
    assert not any(sentence.is_found for sentence in strict.sentences)
    check_places(strict, notes)


def test_strict_keeps_what_is_true_in_other_words(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = citing("Dogs are forbidden [N]. Dogs are allowed [N].", value="Dogs")
    answer = ask(with_model(notes, server, strict=True), "Are dogs allowed in the garden of Holm?")
    assert answer.text == "Dogs are forbidden. [1]"
    assert answer.sentences[0].verdict == "supported"
    assert answer.notice.startswith("1 sentence left out")


def test_strict_never_sends_what_it_drops(notes: Assistant, server: FakeModelServer) -> None:
    server.script = citing("It cost 9,000 kroner [N]. It was laid out in 1872 [N].")

    async def deltas() -> str:
        with Assistant(with_model(notes, server, strict=True)) as assistant:
            events = [event async for event in assistant.stream(FOUNDED)]
        return "".join(event.text for event in events if isinstance(event, Delta))

    assert "9,000" not in asyncio.run(deltas())


def test_strict_with_nothing_left_abstains(notes: Assistant, server: FakeModelServer) -> None:
    server.script = Reply("It cost 9,000 kroner [1].")
    answer = ask(with_model(notes, server, strict=True), FOUNDED)
    assert answer.abstained
    assert not answer.citations
    assert answer.text


def test_sentinel_becomes_an_abstention_with_the_closest_passages(
    notes: Assistant, server: FakeModelServer
) -> None:
    answer = ask(with_model(notes, server, "abstaining"), FEES)
    assert answer.abstained
    assert SENTINEL not in answer.text
    assert answer.reason
    assert answer.retrieved
    assert not answer.citations


def test_events_come_in_order_and_sent_text_is_the_answer(
    notes: Assistant, server: FakeModelServer
) -> None:
    async def events() -> list[Any]:
        with Assistant(with_model(notes, server)) as assistant:
            return [event async for event in assistant.stream(FOUNDED)]

    seen = asyncio.run(events())
    assert isinstance(seen[0], Retrieved)
    assert isinstance(seen[-1], Finished)
    assert all(isinstance(event, Delta) for event in seen[1:-1])
    text = "".join(event.text for event in seen if isinstance(event, Delta))
    answer = seen[-1].answer
    assert text == answer.text
    once = ask(with_model(notes, server), FOUNDED)
    assert replace(once, timings={}) == replace(answer, timings={})


def test_follow_up_is_condensed_and_shown(notes: Assistant, server: FakeModelServer) -> None:
    history = (("Who laid out the garden of Holm?", "That was Berta Lindqvist."),)
    answer = ask(with_model(notes, server), "What had she studied?", history)
    assert len(server.requests) == 2
    assert "Berta Lindqvist" in answer.standalone_question
    assert answer.usage.calls == 2


def test_what_condensing_cost_is_told_where_no_passage_is_found(
    notes: Assistant, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.retrieval.search.retrieve", lambda *_, **__: [])
    history = (("Who laid out the garden of Holm?", "That was Berta Lindqvist."),)
    answer = ask(with_model(notes, server), "What had she studied?", history)
    assert answer.abstained
    assert answer.usage.calls == len(server.requests) == 1


def test_without_a_history_one_call_is_made(notes: Assistant, server: FakeModelServer) -> None:
    answer = ask(with_model(notes, server), FOUNDED)
    assert answer.usage.calls == len(server.requests) == 1


def test_a_greeting_makes_no_call(notes: Assistant, server: FakeModelServer) -> None:
    answer = ask(with_model(notes, server), "Hello!")
    assert answer.text
    assert not server.requests


def test_judge_adds_an_opinion_and_changes_no_verdict(
    notes: Assistant, server: FakeModelServer
) -> None:
    plain = ask(with_model(notes, server), FOUNDED)
    judged = ask(with_model(notes, server, judge=True), FOUNDED)
    assert [s.verdict for s in judged.sentences] == [s.verdict for s in plain.sentences]
    assert all(s.judged in ("supported", "unsupported") for s in judged.sentences if s.citations)
    assert all(not s.judged for s in plain.sentences)


@pytest.mark.parametrize(
    ("reply", "opinion"),
    [
        ("supported", "supported"),
        ("Unsupported.", "unsupported"),
        ("I think that it is supported", ""),
        ("maybe", ""),
        ("", ""),
        ("401", ""),  # the server refuses
    ],
)
def test_an_opinion_that_cannot_be_read_is_none(
    notes: Assistant, server: FakeModelServer, reply: str, opinion: str
) -> None:
    def script(body: Mapping[str, Any]) -> Reply | str:
        is_judge = "You check whether" in body["messages"][0]["content"]
        if is_judge:
            return reply if reply == "401" else Reply(reply)
        return "grounded"

    server.script = script
    answer = ask(with_model(notes, server, judge=True, max_retries=0), FOUNDED)
    assert [s.judged for s in answer.sentences if s.citations] == [opinion] * len(answer.sentences)


def test_the_cost_of_all_calls_is_added(notes: Assistant, server: FakeModelServer) -> None:
    prices = {"grounded": [2.0, 8.0]}
    settings = with_model(notes, server, prices=prices, judge=True)
    answer = ask(settings, FOUNDED, (("Who is Ida Moe?", "A curator."),))
    kinds = [request.body["messages"][0]["content"][:22] for request in server.requests]
    assert kinds[0] == "Rewrite the last quest"
    assert "You check whether a so" in kinds
    usage = answer.usage
    assert usage.calls == len(kinds) >= 3
    assert usage.cost == pytest.approx((usage.tokens_in * 2 + usage.tokens_out * 8) / 1e6)
    assert usage.context_tokens > 0


def test_usages_are_added_and_a_cost_that_is_not_known_stays_so() -> None:
    one = Usage(100, 10, 1, 0.25, estimated=False, context_tokens=60)
    other = Usage(7, 3, 1, 0.5, estimated=True, context_tokens=80)
    assert add_usage(one, other) == Usage(107, 13, 2, 0.75, estimated=True, context_tokens=80)
    assert add_usage(one, replace(other, cost=None)).cost is None
    assert add_usage(Usage(), other) == other
    assert add_usage(one, Usage()) == one


def cited_twice(tmp_path: Path, server: FakeModelServer, filler: int) -> tuple[Answer, str]:
    """A model's answer from the first and the last sentence of a passage, by one marker."""
    first = "The orchard of Vik was planted in 1881 by Nora Brekke."
    last = "In 1937 the orchard of Vik was sold to the parish for 900 kroner."
    middle = " ".join(f"Row {n} holds pears and a path of slate." for n in range(filler))
    texts = {"orchard.txt": f"{first} {middle} {last}\n"}
    server.script = Reply(
        "Nora Brekke planted the orchard of Vik in 1881 [1]. "
        "The orchard was sold to the parish for 900 kroner in 1937 [1]."
    )
    with indexed(tmp_path, texts, **{"chunking.tokens": 512}) as assistant:
        settings = with_model(assistant, server)
    answer = ask(settings, "Who planted the orchard of Vik, and for how much was it sold?")
    assert [s.verdict for s in answer.sentences] == ["supported"] * 2
    (citation,) = answer.citations
    return answer, citation.quote


def test_a_marker_spans_its_sentences_when_they_stand_near_each_other(
    tmp_path: Path, server: FakeModelServer
) -> None:
    _, quote = cited_twice(tmp_path, server, 3)
    assert quote.startswith("The orchard of Vik was planted")
    assert quote.endswith("900 kroner.")


def test_a_marker_whose_sentences_stand_far_apart_points_at_the_first(
    tmp_path: Path, server: FakeModelServer
) -> None:
    answer, quote = cited_twice(tmp_path, server, 25)
    assert quote == "The orchard of Vik was planted in 1881 by Nora Brekke."
    assert len({evidence.start for s in answer.sentences for evidence in s.evidence}) == 2


def test_partial_answer_is_kept_marked_and_checked(
    notes: Assistant, server: FakeModelServer
) -> None:
    text = "The garden of Holm was laid out in 1872 by Berta Lindqvist [N]. She had"
    server.script = citing(text, finish_reason=None, sends_done=False)
    answer = ask(with_model(notes, server), FOUNDED)
    assert answer.incomplete
    assert "1872" in answer.text
    assert answer.sentences[0].verdict in ("verbatim", "supported")
    check_places(answer, notes)


def test_fallback_answers_from_the_documents_and_says_so(
    notes: Assistant, server: FakeModelServer
) -> None:
    with pytest.raises(ModelError):
        ask(with_model(notes, server, "401"), FOUNDED)
    answer = ask(with_model(notes, server, "401", fallback="extractive"), FOUNDED)
    assert "1872" in answer.text
    assert "without the model" in answer.notice
    assert answer.usage.calls == 0
    check_places(answer, notes)


def test_missing_key_names_the_setting(
    notes: Assistant, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY")
    settings = with_model(notes, server)
    paid = settings.llm.model_copy(update={"base_url": "https://api.openai.com/v1"})
    with pytest.raises(ModelError, match="TEST_KEY"):
        ask(settings.model_copy(update={"llm": paid}), FOUNDED)


def test_cost_is_counted_by_the_price_table(notes: Assistant, server: FakeModelServer) -> None:
    prices = {"grounded": [2.0, 8.0]}
    usage = ask(with_model(notes, server, prices=prices), FOUNDED).usage
    assert usage.tokens_in > 100
    assert usage.cost == pytest.approx((usage.tokens_in * 2 + usage.tokens_out * 8) / 1e6)
    assert not usage.estimated
    server.script = Reply("It was laid out in 1872 [1].", sends_usage=False)
    assert ask(with_model(notes, server), FOUNDED).usage.estimated


def test_key_is_in_nothing_that_leaves(notes: Assistant, server: FakeModelServer) -> None:
    settings = with_model(notes, server)
    answer = ask(settings, FOUNDED)
    assert CANARY not in repr(answer) + repr(settings) + str(answer.to_dict())
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"


def test_model_sees_whole_passages_between_rules_and_question(
    notes: Assistant, server: FakeModelServer
) -> None:
    ask(with_model(notes, server), FOUNDED)
    system, user = (message["content"] for message in server.requests[0].body["messages"])
    assert SENTINEL in system
    assert user.count("<passage number=") == user.count("</passage>") >= 1
    assert user.rstrip().endswith(f"Question: {FOUNDED}")


@given(st.lists(st.sampled_from(list("<think>/ab \n")), max_size=40).map("".join), st.data())
def test_thoughts_are_never_shown_wherever_the_stream_is_cut(thought: str, data: Any) -> None:
    if "</think>" in thought:
        thought = thought.replace("</think>", "")
    text = f"<think>{thought}</think>\n\nIt was in 1872 [1]."
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    thoughts = HiddenFilter()
    places = [0, *cuts, len(text)]
    shown = "".join(thoughts.feed(text[a:b]) for a, b in pairwise(places)) + thoughts.finish()
    assert shown == "It was in 1872 [1]."


@pytest.mark.parametrize("text", ["", "<", "<thin", "  <b> is a tag", "a < b [1]"])
def test_a_text_that_opens_with_no_thought_is_shown_whole(text: str) -> None:
    thoughts = HiddenFilter()
    assert "".join(map(thoughts.feed, text)) + thoughts.finish() == text


def test_reasoning_of_a_local_model_is_no_part_of_the_answer(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = citing("<think>\nMaybe 1999 [N]?\n</think>\n\nIt was laid out in 1872 [N].")
    answer = ask(with_model(notes, server), FOUNDED)
    assert answer.text == "It was laid out in 1872 [1]."


@pytest.mark.parametrize("cut", range(5, 18))
def test_half_a_mark_of_ours_at_the_end_is_not_shown(cut: int) -> None:
    hidden = HiddenFilter()
    text = "It was in 1872 [1].\n" + '<passage number="3"'[:cut]
    shown = "".join(map(hidden.feed, text)) + hidden.finish()
    assert shown.rstrip() == "It was in 1872 [1]."


UNANSWERABLE = "Who wrote the opera about the lighthouse keeper of Valparaiso?"


def test_strict_refusal_comes_before_the_model_is_asked(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = Reply("The opera is by Berta Lindqvist [1].")
    refused = ask(with_model(notes, server, refuse="strict", min_confidence=0.2), UNANSWERABLE)
    assert refused.abstained
    assert not server.requests
    answered = ask(with_model(notes, server, refuse="strict", min_confidence=0.2), FOUNDED)
    assert not answered.abstained
    assert len(server.requests) == 1


def test_an_answer_to_what_the_passages_do_not_answer_is_warned_of(
    notes: Assistant, server: FakeModelServer
) -> None:
    server.script = Reply("The opera is by Berta Lindqvist [1].")
    warned = ask(with_model(notes, server, min_confidence=0.2), UNANSWERABLE)
    assert not warned.abstained
    assert "do not seem to answer" in warned.notice
    never = with_model(notes, server, refuse="never", min_confidence=0.2)
    assert "do not seem" not in ask(never, UNANSWERABLE).notice
    server.script = citing("It was laid out in 1872 [N].")
    assert not ask(with_model(notes, server, min_confidence=0.2), FOUNDED).notice
