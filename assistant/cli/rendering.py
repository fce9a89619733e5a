"""Answers, receipts and states as text for people on a terminal. Draws, and decides nothing.

Every text comes through ``visible`` or ``one_line`` first, which leave nothing that could steer a
terminal; names, titles, sections, quotes and reasons stay in their row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.checking.verdicts import (
    CERTAINTY_LABELS,
    FOUND_WORD,
    GOOD,
    LABELS,
    MAY_NOT_ANSWER,
    SHAPES,
    cited_count,
    found_markers,
    picture_label,
)
from assistant.cli.answer_text import drawn_text, is_said
from assistant.reading.recognition import HOW_TO_INSTALL, installed
from assistant.retrieval.reasons import explain
from assistant.text.shortened import shortened
from assistant.text.visible import one_line, visible
from assistant.types import (
    Answer,
    Citation,
    DocumentField,
    DocumentInfo,
    FileOutcome,
    Status,
    SyncReceipt,
    Verdict,
)

_COLOURS: dict[Verdict, str] = {
    "verbatim": "green",
    "supported": "green",
    "computed": "green",
    "catalogue": "green",
    "weak": "yellow",
    "unsupported": "red",
    "uncited": "red",
}
VERDICT_MARKS: dict[Verdict, tuple[str, str]] = {
    verdict: (shape, _COLOURS[verdict]) for verdict, shape in SHAPES.items()
}

_OUTCOME_STYLES = {
    "indexed": "green",
    "renamed": "green",
    "deleted": "yellow",
    "failed": "bold red",
    "unchanged": "dim",
    "planned": "cyan",
}


_LONGEST_QUOTE, _LONGEST_BEGINNING = 300, 160
"""Characters of a closest sentence, and of a passage's beginning."""
_GONE_WELL = frozenset({"indexed", "renamed", "deleted", "add", "change", "rename", "delete"})
_MOST_PLAIN, _MOST_TOLD = 50, 1000
"""Lines of a receipt for each outcome, where nothing and where something is to be said: drawing
13,690 lines took 9 s after an ingest of 34 s."""


def show_answer(console: Console, answer: Answer, *, with_text: bool = True) -> None:
    """An answer with its verdicts and sources, or a refusal with the closest passages.

    ``with_text=False`` when the words have been shown as they came.
    """
    console.print()
    if answer.notice:
        console.print(Text(one_line(answer.notice), style="bold yellow"))
    if answer.abstained:
        body = Text(visible(answer.text))
        console.print(Panel(body, title="No answer in the documents", border_style="yellow"))
        _show_closest(console, answer)
        return
    if answer.certainty == "unsure" and answer.retrieved:
        console.print(Text(MAY_NOT_ANSWER, style="bold yellow"))
    if answer.conflicts:
        console.print(Text("The documents disagree; both are shown.", style="bold yellow"))
    verdicts = _worst_verdicts(answer)
    if with_text:
        found = found_markers(answer.sentences)
        marks = {marker: VERDICT_MARKS[verdict] for marker, verdict in verdicts.items()}
        for part in drawn_text(visible(answer.text), marks, found):
            console.print(Padding(part, (0, 2)))
    if answer.incomplete:
        console.print(Text(f"Incomplete: {one_line(answer.incomplete)}", style="bold yellow"))
    _show_doubts(console, answer)
    if answer.citations:
        console.print()
        for citation in answer.citations:
            is_found = citation.marker in found_markers(answer.sentences)
            quotes = not is_said(citation, answer.sentences)
            console.print(Padding(_source(citation, verdicts, is_found, quotes), (0, 2)))
    _status_line(console, answer)


def _worst_verdicts(answer: Answer) -> dict[int, Verdict]:
    """For each marker the weakest verdict of a sentence that cites it."""
    order = list(VERDICT_MARKS)
    worst: dict[int, Verdict] = {}
    for sentence in answer.sentences:
        for marker in sentence.citations:
            before = worst.get(marker, sentence.verdict)
            worst[marker] = max(before, sentence.verdict, key=order.index)
    return worst


def _show_doubts(console: Console, answer: Answer) -> None:
    """The sentences that their sources do not carry, and why."""
    for sentence in answer.sentences:
        if sentence.verdict in GOOD:
            continue
        mark, style = VERDICT_MARKS[sentence.verdict]
        line = Text(f"  {mark} {LABELS[sentence.verdict]}: ", style=style)
        line.append(one_line(sentence.text), style="default")
        if sentence.problems:
            line.append(f"  ({one_line('; '.join(sentence.problems))})", style="dim")
        console.print(line)


