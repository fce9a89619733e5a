"""Sentence borders with exact spans, for citing one sentence; run on retrieved text only.

A text is first cut into units (paragraphs, list items, headings, table rows), because a sentence
never crosses one; prose is then cut at sentence ends. Thai has no sentence marks: there the whole
paragraph is one sentence. Errors at the borders of a labelled sample are counted in
``tests/test_sentences.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from assistant.text.fences import is_fence

_LONGEST_CELL = 100
"""Characters between bars of which more are a sentence, where no bars stand at the line's ends."""
Kind = Literal["prose", "item", "heading", "table", "code", "label"]
"""``label``: a short line without an end mark, such as a caption, a byline or a menu entry."""

_ABBREVIATIONS = frozenset(
    """dr mr mrs ms prof rev hon st sr jr gen col sgt capt lt al fig figs eq eqs sec secs ch vol
    no nos pp p ed eds inc ltd co corp dept univ approx ca cf vs v e.g i.e eg ie viz resp ph.d
    b.sc m.sc jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun z.b
    d.h u.a bzw usw nr str hrsg vgl bd dipl ing abs art tab app ref refs min max avg est tel
    ext डॉ प्रो श्री""".split()
)
# Abbreviations after which a capital always goes on with the sentence.
_NEVER_LAST = frozenset(
    """dr mr mrs ms prof rev hon st sr gen col sgt capt lt fig figs eq eqs sec secs vol pp approx ca
    cf vs v e.g i.e eg ie viz z.b d.h u.a bzw vgl hrsg dipl ing डॉ प्रो श्री""".split()
)
_STARTERS = frozenset(
    """the a an this that these those it its he she they we you i in on at for from with by as to
    but and or so if when while after before since although however moreover furthermore there
    here our their his her some many most all no one each both such then thus meanwhile""".split()
)
_MONTHS_DE = frozenset(
    """januar februar märz april mai juni juli august september oktober november dezember
    jahrhundert""".split()
)

BOLD_QUESTION = re.compile(
    r"[ \t]{0,3}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,3})?"
    r"(?:\*\*|__)([^\s*_][^\n*]{2,300}\?)(?:\*\*|__)[ \t]*$",
    re.MULTILINE,
)
"""A line that is a question in bold type throughout: the heading of an FAQ's entry."""
_BOLD_ENDS = ("?**", "?__")
_LIST_START = re.compile(r"[ \t]*(?:[-*+•◦▪‣·–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+(?=\S)")
_INITIAL = re.compile(r"[ \t]*[B-HJ-Z]\.[ \t]+[A-ZÀ-Þ][\w'’-]")
_LETTERED = re.compile(r"^[ \t]*\(?([A-Z])[.)][ \t]", re.MULTILINE)
_ROMAN = frozenset("VXLCDM")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+\S")
_RULE = re.compile(r"[ \t]*(?:[-=*_~][ \t]*){3,}$")
_EDGES = ("`", "~")
_TABLE_RULE = re.compile(
    r"[ \t]*+\|?+[ \t]*+:?-{2,}+:?[ \t]*+(?:\|[ \t]*+:?-{2,}+:?[ \t]*+)*\|?[ \t]*+$"
)
_LABEL = re.compile(r"[ \t]*[^\W\d_][^:\n]{0,40}:[ \t]+\S")
_CAPTION = re.compile(
    r"[ \t]*(?i:figure|fig\.|abbildung|abb\.|figura) ?[A-Z]?\d{1,3}(?:[.-]\d{1,3})?"
    r"[.:] +[^\W\d_a-z]"
)
"""The line of a figure's caption, which goes on with no item and no paragraph above it."""
_ENTRY = re.compile(
    r"[ \t]*(?:[\[(<]|\S{1,40} \S{1,20} \S{1,40} \[)?"  # a web server's line begins with an address
    r"(?:[A-Z]{4,8}[\])]?[ \t:]+[\[(]?)?"
    r"(?:\d{4}[-/]\d\d[-/]\d\d(?:[T ,]|$)|\d{1,2}[/.-](?:\d{1,2}|[A-Za-z]{3})[/.-]\d{2,4}[ :,T]"
    r"|\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?[\])> \t]"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d )"
)
"""A line of a log, a chat or a transcript, which begins with its time."""
_END = re.compile(
    r"(?P<wide>[。！？｡]+[」』”’）】]*)"
    # A run of marks is looked at from its first one only, or a line of dots takes its square.
    r"|(?<![।॥؟۔])(?P<danda>[।॥؟۔]+[\"'”’)\]]*(?=\s|$))"
    r"|(?<![.!?…])(?P<mark>[.!?…]+)(?P<close>[\"'”’»)\]*_]*)(?:\[\^?\d{1,3}\])*(?=\s|$)"
    # a raised note mark that a PDF's text has as plain digits: "in women.2,3 About 15,000 …"
    r"|(?<=[a-zß-öø-ÿ]{3})(?P<noted>\.)\d{1,2}(?:[,–-]\d{1,2}){0,4}(?=\s+[A-ZÀ-Þ][a-zß-öø-ÿ])"
)
_LAST_TOKEN = re.compile(r"[^\s(\[\"“‘'—–/]+$")
_ENDED = (".", "!", "?", ":", ";", ")")
_LONGEST_TOKEN = 100
"""Characters before a mark that are looked at: a longer token is no abbreviation."""
_NEXT_WORD = re.compile(r"[\s\"“‘'(\[«*_]*([^\s.,;:!?\"”’)\]*_]+)")


