"""What a sentence gains or loses by what it says itself, beside its words; whether it stands beside
the text. Pure.

Each is a form that counted words and a reader misjudge: a pointer, a cause for a consequence, the
other direction, a meaning, a deed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.asked_headings import leads_to_page, points_elsewhere
from assistant.answering.bonuses import FILLED_ROW, is_filled
from assistant.answering.code_lines import is_beside_prose
from assistant.answering.coded_entries import CODED, asked_signs, opens_entry
from assistant.answering.compared_figures import BOTH_FIGURES, tells_both_figures
from assistant.answering.consequences import asks_what_follows, share_of_condition, tells_cause
from assistant.answering.deeds import deed_bonus, deed_terms
from assistant.answering.existence import asks_for_existence, tells_existence
from assistant.answering.headlines import stands_in_a_stack
from assistant.answering.kind_scores import asks_clock, tells_clock
from assistant.answering.lines_beside import is_beside_text
from assistant.answering.permissions import asks_for_leave, rules_on
from assistant.answering.replies import replies_to_another
from assistant.answering.sentence_scores import SentenceFeatures, SentenceTerms
from assistant.answering.table_rows import explains
from assistant.answering.told_meanings import told_bonus
from assistant.answering.turning_sentences import REVERSED, asks_yes_or_no, is_reversed
from assistant.checking.qualified_heads import tells_other_qualifier
from assistant.retrieval.question import Question
from assistant.types import Passage

_DEFINES = 0.7
"""What a sentence gains that begins with all that is to be defined, beside what is fitted."""
_CAUSE = 1.5
"""What a sentence loses that tells the cause where the consequence is asked for."""
_FOLLOWS = 2.5
"""What a sentence gains at the most under the condition that is asked about."""
_EXISTS = 1.0
"""What "There is no vaccine" gains where it is asked whether there is one."""
_NO_CLOCK = 2.0
"""What a sentence loses without a time of the day where one is asked for: a reader takes a day."""
_ROW_DEFINES = 2.0
"""What a row gains that opens with what is to be defined; a reader says little of rows."""
_SIGN = 1.5
"""What a sentence gains that writes the sign which is asked about: "the ? operator"."""
_QUALIFIED = 1.5
"""What a sentence gains that has another qualifier before the head of a question of yes or no."""
_RULE = 1.5
"""What a sentence gains that allows or forbids what leave is asked for."""
_CODED_ENTRY = 2.5
"""What the entry of the code gains that is asked about: a reader takes "E23 Overheated." for no
answer."""
_POINTER = 3.0
"""What a sentence loses that only says where to look."""
_LINK = 1.0
"""What it loses besides where it leads to a page by its name, which has the words asked for."""

_ANOTHER_REPLY = 3.0
"""What "Yes, …" below another question loses."""


@dataclass(frozen=True, slots=True)
class AskedForms:
    """What is looked for in every sentence of a question: the signs it writes, the terms of its
    deed, and whether it is one of yes or no, asks for leave, for what follows from a condition,
    whether there is something, or for a time of the day."""

    signs: tuple[str, ...]
    deed: frozenset[str]
    is_yes_or_no: bool
    for_leave: bool
    follows: bool
    exists: bool
    clock: bool


def asked_forms(question: Question) -> AskedForms:
    """The forms of a question, found once."""
    return AskedForms(
        tuple(asked_signs(question.text)),
        deed_terms(question),
        asks_yes_or_no(question.text),
        asks_for_leave(question),
        question.language == "en" and asks_what_follows(question.text),
        asks_for_existence(question),
        asks_clock(question),
    )


def own_bonus(
    question: Question,
    forms: AskedForms,
    passage: Passage,
    found: Sequence[SentenceTerms],
    at: int,
    features: SentenceFeatures,
) -> float:
    """What the sentence at a place of a passage gains, below 0 what it loses, in points of its
    score."""
    sentence = found[at]
    is_code_told = features.defines >= CODED and opens_entry(question, sentence.text)
    more = _DEFINES * (features.defines >= 1.0)
    more += _CODED_ENTRY * is_code_told
    more -= _POINTER * points_elsewhere(question, sentence.text)
    more -= _LINK * leads_to_page(sentence.text)
    more -= _ANOTHER_REPLY * replies_to_another(
        question, passage, sentence.span.start, sentence.text
    )
    more -= _CAUSE * tells_cause(question, sentence.text)
    if forms.follows and sentence.row is None:
        more += _FOLLOWS * share_of_condition(question, sentence.text, passage.language)
    if forms.clock and sentence.row is None:
        more -= _NO_CLOCK * (not tells_clock(sentence.text))
    if forms.exists and sentence.row is None:
        more += _EXISTS * tells_existence(question, sentence.text, passage.language)
    more += FILLED_ROW * is_filled(question, sentence, features)
    more += _ROW_DEFINES * (sentence.row is not None and explains(question, sentence.row))
    more += _SIGN * any(sign in sentence.text for sign in forms.signs)
    more += deed_bonus(question, forms.deed, sentence, features)
    more += told_bonus(question, sentence.text, passage.language)
    more += BOTH_FIGURES * tells_both_figures(question.text, sentence.text)
    if forms.is_yes_or_no:
        following = found[at + 1].text if at + 1 < len(found) else ""
        more -= REVERSED * is_reversed(question.text, sentence.text, following)
    if forms.for_leave and sentence.row is None:
        more += _RULE * (rules_on(question, passage, sentence.text) > 0.0)
    return more + _QUALIFIED * answers_by_qualifier(question, sentence)


def answers_by_qualifier(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a sentence about a name of the question says "third cousin" where "Is she a first
    cousin of …?" is asked."""
    is_about = sentence.row is None and not question.names.isdisjoint(sentence.terms)
    return is_about and tells_other_qualifier(question.text, sentence.text)


def is_beside(question: Question, passage: Passage, sentence: SentenceTerms) -> bool:
    """Whether a line stands beside the text: code, a credit, an entry of a bibliography, one of
    several headlines."""
    span = sentence.span
    return (
        is_beside_prose(question, sentence.text, span.kind)
        or is_beside_text(question.text, sentence.text)
        or (
            span.kind in ("label", "prose")
            and stands_in_a_stack(passage.text, span.start, span.end)
        )
    )
