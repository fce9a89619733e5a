"""Manuals of programs and machines: code, options, lists of codes, menus, names of a family."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.answering.choice import _reads_as_well
from assistant.answering.coded_entries import asked_signs, asks_for_code, has_code
from assistant.answering.definition_scores import definition_score
from assistant.answering.kind_scores import kind_score
from assistant.retrieval.answer_kinds import answer_kinds
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences

ERRORS = """# Errors of the pump

The controller shows what is wrong with it:

410 - dry_run: The pump runs without water.

423 - door_open: The lid of the housing is open.

431 - flow_limit: The pump has hit the limit of the flow.

We may also use these for faults that are not listed, when you run the pump outdoors.
"""
OPTIONS = """<html><body><nav>Home Start Help</nav><h1>hoist-run — Run a hoist from the shell</h1>
<p>Overview Before you begin Choose a hoist Check the cable Start the motor Stop the motor Read the
counter Examples Limits Questions</p>
<h2>Options</h2>
<dl><dt>--guarded</dt><dd>Asserts that the guard is closed before the motor turns.</dd>
<dt>--slow</dt><dd>Lifts at half of the speed. With this flag the guard may stay open.</dd></dl>
<p>Some yards want a guard (for instance hoist-run --guarded).</p>
<h2>Watching a run</h2>
<p>To list only the jammed hoists, use hoist-run with the flag for it:</p>
<pre><code>$ hoist-run --jammed
   Reading yard v0.1 (file:///yard)

listing 2 hoists
hoist north ... jammed
hoist south ... ok

list result: ok. 1 jammed; 1 running; 0 only listed
</code></pre>
<p>The latch operator holds the load. The <code>?</code> operator lifts the load by one step and
waits.</p>
<p>The guard is included in every delivery, so nobody needs to order it. A guard is a plate that
keeps hands off the cable.</p></body></html>"""
CRANES = f"""# Cranes

## Visitors

They come by boat from Bergen and stay for a day.

## Operators

The operator lifts the load by one step, and waits.

Where it is written as `??` it is an operator that swings the arm.

## A long run

```
{chr(10).join(f"step {at}: turn by {at} and wait" for at in range(220))}
```

The crane turns slowly. To park the arm in the evening, use this:

```
crane --park
```
"""
PRICES = """# Prices of the boats

The Skarv 3 Teal costs 900 crowns for a week, with two oars.

The Skarv 3 Rust is a boat for four. The yard has lent it since 2014.

Many people like the Skarv.
"""


assistant = indexed_for_module(
    {"errors.md": ERRORS, "hoist.html": OPTIONS, "prices.md": PRICES, "cranes.md": CRANES}
)


def test_the_entry_of_a_code_tells_its_meaning(assistant: Assistant) -> None:
    answer = assistant.ask("What does error code 423 mean?")
    assert answer.sentences[0].text.startswith("423 - door_open")
    assert answer.certainty in ("sure", "likely")


def test_a_code_that_is_asked_for_stands_in_the_answer(assistant: Assistant) -> None:
    answer = assistant.ask("Which error code does the pump show when I exceed the flow limit?")
    assert not answer.abstained
    assert answer.sentences[0].text.startswith("431")


def test_an_option_is_told_by_its_entry(assistant: Assistant) -> None:
    answer = assistant.ask("What does the --guarded flag do?")
    assert answer.sentences[0].text.startswith("--guarded: Asserts")


def test_what_a_program_prints_is_no_list(assistant: Assistant) -> None:
    answer = assistant.ask("How do I list only the jammed hoists?")
    assert answer.sentences[0].text.startswith("To list only the jammed hoists")
    assert "$ hoist-run --jammed" in answer.text


def test_a_menu_answers_nothing(assistant: Assistant) -> None:
    answer = assistant.ask("How do I check the cable and start the motor of a hoist?")
    assert "Overview Before" not in answer.text


def test_a_sign_is_looked_for_as_it_is_written(assistant: Assistant) -> None:
    assert "?? it is" in assistant.ask("What does the ?? operator do?").sentences[0].text.replace(
        "`", ""
    )
    assert assistant.ask("What does the operator do?").certainty == "sure"
    assert assistant.ask("What does the => operator do?").certainty in ("none", "unsure")


def test_a_definition_says_what_it_is(assistant: Assistant) -> None:
    answer = assistant.ask("What is a guard?")
    assert answer.sentences[0].text.startswith("A guard is a plate")


def test_another_one_of_the_family_is_doubted(assistant: Assistant) -> None:
    assert "900" in assistant.ask("How much does the Skarv 3 Teal cost for a week?").text
    assert assistant.ask("How much does the Skarv 3 Rust cost for a week?").certainty in (
        "none",
        "unsure",
    )


def test_a_command_behind_much_code_is_taken_along(assistant: Assistant) -> None:
    """The stretch of text around the sentence begins inside of a long block of code."""
    answer = assistant.ask("How do I park the arm in the evening?")
    assert "crane --park" in answer.text
    assert "step 219" not in answer.text


def test_when_wants_a_time(tmp_path: Path) -> None:
    texts = {
        "a.md": "# Lamps\n\nThe opening of the Skarv lamp came with many other changes in town.\n",
        "b.md": "# Mills\n\nThe opening of the Lom mill came after the great flood.\n",
    }
    with indexed(tmp_path, texts) as made:
        assert made.ask("When was the opening of the Skarv lamp?").certainty in ("none", "unsure")
        assert made.ask("When was the opening of the Lom mill?").certainty in ("likely", "sure")


def test_a_row_that_only_names_a_thing_says_not_what_it_is(tmp_path: Path) -> None:
    rows = "| Topic | Reading |\n|---|---|\n| Ground tackle | Ground tackle |\n| Oars | Rowing |\n"
    with indexed(tmp_path, {"links.md": f"# Reading list\n\n{rows}"}) as made:
        assert made.ask("What is ground tackle?").certainty in ("none", "unsure")


def test_a_heading_does_not_stand_for_the_number_that_is_asked_for(assistant: Assistant) -> None:
    assert assistant.ask("How many visitors?").certainty in ("none", "unsure")


@pytest.mark.parametrize(
    ("question", "sentence", "told"),
    [
        ("What does the yank do?", "The yank command removes a version from the shelf.", True),
        ("What does hoist-run do?", "hoist-run — Run a hoist from the shell", True),
        ("What is a yank?", "“Yank” shall mean any pull on a rope by hand.", True),
        ("What is a yank?", "Such a pull by hand is usually called a yank.", True),
        ("What is a yank?", "A yank was added to the list in the same week.", False),
        ("What does the yank do?", "Boats should only be lent with a yank on board.", False),
    ],
)
def test_who_does_something_tells_what_it_does(question: str, sentence: str, told: bool) -> None:
    asked = analyse(analysed(question), (), lambda term: 1.0)
    assert (definition_score(asked, sentence) >= 0.8) is told


def test_a_code_is_what_is_asked_for() -> None:
    asked = analyse(analysed("Which error code does the pump show?"), (), lambda term: 1.0)
    assert kind_score(asked, "423 - door_open: the lid is open.") == 1.0
    assert kind_score(asked, "The Bergen pump shows an error when it runs dry.") == 0.0


def test_a_further_sentence_with_a_missing_word_may_be_read_less_well() -> None:
    best, other = (SimpleNamespace(read=SimpleNamespace(span=at)) for at in (-1.0, -0.8))
    assert _reads_as_well(other, best, {"close"})  # type: ignore[arg-type]
    assert not _reads_as_well(other, best, ())  # type: ignore[arg-type]
    assert not _reads_as_well(best, other, {"close"})  # type: ignore[arg-type]


def test_a_number_that_is_asked_for_is_not_told_by_many(assistant: Assistant) -> None:
    assert assistant.ask("How many people like the Skarv?").certainty in ("none", "unsure")


@pytest.mark.parametrize(
    ("question", "kind", "asks"),
    [
        ("Which error do I get when I exceed the limit?", "date", False),
        ("When do I exceed the limit?", "date", True),
        ("Do you know when it opens?", "date", True),
        ("Since when is it open?", "date", True),
        ("Which boat lies where it rains?", "place", False),
        ("And where is it?", "place", True),
    ],
)
def test_a_clause_is_no_question(question: str, kind: str, asks: bool) -> None:
    assert (kind in answer_kinds(analysed(question, ("en",)))) is asks


@pytest.mark.parametrize(
    ("question", "signs"),
    [
        ("What does the ? operator do?", ["?"]),
        ("What does `=>` mean in a match?", ["=>"]),
        ("What is A - B?", []),
        ("Is it R & D?", []),
        ("How much is 5 % of it?", []),
        ("Why so ... slow?", []),
    ],
)
def test_signs_of_a_question(question: str, signs: list[str]) -> None:
    assert asked_signs(question) == signs


def test_a_stretch_from_inside_code_is_told() -> None:
    text = "step 3\n```\n\nThe crane turns. It stops."
    found = sentences(text, in_code=True)
    assert [each.kind for each in found] == ["code", "prose", "prose"]


def test_letters_in_a_page_are_no_code(tmp_path: Path) -> None:
    from assistant.reading import read_document

    page = (
        b"<html><body><pre>Dear Kari,\n\nthe boat is ready.</pre><pre><code>x = 1\ny</code></pre>"
    )
    text = read_document(page, "letter.html").text
    assert "```\nx = 1\ny\n```" in text
    assert text.count("```") == 2


@pytest.mark.parametrize(
    ("asked", "text", "holds"),
    [
        ("Which return code means a restart?", "It returns ERROR_REBOOT at the end.", True),
        ("Which return code means a restart?", r"ERROR\_REBOOT: the machine restarts.", True),
        ("Which return code means a restart?", "The MACHINE restarts at the end.", False),
    ],
)
def test_capitals_joined_by_strokes_are_a_code(asked: str, text: str, holds: bool) -> None:
    question = analyse(analysed(asked), (), lambda term: 1.0)
    assert asks_for_code(question)
    assert has_code(question, text) is holds


def test_a_definition_of_a_code_asks_for_no_code() -> None:
    assert not asks_for_code(analyse(analysed("What is a package code?"), (), lambda term: 1.0))
    assert asks_for_code(analyse(analysed("What is the error code of rust?"), (), lambda term: 1.0))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("It reduces the total cost of ownership (TCO).", 0.0),
        ("The licence costs 40 euros.", 1.0),
        ("The ferry is free of charge.", 1.0),
    ],
)
def test_a_price_needs_a_number_or_a_word_for_none(text: str, score: float) -> None:
    asked = analyse(analysed("What does the installer cost?"), (), lambda term: 1.0)
    assert kind_score(asked, text, "en") == score


def test_a_sentence_about_costs_without_a_price_is_not_likely(tmp_path: Path) -> None:
    text = (
        "# Setup tool\n\nThe setup tool reduces the total cost of ownership for your customers. It "
        "installs the parts of the pump.\n"
    )
    with indexed(tmp_path, {"tool.md": text}) as assistant:
        assert assistant.ask("What does the setup tool cost?").certainty in ("none", "unsure")
