"""An answer → suggested follow-up questions, from sections of its documents that it did not use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.types import Answer, Source

_MOST = 3
_LONGEST = 60
"""Characters of a heading that makes a good question; longer ones are sentences."""


def follow_ups(answer: Answer, lookup: Callable[[str], Source | None]) -> tuple[str, ...]:
    """At most three questions about sections near the answer, which the documents can answer."""
    if answer.reason in ("smalltalk", "stopped"):
        return ()
    found: dict[str, None] = {}
    for title, section in _sections(answer, lookup):
        found[f"What does “{_shortened(title)}” say about “{section}”?"] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def _sections(answer: Answer, lookup: Callable[[str], Source | None]) -> Iterator[tuple[str, str]]:
    """Title and section: what stands behind each cited place, then what else was found."""
    used = {citation.section for citation in answer.citations}
    places = [(citation.document, citation.end) for citation in answer.citations]
    places += [(passage.document, passage.start) for passage in answer.retrieved]
    sources = {name: lookup(name) for name in dict.fromkeys(name for name, _ in places)}
    for name, at in places:
        source = sources[name]
        if source is None:
            continue
        for heading in source.headings:
            section = heading.title.strip()
            fits = 3 < len(section) <= _LONGEST and section not in (source.title, *used)
            if heading.start >= at and fits:
                used.add(section)
                yield source.title, section
                break


def _shortened(title: str) -> str:
    """A title that ends with a whole word."""
    if len(title) <= _LONGEST:
        return title
    return title[:_LONGEST].rpartition(" ")[0].rstrip(",;:–- ") + " …"
