"""Questions whose noun says what the answer must be, and sentences that tell nothing of it. Pure.

"How many calories has it?" is not told by the grams of flour, "what does a pack cost" not by how
many are in it, and "who is the youth officer" not by the offices that there are. English alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.counted_nouns import counts_asked_things
from assistant.answering.kind_scores import NUMBER_WORD
from assistant.answering.picks import Pick
from assistant.answering.rows_of_values import holds_other_values
from assistant.answering.units import is_unit
from assistant.answering.words_around import missing_words
from assistant.retrieval.question import Question
from assistant.text.names import words_above

_HOW_MANY = re.compile(
    r"\bhow (?:many|much) (?:more |fewer |less |other |different )?"
    r"(?!(?:of|the|a|an|does|do|did|is|are|was|were|will|would|can|should|has|have|had|more|less|"
    r"it|they|longer|higher|time|times|people)\b)(?P<noun>[a-z][\w-]{2,30})\b",
    re.IGNORECASE,
)
_ASKS_COST = re.compile(
    r"\b(?:cost|costs|price|prices|priced|pay|fee|fees|fare|rent|premium|salary|wage)\b|"
    r"\b(?:what|how much) (?:do|does|did|will|would) (?:\w+ ){1,4}?charge\b",
    re.IGNORECASE,
)
_HOW_MUCH_IS = re.compile(
    r"\bhow much (?:is|are|was|were|would|will)(?: be)? "
    r"(?:it (?:to|for)\b|(?:(?!there|known|left|needed|used|of)[\w'’-]+ ){0,6}?"
    r"(?:tickets?|tokens?|pass(?:es)?|memberships?|subscriptions?|entry|entrance|admission|lessons?|"
    r"class(?:es)?|courses?|sessions?|swim|rooms?|nights?|stay|rental|hire|permits?|parking|licen[cs]e|"
    r"deposit|fine|postage|shipping|delivery|visa|upgrade|meals?|breakfast|lunch|dinner|coffee|"
    r"beer|kit|uniform|shirts?|t-shirts?|sweatshirts?|books?|tours?|seats?|plots?|lockers?|keys?|"
    r"cards?|insurance|tuition|ride|trip|taxi|bus|ferry|train|flight|haircut|repair)\b)",
    re.IGNORECASE,
)
"""Asks for a price by the thing that is bought: "How much is a youth ticket?"."""
_TELLS_COST = re.compile(
    r"[€$£¥₹]|\b(?:euros?|eur|dollars?|usd|pounds?|gbp|cents?|pence|p|francs?|chf|kronor|kroner|yen|"
    r"rupees?|quid|bob|fivers?|tenners?|crowns?|shillings?|on the house|no charge|costs?|"
    r"price[ds]?|pricing|pays?|paid|fees?|fares?|rent|premiums?|free|gratis|(?<!in )charge[ds]?|"
    r"included|complimentary|amounts? to|sala(?:ry|ries)|wages?|rates?)\b|\bfor \d|"
    r"\d ?%|per cent",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[€$£¥₹]|\d ?(?:euros?|eur|dollars?|usd|gbp|cents?|pence|p|francs?|chf|kronor|kroner|yen)\b|"
    r"\b(?:million|billion|thousand|hundred)\b|\bfree\b|\d ?%|per cent",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d")
_DATED = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b|\b(?:1[5-9]|20)\d\d\b",
    re.IGNORECASE,
)
_RATE = re.compile(rf"{NUMBER_WORD.pattern} (?:an?|each|apiece)\b", re.IGNORECASE)
"""A price in words: "seventy a night"."""
_OF_OTHER_THINGS = re.compile(
    r"(?<![\d.,])\d[\d.,]*+(?: ?[-–] ?\d++)?[ -]?(?:nights?|days?|weeks?|months?|"
    r"years?|hours?|minutes?|people|persons?|guests?|families|times|rooms?|km|miles?|metres?|meters?|kg|max)\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"\W{0,3}who(?:['’]s| is| are| was| were) (?:the|our|your|its|their)\b", re.I)
_ASKS_CLOCK = re.compile(
    r"\b(?:what|which) time (?:do|does|did|is|are|was|were|will|must|can)\b", re.I
)
_CLOCK = re.compile(
    r"\d[:.h]\d\d|\d ?(?:[ap]\.?m\b|o['’]clock|h\b|uhr\b|hours\b)|"
    r"\b(?:noon|midday|midnight|dawn|dusk|sunrise|sunset|morning|evening|afternoon|night|"
    r"half past|quarter (?:past|to)|o['’]clock)\b",
    re.IGNORECASE,
)
_CONTACTS = (
    (
        re.compile(
            r"\b(?:(?:tele)?phone|mobile|cell|fax|contact|emergency) numbers?\b|"
            r"\b(?:what|which) number\b.{0,40}\b(?:call|ring|dial|phone)\b",
            re.IGNORECASE,
        ),
        re.compile(r"\d(?:[ ()/.-]{0,2}\d){2,}"),
    ),
    (re.compile(r"\be-?mail address", re.IGNORECASE), re.compile(r"\S@\S")),
    (
        re.compile(r"\b(?:web(?:site)? address|url|link) (?:of|to|for)\b", re.IGNORECASE),
        re.compile(r"https?:|www\.|\w\.(?:[a-z]{2,3}|example|info)\b", re.IGNORECASE),
    ),
)
"""What a question for a number to call, an address or a link asks by, and what tells one."""
_MEASURED = re.compile(
    r"\bhow (?:long|old|big|high|wide|deep|far|large|tall|heavy|fast|thick) (?:is|are|was|were|"
    r"will|would) (?:the|an?|my|our|your|their|its) (?P<what>(?:[\w'’-]+ ){0,2}?[\w'’-]+)"
    r"(?= (?:of|in|on|at|for|to|with|by|per|from|that|which|who|be|after|before|during|between)\b|"
    r"[?,.]|$)",
    re.IGNORECASE,
)
_OTHER_VALUES, _OTHER_THINGS, _OTHER_MEASURED, _NO_CONTACT = 0.15, 0.6, 0.7, 0.3
_NOT_COUNTED, _NO_MONEY, _NO_PRICE, _NO_PERSON, _NO_CLOCK = 0.5, 0.5, 0.25, 0.6, 0.5
"""What is left of the probability."""


def share_of_noun(question: Question, best: Pick, ranked: Sequence[Pick]) -> float:
    """What is left of a probability where the best sentence tells nothing of what is asked for."""
    if question.language != "en":
        return 1.0
    share = 1.0
    if question.kinds[0] == "number" and _counts_what_is_missing(question, ranked):
        share *= _NOT_COUNTED
    elif best.row is None and counts_asked_things(question, best.text) is False:
        share *= _OTHER_THINGS
    if best.row is not None and holds_other_values(question, best.row):
        share *= _OTHER_VALUES
    for asks, tells in _CONTACTS:
        if asks.search(question.text) and not tells.search(best.text):
            share *= _NO_CONTACT
    if _lacks_what_is_measured(question, best):
        share *= _OTHER_MEASURED
    if _ASKS_COST.search(question.text) or _HOW_MUCH_IS.search(question.text):
        share *= _share_of_price(question, best)
    if _ASKS_CLOCK.search(question.text) and not _CLOCK.search(best.text):
        share *= _NO_CLOCK
    if question.kinds[0] == "person" and _WHO_IS.match(question.text) and best.row is None:
        share *= _NO_PERSON if best.features.kind == 0.0 and not best.features.defines else 1.0
    return share


def _counts_what_is_missing(question: Question, ranked: Sequence[Pick]) -> bool:
    """Whether no passage has the word for what is to be counted."""
    match = _HOW_MANY.search(question.text)
    if match is None or is_unit(match["noun"]):
        return False
    return match["noun"] in missing_words(question, ranked)


def _lacks_what_is_measured(question: Question, best: Pick) -> bool:
    """Whether neither a sentence nor what names it has the word for what is measured: "lasting
    about 4 days" for "How long is the guarantee?"."""
    match = _MEASURED.search(question.text)
    wanted = frozenset(question.reads(match["what"].split()[-1])) if match is not None else None
    if not wanted:
        return False
    names = " ".join((*best.row.names, best.row.table[1])) if best.row is not None else ""
    about = best.about.text if best.about is not None else ""
    told = f"{names} {about} {words_above(best.passage)} {best.text}"
    return wanted.isdisjoint(question.reads(told, best.passage.language))


