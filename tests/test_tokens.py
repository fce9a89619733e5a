"""Counting tokens: bundled vocabularies only, a fallback for unknown models, text is only text."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import AssistantError
from assistant.model import tokens
from assistant.model.tokens import FALLBACK_VOCABULARY, count_tokens, counter_for, vocabulary_of


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4", "cl100k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("", FALLBACK_VOCABULARY),
        ("llama3.1:8b", FALLBACK_VOCABULARY),
        ("a/model-nobody-knows", FALLBACK_VOCABULARY),
        ("text-davinci-003", FALLBACK_VOCABULARY),  # known, but its vocabulary is not bundled
        ("gpt2", FALLBACK_VOCABULARY),
    ],
)
def test_vocabulary_of_a_model(model: str, vocabulary: str) -> None:
    assert vocabulary_of(model) == vocabulary
    assert FALLBACK_VOCABULARY == "o200k_base"
    assert count_tokens("The garden of Holm.", model) > 0


def test_counts_are_those_of_tiktoken() -> None:
    assert count_tokens("") == 0
    assert count_tokens("hello world") == 2
    assert counter_for("gpt-4")("hello world") == 2
    german = "Donaudampfschifffahrtsgesellschaft"
    assert count_tokens(german, "gpt-4o") < count_tokens(german, "gpt-4")


@pytest.mark.parametrize("special", ["<|endoftext|>", "<|fim_prefix|>", "<|endofprompt|>"])
def test_special_tokens_in_a_text_are_text(special: str) -> None:
    for model in ("", "gpt-4"):
        assert count_tokens(special, model) > 2  # as one special token it would count 1


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    assert 0 <= count_tokens(text) <= max(1, len(text.encode("utf-8", "replace")))


def test_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for before in (None, "somewhere/else"):
        if before is None:
            monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
        else:
            monkeypatch.setenv("TIKTOKEN_CACHE_DIR", before)
        tokens._encoding.cache_clear()
        assert count_tokens("hello world") == 2
        assert os.environ.get("TIKTOKEN_CACHE_DIR") == before


def test_threads_may_load_the_vocabulary_at_once() -> None:
    tokens._encoding.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(count_tokens, ["hello world"] * 32)) == {2}


def test_no_network_even_in_a_fresh_process(tmp_path: Path, repository: Path) -> None:
    code = """
import socket
def refuse(*_, **__): raise AssertionError("went to the network")
socket.socket.connect = socket.getaddrinfo = refuse
from assistant.model.tokens import count_tokens
print(count_tokens("hello world"), count_tokens("hello world", "gpt-4"), count_tokens("a", "x"))
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TIKTOKEN")}
    environment |= {"PYTHONPATH": str(repository), "TMPDIR": str(tmp_path)}  # tiktoken's own cache
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert shown.stdout.split() == ["2", "2", "1"], shown.stderr


def test_missing_vocabularies_are_said_instead_of_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    tokens._encoding.cache_clear()
    with pytest.raises(AssistantError, match="llama-index-core"):
        count_tokens("hello world")
