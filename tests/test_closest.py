"""What a refusal shows: the sentences that come closest, each with its place, none claimed."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console
from support_picks import passage_of, pick_in
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.closest import closest_places
from assistant.answering.picks import Pick
from assistant.chat.conversations import _read, _written
from assistant.chat.evidence import draw_evidence
from assistant.chat.exporting import answer_as_markdown
from assistant.chat.messages import draw_answer
from assistant.cli.rendering import show_answer
from assistant.model.answer_reader import make_reader
from assistant.types import Answer

LAB = """# Rules of the lab

Tell the head of the lab when you are away. Jeans are fine, tracksuits and pyjamas are not.
Visitors sign the book at the door & leave their bags in the hall.

## Hours

The lab is open from eight to six on every working day of the week.
"""
QUESTION = "Did Ferdinand win the regatta of Porto?"

texts = indexed_for_module({"lab.md": LAB, "tram.md": "# Tram\n\nThe tram leaves at nine.\n"})


@pytest.fixture(scope="module")
def refusal(texts: Assistant) -> Answer:
    answer = texts.ask(QUESTION)
    if not answer.retrieved:
        answer = texts.ask("What did Ferdinand pay for the lab of the week?")
    assert answer.abstained
    return answer


def pick(text: str, score: float, at: int = 0) -> Pick:
    return pick_in(passage_of(text, title="Rules of the lab", start=at), text, score)


AWAY = pick("Tell the head of the lab when you are away, or ill, or late in the week.", 3.1)
JEANS = pick("Jeans are fine, tracksuits and pyjamas are not.", 2.9, 100)
BAGS = pick("Visitors leave their bags in the hall of the house.", 2.8, 200)
HOURS = pick("The lab is open from eight to six on every working day.", 2.7, 300)
ASKED = "Can I wear sweatpants at work in the lab?"


def places(*picks: Pick, reader: object = None) -> list[int]:
    return [each.start for each in closest_places(picks, ASKED, reader)]  # type: ignore[arg-type]


def test_the_best_three_by_score_without_a_reader() -> None:
    assert places(AWAY, JEANS, BAGS, HOURS) == [0, 100, 200]
    assert places() == []


def test_what_means_what_is_asked_comes_first() -> None:
    reader = make_reader("builtin")
    assert places(AWAY, JEANS, BAGS, HOURS, reader=reader)[0] == 100
    far = replace(JEANS, score=-9.0)
    assert places(AWAY, BAGS, HOURS, far, reader=reader)[0] != 100, "the score counts too"
    others = [
        pick(f"Room {at} of the house has {at} chairs.", 3.0, 400 + at * 50) for at in range(8)
    ]
    assert 100 not in places(*others, JEANS, reader=reader), "eight are looked at"


def test_what_is_far_or_says_nothing_is_not_shown() -> None:
    reader = make_reader("builtin")
    far = pick("7 8 9 10 11 12 13 14", 9.0, 500)
    assert 500 not in places(far, JEANS, reader=reader)
    fence, word = pick("```", 9.0, 600), pick("Wardrobe", 9.0, 700)
    assert places(fence, word, JEANS) == [100]


def test_nothing_is_shown_twice() -> None:
    again = replace(AWAY, passage=replace(AWAY.passage, document="b.md"), score=3.0)
    inside = pick("the head of the lab", 3.0, 5)
    assert places(AWAY, again, inside, JEANS) == [0, 100]


def test_a_refusal_carries_them_with_their_places(texts: Assistant, refusal: Answer) -> None:
    assert 0 < len(refusal.closest) <= 3
    assert refusal.citations == ()
    for each in refusal.closest:
        assert texts.document_text(each.document)[each.start : each.end] == each.quote
    assert [each["quote"] for each in refusal.to_dict()["closest"]] == [
        each.quote for each in refusal.closest
    ]


def test_an_answer_has_none(texts: Assistant) -> None:
    answer = texts.ask("When is the lab open?")
    assert not answer.abstained
    assert answer.closest == ()


def printed(answer: Answer) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    show_answer(console, answer)
    return " ".join(console.export_text().split())


def test_the_terminal_says_what_they_are(refusal: Answer) -> None:
    text = printed(refusal)
    assert "Closest passages, which may not answer it:" in text
    first = refusal.closest[0]
    assert f"characters {first.start}–{first.end}" in text
    assert f"“{' '.join(first.quote.split())}”" in text
    passages = printed(replace(refusal, closest=()))
    assert "Closest passages" in passages, "older answers show the passages"
    assert "characters" not in passages


def test_the_chat_shows_them_escaped(texts: Assistant, refusal: Answer) -> None:
    bags = next(
        place
        for place in texts.ask("Visitors?").citations + refusal.closest
        if "bags" in place.quote
    )
    shown = replace(refusal, closest=(bags,))
    message = draw_answer(shown, 1)
    assert "The closest sentences, which may not answer it" in message
    assert "door &amp; leave their bags" in message
    hostile = replace(refusal, closest=(replace(bags, quote="<b>bags</b>", title="<i>lab</i>"),))
    for html in (draw_answer(hostile, 1), draw_evidence(hostile, 1, texts.source)):
        assert "&lt;b&gt;bags&lt;/b&gt;" in html
        assert "&lt;i&gt;lab&lt;/i&gt;" in html
        assert "<b>" not in html
        assert "<i>" not in html
    pane = draw_evidence(shown, 1, texts.source)
    assert "<mark>Visitors sign" in pane
    assert "Jeans are fine" in pane, "with what stands around it"
    assert f"start={bags.start}" in pane
    changed = draw_evidence(shown, 1, lambda name: None)
    assert "<mark>Visitors sign" in changed
    assert "Open at this place" not in changed
    long = replace(bags, quote="word " * 400)
    assert "word " * 59 + "word…”" in draw_answer(replace(refusal, closest=(long,)), 1)


def test_exports_and_kept_conversations_have_them(refusal: Answer) -> None:
    text = answer_as_markdown(refusal)
    assert "Closest passages, which may not answer it" in text
    assert f"characters {refusal.closest[0].start}–{refusal.closest[0].end}" in text
    kept = _written(refusal)
    assert _read(kept) == refusal
    older = json.loads(kept)
    del older["closest"]
    found = _read(json.dumps(older))
    assert found is not None
    assert found.closest == ()


@pytest.mark.parametrize(
    "question",
    ["May I go to the sauna of the governor?", "whats the price of the sauna, i dont know it"],
)
def test_a_refusal_names_words_with_content_alone(texts: Assistant, question: str) -> None:
    reason = texts.ask(question).reason
    assert "“sauna”" in reason
    for word in ("May", "go", "whats", "dont", "i", "it"):
        assert f"“{word}”" not in reason


def test_a_refusal_names_names_and_claims_no_shared_words(texts: Assistant) -> None:
    assert "“Go”" in texts.ask("Is the sauna written in Go?").reason
    reason = texts.ask("Which steps are used in the examples?").reason
    assert "they share its words" not in reason
