"""Notes → the notebook in the sidebar, and its Markdown: quotes with file, page, date and day."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chat.escaped import address, one_line
from assistant.chat.exporting import harmless, literal, place_of_citation
from assistant.chat.notes import Note, NotedQuote

_LONGEST = 280
"""Characters of a note in the sidebar; the export has it whole."""


def draw_notebook(notes: Sequence[Note], removed: int = 0, problem: str = "") -> str:
    """The notes, the last first; ``removed`` is the number of one that can be brought back."""
    said = f'<p class="changed" role="alert">{one_line(problem)}</p>' if problem else ""
    if removed:
        said += (
            f'<p>Removed. <button type="button" class="restore-note n{removed}">Undo</button></p>'
        )
    if not notes:
        return (
            f'<div class="notebook">{said}<p class="muted">Nothing is pinned yet. “Pin” below an '
            "answer or a quote keeps it here.</p></div>"
        )
    rows = "".join(_row(note) for note in reversed(notes))
    noun = "note" if len(notes) == 1 else "notes"
    return (
        f'<div class="notebook">{said}<p><strong>{len(notes)} {noun}</strong> · '
        '<a href="/export/notes.md" download>Export as Markdown</a> · '
        '<a href="/export/notes.docx" download>as Word</a></p>'
        f"<ul>{rows}</ul></div>"
    )


def _row(note: Note) -> str:
    words = note.text or " … ".join(each.citation.quote for each in note.quotes)
    shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
    first = {(q.citation.document, q.citation.page): q for q in reversed(note.quotes)}
    places = " · ".join(_place(each) for each in reversed(first.values()))
    return (
        f'<li><p class="muted">{one_line(note.question)}</p><p>{one_line(shown)}</p>'
        f'<p class="muted">{places}</p>'
        f'<button type="button" class="remove-note n{note.number}">Remove'
        f'<span class="unseen"> the note on {one_line(note.question)}</span></button></li>'
    )


def _place(quote: NotedQuote) -> str:
    at = quote.citation
    url = address("/document", name=at.document, start=at.start, end=at.end, version=at.sha256[:16])
    page = f", page {at.page}" if at.page is not None else ""
    return f'<a href="{url}#cited" target="_blank">{one_line(at.document)}{page}</a>'


def notes_as_markdown(notes: Sequence[Note]) -> str:
    """The notebook as one self-contained text, in the order in which it was filled."""
    parts = ["# Notes"]
    for note in notes:
        parts.append(f"## {literal(note.question)}")
        markers = {each.citation.marker for each in note.quotes}
        if note.text:
            parts.append(harmless(note.text, markers))
        for each in note.quotes:
            day = f"document of {literal(each.date)}" if each.date else ""
            parts.append(place_of_citation(each.citation, day))
        parts.append(f"*Pinned {literal(note.pinned[:10])}*")
    return "\n\n".join(parts) + "\n"
