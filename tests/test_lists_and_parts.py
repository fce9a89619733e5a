"""Lists and tables below a line that leads to them, counted things, and questions of two parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering import candidates, choice, extractive
from assistant.answering.antecedents import goes_on, leans
from assistant.answering.asked_lists import asks_for_several
from assistant.answering.candidates import Candidates
from assistant.answering.lines_beside import cites_work, is_beside_text, is_credit, tells_picture
from assistant.answering.statement_marks import is_hearsay
from assistant.answering.two_questions import two_questions
from assistant.retrieval.counted_things import (
    announces,
    count_asked_for,
    is_of_kind_asked_for,
    things_named,
)
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences

HARBOUR = """# Harbour of Tandel

## Berths

The harbour was dug by the monks of the island. Every berth is swept in turn, and the boats of a
berth leave it for so long. The berths with the months of their sweeping are as follows:

| 1. | Reed Quay | March to April |
| 2. | Old Steps | May |
| 3. | Heron Wall | June to July |
| 4. | Salt Arm | October |

The salt arm was built last. Boats of the salt arm may lie in the other berths.

## Caulking

Every boat is caulked in winter. This section shows 3 of the better known schemes of caulking: by
iron, by mallet and by steam. Steam is dear and needs a boiler.

## Console

The crane has a console with shortcuts:

- The load field takes kilograms, and the following keys will change the load shown as follows:
  - P to raise the load by ten
  - Q to lower the load by ten
  - F to fetch the heaviest load of the month
  - L to fetch the lightest load of the month
  - W to weigh an empty hook

## Ropes

In Tandel there are three usual ways of splicing ropes:

- With the long spike you can splice a rope of hemp in the hand, which takes an hour of work.
Figure 4.2. The long spike in its case

(Picture: The long spike in its case)

The spike lies in the case with its point to the left.
- With the bench you can splice a rope of wire.
- With tar you can splice what is to stay under water.

The rope walk is closed on Sundays.

## Flags

There are four flags of warning in Tandel, which hang from the northern mast:

- The red flag.
- The white flag.
- The striped flag.
"""
assistant = indexed_for_module({"harbour.md": HARBOUR, "barn.md": "# Barn\n\nThe barn is green.\n"})


def told(assistant: Assistant, question: str) -> list[str]:
    return [" ".join(each.text.split()) for each in assistant.ask(question).sentences]


@pytest.mark.parametrize(
    "question",
    [
        "List the four berths of the harbour and the months of their sweeping.",
        "What are the four berths?",
        "What are the berths and the months of their sweeping?",
    ],
)
def test_a_table_below_its_lead_is_given_whole(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("sure", "likely")
    for name in ("Reed Quay", "Old Steps", "Heron Wall", "Salt Arm"):
        assert name in answer.text
    assert "as follows:" in answer.sentences[0].text
    assert len(answer.sentences) == 5


def test_a_row_is_told_alone_where_a_word_picks_it_out(assistant: Assistant) -> None:
    answer = assistant.ask("Which berth is swept in the months June to July?")
    assert "Heron Wall" in answer.text
    assert "Old Steps" not in answer.text


def test_as_many_things_as_are_asked_for_are_found_under_another_word(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("Which three methods of caulking does the page show?")
    assert answer.sentences[0].text.endswith("by iron, by mallet and by steam.")
    assert answer.certainty in ("sure", "likely")
    assert len(answer.sentences) == 1  # "This section" leans on no sentence before it


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("Which key fetches the heaviest load of the month?", "F to fetch the heaviest load"),
        ("Which key weighs an empty hook?", "W to weigh an empty hook"),
    ],
)
def test_one_item_is_told_by_the_line_above_its_list(
    assistant: Assistant, question: str, item: str
) -> None:
    answer = assistant.ask(question)
    assert [each.text.startswith(item) for each in answer.sentences][-1:] == [True]
    assert len(answer.sentences) <= 2
    assert answer.certainty in ("sure", "likely")


def test_a_figure_in_an_item_does_not_end_the_list(assistant: Assistant) -> None:
    found = told(assistant, "What are the three usual ways of splicing ropes?")
    assert found[0].startswith("In Tandel there are three usual ways")
    assert [each.partition(" you")[0] for each in found[1:]] == [
        "With the long spike", "With the bench", "With tar",
    ]  # fmt: skip


def test_fewer_things_than_announced_are_never_sure(assistant: Assistant) -> None:
    answer = assistant.ask("What are the four flags of warning in Tandel?")
    assert "striped" in answer.text
    assert answer.certainty != "sure"


def test_one_row_of_many_is_never_likely_for_several_things(tmp_path: Path) -> None:
    rows = "".join(f"| {n}. | Berth {'abcdefghijklmnopqrstuv'[n]} | May |\n" for n in range(1, 21))
    text = f"# Pier\n\nThe pier lamps with the months of their cleaning are as follows:\n\n{rows}"
    with indexed(tmp_path, {"lamps.md": text}) as made:
        answer = made.ask("What are the seven pier lamps?")
    assert [each.text.split(" ")[0] for each in answer.sentences][-1] == "7."
    assert answer.certainty == "unsure"


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Which three methods are there?", 3),
        ("List the four berths.", 4),
        ("What are the 5 main rules?", 5),
        ("Quelles sont les trois façons de faire ?", 3),
        ("Welche drei Arten gibt es?", 3),
        ("What did the three brothers do?", 0),
        ("What is to be done?", 0),
        ("Which key opens it?", 0),
    ],
)
def test_the_number_of_things_asked_for(question: str, count: int) -> None:
    assert count_asked_for(question) == count


@pytest.mark.parametrize(
    ("text", "count", "named"),
    [
        ("It shows 3 of the schemes: linear, geometric, and by digits.", 3, True),
        ("It shows 3 of the schemes: linear, geometric, and by digits.", 4, False),
        ("There are two kinds (red and green).", 2, True),
        ("The three ways are by hand, by crane and by boat.", 3, True),
        ("In 1982 three men came: Tom and Jim.", 3, False),
        ("Three men came.", 3, False),
    ],
)
def test_sentences_that_name_so_many(text: str, count: int, named: bool) -> None:
    assert bool(things_named(text, count)) is named


@pytest.mark.parametrize(
    ("question", "things", "fits"),
    [
        ("Which three methods are there?", "of the better known schemes", True),
        ("Which three boats are there?", "better known schemes", False),
        ("Which three boats are there?", "green boats", True),
        ("Which three kinds of boat sheds are there?", "boat sheds", True),
        ("What three components does the shed have?", "sheds", False),
    ],
)
def test_things_are_of_the_kind_asked_for(question: str, things: str, fits: bool) -> None:
    assert is_of_kind_asked_for(question, things) is fits


def test_the_number_that_a_line_announces() -> None:
    assert announces("There are three ways of it:") == 3
    assert announces("Il y a trois principales façons :") == 3
    assert announces("There are three ways.") == 0


def test_a_verb_is_no_plural() -> None:
    assert not asks_for_several(read("Which key opens the door?"))
    assert not asks_for_several(read("Which key enters today's date?"))
    assert asks_for_several(read("Which payment providers may members use?"))
    assert asks_for_several(read("Which keys open the door?"))


def test_a_section_is_not_named_before() -> None:
    assert not leans("This section shows three schemes.")
    assert leans("This shows three schemes.")
    assert leans("These are dear.")


def test_a_caption_is_no_part_of_the_item_above_it() -> None:
    text = (
        "- With the bench you can splice a rope of wire, in an hour or so.\nFigure 3. A bench\n- b"
    )
    kinds = [span.kind for span in sentences(text)]
    assert kinds.count("item") == 2
    wrapped = (
        "The bench stands in the walk, as can be seen well in the drawing of\nFigure 3. The end."
    )
    assert next(span.kind for span in sentences(wrapped)) == "prose"
    assert wrapped[: sentences(wrapped)[0].end].endswith("Figure 3.")


BELLS = """# The bells of Orrin

