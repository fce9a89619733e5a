"""Sixty questions that ask for a figure, over twelve tables in six formats: how many are right?

    python -m benchmarks.computing [--show]

All tables lie in one folder beside the sample documents. Forty figures can be computed; twenty
cannot, because the table does not hold what is asked, mixes units, or its numbers name things:
there only a refusal is right. ``right`` says how many are; ``wrong figures`` how many answers give
a figure that is not the one asked for, and do not say that they may be wrong. Exit status 1 where
fewer than 54 are right or one figure is wrong.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assistant import Answer, Assistant, load_settings
from benchmarks.format_samples import make_docx, make_xlsx

SAMPLES = Path(__file__).resolve().parent.parent / "documents"
GOAL_RIGHT, GOAL_WRONG = 54, 0


@dataclass(frozen=True, slots=True)
class Sample:
    """A table: the file it lies in, its title, and its rows, the names of the columns first."""

    file: str
    title: str
    rows: tuple[tuple[str, ...], ...]


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()
    )


def _branches() -> str:
    """Forty-five branches of a library: more than a page holds."""
    names = [f"Branch {'ABCDEFGHI'[at % 9]}{at // 9 + 1}" for at in range(45)]
    lines = [f"{name}|{120 + 7 * at}|{40 + at % 5}" for at, name in enumerate(names)]
    return "\n".join(["Branch|Loans|Opening hours", *lines])


TABLES = (
    Sample("offices.xlsx", "Offices of Marlow Freight", _rows("""
        Office|Country|Employees|Rent (EUR)
        Aarhus|Denmark|14|2100.50
        Odense|Denmark|9|1300
        Malmo|Sweden|22|3150.25
        Lund|Sweden|5|900
        Bergen|Norway|17|2800
        Total||67|10250.75""")),
    Sample("harvest.csv", "Harvest of the orchards", _rows("""
        Year|Orchard|Apples (kg)|Pears (kg)
        2019|Hillside|1200|340
        2020|Hillside|1350|410
        2021|Hillside|980|290
        2022|Hillside|1500|500
        2023|Hillside|1440|455""")),
    Sample("grants.docx", "Grants of the Tarn Foundation", _rows("""
        Grant|Holder|Amount|Status
        Bell tower|Ines Roke|€12,000|paid
        Rowing shed|Tom Varga|€7,500|open
        Reed survey|Ines Roke|€3,250|paid
        Night school|Ada Lunt|€18,400|open
        Toy library|Sol Berit|€5,100|refused""")),
    Sample("energy.html", "Energy used by the town hall", _rows("""
        Month|Power (kWh)|Gas (kWh)|Cost (GBP)
        January|4200|9100|1830
        February|3900|8700|1745
        March|3650|6200|1390
        April|3100|4100|1020
        May|2800|1900|760""")),
    Sample("loans.pdf", "Loans of the county library", _rows(_branches())),
    Sample("bikes.md", "Cargo bikes on test", _rows("""
        Model|Weight (kg)|Price (EUR)|Range (km)
        Otter|38.5|4,290|70
        Badger|52|5,650|95
        Stoat|29.9|3,180|55
        Marten|41|4,990|n/a
        Pine|35.2|4,290|80""")),
    Sample("accounts.xlsx", "Accounts of the sailing club", _rows("""
        Item|2021|2022|2023
        Fees|18200|19400|20950
        Berths|9400|9900|8700
        Bar|3100|4650|5200
        Repairs|7600|6900|8050""")),
    Sample("umsatz.csv", "Umsatz der Filialen", _rows("""
        Filiale|Ort|Umsatz (EUR)|Kunden
        Markt|Celle|1.204,50|310
        Hafen|Celle|980,25|275
        Bahnhof|Uelzen|2.310,00|640
        Schule|Uelzen|415,75|90""")),
    Sample("ferries.docx", "Ferry routes in July", _rows("""
        Route|Passengers|Cars|Duration (min)
        Sund to Vik|8400|1250|35
        Vik to Holm|5150|640|50
        Holm to Ness|2975|410|20
        Ness to Sund|6200|980|65""")),
    Sample("stores.html", "Stores of the workshop", _rows("""
        Material|Quantity|Shelf number
        Linseed oil|14 l|12
        Nails|9 kg|13
        Canvas|30 m|14
        Turpentine|6 l|15""")),
    Sample("survey.pdf", "Survey of the residents", _rows("""
        Street|Households|In favour
        Mill Lane|48|62%
        Kiln Road|75|48%
        Ferry Street|31|77%
        Quay Row|56|55%""")),
    Sample("orders.md", "Orders of the bindery", _rows("""
        Order|Customer|Date|Amount (USD)
        10417|Fenn Press|2025-11-03|640.00
        10418|Aldine Club|2025-12-19|1,125.50
        10419|Fenn Press|2026-01-12|310.25
        10420|Corvid Books|2026-02-02|2,480.00
        10421|Aldine Club|2026-02-27|95.00
        10422|Fenn Press|2026-03-15|720.00""")),
)  # fmt: skip

ANSWERED: tuple[tuple[str, str], ...] = (
    ("How many employees do the offices of Marlow Freight have in total?", "67"),
    ("What is the total rent of the offices in Sweden?", "4,050.25"),
    ("What is the average rent of the offices?", "2,050.15"),
    ("Which office has the most employees?", "Malmo"),
    ("How many offices have more than 10 employees?", "3"),
    ("What share of the employees is in Norway?", "25.4"),
    ("How many countries do the offices of Marlow Freight lie in?", "3"),
    ("Which country has the most employees?", "Sweden"),
    ("What is the total of apples harvested from 2020 to 2022?", "3,830"),
    ("By how much did the apples rise from 2019 to 2020?", "150"),
    ("What was the growth of pears from 2021 to 2022?", "72.4"),
    ("In which year was the harvest of apples lowest?", "2021"),
    ("What is the average harvest of pears since 2021?", "415"),
    ("What is the total amount of the grants that are paid?", "15,250"),
    ("Which grant has the highest amount?", "Night school"),
    ("How many grants are open?", "2"),
    ("What is the difference in amount between Night school and Toy library?", "13,300"),
    ("What is the sum of the grants held by Ines Roke?", "15,250"),
    ("How much power did the town hall use in total?", "17,650"),
    ("What is the average cost of the town hall's energy?", "1,349"),
    ("Which month had the lowest gas?", "May"),
    ("What is the difference in gas between January and May?", "7,200"),
    ("How many loans did all branches of the county library have altogether?", "12,330"),
    ("What is the highest number of loans of a branch?", "428"),
    ("What is the average price of the cargo bikes?", "4,480"),
    ("Which cargo bike is the heaviest?", "Badger"),
    ("Which two cargo bikes are the cheapest?", "Stoat"),
    ("How many cargo bikes weigh less than 40 kg?", "3"),
    ("What is the total of the bar from 2021 to 2023?", "12,950"),
    ("What was the growth of fees from 2021 to 2023?", "15.1"),
    ("What is the difference between repairs and bar in 2022?", "2,250"),
    ("What is the total in 2023 of fees, berths and bar?", "34,850"),
    ("Wie hoch ist die Summe der Umsätze der Filialen?", "4,910.5"),
    ("Wie hoch ist der durchschnittliche Umsatz der Filialen in Celle?", "1,092.38"),
    ("Welche Filiale hat die meisten Kunden?", "Bahnhof"),
    ("Wie groß ist der Anteil der Kunden in Uelzen?", "55.5"),
    ("Rank the ferry routes by passengers.", "Sund to Vik"),
    ("What is the total number of cars on the ferry routes?", "3,280"),
    ("Which customer has the highest total amount of orders?", "Corvid Books"),
    ("What is the total amount of the orders of Fenn Press since 2026?", "1,030.25"),
)

NOT_ANSWERED: tuple[str, ...] = (
    "What is the total rent of the offices in Finland?",
    "What is the average salary of the employees of Marlow Freight?",
    "What was the total of plums harvested from 2020 to 2022?",
    "What was the growth of apples from 2021 to 2027?",
    "What is the total amount of the grants that are cancelled?",
    "What is the average water used by the town hall?",
    "What is the total cost of the town hall's energy in November?",
    "What is the total quantity in the stores of the workshop?",
    "What is the sum of the shelf numbers in the stores?",
    "What is the average quantity of the materials?",
    "What is the sum of the percentages in favour?",
    "What is the total of In favour over all streets?",
    "What is the sum of the order numbers of the bindery?",
    "What is the total amount of the orders in EUR?",
    "What is the average age of the bindery's customers?",
    "How many loans did the branches have per member?",
    "What is the total of the weight of the racing bikes?",
    "What was the total of fees from 2015 to 2019?",
    "Wie hoch ist die Summe der Retouren der Filialen?",
    "What is the average number of passengers in August?",
)


# ---------------------------------------------------------------- formats


def as_markdown(sample: Sample) -> bytes:
    """A heading and the table."""
    lines = [f"| {' | '.join(row)} |" for row in sample.rows]
    lines.insert(1, "|" + "---|" * len(sample.rows[0]))
    return f"# {sample.title}\n\n{chr(10).join(lines)}\n".encode()


def as_html(sample: Sample) -> bytes:
    """A heading and the table, with its names as ``th``."""
    rows = [
        f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in row)}</tr>"
        for tag, row in zip(["th", *["td"] * len(sample.rows)], sample.rows, strict=False)
    ]
    title = escape(sample.title)
    body = f"<h1>{title}</h1><table>{''.join(rows)}</table>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def as_csv(sample: Sample) -> bytes:
    """The rows alone, with semicolons: some numbers hold commas."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(sample.rows)
    return file.getvalue().encode()


