"""Elements of HTML → blocks of text as they are seen: headings, paragraphs, items, tables, code.

Inline elements join their words as a browser does; raised digits, formulas and quotes are written
as they look. Footnotes come behind the paragraph that refers to them, pictures give what their
alternative text says. The walk is iterative, so that depth cannot overflow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assistant.reading.formulas import mathml
from assistant.reading.html_notes import Notes, short_text
from assistant.reading.html_sight import PageSight, style_of
from assistant.reading.html_tables import is_data, read_table
from assistant.reading.labels import footnote, picture
from assistant.reading.left_out import LeftOut
from assistant.reading.numerals import numeral, raised
from assistant.reading.tables import table_lines
from assistant.reading.writing import fenced

_BLOCKS = frozenset(
    """p div section article main header figure figcaption blockquote pre ul ol li dl dt dd table
    thead tbody tfoot tr td th caption h1 h2 h3 h4 h5 h6 hr address details summary center body
    fieldset legend footer aside""".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_BREAK = "\x1e"
"""Stands for ``br`` until a block is whole."""
_LABEL = re.compile(r"[^\W\d_][\w .,()/&'’-]{0,40}:(?:\s|$)")
_LIST_FORMS = {
    "a": "a", "A": "A", "i": "i", "I": "I", "lower-alpha": "a", "lower-latin": "a",
    "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I",
}  # fmt: skip
_NOTE_SIGN = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡^])[\]).:]?\s+")
_CODE = re.compile(
    r"\b(?:code|highlight|lang(?:uage)?-[\w+#-]+|programlisting|screen|sourcecode|literal-block|"
    r"prettyprint|brush|console|terminal|shell|syntax|codehilite)\b",
    re.IGNORECASE,
)
"""Classes that generators of pages give to code."""
_MOST_TABLES_DEEP, _SHORT_LINE, _LONGEST_RAISED = 12, 60, 12


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text: a heading of ``level``, an item with its ``label`` and ``depth``, a line
    that stands directly under the one before (``is_tight``), code, a table's lines, or prose."""

    text: str
    level: int = 0
    is_tight: bool = False
    is_verbatim: bool = False
    is_table: bool = False
    label: str = ""
    depth: int = 0


def html_blocks(
    root: Any, *, keeps_all: bool = False, left_out: LeftOut | None = None
) -> list[Block]:
    """The blocks under an element, without navigation and adverts unless ``keeps_all``.

    Books and mails have no navigation: what looks like it there is text.
    """
    walk = _Blocks(PageSight(root, keeps_all=keeps_all), left_out or LeftOut(), Notes(root), 0)
    walk.walk(root)
    return walk.blocks


