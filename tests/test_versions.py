"""What changed between two versions of a document: found, paired, and cited on both sides."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_texts import indexed

from assistant import Answer, Assistant
from assistant.comparing.differences import changes_of, likeness
from assistant.comparing.families import bare, families_of
from assistant.types import DocumentInfo

OLD = """# Lending policy, version 1

Date: 3 February 2025

Members may borrow five books. A loan lasts three weeks. The fine is 20 cents a day.
Dogs stay outside.

| Item | Days | Fee |
|---|---|---|
| Book | 21 | 0 |
| Film | 7 | 1 EUR |
| Game | 14 | 2 EUR |
"""
NEW = """# Lending policy, version 2

Date: 14 April 2026

Dogs stay outside. Members may borrow eight books. A loan lasts three weeks.
Children pay no fine.

| Item | Days | Fee |
|---|---|---|
| Film | 10 | 1 EUR |
| Book | 21 | 0 |
| Map | 14 | 0 |
"""
FILES = {
    "policy-v1.md": OLD,
    "policy-v2.md": NEW,
    "report-2024.md": "# Report\n\nWe bought a boat and a drum.",
    "report-2025.md": "# Report\n\nNobody sailed because of storms.",
    "ferry.md": "# Ferry\n\nThe ferry sails at nine.",
    "tram.md": "# Tram\n\nThe tram runs every ten minutes.",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with indexed(tmp_path_factory.mktemp("versions"), FILES) as found:
        yield found


def told(old: str, new: str) -> set[tuple[str, str, str]]:
    return {
        (
            each.kind,
            old[each.old.start : each.old.end].lstrip("# ") if each.old else "",
            new[each.new.start : each.new.end].lstrip("# ") if each.new else "",
        )
        for each in changes_of(old, new)
    }


def test_sentences_and_rows_are_added_removed_and_changed_and_moving_is_no_change() -> None:
    assert told(OLD, NEW) == {
        ("changed", "Lending policy, version 1", "Lending policy, version 2"),
        ("changed", "Date: 3 February 2025", "Date: 14 April 2026"),
        ("changed", "Members may borrow five books.", "Members may borrow eight books."),
        ("removed", "The fine is 20 cents a day.", ""),
        ("added", "", "Children pay no fine."),
        ("changed", "| Film | 7 | 1 EUR |", "| Film | 10 | 1 EUR |"),
        ("removed", "| Game | 14 | 2 EUR |", ""),
        ("added", "", "| Map | 14 | 0 |"),
    }


def test_a_changed_row_names_its_cells() -> None:
    [row] = [each for each in changes_of(OLD, NEW) if each.cells]
    assert [(each.name, each.old.text, each.new.text) for each in row.cells] == [
        ("Days", "7", "10")
    ]


def test_texts_that_are_the_same_have_no_changes_and_long_ones_end() -> None:
    assert changes_of(OLD, OLD.replace("\n\n", "\n\n\n")) == []
    a = " ".join(f"Sentence {at} is here and says a thing." for at in range(6_000))
    assert len(changes_of(a, a + " One more stands at the end.")) == 1
    b = "Same. " * 20_000
    assert changes_of(b, b + "Same. ")[0].kind == "added"


def test_families_are_versions_of_one_name() -> None:
    names = ["a/policy-v1.md", "a/policy v2.0 final.docx", "ferry.md", "minutes 2024-05.pdf",
             "minutes 2025-06.pdf"]  # fmt: skip
    infos = [DocumentInfo(name, name, "", "") for name in names]
    found = [{each.name for each in family} for family in families_of(infos)]
    assert found == [set(names[:2]), set(names[3:])]
    assert bare("Policy (version 2.1)") == bare("policy_v3")


def test_versions_are_alike_and_other_documents_are_not() -> None:
    assert likeness(OLD, NEW) > 0.5
    assert likeness(FILES["ferry.md"], FILES["tram.md"]) == 0


ASKED = [
    "What changed between v1 and v2 of the lending policy?",
    "What changed between v1 and v2?",
    "What has changed in the lending policy since March 2026?",
    "What has changed since 2026?",
    "Compare policy-v1.md with policy-v2.md.",
    "What are the differences between the old and the new version of the lending policy?",
    "Was hat sich zwischen Version 1 und Version 2 geändert?",
]


@pytest.mark.parametrize("question", ASKED)
def test_a_question_for_changes_shows_both_sides(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "From policy-v1.md to policy-v2.md, sentences and rows: 4 changed" in answer.text
    assert sides(answer, "Members may borrow five books.") == "policy-v1.md"
    assert sides(answer, "Members may borrow eight books.") == "policy-v2.md"
    assert "| Film, Days: 7 [" in answer.text
    assert answer.sentences[0].verdict == "computed"
    for citation in answer.citations:
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote


def sides(answer: Answer, quote: str) -> str:
    [document] = {each.document for each in answer.citations if each.quote == quote}
    return document


@pytest.mark.parametrize(
    "question",
    [
        "What are the differences between the ferry and the tram?",
        "What changed between 2024 and 2025?",  # reports that have nothing in common
        "What changed since 1950?",
        "What changed between v7 and v9?",
        "Compare the ferry with the tram.",
    ],
)
def test_what_are_no_versions_goes_the_ordinary_way(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.reason != "compared"
    assert "sentences and rows" not in answer.text


def test_a_month_without_a_year_is_the_last_one_that_has_begun(tmp_path: Path) -> None:
    today = datetime.date.today()
    last_year = today.replace(year=today.year - 1, day=1)
    files = {
        "a/policy-v1.md": OLD.replace("3 February 2025", f"1 January {today.year - 2}"),
        "a/policy-v2.md": NEW.replace("14 April 2026", f"{today:%d} {today:%B} {today.year}"),
    }
    with indexed(tmp_path, files) as assistant:
        answer = assistant.ask(f"What has changed since {last_year:%B}?")
        assert answer.reason == "compared"
