"""Contacts (vCard) and calendars (iCalendar) → a row of ``name: value`` for each person or event.

Both are made of content lines as in RFC 6350 and RFC 5545: folded, ``NAME;PARAMETER=…:value``.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title, read_text
from assistant.reading.writing import Details, Writer, one_line
from assistant.tables.model import escaped
from assistant.types import ParsedDocument

_LINE = re.compile(
    r"(?:[\w-]{1,60}\.)?([A-Za-z][\w-]{0,60})((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)"
)
_ESCAPE = re.compile(r"\\(.)")
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d))?(Z|[+-]\d\d:?\d\d)?)?")
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_PERSON = {
    "FN": "Name", "NICKNAME": "Nickname", "ORG": "Organisation", "TITLE": "Title", "ROLE": "Role",
    "TEL": "Phone", "EMAIL": "E-mail", "ADR": "Address", "URL": "Web", "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary", "IMPP": "Messenger", "CATEGORIES": "Categories", "NOTE": "Note",
    "RELATED": "Related", "LANG": "Language", "TZ": "Time zone", "GENDER": "Gender",
}  # fmt: skip
_EVENT = {
    "SUMMARY": "Event", "DTSTART": "Start", "DTEND": "End", "DURATION": "Duration", "DUE": "Due",
    "COMPLETED": "Completed", "LOCATION": "Place", "ORGANIZER": "Organiser",
    "ATTENDEE": "Attendee", "RRULE": "Repeats", "EXDATE": "Except", "STATUS": "Status",
    "PRIORITY": "Priority", "CATEGORIES": "Categories", "DESCRIPTION": "Description",
    "COMMENT": "Comment", "CONTACT": "Contact", "URL": "Web",
}  # fmt: skip
_ROWS = {"VCARD": _PERSON, "VEVENT": _EVENT, "VTODO": _EVENT, "VJOURNAL": _EVENT}
_FIRST = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Entry"}
_KINDS = frozenset("home work cell mobile fax pager main car video text other".split())
_FREQUENCIES = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
    "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip
_LONGEST_VALUE = 400
"""Characters; a longer one is prose and stands behind the row."""


@dataclass(frozen=True, slots=True)
class _ContentLine:
    name: str
    parameters: str
    value: str

    def types(self) -> str:
        """What kind of phone or address it is, as its parameters say."""
        found = re.findall(r"[\w-]+", self.parameters.lower())
        return ", ".join(dict.fromkeys(each for each in found if each in _KINDS))


def read_cards(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The people or events of a file, a row each. What is no such file is read as plain text."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    writer = Writer(name, limits)
    title = ""
    for kind, lines in _records(text):
        if kind == "VCALENDAR":
            title = next((line.value for line in lines if line.name == "X-WR-CALNAME"), title)
            continue
        row = _row(kind, lines)
        short = [(label, value) for label, value in row if len(value) <= _LONGEST_VALUE]
        if row:
            writer.line(" | ".join(f"{label}: {escaped(value)}" for label, value in short))
        for label, value in row:
            if len(value) > _LONGEST_VALUE:
                writer.paragraph(f"{label} of {row[0][1][:100]}: {value}")
    if not writer.has_words:
        return read_text(data, name, limits)
    return writer.finish("cards", Details(title=title or name_title(name)))


def _records(text: str) -> Iterator[tuple[str, list[_ContentLine]]]:
    """(kind, lines) of each record; the alarms and time zones in it are left aside."""
    stack: list[tuple[str, list[_ContentLine]]] = []
    for raw in _unfolded(text):
        match = _LINE.match(raw)
        if match is None:
            continue
        line = _ContentLine(match[1].upper(), match[2], match[3])
        if line.name == "BEGIN":
            stack.append((line.value.strip().upper(), []))
        elif line.name == "END":
            if stack:
                kind, lines = stack.pop()
                if kind in _ROWS or kind == "VCALENDAR":
                    yield kind, lines
        elif stack:
            stack[-1][1].append(line)
    for kind, lines in stack:
        if kind in _ROWS:
            yield kind, lines


def _unfolded(text: str) -> Iterator[str]:
    """Lines put together again that were cut at 75 bytes."""
    parts: list[str] = []
    for line in text.split("\n"):
        is_quoted = bool(parts) and "QUOTED-PRINTABLE" in parts[0].upper()
        soft = is_quoted and parts[-1].endswith("=")
        if parts and (line[:1] in (" ", "\t") or soft):
            if soft:
                parts[-1] = parts[-1][:-1]
            parts.append(line if soft else line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line]
    if parts:
        yield "".join(parts)


def _row(kind: str, lines: list[_ContentLine]) -> list[tuple[str, str]]:
    labels = _ROWS[kind]
    row: list[tuple[str, str]] = []
    if kind == "VCARD" and not any(line.name == "FN" and line.value.strip() for line in lines):
        parts = next((_parts(_value(line)) for line in lines if line.name == "N"), [])
        if parts:
            row.append(("Name", " ".join(filter(None, [*parts[1:3], parts[0]]))))
    order = {name: at for at, name in enumerate(labels)}
    for line in sorted(lines, key=lambda each: order.get(each.name, 99)):
        label = labels.get(line.name, "")
        value = _shown(line)
        if not label or not value:
            continue
        if line.name == "SUMMARY":
            label = _FIRST[kind]
        types = line.types() if line.name in ("TEL", "EMAIL", "ADR", "IMPP") else ""
        row.append((f"{label} ({types})" if types else label, value))
    return row


def _value(line: _ContentLine) -> str:
    if "QUOTED-PRINTABLE" not in line.parameters.upper():
        return line.value
    try:
        return quopri.decodestring(line.value.encode()).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return line.value


def _parts(value: str) -> list[str]:
    """The parts of a structured value; ``\\;`` is no border."""
    return [_unescaped(part) for part in re.split(r"(?<!\\);", value)]


def _unescaped(value: str) -> str:
    return one_line(_ESCAPE.sub(lambda m: " " if m[1] in "nN" else m[1], value))


def _shown(line: _ContentLine) -> str:
    value = _value(line)
    if line.name in ("ADR", "ORG", "GENDER"):
        return ", ".join(filter(None, _parts(value)))
    if line.name in ("DTSTART", "DTEND", "DUE", "COMPLETED", "EXDATE", "BDAY", "ANNIVERSARY"):
        zone = re.search(r"TZID=\"?([^;:\"]+)", line.parameters)
        times = ", ".join(_time(each) for each in value.split(","))
        return f"{times} ({zone[1]})" if zone and ":" in times else times
    if line.name == "RRULE":
        return _rule(value)
    if line.name == "DURATION":
        return _duration(value)
    if line.name in ("ORGANIZER", "ATTENDEE"):
        person = re.search(r"CN=\"?([^;:\"]+)", line.parameters)
        address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        return f"{person[1]} <{address}>" if person and person[1] != address else address
    value = re.sub(r"^tel:", "", value, flags=re.IGNORECASE)
    return _unescaped(value)


def _time(value: str) -> str:
    match = _TIME.match(value.strip())
    if match is None:
        return _unescaped(value)
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return day
    zone = " UTC" if match[7] == "Z" else f" {match[7]}" if match[7] else ""
    return f"{day} {match[4]}:{match[5]}{zone}"


def _duration(value: str) -> str:
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        return value
    units = zip(match.groups()[1:], ("week", "day", "hour", "minute", "second"), strict=True)
    return " ".join(
        f"{int(n)} {unit}{'s' if int(n) != 1 else ''}" for n, unit in units if n and int(n)
    )


def _rule(value: str) -> str:
    """A rule of repetition in words."""
    parts = dict(part.partition("=")[::2] for part in value.upper().split(";"))
    unit = _FREQUENCIES.get(parts.get("FREQ", ""), "")
    if not unit:
        return value
    every = parts.get("INTERVAL", "1")
    text = f"every {unit}" if every == "1" else f"every {every} {unit}s"
    days = [_DAYS.get(day[-2:], day) for day in parts.get("BYDAY", "").split(",") if day]
    if days:
        text += f" on {', '.join(days)}"
    if parts.get("BYMONTHDAY"):
        text += f" on day {parts['BYMONTHDAY']}"
    if parts.get("COUNT"):
        text += f", {parts['COUNT']} times"
    if parts.get("UNTIL"):
        text += f", until {_time(parts['UNTIL'])}"
    return text
