"""The index → the first screen: what is here, and what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from assistant.chat.escaped import address, one_line
from assistant.chat.suggestions import Offered
from assistant.types import DocumentInfo, FileOutcome, Status

_MOST_KINDS, _MOST_PROBLEMS = 6, 3
_LONGEST_REASON = 110
_KINDS = {
    "md": "Markdown", "txt": "text", "pdf": "PDF", "html": "web page", "htm": "web page",
    "docx": "Word", "doc": "Word", "odt": "OpenDocument text", "rtf": "RTF",
    "xlsx": "spreadsheet", "xls": "spreadsheet", "ods": "spreadsheet", "csv": "CSV table",
    "pptx": "slides", "ppt": "slides", "odp": "slides", "eml": "mail", "msg": "mail",
    "epub": "e-book", "ipynb": "notebook", "png": "picture", "jpg": "picture", "jpeg": "picture",
}  # fmt: skip
_COUNTED = frozenset(
    {"web page", "spreadsheet", "CSV table", "mail", "e-book", "notebook", "picture",
     "OpenDocument text"}
)  # fmt: skip
"""Kinds that are counted by their word: "226 web pages", but "3 PDF"."""
_OUTCOMES = {
    "needs_ocr": "a scan or picture without text",
    "password": "protected by a password",
    "unsupported": "a kind of file that is not read",
    "too_large": "too large",
    "empty": "empty",
    "failed": "broken",
}


def kind_of(info: DocumentInfo) -> str:
    """The kind of a document in a person's word."""
    suffix = PurePosixPath(info.name).suffix.lower().lstrip(".")
    return _KINDS.get(suffix, suffix or info.kind)


def why_not(file: FileOutcome) -> str:
    """Why a file is not in the index, in a person's words and in one line."""
    said = _OUTCOMES.get(file.outcome, file.outcome.replace("_", " "))
    reason = file.reason if len(file.reason) <= _LONGEST_REASON else ""
    return f"{said}: {reason}" if reason and reason != said else said


def draw_welcome(
    infos: Sequence[DocumentInfo], status: Status | None, offered: Offered | None
) -> str:
    """The middle of an empty conversation. ``offered`` None: the questions are being tried."""
    if status is None or not infos:
        return _invitation(status)
    said = "Every sentence of an answer says where it comes from."
    if offered is None:
        said += " Questions to begin with are being tried …"
    elif offered.answered or offered.refused:
        said += (
            " Try one of these."
            if offered.is_given
            else (" Try one of these; each was asked before.")
        )
    return (
        f'<div class="welcome"><h2>Ask your documents</h2>{_here(infos, status)}'
        f'<p class="try">{said}</p></div>'
    )


def _invitation(status: Status | None) -> str:
    problems = _problems(status.not_indexed) if status else ""
    return (
        '<div class="welcome nothing"><h2>Drop files or a folder here</h2>'
        "<p>There are no documents yet. What you add is kept on this server.</p>"
        '<p><button type="button" class="choose-files">Choose files</button> '
        '<button type="button" class="choose-folder">Choose a folder</button></p>'
        f"{problems}</div>"
    )


def _here(infos: Sequence[DocumentInfo], status: Status) -> str:
    counts = Counter(kind_of(info) for info in infos)
    kinds = [
        f"{count:,} {one_line(kind)}{'s' * (count > 1 and kind in _COUNTED)}"
        for kind, count in counts.most_common(_MOST_KINDS)
    ]
    if len(counts) > _MOST_KINDS:
        kinds.append("others")
    newest = max(infos, key=lambda info: info.date)
    noun = "document" if len(infos) == 1 else "documents"
    url = address("/document", name=newest.name)
    lines = (
        f"<li><strong>{len(infos):,} {noun}</strong>: {', '.join(kinds)}</li>"
        f'<li>Newest: <a href="{url}" target="_blank">{one_line(newest.title)}</a>, '
        f"{one_line(newest.date)}</li>"
    )
    return f'<ul class="here">{lines}</ul>{_problems(status.not_indexed)}'


def _problems(files: Sequence[FileOutcome]) -> str:
    if not files:
        return ""
    rows = [
        f"<li>Not read: {one_line(file.document)} ({one_line(why_not(file))})</li>"
        for file in files[:_MOST_PROBLEMS]
    ]
    if len(files) > _MOST_PROBLEMS:
        rows.append(f"<li>and {len(files) - _MOST_PROBLEMS:,} more that could not be read</li>")
    return f'<ul class="here not-read">{"".join(rows)}</ul>'


def examples(offered: Offered | None) -> list[dict[str, str]] | None:
    """The buttons of the first screen, as Gradio's Chatbot takes them."""
    if offered is None:
        return None
    rows = [{"text": each} for each in offered.answered]
    if offered.refused:
        shown = f"{offered.refused} (not in your documents: see how it says so)"
        rows.append({"text": offered.refused, "display_text": shown})
    return rows or None