class _Blocks:
    """Walks elements in order and collects blocks."""

    def __init__(self, sight: PageSight, left_out: LeftOut, notes: Notes, tables_deep: int) -> None:
        self.blocks: list[Block] = []
        self._sight = sight
        self._left_out = left_out
        self._notes = notes
        self._tables_deep = tables_deep
        self._inline: list[str] = []
        self._after: list[str] = []
        self._pictures: list[str] = []
        self._label = ""
        self._terms: list[str] = []
        self._is_term = self._is_defined = False
        self._lead = ""
        self._level = 0
        self._section = 0
        self._list_depth = 0
        self._preformatted = 0
        self._is_code = False
        self._items: dict[Any, int] = {}
        self._captions: set[Any] = set()
        self._tables_inside: list[Block] = []

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self._leave(element)
            elif element is not root and self._is_left_out(element):
                pass
            elif not self._take_whole(element):
                self._enter(element)
                stack.append((element, True))
                stack.extend((child, False) for child in reversed(element))
                continue
            if element is not root and element.tail:
                self._text(element.tail)
        self._flush()

    def _is_left_out(self, element: Any) -> bool:
        if element in self._notes.taken or element in self._captions:
            return True
        if self._sight.is_noise(element):
            return True
        kind = (
            "hidden" if self._sight.hides(element)
            else "struck" if self._sight.strikes(element) else ""
        )  # fmt: skip
        if kind and element.text_content().strip():
            self._left_out.add("struck" if kind == "struck" else "hidden")
        return bool(kind)

    # ------------------------------------------------------------ elements taken as a whole

    def _take_whole(self, element: Any) -> bool:
        tag = element.tag
        if tag == "table":
            if self._tables_deep < _MOST_TABLES_DEEP and is_data(element):
                self._table(element)
                return True
        elif tag == "math":
            self._text(mathml(element))
            return True
        elif tag == "img":
            self._pictures.append(element.get("alt") or "")
            return True
        elif tag in ("sup", "a"):
            return self._reference(element) or (tag == "sup" and self._raised(element))
        return False

    def _raised(self, element: Any) -> bool:
        text = short_text(element, _LONGEST_RAISED)
        if not text:
            return False
        self._text(raised(text.strip(), "".join(self._inline[-2:])[-40:]))
        return True

    def _reference(self, element: Any) -> bool:
        """A reference to a footnote: the note comes after the block, the sign goes."""
        if self._notes.leads_back(element):
            return True
        note = self._notes.referred(element)
        if note is None:
            return False
        if note not in self._notes.taken:
            self._notes.taken.add(note)
            words = _NOTE_SIGN.sub("", self._inner(note), count=1)
            if words:
                self._after.append(footnote(words, element.text_content()))
        return True

    def _inner(self, element: Any, tables_deep: int | None = None) -> str:
        """The words of an element in one line; tables inside come after it."""
        deep = self._tables_deep if tables_deep is None else tables_deep
        walk = _Blocks(self._sight, self._left_out, self._notes, deep)
        walk.walk(element)
        self._tables_inside = [block for block in walk.blocks if block.is_table]
        words = (
            f"{b.label} {b.text}" if b.label and b.label != "-" else b.text
            for b in walk.blocks
            if not b.is_table
        )
        return _SPACE.sub(" ", " ".join(words)).strip()

    def _table(self, table: Any) -> None:
        self._flush()
        inside: list[Block] = []

        def words_of(cell: Any) -> str:
            if self._is_left_out(cell):
                return ""
            words = self._inner(cell, self._tables_deep + 1)
            inside.extend(self._tables_inside)
            return words

        found = read_table(table, words_of, self._sight.hides)
        self._left_out.add("rows", found.hidden_rows)
        lines = list(table_lines(found.rows, "marked" if found.heads else "unknown", found.heads))
        text = "\n".join([*self._caption(table), *lines]).strip("\n")
        if text.strip():
            self.blocks.append(Block(text, is_table=True))
        self.blocks.extend(inside)

    def _caption(self, table: Any) -> list[str]:
        """A table's caption, or that of the figure which holds nothing else."""
        caption = next((child for child in table if child.tag == "caption"), None)
        parent = table.getparent()
        if caption is None and parent is not None and parent.tag == "figure":
            caption = next((child for child in parent if child.tag == "figcaption"), None)
            if caption is not None:
                self._captions.add(caption)
        if caption is None or (words := self._inner(caption)) == "":
            return []
        if self.blocks and self.blocks[-1].text == words:
            self.blocks.pop()  # a figure's caption that stands above its table
        return [words]

    # ------------------------------------------------------------ blocks

    def _is_block(self, element: Any) -> bool:
        style = style_of(element)
        if "display:" in style:
            if "display:inline" in style:
                return False
            if "display:block" in style or "display:flex" in style:
                return True
        return element.tag in _BLOCKS

    def _enter(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._inline.append("\n" if self._preformatted else _BREAK)
        elif tag == "q":
            self._inline.append("“")
        elif self._is_block(element):
            self._flush()
            if tag in _HEADINGS:
                self._level = _HEADINGS[tag]
            elif tag in ("ul", "ol"):
                self._list_depth += 1
            elif tag == "li":
                self._label = self._list_mark(element)
            elif tag == "pre":
                self._preformatted += 1
                self._is_code = _holds_code(element)
            elif tag == "dt":
                self._terms = [] if self._is_defined else self._terms
                self._is_term, self._is_defined = True, False
            elif tag == "dd":
                self._lead, self._is_defined = self._term_before(), True
        if element.text:
            self._text(element.text)

    def _term_before(self) -> str:
        """What leads the definition on its line; a question is the heading over its answer."""
        terms = ", ".join(self._terms)
        if terms.endswith(("?", "？", "؟")) and not self._is_defined:
            self.blocks.append(Block(terms, level=min(6, self._section + 1)))
        return "" if terms.endswith(("?", "？", "؟")) else terms

    def _leave(self, element: Any) -> None:
        tag = element.tag
        if tag == "q":
            self._inline.append("”")
        elif self._is_block(element):
            self._flush()
            if tag in ("ul", "ol"):
                self._list_depth = max(0, self._list_depth - 1)
            elif tag == "pre":
                self._preformatted -= 1
            elif tag == "dt":
                self._is_term = False
            elif tag == "dd":
                self._lead = ""
            elif tag == "dl" and self._terms:
                if not self._is_defined:
                    self.blocks.append(Block(", ".join(self._terms), is_tight=True))
                self._terms = []

    def _text(self, text: str) -> None:
        self._inline.append(text if self._preformatted else _SPACE.sub(" ", text))

    def _flush(self) -> None:
        raw = "".join(self._inline)
        self._inline.clear()
        texts = [raw.strip("\n")] if self._preformatted else _broken_lines(raw)
        for text in texts:
            if text.strip():
                self._block(text)
        self._level = 0
        self._add_after(" ".join(texts))

    def _block(self, text: str) -> None:
        if self._is_term:
            self._terms.append(text)
        elif self._level:
            self._section = self._level
            self.blocks.append(Block(text.replace("\n", " "), level=self._level))
        elif self._preformatted:
            mark = f"{self._label} " if self._label else ""
            shown = fenced(text) if self._is_code and not mark else mark + text
            self.blocks.append(Block(shown, is_verbatim=True))
            self._label = ""
        elif self._lead:
            self.blocks.append(Block(f"{self._lead.rstrip(' :')}: {text}", is_tight=True))
            self._lead = ""
        elif self._label:
            self.blocks.append(
                Block(text, is_tight=True, label=self._label, depth=max(0, self._list_depth - 1))
            )
            self._label = ""
        else:
            self.blocks.append(Block(text, is_tight=self._list_depth > 0))

    def _add_after(self, near: str) -> None:
        """The notes that a block refers to, and what its pictures show."""
        notes, self._after = self._after, []
        pictures, self._pictures = self._pictures, []
        self.blocks.extend(Block(note) for note in notes)
        for each in pictures:
            if shown := picture(each, near):
                self.blocks.append(Block(shown))

    def _list_mark(self, element: Any) -> str:
        """``-`` or the item's number; counted on the way, for a list may have 100,000 items."""
        parent = element.getparent()
        if parent is None or parent.tag != "ol":
            return "-"
        before = self._items.get(parent)
        if before is None:
            start = parent.get("start") or ""
            before = int(start) - 1 if re.fullmatch(r"-?\d{1,6}", start) else 0
        value = element.get("value") or ""
        number = int(value) if re.fullmatch(r"-?\d{1,6}", value) else before + 1
        self._items[parent] = number
        form = _LIST_FORMS.get(parent.get("type") or "", "")
        if not form and (style := style_of(parent)):
            form = next((sign for name, sign in _LIST_FORMS.items() if f":{name}" in style), "")
        return f"{numeral(number, form or '1')}."


def _broken_lines(raw: str) -> list[str]:
    """A block's text, cut where two breaks stand together.

    A break stays one where lines are a list of some kind: labels with their values, or short ones
    throughout. Elsewhere it only wraps a sentence.
    """
    if _BREAK not in raw:
        return [_SPACE.sub(" ", raw).strip()]
    texts: list[str] = []
    lines: list[str] = []
    for piece in [*raw.split(_BREAK), ""]:
        line = _SPACE.sub(" ", piece).strip()
        if line:
            lines.append(line)
        elif lines:
            labelled = any(_LABEL.match(each) for each in lines[1:])
            short = len(lines) > 2 and all(len(each) <= _SHORT_LINE for each in lines)
            short = short and not any(each[0].islower() for each in lines[1:])  # a sentence goes on
            texts.append(("\n" if labelled or short else " ").join(lines))
            lines = []
    return texts


def _holds_code(element: Any) -> bool:
    """Whether preformatted text is code or what a program printed: letters and poems are not."""
    if any(child.tag in ("code", "samp", "kbd") for child in element):
        return True
    above = element.getparent()
    classes = (each.get("class", "") for each in (element, above) if each is not None)
    return any(_CODE.search(each) for each in classes)
