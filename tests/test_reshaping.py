"""“Shorter”, “as a table”, “translate it”: the last passages again, in another form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_model_server import FakeModelServer, Reply

from assistant import Assistant, load_settings
from assistant.answering.reshaping import asks_for_form, reshaped
from assistant.retrieval.question import Asked

QUESTION = "When was the garden of Holm laid out?"
TOLD = "It was laid out in 1872 [1]."
FORMS = """shorter|Shorter, please.|Make it shorter|as a table|As a table, please|in one sentence
translate it into German|Translate to French|in German please|auf Deutsch|kürzer|Bitte kürzer.
als Tabelle|Übersetze das ins Englische|Can you summarise that?|more details|simpler
Explain it in simple words|in bullet points|plus court|en español|más corto|tl;dr
Could you put that in a table?|Fasse das zusammen|give me the answer in two sentences|короче"""
QUESTIONS = """Who wrote it?|What is shorter, A or B?|as of 2020?|And in 2020?|in Vienna?|Why?
translate the abstract of the paper on BERT|Which table lists the fees?|Summarise the report
What about the list of authors?|and the simple case?|How many?|Is it longer than 5 m?
in the summary?|And the short one?|Explain it|the German one|Tell me more about roses"""


def parts(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


@pytest.mark.parametrize("text", parts(FORMS))
def test_form_is_known(text: str) -> None:
    assert asks_for_form(text)


@pytest.mark.parametrize("text", parts(QUESTIONS))
def test_question_stays_a_question(text: str) -> None:
    assert not asks_for_form(text)


def test_without_a_conversation_there_is_nothing_to_reshape() -> None:
    assert reshaped(Asked("shorter")).asked.text == "shorter"
    assert reshaped(Asked("shorter")).form == ""


def test_turns_about_the_form_are_left_out_of_the_conversation() -> None:
    history = [(QUESTION, TOLD), ("as a table", "| 1872 |"), ("shorter", "1872")]
    assert reshaped(Asked("And who did it?", history)).asked.history == [(QUESTION, "1872")]
    found = reshaped(Asked("auf Deutsch", history))
    assert (found.asked.text, found.form) == (QUESTION, "auf Deutsch")


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as made:
        yield made


@pytest.fixture
def assistant(tmp_path: Path, server: FakeModelServer) -> Iterator[Assistant]:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "garden.md").write_text(
        "# Garden\n\nThe garden of Holm was laid out in 1872 by Berta Lindqvist.\n"
    )
    (folder / "tables.md").write_text("# Tables\n\nA shorter table of oak stands in the hall.\n")
    values: dict[str, Any] = {
        "documents.paths": [str(folder)], "index.path": str(tmp_path / "index"),
        "llm.model": "grounded", "llm.base_url": server.base_url,
    }  # fmt: skip
    with Assistant(load_settings(None, values)) as made:
        made.sync()
        yield made


@pytest.mark.parametrize("form", ["shorter", "as a table", "Translate it into German"])
def test_other_form_is_written_from_the_same_passages(
    assistant: Assistant, server: FakeModelServer, form: str
) -> None:
    first = assistant.ask(QUESTION)
    before = len(server.requests)
    server.script = Reply("The garden of Holm was laid out in 1872 [1].")
    answer = assistant.ask(form, [(QUESTION, first.text)])
    assert [p.chunk_id for p in answer.retrieved] == [p.chunk_id for p in first.retrieved]
    assert answer.question == form
    assert [each.verdict for each in answer.sentences] == ["verbatim"]
    (request,) = server.requests[before:]
    prompt = str(request.body["messages"])
    assert QUESTION in prompt
    assert f"Form of the answer: {form}" in prompt


def test_model_sees_no_turn_about_the_form_in_a_later_rewrite(
    assistant: Assistant, server: FakeModelServer
) -> None:
    assistant.ask("And who did it?", [(QUESTION, TOLD), ("shorter", "1872")])
    rewrite = str(server.requests[0].body["messages"])
    assert QUESTION in rewrite
    assert "shorter" not in rewrite
