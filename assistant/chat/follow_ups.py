"""An answer → what could be asked next: sections that were found and not used."""

from __future__ import annotations

from assistant.types import Answer

_MOST = 3
_LONGEST = 60
"""Characters of a heading that makes a good question; longer ones are sentences."""


def follow_ups(answer: Answer) -> tuple[str, ...]:
    """At most three questions about sections near the answer, which the documents can answer."""
    if answer.reason == "smalltalk":
        return ()
    used = {citation.section for citation in answer.citations}
    cited = {citation.document for citation in answer.citations}
    found: dict[str, None] = {}
    for passage in sorted(answer.retrieved, key=lambda p: p.document not in cited):
        if not passage.heading_path:
            continue
        section = passage.heading_path[-1].strip()
        if section in used or not 3 < len(section) <= _LONGEST or section == passage.title:
            continue
        used.add(section)
        found[f"What does “{_shortened(passage.title)}” say about “{section}”?"] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def _shortened(title: str) -> str:
    """A title that ends with a whole word."""
    if len(title) <= _LONGEST:
        return title
    return title[:_LONGEST].rpartition(" ")[0].rstrip(",;:–- ") + " …"