_WIDEST, _ROOM = 130, 0.85
"""Characters of the longest line of a wrapped paragraph, and the share of its width in which the
first word of the next line would have had room: lines of a PDF are not equally long."""
_GOES_ON = re.compile(
    r"(?:^|\s)(?:an?|the|of|to|in|on|at|by|for|with|from|into|upon|under|as|than|and|or|nor|but|that|"
    r"which|who|whose|their|his|her|its|our|your|my|this|these|those|such|any|every|each|is|are|was|"
    r"were|be|been|has|have|had|shall|will|would|may|might|must|can|could|should|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|und|oder|von|zu|mit|für|im|le|la|les|du|de|"
    r"un|une|et|ou|el|los|las|y|del|il|lo|gli)$"
)
"""The last word of a line that no sentence ends in: "unless the House by their / Adjournment"."""
_ASIDE = re.compile(r"\s*[(\[][A-Z]{3,12}: [^()\[\]\n]{3,200}[)\]]\s*")
"""A line that links to another page: "(READ: The making of the film)"."""
_BETWEEN_NAMES = re.compile(r", (?:and )?| and | & ")
_ENOUGH_TO_TELL = 60
"""Characters of a paragraph without a capital, from which on its writer uses none."""


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence or unit: ``text[start:end]``, trimmed, and what kind of unit it came from."""

    start: int
    end: int
    kind: Kind


def sentences(text: str, *, in_code: bool = False) -> list[SentenceSpan]:
    """All sentences of ``text`` in order, with spans that never overlap."""
    found: list[SentenceSpan] = []
    for unit in units(text, in_code=in_code):
        if unit.kind == "item" and _ENTRY.match(text, unit.start):
            found.append(unit)  # an entry says one thing, at one time
        elif unit.kind in ("prose", "item", "label"):
            found.extend(_cut(text, unit))
        else:
            found.append(unit)
    return found


def units(text: str, *, in_code: bool = False) -> Iterator[SentenceSpan]:
    """Paragraphs, list items, headings, table rows and code blocks of ``text`` in order;
    ``in_code``: it begins inside a block of code."""
    start, end, kind = -1, -1, "prose"
    previous = ""
    fenced = in_code
    letters: frozenset[str] | None = None
    offset = 0
    lines = text.splitlines(keepends=True)
    for line, width in zip(lines, _widths(lines), strict=True):
        body = line.rstrip()
        line_start = offset + len(line) - len(line.lstrip())
        line_end = offset + len(body)
        offset += len(line)
        is_edge = body.lstrip()[:1] in _EDGES and is_fence(body, previous, is_open=fenced)
        opening = _line_kind(body, fenced=fenced or is_edge)
        fenced ^= is_edge
        if opening == "item" and _INITIAL.match(body):
            letters = frozenset(_LETTERED.findall(text)) if letters is None else letters
            opening = "prose" if _is_initial(body, letters) else "item"
        joins = start >= 0 and _joins(previous, body, kind, width)
        if opening == "entry" != kind and joins:
            opening = "prose"  # a sentence whose next line happens to begin with a time
        continues = opening == "prose" and joins
        if (opening == "code" and kind == "code" and start >= 0) or continues:
            end = line_end if body else end  # blank lines count only between others
        else:
            if start >= 0:
                yield from _unit(text, start, end, kind)
            blank = opening == "blank"
            start, end, kind = (-1 if blank else line_start), line_end, opening
        previous = body
    if start >= 0:
        yield from _unit(text, start, end, kind)


def _line_kind(body: str, *, fenced: bool) -> str:
    """What a line is. The first sign rules out most patterns: half of the time of all of them."""
    first = body.lstrip()[:1]
    if fenced:
        return "code"
    if not first or (first in "-=*_~" and _RULE.match(body)):
        return "blank"
    if first in "|:-" and _TABLE_RULE.match(body):
        return "blank"
    if first == "#" and _HEADING.match(body):
        return "heading"
    if body.endswith(_BOLD_ENDS) and BOLD_QUESTION.match(body):
        return "heading"
    if _is_table_row(body):
        return "table"
    may_be_time = first.isdecimal() or first in "[(<" or (first.isupper() and ":" in body[:60])
    if may_be_time and _ENTRY.match(body):
        return "entry"
    if first.isalpha() and ". " not in body and ") " not in body and "\t" not in body:
        return "prose"
    return "item" if _LIST_START.match(body) else "prose"


def _is_initial(body: str, letters: frozenset[str]) -> bool:
    """Whether a line opens with the initial of a name ("J. Dunmore"): no line has the letter before
    or after it, as one of a list has. ``letters`` are those that open lines."""
    letter = body.lstrip()[0]
    beside = {chr(ord(letter) - 1), chr(ord(letter) + 1)}
    return not beside & letters and not (letter in _ROMAN and "I" in letters)


def is_prose_with_bars(body: str) -> bool:
    """Whether a line with bars, none of them at its ends, is a sentence and no row: "(page 1 | page
    2 | page 3)" behind many words."""
    bare = body.strip()
    if bare.startswith("|") or bare.endswith("|"):
        return False
    return max(map(len, bare.split("|"))) > _LONGEST_CELL and bare[-1:] in '.!?)”"'