The bells of Orrin were cast by Matthis Keel in the yard of the brewery. Six horses drew them up the
hill. The ringers still hold a supper for the horses.

The stories of the bell ringers were told by an old woman to Lene Farg on the ferry. Some thirty
stories are known today. She wrote them down and read them to the Historical Club of Brunn in 1891.

The town has a market on Mondays. The brewery was closed after the flood.
"""


def test_each_of_two_questions_brings_its_own_sentence(tmp_path: Path) -> None:
    asked = "Who cast the bells of Orrin, and how many horses drew them up the hill?"
    with indexed(tmp_path, {"bells.md": BELLS, "barn.md": "# Barn\n\nA green barn.\n"}) as made:
        answer = made.ask(asked)
        again = made.ask(
            "To whom were the stories of the ringers told, and which club did she read them to?"
        )
    assert "Matthis Keel" in answer.text
    assert "Six horses" in answer.text
    assert answer.notice == ""
    assert "Lene Farg" in again.text
    assert "Historical Club of Brunn" in again.text


def test_a_question_that_finds_nothing_is_named_and_the_answer_is_not_likely(
    tmp_path: Path,
) -> None:
    asked = "Who cast the bells of Orrin, and what salary did the organist earn?"
    with indexed(tmp_path, {"bells.md": BELLS, "barn.md": "# Barn\n\nA green barn.\n"}) as made:
        alone = made.ask("Who cast the bells of Orrin?")
        answer = made.ask(asked)
    assert alone.certainty in ("sure", "likely")
    assert "Matthis Keel" in answer.text
    assert "what salary did the organist earn?" in answer.notice
    assert answer.certainty == "unsure"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Who wrote it down, and which club did she tell?",
            ("Who wrote it down?", "which club did she tell?"),
        ),
        (
            "I heard of a fire, so when did it begin, and who put it out?",
            ("I heard of a fire, so when did it begin?", "who put it out?"),
        ),
        ("Who wrote it, and when?", None),
        ("Do you know who came and who left the house?", None),
        ("Who came with the king and the queen?", None),
        ("What is the difference between how it ran and how it runs today?", None),
        ("Who came, and who left, and who stayed at home?", None),
    ],
)
def test_two_questions_in_one(text: str, parts: tuple[str, str] | None) -> None:
    assert two_questions(text) == parts


ISLAND = """# The island of Sorrel

