"""Headings that ask what the question asks; and sentences that only say where to look. Pure.

Guides, manuals and lists of questions say under "Symptoms", or under "Q: What are the symptoms?",
what is asked: the sentences below need not say it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.answering.exclusions import asks_for_the_other
from assistant.answering.inner_headings import inner_headings
from assistant.answering.sentence_scores import SentenceTerms
from assistant.retrieval.question import Question, coverage
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS, stems
from assistant.types import Passage

_FIRST, _SECTION, _LEAD = 1.6, 0.6, 1.2
"""What the first sentence below gains, each of its section, and a line before a list in it."""
_WHOLE = 2.0
"""What the first sentence gains below a heading that holds all of a question of several words."""
_ALIKE, _LEAST_ALIKE = 1.4, 0.5
"""What the first sentence below a question gains for the share of what is asked that it holds, from
this share on."""
_LONGEST_HEADING = 14
_GAP = 5
"""Characters of white space between passages that follow each other."""
_SUBJECT = 3
"""Sentences of a passage in which a word stands that the whole passage is about."""
_DUTY = frozenset({"must", "need", "may"})
_QUESTION_MARKS = ("?", "？")
_COLONS = (":", "：")
_ASKING = frozenset(
    """question faq overview introduction section chapter part key what which how who when where why
    about more""".split()
)
_POINTS = re.compile(
    r"^(?:(?:for|to (?:get|find|learn|read)) (?:more |further |free |additional |other )?"
    r"(?:information|details?|help|advice|support|examples?|guidance|about|on)\b.{0,200}?"
    r"\b(?:call|visit|see|contact|ask|go to|refer|read|download|check|turn to|consult)\b|"
    r"(?:please )?(?:see|refer to|turn to|consult|visit|contact|call) (?:also |the |our |your )?"
    r"(?:\[{1,2}|(?:page|pages|section|chapter|appendix|figure|table|http|www|website|booklet|"
    r"fact sheet)\b)|"
    r"(?:call|visit|contact) .{3,120}\b(?:for|to)\b.{0,40}"
    r"\b(?:information|details?|copy|advice)\b)",
    re.IGNORECASE,
)
_SEES_PAGE = re.compile(r"\W{0,3}(?:please )?see (?:also )?\[", re.IGNORECASE)
_COMES_NEXT = re.compile(
    r"(?:^|, |\b(?:so|and|but) )here(?:['’]s| is| are) (?:the|a|an|some|what|how|why|our|my)\b"
    r"[^:;]{0,80}[.!]$",
    re.IGNORECASE,
)
_SHOWN_BELOW = re.compile(
    r"^(?:(?:the|this) (?:following|accompanying) (?:\w+ ){0,3}"
    r"(?:table|chart|graph|figure|diagram|list|exhibit|schedule)s?|"
    r"(?:table|figure|fig\.|chart|exhibit) ?\w{1,5}|"
    r"die (?:folgende|nachstehende) (?:tabelle|abbildung|grafik|liste))\b[^.;]{0,80}?"
    r"\b(?:shows?|sets? forth|summari[sz]es?|presents?|compares?|provides?|details?|gives?|"
    r"reflects?|illustrates?|lists?|zeigt|enthält|gibt)\b|"
    r"\b(?:is|are) (?:set forth|shown|presented|summari[sz]ed|listed|as follows) ?"
    r"(?:in the|below|:|$)",
    re.IGNORECASE,
)
"""A sentence that announces a table: "The following table sets forth …"."""
_TABLE_FOLLOWS = re.compile(
    r"\bthe (?:following|accompanying) (?:\w+ ){0,3}(?:table|chart|graph|figure|exhibit|schedule)s?"
    r" (?:\w+ ){0,2}(?:shows?|sets? forth|summari[sz]es?|presents?|provides?|details?|reflects?|"
    r"lists?)\b",
    re.IGNORECASE,
)
_OWN_VALUE = re.compile(r"(?<![\w.,/-])(?!(?:19|20)\d\d\b)\d[\d,.]*(?!\w)|[$€£%]")
"""The same behind a heading or a clause, where the sentence has no number but years itself."""
_OPENS_CLAUSE = re.compile(
    r"\W*(?P<when>before|after|when|while|if|until|once|during)\b(?P<rest>[^.;?!]*)", re.IGNORECASE
)
_ASKS_WHERE = re.compile(
    r"\b(?:where|call|phone|telephone|number|contact|website|visit|page|who (?:can|should|do)|"
    r"information|booklet|link|url|address|see)\b",
    re.IGNORECASE,
)


def points_elsewhere(question: Question, text: str) -> bool:
    """Whether a sentence only says where more is told, and that is not asked for; or that it comes
    next: "Here is the difference in brief." """
    if _COMES_NEXT.search(text) or _SHOWN_BELOW.search(text.lstrip()):
        return True
    if _TABLE_FOLLOWS.search(text) and not _OWN_VALUE.search(text):
        return True
    return _POINTS.match(text.lstrip()) is not None and not _ASKS_WHERE.search(question.text)


def leads_to_page(text: str) -> bool:
    """Whether a sentence leads to a page by its name: "See [[Plans|What is a plan?]]."."""
    return _SEES_PAGE.match(text) is not None


def below_the_question(
    question: Question,
    passages: Sequence[Passage],
    parts: Mapping[str, Sequence[SentenceTerms]],
) -> dict[str, dict[int, float]]:
    """What sentences gain that stand below a heading, or a question, which asks the same: by chunk
    id and the number of the sentence.

    It asks the same when all it names is asked for, and all else that is asked for is named in the
    passage or above it. A section goes on in the passage that follows.
    """
    gained: dict[str, dict[int, float]] = {}
    named_above: frozenset[str] = frozenset()
    before: Passage | None = None
    for passage in sorted(passages, key=lambda each: (each.document, each.start)):
        follows = before is not None and before.document == passage.document
        if not follows or before is None or passage.start - before.end > _GAP:
            named_above = frozenset()
        found = parts[passage.chunk_id]
        gained[passage.chunk_id], named_above = _below(question, passage, found, named_above)
        before = passage
    return gained


def _below(
    question: Question,
    passage: Passage,
    found: Sequence[SentenceTerms],
    named_above: frozenset[str],
) -> tuple[dict[int, float], frozenset[str]]:
    """What the sentences of a passage gain, and what the heading names that is open at its end."""
    about = frozenset(question.reads(words_above(passage), passage.language))
    title = frozenset(question.reads(passage.title, passage.language))
    counts = Counter(term for each in found for term in each.terms)
    about |= {term for term, count in counts.items() if count >= _SUBJECT}
    wanted = _wanted(question)
    bonus: dict[int, float] = {}
    is_first = is_real = is_clause = False
    alike = 0.0
    outside = about
    inner = inner_headings(passage.text, [each.span for each in found])
    for at, sentence in enumerate(found):
        about = outside.union(*(found[heading].terms for heading in inner[at]))
        named = _named_if_same(question, sentence, about.union(counts))
        if named <= title:  # the title says what all of it is about, not what is asked
            named = frozenset()
        if named or _is_heading(sentence):
            named_above, is_first = named, True
            is_clause = bool(named) and is_clause_of(sentence.text, question.text)
            is_real = sentence.span.kind in ("heading", "label")
            alike = _asks_alike(question, sentence)
        elif alike and not named_above:
            bonus[at] = alike
            alike = 0.0
        elif named_above and wanted <= named_above | about | sentence.terms:
            # else it is about another: "In women, …" when men are asked about
            lead = _LEAD * (3 if question.wants_list else 1)
            is_lead = sentence.text.rstrip().endswith(_COLONS)
            bonus[at] = _SECTION + _FIRST * is_first + lead * is_lead
            is_whole = is_clause or (len(wanted) > 1 and wanted <= named_above)
            bonus[at] += _WHOLE * (is_first and is_real and is_whole)
            is_first = False
    return bonus, named_above


def is_clause_of(heading: str, question: str) -> bool:
    """Whether a heading is a clause of the question: "Before you leave" of "What must I do before I
    leave?"."""
    opening = _OPENS_CLAUSE.match(heading)
    named = _content(opening["rest"]) if opening is not None else frozenset()
    if opening is None or not named:
        return False
    clauses = re.findall(rf"\b{opening['when']}\b([^,.;?!]*)", question, re.IGNORECASE)
    return any(named <= _content(clause) for clause in clauses)


