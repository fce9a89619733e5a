"""Do the citations hold? Definitions of ALCE (Gao et al. 2023), with a rule in place of a model.

A sentence is *supported* by quotes when they hold all of its numbers and at least
``SUPPORT_SHARE`` of its content terms. Everything is read from the documents' stored text, not
from what the answer claims to quote. An abstention makes no claim, so it has no score here: it
is neither rewarded nor punished. What the index's list of documents says cites nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.text.terms import content_terms
from assistant.types import Answer, Citation
from eval.questions import NEEDED
from eval.spans import Place, Span
from eval.text import markers, numbers

SUPPORT_SHARE = 0.7
"""Below it a paraphrase of another sentence about the same thing would pass."""


@dataclass(frozen=True, slots=True)
class CitationScores:
    """Per answer, each between 0 and 1 or ``None`` for an answer that makes no claim.

    ``recall``: share of sentences supported by what they cite; one that cites nothing is not, nor
    one whose citation the assistant found: a prompt that asks for none must not look well.
    ``precision``: share of citation marks that are needed; one that points nowhere is not, and
    an answer without any mark scores 0. ``fidelity``: share of citations whose quote is exactly
    the stored text of their span, ``None`` without citations.
    """

    recall: float | None
    precision: float | None
    fidelity: float | None


def score_citations(answer: Answer, texts: Mapping[str, str]) -> CitationScores:
    """ALCE recall and precision, and quote fidelity; ``texts`` maps document → stored text."""
    fidelity = quote_fidelity(answer.citations, texts)
    if answer.abstained or not answer.sentences:
        return CitationScores(None, None, fidelity)
    quotes = {each.marker: stored(each, texts) for each in answer.citations}
    supported, marks, good_marks = 0, 0, 0
    claims = [s for s in answer.sentences if s.verdict not in ("catalogue", "computed")]
    if not claims:
        return CitationScores(None, None, fidelity)
    for sentence in claims:
        known = [mark for mark in dict.fromkeys(sentence.citations) if mark in quotes]
        holds = supports(sentence.text, [quotes[mark] for mark in known])
        supported += holds and not sentence.is_found
        marks += len(set(sentence.citations))
        if holds:
            good_marks += sum(_is_needed(sentence.text, mark, known, quotes) for mark in known)
    marks += len(_dangling(answer, quotes))
    precision = good_marks / marks if marks else 0.0
    return CitationScores(supported / len(claims), precision, fidelity)


def _dangling(answer: Answer, quotes: Mapping[int, str]) -> set[int]:
    """Marks in the text that belong to no citation, no sentence, and no source's own text."""
    attached = {mark for sentence in answer.sentences for mark in sentence.citations}
    quoted = {mark for sentence in answer.sentences for mark in markers(sentence.text)}
    return {m for m in markers(answer.text) if m not in attached | quoted | set(quotes)}


def _is_needed(sentence: str, mark: int, known: Sequence[int], quotes: Mapping[int, str]) -> bool:
    """ALCE: a citation is needless when it does not support the sentence alone, and the others
    support it without it."""
    if supports(sentence, [quotes[mark]]):
        return True
    return not supports(sentence, [quotes[other] for other in known if other != mark])


def supports(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether quotes together hold a sentence's numbers and most of its content terms."""
    if not quotes:
        return False
    joined = "\n".join(quotes)
    if not set(numbers(sentence)) <= set(numbers(joined)):
        return False
    terms = content_terms(sentence)
    held = set(content_terms(joined))
    if not terms:
        return True
    return sum(term in held for term in terms) >= SUPPORT_SHARE * len(terms)


def stored(citation: Citation, texts: Mapping[str, str]) -> str:
    """The document's own text of a citation's span; empty for one outside of the text."""
    text = texts.get(citation.document, "")
    if not 0 <= citation.start < citation.end <= len(text):
        return ""
    return text[citation.start : citation.end]


def quote_fidelity(citations: Sequence[Citation], texts: Mapping[str, str]) -> float | None:
    """Share of citations whose quote is exactly the stored text of their span."""
    if not citations:
        return None
    exact = sum(1 for each in citations if each.quote and each.quote == stored(each, texts))
    return exact / len(citations)


def gold_citation_recall(places: Sequence[Place], citations: Sequence[Citation]) -> float | None:
    """Share of the needed evidence that lies inside a cited span; exact, no model.

    0 where evidence exists and nothing is cited, also after a wrong refusal.
    """
    needed = [place for place in places if place.relevance >= NEEDED]
    if not needed:
        return None
    return sum(1 for place in needed if _is_cited(place, citations)) / len(needed)


def on_evidence(places: Sequence[Place], answer: Answer) -> tuple[float | None, float | None]:
    """(answer precision, first sentence on evidence) of an answer with sentences.

    A sentence is on evidence when one of its citations touches a place of it, needed or only
    helpful. Precision is the share of such sentences: what is added beside the point lowers it.
    ``None`` for a question without evidence, and for an abstention, which says nothing.
    """
    if answer.abstained or not answer.sentences or not any(place.spans for place in places):
        return None, None
    on = [
        any(_touches(c, places) for c in answer.citations if c.marker in sentence.citations)
        for sentence in answer.sentences
    ]
    return sum(on) / len(on), float(on[0])


def _touches(citation: Citation, places: Sequence[Place]) -> bool:
    return any(
        citation.start < end and start < citation.end
        for place in places
        if place.document == citation.document
        for start, end in place.spans
    )


def _is_cited(place: Place, citations: Sequence[Citation]) -> bool:
    cited: list[Span] = [(c.start, c.end) for c in citations if c.document == place.document]
    return any(
        start <= begin and end <= stop for start, stop in cited for begin, end in place.spans
    )
