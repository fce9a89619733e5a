"""A list whose first line means what is asked, in the place of a sentence with more words of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support_picks import FEATURES, asked, passage_of, pick_in, reader_for_module
from support_texts import indexed

from assistant.answering.nearest_lists import asks_for_a_list, less_sure, list_by_meaning
from assistant.answering.picks import Extraction, Pick, Read
from assistant.model.answer_reader import OnnxReader
from assistant.types import Passage, certainty_of

ASKED = "What do we have to buy for our boy before he can start?"
FEE = "Payments are made to the treasurer of the troop before the boy has his first evening."
HELP = "The troop has a hall of its own beside the mill."
TEXT = f"""# Troop 7

{FEE} {HELP}

What your parents will have to supply:

- A tan shirt
- One set of green loops for the shoulders
- A handbook

The hall is heated by:

- An iron stove
- The sun
"""
KIT = ["A tan shirt", "One set of green loops for the shoulders", "A handbook"]


reader = reader_for_module()


def page_of(text: str, document: str = "troop.md", language: str = "en") -> Passage:
    return passage_of(text, document, "Troop 7", language)


PASSAGE = page_of(TEXT)


def pick(text: str, score: float, passage: Passage = PASSAGE) -> Pick:
    return pick_in(passage, text, score)


def chosen(*picks: Pick, question: str = ASKED) -> Extraction:
    return Extraction(asked(question), picks[:1], picks)


def read_in(text: str) -> Callable[[str, int, int], str]:
    return lambda document, start, end: text[start:end]


def told(
    found: Extraction,
    reader: OnnxReader | None,
    *passages: Passage,
    question: str = ASKED,
    text: str = TEXT,
) -> list[str]:
    picks = list_by_meaning(found, passages or (PASSAGE,), question, reader, read_in(text))
    return [each.text for each in picks]


GIVEN = chosen(pick(FEE, 4.0), pick(HELP, 2.0))


def test_the_list_comes_with_the_line_above_it(reader: OnnxReader) -> None:
    assert told(GIVEN, reader) == ["What your parents will have to supply:", *KIT]


@pytest.mark.parametrize(
    "question",
    [
        "Which things does our boy need?",
        "What are the things that we have to buy?",
        "How do we equip our boy?",
        "What does each boy have to wear?",
        "For what reasons is a card blocked?",
    ],
)
def test_questions_that_a_list_may_answer(question: str) -> None:
    assert asks_for_a_list(asked(question))


@pytest.mark.parametrize(
    "question",
    [
        "Who buys the shirt?",
        "How many shirts do we need?",
        "When do we buy the shirt?",
        "What is a shoulder loop?",
        "Do we have to buy a shirt?",
        "In which shop can we buy the shirt?",
        "What year did the troop buy the shirts?",
        "What do we need and how do we pay?",
        "What do we have to buy and who sells it?",
        "Why do we need a shirt?",
    ],
)
def test_questions_for_one_thing_bring_no_list(question: str, reader: OnnxReader) -> None:
    assert not asks_for_a_list(asked(question))
    given = chosen(pick(FEE, 4.0), pick(HELP, 2.0), question=question)
    assert told(given, reader, question=question) == []


def test_a_list_that_means_something_else_stays_away(reader: OnnxReader) -> None:
    other = TEXT.replace("What your parents will have to supply:", "The roof was mended with:")
    passage = page_of(other)
    given = chosen(pick(FEE, 4.0, passage), pick(HELP, 2.0, passage))
    assert told(given, reader, passage, text=other) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda picks: (replace(picks[0], read=Read(4.0, 4.5)), picks[1]),
        lambda picks: (replace(picks[0], features=replace(FEATURES, own=0.9)), picks[1]),
        lambda picks: (replace(picks[0], features=replace(FEATURES, own=0.6)), picks[1]),
        lambda picks: (replace(picks[0], features=replace(FEATURES, defines=0.8)), picks[1]),
        lambda picks: (
            replace(picks[0], features=replace(FEATURES, own=0.4, before=0.5)),
            picks[1],
        ),
    ],
    ids=["plainly read", "all words told", "half of them told", "a definition", "told around it"],
)
def test_what_is_told_plainly_stays(
    change: Callable[[tuple[Pick, ...]], tuple[Pick, ...]], reader: OnnxReader
) -> None:
    assert told(chosen(*change((pick(FEE, 4.0), pick(HELP, 2.0)))), reader) == []


def test_a_line_that_holds_half_of_the_question_brings_its_list_all_the_same(
    reader: OnnxReader,
) -> None:
    text = TEXT.replace("What your parents will have to supply:", "Important dates:")
    passage = page_of(text)
    question = "What are the important dates of the troop?"
    told_around = replace(FEATURES, own=0.4, before=0.5)
    full = replace(pick(FEE, 4.0, passage), features=told_around)
    given = chosen(full, pick(HELP, 2.0, passage), question=question)
    assert told(given, reader, passage, question=question, text=text)[0] == "Important dates:"


def test_a_line_that_its_title_alone_brings_close_stays_away(reader: OnnxReader) -> None:
    near = "Before a boy can start he signs the book."

    def below(line: str) -> list[str]:
        head = "What we have to buy for our boy"
        text = f"# Troop 7\n\n{near} {HELP}\n\n## {head}\n\n{line}\n\n- this\n- that\n"
        passage = page_of(text)
        given = chosen(pick(near, 4.0, passage), pick(HELP, 2.0, passage))
        return told(given, reader, passage, text=text)

    assert below("The roof rests on:") == []
    assert below("What you will have to supply:") == [
        "What you will have to supply:", "this", "that",
    ]  # fmt: skip


def test_exclusions_answer_only_what_is_not(reader: OnnxReader) -> None:
    text = TEXT.replace("will have to supply:", "must not buy:")
    passage = page_of(text)
    given = chosen(pick(FEE, 4.0, passage), pick(HELP, 2.0, passage))
    assert told(given, reader, passage, text=text) == []
    question = ASKED.replace("do we have to", "may we not")
    given = chosen(pick(FEE, 4.0, passage), pick(HELP, 2.0, passage), question=question)
    assert told(given, reader, passage, question=question, text=text) != []


def test_an_answer_that_is_a_list_stays(reader: OnnxReader) -> None:
    items = tuple(replace(pick(each, 3.0), kind="item") for each in KIT)
    assert told(replace(GIVEN, picks=items), reader) == []


@pytest.mark.parametrize(("own", "stays"), [(0.6, True), (0.2, False)])
def test_an_item_with_the_words_of_the_question_stays_alone(
    own: float, stays: bool, reader: OnnxReader
) -> None:
    item = replace(pick("A handbook", 4.0), kind="item", features=replace(FEATURES, own=own))
    assert (told(chosen(item, pick(HELP, 2.0)), reader) == []) is stays


def test_an_item_stays_alone_where_the_line_above_holds_the_question_too(
    reader: OnnxReader,
) -> None:
    question = "What will the parents have to supply?"
    half = replace(FEATURES, own=0.6)
    item = replace(pick("A handbook", 4.0), kind="item", features=half)
    fee = replace(pick(FEE, 4.0), features=half)
    help_ = pick(HELP, 2.0)
    assert told(chosen(item, help_, question=question), reader, question=question) == []
    assert told(chosen(fee, help_, question=question), reader, question=question)[1:] == KIT


def test_lists_of_other_documents_and_of_later_passages_are_not_looked_at(
    reader: OnnxReader,
) -> None:
    bare = page_of(f"# Troop 7\n\n{FEE} {HELP}\n", "fees.md")
    given = chosen(pick(FEE, 4.0, bare), pick(HELP, 2.0, bare))
    assert told(given, reader, bare, PASSAGE) == []
    assert told(GIVEN, reader, bare, bare, PASSAGE) == []
    assert told(GIVEN, reader, bare, PASSAGE) != []


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("What your parents will have to supply.", KIT),
        ("what-your-parents-will-have-to-supply:", KIT),
        ("What your parents will have to supply:", [f"Thing {at}" for at in range(15)]),
        ("What your parents will have to supply:", KIT[:1]),
    ],
    ids=["no colon", "a key of front matter", "too long", "one item"],
)
def test_what_is_no_list_below_a_line(line: str, items: list[str], reader: OnnxReader) -> None:
    text = f"{FEE} {HELP}\n\n{line}\n\n" + "".join(f"- {each}\n" for each in items)
    passage = page_of(text)
    given = chosen(pick(FEE, 4.0, passage), pick(HELP, 2.0, passage))
    assert told(given, reader, passage, text=text) == []


def test_who_is_not_told_by_things(reader: OnnxReader) -> None:
    question = "Who are the people who supply what our boy needs?"
    text = TEXT.replace("- A tan shirt", "- There is a shirt that is given to each of the boys.")
    text = text.replace("- One set", "- There is one set").replace(
        "- A handbook", "- It is good to have the handbook, which is sold at the hall."
    )
    text = text.replace("shoulders", "shoulders, which is sold at the hall.")
    passage = page_of(text)
    given = chosen(pick(FEE, 4.0, passage), pick(HELP, 2.0, passage), question=question)
    assert "What your parents will have to supply:" not in told(
        given, reader, passage, question=question, text=text
    )


def test_without_a_reader_or_in_another_language_nothing_changes(reader: OnnxReader) -> None:
    assert told(GIVEN, None) == []
    german = page_of(TEXT, language="de")
    given = chosen(pick(FEE, 4.0, german), pick(HELP, 2.0, german))
    assert told(given, reader, german) == []
    assert told(replace(GIVEN, picks=()), reader) == []


def test_it_is_unsure_at_most() -> None:
    assert certainty_of(less_sure(0.95)) == "unsure"
    assert less_sure(0.3) == 0.3


def test_the_whole_way(tmp_path: Path) -> None:
    with indexed(tmp_path, {"troop.md": TEXT}) as assistant:
        answer = assistant.ask("What do we need to get for our son to join the troop?")
    assert [each.text for each in answer.sentences][1:] == KIT
    assert answer.certainty == "unsure"