def _content(text: str) -> frozenset[str]:
    return frozenset(stems(text, "en")) - STOP_WORDS


def _wanted(question: Question) -> frozenset[str]:
    """The terms that a heading must name: "gets" names nothing there, nor does "make" in "make a
    claim"."""
    named = frozenset(question.weights) - STOP_WORDS - _DUTY
    return named - question.said.light or named


def _asks_alike(question: Question, sentence: SentenceTerms) -> float:
    """What the first sentence gains below a question that asks much of the same in other words."""
    if not sentence.text.rstrip('"”’*_ ').endswith(_QUESTION_MARKS):
        return 0.0
    share = coverage(question.weights, sentence.terms)
    return _ALIKE * share if share >= _LEAST_ALIKE else 0.0


def _is_heading(sentence: SentenceTerms) -> bool:
    text = sentence.text.rstrip('"”’*_ ')
    return sentence.span.kind == "heading" or text.endswith(_QUESTION_MARKS)


def _named_if_same(
    question: Question, sentence: SentenceTerms, known: frozenset[str]
) -> frozenset[str]:
    """What a heading names when it asks what the question asks, else nothing."""
    is_label = sentence.span.kind == "label" and not sentence.text.rstrip().endswith(_COLONS)
    if not (_is_heading(sentence) or is_label) or len(sentence.words) > _LONGEST_HEADING:
        return frozenset()
    if asks_for_the_other(question, sentence.text):  # "What is not covered"
        return frozenset()
    wanted = _wanted(question)
    named = frozenset(
        term for term in sentence.terms
        if len(term) > 1 and term not in STOP_WORDS and term not in _ASKING
    )  # fmt: skip
    # "day" may weigh nothing
    said = question.weights.keys() | {*question.reads(question.text, question.language)}
    return named if named <= said and wanted <= named | known else frozenset()