def _share_of_price(question: Question, best: Pick) -> float:
    """What is left where an amount is asked for and a sentence has nothing of money, nor have the
    names of its columns or the headings above it."""
    if question.kinds[0] not in ("number", "amount"):
        return 1.0
    if _NUMBER.search(best.text) is not None:
        return _NO_MONEY if _tells_no_money(best) else 1.0
    names = " ".join((*best.row.names, best.row.table[1])) if best.row is not None else ""
    told = f"{names} {words_above(best.passage)} {best.text}"
    is_told = any(each.search(told) for each in (_MONEY, _TELLS_COST, _RATE))
    return 1.0 if is_told else _NO_PRICE


def _tells_no_money(best: Pick) -> bool:
    """Whether a sentence with numbers tells other things by them than money."""
    is_bare = best.row is None and _MONEY.search(best.text) is None
    if is_bare and _NUMBER.search(_OF_OTHER_THINGS.sub("", best.text)) is None:
        return True  # "for 2 nights we do not pay"
    names = " ".join((*best.row.names, best.row.table[1])) if best.row is not None else ""
    if _MONEY.search(best.text) or _TELLS_COST.search(f"{names} {words_above(best.passage)}"):
        return False
    if best.row is None and _NUMBER.search(_DATED.sub("", best.text)) is None:
        return True  # "The premium is due on 1 February"
    return _TELLS_COST.search(best.text) is None
