"""Answers → the HTML of their messages: text with markers, a refusal, the line below it.

A marker is a button whose class names the turn, the sentence and the number; the page's script
opens the card with the same name. Verdicts are shown by shape and by colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.chat.answer_shapes import LONG_LIST, draw_conflicts
from assistant.chat.cell_links import link_numbers
from assistant.chat.escaped import escape, one_line
from assistant.chat.placing import Mark, Placed, PlacedFigure, TextOrMark, place
from assistant.checking.verdicts import (
    CERTAINTY_LABELS,
    CERTAINTY_MEANINGS,
    CERTAINTY_SHAPES,
    FOUND_SHAPE,
    FOUND_WORD,
    GOOD,
    LABELS,
    MEANINGS,
    SHAPES,
    cited_count,
)
from assistant.text.shortened import shortened
from assistant.types import Answer, Certainty, Passage, Sentence

if TYPE_CHECKING:
    from markdown_it.token import Token

_SIMPLE = {
    "paragraph": "p",
    "bullet_list": "ul",
    "list_item": "li",
    "blockquote": "blockquote",
    "em": "em",
    "strong": "strong",
    "s": "s",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
"""Kinds of tokens whose two ends become the two ends of an element, without any attribute."""


_LONGEST_QUOTE = 300
"""Characters of a closest sentence in the message; the pane beside shows all of it."""
_LISTS_OPEN = frozenset({"bullet_list_open", "ordered_list_open"})
_LISTS_CLOSE = frozenset({"bullet_list_close", "ordered_list_close"})


def draw_answer(answer: Answer, turn: int) -> str:
    """The finished message of a turn."""
    if answer.abstained:
        return _refusal(answer, turn)
    parts = [_note("notice", answer.notice)]
    level = certainty_shown(answer)
    if level != "none":
        parts.append(_certainty(level))
    parts.append(draw_conflicts(answer, turn))
    known = frozenset(citation.marker for citation in answer.citations)
    placed = place(answer.text, answer.sentences, known)
    link_numbers(placed, answer)
    parts.append(_text(placed, turn, answer.sentences))
    if answer.incomplete:
        parts.append(_note("incomplete", f"Incomplete: {answer.incomplete}"))
    parts.append(_problems(answer.sentences))
    if answer.reason != "stopped":
        parts.append(status_line(answer))
    if answer.citations:
        parts.append(
            f'<p class="answer-actions"><button type="button" class="pin-answer t{turn}">Pin '
            "to notes</button></p>"
        )
    return f'<div class="answer {level}">{"".join(parts)}</div>'


def certainty_shown(answer: Answer) -> Certainty:
    """The level that is shown; none for small talk, and for an answer that was not checked."""
    return answer.certainty if answer.retrieved and answer.reason != "stopped" else "none"


def _certainty(level: Certainty) -> str:
    return (
        f'<p class="certainty {level}"><span class="hint" title="{CERTAINTY_MEANINGS[level]}">'
        f"{CERTAINTY_SHAPES[level]} {CERTAINTY_LABELS[level]}</span></p>"
    )


def draw_partial(text: str, passages: int, step: str = "") -> str:
    """A message whose words still come: its markers have no verdicts yet. ``step`` says what is
    done now."""
    placed = place(text, (), frozenset(range(1, passages + 1)))
    return f'<div class="answer partial">{_text(placed, 0, ())}{_note("waiting", step)}</div>'


def draw_waiting(words: str) -> str:
    """What stands there before the first word."""
    return f'<div class="answer partial"><p class="waiting">{one_line(words)}</p></div>'


def draw_failure(what: str, hint: str) -> str:
    """An error, with what to do next."""
    next_step = f'<p class="hint">{one_line(hint)}</p>' if hint else ""
    return (
        f'<div class="answer failure"><p><strong>That did not work.</strong> {one_line(what)}</p>'
        f"{next_step}</div>"
    )


def status_line(answer: Answer) -> str:
    """What was searched, found and checked, in one line; empty for small talk."""
    if not answer.retrieved:
        return ""
    searched = one_line(answer.standalone_question or answer.question)
    good = sum(1 for each in answer.sentences if each.verdict in GOOD)
    steps = [f"Searched <em>{searched}</em>", _count(len(answer.retrieved), "passage")]
    if not answer.abstained:
        steps.append(cited_count(answer))
        steps.append(f"{good} of {_count(len(answer.sentences), 'sentence')} supported")
    facts = [" → ".join(steps), f"{answer.timings.get('total', 0.0):.1f} s"]
    if answer.usage.calls:
        about = "about " if answer.usage.estimated else ""
        facts.append(f"{about}{answer.usage.tokens_in + answer.usage.tokens_out:,} tokens")
        if answer.usage.cost is not None:
            facts.append(f"${answer.usage.cost:.4f}")
    facts.append(one_line(writer_of(answer)))
    return f'<p class="status">{" · ".join(facts)}</p>'


def writer_of(answer: Answer) -> str:
    """Who chose the words: a model by its name, or nobody."""
    return (
        "the documents’ own words"
        if answer.receipt.model == "extractive"
        else (answer.receipt.model)
    )


def _refusal(answer: Answer, turn: int) -> str:
    shown = ""
    if answer.retrieved:
        words = "them in their documents" if answer.closest else "the closest passages"
        shown = f'<button type="button" class="show-evidence t{turn}">Show {words}</button> '
    return (
        '<div class="answer refusal"><p><strong>No answer in the documents</strong></p>'
        f"<p>{one_line(answer.text)}</p>{_note('notice', answer.notice)}"
        f"{_closest_sentences(answer)}<p>{shown}"
        f'<button type="button" class="keep-question t{turn}">Add to question set</button></p>'
        f"{status_line(answer)}</div>"
    )


def _closest_sentences(answer: Answer) -> str:
    if not answer.closest:
        return ""
    lines = "".join(
        f"<li>“{one_line(shortened(each.quote, _LONGEST_QUOTE))}” "
        f'<span class="muted">{one_line(each.title or each.document)}</span></li>'
        for each in answer.closest
    )
    return f'<p>The closest sentences, which may not answer it:</p><ul class="closest">{lines}</ul>'


def closest(passages: Sequence[Passage]) -> Sequence[Passage]:
    """The passages that a refusal shows."""
    return passages[:5]


def _text(placed: Placed, turn: int, sentences: Sequence[Sentence]) -> str:
    out: list[str] = []
    counts = _counts(placed)
    for at, token in enumerate(placed.tokens):
        if token.type == "inline":
            for child in token.children or []:
                out.append(_inline(child, placed, turn, sentences))
        elif token.type in ("fence", "code_block"):
            out.append(f"<pre><code>{escape(token.content)}</code></pre>")
        elif token.type == "hr":
            out.append("<hr>")
        else:
            out.append(counts.get(at, "") + _element(token))
    return "".join(out)


def _counts(placed: Placed) -> dict[int, str]:
    """What stands above a long list, by the place of its first token: how many entries it has."""
    found: dict[int, str] = {}
    opened: list[tuple[int, int]] = []
    for at, token in enumerate(placed.tokens):
        if token.type in _LISTS_OPEN:
            opened.append((at, 0))
        elif token.type == "inline" and opened:
            begin, entries = opened.pop()
            opened.append((begin, entries + 1))
        elif token.type in _LISTS_CLOSE and opened:
            begin, entries = opened.pop()
            noun = "steps" if token.type == "ordered_list_close" else "entries"
            if entries >= LONG_LIST:
                found[begin] = f'<p class="count">{entries} {noun}</p>'
    return found


def _inline(token: Token, placed: Placed, turn: int, sentences: Sequence[Sentence]) -> str:
    if token.type == "text":
        return "".join(
            _piece(piece, turn, sentences)
            for piece in placed.pieces.get(id(token), [token.content])
        )
    if token.type == "code_inline":
        return f"<code>{escape(token.content)}</code>"
    if token.type in ("softbreak", "hardbreak"):
        return "<br>" if token.type == "hardbreak" else " "
    return _element(token)


def _element(token: Token) -> str:
    """The tag of an opening or closing token; empty for tokens that are not drawn."""
    kind, _, end = token.type.rpartition("_")
    if end not in ("open", "close"):
        return ""
    slash = "/" if end == "close" else ""
    if kind == "heading":  # a message has no place in the page's outline
        return "</strong></p>" if slash else '<p class="heading"><strong>'
    if kind == "ordered_list":
        first = None if slash else token.attrGet("start")
        start = f' start="{int(first)}"' if first else ""
        return f"<{slash}ol{start}>"
    if kind == "paragraph" and token.hidden:
        return ""
    tag = _SIMPLE.get(kind)
    return f"<{slash}{tag}>" if tag else ""


def _piece(piece: TextOrMark, turn: int, sentences: Sequence[Sentence]) -> str:
    if isinstance(piece, Mark):
        return _marker(piece, turn, sentences)
    return _figure(piece, turn) if isinstance(piece, PlacedFigure) else escape(piece)


def _figure(figure: PlacedFigure, turn: int) -> str:
    """A number that leads to its cell, or to all cells that it was computed from."""
    to = f" m{figure.marker} p{figure.place}" if figure.marker else ""
    told = f"The cell in source {figure.marker}" if figure.marker else "The cells it is made of"
    return (
        f'<button type="button" class="figure t{turn} s{figure.sentence}{to}" title="{told}">'
        f"{escape(figure.text)}</button>"
    )


def _marker(mark: Mark, turn: int, sentences: Sequence[Sentence]) -> str:
    if mark.sentence is None:
        return f'<button type="button" class="marker pending">{mark.number}</button>'
    verdict = sentences[mark.sentence].verdict
    shape, meaning = SHAPES[verdict], MEANINGS[verdict]
    if not mark.number:
        label = LABELS[verdict].capitalize()
        return f'<span class="marker {verdict}" title="{label}: {meaning}">{shape}</span>'
    found, star, told = "", "", LABELS[verdict]
    if sentences[mark.sentence].is_found:
        found, star, told = " found", FOUND_SHAPE, f"{told}, {FOUND_WORD}"
    return (
        f'<button type="button" class="marker {verdict} t{turn} s{mark.sentence} m{mark.number}'
        f'{found}" '
        f'title="Source {mark.number}: {told}">{shape} {mark.number}{star}</button>'
    )


def _problems(sentences: Sequence[Sentence]) -> str:
    """What the sources of weak sentences lack, for those who want to know."""
    rows = [
        _problem(each) for each in sentences if each.verdict in ("weak", "unsupported", "uncited")
    ]
    if not rows:
        return ""
    said = f"{len(rows)} of {_count(len(sentences), 'sentence')} to check"
    return f'<details class="doubts"><summary>{said}</summary><ul>{"".join(rows)}</ul></details>'


def _problem(sentence: Sentence) -> str:
    why = one_line("; ".join(sentence.problems))
    said = f' <em class="why-not">({why})</em>' if why else ""
    verdict = sentence.verdict
    return (
        f'<li><span class="verdict {verdict}">{SHAPES[verdict]} {LABELS[verdict]}</span> '
        f"{one_line(sentence.text)}{said}</li>"
    )


def _note(kind: str, text: str) -> str:
    return f'<p class="{kind}">{one_line(text)}</p>' if text else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
