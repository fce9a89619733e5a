"""Exit status and error classes → ``docs/reference/errors.md``."""

from __future__ import annotations

import inspect
from pathlib import Path

import assistant.cli
import assistant.errors
from assistant.errors import AssistantError
from docs.generate.markdown import NOTE, first_line, table


def classes() -> list[type[AssistantError]]:
    """Every error class, in the order of the source."""
    members = vars(assistant.errors).values()
    return [m for m in members if inspect.isclass(m) and issubclass(m, AssistantError)]


def page(root: Path) -> str:
    """The whole page."""
    paragraphs = inspect.cleandoc(assistant.cli.__doc__ or "").split("\n\n")
    (status,) = [first_line(each) for each in paragraphs if each.startswith("Exit status")]
    rows = [
        [
            f"`{c.__name__}`",
            f"`{c.__bases__[0].__name__}`",
            str(c.exit_code),
            first_line(c.__doc__ or ""),
        ]
        for c in classes()
    ]
    return (
        f"{NOTE}# Exit status and errors\n\n{status}\n\n"
        "Every failure a user can meet is an `AssistantError` (`assistant.errors`). Its text is\n"
        "one complete message: what failed, with which value, and what to do next. The lower\n"
        "error stays as `__cause__`.\n\n" + table(["class", "is a", "exit status", "when"], rows)
    )
