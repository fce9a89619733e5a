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
    r"\\begin\{((?:verbatim|lstlisting|minted)\*?)\}(?:\[[^\]\n]*\])?(?:\{[^{}\n]*\})?\n?"
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
_SIGN = re.compile(r"(\\[A-Za-z]+)(\{\}|[ \t]*)")
_TABLES = re.compile(r"\\(begin|end)\{(tabular[x*]?|longtable)\}(?:\[[^\]\n]*\])?")
_FLOATS = re.compile(r"\\(begin|end)\{(table\*?)\}(?:\[[^\]\n]*\])?")
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
_COLUMN_SPEC = re.compile(r"\A\s*+(?:\{[^{}]*+\}(?=\s*+\{))?\s*+\{(?:[^{}]|\{[^{}]*+\})*+\}")
"""The width, when there is one, and the columns, as in ``{8cm}{lrr}``."""
_LAYOUT = re.compile(r"\\(?:centering|small|footnotesize|scriptsize|raggedright)\b")
_MATH = re.compile(
    r"\$\$.*?\$\$|(?<!(?<!\\)\\)\$(?:\\.|[^$\\\n])++\$|"
    r"\\\((?:(?!\\\().)*?\\\)|\\\[(?:(?!\\\[).)*?\\\]",
    re.DOTALL,
)
_BLANK_LINES = re.compile(
    r"(?<![\n \t])[ \t]*+\n(?:[ \t]*+\n)++([ \t]*+(?:- |\d+\. |\([a-z]\) ))"
)  # before an item
_BRACE = re.compile(r"\\.|[{}]")
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
    text = _without_code(text, keep)
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
    text = _replaced_blocks(text, _FLOATS, lambda body, depth: _captioned(body))
    text = _replaced_blocks(
        text,
        _TABLES,
        lambda body, depth: _in_cell(body) if depth else keep(_tabular(body)) + "\n\n",
    )
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


def _without_code(text: str, keep: Callable[[str], str]) -> str:
    """The text with its listings kept aside, as they are written."""
    pieces: list[str] = []
    done, unended = 0, set()
    for match in _VERBATIM.finditer(text):
        name = match[1]
        if match.start() < done or name in unended:
            continue
        ending = f"\\end{{{name}}}"
        end = text.find(ending, match.end())
        if end < 0:
            unended.add(name)
            continue
        pieces += [
            text[done : match.start()],
            keep(f"```\n{text[match.end() : end].rstrip()}\n```"),
        ]
        done = end + len(ending)
    return "".join([*pieces, text[done:]])


def _replaced_blocks(text: str, borders: re.Pattern[str], shown: Callable[[str, int], str]) -> str:
    """The text with each ``\\begin{…} body \\end{…}`` replaced by what is shown of (body, depth).

    Inner ones come first; what does not end stays as it is written.
    """
    stack: list[tuple[str, str, list[str]]] = [("", "", [])]
    done = 0
    for match in borders.finditer(text):
        stack[-1][2].append(text[done : match.start()])
        done = match.end()
        if match[1] == "begin":
            stack.append((match[2], match.group(), []))
        elif match[2] == stack[-1][0]:
            body = "".join(stack.pop()[2])
            stack[-1][2].append(shown(body, len(stack) - 1))
            if "[" in match.group():
                done = match.start() + match.group().index("[")
        else:
            stack[-1][2].append(match.group())
    stack[-1][2].append(text[done:])
    return "".join(opening + "".join(pieces) for _, opening, pieces in stack)


def _in_cell(body: str) -> str:
    """A table inside another's cell: often only a way to break a line."""
    body = _LINES.sub("", _COLUMN_SPEC.sub("", body, count=1))
    rows = re.split(r"\\\\(?:\[[^\]\n]*\])?", body)
    return ", ".join(" ".join(re.sub(r"(?<!\\)&", " ", row).split()) for row in rows if row.strip())


def _argument_of(text: str, command: str) -> str:
    match = re.search(rf"\\{command}\*?(?:\[[^\]]*\])?\s*\{{", text)
    return _argument(text, match.end()) or "" if match else ""


def _argument(text: str, start: int) -> str | None:
    """The argument whose opening brace stands before ``start``; None when it does not end."""
    depth = 1
    for match in _BRACE.finditer(text, start, start + _LONGEST_ARGUMENT):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return text[start : match.start()]
    return None


def _closing_braces(text: str) -> dict[int, int]:
    """The place after each opening brace → where its argument ends."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match.group() == "{":
            opened.append(match.end())
        elif match.group() == "}" and opened:
            found[opened.pop()] = match.start()
    return found


def _replaced(text: str, command: str, shown: Callable[[str], str]) -> str:
    """The text with each ``\\command{argument}`` replaced by what is shown of the argument."""
    if f"\\{command}" not in text:
        return text
    ends = _closing_braces(text)
    pieces: list[str] = []
    done = 0
    for match in re.finditer(rf"[ ]?\\{command}\*?(?:\[[^\]\n]{{0,200}}\])?\{{", text):
        end = ends.get(match.end(), len(text))
        if match.start() < done or end - match.end() > _LONGEST_ARGUMENT or end == len(text):
            continue
        told = shown(text[match.end() : end])
        blank = " " if match.group()[0] == " " and told else ""
        pieces += [text[done : match.start()], blank, told]
        done = end + 1
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
    name, after = match[1], match[2].removesuffix("{}")
    if name in ("\\begin", "\\end", "\\item"):
        return match.group()
    if name in _SIGNS:
        return _SIGNS[name] + ("" if _SIGNS[name].isalpha() and len(name) < 4 else after)
    return after if name in _SILENT else match.group()


_SILENT = frozenset(
    rf"\{name}"
    for name in """centering maketitle tableofcontents newpage clearpage noindent hline toprule
    midrule bottomrule small large Large huge footnotesize scriptsize normalsize bigskip medskip
    smallskip raggedright appendix bf it em tt sc rm sf itshape bfseries""".split()
)


def _accented(match: re.Match[str]) -> str:
    mark, letter = match[1] or match[3], match[2] or match[4]
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])


def _captioned(body: str) -> str:
    """A table with its caption directly above it."""
    caption = _argument_of(body, "caption")
    inner = _replaced(body, "caption", lambda words: "")
    inner = _replaced(inner, "label", lambda words: "")
    inner = _LAYOUT.sub("", inner).strip()
    return f"\n\n{' '.join(caption.split())}\n{inner}\n\n"


def _tabular(body: str) -> str:
    grid = Grid()
    body = _LINES.sub("", _COLUMN_SPEC.sub("", body, count=1))
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
    return _BLANK_LINES.sub(r"\n\1", text)