def _source(
    citation: Citation, verdicts: Mapping[int, Verdict], is_found: bool, quotes: bool
) -> Text:
    """A source and its place; its words where the answer does not say them all above."""
    verdict = verdicts.get(citation.marker, "verbatim")
    mark, style = VERDICT_MARKS[verdict]
    line = Text()
    line.append(f"[{citation.marker}] ", style="bold")
    line.append(f"{mark} {LABELS[verdict]}{f', {FOUND_WORD}' if is_found else ''}  ", style=style)
    line.append(one_line(_place(citation.document, citation.page, citation.section)), style="cyan")
    line.append(f"  characters {citation.start}–{citation.end}", style="dim")
    if label := picture_label(citation.ocr_score):
        line.append(f"  ({label})", style="yellow")
    if quotes:
        line.append(f"\n    “{one_line(citation.quote)}”", style="italic")
    return line


def _show_closest(console: Console, answer: Answer) -> None:
    """The closest sentences with their places; the beginnings of passages where there are none."""
    lines = [
        (
            _place(each.document, each.page, each.section),
            f"  characters {each.start}–{each.end}",
            f"“{shortened(one_line(each.quote), _LONGEST_QUOTE)}”",
        )
        for each in answer.closest
    ] or [
        (
            _place(each.document, each.page, (each.heading_path or ("",))[-1]),
            "",
            shortened(one_line(each.body), _LONGEST_BEGINNING),
        )
        for each in answer.retrieved[:3]
    ]
    if lines:
        console.print(Text("Closest passages, which may not answer it:", style="bold"))
    for place, characters, words in lines:
        line = Text("  · ")
        line.append(one_line(place), style="cyan")
        line.append(characters, style="dim")
        line.append(f"\n    {words}", style="italic" if characters else "dim")
        console.print(line)


def show_why(console: Console, answer: Answer) -> None:
    """Of every retrieved passage the words it shares with the question, and its ranks."""
    if not answer.retrieved:
        return
    console.print(Text("Why these passages:", style="bold"))
    reasons = explain(answer.question, answer.retrieved)
    for passage, why in zip(answer.retrieved, reasons, strict=True):
        section = passage.heading_path[-1] if passage.heading_path else ""
        line = Text("  · ")
        line.append(one_line(_place(passage.document, passage.page, section)), style="cyan")
        line.append("\n    ")
        line.append(f"shares {one_line(', '.join(why.shared)) or 'no word'}")
        if why.missing:
            line.append(f"; lacks {one_line(', '.join(why.missing))}", style="yellow")
        ranks = ", ".join(f"{rank} by {part}" for part, rank in why.ranks)
        line.append(f"; rank of {why.of}: {ranks}" if ranks else "", style="dim")
        console.print(line)


def _place(document: str, page: int | None, section: str) -> str:
    parts = [document]
    if page is not None:
        parts.append(f"page {page}")
    if section:
        parts.append(section)
    return " · ".join(parts)


def _status_line(console: Console, answer: Answer) -> None:
    if not answer.retrieved:
        return
    good = sum(1 for s in answer.sentences if s.verdict in GOOD)
    line = (
        f"{len(answer.retrieved)} passages → {cited_count(answer)} → "
        f"{good} of {len(answer.sentences)} sentences supported · "
        f"{CERTAINTY_LABELS[answer.certainty].lower() or 'no answer'} "
        f"(confidence {answer.confidence:.2f}) · "
        f"{answer.timings.get('total', 0):.2f} s · "
        f"{one_line(answer.receipt.model)}"
    )
    console.print()
    console.print(Text(line, style="dim"))


def show_receipt(console: Console, receipt: SyncReceipt) -> None:
    """What a sync did or would do: the files that are not simply unchanged, then the sums."""
    shown: list[FileOutcome] = []
    left: Counter[str] = Counter()
    told: Counter[tuple[str, bool]] = Counter()
    for file in receipt.files:
        label = file.action if receipt.dry_run else file.outcome
        is_plain = label in _GONE_WELL and not file.notes
        told[label, is_plain] += 1
        if file.outcome == "unchanged":
            continue
        if told[label, is_plain] > (_MOST_PLAIN if is_plain else _MOST_TOLD):
            left[label] += 1
        else:
            shown.append(file)
    if shown:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for file in shown:
            table.add_row(
                Text(file.action if receipt.dry_run else file.outcome, style=_style(file)),
                Text(one_line(file.document)),
                Text(one_line(_details(file)), style="dim"),
            )
        console.print(table)
    if left:
        more = ", ".join(f"{count:,} more {label}" for label, count in left.items())
        console.print(Text(f"… and {more}; --json lists them all", style="dim"))
    if receipt.repaired:
        console.print(Text(one_line(receipt.repaired), style="bold yellow"))
    if receipt.placed or receipt.unplaced:
        tokens = receipt.usage.tokens_in + receipt.usage.tokens_out
        line = f"{receipt.placed:,} chunks placed by the model, {tokens:,} tokens"
        if receipt.unplaced:
            line += f"; {receipt.unplaced:,} documents are left for the next ingest"
        console.print(Text(line, style="dim"))
    if unread := _unread(receipt.files):
        console.print(Text(unread, style="bold yellow"))
    console.print(Text(_summary(receipt), style="bold"))


