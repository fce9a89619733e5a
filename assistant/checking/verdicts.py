"""Symbols and descriptions of the verdicts, the same in the chat, in a terminal and in a file."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.types import Answer, Certainty, Sentence, Verdict

SHAPES: dict[Verdict, str] = {
    "verbatim": "✓",
    "supported": "●",
    "computed": "=",
    "catalogue": "■",
    "weak": "△",
    "unsupported": "✕",
    "uncited": "○",
}
"""A shape for each verdict, so that nobody needs to see colours; strongest first."""

LABELS: dict[Verdict, str] = {
    "verbatim": "word for word from the source",
    "supported": "supported by the source",
    "computed": "computed from the source",
    "catalogue": "from the list of documents",
    "weak": "partly supported",
    "unsupported": "not in the source",
    "uncited": "no source named",
}
"""The verdicts in a person's words, for the chat, its exports and the terminal."""

MEANINGS: dict[Verdict, str] = {
    "verbatim": "the source says it word for word",
    "supported": "the source says it in other words",
    "computed": "computed or compared from the cited places, as shown",
    "catalogue": "the index's own list of documents says it",
    "weak": "the source says part of it",
    "unsupported": "the source does not say it",
    "uncited": "no source is named",
}

MAY_NOT_ANSWER = "The closest that was found; it may not answer your question."
"""Notice above an unsure answer. It is independent of how well the sources support the
sentences."""

CERTAINTY_SHAPES: dict[Certainty, str] = {"sure": "◆", "likely": "◈", "unsure": "◇", "none": ""}
CERTAINTY_LABELS: dict[Certainty, str] = {
    "sure": "Answers your question",
    "likely": "Probably answers your question",
    "unsure": "May not answer your question",
    "none": "",
}
CERTAINTY_MEANINGS: dict[Certainty, str] = {
    "sure": "The highest of three levels: the assistant is sure that this is what you asked for.",
    "likely": "The middle of three levels: this is likely what you asked for. Read the source.",
    "unsure": "The lowest of three levels: the closest that was found. It may be about something "
    "else, even where every word stands in the source.",
    "none": "",
}
"""How sure the assistant is that an answer answers the question, apart from whether the sources
say it: an answer can be word for word from its source and still be none."""

FOUND_SHAPE, FOUND_WORD = "*", "found by the assistant"
"""Beside a citation that the model did not name."""


def found_markers(sentences: Iterable[Sentence]) -> frozenset[int]:
    """The markers that the assistant alone set: no sentence that cites them named them itself."""
    found: set[int] = set()
    named: set[int] = set()
    for sentence in sentences:
        (found if sentence.is_found else named).update(sentence.citations)
    return frozenset(found - named)


def cited_count(answer: Answer) -> str:
    """How many places an answer cites, and of how many sentences the assistant found them."""
    found = sum(sentence.is_found for sentence in answer.sentences)
    told = f" ({FOUND_SHAPE} {found} {FOUND_WORD})" if found else ""
    return f"{len(answer.citations)} cited{told}"


def picture_label(ocr_score: float | None) -> str:
    """What is said beside a citation whose words were read from a picture; empty for text."""
    if ocr_score is None:
        return ""
    return f"read from a picture, score {ocr_score:.2f}"


GOOD: frozenset[Verdict] = frozenset({"verbatim", "supported", "computed", "catalogue"})
"""The verdicts of supported sentences."""


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The weakest of some verdicts; ``verbatim`` for none."""
    order = list(SHAPES)
    return max(verdicts, key=order.index, default="verbatim")
