"""Prompts: their variables, what rendering does to documents, and how they read when rendered.

The golden files show the whole prompt a model gets. After a change that is meant, write them anew
with ``WRITE_GOLDEN=1 python -m pytest tests/test_prompts.py`` and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.model.context import fit_passages
from assistant.model.prompts import SENTINEL, VARIABLES, load_prompt, prompts_folder
from assistant.model.tokens import count_tokens
from assistant.types import Passage

GOLDEN = Path(__file__).resolve().parent / "golden"


def passage(text: str, title: str = "Plants", page: int | None = 3) -> Passage:
    return Passage("c1", "garden/plants.pdf", title, text, 0, len(text), page, ("Roses",), 1.0)


PASSAGES = [
    passage("The garden of Holm was laid out in 1872."),
    passage("Format {question} and {0} and {{}} are text here. So is %s.", 'The "old" part', None),
]
SUMMARY = {
    "sentinel": SENTINEL,
    "passages": fit_passages(PASSAGES, 500, count_tokens).text,
    "question": "Summarise plants.pdf",
    "sentences": "8",
}
VALUES = {
    "missing": {
        "passages": fit_passages(PASSAGES, 500, count_tokens).text,
        "question": "When was the garden of Holm laid out, and by whom?",
        "asked": "When was the garden of Holm laid out?",
    },
    "outline": {"question": "How did the garden of Holm come about?", "most": "6"},
    "parts": {"question": "When was Holm laid out, and by whom?", "most": "3"},
    "place": {"document": "Plants › Roses\nThe garden of Holm", "part": "It was laid out in 1872."},
    "summary": SUMMARY,
    "summary_join": SUMMARY,
    "answer": {
        "sentinel": SENTINEL,
        "passages": fit_passages(PASSAGES, 500, count_tokens).text,
        "question": "When was the garden of Holm laid out?",
    },
    "answer_small": {
        "sentinel": SENTINEL,
        "passages": fit_passages(PASSAGES, 500, count_tokens).text,
        "question": "When was the garden of Holm laid out?",
    },
    "condense": {
        "history": "User: Who laid out Holm?\nAssistant: Berta Lindqvist [1].",
        "question": "When did she do it?",
    },
    "rerank": {
        "passages": fit_passages(PASSAGES, 500, count_tokens).text,
        "question": "When was the garden of Holm laid out?",
    },
    "select": {
        "sentinel": SENTINEL,
        "tables": "Table t1: holm.csv, 2 rows\n- year: “Year”, number, e.g. 1872; 1901",
        "question": "In how many years was Holm laid out?",
    },
    "judge": {"source": "It was laid out in 1872.", "claim": "Holm dates from 1872."},
}


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_rendered_prompt_reads_as_agreed(name: str) -> None:
    messages = load_prompt(name).render(**VALUES[name])
    text = "".join(f"=== {m['role']}\n{m['content']}\n" for m in messages)
    path = GOLDEN / f"prompt_{name}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_prompt_file_is_a_known_prompt() -> None:
    assert {path.stem for path in prompts_folder().glob("*.txt")} == set(VARIABLES)


def test_answer_prompt_names_the_sentinel_alone_on_its_line() -> None:
    system = load_prompt("answer").render(**VALUES["answer"])[0]["content"]
    assert SENTINEL in [line.strip() for line in system.splitlines()]


def test_what_differs_between_questions_comes_last() -> None:
    prompt = load_prompt("answer")
    first = prompt.render(**VALUES["answer"])
    second = prompt.render(**VALUES["answer"] | {"question": "Who?", "passages": "none"})
    assert first[0] == second[0]  # the system message can be cached
    assert first[1]["content"].endswith(VALUES["answer"]["question"])


@given(st.text(), st.text())
def test_braces_of_documents_and_questions_are_only_text(passages: str, question: str) -> None:
    messages = load_prompt("answer").render(
        sentinel=SENTINEL, passages=f"{{{passages}", question=f"{question}}}{{0.__class__}}"
    )
    user = messages[1]["content"]
    assert f"{{{passages}" in user
    assert user.endswith(f"{question}}}{{0.__class__}}")


@pytest.mark.parametrize("change", [{"history": None}, {"extra": "x"}])
def test_rendering_takes_exactly_the_variables(change: dict[str, str | None]) -> None:
    values = {**VALUES["condense"], **change}
    given_values = {name: value for name, value in values.items() if value is not None}
    with pytest.raises(KeyError, match="history"):
        load_prompt("condense").render(**given_values)


def written(folder: Path, text: str) -> Path:
    (folder / "judge.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[system]\nRead {source}.\n[user]\n{claim} {clam}", r"unknown variables \['clam'\]"),
        ("[system]\nRead {source}.\n[user]\nWell?", r"lacks \['claim'\]"),
        ("[system]\n{source} {claim.__class__}\n[user]\nWell?", r"claim\.__class__"),
        ("[system]\n{source}\n[user]\n{claim} {}", r"unknown variables \[''\]"),
        ("[system]\n{source}\n[user]\n{claim", "brace without its partner"),
        ("[system]\n{source} {claim}\n", r"\[user\]"),
        ("[user]\n{source} {claim}\n", r"\[system\]"),
        ("A title\n[system]\n{source}\n[user]\n{claim}", r"\[system\] at its start"),
    ],
)
def test_prompt_that_would_not_work_is_refused_when_it_is_loaded(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load_prompt("judge", written(tmp_path, text))


def test_missing_and_unreadable_prompts_are_typed_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"judge\.txt"):
        load_prompt("judge", tmp_path)
    (tmp_path / "condense.txt").write_bytes(b"[system]\n\xff\xfe\n[user]\n{history} {question}")
    with pytest.raises(SettingsError, match=r"condense\.txt"):
        load_prompt("condense", tmp_path)


def test_doubled_braces_are_braces(tmp_path: Path) -> None:
    prompt = load_prompt(
        "judge", written(tmp_path, '[system]\n{{"a": 1}} {source}\n[user]\n{claim}')
    )
    assert prompt.render(source="s", claim="c")[0]["content"] == '{"a": 1} s'


def test_fingerprint_follows_the_file(tmp_path: Path) -> None:
    text = "[system]\n{source}\n[user]\n{claim}"
    for name, ending in (("a", ""), ("b", ""), ("c", " ")):
        (tmp_path / name).mkdir()
        written(tmp_path / name, text + ending)
    prints = [load_prompt("judge", tmp_path / name).fingerprint for name in "abc"]
    assert prints[0] == prints[1] != prints[2]
    assert len(prints[0]) == 12
