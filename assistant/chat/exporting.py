"""A conversation → Markdown: questions, answers with their numbers, every quote with its place."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chat.conversations import StoredTurn
from assistant.chat.escaped import visible
from assistant.checking.verdicts import SHAPES
from assistant.types import Answer


def as_markdown(title: str, turns: Sequence[StoredTurn]) -> str:
    """The whole conversation as one text that can be read without this program."""
    parts = [f"# {_line(title) or 'Conversation'}"]
    for turn in turns:
        parts.append(f"## {_line(turn.question)}")
        parts.append(_answer(turn.answer) if turn.answer else "*No answer was kept.*")
    return "\n\n".join(parts) + "\n"


def _answer(answer: Answer) -> str:
    parts = []
    if answer.abstained:
        parts.append(f"**Not in the documents.** {visible(answer.text)}")
    else:
        parts.append(visible(answer.text))
    if answer.notice:
        parts.append(f"*{_line(answer.notice)}*")
    if answer.incomplete:
        parts.append(f"*Incomplete: {_line(answer.incomplete)}*")
    doubtful = [s for s in answer.sentences if s.verdict not in ("verbatim", "supported")]
    if doubtful:
        rows = [
            f"- {SHAPES[s.verdict]} {s.verdict}: {_line(s.text)}"
            + (f" ({_line('; '.join(s.problems))})" if s.problems else "")
            for s in doubtful
        ]
        parts.append("To check:\n\n" + "\n".join(rows))
    if answer.citations:
        parts.append("Sources:\n\n" + "\n\n".join(_source(answer, at) for at in range(
            len(answer.citations))))  # fmt: skip
    receipt = answer.receipt
    parts.append(
        f"*{receipt.model} · index {receipt.index or 'none'} · settings {receipt.config} · "
        f"confidence {answer.confidence:.2f}*"
    )
    return "\n\n".join(parts)


def _source(answer: Answer, at: int) -> str:
    citation = answer.citations[at]
    place = [f"`{_line(citation.document).replace('`', '’')}`"]
    if citation.page is not None:
        place.append(f"page {citation.page}")
    if citation.section:
        place.append(_line(citation.section))
    place.append(f"characters {citation.start}–{citation.end}")
    place.append(f"file {citation.sha256[:12]}")
    quote = "\n".join(f"> {line}" for line in visible(citation.quote).splitlines() if line.strip())
    return f"**[{citation.marker}]** {' · '.join(place)}\n\n{quote}"


def _line(text: str) -> str:
    return visible(" ".join(text.split()))
