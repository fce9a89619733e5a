"""Letters, codes with their meaning, plans that are no documents, lists in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from pathlib import Path
from unittest.mock import patch

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering.candidates import rank_candidates
from assistant.answering.coded_entries import is_coded_entry
from assistant.answering.doubts import doubted, doubts_of
from assistant.answering.life_years import without_life_years
from assistant.answering.page_lines import is_page_line
from assistant.answering.picks import Extraction
from assistant.answering.unfilled_slots import share_filled
from assistant.answering.untold_kinds import share_of_noun
from assistant.embedding.static import StaticEmbedder
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

MANUAL = """# Tandel T-4 kiln

### Messages

**K04** Tray empty - fill.
**K11** Door not shut. Wipe the seal, close again.
**K23** Too hot. Leave off for 40 minutes with the door open.
**K31** Printer out of paper.
"""
MAIL = """From: Tandel Service
Subject: T-4 fault K11 again

Hello Mira,

Sounds like the door seal of the Tandel. A fitter comes on Monday.
"""
FEES = """# Holm Pottery: fees

## Holm Plan

Monthly payment: 21 crowns. It covers:

- two firings a month
- clay up to 10 kg
- one course a year

Shortest term of the plan: 12 months.
"""
HALL = """Holm Pottery: lease of the workshop

4. TENANT'S DUTIES
4.1 To keep the inside of the building in good repair.

