"""reStructuredText as it is read: comments out, tables as in Markdown, notes behind their text."""

from __future__ import annotations

import csv
import re

from assistant.reading.left_out import LeftOut
from assistant.reading.markdown_sight import with_footnotes
from assistant.reading.tables import table_lines

_COMMENT = re.compile(
    r"^\.\.(?:[ \t]+(?!\[|\||_|[\w:+.-]{1,60}::)\S.*)?\n(?:(?:[ \t]+\S.*|[ \t]*)\n)*", re.MULTILINE
)
_STRUCK = re.compile(r"[ ]?:(?:strike|del|strikethrough):`[^`\n]{1,500}`")
_NOTE = re.compile(r"^\.\. \[(#?[\w-]{0,40}|\d{1,4}|\*)\][ \t]+", re.MULTILINE)
_REFERENCE = re.compile(r"[ \t]?\[(#?[\w-]{0,40}|\d{1,4}|\*)\]_(?!\w)")
_SIMPLE_RULE = re.compile(r"^[ \t]*={2,}(?:[ \t]+={2,})+[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"^\.\. (csv-table|list-table|table)::[ \t]*(.*)\n((?:[ \t]+\S.*\n|[ \t]*\n)*)", re.MULTILINE
)
_OPTION = re.compile(r":([\w-]{1,40}):[ \t]*(.*)")
_LONGEST_TABLE = 100_000


def as_read(text: str, left_out: LeftOut) -> str:
    """The text that a reader of the rendered page sees."""
    text = f"{text}\n" if not text.endswith("\n") else text
    text = _COMMENT.sub(lambda match: _comment(match, left_out), text)
    text, struck = _STRUCK.subn("", text)
    left_out.add("struck", struck)
    text = _DIRECTIVE.sub(_directive, text)
    if _SIMPLE_RULE.search(text):
        text = _simple_tables(text)
    if "]_" in text and _NOTE.search(text):
        text = _NOTE.sub(lambda match: f"[^{match[1].lstrip('#')}]: ", text)
        text = with_footnotes(_REFERENCE.sub(lambda match: f"[^{match[1].lstrip('#')}]", text))
    return text


def _comment(match: re.Match[str], left_out: LeftOut) -> str:
    if not match.group().strip(". \t\n"):
        return match.group()  # two points that only part two lists
    left_out.add("comment")
    return "\n"


def _directive(match: re.Match[str]) -> str:
    """A table that is written as separated values or as a list of lists."""
    kind, title, block = match.groups()
    lines = [line.strip() for line in block.split("\n")]
    options = {m[1]: m[2] for line in lines if (m := _OPTION.fullmatch(line))}
    body = [line for line in block.split("\n") if not _OPTION.fullmatch(line.strip())]
    if kind == "table" or len(block) > _LONGEST_TABLE or "file" in options or "url" in options:
        return f"{title}\n\n{block}" if kind == "table" else match.group()
    heads = int(options["header-rows"]) if options.get("header-rows", "").isdecimal() else 0
    if kind == "csv-table":
        rows = _separated(body)
        if "header" in options:
            rows[:0] = _separated([options["header"]])
            heads += 1
    else:
        rows = _listed(body)
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    shown = table_lines(rows, "marked" if heads else "unknown", heads)
    return "\n".join([*([title] if title.strip() else []), *shown]) + "\n\n"


def _separated(lines: list[str]) -> list[list[str]]:
    filled = [line.strip() for line in lines if line.strip()]
    try:
        return list(csv.reader(filled, skipinitialspace=True))
    except csv.Error:
        return [line.split(",") for line in filled]


def _listed(lines: list[str]) -> list[list[str]]:
    """Rows of ``* - cell`` with further cells ``- cell`` below."""
    rows: list[list[str]] = []
    for line in lines:
        words = line.strip()
        if words.startswith("* -"):
            rows.append([words[3:]])
        elif words == "-" or words.startswith("- "):
            if rows:
                rows[-1].append(words[1:])
        elif words and rows:
            rows[-1][-1] += f" {words}"
    return rows


def _simple_tables(text: str) -> str:
    """Tables drawn with rows of ``===`` above, under the names and below."""
    lines = text.split("\n")
    shown: list[str] = []
    at = 0
    while at < len(lines):
        if not _SIMPLE_RULE.fullmatch(lines[at]):
            shown.append(lines[at])
            at += 1
            continue
        end, rules = at + 1, [at]
        while end < len(lines) and len(rules) < 3:
            if _SIMPLE_RULE.fullmatch(lines[end]):
                rules.append(end)
                if end + 1 >= len(lines) or not lines[end + 1].strip():
                    break
            end += 1
        if len(rules) < 2:
            shown.append(lines[at])
            at += 1
            continue
        starts = [match.start() for match in re.finditer("=+", lines[at])]
        cells = [
            [line[a:b].strip() for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]
            for number, line in enumerate(lines[at : rules[-1] + 1], start=at)
            if number not in rules and line.strip() and not set(line.strip()) <= set("- ")
        ]
        heads = rules[1] - at - 1 if len(rules) == 3 else 0
        shown += ["", *table_lines(cells, "marked" if heads else "unknown", heads), ""]
        at = rules[-1] + 1
    return "\n".join(shown)
