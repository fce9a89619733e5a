"""Questions that are offered, and the whole names by which ticked documents are asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_model_server import FakeModelServer

from assistant import Assistant, FilterError, Filters, load_settings
from assistant.chat.overview import draw_welcome, examples
from assistant.chat.question_forms import proposed
from assistant.chat.sources import chosen_names, draw_sources
from assistant.chat.suggestions import NOTHING_OFFERED, Offered, Suggestions, is_sure
from assistant.types import Conflict, DocumentInfo, Heading, Source, Status

TEXT = """# The museum

The museum of Lund was founded in 1884 by Nils Berg. It was moved in 1920.
The library holds 3,400 books. This is a note.

## How to reach it

## What does it cost?

## Which rooms are open in winter?

| Visitor | Fee in euros | Why |
|---|---|---|
| Adult | 12 | no |
"""


def source_of(text: str) -> Source:
    headings = tuple(
        Heading(2, line[3:], text.index(line)) for line in text.split("\n") if line[:3] == "## "
    )
    return Source("a.md", "The museum", "markdown", "0" * 64, "a.md", text, (), headings)


def test_questions_are_proposed_in_the_words_of_the_document() -> None:
    found = list(proposed(source_of(TEXT)))
    assert found[:2] == [
        "When was the museum of Lund founded?",
        "How many books does the library hold?",
    ]
    assert "How do I reach it?" in found
    assert "Which rooms are open in winter?" in found
    assert not any("What does it cost" in each or "What is this" in each for each in found)
    assert not any("why" in each.lower() for each in found)


def test_offered_questions_are_answered_surely_and_one_is_refused(notes: Assistant) -> None:
    offered = Suggestions(notes).first()
    assert offered.answered
    for question in offered.answered:
        answer = notes.ask(question)
        assert answer.certainty == "sure", question
        assert answer.citations
    assert len(set(offered.answered)) == len(offered.answered)


def test_an_unsure_or_disputed_answer_is_no_reason_to_offer_its_question(notes: Assistant) -> None:
    answer = notes.ask("What is the oldest tree?")
    document = answer.citations[0].document
    assert is_sure(replace(answer, confidence=0.9), document)
    assert not is_sure(replace(answer, confidence=0.7), document)
    assert not is_sure(replace(answer, confidence=0.9), "another.md")
    weak = replace(answer.sentences[0], verdict="weak")
    assert not is_sure(replace(answer, confidence=0.9, sentences=(weak,)), document)
    disputed = replace(answer, confidence=0.9, conflicts=(Conflict("", ()),))
    assert not is_sure(disputed, document)


def test_nothing_is_offered_without_an_index(tmp_path: Path) -> None:
    with Assistant(load_settings(overrides={"index.path": str(tmp_path)})) as assistant:
        assert Suggestions(assistant).first() == NOTHING_OFFERED
    assert examples(NOTHING_OFFERED) is None
    assert "Drop files or a folder here" in draw_welcome((), None, None)


def test_a_quoted_answer_calls_no_model(notes_folder: Path, tmp_path: Path) -> None:
    with FakeModelServer() as server:
        values = {
            "index.path": str(tmp_path), "documents.paths": [str(notes_folder)],
            "llm.model": "grounded", "llm.base_url": server.base_url,
        }  # fmt: skip
        with Assistant(load_settings(overrides=values)) as assistant:
            assistant.sync()
            assert "copper beech" in assistant.quote("What is the oldest tree?").text
            assert Suggestions(assistant).first().answered
            assert not server.requests
            assistant.ask("What is the oldest tree?")
            assert server.requests


def test_whole_names_choose_documents_and_no_pattern_is_read(notes: Assistant) -> None:
    chosen = Filters(names=("archive/plants.md",))
    found = notes.retrieve("plants", filters=chosen)
    assert {passage.document for passage in found} == {"archive/plants.md"}
    with pytest.raises(FilterError):
        notes.retrieve("plants", filters=Filters(names=("archive/*",)))
    with pytest.raises(FilterError, match="name"):
        notes.retrieve("plants", filters=Filters(names=(3,)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ticked", "names"),
    [
        ("", ()),
        ("7:0", ("a.md",)),
        ("7:0-1", ("a.md", "b/<i>.md")),
        ("7:1,1,9999999", ("b/<i>.md",)),
    ],
)
def test_numbers_of_rows_mean_documents(ticked: str, names: tuple[str, ...]) -> None:
    assert chosen_names(ticked, INFOS, STATUS) == names


@pytest.mark.parametrize("ticked", ["7:", "6:0", "7:x", "7:1-", "x:1", "7:99", "hello", "²:1"])
def test_numbers_that_mean_none_are_refused_in_words(ticked: str) -> None:
    with pytest.raises(FilterError):
        chosen_names(ticked, INFOS, STATUS)


def test_names_of_documents_are_escaped_in_the_list() -> None:
    drawn = draw_sources(INFOS, STATUS)
    assert "<i>" not in drawn
    assert "&lt;i&gt;.md" in drawn
    assert "1 kB" in drawn


INFOS = (
    DocumentInfo("a.md", "A", "markdown", "2024-01-01", size_bytes=999),
    DocumentInfo("b/<i>.md", "<i>B", "markdown", "2024-01-01", tags=("b",), size_bytes=1200),
)
STATUS = Status("index", "g000007", "", 2, 2, (), "static", ("g000007",), 0)


def test_the_first_screen_says_what_is_here_and_what_was_tried() -> None:
    infos = [DocumentInfo(f"{at}.html", "Pier", "html", "2026-01-0" + str(at)) for at in (1, 2)]
    status = SimpleNamespace(not_indexed=())
    tried = draw_welcome(infos, status, Offered(("Who built it?",), ""))  # type: ignore[arg-type]
    given = draw_welcome(infos, status, Offered(("Who?",), "", is_given=True))  # type: ignore[arg-type]
    assert "2 web pages" in tried
    assert "each was asked before" in tried
    assert "each was asked before" not in given
