"""Fields of ``/v1/chat/completions`` that other servers know: each is done, or refused in words.

Sampling fields (``temperature``, ``top_p``, ``seed`` and the like) change nothing here, and every
client sends them: they alone are let through. Whatever would change what comes back is refused,
because a client that asked for JSON or for a call of a tool would go wrong on prose.
"""

from __future__ import annotations

from typing import Any

from assistant.errors import UsageError
from assistant.model.tokens import count_tokens

MOST_COMPLETION_TOKENS = 1_000_000


class FieldError(UsageError):
    """A field that cannot be done here; ``field`` is its name in the request."""

    def __init__(self, field: str, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.field = field


def check_fields(fields: dict[str, Any]) -> None:
    """Raises ``FieldError`` for the first field that asks for something impossible."""
    if (fields.get("n") or 1) != 1:
        raise FieldError("n", "One answer is given to a question", hint="leave `n` out, or send 1")
    for name in ("tools", "functions"):
        choice = fields.get("tool_choice" if name == "tools" else "function_call")
        if fields.get(name) and choice != "none":
            raise FieldError(
                name, "No tool is called here: answers come from the documents",
                hint=f"leave `{name}` out, or give the model that calls tools this server's /mcp",
            )  # fmt: skip
    form = fields.get("response_format")
    kind = form.get("type") if isinstance(form, dict) else form
    if kind not in (None, "text"):
        raise FieldError(
            "response_format", f"Answers are text, not {str(kind)[:40]!r}",
            hint="read the field `assistant` of the reply: it holds the checked answer as JSON",
        )  # fmt: skip
    if fields.get("stop"):
        raise FieldError(
            "stop", "An answer is not cut at words: its sentences are checked as a whole",
            hint="leave `stop` out; `max_tokens` limits its length",
        )  # fmt: skip
    if fields.get("logprobs") or fields.get("top_logprobs"):
        raise FieldError("logprobs", "There are no probabilities of tokens", hint="leave it out")
    for name in ("audio", "modalities"):
        if fields.get(name) not in (None, ["text"]):
            raise FieldError(name, "Answers are text alone", hint=f"leave `{name}` out")


def most_tokens(fields: dict[str, Any]) -> int | None:
    """``max_completion_tokens`` or ``max_tokens``, or None. Raises ``FieldError``."""
    for name in ("max_completion_tokens", "max_tokens"):
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise FieldError(name, f"`{name}` is no number of tokens", hint="send 1 or more")
        return min(value, MOST_COMPLETION_TOKENS)
    return None


def within(text: str, limit: int | None) -> int:
    """How many characters of a text fit a number of tokens: all, or up to the end of a word."""
    if limit is None or len(text) <= limit or count_tokens(text) <= limit:
        return len(text)
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if count_tokens(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    blank = max(text.rfind(" ", 0, low + 1), text.rfind("\n", 0, low + 1))
    return blank if blank > 0 else low


class Limited:
    """The pieces of a stream up to a number of tokens."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._text = ""
        self.sent = 0
        self.is_cut = False

    def take(self, piece: str) -> str:
        """What of a piece may be sent; nothing after the limit."""
        if self.is_cut:
            return ""
        self._text += piece
        end = within(self._text, self._limit)
        self.is_cut = end < len(self._text)
        given = self._text[self.sent : max(end, self.sent)]
        self.sent += len(given)
        return given
