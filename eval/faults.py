"""All faults of a question file at once, each with its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from eval.errors import QuestionFileError

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D")

SHOWN = 30


class Faults:
    """Collects what is wrong with a file, so that it can be mended in one go.

    ``lines`` holds the line at which each question begins; without them no line is named.
    """

    def __init__(self, name: str, lines: Sequence[int] = ()) -> None:
        self._name = name
        self._lines = lines
        self._found: list[tuple[int, QuestionFileError]] = []

    def of(
        self, number: int, default: D, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | D:
        """What ``read`` makes of a part of question ``number`` (from 1), or ``default`` and a
        fault."""
        try:
            return read(*args, **kwargs)
        except QuestionFileError as fault:
            self._found.append((number, fault))
            return default

    def raise_any(self) -> None:
        """Raise one ``QuestionFileError`` about everything that was found."""
        if not self._found:
            return
        if len(self._found) == 1:
            number, only = self._found[0]
            raise QuestionFileError(self._place(number) + only.what, hint=only.hint)
        told = [
            f"{self._place(number)}{fault.what}{f' ({fault.hint})' if fault.hint else ''}"
            for number, fault in self._found
        ]
        more = f"\n  and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        raise QuestionFileError(
            f"{self._name} has {len(told)} faults:\n  " + "\n  ".join(told[:SHOWN]) + more
        )

    def has(self, number: int) -> bool:
        """Whether a fault of this question was found."""
        return any(each == number for each, _ in self._found)

    def _place(self, number: int) -> str:
        if not 0 < number <= len(self._lines):
            return ""
        return f"{self._name}:{self._lines[number - 1]}: "