Meadow ground on Sorrel is not worn out. That is, it is never ploughed and keeps its grass for good.
For that reason, the parish usually values the meadow at what was paid for it.

## Foxes

The foxes of Sorrel are said to be fierce and there are many tales of foxes that chase horsemen. The
fierceness and the chasing of horsemen are simply not true. The foxes of Sorrel flee from people.

## Puffins

Old Harm writes that the puffins of Sorrel hatch in November, but this appears to be incorrect. The
puffins of Sorrel hatch in the last days of June, when the nights are short.

## Lamp

This image shows the lamp of the tower of Sorrel in the museum of Quay Street. The lamp was made of
brass in 1871. Today the lamp of the tower is kept in the museum of Fennel.

Berg, Ada. The lamp of the tower in the museum of Halm. Halm: North Press, 1988. ISBN 3-1234-5

## Ferry

A first round can always be changed later, but every skipper has to start a round with something.
Some do it in fog. The fog comes from the marsh.

To open your first round pull the bell of the pier twice.
"""
island = indexed_for_module({"island.md": ISLAND, "barn.md": "# Barn\n\nThe barn is green.\n"})


def test_what_only_goes_on_is_told_with_the_sentence_before(island: Assistant) -> None:
    found = told(island, "Why does the parish value the meadow at what was paid for it?")
    assert found[0].startswith("Meadow ground on Sorrel is not worn out.")
    assert found[-1].startswith("For that reason")


def test_hearsay_that_the_next_sentence_takes_back_is_no_answer(island: Assistant) -> None:
    found = told(island, "Are the foxes of Sorrel fierce, so that they chase horsemen?")
    assert any("simply not true" in each for each in found)


def test_a_sentence_that_calls_itself_incorrect_ranks_below_the_flat_one(
    island: Assistant,
) -> None:
    found = told(island, "When do the puffins of Sorrel hatch?")
    assert "last days of June" in found[0]


def test_a_title_in_a_bibliography_or_a_caption_is_no_answer(island: Assistant) -> None:
    found = told(island, "In which museum is the lamp of the tower of Sorrel today?")
    assert "museum of Fennel" in found[0]
    assert not any("North Press" in each for each in found)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Photograph of the mill (Ada Berg, CC BY-SA 3.0).", is_credit),
        ("The mill in May. (Photo: Ada Berg)", is_credit),
        ("This image shows the mill after the flood.", tells_picture),
        ("Berg, Ada. The mill of Vorn. Halm: North Press, 1988. ISBN 3-1234-5", cites_work),
        ("Berg, A., The mill, vol. 3, 1988", cites_work),
        ("This article was first published in a book of mills.", cites_work),
    ],
)
def test_lines_beside_the_text(line: str, told) -> None:  # type: ignore[no-untyped-def]
    assert told(line)
    assert is_beside_text("How old is the mill?", line)
    assert not is_beside_text("Who wrote the book about the mill?", line)


@pytest.mark.parametrize(
    "line",
    [
        "Mill wheels, by Ada Berg et al. (2019), replace the shovels by one plate.",
        "The mill was built by Ada Berg in 1988.",
        "Berg, Ada's brother, kept the mill until 1988.",
        "The picture hangs in the mill.",
    ],
)
def test_sentences_that_state_something_are_not_beside_the_text(line: str) -> None:
    assert not is_beside_text("How old is the mill?", line)


def test_hearsay_is_none_where_it_is_asked_for() -> None:
    text = "The foxes are said to be fierce."
    assert is_hearsay(read("How fierce are the foxes?"), text)
    assert not is_hearsay(read("What are the foxes said to be?"), text)


def test_sentences_that_go_on() -> None:
    assert goes_on("That is, it is never ploughed.")
    assert goes_on("For that reason, it is dear.")
    assert not goes_on("That meadow is dear.")
    assert not goes_on("The meadow is dear.")


def test_what_a_reader_holds_for_the_answer_comes_first(
    island: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Candidates] = []
    real = candidates.rank_candidates

    def noting(*arguments: Any, **named: Any) -> Candidates:
        seen.append(real(*arguments, **named))
        return seen[-1]

    monkeypatch.setattr(extractive, "rank_candidates", noting)
    island.ask("How do I start my first round?")
    ranked = seen[-1].ranked
    [vague] = [each for each in ranked if each.text.startswith("A first round")]
    [useful] = [each for each in ranked if each.text.startswith("To open your first")]
    for is_read, expected in ((True, [useful, vague]), (False, [vague, useful])):
        span = 3.0 if is_read else -3.0
        close = replace(
            useful, score=vague.score - 0.2, read=replace(useful.read, span=span, answerable=2.0)
        )
        found = choice._in_order([replace(vague, read=replace(vague.read, span=-3.0)), close])
        assert [each.start for each in found] == [each.start for each in expected]


def read(text: str):  # type: ignore[no-untyped-def]
    return analyse(analysed(text, ("en",)), (), lambda term: 1.0)
