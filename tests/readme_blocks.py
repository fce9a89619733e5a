"""What the README tells people to type: its fenced blocks, line by line, with a way to run each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

COMMAND = re.compile(
    r"(?:(?P<name>\S+)\s{2,})?(?P<line>(?:[A-Z_]+=\S+ )?(?:make|pip|assistant|python) .*)"
)
NOT_RUN = {
    "make test": "it runs this very test",
    "make docs": "tests/test_site.py builds the site",
    "python -m benchmarks.peers --write": "hours, with other tools installed: docs/performance.md",
    "python -m benchmarks.crash_ingest --kills 200": "minutes: a row of docs/guarantees.md",
    "python -m docs.generate": "tests/test_generated_pages.py compares what it writes",
    "pip install '.[ocr]'": "tests/test_ocr_extra.py reads scans with the extra",
    "docker compose up": "a container needs a daemon, which the CI's machine has not",
}
"""Commands of the README that no test types, and why."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language (or ""), and its lines without comments at their ends."""

    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines that are typed into a shell."""
        found = [COMMAND.fullmatch(line) for line in self.text.splitlines()]
        return [re.split(r"\s+#\s", match["line"])[0].strip() for match in found if match]


def blocks(readme: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    text = readme.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [Block(language, body) for language, body in found]


def block_with(readme: Path, words: str) -> Block:
    """The only block that holds these words."""
    (found,) = [each for each in blocks(readme) if words in each.text]
    return found


def commands(readme: Path) -> list[str]:
    """Every command, those in running text too (`make serve`)."""
    text = readme.read_text(encoding="utf-8")
    inline = re.findall(r"`((?:make|pip|docker|python) [^`]+)`", text)
    listed = [line for block in blocks(readme) if not block.language for line in block.commands]
    return list(dict.fromkeys([*listed, *inline]))


def examples(readme: Path) -> list[str]:
    """The Python examples."""
    return [block.text for block in blocks(readme) if block.language == "python"]
