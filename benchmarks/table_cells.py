"""One cell of a long table is asked for, beside other documents: is it found, and alone?

    python -m benchmarks.table_cells [FORMAT …] [--rows 400] [--questions 40] [--beside FOLDER …]

Writes one register of members as Markdown, HTML, CSV, XLSX, DOCX and as a PDF of ten pages, each
indexed by itself beside the sample documents and others made up here, and asks for one cell each
time. ``right`` says how many answers show the value that is asked for; ``others`` how many show
another member's row; ``cut`` how many rows of the table stand in no chunk as a whole. Exit status 1
where a goal is missed.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.index.generations import STORE, Generations
from assistant.index.store import Store
from assistant.tables.model import cells_of
from benchmarks.format_samples import make_docx, make_xlsx

COLUMNS = ("Member", "Number", "Boat", "Berth", "Phone", "Fee paid")
SAMPLES = Path(__file__).resolve().parent.parent / "documents"
TITLE = "Register of the harbour club of Lindvik, 2026"
GOAL_RIGHT, GOAL_OTHERS = 0.95, 0.05
_DOCUMENTS_BESIDE = 13
_GIVEN = """Aada Bram Cilla Dario Edda Falk Gesa Hanno Ilse Jorun Kaisa Leif Mirja Nils Oda Pekka
Runa Stig Tove Uwe""".split()
_FAMILY = """Aasen Berglund Carstens Dahlke Ekroth Fossum Granlund Hovde Isaksen Jessen Kvam Lunde
Moberg Nygard Osterlind Palmer Rosvold Sandvik Tveit Ulriksen""".split()
_BOATS = "Petrel Gannet Dunlin Avocet Merlin Osprey Siskin Linnet Plover Curlew".split()
_SENTENCES = (
    "The kettle in the boathouse was repaired by a member.",
    "Nobody may leave a trailer on the slipway over night.",
    "The tide table hangs beside the door of the office.",
    "A fee is due when a berth is let to a guest.",
    "The club's phone is answered in the morning.",
    "The boat that carries stone comes on Tuesdays.",
    "Members bring their own rope and paint.",
    "The register is kept by the harbour master.",
    "The new crane lifts four tonnes.",
    "Every number on a buoy is painted white.",
    "The winter store opens in October.",
)
_ASKED: tuple[tuple[int, str], ...] = (
    (1, "What is the member number of {}?"),
    (2, "Which boat does {} have?"),
    (3, "Which berth does {} have?"),
    (4, "What is {}'s phone number?"),
    (5, "What fee has {} paid?"),
)

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of one format: of ``asked`` questions, and of the table's rows."""

    asked: int
    right: int
    others: int
    cut: int

    @property
    def is_good(self) -> bool:
        """Whether the goals are met."""
        few_others = self.others <= GOAL_OTHERS * self.asked
        return self.right >= GOAL_RIGHT * self.asked and few_others and self.cut == 0


def register(count: int) -> list[list[str]]:
    """The rows of the table; every name, number, berth and phone stands in one row only."""
    chance = random.Random(7)
    names = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
    chance.shuffle(names)
    phones = chance.sample(range(100_000, 999_999), count)
    boats = [f"{chance.choice(_BOATS)} {number}" for number in range(1, count + 1)]
    return [
        [
            names[at] if at < len(names) else f"{names[at % len(names)]} {at // len(names) + 1}",
            f"LV-{3000 + 7 * at}",
            boats[at],
            f"{'ABCDEFGH'[at % 8]}{at // 8 + 10}",
            f"0555 {phones[at]}",
            f"{chance.randrange(200, 900)}.{chance.randrange(10, 99)}",
        ]
        for at in range(count)
    ]


# ---------------------------------------------------------------- formats


def as_markdown(rows: Rows) -> bytes:
    """The register as a Markdown file."""
    lines = [f"| {' | '.join(row)} |" for row in (COLUMNS, *rows)]
    lines.insert(1, "|" + "---|" * len(COLUMNS))
    return f"# {TITLE}\n\n{chr(10).join(lines)}\n".encode()


