"""Arguments of a wrong type are one of our errors, whatever is called; exports are all there."""

from __future__ import annotations

import ast
import asyncio
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assistant
from assistant import (
    Assistant,
    FilterError,
    Filters,
    QuestionError,
    SettingsError,
    UsageError,
    errors,
    load_settings,
    types,
)
from assistant.retrieval.history import checked_history

QUESTION = "When was the garden of Holm laid out?"
ODD = [None, 5, 2.5, b"bytes", object(), ["a"], {"a": 1}, True, lambda: None]


def doors(made: Assistant) -> dict[str, Callable[..., Any]]:
    """Each way in that takes a question."""

    async def stream(*arguments: Any, **options: Any) -> list[Any]:
        return [event async for event in made.stream(*arguments, **options)]

    return {
        "ask": made.ask,
        "stream_sync": lambda *a, **o: list(made.stream_sync(*a, **o)),
        "stream": lambda *a, **o: asyncio.run(stream(*a, **o)),
    }


@pytest.mark.parametrize("door", ["ask", "stream_sync", "stream"])
def test_question_history_and_filters_of_a_wrong_type(notes: Assistant, door: str) -> None:
    call = doors(notes)[door]
    for odd in ODD:
        with pytest.raises(QuestionError):
            call(odd)
        with pytest.raises(FilterError):
            call(QUESTION, filters=odd)
    for odd in (*ODD, "text", [("a", 5)], [("a",)], [5], [{"role": "user"}], [{"content": "x"}]):
        with pytest.raises(QuestionError):
            call(QUESTION, odd)
    assert call(QUESTION)


def test_retrieve_and_retriever_of_a_wrong_type(notes: Assistant) -> None:
    for odd in ODD:
        with pytest.raises(QuestionError):
            notes.retrieve(odd)  # type: ignore[arg-type]
        for call in (notes.as_retriever, lambda *a, **o: notes.retrieve(QUESTION, *a, **o)):
            with pytest.raises(FilterError):
                call(filters=odd)
            if odd is not None:
                with pytest.raises(UsageError):
                    call(odd if odd != 5 else 0)
    assert notes.as_retriever(2).retrieve(QUESTION)[0].node.text


def test_settings_of_a_wrong_type(tmp_path: Path) -> None:
    for odd in (5, "config.yaml", {"index.path": "x"}, tmp_path, object(), True):
        with pytest.raises(SettingsError):
            Assistant(odd)  # type: ignore[arg-type]
        with pytest.raises(SettingsError):
            assistant.ask(QUESTION, odd)  # type: ignore[arg-type]
    for odd in (5, b"x", ["x"], object()):
        with pytest.raises(SettingsError):
            load_settings(odd)  # type: ignore[arg-type]
        with pytest.raises(SettingsError):
            load_settings(None, odd)  # type: ignore[arg-type]


def test_folders_and_callbacks_of_a_wrong_type(tmp_path: Path) -> None:
    with Assistant(load_settings(None, {"index.path": str(tmp_path / "index")})) as made:
        for odd in (5, b"x", {"a": 1}, object(), [5], [b"x"], ["a\0b"], [""], "~nobody-has-this/x"):
            with pytest.raises(UsageError):
                made.sync(odd)  # type: ignore[arg-type]
            with pytest.raises(UsageError):
                made.sync(forget=odd)  # type: ignore[arg-type]
            with pytest.raises(UsageError):
                made.watch(print, odd)  # type: ignore[arg-type]
        for odd in (5, "x", object()):
            with pytest.raises(UsageError):
                made.sync(tmp_path, progress=odd)  # type: ignore[arg-type]
            with pytest.raises(UsageError):
                made.watch(odd)  # type: ignore[arg-type]
            with pytest.raises(UsageError):
                made.move_index(odd)  # type: ignore[arg-type]
            if not isinstance(odd, str):
                with pytest.raises(UsageError):
                    made.sync(tmp_path, ray_address=odd)  # type: ignore[arg-type]
    assert not (tmp_path / "index").exists()