def as_xlsx(sample: Sample) -> bytes:
    """One sheet with its title above the names; numbers are stored as numbers."""

    def cell(value: str) -> str:
        if re.fullmatch(r"\d+(?:\.\d+)?", value):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    rows = ((sample.title,), (), *sample.rows)
    return make_xlsx("".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows))


def as_docx(sample: Sample) -> bytes:
    """A heading and the table."""
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    lines = "".join(
        "<w:tr>"
        + "".join(f"<w:tc>{paragraph.format(escape(value))}</w:tc>" for value in row)
        + "</w:tr>"
        for row in sample.rows
    )
    heading = '<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    return make_docx(f"{heading.format(sample.title)}<w:tbl>{lines}</w:tbl>")


def as_pdf(sample: Sample) -> bytes:
    """Pages of thirty rows, each with the names of the columns, and a page's number below."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_auto_page_break(False)
    names, rows = sample.rows[0], sample.rows[1:]
    for at in range(0, len(rows), 30):
        pdf.add_page()
        if at == 0:
            pdf.set_font("Helvetica", "B", 14)
            pdf.cell(0, 10, sample.title, new_x="LMARGIN", new_y="NEXT")
        for number, row in enumerate([names, *rows[at : at + 30]]):
            pdf.set_font("Helvetica", "" if number else "B", 10)
            for value in row:
                pdf.cell(45, 6, value)
            pdf.ln()
        pdf.set_y(-15)
        pdf.set_font("Helvetica", "", 8)
        pdf.cell(0, 6, f"Page {at // 30 + 1}", align="C")
    return bytes(pdf.output())


FORMATS: dict[str, Callable[[Sample], bytes]] = {
    "md": as_markdown, "html": as_html, "csv": as_csv, "xlsx": as_xlsx, "docx": as_docx,
    "pdf": as_pdf,
}  # fmt: skip


# ---------------------------------------------------------------- asking


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of the questions of each kind are right, and how many figures are wrong."""

    answered: int
    refused: int
    wrong: int

    @property
    def right(self) -> int:
        """Questions of both kinds."""
        return self.answered + self.refused


