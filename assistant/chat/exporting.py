"""A conversation → Markdown: questions, answers with their numbers, every quote with its place.

Programs that open the file may load pictures, follow links and run HTML. Text of documents, models
and users is therefore neutralised: ``literal`` leaves nothing of Markdown in them, ``harmless``
leaves an answer its paragraphs, lists, tables, emphasis and code. Both write ``<`` as a character
reference, since not every program takes a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.chat.conversations import StoredTurn
from assistant.chat.placing import open_code
from assistant.checking.verdicts import (
    FOUND_WORD,
    GOOD,
    LABELS,
    MAY_NOT_ANSWER,
    SHAPES,
    found_markers,
    picture_label,
)
from assistant.text.visible import one_line, visible
from assistant.types import Answer, Citation

_LIVE = re.compile(
    r"\\|<|&(?=[#\w])|\[(\d{1,6})\](?![(:])|[\[\]]|(?<=\])\(|!(?=\[)|:(?=//)|\bwww\.", re.I
)
_MARKED = re.compile(r"[\\`*_\[\]|~$]|^(?:[-+=#]|\d{1,9}(?=[.)]))|(?<=\])\(|!(?=\[)")
_REFERENCES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", ":": "&#58;", "www.": "www&#46;"}
_AS_REFERENCES = re.compile(r"[<>]|&(?=[#\w])|:(?=//)|\bwww\.", re.I)
_PLAIN_NAME = re.compile(r"[\w /.,()+-]+")
_FENCE = re.compile(
    r"^((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:`{3,}(?=[^`\n]*$)|~{3,})).*$", re.M
)
"""A block of code with what stands behind its opening: some programs run what is named there."""


def literal(text: str) -> str:
    """A text in one line of which nothing is Markdown."""
    line = _MARKED.sub(lambda match: _escaped(match.group()), one_line(text))
    return _AS_REFERENCES.sub(lambda match: _reference(match.group()), line)


def harmless(text: str, markers: Collection[int]) -> str:
    """Markdown without links, pictures and HTML; ``markers`` in brackets stay as they are."""

    def changed(match: re.Match[str]) -> str:
        found = match.group()
        if match.group(1):
            return found if int(match.group(1)) in markers else f"\\[{match.group(1)}\\]"
        return _reference(found) if found[0] in "<&:wW" else _escaped(found)

    made = _LIVE.sub(changed, _FENCE.sub(r"\1", visible(text)))
    return f"{made}\n{mark}" if (mark := open_code(made)) else made


def _escaped(text: str) -> str:
    return f"{text}\\" if text.isdecimal() else f"\\{text}"


def _reference(text: str) -> str:
    return _REFERENCES.get(text) or f"{text[:-1]}&#46;"


def as_markdown(title: str, turns: Sequence[StoredTurn]) -> str:
    """The whole conversation as one self-contained text."""
    parts = [f"# {literal(title) or 'Conversation'}"]
    for turn in turns:
        parts.append(f"## {literal(turn.question)}")
        parts.append(_answer(turn.answer) if turn.answer else "*No answer was kept.*")
    return "\n\n".join(parts) + "\n"


def answer_as_markdown(answer: Answer) -> str:
    """One question with its answer, verdicts and sources as one self-contained text."""
    return f"# {literal(answer.question)}\n\n{_answer(answer)}\n"


def _answer(answer: Answer) -> str:
    parts = []
    text = f"**Not in the documents.** {answer.text}" if answer.abstained else answer.text
    parts.append(harmless(text, {citation.marker for citation in answer.citations}))
    if answer.certainty == "unsure" and answer.retrieved and answer.reason != "stopped":
        parts.insert(0, f"*{MAY_NOT_ANSWER}*")
    if answer.notice:
        parts.append(f"*{literal(answer.notice)}*")
    if answer.incomplete:
        parts.append(f"*Incomplete: {literal(answer.incomplete)}*")
    doubtful = [s for s in answer.sentences if s.verdict not in GOOD]
    if doubtful:
        rows = [
            f"- {SHAPES[s.verdict]} {LABELS[s.verdict]}: {literal(s.text)}"
            + (f" ({literal('; '.join(s.problems))})" if s.problems else "")
            for s in doubtful
        ]
        parts.append("To check:\n\n" + "\n".join(rows))
    if answer.citations:
        parts.append("Sources:\n\n" + "\n\n".join(_source(answer, at) for at in range(
            len(answer.citations))))  # fmt: skip
    if answer.closest:
        places = "\n\n".join(place_of_citation(each) for each in answer.closest)
        parts.append(f"Closest passages, which may not answer it:\n\n{places}")
    receipt = answer.receipt
    parts.append(
        f"*{literal(receipt.model)} · index {receipt.index or 'none'} · "
        f"settings {receipt.config} · {answer.certainty} (confidence {answer.confidence:.2f})*"
    )
    return "\n\n".join(parts)


def place_of_citation(citation: Citation, *more: str) -> str:
    """A number, its place and its quote; ``more`` is Markdown that stands behind the section."""
    name = literal(citation.document)
    place = [f"`{name}`" if _PLAIN_NAME.fullmatch(name) else name]
    if citation.page is not None:
        place.append(f"page {citation.page}")
    if citation.section:
        place.append(literal(citation.section))
    place += [each for each in more if each]
    place.append(f"characters {citation.start}–{citation.end}")
    place.append(f"file {citation.sha256[:12]}")
    if label := picture_label(citation.ocr_score):
        place.append(label)
    quote = "\n".join(f"> {literal(line)}" for line in citation.quote.splitlines() if line.strip())
    return f"**[{citation.marker}]** {' · '.join(place)}\n\n{quote}"


def _source(answer: Answer, at: int) -> str:
    citation = answer.citations[at]
    is_found = citation.marker in found_markers(answer.sentences)
    return place_of_citation(citation, FOUND_WORD if is_found else "")