def test_documents_of_a_wrong_type(notes: Assistant) -> None:
    for odd in ODD:
        for call in (notes.source, notes.document_text):
            with pytest.raises(UsageError):
                call(odd)  # type: ignore[arg-type]


# ---------------------------------------------------------------- histories


@pytest.mark.parametrize(
    ("history", "turns"),
    [
        ([], []),
        ((), []),
        ([("Who?", "Ida.")], [("Who?", "Ida.")]),
        ([["Who?", "Ida."]], [("Who?", "Ida.")]),
        (
            [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Ida."}],
            [("Who?", "Ida.")],
        ),
        (
            [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Left alone"},
                {"role": "user", "content": [{"type": "text", "text": "Who?"}]},
                {"role": "tool", "content": {"rows": 5}},
                {"role": "assistant", "content": "Ida."},
                {"role": "assistant", "content": "Again."},
                {"role": "user", "content": "And when?"},
            ],
            [("Who?", "Ida.")],
        ),
        ([{"role": "user", "content": "W"}, {"role": "assistant", "content": None}], [("W", "")]),
        ([("\ud83d\ude00", "\ud83d")], [("\U0001f600", "\ufffd")]),
        ((turn for turn in [("Who?", "Ida.")]), [("Who?", "Ida.")]),
    ],
)
def test_histories_of_both_forms(history: Any, turns: list[tuple[str, str]]) -> None:
    assert checked_history(history) == turns


@pytest.mark.parametrize(
    "history",
    [
        [{"role": "robot", "content": "x"}], [{"role": None, "content": "x"}],
        [{"role": "user", "content": None}], [{"role": "user", "content": 5}],
        [{"role": "user", "content": [{"type": "image_url"}]}], [{"role": ["user"]}],
        [{"role": "user", "content": "x"}, ("Who?", "Ida.")], {"role": "user", "content": "x"},
    ],
)  # fmt: skip
def test_histories_of_neither_form(history: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        checked_history(history)
    assert "role" in caught.value.hint


def test_both_forms_are_answered_alike(notes: Assistant) -> None:
    pairs = notes.ask("Who was she?", [(QUESTION, "In 1872 by Berta Lindqvist.")])
    messages = notes.ask(
        "Who was she?",
        [
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "In 1872 by Berta Lindqvist."},
        ],
    )
    assert pairs.standalone_question != "Who was she?"
    assert messages.standalone_question == pairs.standalone_question
    assert messages.text == pairs.text


# ---------------------------------------------------------------- exports


def test_every_export_is_there_and_loaded_when_used() -> None:
    for name in assistant.__all__:
        assert getattr(assistant, name) is not None
    assert set(assistant.__all__) <= set(dir(assistant))
    listed = [name for names in assistant._HOMES.values() for name in names.split()]
    assert sorted(listed) == sorted(assistant.__all__)
    with pytest.raises(AttributeError):
        assistant.no_such_name  # noqa: B018


def test_exports_are_those_that_a_program_needs() -> None:
    kinds = {n for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, Exception)}
    wanted = {
        "Embedder", "Reranker", "Ranking", "ModelClient", "DocumentReader", "Filters",
        "SyncReceipt", "Status", "Event", "Retrieved", "Delta", "Finished", "ParsedDocument",
    }  # fmt: skip
    assert kinds | wanted <= set(assistant.__all__)
    assert assistant.Filters is types.Filters is Filters


def test_types_that_checkers_see_are_those_that_are_loaded() -> None:
    tree = ast.parse(Path(assistant.__file__).read_text(encoding="utf-8"))
    (seen,) = [node for node in tree.body if isinstance(node, ast.If)]
    pairs = {
        (alias.name, node.module)
        for node in seen.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    loaded = {(n, home) for home, names in assistant._HOMES.items() for n in names.split()}
    assert pairs == loaded
    for name, home in loaded:
        assert getattr(importlib.import_module(home), name) is getattr(assistant, name)


def test_import_loads_nothing_of_ours() -> None:
    code = (
        "import sys, assistant; "
        "ours = [m for m in sys.modules if m.startswith('assistant')]; "
        "assert ours == ['assistant'], ours; "
        "assert not {'numpy', 'pydantic', 'asyncio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
