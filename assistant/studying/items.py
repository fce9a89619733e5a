"""A question made from documents, with its answers and the places that state them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

ItemKind = Literal[
    "number",
    "date",
    "name",
    "list",
    "definition",
    "table_cell",
    "conflict",
    "pair",
    "title",
    "saying",
    "near_miss",
]
Wording = Literal["keywords", "typed"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a document that answers: its words, and the ``span`` of characters that they
    stand at in the document's text. The same words answer the same wherever they stand."""

    document: str
    text: str
    span: tuple[int, int] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer. ``topic`` holds the words that say what is asked about,
    ``names`` those of them that are names, ``asks`` the words for what is wanted of it.

    ``answers`` holds for each fact its wordings; none for a question to refuse.
    """

    kind: ItemKind
    topic: str
    asks: str
    typed: str
    answers: tuple[tuple[str, ...], ...]
    quotes: tuple[Quote, ...]
    names: tuple[str, ...] = ()
    wording: Wording = "typed"
    is_easy: bool = False

    @property
    def question(self) -> str:
        """The words that are asked."""
        return self.typed if self.wording == "typed" else f"{self.topic} {self.asks}".strip()

    @property
    def id(self) -> str:
        """Stable as long as the question and its answer stay: it pairs runs."""
        whole = repr((self.kind, self.question, self.answers)).encode()
        return f"{self.kind.replace('_', '-')}-{hashlib.sha256(whole).hexdigest()[:8]}"
