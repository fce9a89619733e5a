"""Cells of a real workbook: are row, column and period right, and is nothing else shown?

    python -m benchmarks.workbook_cells [--workbook FILE] [--beside FOLDER …] [--show]

The workbook holds half-year figures by segment: five sheets, two periods below each other on one
sheet and side by side on another. It is indexed beside the sample documents. An answer is right
when it shows every value that is asked for, and no row of another segment or period. Exit status 1
where fewer than 18 of 20 are right; 2 where the workbook is absent.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assistant import Answer, Assistant, load_settings
from eval.statistics import wilson

ROOT = Path(__file__).resolve().parent.parent
WORKBOOK = ROOT.parent / "shared/bench/formats/files/uns__2023-half-year-analyses-by-segment.xlsx"
GOAL = 18


@dataclass(frozen=True, slots=True)
class Cell:
    """A question, the values its answer must show, and values that belong to other rows."""

    question: str
    wanted: tuple[str, ...]
    others: tuple[str, ...] = ()


CELLS = (
    Cell("What were the sales of Zone NA in January–June 2023?", ("12553",), ("12138", "9467")),
    Cell("What were the sales of Zone NA in the first half of 2022?",
         ("12138",), ("12553", "9283")),
    Cell("How high were Nespresso's sales in the first half of 2023?", ("3128",), ("3190", "3318")),
    Cell("What was the trading operating profit of Zone LATAM in the first half of 2022?",
         ("1160",), ("1101", "403")),
    Cell("What was the trading operating profit of Zone EUR in January–June 2023?",
         ("1373",), ("1494", "1985")),
    Cell("How much were the restructuring costs of Zone EUR in the first half of 2023?",
         ("-140",), ("-262", "-44")),
    Cell("What was the depreciation and amortization of Zone AOA in January to June 2022?",
         ("-290",), ("-259", "-178")),
    Cell("What was the underlying trading operating profit of Nestlé Health Science in 2023?",
         ("432",), ("435", "678")),
    Cell("What did PetCare sell in the first half of 2023?", ("9373",), ("8589", "3694")),
    Cell("What were the sales of PetCare in January–June 2022?", ("8589",), ("9373", "3595")),
    Cell("What was the trading operating profit of Confectionery in 2022?",
         ("464",), ("467", "1519")),
    Cell("How high were the sales of Water in the first half of 2023?",
         ("1706",), ("1792", "5418")),
    Cell("What was the net other trading income of Prepared dishes and cooking aids in 2022?",
         ("-375",), ("-65", "-34")),
    Cell("What was the impairment of intangible assets of Zone NA in January–June 2022?",
         ("-285",), ("-23", "-314")),
    Cell("What was the impairment of intangible assets of Water in the first half of 2023?",
         ("-21",), ("-285", "-12")),
    Cell("What was the total of sales in January–June 2022?", ("45580",), ("46293",)),
    Cell("What was the operating profit in the first half of 2022?", ("6619",), ()),
    Cell("What was the net financial expense in the first half of 2023?", ("-697",), ()),
    Cell("Compare the sales of Zone GC and Zone LATAM in the first half of 2023.",
         ("2548", "6082"), ("2677", "5659")),
    Cell("Which sold more in January–June 2022, Confectionery or Water?",
         ("3595", "1792"), ("3694", "1706")),
)  # fmt: skip


def is_right(cell: Cell, answer: Answer) -> bool:
    """Whether an answer shows the values asked for, and none of another row."""
    shown = set(re.findall(r"-?\d+", re.sub(r"(?<=\d)[,’'](?=\d{3})|\.0\b", "", answer.text)))
    return (
        not answer.abstained
        and all(value in shown for value in cell.wanted)
        and not any(value in shown for value in cell.others)
    )


def main(argv: list[str] | None = None) -> int:
    """Index the workbook beside other documents, ask for the cells, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--workbook", type=Path, default=WORKBOOK)
    parser.add_argument("--beside", type=Path, nargs="*", default=[ROOT / "documents"])
    parser.add_argument("--show", action="store_true", help="print the answers that are wrong")
    args = parser.parse_args(argv)
    if not args.workbook.is_file():
        print(f"The workbook {args.workbook} is not here: nothing to measure.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "book", args.workbook.name.removeprefix("uns__"))
        book.parent.mkdir()
        shutil.copy(args.workbook, book)
        paths = [str(path) for path in (book.parent, *args.beside)]
        where = {"documents.paths": paths, "index.path": str(Path(folder, "index"))}
        settings = load_settings(None, where)
        with Assistant(settings) as assistant:
            assistant.sync()
            answers = [(cell, assistant.ask(cell.question)) for cell in CELLS]
    right = sum(is_right(cell, answer) for cell, answer in answers)
    if args.show:
        for cell, answer in answers:
            if not is_right(cell, answer):
                print(f"- {cell.question} (wanted: {', '.join(cell.wanted)})\n{answer.text}\n")
    interval = wilson(right, len(answers))
    assert interval is not None
    bounds = f"[{interval.low:.0%}, {interval.high:.0%}]"
    print(f"right {right} of {len(answers)} {bounds}; goal {GOAL}")
    return 0 if right >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
