"""A question and its history, checked: the value that travels through the assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieval.question import Turn, check_question, checked_history


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked question and the checked turns before it."""

    text: str
    history: Sequence[Turn] = ()


def checked_question(text: str, history: Sequence[Turn], max_characters: int) -> Asked:
    """A question with its history. Raises ``QuestionError`` when one of them cannot be used."""
    return Asked(check_question(text, max_characters), checked_history(history))
