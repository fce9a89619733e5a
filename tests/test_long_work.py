"""No text takes the work before indexing longer than its length warrants.

Regular expressions that try again from every character need minutes for texts that are written to
make them: here are such texts, openings of what the patterns look for before long fillings. (One
line of 12,000 blanks after a German advert's heading took 3 s, a megabyte of it hours.)
"""

from __future__ import annotations

import time

import pytest

from assistant.chunking import cut
from assistant.errors import DocumentError
from assistant.reading import read_document
from assistant.text.noise import noise_spans
from assistant.text.sentences import sentences
from assistant.text.terms import terms

_LENGTH = 12_000
_OPENINGS = (
    "# a", "#", "Anzeige", "more from ab", "**Related content", "![a](b)", "![", "[", "a.png",
    "```", "~~~", "- a", "| a", "> a", "1. a", "title: a", "---\ntitle: a", "a", "Mr.", "3.", '"',
    "(", "http://a", "a@b", "&amp;", "<b>", "data:a/b;base64,", "*", "a\u2028", "\u4e2d", "{", "$",
    "a.b", "e.g.", "\u2014",
)  # fmt: skip
_FILLINGS = (
    " ", "\t", "a", ".", "#", "*", "[", "(", "-", "=", "a ", "a.", ". ", "|", "&", "\u4e2d", '"',
)  # fmt: skip
_SECONDS = 1.5
"""Of processor time; the slowest, unbroken Chinese, takes a fifth of it."""


def work(text: str) -> float:
    """Seconds for reading, cutting, finding noise and sentences and terms."""
    began = time.process_time()
    try:
        parsed = read_document(text.encode(), "a.md")
    except DocumentError:  # a packed picture alone is no text
        return time.process_time() - began
    noise_spans(parsed.text)
    for chunk in cut(parsed, tokens=256, overlap=32):
        terms(chunk.text)
        sentences(chunk.text)
    return time.process_time() - began


@pytest.mark.parametrize("opening", _OPENINGS)
def test_work_grows_with_the_length_alone(opening: str) -> None:
    slow = {}
    for filling in _FILLINGS:
        for text in (
            opening + filling * (_LENGTH // len(filling)) + "x",
            "\n".join([opening + filling * (900 // len(filling)) + "x"] * (_LENGTH // 900)),
        ):
            seconds = work(text)
            if seconds > _SECONDS:
                slow[text[:40]] = seconds
    assert not slow
