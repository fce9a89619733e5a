"""Sources that state another number or date for the same thing are shown side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed

from assistant import Assistant
from assistant.answering.slot_values import (
    SlotValue,
    differ,
    form_of,
    only_difference,
    value_beside,
    value_by_form,
)
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed


def test_two_dates_for_one_thing_are_shown_side_by_side(notes: Assistant) -> None:
    answer = notes.ask("When was the garden of Holm laid out?")
    assert len(answer.conflicts) == 1
    conflict = answer.conflicts[0]
    assert {(claim.document, claim.value) for claim in conflict.claims} == {
        ("garden/plants.md", "1872"),
        ("garden/letters.txt", "1875"),
    }
    by_marker = {citation.marker: citation for citation in answer.citations}
    for claim in conflict.claims:
        assert by_marker[claim.marker].document == claim.document
        assert claim.value in by_marker[claim.marker].quote
    assert "1872" in answer.text
    assert "1875" in answer.text


def test_disagreement_of_the_sample_folder_is_found(sample: Assistant) -> None:
    answer = sample.ask("When was ICLR founded?")
    values = {claim.value for conflict in answer.conflicts for claim in conflict.claims}
    assert len(values) >= 2
    assert len({c.document for c in answer.citations}) >= 2


@pytest.mark.parametrize(
    "question", ["Who laid out the garden of Holm?", "How many sheets does the herbarium have?"]
)
def test_where_sources_agree_there_is_no_conflict(notes: Assistant, question: str) -> None:
    assert notes.ask(question).conflicts == ()


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("When did it open?", "It opened in 1999.", "1999"),
        ("When did the 1998 school open?", "The school of 1998 opened in 2001.", "2001"),
        ("How many people came?", "In 2001, 1,250 people came.", "1,250"),
        ("How many people came?", "In 2001 the town had 1,250 people.", "1,250"),
        ("How many people came?", "About 40 percent came.", ""),
        ("What percentage was accepted?", "They accepted 26% of 900 papers.", "26%"),
        ("When did it open?", "It opened late.", ""),
    ],
)
def test_value_that_a_sentence_states(question: str, text: str, value: str) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    found = value_by_form(asked, text, form_of(asked))
    assert (found.text if found else "") == value


def _at(sentence: str, text: str) -> SlotValue:
    start = sentence.index(text)
    return SlotValue(text, start, start + len(text))


def test_a_value_is_found_beside_another_sentences() -> None:
    first = "The mill at Hove was built by Anna Lund in the spring."
    other = "It is known that the mill at Hove was built by Per Dahl in spring."
    found = value_beside(_at(first, "Anna Lund"), first, other)
    assert found is not None
    assert found.text == "Per Dahl"


@pytest.mark.parametrize(
    ("a", "b", "values"),
    [
        ("The gate was painted by Ola Vik in oil.", "The gate was painted by Eva Rud in oil.",
         ("Ola Vik", "Eva Rud")),
        ("The gate was painted by Ola Vik.", "The gate was repaired by Ola Vik.", None),
        ("The gate was painted by Vik in 1911.", "The gate was painted by Vik in 1912.", None),
        ("The red gate stands at Hove.", "Bread is baked by the village on Friday.", None),
    ],
)  # fmt: skip
def test_what_alone_differs_between_two_sentences(
    a: str, b: str, values: tuple[str, str] | None
) -> None:
    found = only_difference(a, b, "name")
    assert (found and (found[0].text, found[1].text)) == values


@pytest.mark.parametrize(
    ("a", "b", "mine", "theirs", "conflicts"),
    [
        ("It cost 40 crowns.", "It cost 52 crowns.", "40", "52", True),
        ("It cost about 40 crowns.", "It cost 42 crowns.", "40", "42", False),
        ("It took 40 days.", "It cost 52 crowns.", "40", "52", False),
        ("It opened in May 1911.", "It opened in 1911.", "May 1911", "1911", False),
        ("It opened in May 1911.", "It opened in June 1911.", "May 1911", "June 1911", True),
        ("Ada Lund built it.", "Lund built it.", "Ada Lund", "Lund", False),
        ("Ada Lund built it.", "Per Dahl built it.", "Ada Lund", "Per Dahl", True),
    ],
)
def test_values_conflict_only_when_both_cannot_hold(
    a: str, b: str, mine: str, theirs: str, conflicts: bool
) -> None:
    form = "date" if "opened" in a else "any"
    assert differ(_at(a, mine), _at(b, theirs), a, b, form) is conflicts  # type: ignore[arg-type]


_PLANTS = (
    "The shed was built of larch in one summer. It holds tools, two ladders and a wheelbarrow. "
    "Moss grows thick on the north side of its roof. Swallows nest under the eaves from May on. "
    "The path to the well begins behind it and is paved with slate. In winter the sledges are "
    "hung from the beams, and the apples lie in straw below them."
)


def test_a_copy_with_another_name_is_no_mere_copy(tmp_path: Path) -> None:
    """Nearly equal texts are folded into one passage; what they say otherwise is still told."""
    files = {
        "a.txt": _PLANTS
        + "The key of the shed is kept by Marta Holm in the blue house. "
        + _PLANTS,
        "b.txt": f"{_PLANTS} The key of the shed is kept by Peer Aas in the blue house.",
    }
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask("Who keeps the key of the shed?")
        values = {claim.value for conflict in answer.conflicts for claim in conflict.claims}
        assert values == {"Marta Holm", "Peer Aas"}
        for citation in answer.citations:
            text = assistant.document_text(citation.document)
            assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("files", "question", "first", "dated"),
    [
        ({"price_v1.md": "# Prices, version 1\n\nA day in the sauna costs 90 crowns.\n",
          "price_v2.md": "# Prices, version 2\n\nA day in the sauna costs 120 crowns.\n"},
         "What does a day in the sauna cost now?", "120", "version 2"),
        ({"a.md": "# Rules\n\nEffective from 2 March 2022.\n\nThe quiet hour begins at 21:30.\n",
          "b.md": "# Rules\n\nEffective from 5 May 2019.\n\nThe quiet hour begins at 22:15.\n"},
         "When does the quiet hour begin?", "21:30", "2022-03-02"),
        ({"tarif-2020.md": "# Tarif 2020\n\nDie Leihgebühr beträgt 12 Euro.\n",
          "tarif-2025.md": "# Tarif 2025\n\nDie Leihgebühr beträgt 18 Euro.\n"},
         "Wie hoch ist die Leihgebühr?", "18", "2025"),
    ],
)  # fmt: skip
def test_the_newest_document_is_told_first_with_its_date(
    tmp_path: Path, files: dict[str, str], question: str, first: str, dated: str
) -> None:
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask(question)
        assert first in answer.text.partition("[1]")[0]
        assert dated in answer.text.partition("[1]")[0]
        assert [claim.marker for claim in answer.conflicts[0].claims] == [1, 2]
        assert dated in answer.conflicts[0].claims[0].dated


def test_another_place_is_no_other_claim(tmp_path: Path) -> None:
    files = {
        "Torvik.md": "# Torvik\n\nThe deposit for the boat house is 410 crowns.\n",
        "Lusand.md": "# Lusand\n\nThe deposit for the boat house is 530 crowns.\n",
    }
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask("What is the deposit for the boat house at Torvik?")
        assert answer.conflicts == ()


def test_a_withdrawn_document_comes_last(tmp_path: Path) -> None:
    files = {
        "a-2024.md": "# Fees 2024\n\nThis notice is withdrawn.\n\nThe fee is 70 crowns a year.\n",
        "a-2022.md": "# Fees 2022\n\nThe fee is 60 crowns a year.\n",
    }
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask("What is the fee?")
        assert "60" in answer.text.partition("[1]")[0]
        assert "withdrawn" in answer.text


def test_what_holds_instead_is_told_beside_a_withdrawal(tmp_path: Path) -> None:
    files = {"n.md": "Notice of 4 May: the west gate is open to visitors.\n\nNotice of 7 June: the "
             "notice of 4 May is withdrawn. The west gate is shut until spring.\n"}  # fmt: skip
    with indexed(tmp_path, files) as assistant:
        assert "shut until spring" in assistant.ask("Is the west gate open?").text