5. LANDLORD'S DUTIES
5.1 To repair the roof, outside walls, drains and the shared stair.
5.2 To insure the building; the Tenant repays its share.
"""
ROTA = """Week,Name,Remarks
4 Nov,Ilse Marn,
11 Nov,Jon Orvik,leave all week
"""
assistant = indexed_for_module(
    {"manual.md": MANUAL, "mail.txt": MAIL, "fees.md": FEES, "lease.txt": HALL, "rota.csv": ROTA}
)


def test_a_code_is_told_by_its_entry_and_the_rest_of_its_line(assistant: Assistant) -> None:
    answer = assistant.ask("What does fault K23 mean on the Tandel?")
    assert answer.certainty in ("likely", "sure")
    assert [each.text for each in answer.sentences] == [
        "**K23** Too hot.",
        "Leave off for 40 minutes with the door open.",
    ]


@pytest.mark.parametrize(
    ("text", "is_entry"),
    [
        ("**K23** Too hot.", True),
        ("K23  Too hot.", True),
        ("K23: too hot", True),
        ("K23 Too hot.", False),
        ("**K31** Out of paper.", False),
    ],
)
def test_an_entry_may_only_be_set_off(text: str, is_entry: bool) -> None:
    asked = analyse(analysed("What does fault K23 mean?"), (), lambda term: 1.0)
    assert is_coded_entry(asked, text, frozenset(asked.weights)) is is_entry


def test_a_plan_below_a_heading_is_no_document(assistant: Assistant) -> None:
    answer = assistant.ask("What does the Holm Plan cover?")
    assert "two firings a month" in answer.text
    assert "clay up to 10 kg" in answer.text
    assert "opening lines" in assistant.ask("What does lease.txt cover?").text


def test_things_listed_in_a_line_answer_where_the_reader_is_sure(assistant: Assistant) -> None:
    answer = assistant.ask("What parts of the building does the landlord have to repair?")
    assert answer.sentences[0].text.startswith("5.1 To repair the roof")
    assert answer.certainty in ("likely", "sure")


def test_a_row_of_the_one_asked_about_tells_of_nobody_else(assistant: Assistant) -> None:
    answer = assistant.ask("Who is covering for Jon Orvik while he is on leave?")
    assert answer.certainty in ("none", "unsure")
    assert assistant.ask("Who is on leave all week?").certainty in ("likely", "sure")


@pytest.mark.parametrize(
    ("question", "row", "is_doubted"),
    [
        ("Who covers for Jon Orvik?", "Jon Orvik,leave all week", True),
        ("Who covers for Mr Orvik?", "Mr Jon Orvik,Leave all week", True),
        ("Who is Jon Orvik?", "Jon Orvik,eldest potter", False),
        ("Who covers for Jon Orvik?", "Jon Orvik,covered by Mira", False),
        ("Who sweeps the loft?", "sweeping the loft,all pupils", False),
    ],
)
def test_who_is_told_by_another_name(
    tmp_path: Path, question: str, row: str, is_doubted: bool
) -> None:
    seen: list[dict[str, float]] = []

    def noted(p: float, extraction: Extraction, passages: Sequence[Passage]) -> float:
        assert extraction.ranked[0].row is not None
        seen.append(dict(doubts_of(extraction, passages)))
        return doubted(p, extraction, passages)

    rows = f"Name,Remarks\n{row}\nIlse Marn,paints the loft\n"
    with (
        indexed(tmp_path, {"rota.csv": rows}) as assistant,
        patch("assistant.answering.extractive.doubted", noted),
    ):
        assistant.ask(question)
    assert ("unfilled" in seen[0]) is is_doubted


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Dear Mr Orvik,", True),
        ("Hi all,", True),
        ("Kind regards", True),
        ("Thank you for ringing.", True),
        ("Thank you for your letter.", True),
        ("Thank you for your gift of 500 crowns.", False),
        ("Dear Mr Orvik, the roof leaks.", False),
        ("Thank you for ringing. The roof leaks since May.", False),
        ("Regards are sent by the mayor.", False),
        ("Hello is said by all who enter the hall; it opens at nine.", False),
    ],
)
def test_how_a_letter_greets_and_thanks_answers_nothing(line: str, is_one: bool) -> None:
    assert is_page_line("What was Jon Orvik told?", line) is is_one


@pytest.mark.parametrize(
    ("question", "line", "is_head"),
    [
        ("What is worn for glazing?", "Holm Pottery | Version 5 | Owner: Ida Holm", True),
        ("Who is in charge of glazing?", "Holm Pottery | Version 5 | Owner: Ida Holm", False),
        ("What is worn for glazing?", "Gloves | Apron | Mask", False),
        ("Which office has Ida Holm?", "Ida Holm | treasurer | tel 01632 960 551", False),
        ("What is done by May?", "Oil the door | 3 May | Owner: Colm", False),
    ],
)
def test_the_head_of_a_form_answers_nothing(question: str, line: str, is_head: bool) -> None:
    assert is_page_line(question, line) is is_head


def test_who_is_greeted_may_be_asked() -> None:
    assert not is_page_line("To whom is the letter addressed?", "Dear Mr Orvik,")


@pytest.mark.parametrize(
    "born", ["d.o.b. 11/02/1996", "DOB: 11.2.1996", "date of birth 11 May 1996"]
)
def test_a_date_of_birth_dates_no_deed(born: str) -> None:
    text = f"Re: Mira Tolven, {born}, seen."
    asked = analyse(analysed("When was Mira Tolven seen?"), (), lambda term: 1.0)
    assert "1996" not in without_life_years(asked, text)
    of_birth = analyse(analysed("When was Mira Tolven born?"), (), lambda term: 1.0)
    assert "1996" in without_life_years(of_birth, text)


@pytest.mark.parametrize(
    ("text", "is_doubted"),
    [
        ("Tell the potter in charge and ring 01632 960 551.", True),
        ("We charge 30 crowns for each half hour.", False),
        ("Missed lessons: £30 for each half hour.", False),
    ],
)
def test_what_is_charged_is_told_by_money(text: str, is_doubted: bool) -> None:
    asked = analyse(analysed("What do we charge for missed lessons?"), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Notes", text, 0, len(text), None, (), 1.0, language="en")
    ranked = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    assert (share_of_noun(asked, ranked[0], ranked) < 1.0) is is_doubted


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Somebody is cross with the landlord, who went to him?", ["cross"]),
        ("Does a little bit of everything come from somewhere else?", []),
        ("Is Bit Orvik a glazier?", ["Bit", "glazier"]),
    ],
)
def test_a_refusal_names_words_with_content(
    assistant: Assistant, question: str, named: list[str]
) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert re.findall("“(.+?)”", answer.text) == named


@pytest.mark.parametrize(
    ("question", "text", "doubts"),
    [
        ("How much do pupils pay for clay?", "Pupils pay nothing for clay.", set()),
        ("How many kilns are there for each potter?", "A single kiln is for each potter.", set()),
        ("How many kilns are there?", "There is no stair to the kilns.", {"unfilled"}),
        ("How many kilns are there for each potter?", "Kilns are for each potter.", {"unfilled"}),
        ("How quickly can the sieve solve it?", "The sieve can solve it in linear time.", set()),
        ("How quickly can the sieve solve it?", "The sieve can solve it in the loft.", {"measure"}),
    ],
)
def test_amounts_in_words_are_told(question: str, text: str, doubts: set[str]) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Notes", text, 0, len(text), None, (), 1.0, language="en")
    ranked = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    found = doubts_of(Extraction(asked, ranked[:1], ranked), [passage])
    assert {"unfilled", "measure"} & found.keys() == doubts
    assert doubted(0.8, Extraction(asked, ranked[:1], ranked), [passage]) == pytest.approx(
        0.8 * prod(found.values())
    )


def test_the_next_sentence_may_say_the_name() -> None:
    text = "The potters look for cracks and mark them. This is called candling."
    asked = analyse(analysed("What is the look for cracks called?"), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Notes", text, 0, len(text), None, (), 1.0, language="en")
    ranked = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    first, second = sorted(ranked, key=lambda pick: pick.start)
    assert share_filled(asked, first) < 1.0
    assert share_filled(asked, first, [first, second]) == 1.0


def ranked_texts(question: str, text: str) -> list[str]:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    passage = Passage("c", "d.md", "Glazing", text, 0, len(text), None, (), 1.0, language="en")
    return [
        pick.text
        for pick in rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
    ]


def test_a_head_beside_a_table_answers_nothing_and_a_row_may() -> None:
    head = "Holm Pottery | Version 5 | Owner: Ida Holm (lead for glazing)"
    rows = "| What | Seen |\n|---|---|\n| Updated 3 May | masks |\n| Gloves | apron |\n"
    text = f"{head}\nApplies to: all potters\n\nHeavy masks (yellow), apron, visor.\n\n{rows}"
    found = ranked_texts("What masks are worn for glazing?", text)
    assert head not in "".join(found)
    assert "| Updated 3 May | masks |" in found
    assert head in "".join(ranked_texts("Who is the owner of the sheet on glazing?", text))


def test_a_row_without_names_may_tell_who(tmp_path: Path) -> None:
    tasks = "Task,Done by\nglazing,the eldest potter\nsweeping,all pupils\n"
    with indexed(tmp_path, {"tasks.csv": tasks}) as assistant:
        answer = assistant.ask("Who does the glazing?")
        assert "the eldest potter" in answer.text
        assert answer.certainty == "sure"


def test_a_definition_is_no_entry_of_a_code(tmp_path: Path) -> None:
    text = (
        "# The kiln of Vik\n\nA saggar is a box of clay that keeps flames off. It was ours since "
        "May. Nobody paints it. The loft is dry.\n"
    )
    with indexed(tmp_path, {"kiln.md": text}) as assistant:
        answer = assistant.ask("What is a saggar?")
        assert "keeps flames off" in answer.text
        assert "Nobody paints it" not in answer.text


def test_an_entry_gains_where_all_that_is_asked_is_there() -> None:
    text = "**K23** Too hot."
    asked = analyse(analysed("What does K23 mean on the Vik kiln?"), (), lambda term: 1.0)

    def score(title: str) -> float:
        passage = Passage("c", "d.md", title, text, 0, len(text), None, (), 1.0, language="en")
        [pick] = rank_candidates(asked, [passage], SentenceIndex(StaticEmbedder())).ranked
        return pick.score

    assert score("Vik kiln") > score("Tandel kiln") + 2.5


def test_the_same_code_of_another_machine_comes_later(tmp_path: Path) -> None:
    other = "# Vik kiln\n\n### Messages\n\n**K22** Belt loose.\n**K23** Belt torn. Call Vik.\n"
    with indexed(tmp_path, {"manual.md": MANUAL, "vik.md": other}) as assistant:
        assert (
            "Too hot" in assistant.ask("What does K23 mean on the Tandel kiln?").sentences[0].text
        )
        assert "Belt torn" in assistant.ask("What does K23 mean on the Vik kiln?").sentences[0].text


def test_a_plan_with_a_document_of_its_own_is_that_document(tmp_path: Path) -> None:
    plan = (
        "# Plan of the Holm pottery\n\nThis is for all potters.\n\n"
        "## The Holm plan in short\n\nIt covers clay.\n"
    )
    with indexed(tmp_path, {"2024.md": plan, "fees.md": FEES}) as assistant:
        assert "opening lines" in assistant.ask("Summarise the Holm plan.").text


def test_a_list_in_a_line_that_nobody_reads_as_the_answer_gains_nothing() -> None:
    question = "Which parts of the building are repaired?"
    first = "Parts of the building are repaired."
    last = "Parts of the building hold paint, brushes, ladders and rope."
    assert ranked_texts(question, f"{first} {last}")[0] == first
