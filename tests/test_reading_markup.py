"""reST, Org, AsciiDoc and LaTeX: tables, lists and words as they are read; code as written."""

from __future__ import annotations

import pytest

from assistant.reading import read_document
from assistant.tables.model import find_tables

REST = """\
Rates
=====

=====  =====
Zone   Fee
=====  =====
A      5
B      7
=====  =====
"""
CSV_TABLE = (
    '.. csv-table:: Rates of 2024\n   :header: "Zone", "Fee"\n\n   A, 5\n   "B", 7\n\nText.\n'
)
LIST_TABLE = (
    ".. list-table:: Rates of 2024\n   :header-rows: 1\n\n   * - Zone\n     - Fee\n   * - A\n"
    "     - 5\n   * - B\n     - 7\n\nText.\n"
)
GRID = (
    "+------+-----+\n| Zone | Fee |\n+======+=====+\n"
    "| A    | 5   |\n+------+-----+\n| B    | 7   |\n"
    "+------+-----+\n"
)
ORG = "#+CAPTION: Rates of 2024\n| Zone | Fee |\n|------+-----|\n| A | 5 |\n| B | 7 |\n"
ADOC = ".Rates of 2024\n[%header,cols=2*]\n|===\n|Zone |Fee\n|A\n|5\n|B |7\n|===\n"
TEX = r"""
\begin{table}[h]
\centering
\caption{Rates of \emph{2024}}\label{t}
\begin{tabular}{lr}
\toprule
Zone & Fee \\ \midrule
A & 5 \\
B & 7 \\
\end{tabular}
\end{table}
"""


@pytest.mark.parametrize(
    ("text", "name", "caption"),
    [
        (REST, "a.rst", None),
        (CSV_TABLE, "a.rst", "Rates of 2024"),
        (LIST_TABLE, "a.rst", "Rates of 2024"),
        (GRID, "a.rst", None),
        (ORG, "a.org", "Rates of 2024"),
        (ADOC, "a.adoc", "Rates of 2024"),
        (TEX, "a.tex", "Rates of 2024"),
    ],
)
def test_tables_of_written_markup_are_found(text: str, name: str, caption: str | None) -> None:
    (table,) = find_tables(read_document(text.encode(), name).text)
    assert table.names == ("Zone", "Fee")
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["A", "5"], ["B", "7"]]
    if caption:
        assert table.caption == caption


def test_merged_cells_of_latex_and_asciidoc() -> None:
    rows = r" & \multicolumn{2}{c}{2024} \\ Zone & Fee & Tax \\ A & 5 & 1 \\ "
    tex = rf"\begin{{tabular}}{{lll}}{rows}\end{{tabular}}"
    assert "| Zone | 2024 › Fee | 2024 › Tax |" in read_document(tex.encode(), "a.tex").text
    adoc = '[cols="1,1,1"]\n|===\n| 2+|2024\n|Zone |Fee |Tax\n|A |5 |1\n|===\n'
    assert "| Zone | 2024 › Fee | 2024 › Tax |" in read_document(adoc.encode(), "a.adoc").text


def test_latex_reads_as_it_is_printed() -> None:
    source = r"""
\documentclass{article}
\title{On \emph{Rope}}
\author{J\"urgen \O ster}
\begin{document}
\maketitle
\section{Fees}
It costs \textbf{7.35} crowns~now -- 50\% more, says ``Ada''.
\begin{enumerate}
\item Open.
\item Prime:
\begin{itemize}\item once\end{itemize}
\end{enumerate}
\begin{description}\item[MTBF] mean time\end{description}
The flow is $Q = \sqrt{2gh}$.
\begin{verbatim}
% kept \sout{kept}
\end{verbatim}
\end{document}
"""
    document = read_document(source.encode(), "a.tex")
    assert document.title == "On Rope"
    assert [heading.title for heading in document.headings] == ["On Rope", "Fees"]
    for words in (
        "Jürgen Øster", "It costs 7.35 crowns now – 50% more, says “Ada”.", "1. Open.\n2. Prime:",
        "  - once", "MTBF: mean time", "$Q = \\sqrt{2gh}$", "% kept \\sout{kept}",
    ):  # fmt: skip
        assert words in document.text, words
    assert "documentclass" not in document.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#+BEGIN_SRC python\n# kept\nx = +1+ \n#+END_SRC\n", "a.org"),
        ("----\n// kept\n----\n", "a.adoc"),
        ("a + b + c, 1+1\n", "a.org"),
        (".. note:: kept\n\n   more\n", "a.rst"),
        ("see http://example.org // kept\n", "a.adoc"),
    ],
)
def test_code_directives_and_signs_in_words_stay(text: str, name: str) -> None:
    assert read_document(text.encode(), name).text == text


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        (b"\\textbf{", "a.tex"), (b"\\begin{tabular}", "a.tex"), (b"$", "a.tex"), (b"% ", "a.tex"),
        (b"\\item ", "a.tex"), (b"|===\n", "a.adoc"), (b"////\n", "a.adoc"), (b".. \n", "a.rst"),
        (b"==  ==\n", "a.rst"), (b"#+BEGIN_SRC\n", "a.org"), (b"[fn:1] ", "a.org"),
        (b"{\\strike ", "a.rtf"),
    ],
)  # fmt: skip
def test_unfinished_markup_costs_little(piece: bytes, name: str) -> None:
    import time

    head = b"{\\rtf1 x " if name == "a.rtf" else b"words\n"
    began = time.process_time()
    read_document(head + piece * (200_000 // len(piece)), name)
    assert time.process_time() - began < 6
