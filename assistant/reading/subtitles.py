"""Subtitles and transcripts (SRT, WebVTT) → a line for each sentence with the time it begins.

Cues cut sentences into pieces of a few words; pieces are put together until a sentence ends or
another person speaks. ``00:01:05 Anna: The ferry leaves at noon.``
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title, read_text
from assistant.reading.writing import Details, Writer, one_line
from assistant.types import ParsedDocument

_TIMES = re.compile(
    r"^[ \t]*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,]\d{1,3}[ \t]*-->[ \t]*[\d:.,]+", re.MULTILINE
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]{1,80})>")
_TAG = re.compile(r"</?[a-z0-9][^<>]{0,80}>|\{\\[^{}]{0,40}\}", re.IGNORECASE)
_SPEAKER = re.compile(r"^(?:[-–—]\s*|[A-ZÀ-Þ][\w .'’-]{0,40}:\s)")
_ENDED = re.compile(r"[.!?…。！？][\"”’»)\]]*$")
_LONGEST, _LONGEST_PAUSE = 400, 4
"""Characters of a line, and seconds of silence, that end it anyway."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    speaker: str
    words: str


def read_subtitles(
    data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS
) -> ParsedDocument:
    """What is said, with times. A file without a single time is read as plain text."""
    text = decode(data, name)
    limits.check_characters(name, len(text))
    writer = Writer(name, limits)
    begun: _Cue | None = None
    for cue in _cues(text):
        if begun is not None and _goes_on(begun, cue):
            begun = _Cue(begun.start, begun.speaker, f"{begun.words} {cue.words}")
            continue
        if begun is not None:
            writer.line(_line(begun))
        begun = cue
    if begun is None:
        return read_text(data, name, limits)
    writer.line(_line(begun))
    return writer.finish("subtitles", Details(title=name_title(name)))


def _cues(text: str) -> Iterator[_Cue]:
    found = list(_TIMES.finditer(text))
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        body = text[text.find("\n", match.end()) + 1 or end : end]
        body = body.partition("\n\n")[0]  # what follows is the next cue's number, or a note
        voice = _VOICE.search(body)
        words = one_line(html.unescape(_TAG.sub("", body)))
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        if words:
            speaker = one_line(voice[1]) if voice else ""
            yield _Cue(hours * 3600 + minutes * 60 + seconds, speaker, words)


def _goes_on(begun: _Cue, cue: _Cue) -> bool:
    return (
        not _ENDED.search(begun.words)
        and cue.speaker in ("", begun.speaker)
        and not _SPEAKER.match(cue.words)
        and len(begun.words) + len(cue.words) < _LONGEST
        and cue.start - begun.start <= 60 * _LONGEST_PAUSE
    )


def _line(cue: _Cue) -> str:
    minutes, seconds = divmod(cue.start, 60)
    hours, minutes = divmod(minutes, 60)
    speaker = f"{cue.speaker}: " if cue.speaker else ""
    return f"{hours:02d}:{minutes:02d}:{seconds:02d} {speaker}{cue.words}"