def as_html(rows: Rows) -> bytes:
    """The register as a page."""

    def row(cells: Sequence[str], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"

    body = "\n".join([row(COLUMNS, "th"), *(row(each, "td") for each in rows)])
    return f"<html><body><h1>{TITLE}</h1><table>\n{body}\n</table></body></html>".encode()


def as_csv(rows: Rows) -> bytes:
    """The register with commas."""
    file = io.StringIO()
    csv.writer(file).writerows([COLUMNS, *rows])
    return file.getvalue().encode()


def as_xlsx(rows: Rows) -> bytes:
    """The register as a workbook of one sheet."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    return make_xlsx(
        "".join(
            f"<row>{''.join(cell.format(escape(value)) for value in row)}</row>"
            for row in (COLUMNS, *rows)
        )
    )


def as_docx(rows: Rows) -> bytes:
    """The register as a document with one table."""
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    lines = "".join(
        "<w:tr>"
        + "".join(f"<w:tc>{paragraph.format(escape(value))}</w:tc>" for value in row)
        + "</w:tr>"
        for row in (COLUMNS, *rows)
    )
    heading = '<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    return make_docx(f"{heading.format(TITLE)}<w:tbl>{lines}</w:tbl>")


def as_pdf(rows: Rows) -> bytes:
    """The register printed on pages of forty rows, each with the names of the columns."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_auto_page_break(False)
    widths = (42, 24, 30, 20, 32, 26)
    for at in range(0, len(rows), 40):
        pdf.add_page()
        if at == 0:
            pdf.set_font("Helvetica", "B", 14)
            pdf.cell(0, 10, TITLE, new_x="LMARGIN", new_y="NEXT")
        for number, row in enumerate([COLUMNS, *rows[at : at + 40]]):
            pdf.set_font("Helvetica", "" if number else "B", 10)
            for width, value in zip(widths, row, strict=True):
                pdf.cell(width, 6, value)
            pdf.ln()
        pdf.set_y(-15)
        pdf.set_font("Helvetica", "", 8)
        pdf.cell(0, 6, f"Page {at // 40 + 1} of {-(-len(rows) // 40)}", align="C")
    return bytes(pdf.output())


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "md": as_markdown,
    "html": as_html,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "docx": as_docx,
    "pdf": as_pdf,
}


# ---------------------------------------------------------------- asking


def ask_all(
    kind: str,
    rows: Rows,
    questions: int,
    beside: Sequence[Path],
    place: Path,
    *,
    show: bool = False,
) -> Outcome:
    """Index the register in one format beside the folders and ask for one cell each time."""
    folder = place / kind / "documents"
    folder.mkdir(parents=True)
    (folder / f"register.{kind}").write_bytes(FORMATS[kind](rows))
    settings = load_settings(
        None,
        {
            "index.path": str(place / kind / "index"),
            "documents.paths": [str(folder), *map(str, beside)],
        },
    )
    right = others = 0
    with Assistant(settings) as assistant:
        assistant.sync()
        for number in range(questions):
            row = rows[(number * len(rows)) // questions + number % 5]
            column, question = _ASKED[number % len(_ASKED)]
            text = assistant.ask(question.format(row[0])).text
            is_right = row[column] in text
            shows_others = any(other[0] in text for other in rows if other is not row)
            right, others = right + is_right, others + shows_others
            if show and (not is_right or shows_others):
                print(f"  {question.format(row[0])} ({row[column]}) {' '.join(text.split())[:300]}")
    return Outcome(questions, right, others, cut_rows(place / kind / "index", rows))


def cut_rows(index: Path, rows: Rows) -> int:
    """How many rows stand in no chunk with all their cells on one line."""
    generation = Generations(index).current()
    if generation is None:
        raise SystemExit(f"{index} holds no index")
    store = Store(generation.path / STORE)
    try:
        chunks = store.chunks(store.chunk_ids()).values()
        lines = {line for chunk in chunks for line in chunk.text.splitlines() if "|" in line}
    finally:
        store.close()
    whole = {tuple(cell.text for cell in cells_of(line)) for line in lines}
    return sum(tuple(row) not in whole for row in rows)


def write_others(folder: Path, count: int) -> None:
    """Documents that have nothing to do with the register."""
    folder.mkdir()
    for number in range(count):
        text = " ".join(_SENTENCES[(number + 3 * at) % len(_SENTENCES)] for at in range(40))
        (folder / f"note-{number + 1}.txt").write_text(f"Note {number + 1}\n\n{text}\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each format."""
    parse = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parse.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(FORMATS))
    parse.add_argument("--rows", type=int, default=400)
    parse.add_argument("--questions", type=int, default=40)
    parse.add_argument("--beside", action="append", type=Path, help="instead of the samples")
    parse.add_argument("--show", action="store_true", help="print what goes wrong")
    options = parse.parse_args(arguments)
    unknown = [kind for kind in options.formats if kind not in FORMATS]
    if unknown or not 0 < options.questions <= options.rows // 5:
        parse.error(f"formats are {', '.join(FORMATS)}; at least five rows for each question")
    rows = register(options.rows)
    print(f"{options.rows} rows, {options.questions} questions\n")
    print(f"{'format':<8} {'right':>6} {'others':>7} {'cut rows':>9}")
    good = True
    with tempfile.TemporaryDirectory() as place:
        beside = options.beside or [SAMPLES]
        given = sum(1 for folder in beside for path in folder.rglob("*") if path.is_file())
        made = Path(place) / "others"
        write_others(made, max(0, _DOCUMENTS_BESIDE - given))
        for kind in options.formats or FORMATS:
            found = ask_all(
                kind, rows, options.questions, [*beside, made], Path(place), show=options.show
            )
            good = good and found.is_good
            print(f"{kind:<8} {found.right:>6} {found.others:>7} {found.cut:>9}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
