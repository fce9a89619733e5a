"""A conversation as it comes in → pairs of question and answer. Pure.

Two forms are taken: (question, answer) pairs, and messages with ``role`` and ``content`` as in
OpenAI's interface. Messages of ``system``, ``developer`` and ``tool`` are no part of a conversation
and are passed over, as is a question that nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.errors import QuestionError
from assistant.retrieval.follow_up import Turn
from assistant.text.visible import shown_value, whole_characters

History = Sequence[Turn | Mapping[str, Any]]
"""Earlier turns, oldest first: ``("Who?", "Ida.")``, or ``{"role": "user", "content": "Who?"}``."""

_PASSED_OVER = frozenset({"system", "developer", "tool", "function"})
_FORMS = (
    "`history` takes (question, answer) pairs, or messages such as "
    '{"role": "user", "content": "Who?"}'
)


def checked_history(history: object) -> list[Turn]:
    """Earlier turns as pairs, with surrogates joined or replaced, because old turns cannot be
    asked again. Raises ``QuestionError`` for an invalid history."""
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Iterable):
        raise QuestionError(f"The history {shown_value(history)} is no list", hint=_FORMS)
    turns = list(history)
    if any(isinstance(turn, Mapping) for turn in turns):
        turns = paired([_spoken(turn) for turn in turns])
    return [_pair(turn) for turn in turns]


def paired(spoken: Iterable[tuple[str, str]]) -> list[Turn]:
    """(role, words) of users and assistants → the questions that were answered, each with the
    first answer to it."""
    turns: list[Turn] = []
    asked = ""
    for role, words in spoken:
        if role == "user":
            asked = words
        elif role == "assistant" and asked:
            turns.append((asked, words))
            asked = ""
    return turns


def _pair(turn: object) -> Turn:
    if isinstance(turn, tuple | list) and len(turn) == 2:
        asked, answered = turn
        if isinstance(asked, str) and isinstance(answered, str):
            return whole_characters(asked), whole_characters(answered)
    raise QuestionError(f"The earlier turn {shown_value(turn)} is no pair of texts", hint=_FORMS)


def _spoken(message: object) -> tuple[str, str]:
    """Role and text of a message; an ignored message has an empty role."""
    role = message.get("role") if isinstance(message, Mapping) else None
    if not isinstance(message, Mapping) or role not in ("user", "assistant", *_PASSED_OVER):
        raise QuestionError(
            f"The earlier message {shown_value(message)} has no role that is known", hint=_FORMS
        )
    content = message.get("content")
    if isinstance(content, list | tuple):
        texts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
        words = [text for text in texts if isinstance(text, str)]
        content = "\n".join(words) if len(words) == len(texts) else content
    if content is None and role != "user":  # an assistant that called a tool says nothing
        content = ""
    if role in _PASSED_OVER:
        return "", ""
    if not isinstance(content, str):
        raise QuestionError(
            f"The content of the earlier message {shown_value(message)} is no text", hint=_FORMS
        )
    return role, content