def figure(answer: Answer) -> str:
    """What an answer says first."""
    return answer.sentences[0].text if answer.sentences and not answer.abstained else ""


def says(told: str, expected: str) -> bool:
    """Whether a figure, or a name, stands in a sentence as a whole."""
    return re.search(rf"(?<![\d.,\w]){re.escape(expected)}(?![\d\w]|[.,]\d)", told) is not None


def write_tables(folder: Path) -> None:
    """The twelve files."""
    folder.mkdir(parents=True)
    for sample in TABLES:
        (folder / sample.file).write_bytes(FORMATS[sample.file.rpartition(".")[2]](sample))


def ask_all(place: Path, *, show: bool = False) -> Outcome:
    """Index the tables beside the sample documents and ask all questions."""
    write_tables(place / "tables")
    settings = load_settings(
        None,
        {
            "index.path": str(place / "index"),
            "documents.paths": [str(place / "tables"), str(SAMPLES)],
        },
    )
    answered = refused = wrong = 0
    with Assistant(settings) as assistant:
        assistant.sync()
        for question, expected in ANSWERED:
            answer = assistant.ask(question)
            is_right = says(figure(answer), expected)
            answered += is_right
            wrong += _is_wrong(answer) and not is_right
            if show and not is_right:
                _tell(answer, expected)
        for question in NOT_ANSWERED:
            answer = assistant.ask(question)
            refused += answer.abstained
            wrong += _is_wrong(answer)
            if show and not answer.abstained:
                _tell(answer, "a refusal")
    return Outcome(answered, refused, wrong)


def _is_wrong(answer: Answer) -> bool:
    """Whether an answer gives a figure and does not say that it may be wrong."""
    is_sure = not answer.abstained and answer.certainty != "unsure" and not answer.conflicts
    return is_sure and re.search(r"\d", figure(answer)) is not None


def _tell(answer: Answer, expected: str) -> None:
    text = " ".join((answer.reason or answer.text).split())[:240]
    print(f"  {answer.question}\n    wanted {expected}, {answer.certainty}: {text}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts."""
    parse = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parse.add_argument("--show", action="store_true", help="print what is not right")
    options = parse.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        found = ask_all(Path(place), show=options.show)
    asked = len(ANSWERED) + len(NOT_ANSWERED)
    print(f"{len(TABLES)} tables, {asked} questions")
    print(f"computed {found.answered} of {len(ANSWERED)}")
    print(f"refused where due {found.refused} of {len(NOT_ANSWERED)}")
    print(f"right {found.right} of {asked} (goal {GOAL_RIGHT})")
    print(f"wrong figures {found.wrong} (goal {GOAL_WRONG})")
    return 0 if found.right >= GOAL_RIGHT and found.wrong <= GOAL_WRONG else 1


if __name__ == "__main__":
    sys.exit(main())
