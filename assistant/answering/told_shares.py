"""How much of a question a sentence holds whose form answers it, unseen by a reader. Pure.

A reader looks for a span: in "There is no vaccine" and "If you ask for none, you get 1 GB" it sees
no answer to "Is there a jab?" and "What happens if I forget to ask?".
"""

from __future__ import annotations

from assistant.answering.consequences import share_of_condition
from assistant.answering.existence import asks_for_existence, tells_existence
from assistant.answering.permissions import asks_for_leave, rules_on
from assistant.answering.picks import Pick
from assistant.retrieval.question import Question, coverage

_CONDITION = 0.6
"""What a condition that is asked about in whole makes of an answer: likely, never sure."""
_THERE_IS = 0.95
"""The share of a question whether there is something that a sentence must hold that tells it."""


def share_by_form(question: Question, best: Pick) -> float:
    """The share of a question that a sentence holds whose form answers it, and which a reader does
    not see: a rule for a question for leave, what follows under the condition asked about, that
    there is something or not; 0.0 for all others."""
    if asks_for_leave(question):
        return rules_on(question, best.passage, best.text)
    code = best.passage.language
    if condition := share_of_condition(question, best.text, code):
        return _CONDITION * condition
    if not asks_for_existence(question) or not tells_existence(question, best.text, code):
        return 0.0
    said = frozenset(question.reads(best.text, code))
    said |= {question.related[term] for term in said & question.related.keys()}
    share = coverage(question.weights, said)
    return share if share >= _THERE_IS else 0.0