def _is_table_row(body: str) -> bool:
    return (body.count("|") >= 2 or " | " in body) and not is_prose_with_bars(body)


def _widths(lines: Sequence[str]) -> list[int]:
    """For each line the characters of the longest line of its block, which blank lines bound."""
    widths: list[int] = []
    for is_text, block in groupby(lines, key=lambda line: not line.isspace()):
        held = [len(line.rstrip()) for line in block]
        widths += [max(held) if is_text else 0] * len(held)
    return widths


def _is_ended(previous: str, body: str, width: int) -> bool:
    """Whether a line without an end mark was ended on purpose above one with a capital: the next
    word had room in it, or the next line is longer than any wrapped one; or it stands in brackets.
    """
    if not body.lstrip("\"“‘'([ \t")[:1].isupper():
        return False
    if _ASIDE.fullmatch(previous):
        return True
    if previous.endswith((*_ENDED, ",")) or _GOES_ON.search(previous) or _is_of_names(body):
        return False
    if len(body) > _WIDEST:
        return body.endswith((*_ENDED, '"', "”", "’"))
    word = body.split(maxsplit=1)[0]
    return len(previous) + 1 + len(word) < _ROOM * min(width, _WIDEST)


def _is_of_names(body: str) -> bool:
    """Whether a line is the names of those who wrote what the line above it is the title of."""
    names = _BETWEEN_NAMES.split(body.strip())
    return len(names) > 1 and all(
        len(name.split(maxsplit=4)) <= 4 and name[:1].isupper() for name in names
    )


