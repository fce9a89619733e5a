"""One question of an exam, before and after it is a row of a question file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a document that answers."""

    document: str
    text: str


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

    def to_row(self) -> dict[str, Any]:
        """The row of a question file."""
        tags = [GENERATED, self.kind, self.wording, *(["easy"] if self.is_easy else [])]
        row: dict[str, Any] = {"id": self.id, "question": self.question}
        if not self.answers:
            return row | {"type": "unanswerable", "expect": "refuse", "tags": tags}
        return row | {
            "type": _TYPES.get(self.kind, "fact"),
            "expect": "answer",
            "tags": tags,
            "cluster": self.quotes[0].document,
            "reference": "; ".join(wordings[0] for wordings in self.answers),
            "facts": [
                {"id": f"f{number}", "any": list(wordings)}
                for number, wordings in enumerate(self.answers, 1)
            ],
            "evidence": [{"document": each.document, "quote": each.text} for each in self.quotes],
        }


_TYPES: Mapping[ItemKind, str] = {"number": "number", "list": "list", "pair": "multi_hop"}
