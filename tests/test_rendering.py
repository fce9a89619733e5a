"""What people see on a terminal: marks, places, and nothing that could steer the terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from test_types import make_answer

from assistant import Assistant, types
from assistant.chat.evidence import draw_evidence
from assistant.chat.messages import draw_answer
from assistant.checking.verdicts import LABELS, MAY_NOT_ANSWER, MEANINGS, SHAPES
from assistant.cli.rendering import (
    VERDICT_MARKS,
    show_answer,
    show_receipt,
    show_status,
    show_why,
)
from assistant.text.visible import visible
from assistant.types import Citation, Sentence


def drawn(show: object, *facts: object, terminal: bool = False) -> str:
    stream = io.StringIO()
    show(Console(file=stream, width=100, highlight=False, force_terminal=terminal), *facts)  # type: ignore[operator]
    return stream.getvalue()


def test_every_verdict_has_its_own_mark() -> None:
    assert set(VERDICT_MARKS) == set(types.Verdict.__args__)  # type: ignore[attr-defined]
    assert len({mark for mark, _ in VERDICT_MARKS.values()}) == len(VERDICT_MARKS)


def test_every_verdict_has_words_and_the_chat_draws_each() -> None:
    verdicts = types.Verdict.__args__  # type: ignore[attr-defined]
    assert set(LABELS) == set(MEANINGS) == set(SHAPES) == set(verdicts)
    for verdict in verdicts:
        answer = make_answer(sentences=(Sentence("One.", (1,), verdict),))
        assert LABELS[verdict] in draw_answer(answer, 0)
        assert LABELS[verdict] in draw_evidence(answer, 0, lambda _: None)


@pytest.mark.parametrize("verdict", ["verbatim", "supported", "weak", "unsupported", "computed"])
def test_marker_carries_the_mark_of_its_verdict(verdict: types.Verdict) -> None:
    answer = make_answer(sentences=(Sentence("One.", (1,), verdict),))
    text = drawn(show_answer, answer)
    mark = VERDICT_MARKS[verdict][0]
    assert f"One. [1{mark}]" in text
    assert f"{mark} {LABELS[verdict]}" in text
    assert "a.md" in text
    assert "characters 0–4" in text


def test_an_unsure_answer_is_shown_as_the_closest_that_was_found() -> None:
    assert MAY_NOT_ANSWER in drawn(show_answer, make_answer(confidence=0.3))
    for confidence in (0.6, 0.9):
        assert MAY_NOT_ANSWER not in drawn(show_answer, make_answer(confidence=confidence))
    refused = make_answer(confidence=0.1, abstained=True)
    assert MAY_NOT_ANSWER not in drawn(show_answer, refused)


def test_page_and_section_are_named_when_known() -> None:
    citation = Citation(1, "a.pdf", "A", 7, 0, 4, "One.", "", section="Method")
    assert "a.pdf · page 7 · Method" in drawn(show_answer, make_answer(citations=(citation,)))


def test_bracketed_numbers_of_a_document_are_not_drawn_as_markers() -> None:
    text = drawn(show_answer, make_answer(text="See [7] and [12]. [1]"))
    assert "See [7] and [12]. [1✓]" in text
    text = drawn(show_answer, make_answer(text=f"See [{'9' * 5000}]. [1]"))
    assert "[1✓]" in text


def test_markup_in_a_document_is_shown_as_it_is() -> None:
    text = drawn(show_answer, make_answer(text="[bold]x[/bold] [link=http://e]y[/] [1]"))
    assert "[bold]x[/bold] [link=http://e]y[/] [1✓]" in text


HOSTILE = "a\x1b[2J\x1b]0;title\x07b\x9b31mc\u202ed\u2066e\x00\x08f\r\x7f"


def test_control_characters_never_reach_the_terminal() -> None:
    citation = Citation(1, HOSTILE, HOSTILE, None, 0, 4, HOSTILE, "", section=HOSTILE)
    passage = types.Passage("c", HOSTILE, "", HOSTILE, 0, 4, None, (HOSTILE,), 1.0)
    parts = {"text": f"{HOSTILE} [1]", "citations": (citation,), "retrieved": (passage,)}
    file = types.FileOutcome(HOSTILE, "add", "failed", HOSTILE)
    status = types.Status(HOSTILE, "g", "t", 1, 1, (file,), "e", ("g",), 5)
    plain = (
        drawn(show_answer, make_answer(**parts))
        + drawn(show_answer, make_answer(**parts, abstained=True))
        + drawn(show_receipt, types.SyncReceipt("g", (file,)))
        + drawn(show_status, status)
    )
    assert not set("\x1b\x07\x9b\u202e\u2066\x00\x08\x7f") & set(plain)


@given(st.text())
def test_visible_keeps_the_length_and_all_that_is_printable(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert all(a == b for a, b in zip(shown, text, strict=True) if b.isprintable())


def test_refusal_is_calm_and_shows_the_closest_passages() -> None:
    answer = make_answer(abstained=True, text="Not there.", reason="Not there.", citations=())
    text = drawn(show_answer, answer)
    assert "No answer in the documents" in text
    assert "Closest passages" in text
    assert "a.md · H" in text
    assert "Sources" not in text


def test_receipt_hides_what_is_unchanged_and_sums_up() -> None:
    files = (
        types.FileOutcome("same.md", "unchanged", "unchanged"),
        types.FileOutcome("new.md", "add", "indexed", chunks=1),
        types.FileOutcome("moved.md", "rename", "renamed", previous_name="old.md"),
        types.FileOutcome("bad.pdf", "add", "failed", "because"),
    )
    text = drawn(show_receipt, types.SyncReceipt("g", files, documents=3, chunks=9, embedded=1))
    assert "same.md" not in text
    assert "was old.md" in text
    assert "because" in text
    assert "1 chunk" in text
    assert "1 failed, 1 indexed, 1 renamed, 1 unchanged" in text


def test_receipt_of_many_files_shows_some_and_all_that_has_something_to_say() -> None:
    files = (
        *(types.FileOutcome(f"{n:04}.md", "add", "indexed", chunks=1) for n in range(400)),
        *(types.FileOutcome(f"{n:04}.bad", "add", "failed", "because") for n in range(300)),
        types.FileOutcome("noted.pdf", "add", "indexed", chunks=1, notes=("2 pages are scans",)),
    )
    text = drawn(show_receipt, types.SyncReceipt("g", files, documents=401, chunks=401))
    assert text.count(".md") == 50
    assert text.count("because") == 300
    assert "2 pages are scans" in text
    assert "… and 350 more indexed; --json lists them all" in text
    assert "300 failed, 401 indexed" in text
    planned = tuple(types.FileOutcome(f"{n}.md", "add", "planned") for n in range(60))
    text = drawn(show_receipt, types.SyncReceipt("g", planned, dry_run=True))
    assert "… and 10 more add; --json lists them all" in text


def test_long_answer_of_wide_characters_fits_the_width() -> None:
    text = drawn(show_answer, make_answer(text="机器学习" * 100 + " [1]"))
    from rich.cells import cell_len

    assert max(cell_len(line) for line in text.splitlines()) <= 100


def test_why_names_words_and_ranks(notes: Assistant) -> None:
    out = io.StringIO()
    answer = notes.ask("Who is the curator of the archive in Bergen?")
    show_why(Console(file=out, width=200, highlight=False), answer)
    first = out.getvalue().splitlines()[2]
    assert "shares curator, archive; lacks bergen" in first
    assert "1 by words" in first


def test_a_table_of_an_answer_is_drawn_as_one() -> None:
    text = drawn(
        show_answer,
        make_answer(
            text="| Code | What to do |\n|---|---|\n| E3 | Wait \\| rest. [1] |\n\nThen call. [1]"
        ),
    )
    assert "|---|" not in text
    header, row = (next(li for li in text.splitlines() if word in li) for word in ("Code", "E3"))
    assert header.index("What to do") == row.index("Wait | rest. [1✓]")
    assert "Then call. [1✓]" in text


def test_lines_with_bars_that_are_no_table_stay() -> None:
    assert "| only one line [1✓]" in drawn(show_answer, make_answer(text="| only one line [1]"))


def test_words_that_the_answer_says_are_not_quoted_again() -> None:
    said = Citation(1, "a.md", "A", None, 0, 4, "One **two**.", "")
    sentence = Sentence("One two.", (1,), "verbatim")
    assert "“" not in drawn(show_answer, make_answer(citations=(said,), sentences=(sentence,)))
    other = Sentence("A pair.", (1,), "supported")
    text = drawn(show_answer, make_answer(citations=(said,), sentences=(other,)))
    assert "“One **two**.”" in text
