"""Write every generated page, or with ``--check`` say which are out of date.

python -m docs.generate            writes docs/reference/*.md, docs/rooms.md, figures of the README
python -m docs.generate --check    writes nothing; exit status 1 if a page differs
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.generate import api, command_line, errors, figures, rooms, settings

ROOT = Path(__file__).resolve().parents[2]

PAGES: dict[str, Callable[[Path], str]] = {
    "docs/reference/api.md": api.page,
    "docs/reference/command-line.md": command_line.page,
    "docs/reference/settings.md": settings.page,
    "docs/reference/errors.md": errors.page,
    "docs/rooms.md": rooms.page,
    "README.md": figures.readme,
}
"""Each generated page and the function that gives its text for a repository root."""


def stale(root: Path) -> list[str]:
    """The pages whose text on disk is not what the code says."""
    return [
        name
        for name, make in PAGES.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != make(root)
    ]


def main(arguments: list[str]) -> int:
    """Write or check the pages; the number is the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    changed = stale(ROOT)
    if arguments:
        for name in changed:
            print(f"{name} is out of date: run `python -m docs.generate`", file=sys.stderr)
        return 1 if changed else 0
    for name in changed:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(PAGES[name](ROOT), encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
