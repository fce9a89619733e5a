"""One section for each question: what was asked, found, said, and where a wrong answer was lost.

A page of a few hundred sections needs a search. Its script is our own constant text, allowed in the
content policy by its hash: no text of a document or answer can run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from eval.attribution import stage_lost
from eval.report.content import Report, SeenPassage
from eval.results import Result
from eval.scoring import SECOND_VERDICT

SCRIPT = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
SCRIPT_HASH = "sha256-" + base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
LOST_AT = {
    "retrieval": "evidence was not found",
    "threshold": "refused although evidence was found",
    "sentence": "other sentences were taken than those with the evidence",
    "fact": "the evidence was cited, yet a fact is missing or something forbidden is said",
    "error": "could not be asked",
}
SORTS = (
    ("asked", "as asked"),
    ("confidence", "least sure first"),
    ("rank", "evidence found last"),
    ("overlap", "fewest words shared with the evidence"),
)


def render(report: Report) -> str:
    """The heading, the search, and a section for each question."""
    firsts = [each for each in report.run.results if each.repeat == 0]
    if not firsts:
        return ""
    flips: dict[str, str] = {}
    if report.comparison is not None:
        flips |= {pair.id: "lost" for pair in report.comparison.lost}
        flips |= {pair.id: "gained" for pair in report.comparison.gained}
    sections = "".join(
        _section(report, number, each, flips.get(each.id, "")) for number, each in enumerate(firsts)
    )
    return (
        f"<h2>Every question ({len(firsts)})</h2>{_controls(firsts, flips)}"
        f'<div id="questions">{sections}</div><script>{SCRIPT}</script>'
    )


def _controls(firsts: Sequence[Result], flips: Mapping[str, str]) -> str:
    kinds = sorted({each.type for each in firsts})
    stages = sorted({stage for each in firsts if (stage := stage_lost(each))})
    tags = sorted({tag for each in firsts for tag in each.tags})
    verdicts = ["right", "wrong", *(["lost", "gained"] if flips else [])]
    chosen: list[tuple[str, Sequence[str]]] = [
        ("verdict", verdicts),
        ("type", kinds),
        ("lost at", stages),
        ("tag", tags),
    ]
    selects = "".join(_select(name, values) for name, values in chosen)
    sorts = "".join(f'<option value="{key}">{words}</option>' for key, words in SORTS)
    return (
        '<div id="search" hidden><label>Search <input type="search" id="words" '
        'placeholder="words of question, answer or passage"></label>'
        f'{selects}<label>Order <select id="order">{sorts}</select></label>'
        '<output id="shown"></output></div>'
    )


def _select(name: str, values: Sequence[str]) -> str:
    options = "".join(f'<option value="{escape(v)}">{escape(v)}</option>' for v in values)
    return (
        f'<label>{name} <select data-filter="{name.replace(" ", "-")}">'
        f'<option value="">all</option>{options}</select></label>'
    )


def anchor(number: int) -> str:
    """The section's own address in the page; ids of questions are data, so they are none."""
    return f"question-{number + 1}"


def _section(report: Report, number: int, result: Result, flip: str) -> str:
    verdict = "right" if result.correct else "wrong"
    stage = stage_lost(result)
    found = [rank for rank in result.ranks if rank is not None]
    missing = len(found) < len(result.ranks)
    data = {
        "verdict": " ".join(part for part in (verdict, flip) if part),
        "type": result.type,
        "lost-at": stage,
        "tag": "\n".join(result.tags),
        "asked": str(number),
        "confidence": f"{result.confidence:.4f}",
        "rank": str(-(999 if missing else max(found, default=0))),
        "overlap": f"{report.overlaps.get(result.id, 1.0):.4f}",
    }
    attributes = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    marks = "".join(
        f'<span class="tag {kind}">{kind}</span>'
        for kind in (verdict, flip, "critical" if result.severity == "critical" else "")
        if kind
    )
    name = anchor(number)
    return (
        f'<details class="question" id="{name}"{attributes}><summary>{marks}'
        f"<b>{escape(result.id)}</b> {escape(result.question)}</summary>"
        f"{_answer(report, result, stage)}{_passages(report, result)}"
        f'<p class="dim">address: #{name}</p></details>'
    )


def _answer(report: Report, result: Result, stage: str) -> str:
    question = report.questions.get(result.id)
    words = result.error or result.text or "(empty)"
    rows = [
        ("outcome", f"{result.outcome}, confidence {result.confidence:.2f}"),
        ("why refused", result.reason if result.outcome == "refused" else ""),
        ("lost at", _lost(result, stage)),
        ("wanted", _wanted(result, question.reference if question else "")),
        ("facts stated", " · ".join(report.fact_words(result.id, result.facts_hit))),
        ("facts missing", " · ".join(report.fact_words(result.id, result.facts_lost))),
        ("second verdict", _second(result)),
        ("must not be said", " · ".join(result.forbidden)),
        ("ranks of the evidence", _ranks(result)),
        ("tags", ", ".join(result.tags)),
    ]
    shown = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    return f'<p class="answer">{escape(words)}</p><dl>{shown}</dl>'


def _second(result: Result) -> str:
    """The claim checker's verdict, in words; empty where it has none."""
    found = result.measures.get(SECOND_VERDICT)
    if found is None:
        return ""
    return f"the claim checker {'finds' if found else 'does not find'} the reference in it"


def _lost(result: Result, stage: str) -> str:
    if stage == "threshold" and result.expect == "refuse":
        return "threshold: answered what the documents do not tell"
    return f"{stage}: {LOST_AT[stage]}" if stage else ""


def _wanted(result: Result, reference: str) -> str:
    return "a refusal: the documents do not tell" if result.expect == "refuse" else reference


def _ranks(result: Result) -> str:
    return ", ".join("not found" if rank is None else str(rank) for rank in result.ranks)


def _passages(report: Report, result: Result) -> str:
    seen = report.passages.get(result.id, ())
    if not seen:
        return ""
    holding = {rank for rank in result.ranks if rank is not None}
    rows = "".join(_passage(number, each, number in holding) for number, each in enumerate(seen, 1))
    return f'<h3>Passages by rank</h3><ol class="passages">{rows}</ol>'


def _passage(rank: int, passage: SeenPassage, holds: bool) -> str:
    mark = '<span class="tag right">evidence</span>' if holds else ""
    page = f", page {passage.page}" if passage.page is not None else ""
    more = " …" if passage.is_cut else ""
    return (
        f"<li>{mark}<b>{escape(passage.document)}</b>{page} "
        f'<span class="dim">score {passage.score:.3f}</span>'
        f'<p class="answer">{escape(passage.text)}{more}</p></li>'
    )
