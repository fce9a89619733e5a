"""LaTeX as it is read: commands resolved, comments and struck words out, tables as in Markdown.

Formulas stay as they are written. Macros of the document's own are not expanded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from assistant.reading.grids import Grid
from assistant.reading.left_out import LeftOut
from assistant.reading.markdown_sight import with_footnotes
from assistant.reading.numerals import numeral
from assistant.reading.tables import table_lines

_COMMENT = re.compile(r"(?<!\\)%.*\n?[ \t]*")
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted)\*?\}(?:\[[^\]]*\])?(?:\{[^{}]*\})?\n?"
    r"((?:(?!\\end\{\1).*\n)*)[ \t]*\\end\{\1\*?\}"
)
_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
}  # fmt: skip
_STRUCK = ("sout", "st", "cancel", "xout")
_SHOWN = (
    "textbf", "textit", "emph", "texttt", "textsc", "textrm", "textsf", "textsl", "underline",
    "mbox", "text", "url", "enquote", "uline", "hbox", "textnormal", "caption",
)  # fmt: skip
_UNSHOWN = (
    "label", "vspace", "hspace", "bibliographystyle", "pagestyle", "thispagestyle", "setlength",
    "addtolength", "usepackage", "input", "include", "graphicspath",
)  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a",
}  # fmt: skip
_ACCENT = re.compile(r"\\([`'^~\"=.])\s*\{?\\?([A-Za-z])\}?|\\([cvuHr])\{\\?([A-Za-z])\}")
_SIGNS = {
    r"\ss": "ß", r"\ae": "æ", r"\AE": "Æ", r"\o": "ø", r"\O": "Ø", r"\aa": "å", r"\AA": "Å",
    r"\oe": "œ", r"\l": "ł", r"\L": "Ł", r"\ldots": "…", r"\dots": "…", r"\euro": "€",
    r"\textregistered": "®", r"\copyright": "©", r"\S": "§", r"\degree": "°", r"\LaTeX": "LaTeX",
    r"\TeX": "TeX", r"\quad": " ", r"\qquad": " ", r"\newline": "\n", r"\par": "\n\n",
    r"\pounds": "£", r"\textbackslash": "\\", r"\item": r"\item",
}  # fmt: skip
_SIGN = re.compile(r"\\[A-Za-z]+(?:\{\})?")
_TABULAR = re.compile(
    r"\\begin\{(tabular[x*]?|longtable)\}(?:\[[^\]]*\])?((?:(?!\\end\{\1\}).*\n?)*?)\\end\{\1\}"
)
_FLOAT = re.compile(
    r"\\begin\{table\*?\}(?:\[[^\]]*\])?((?:(?!\\end\{table).*\n?)*?)\\end\{table\*?\}"
)
_LISTS = re.compile(
    r"\\(begin|end)\{(itemize|enumerate|description)\}(?:\[[^\]]*\])?|"
    r"\\item\b(?:\[([^\]]*)\])?[ \t]*"
)
_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\{(?!itemize|enumerate|description)[^{}]{0,60}\}(?:\[[^\]]*\])?"
)
_LINES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|cline\{[^{}]*\}|"
    r"cmidrule(?:\([^)]*\))?\{[^{}]*\})"
)
_LAYOUT = re.compile(r"\\(?:centering|small|footnotesize|scriptsize|raggedright)\b")
_MATH = re.compile(r"\$\$.*?\$\$|\$(?:\\.|[^$\\\n])+\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_LONGEST_ARGUMENT = 20_000


def as_read(text: str, left_out: LeftOut) -> tuple[str, str]:
    """(title, the text that a reader of the printed page sees)."""
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\x00{len(kept) - 1}\x00"

    def struck(words: str) -> str:
        left_out.add("struck")
        return ""

    text = text.replace("\x00", "")
    text = _VERBATIM.sub(lambda m: keep(f"```\n{m[2].rstrip()}\n```"), text)
    text, comments = _COMMENT.subn("", text)
    left_out.add("comment", comments)
    title = _plain(_argument_of(text, "title"))
    begin = text.find("\\begin{document}")
    if begin >= 0:
        head = [f"# {title}" if title else ""]
        head += [_plain(_argument_of(text[:begin], name)) for name in ("author", "date")]
        body = text[begin + len("\\begin{document}") :].partition("\\end{document}")[0]
        text = "\n\n".join([*filter(None, head), body])
    for name in _STRUCK:
        text = _replaced(text, name, struck)
    text = _FLOAT.sub(_captioned, text)
    text = _TABULAR.sub(lambda match: keep(_tabular(match[2])) + "\n\n", text)
    text = _MATH.sub(lambda match: keep(match.group()), text)
    notes: list[str] = []

    def noted(words: str) -> str:
        notes.append(" ".join(words.split()))
        return f"[^{len(notes)}]"

    text = _replaced(text, "footnote", noted)
    for name, level in _LEVELS.items():
        text = _replaced(text, name, partial(_heading, level))
    text = _lists(_plain(text))
    if notes:
        defined = "\n".join(f"[^{at}]: {_plain(note)}" for at, note in enumerate(notes, start=1))
        text = with_footnotes(f"{text.rstrip()}\n\n{defined}\n")
    for _ in range(3):  # a kept formula may stand in a kept table
        text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
    text = re.sub(r"\n[ \t]*\n(?:[ \t]*\n)*[ \t]*", "\n\n", text)
    return title, text.strip() + "\n"


def _heading(level: int, words: str) -> str:
    return f"\n\n{'#' * level} {' '.join(words.split())}\n\n"


def _argument_of(text: str, command: str) -> str:
    match = re.search(rf"\\{command}\*?(?:\[[^\]]*\])?\s*\{{", text)
    return _argument(text, match.end()) or "" if match else ""


def _argument(text: str, start: int) -> str | None:
    """The argument whose opening brace stands before ``start``; None when it does not end."""
    depth = 1
    for match in re.compile(r"\\.|[{}]").finditer(text, start, start + _LONGEST_ARGUMENT):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return text[start : match.start()]
    return None


def _replaced(text: str, command: str, shown: Callable[[str], str]) -> str:
    """The text with each ``\\command{argument}`` replaced by what is shown of the argument."""
    pieces: list[str] = []
    done = 0
    for match in re.finditer(rf"[ ]?\\{command}\*?(?:\[[^\]\n]{{0,200}}\])?\{{", text):
        if match.start() < done:
            continue
        words = _argument(text, match.end())
        if words is None:
            continue
        told = shown(words)
        blank = " " if match.group()[0] == " " and told else ""
        pieces += [text[done : match.start()], blank, told]
        done = match.end() + len(words) + 1
    return "".join([*pieces, text[done:]]) if pieces else text


def _plain(text: str) -> str:
    """Words without commands."""
    for _ in range(3):
        for name in _SHOWN:
            text = _replaced(text, name, lambda words: words)
    for name in _UNSHOWN:
        text = _replaced(text, name, lambda words: "")
    text = re.sub(r"\\href\{[^{}]*\}\{([^{}]*)\}", r"\1", text)
    text = _ACCENT.sub(_accented, text)
    text = _ENVIRONMENT.sub("", text)
    text = _SIGN.sub(_sign, text)
    text = re.sub(r"\\\\(?:\[[^\]]*\])?", "\n", text)
    text = re.sub(r"\\([%&$#_{}])", r"\1", text)
    text = text.replace("---", "—").replace("--", "–").replace("~", " ").replace("\\,", " ")
    text = text.replace("``", "“").replace("''", "”")
    return text.replace("{}", "").strip()


def _sign(match: re.Match[str]) -> str:
    name = match.group().removesuffix("{}")
    if name in ("\\begin", "\\end", "\\item"):
        return match.group()
    return _SIGNS.get(name, "" if name in _SILENT else match.group())


_SILENT = frozenset(
    rf"\{name}"
    for name in """centering maketitle tableofcontents newpage clearpage noindent hline toprule
    midrule bottomrule small large Large huge footnotesize scriptsize normalsize bigskip medskip
    smallskip raggedright appendix bf it em tt sc rm sf itshape bfseries""".split()
)


def _accented(match: re.Match[str]) -> str:
    mark, letter = match[1] or match[3], match[2] or match[4]
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])


def _captioned(match: re.Match[str]) -> str:
    """A table with its caption directly above it."""
    caption = _argument_of(match[1], "caption")
    inner = _replaced(match[1], "caption", lambda words: "")
    inner = _replaced(inner, "label", lambda words: "")
    inner = _LAYOUT.sub("", inner).strip()
    return f"\n\n{' '.join(caption.split())}\n{inner}\n\n"


def _tabular(body: str) -> str:
    grid = Grid()
    body = re.sub(r"^\s*(?:\{[^{}]*\})?\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", body, count=1)
    body = _LINES.sub("", body)
    for line in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", body):
        if not line.strip():
            continue
        grid.start_row()
        for cell in re.split(r"(?<!\\)&", line):
            span, down = 1, 1
            multi = re.match(r"\s*\\multicolumn\{(\d{1,3})\}\{[^{}]*\}\{", cell)
            if multi:
                span, cell = int(multi[1]), _argument(cell, multi.end()) or ""
            rows = re.match(r"\s*\\multirow\{(\d{1,3})\}\{[^{}]*\}\{", cell)
            if rows:
                down, cell = int(rows[1]), _argument(cell, rows.end()) or ""
            grid.add(" ".join(_plain(cell).split()), span, down)
    return "\n".join(table_lines(grid.finish(), "likely"))


def _lists(text: str) -> str:
    """Items with the numbers that are printed."""
    stack: list[tuple[str, int]] = []

    def shown(match: re.Match[str]) -> str:
        if match[1] == "begin":
            stack.append((match[2], 0))
            return "\n"
        if match[1] == "end":
            if stack:
                stack.pop()
            return "\n"
        kind, count = stack[-1] if stack else ("itemize", 0)
        depth = sum(1 for each, _ in stack if each == kind)
        if stack:
            stack[-1] = (kind, count + 1)
        indent = "  " * (len(stack) - 1)
        if match[3] is not None:
            return f"\n{indent}{match[3].strip().rstrip(':')}: "
        if kind == "enumerate":
            label = numeral(count + 1, "1aiA"[min(depth, 4) - 1])
            return f"\n{indent}{f'({label})' if depth == 2 else f'{label}.'} "
        return f"\n{indent}- "

    text = _LISTS.sub(shown, text)
    return re.sub(r"\n[ \t]*\n+([ \t]*(?:- |\d+\. |\([a-z]\) ))", r"\n\1", text)
