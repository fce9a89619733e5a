"""The child process that makes a large ingest's terms and writes the word index.

``python -m assistant.index.processes.word_process FOLDER`` reads a JSON line for each chunk,
``[id, text, language]``, or ``{"delete": [ids]}``. ``{"part": number, "ids": [ids]}`` tells the
next chunks of a part, and ``{"kept": [numbers]}`` that these were all: the index is written, and
the answer is one JSON line. What it wrote without an end is never published.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from assistant.errors import AssistantError
from assistant.index.words import WordWriter
from assistant.processes import stand_back


def write(folder: Path, lines: Iterable[bytes]) -> bool:
    """Write until the end is told; False when the lines stop before."""
    parts: dict[int, list[str]] = {}
    with WordWriter(folder) as words:
        for line in lines:
            told = json.loads(line)
            if isinstance(told, list):
                words.add(*told)
            elif "delete" in told:
                words.delete(told["delete"])
            elif "part" in told:
                parts.setdefault(told["part"], []).extend(told["ids"])
            else:
                words.end(list(parts.values()), told["kept"])
                words.finish()
                return True
    return False


def main(arguments: list[str]) -> int:
    """Run the child; errors go out as a JSON line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: word_process FOLDER\n")
        return 2
    stand_back(with_children=True)
    try:
        if write(Path(arguments[0]), sys.stdin.buffer):
            print(json.dumps({"ok": True}), flush=True)
    except Exception as exc:
        problem = exc.what if isinstance(exc, AssistantError) else f"{type(exc).__name__}: {exc}"
        print(json.dumps({"ok": False, "problem": problem}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