def _unread(files: Sequence[FileOutcome]) -> str:
    """How many files hold words that only OCR could read, and how to have it; empty for none, and
    where it is installed: the file's own line then says why it was not read."""
    needing = [file for file in files if file.outcome == "needs_ocr" or file.unread_pages]
    if not needing or installed():
        return ""
    files_hold = "file holds" if len(needing) == 1 else "files hold"
    return (
        f"{len(needing)} {files_hold} pictures of text, which are not read: "
        f"{HOW_TO_INSTALL}, then run the same ingest again."
    )


def _style(file: FileOutcome) -> str:
    return _OUTCOME_STYLES.get(file.outcome, "yellow")


def _details(file: FileOutcome) -> str:
    parts = []
    if file.chunks:
        parts.append(f"{file.chunks} chunk{'s' if file.chunks != 1 else ''}")
    if file.previous_name:
        parts.append(f"was {file.previous_name}")
    elif file.reason:
        parts.append(file.reason)
    parts.extend(file.notes)
    return ", ".join(parts)


def _summary(receipt: SyncReceipt) -> str:
    counts: dict[str, int] = {}
    for file in receipt.files:
        key = file.action if file.outcome == "planned" else file.outcome
        counts[key] = counts.get(key, 0) + 1
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "no files"
    if receipt.dry_run:
        return f"Plan: {told}. Nothing was changed."
    taken_up = f"{receipt.taken_up} taken up from an interrupted ingest, "
    return (
        f"{told}. The index holds {receipt.documents} documents in {receipt.chunks} chunks "
        f"({taken_up if receipt.taken_up else ''}{receipt.embedded} embedded, "
        f"{receipt.from_cache} from the cache, {receipt.seconds:.1f} s)."
    )


def show_status(console: Console, status: Status) -> None:
    """The index in a few lines, with the files that are not in it."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, value in (
        ("index", status.index_path),
        ("generation", f"{status.generation}, built {status.created}"),
        ("documents", str(status.documents)),
        ("chunks", str(status.chunks)),
        ("embedder", status.embedder),
        ("size", f"{status.size_bytes / 1e6:.1f} MB"),
        ("generations", ", ".join(status.generations)),
    ):
        table.add_row(Text(name, style="bold"), Text(one_line(value)))
    console.print(table)
    if status.not_indexed:
        console.print(Text(f"Not indexed ({len(status.not_indexed)}):", style="bold yellow"))
        for file in status.not_indexed:
            said = one_line(f"{file.document}: {file.reason}")
            console.print(Text(f"  {file.outcome}  {said}"))
    if status.partial:
        console.print(Text(f"Indexed in part ({len(status.partial)}):", style="bold yellow"))
        for info in status.partial:
            said = one_line(f"{info.name}: {'; '.join(info.notes)}")
            console.print(Text(f"  {said}"))
    if unread := _unread(status.not_indexed):
        console.print(Text(unread, style="bold yellow"))


_SHOWN_FIELDS = frozenset(
    """editor affiliation publisher version status supersedes valid_from valid_until recipient
    subject""".split()
)
"""What a document says of itself; author, date and title have columns of their own."""


def _field(field: DocumentField) -> str:
    value = field.value if len(field.value) <= 80 else f"{field.value[:79]}…"
    return f"{field.name.replace('_', ' ')}: {value}"


def show_documents(console: Console, infos: Sequence[DocumentInfo]) -> None:
    """A line for every document: its name, kind, date, language, author, title, and what
    its first page says of it."""
    if not infos:
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    said = ["; ".join(_field(f) for f in i.fields if f.name in _SHOWN_FIELDS) for i in infos]
    more = ["first page"] if any(said) else []
    for heading in ("document", "kind", "date", "language", "author", "title", *more):
        table.add_column(heading)
    for info, fields in zip(infos, said, strict=True):
        cells = [info.name, info.kind, info.date, info.language, info.author, info.title, fields]
        table.add_row(*(Text(one_line(cell)) for cell in cells[: 6 + len(more)]))
    console.print(table)
