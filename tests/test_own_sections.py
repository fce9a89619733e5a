"""What a thing does is told by the first sentence of the section that is its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.retrieval.things_at_work import opens_own_section, thing_at_work

SLUICE = """# tide-sluice @3.1

Let water out

## Synopsis

    tide sluice [--all] [gate]

## Description

Opens the gates one after the other, the lowest first, until the basin stands as high as the sea.

Note: tide sluice will never open a gate that the keeper has locked, so open such a gate by hand.

## Examples

Empty the upper basin using tide sluice instead of tide drain:

    tide sluice upper

If tide sluice was ended early, tide sluice goes on with the gate that it had reached.
"""
DRAIN = """# tide-drain @3.1

## Description

This command opens every gate at once. What tide sluice does slowly is done here within a minute.

When tide drain is used beside tide sluice, the later one waits.
"""
PUMPE = """# Handbuch des Hafens

## Die Lenzpumpe

Sie hebt das Wasser aus dem Keller in das obere Becken und schaltet sich dort selbst ab.

Zur Lenzpumpe gehört ein Sieb. Wer die Lenzpumpe reinigt, nimmt vorher das Sieb der Lenzpumpe ab.

## Das Sieb

Das Sieb hält Muscheln und Laub von der Lenzpumpe fern.
"""
assistant = indexed_for_module(
    {"tide-sluice.md": SLUICE, "tide-drain.md": DRAIN, "hafen.md": PUMPE}
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What does tide sluice do?", "Opens the gates one after the other"),
        ("What does the tide sluice command do exactly?", "Opens the gates one after the other"),
        ("What is tide sluice used for?", "Opens the gates one after the other"),
        ("What does tide drain do?", "This command opens every gate at once"),
        ("Was macht die Lenzpumpe?", "Sie hebt das Wasser"),
    ],
)
def test_the_first_sentence_of_its_own_section(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("sure", "likely"), answer
    assert answer.text.startswith(told), answer.text


def test_another_question_about_the_thing_is_answered_elsewhere(assistant: Assistant) -> None:
    answer = assistant.ask("Which gates does tide sluice never open?")
    assert "the keeper has locked" in answer.text


@pytest.mark.parametrize(
    ("question", "language", "thing"),
    [
        ("What does npm ci do?", "en", {"npm", "ci"}),
        ("What is the --all flag for?", "en", {"all"}),
        ("What does the keeper do in winter?", "en", set()),
        ("Wozu dient der Spülkasten?", "de", {"spülkasten"}),
        ("À quoi sert l'écluse ?", "fr", {"écluse"}),
        ("¿Para qué sirve la compuerta?", "es", {"compuerta"}),
        ("A cosa serve la pompa?", "it", {"pompa"}),
        ("Who does the work?", "en", set()),
    ],
)
def test_questions_that_ask_what_a_thing_does(
    question: str, language: str, thing: set[str]
) -> None:
    assert thing_at_work(question, language) == thing


def test_its_own_section_is_found_among_many_pages_that_name_it_more(tmp_path: Path) -> None:
    pages = {
        f"page{n}.md": f"# How tide moor goes with part {n}\n\nUse tide moor before part {n}. What "
        f"does tide moor do then? It waits, and what tide moor holds is held by part {n}.\n"
        for n in range(60)
    }
    settings = "\n\n".join(
        f"## Setting {n}\n\n{'Says how tide moor waits. ' * 30}" for n in range(10)
    )
    told = "Ties every boat to the ring nearest to it."
    pages["moor.md"] = f"# tide-moor\n\n{told}\n\n{settings}\n"
    with indexed(tmp_path, pages) as assistant:
        assert assistant.retrieve("What does tide moor do?")[0].document == "moor.md"
        assert assistant.ask("What does tide moor do?").text.startswith(told)


def test_headings_that_open_a_section_of_its_own() -> None:
    moor = frozenset({"tide", "moor"})
    assert opens_own_section(moor, ["Manual", "tide-moor @3.1"])
    assert opens_own_section(moor, ["The tide moor command", "Description"])
    assert not opens_own_section(moor, ["tide-moor", "Examples"])
    assert not opens_own_section(moor, ["tide-drain", "Description"])
    assert not opens_own_section(frozenset(), ["Description"])
