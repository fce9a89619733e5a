"""A small index as a released version wrote it, and what was asked of it then.

    python tests/stored_index.py make      # once for each version: tests/stored/index-VERSION.zip
    python tests/stored_index.py answers   # asks all stored indexes again, after a wanted change

``make`` refuses to overwrite: a stored index stays as its version wrote it, and every later version
has to open it (``test_stored_index.py``). ``answers`` writes only the answers beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support_texts import settings_for, write_texts

from assistant import Answer, Assistant, __version__
from benchmarks.computing import Sample as TableSample
from benchmarks.computing import as_docx, as_pdf, as_xlsx

STORED = Path(__file__).parent / "stored"
TEXTS = {
    "harbour/lighthouse.md": """# The lighthouse of Sund

The lighthouse of Sund was lit in 1874. It is 31 metres high.

## Keepers

The first keeper was Marit Holm. She kept the light for twenty years.
""",
    "harbour/history.txt": """A short history of the harbour.

The lighthouse of Sund was lit in 1878, says the parish book.

The mole was built of granite from Vik.
""",
    "satzung.md": """# Satzung des Segelvereins

Der Mitgliedsbeitrag beträgt 84 Euro im Jahr. Die Kündigung ist bis zum 30. September möglich.
""",
    "berths.csv": "Pier,Boats,Fee (EUR)\nNorth,14,210.50\nSouth,9,185\nWest,22,240.25\n",
}
TABLES = {
    "crews.xlsx": (as_xlsx, "Crews of the club", "Boat|Crew|Wins;Heron|8|5;Otter|4|11;Teal|2|3"),
    "fares.docx": (
        as_docx,
        "Fares of the ferry",
        "Route|Fare (EUR);Sund to Vik|6.50;Vik to Holm|4",
    ),
    "tides.pdf": (as_pdf, "Tides at the mole", "Day|High water (m);Monday|2.1;Tuesday|2.4"),
}
QUESTIONS = (
    "Who was the first keeper of the lighthouse?",
    "How high is the lighthouse of Sund?",
    "When was the lighthouse of Sund lit?",
    "Wie hoch ist der Mitgliedsbeitrag?",
    "What is the total of the boats at the piers?",
    "Which boat has the most wins?",
    "What is the fare from Vik to Holm?",
    "How high was the high water on Tuesday?",
    "What is the mole built of?",
    "Who designed the bridge at Ness?",
    "What is the total fee of the yachts in Norway?",
)


def told(answer: Answer) -> dict[str, Any]:
    """What of an answer has to stay: its words, whether it is one, and its places."""
    return {
        "question": answer.question,
        "text": answer.text,
        "abstained": answer.abstained,
        "certainty": answer.certainty,
        "conflicts": len(answer.conflicts),
        "citations": [
            {"document": c.document, "page": c.page, "start": c.start, "end": c.end,
             "quote": c.quote, "section": c.section, "sha256": c.sha256}
            for c in answer.citations
        ],
    }  # fmt: skip


def asked(assistant: Assistant) -> dict[str, Any]:
    """All that is compared: documents with a hash of their texts, and the answers."""
    return {
        "documents": {
            name: hashlib.sha256(assistant.document_text(name).encode()).hexdigest()
            for name in assistant.documents()
        },
        "chunks": assistant.status().chunks,
        "answers": [told(assistant.ask(question)) for question in QUESTIONS],
    }


@contextmanager
def opened(package: Path, place: Path) -> Iterator[Assistant]:
    """An assistant over an imported index, far from the documents it was made of."""
    with Assistant(settings_for(place / "nothing", place / "index")) as assistant:
        assistant.import_index(package)
        yield assistant


def write_answers(package: Path) -> None:
    """The answers that today's code gives of a stored index, beside it."""
    with tempfile.TemporaryDirectory() as place, opened(package, Path(place)) as assistant:
        found = json.dumps(asked(assistant), ensure_ascii=False, indent=1)
    package.with_suffix(".json").write_text(f"{found}\n", encoding="utf-8")


def make() -> Path:
    """Write the index of this version. Raises ``FileExistsError`` where it is there."""
    package = STORED / f"index-{__version__}.zip"
    if package.exists():
        raise FileExistsError(f"{package} is there: a stored index is never written again")
    STORED.mkdir(exist_ok=True)
    place = Path(tempfile.gettempdir()) / "stored-index"  # its paths are stored in the index
    shutil.rmtree(place, ignore_errors=True)
    try:
        write_texts(place / "documents", TEXTS)
        for name, (write, title, rows) in TABLES.items():
            grid = tuple(tuple(row.split("|")) for row in rows.split(";"))
            (place / "documents" / name).write_bytes(write(TableSample(name, title, grid)))
        with Assistant(settings_for(place / "documents", place / "index")) as assistant:
            if assistant.sync().failed:
                raise AssertionError("not all documents were read")
            assistant.export_index(package)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    package.chmod(0o644)
    write_answers(package)
    return package


def main(arguments: list[str]) -> int:
    """``make`` or ``answers``."""
    if arguments == ["make"]:
        package = make()
        print(f"{package.name}: {package.stat().st_size:,} bytes")
    elif arguments == ["answers"]:
        for package in sorted(STORED.glob("index-*.zip")):
            write_answers(package)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
