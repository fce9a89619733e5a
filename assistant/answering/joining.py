"""Several checked texts of a model → one, with markers counted through. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import CitedPlace
from assistant.answering.written import Written, places_of
from assistant.types import Sentence


@dataclass(frozen=True, slots=True)
class Joined:
    """Text, sentences, and what each marker points at, as a draft needs them."""

    text: str = ""
    sentences: tuple[Sentence, ...] = ()
    places: tuple[CitedPlace, ...] = ()


def joined(before: Joined, lead: str, written: Written) -> Joined:
    """What there is, with one more text behind ``lead``, which is words of ours."""
    shift = len(before.places)
    parts: list[str] = []
    at = 0
    for marker in written.parsed.markers:
        parts += [written.shown[at : marker.start], f"[{marker.number + shift}]"]
        at = marker.end
    parts.append(written.shown[at:])
    return Joined(
        text=f"{before.text}{lead}{''.join(parts).strip()}",
        sentences=(*before.sentences, *shifted(written.sentences, shift)),
        places=(*before.places, *places_of(written)),
    )


def shifted(sentences: Sequence[Sentence], shift: int) -> tuple[Sentence, ...]:
    """Sentences whose markers count from ``shift`` + 1."""
    return tuple(
        replace(
            sentence,
            citations=tuple(marker + shift for marker in sentence.citations),
            evidence=tuple(replace(each, marker=each.marker + shift) for each in sentence.evidence),
        )
        for sentence in sentences
    )
