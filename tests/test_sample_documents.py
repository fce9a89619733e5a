"""The sample folder is what a first user needs: varied, long enough, and checked by questions."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.reading import read_document
from assistant.text.sentences import sentences
from assistant.text.terms import shingles


@pytest.fixture(scope="module")
def texts(repository: Path) -> dict[str, str]:
    folder = repository / "documents"
    return {
        path.name: read_document(path.read_bytes(), path.name).text
        for path in sorted(folder.glob("[!.]*"))
    }


@pytest.fixture(scope="module")
def questions(repository: Path) -> list[dict[str, Any]]:
    text = (repository / "eval" / "questions.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)["questions"]
    return found


def test_folder_has_six_documents_of_four_kinds(texts: dict[str, str]) -> None:
    assert len(texts) >= 6
    assert {Path(name).suffix for name in texts} >= {".md", ".html", ".pdf", ".txt"}


def test_documents_are_worth_asking(texts: dict[str, str]) -> None:
    lengths = {name: len(text.split()) for name, text in texts.items()}
    assert all(900 <= words <= 2200 for words in lengths.values()), lengths


def test_one_document_has_a_table(texts: dict[str, str]) -> None:
    assert any(re.search(r"^\|?[^|\n]+\|[^|\n]+\|", text, re.MULTILINE) for text in texts.values())


def test_documents_are_not_copies_of_each_other(texts: dict[str, str]) -> None:
    prints = {name: shingles(text, 8) for name, text in texts.items()}
    for one in prints:
        for two in prints:
            if one < two:
                shared = len(prints[one] & prints[two])
                assert shared < 0.1 * min(len(prints[one]), len(prints[two])), (one, two)


def test_documents_are_in_our_own_words(texts: dict[str, str], shared: Path) -> None:
    """Facts, titles and names come from the source articles; runs of twelve words of prose do not.

    List items and tables are left out: a list of papers is titles and names alone.
    """
    source: set[int] = set()
    for path in (shared / "documents").iterdir():
        if path.is_file():
            source |= shingles(path.read_text(encoding="utf-8", errors="replace"), 12)
    for name, text in texts.items():
        prose = [text[s.start : s.end] for s in sentences(text) if s.kind == "prose"]
        mine = shingles(" ".join(prose), 12)
        assert len(mine & source) <= 0.01 * len(mine), name


def test_evidence_of_every_question_stands_in_its_document(
    texts: dict[str, str], questions: list[dict[str, Any]]
) -> None:
    flat = {name: " ".join(text.split()) for name, text in texts.items()}
    missing = [
        (question["id"], evidence["quote"][:60])
        for question in questions
        for evidence in question.get("evidence", ())
        if " ".join(evidence["quote"].split()) not in flat[evidence["document"]]
    ]
    assert not missing


def test_questions_are_many_varied_and_about_every_document(
    texts: dict[str, str], questions: list[dict[str, Any]]
) -> None:
    assert len({question["id"] for question in questions}) == len(questions)
    kinds = Counter(question["type"] for question in questions)
    wanted = {"fact", "list", "number", "howto", "multi_hop", "followup", "unanswerable"}
    assert wanted <= set(kinds)
    assert kinds["unanswerable"] >= 0.1 * len(questions)
    asked = {e["document"] for question in questions for e in question.get("evidence", ())}
    assert asked == set(texts)
