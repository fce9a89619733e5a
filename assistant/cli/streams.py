"""Where the command line writes: our own lines as they are, everything else made safe to show.

Tracebacks, warnings, logs and what libraries say may hold any text of a document or a client. They
all go to ``sys.stderr``, which is therefore one that lets no unsafe character through; our own
lines, which have colours, are made safe part by part and go to the stream behind it.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO, cast

from assistant.text.visible import visible


class VisibleStream(io.TextIOBase):
    """A text stream that passes everything on through ``visible``. It never is a terminal, so that
    nobody sends it colours."""

    def __init__(self, behind: TextIO) -> None:
        self.behind = behind

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream behind it."""
        return self.behind.encoding

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Write a text, made visible."""
        return self.behind.write(visible(text))

    def flush(self) -> None:
        """Flush the stream behind it."""
        self.behind.flush()

    def fileno(self) -> int:
        """That of the stream behind it."""
        return self.behind.fileno()


def make_streams_safe() -> None:
    """From now on nothing unsafe goes to standard error, and no character ends a command.

    What the terminal's encoding lacks is written as ``\\u2713`` and the like. A stream that was
    closed before we began leads nowhere: its number would else be given to the next file that is
    opened, and what a library prints would be written there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            given = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
            setattr(sys, name, open(given, "w" if number else "r", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not isinstance(sys.stderr, VisibleStream):
        sys.stderr = cast(TextIO, VisibleStream(sys.stderr))


def own_stderr() -> TextIO:
    """Standard error for lines that are safe already."""
    return sys.stderr.behind if isinstance(sys.stderr, VisibleStream) else sys.stderr
