"""What a model writes besides its answer is never shown, wherever the stream is cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.rewrites import accepted_rewrite
from assistant.answering.written import read_opinion
from assistant.citing.abstentions import is_abstention
from assistant.citing.model_text import ModelText
from assistant.retrieval.rerankers import read_order
from benchmarks.model_habits import ABSTENTIONS, CASES, STATEMENTS, shown_in_pieces
from benchmarks.more_model_habits import LOOPS

DOCUMENTS = ("iclr-history.md", "sub/icml-2024-guide.md", "x.pdf")
SIZES = (1, 2, 3, 5, 8, 1000)


def shown(text: str, size: int) -> tuple[str, ModelText]:
    return shown_in_pieces(text, size, DOCUMENTS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.said[:40]!r}")
def test_bad_habit_is_mended_in_any_cut(case: object) -> None:
    for size in SIZES:
        text, _ = shown(case.said, size)  # type: ignore[attr-defined]
        assert text.strip() == case.shown.strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ABSTENTIONS)
def test_abstention_in_other_words_is_one(text: str) -> None:
    for size in SIZES:
        out, read = shown(text, size)
        assert (out, read.abstains) == ("", True)


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement_with_a_not_is_shown(text: str) -> None:
    assert not is_abstention(text)
    for size in SIZES:
        out, read = shown(text, size)
        assert (out, read.abstains) == (text, False)


@given(st.text(alphabet="ab <>|[]()/.,0123pPas\n¹*_`N", max_size=120), st.integers(1, 9))
def test_any_text_reads_the_same_in_any_cut(text: str, size: int) -> None:
    assert shown(text, size)[0] == shown(text, 10**6)[0]


def test_third_repetition_ends_the_text_and_two_do_not() -> None:
    sentence = "It is a collaborative approach to learning from data. "
    out, read = shown(sentence * 9, 7)
    assert read.repeats
    assert out.count("collaborative") == 3
    out, read = shown(sentence * 2 + "It ended in 1872 [1].", 7)
    assert not read.repeats


@pytest.mark.parametrize("text", LOOPS, ids=lambda text: text[:30])
def test_loop_of_any_kind_ends_soon(text: str) -> None:
    for size in (1, 5):
        out, read = shown(text, size)
        assert read.repeats
        assert len(out) < len(text) / 3


@pytest.mark.parametrize("row", ["| 0 | 0 | 0 | 0 | 0 | 0 |", "1 000 000 000 000 000 000 000"])
def test_equal_cells_are_no_loop(row: str) -> None:
    assert not shown(row + "\n", 3)[1].repeats


HISTORY = [("Where did the first ICLR take place?", "In Scottsdale, Arizona [1].")]


@pytest.mark.parametrize(
    ("reply", "accepted"),
    [
        ("When did the first ICLR take place?", "When did the first ICLR take place?"),
        ('Question: "When did the first ICLR take place?"', "When did the first ICLR take place?"),
        ("<think>hm</think>When did the first ICLR take place?",
         "When did the first ICLR take place?"),
        ("In Scottsdale, Arizona.", ""),
        ("It took place in 2013.", ""),
        ("When the first ICLR did take place.", ""),
        ("Where did the first ICLR take place?", ""),
        ("When did it take place?", ""),
        ("When did the first ICLR take place? [1]", ""),
        ("Who won the world cup in 1998?", ""),
        ("When did the first ICLR take place in 2014?", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_rewrite_is_a_question_about_the_same_thing(reply: str, accepted: str) -> None:
    assert accepted_rewrite(reply, "When did it take place?", HISTORY) == accepted


@pytest.mark.parametrize(
    ("reply", "opinion"),
    [
        ("supported", "supported"), ("**Unsupported.**", "unsupported"),
        ("<think>is it supported?</think>unsupported", "unsupported"),
        ("I think that it is supported", ""), ("The claim is true.", ""),
        ("The source is a text that is supported by many people who know of such things well.", ""),
    ],
)  # fmt: skip
def test_opinion_is_one_word_or_none(reply: str, opinion: str) -> None:
    assert read_opinion(reply) == opinion


def test_order_after_a_thought_is_read() -> None:
    assert read_order("<think>\n3\n</think>\n2, 1", 3) == [2, 1]


def test_answer_in_json_keeps_its_sources() -> None:
    said = json.dumps({"answer": "Roses grow.", "sources": [2]})
    assert shown(said, 4)[0] == "Roses grow. [2]"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("◁think▷Hm, the gate.◁/think▷The gate opens at 7.", "The gate opens at 7."),
        ("<seed:think>Hm.</seed:think>It opens at 7.", "It opens at 7."),
        ("<unused94>Hm.<unused95>It opens at 7.", "It opens at 7."),
        (
            "<|channel|>commentary to=x <|constrain|>j<|message|>{}<|channel|>final<|message|>Yes.",
            "Yes.",
        ),
        ("[INST] When does it open? [/INST] It opens at 7.", "It opens at 7."),
        ("It opens at 7.<|im_e", "It opens at 7."),
        ("It follows from equation (1).", "It follows from equation (1)."),
        ("It is done in step (2).", "It is done in step (2)."),
        ("It opens at 7 (2).", "It opens at 7 [2]."),
    ],
)
def test_rarer_marks_are_no_text_and_numbered_things_no_citations(said: str, told: str) -> None:
    for size in SIZES:
        assert shown(said, size)[0].strip() == told