def _joins(previous: str, body: str, kind: str, width: int) -> bool:
    """Whether a line goes on with the paragraph or list item of the line before (hard wrap).

    All that follows an entry of a log belongs to it; a label with its value stands alone, and so
    do headlines one below the other. ``width`` is that of the longest line around.
    """
    if kind == "entry":
        return bool(previous.strip())
    if not previous.strip() or kind not in ("prose", "item"):
        return False
    if _LABEL.match(body) and _LABEL.match(previous):
        return False
    if previous.endswith(_ENDED) and _CAPTION.match(body):
        return False
    first = body.lstrip()[:1]
    if first.islower() or previous.endswith((",", "-", "–", "—")):
        return True
    if kind == "prose" and _is_ended(previous, body, width):
        return False
    return 45 <= len(previous) <= _WIDEST


def _unit(text: str, start: int, end: int, kind: str) -> Iterator[SentenceSpan]:
    if kind == "item":
        mark = _LIST_START.match(text, start)
        if mark is not None and mark.end() < end:
            start = mark.end()
        yield SentenceSpan(start, end, "item")
    elif kind == "entry":
        yield SentenceSpan(start, end, "item")
    elif kind == "heading":
        inner = re.compile(r"#+[ \t]+").match(text, start)
        bold = BOLD_QUESTION.match(text, start, end) if inner is None else None
        if bold is not None:
            start, end = bold.span(1)
        yield SentenceSpan(inner.end() if inner else start, end, "heading")
    elif kind == "table":
        yield SentenceSpan(start, end, "table")
    elif kind == "code":
        yield SentenceSpan(start, end, "code")
    elif kind == "prose":
        words = text[start:end].split()
        ended = _END.search(text[max(start, end - 4) : end]) is not None or text[end - 1] in ":;"
        is_label = len(words) <= 12 and not ended and end - start <= 90
        yield SentenceSpan(start, end, "label" if is_label else "prose")


def _cut(text: str, unit: SentenceSpan) -> Iterator[SentenceSpan]:
    start = unit.start
    is_lower: bool | None = None
    for match in _END.finditer(text, unit.start, unit.end):
        border = match.end()
        if is_lower is None:
            is_lower = _is_without_capitals(text[unit.start : unit.end])
        if border <= start or not _is_border(text, unit, match, is_lower=is_lower):
            continue
        yield SentenceSpan(start, border, unit.kind if unit.kind != "label" else "prose")
        start = border
        while start < unit.end and text[start].isspace():
            start += 1
    if start < unit.end:
        yield SentenceSpan(start, unit.end, unit.kind)


def _is_without_capitals(text: str) -> bool:
    """Whether somebody writes, or a program stored, everything in lower case."""
    return len(text) >= _ENOUGH_TO_TELL and text == text.lower()


def _is_border(
    text: str, unit: SentenceSpan, match: re.Match[str], *, is_lower: bool = False
) -> bool:
    if match.lastgroup in ("wide", "danda", "noted"):
        return True
    following = _NEXT_WORD.match(text, match.end(), unit.end)
    if following is None:
        return True
    word = following.group(1)
    if word[:1].islower() and not is_lower:
        return False
    if match.group("mark") != ".":
        return True
    begin = max(unit.start, match.start() - _LONGEST_TOKEN)
    token_match = _LAST_TOKEN.search(text, begin, match.start())
    token = token_match.group() if token_match else ""
    if match.group("close") and match.group("close") not in ("*", "**", "_"):
        return True
    return _ends_sentence(token, word)


def _ends_sentence(token: str, following: str) -> bool:
    """Whether ``token.`` ends a sentence when ``following`` (not lower case) comes next."""
    bare = token.strip("*_")
    folded = bare.lower()
    if folded in _ABBREVIATIONS:  # "10 min. The …" ends, "min. 10 …" and "Acme Inc. Berlin" do not
        starts = len(following) > 1 and following.lower() in _STARTERS
        return starts and folded not in _NEVER_LAST
    if len(bare) == len(following) == 1 and bare.islower() and following.isalpha():
        return False  # z. B.
    if len(bare) == 1 and bare.isalpha() and bare.isupper():
        return following.lower() in _STARTERS and bare not in "AI"
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", bare):  # U.S, a.m, Ph.D
        return following.lower() in _STARTERS
    if bare.isdigit() and len(bare) <= 2:
        return following.lower() not in _MONTHS_DE
    return True
