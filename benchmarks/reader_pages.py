"""PDFs with known contents for ``benchmarks.readers``, as a word processor sets them.

Each page has a running head and a foot with its number. Of every three files one sets its text in
two columns, one lets a sentence run over a page's end; in the others' columns long words are parted
at line ends, and their sentences are counted apart. A ruled table and a last page follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.reader_contents import COLUMNS, Contents, contents, tell

if TYPE_CHECKING:
    from fpdf import FPDF

_SOFT = "\u00ad"
_LINE = 5.5
"""Of eleven points, in millimetres."""


def make_pdf(number: int) -> tuple[bytes, Contents]:
    """Two to five pages: sections, a table, a last page."""
    known = contents(number)
    pdf = _document(known.title, number)
    has_columns, runs_over = number % 3 == 1, number % 3 == 2
    tell(known, number, "two columns" if has_columns else "text")
    parted: set[str] = set()
    pdf.set_font("Helvetica", "B", 18)
    pdf.multi_cell(0, 10, known.title, new_x="LMARGIN", new_y="NEXT")
    if has_columns:
        _columns(pdf, known)
    else:
        for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True):
            _heading(pdf, heading)
            for paragraph in paragraphs:
                parted |= _paragraph(pdf, paragraph)
    known.phrases = [
        ("words parted at line ends" if text in parted else part, text)
        for part, text in known.phrases
    ]
    if runs_over:
        pdf.set_y(max(pdf.get_y(), pdf.h - pdf.b_margin - 2.5 * _LINE))
        broken = (
            f"Where a page ends the surveyor of house {number} went on writing about the roof and "
            f"the cellar, the two wells in the yard, the fence along the lane, the {number} apple "
            "trees behind the barn, the broken gate at the back, the dovecote above the stable "
            f"and the {number} steps that lead down to the landing."
        )
        _paragraph(pdf, broken)
        known.phrases.append(("over a page's end", broken))
    _heading(pdf, f"Table of survey {number}")
    pdf.set_font("Helvetica", size=10)
    with pdf.table(width=150) as table:
        for row in (COLUMNS, *known.rows):
            table.row(row)
    pdf.add_page()
    _paragraph(pdf, known.last)
    return bytes(pdf.output()), known


def _document(title: str, number: int) -> FPDF:
    from fpdf import FPDF

    class Report(FPDF):
        def header(self) -> None:
            self.set_font("Helvetica", "I", 8)
            self.cell(0, 6, f"{title} - internal report", align="R", new_x="LMARGIN", new_y="NEXT")
            self.ln(4)

        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("Helvetica", "I", 8)
            self.cell(0, 6, f"File {number} - page {self.page_no()} of {{nb}}", align="C")

    pdf = Report()
    pdf.set_title(title)
    pdf.set_author("Survey office")
    pdf.set_auto_page_break(True, margin=22)
    pdf.add_page()
    return pdf


def _heading(pdf: FPDF, text: str) -> None:
    pdf.ln(3)
    pdf.set_font("Helvetica", "B", 13)
    pdf.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")


def _paragraph(pdf: FPDF, text: str) -> set[str]:
    """Set a paragraph; its sentences that have a word parted at a line's end."""
    from fpdf.enums import MethodReturnValue

    pdf.set_font("Helvetica", size=11)
    lines = pdf.multi_cell(
        0, _LINE, with_hyphens(text), align="J", dry_run=True, output=MethodReturnValue.LINES
    )
    pdf.multi_cell(0, _LINE, with_hyphens(text), align="J", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)
    ends = {line.split()[-1].rstrip("-") for line in lines[:-1] if line.endswith("-")}
    return {
        f"{each}."
        for each in text.removesuffix(".").split(". ")
        if any(
            word.startswith(end) and word != end and with_hyphens(word) != word
            for end in ends
            for word in each.split()
        )
    }


def _columns(pdf: FPDF, known: Contents) -> None:
    pdf.set_font("Helvetica", size=10)
    with pdf.text_columns(ncols=2, gutter=8, text_align="J", line_height=1.3) as columns:
        for heading, paragraphs in zip(known.headings, known.paragraphs, strict=True):
            pdf.set_font("Helvetica", "B", 11)
            columns.write(heading)
            columns.ln(1.5)
            pdf.set_font("Helvetica", size=10)
            for paragraph in paragraphs:
                columns.write(paragraph)
                columns.ln(1.5)


def with_hyphens(text: str) -> str:
    """Places where the long words may be parted at a line's end."""
    for word, parted in (
        ("correspondence", "cor|re|spon|dence"),
        ("administration", "ad|min|is|tra|tion"),
        ("responsibilities", "re|spon|si|bil|i|ties"),
        ("documentation", "doc|u|men|ta|tion"),
        ("characteristics", "char|ac|ter|is|tics"),
        ("representatives", "rep|re|sen|ta|tives"),
        ("interpretations", "in|ter|pre|ta|tions"),
        ("accommodation", "ac|com|mo|da|tion"),
        ("households", "house|holds"),
    ):
        text = text.replace(word, parted.replace("|", _SOFT))
    return text
