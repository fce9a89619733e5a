"""What documents of other libraries are told of a passage: where it stands."""

from __future__ import annotations

from assistant.types import Passage


def passage_metadata(passage: Passage) -> dict[str, str | int]:
    """``document``, ``title``, ``start`` and ``end`` (characters of the document's text), and where
    there are such, ``page`` and ``section``."""
    metadata: dict[str, str | int] = {
        "document": passage.document,
        "title": passage.title,
        "start": passage.start,
        "end": passage.end,
    }
    if passage.page is not None:
        metadata["page"] = passage.page
    if passage.heading_path:
        metadata["section"] = passage.heading_path[-1]
    return metadata
