"""Citations and passages → the cards of the Evidence pane.

A card shows the place, the quote marked in its context, and a link to the document. Each mark names
the sentences of the answer that cite it, so a marker leads to its own quote. There are two lists:
cited places, and other retrieved passages; a refusal has the closest sentences in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeGuard

from assistant.chat.cell_links import cited_cells
from assistant.chat.document_marks import MOST_PLACES
from assistant.chat.escaped import address, escape, one_line
from assistant.chat.messages import closest
from assistant.checking.verdicts import (
    FOUND_WORD,
    LABELS,
    SHAPES,
    found_markers,
    picture_label,
    weakest,
)
from assistant.retrieval.reasons import Why, explain
from assistant.text.sentences import sentences as cut_sentences
from assistant.types import Answer, Citation, Passage, Sentence, Source

Lookup = Callable[[str], Source | None]
"""A document by name as it is in the index now, or None when it is no longer there."""

_AROUND = 600
"""Characters looked at on each side for two sentences of surroundings."""
_MORE = 1500
"""Characters on each side under "More context"."""


def draw_evidence(answer: Answer, turn: int, lookup: Lookup) -> str:
    """The pane for a finished answer."""
    reasons = explain(answer.question, answer.retrieved)
    whys = {p.chunk_id: why for p, why in zip(answer.retrieved, reasons, strict=True)}
    parts = [f'<div class="evidence" id="evidence-t{turn}">']
    if answer.abstained:
        parts.append(_heading("Closest passages"))
        parts.append('<p class="muted">None of them plainly answers the question.</p>')
        parts += [_close_card(each, answer, lookup) for each in answer.closest]
        rest = [
            p for p in closest(answer.retrieved) if not any(_holds(p, c) for c in answer.closest)
        ]
        parts += [passage_card(p, whys.get(p.chunk_id)) for p in rest]
    else:
        if answer.citations:
            parts.append(_heading(f"Cited · {len(answer.citations)}"))
        parts += [_cited(c, answer, turn, lookup, whys) for c in answer.citations]
        rest = [p for p in answer.retrieved if not any(_holds(p, c) for c in answer.citations)]
        if rest:
            cards = "".join(passage_card(p, whys.get(p.chunk_id)) for p in rest)
            parts.append(
                f'<details class="also"><summary>Also retrieved · {len(rest)}</summary>{cards}'
                "</details>"
            )
    parts.append("</div>")
    return "".join(parts)


def draw_found(question: str, passages: Sequence[Passage]) -> str:
    """The pane while the answer is being written: what it may draw on."""
    whys = explain(question, passages)
    cards = "".join(passage_card(p, why) for p, why in zip(passages, whys, strict=True))
    return (
        f'<div class="evidence">{_heading(f"Found · {len(passages)}")}'
        f'<p class="muted">The answer may draw on these.</p>{cards}</div>'
    )


def draw_nothing() -> str:
    """The pane before the first question."""
    return (
        '<div class="evidence empty"><p class="muted">The places behind an answer appear here. '
        "A marker in the answer leads to its place.</p></div>"
    )


def _cited(
    citation: Citation, answer: Answer, turn: int, lookup: Lookup, whys: dict[str, Why]
) -> str:
    resting = [(at, s) for at, s in enumerate(answer.sentences) if citation.marker in s.citations]
    computed = any(sentence.verdict == "computed" for sentence in answer.sentences)
    verdict = weakest(sentence.verdict for _, sentence in resting)
    source = lookup(citation.document)
    passage = next((p for p in answer.retrieved if _holds(p, citation)), None)
    if _is_same(source, citation):
        quote = _quote(citation, resting, source, computed)
        more = _more(citation, source)
        opened = _open(citation, answer)
        changed = ""
    else:
        classes = " ".join(f"s{at}" for at, _ in resting)
        quote = (
            f'<blockquote><mark class="{classes}">{one_line(citation.quote)}</mark></blockquote>'
        )
        more = opened = ""
        said = "has changed since this answer" if source else "is no longer in the index"
        changed = f'<p class="changed">The file {said}; this is what it said.</p>'
    found = f", {FOUND_WORD}" if citation.marker in found_markers(answer.sentences) else ""
    problems = dict.fromkeys(p for _, sentence in resting for p in sentence.problems)
    doubts = f'<p class="why-not">{one_line("; ".join(problems))}</p>' if problems else ""
    return (
        f'<article class="card {verdict}" id="card-t{turn}-m{citation.marker}">'
        f'<p class="card-head"><span class="number">{citation.marker}</span> '
        f"<strong>{one_line(citation.title)}</strong></p>"
        f'<p class="verdict {verdict}">{SHAPES[verdict]} {LABELS[verdict]}{found}</p>'
        f"{place_line(citation.document, citation.page, citation.section)}{_pictured(citation)}"
        f"{changed}{quote}{doubts}"
        f'<p class="actions">{opened}'
        f'<button type="button" class="copy-quote">Copy quote</button> '
        f'<button type="button" class="pin-quote t{turn} m{citation.marker}">Pin</button></p>'
        f"{more}{_why(whys.get(passage.chunk_id) if passage else None)}</article>"
    )


def _close_card(citation: Citation, answer: Answer, lookup: Lookup) -> str:
    """A sentence that comes close to a question without an answer, in its surroundings."""
    source = lookup(citation.document)
    quote, opened = one_line(citation.quote), ""
    before = after = ""
    if _is_same(source, citation):
        first, last = surroundings(source.text, citation.start, citation.end)
        before = one_line(source.text[first : citation.start])
        after = one_line(source.text[citation.end : last])
        opened = _open(citation, answer)
    return (
        f'<article class="card passage"><p class="card-head"><strong>{one_line(citation.title)}'
        f"</strong></p>{place_line(citation.document, citation.page, citation.section)}"
        f"{_pictured(citation)}<blockquote>{before} <mark>{quote}</mark> {after}</blockquote>"
        f'<p class="actions">{opened}</p></article>'
    )


def _is_same(source: Source | None, citation: Citation) -> TypeGuard[Source]:
    """Whether a document still says at its place what was cited."""
    return (
        source is not None
        and source.sha256 == citation.sha256
        and source.text[citation.start : citation.end] == citation.quote
    )


def _pictured(citation: Citation) -> str:
    label = picture_label(citation.ocr_score)
    return f'<p class="from-picture">{one_line(label.capitalize())}</p>' if label else ""


def passage_card(passage: Passage, why: Why | None) -> str:
    """A passage that was retrieved and is not cited."""
    section = passage.heading_path[-1] if passage.heading_path else ""
    also = ""
    if passage.duplicates:
        also = (
            f'<p class="muted">The same text is in {one_line(", ".join(passage.duplicates))}.</p>'
        )
    url = address("/document", name=passage.document, start=passage.start, end=passage.end)
    return (
        f'<article class="card passage"><p class="card-head"><strong>{one_line(passage.title)}'
        f"</strong></p>{place_line(passage.document, passage.page, section)}"
        f"<blockquote>{one_line(passage.body)}</blockquote>{also}"
        f'<p class="actions"><a href="{url}" target="_blank">Open the document</a></p>'
        f"{_why(why)}</article>"
    )  # fmt: skip


def place_line(document: str, page: int | None, section: str) -> str:
    """File, page and section."""
    parts = [one_line(document)]
    if page is not None:
        parts.append(f"page {page}")
    if section:
        parts.append(one_line(section))
    return f'<p class="place">{" · ".join(parts)}</p>'


def surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """Two sentences before and after a span: where they begin and end."""
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    spans = cut_sentences(text[low:high])
    first, last = start, end
    for span in reversed([s for s in spans if low + s.end <= start][-2:]):
        if span.kind == "heading" or (low and not span.start):
            break  # another section begins, or the sentence is cut off
        first = low + span.start
    for span in [s for s in spans if low + s.start >= end][:2]:
        if span.kind == "heading" or (high < len(text) and low + span.end == high):
            break
        last = low + span.end
    return first, last


def _quote(
    citation: Citation, resting: Sequence[tuple[int, Sentence]], source: Source, computed: bool
) -> str:
    """The cited span inside its surroundings; each stretch knows the sentences that rest on it, and
    in a computed answer the place of its cell."""
    spans = [
        (max(e.start, 0), e.end, at)
        for at, sentence in resting
        for e in sentence.evidence
        if e.marker == citation.marker and 0 <= e.start < e.end <= len(source.text)
    ] or [(citation.start, citation.end, at) for at, _ in resting]
    low = min([citation.start, *(start for start, _, _ in spans)])
    high = max([citation.end, *(end for _, end, _ in spans)])
    first, last = surroundings(source.text, low, high)
    cells = {each.start: each.end for each in cited_cells(citation)} if computed else {}
    edges = sorted({
        first, last, *(s for s, _, _ in spans), *(e for _, e, _ in spans), *cells, *cells.values(),
    })  # fmt: skip
    parts = []
    for start, end in pairwise(edges):
        resters = sorted({at for s, e, at in spans if s <= start and end <= e})
        words = one_line(source.text[start:end])
        if not words:
            continue
        if resters:
            classes = [f"s{at}" for at in resters]
            classes += [f"p{at}" for at, ends in cells.items() if at <= start and end <= ends]
            words = f'<mark class="{" ".join(classes)}">{words}</mark>'
        parts.append(words)
    return f"<blockquote>{' '.join(parts)}</blockquote>"


def _more(citation: Citation, source: Source) -> str:
    low, high = max(0, citation.start - _MORE), min(len(source.text), citation.end + _MORE)
    shown = (
        f"{'… ' if low else ''}{escape(source.text[low : citation.start])}"
        f"<mark>{escape(source.text[citation.start : citation.end])}</mark>"
        f"{escape(source.text[citation.end : high])}{' …' if high < len(source.text) else ''}"
    )
    return f'<details class="more"><summary>More context</summary><pre>{shown}</pre></details>'


def _open(citation: Citation, answer: Answer) -> str:
    """The link to the document at this place; it names the other places that the answer cites."""
    others = [
        f"{each.start}-{each.end}"
        for each in answer.citations
        if (each.document, each.sha256) == (citation.document, citation.sha256)
        and each.marker != citation.marker
    ]
    url = address(
        "/document", name=citation.document, start=citation.start, end=citation.end,
        also=others[:MOST_PLACES], version=citation.sha256[:16],
    )  # fmt: skip
    where = f"at page {citation.page}" if citation.page is not None else "at this place"
    return (
        f'<a href="{url}#cited" target="_blank">Open {where}</a> '
        '<button type="button" class="copy-link">Copy link</button> '
    )


def _why(why: Why | None) -> str:
    if why is None:
        return ""
    lines = []
    if why.shared:
        lines.append(f"Shares with the question: {one_line(', '.join(why.shared))}.")
    if why.missing:
        lines.append(f"Does not mention: {one_line(', '.join(why.missing))}.")
    if why.ranks:
        ranks = ", ".join(f"{rank} by {one_line(part)}" for part, rank in why.ranks)
        lines.append(f"Rank among {why.of}: {ranks}.")
    if not lines:
        return ""
    body = "".join(f"<li>{line}</li>" for line in lines)
    return f'<details class="why"><summary>Why this passage</summary><ul>{body}</ul></details>'


def _holds(passage: Passage, citation: Citation) -> bool:
    return (
        passage.document == citation.document
        and passage.start < citation.end
        and citation.start < passage.end
    )


def _heading(text: str) -> str:
    return f'<h2 class="evidence-heading">{one_line(text)}</h2>'
