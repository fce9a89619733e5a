"""What speaks against an answer that its words do not show: another year, role or unit.

Pure. Counted by words "the program chairs of 2024" is nearly "the general chair of 2024", and a
reader is deceived too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod

from assistant.answering.asked_codes import codes_stand, is_of_other_code
from assistant.answering.asked_headings import points_elsewhere
from assistant.answering.asked_lists import ends_in_colon
from assistant.answering.coded_entries import asked_signs, asks_for_code, has_code
from assistant.answering.consequences import tells_cause
from assistant.answering.english_deeds import tells_another_deed
from assistant.answering.field_questions import asks_long_form
from assistant.answering.handled_things import only_handles
from assistant.answering.life_years import without_life_years
from assistant.answering.namesakes import has_other_role, is_of_namesake
from assistant.answering.other_entries import is_another_entry
from assistant.answering.picks import Extraction, Pick
from assistant.answering.replies import tells_of_variant
from assistant.answering.sides import asks_difference, tells_apart
from assistant.answering.unfilled_slots import share_filled
from assistant.answering.units import lacks_unit, tells_in_words, tells_other_span
from assistant.answering.untold import share_told
from assistant.answering.untold_kinds import share_of_noun
from assistant.checking.contrasts import has_other_stage
from assistant.retrieval.limits import asks_for_limit, tells_limit
from assistant.retrieval.question import Question
from assistant.text.names import words_above
from assistant.text.terms import STOP_WORDS
from assistant.text.word_families import verb_forms
from assistant.types import Passage

_NO_SUCH_YEAR = 0.3
"""What is left of the probability when no passage holds a year that is asked for."""
_NO_SUCH_CODE = 0.3
_OF_OTHER_CODE = 0.4
"""What is left when no passage holds a code that is asked for ("SNB22-4")."""
_OTHER_ROLE = 0.35
"""What is left where the sentence names the role with another word before it."""
_ONLY_POINTS, _VALUES = 0.4, frozenset({"number", "amount", "date", "person", "place"})
"""What is left where the sentence only points to what tells it."""
_NAMESAKE = 0.35
"""What is left where the sentence names another of the name's family: "Model 3 Blue" for "Red"."""
_NAMES_ONLY, _WORDS_OF_A_DEFINITION = 0.25, 3
"""What is left where "what is …" is asked and a row, of a list of links for instance, only names
it: no cell beside its label has so many words, or a number."""
_NOT_DEFINED, _NO_LONG_FORM = 0.4, 0.25
"""What is left where "what is X (used for)?" is asked and the sentence only mentions X; and where
"what does X stand for?" is, and it has no words that X could be short for."""
_NO_TIME = 0.5
"""What is left where "when" is asked for and the sentence has no time, nor says "after" what."""
_NO_SUCH_SIGN = 0.35
"""What is left where a sign is asked about ("the ? operator") that the sentence does not write."""
_OTHER_UNIT = 0.35
"""What is left where a measure is asked for ("How long?") and the best sentence has no unit."""
_NO_AMOUNT = 0.35
"""What is left where a price is asked for and the sentence has no number, nor says "free"."""
_OTHER_STAGE = 0.4
"""What is left, beside the fitted signal, where "When did it open?" is told when it was planned."""
_CAUSE = 0.35
"""What is left where it is asked what follows from something, and the sentence tells its cause."""
_UNFILLED, _VALUE_KINDS = 0.6, frozenset({"person", "place", "number"})
"""What is left where a person, place or number is asked for and the sentence holds none; for times
``_NO_TIME`` is. Of 1,800 questions of SQuAD 10 right answers and 22 near misses are such."""
_HANDLED = 0.18
"""What is left where "What is the password?" is told by what to do with the password."""
NOT_COMPARED = 0.5
"""What is left where it is asked how two things differ, and the sentence only names them."""
_DEFINED = 0.5
"""From what on a sentence says who somebody is, whose name alone it need not add."""
_NO_LIMIT = 0.5
"""What is left where it is asked how many there may be at most, and the sentence has no limit."""
_OTHER_DEED, _BEFORE = 0.5, 160
"""What is left where "Where was it dug up?" is told by where it stands; and the characters before
a sentence that may name the deed."""
_NO_AGENT = 0.35
"""What is left where "Who founded it?" is asked and the sentence has "it was founded" by nobody."""
_ANOTHER_ENTRY, _VARIANT = 0.65, 0.5
"""What is left where a row or item has another name than the one that is asked about (which may be
another word for it), and where a sentence tells of one kind of the thing."""
_ITSELF = 0.5
"""What is left where a reader takes the thing that is asked about for the person or place."""
_WHO_DID = re.compile(r"\W*who(?: first| originally)? ([a-z]{2,20})\b", re.IGNORECASE)
_IS_DONE = r"\b(?:was|were|is|are|been|being)(?: \w+ly| first| originally)? {verb}\b(?!:)"
_BY = re.compile(r"\bby (?!which\b|then\b|\d)", re.IGNORECASE)
_OTHER_SPEAKER = 0.3
"""What is left where the name that is asked about stands nowhere, and the best sentence is not of
the text in the first person whose speaker it may be."""
_YEAR = re.compile(r"(?<![\w.,-])(?:1[5-9]|20)\d\d(?![\w-]|[.,]\d)")
_TELLS_TIME = re.compile(
    r"\b(?:when|after|before|until|till|while|during|since|once|whenever|as soon as|ago|later|now|"
    r"currently|already|daily|weekly|monthly|yearly|annually|noon|midnight|night|week|year|month|"
    r"(?:at|from|by|around|about|past|until|till) (?:one|two|three|four|five|six|seven|eight|nine|"
    r"ten|eleven|twelve)|"
    r"always|never|every|age|era|period|reign|war|dynasty|end|beginning|start|early|late)\b",
    re.IGNORECASE,
)
_ASKS_YEAR = re.compile(r"\b(?:which|what) year\b", re.IGNORECASE)
_TELLS_YEAR = re.compile(r"\d{3,4}|['’]\d\d|\b(?:century|decade|ad|bc|bce)\b", re.IGNORECASE)
"""In a sentence without words of time; "counts on plots of 1 ha" tells no year."""
_ASKS_CONDITION = re.compile(r"\W*when (?:do|does|should|can|may|must|is it|are)\b", re.IGNORECASE)
_TELLS_CONDITION = re.compile(
    r"\b(?:if|because|in case|unless|sometimes|often|usually|whether|provided)\b", re.IGNORECASE
)
"""What tells when something is done or so, where no time is meant: "When do they harm?"."""
_WHAT_IS = re.compile(r"\W*what(?:['’]s| is| are)\b", re.IGNORECASE)
_A_THING = re.compile(r"what(?:['’]s| is| are) (?:an?|the)? ?[\w-]+ [\w-]+\W*", re.IGNORECASE)
"""A thing of two words: "What is a trove classifier?"."""
_EXPLAINS = re.compile(
    r"\b(?:stands? for|short for|abbreviat\w+|acronym|means|steht für|bedeutet|signifie|"
    r"significa)\b",
    re.IGNORECASE,
)
_TELLS_AN_AMOUNT = re.compile(
    r"\b(?:nothing|none|nobody|single|only one|both|pair|couple|unlimited)\b", re.IGNORECASE
)
_CAPITAL = re.compile(
    r"(?<![\w.])(?!(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|"
    r"Fri|Sat(?:ur)?|Sun)(?:day)?)\b)[A-ZÀ-Þ][\w'’-]+(?:\.? [A-ZÀ-Þ][\w'’-]+)*"
)
"""Words that may be a name: with capitals, and not a month or a day first."""
_DIGITS = re.compile(r"\d+")
_OF_A_PERIOD = frozenset(
    "before after since until between by from to and or till vor nach seit bis zwischen und von "
    "ab avant après depuis entre et desde hasta antes después y".split()
)
"""A year behind one of these words bounds a period, whose years need not be told."""


def doubted(p: float, extraction: Extraction, passages: Sequence[Passage]) -> float:
    """The probability, times what each doubt leaves of it."""
    return p * prod(doubts_of(extraction, passages).values())


def doubts_of(extraction: Extraction, passages: Sequence[Passage]) -> Mapping[str, float]:
    """What each doubt that there is leaves of the probability, by its name.

    A year or a code of the question stands in no passage, or the best sentence speaks of another
    role, or holds no measure where one is asked for. The limits of a period ("after 2010") need not
    stand there.
    """
    question = extraction.question
    found = {
        "no such year": 1.0 if _years_stand(question.text, passages) else _NO_SUCH_YEAR,
        "no such code": 1.0 if codes_stand(question, passages) else _NO_SUCH_CODE,
        "untold": share_told(extraction),
    }
    if extraction.ranked:
        best = extraction.ranked[0]
        found |= _of_best(question, best)
        found["slot"] = share_filled(question, best, extraction.picks)
        found["noun"] = share_of_noun(question, best, extraction.ranked)
        if is_of_other_code(question, best, passages):
            found["other code"] = _OF_OTHER_CODE
        if question.speaker and best.passage.document != passages[0].document:
            found["other speaker"] = _OTHER_SPEAKER
        if _only_points(extraction):
            found["only points"] = _ONLY_POINTS
    return {name: left for name, left in found.items() if left < 1.0}


def _of_best(question: Question, best: Pick) -> dict[str, float]:
    """What each doubt about the best sentence or row itself leaves."""
    text = best.text
    lacks_code = asks_for_code(question) and not has_code(question, text)
    lacks_limit = asks_for_limit(question.text) and not _tells_limit(best)
    is_unlike = asks_difference(question.text) and not _tells_apart(best)
    handles = question.language == "en" and only_handles(question.text, text)
    no_definition = _NO_LONG_FORM if asks_long_form(question.text) else _NOT_DEFINED
    doubts = (
        ("code", lacks_code, _OTHER_UNIT),
        ("measure", _lacks_measure(question, best), _OTHER_UNIT),
        ("time", _lacks_time(question, best), _NO_TIME),
        ("definition", _explains_nothing(question, best), no_definition),
        ("only names", _only_names(question, best), _NAMES_ONLY),
        ("other role", has_other_role(question, best), _OTHER_ROLE),
        ("sign", _lacks_sign(question, best), _NO_SUCH_SIGN),
        ("unfilled", _is_unfilled(question, best), _UNFILLED),
        ("amount", _lacks_amount(question, best), _NO_AMOUNT),
        ("other stage", _tells_other_stage(question, best), _OTHER_STAGE),
        ("cause", tells_cause(question, text), _CAUSE),
        ("handled", handles, _HANDLED),
        ("limit", lacks_limit, _NO_LIMIT),
        ("difference", is_unlike, NOT_COMPARED),
        ("agent", _names_no_agent(question, best), _NO_AGENT),
        ("other deed", _tells_another_deed(question, best), _OTHER_DEED),
        ("other entry", is_another_entry(question, best), _ANOTHER_ENTRY),
        ("variant", tells_of_variant(question, text), _VARIANT),
        ("itself", _reads_itself(question, best), _ITSELF),
        ("namesake", is_of_namesake(question, best), _NAMESAKE),
    )
    return {name: left for name, is_so, left in doubts if is_so}


def _only_points(extraction: Extraction) -> bool:
    """Whether the best sentence only says where it is told ("The following table summarizes …"),
    and no row or item of that is given."""
    best, kind = extraction.ranked[0], extraction.question.kinds[0]
    if best.row is not None or ends_in_colon(best.text):
        return False
    if (
        kind in _VALUES and best.features.kind >= 1.0
    ):  # "covers the 24 papers that are listed below"
        return False
    is_given = any(pick.row is not None or pick.kind == "item" for pick in extraction.picks)
    return not is_given and points_elsewhere(extraction.question, extraction.ranked[0].text)


def _tells_apart(best: Pick) -> bool:
    return best.row is not None or tells_apart(best.text)


def _tells_limit(best: Pick) -> bool:
    names = best.row.names if best.row is not None else ()
    return tells_limit(best.text, words_above(best.passage), *names)


def _lacks_time(question: Question, best: Pick) -> bool:
    """Whether a time is asked for that neither the sentence holds nor a clause tells."""
    if question.kinds[0] != "date" or question.language != "en" or best.row is not None:
        return False
    text = without_life_years(question, best.text)
    if best.passage.language not in ("en", "") or _TELLS_TIME.search(text):
        return False
    if _ASKS_CONDITION.match(question.text) and _TELLS_CONDITION.search(best.text):
        return False
    if _ASKS_YEAR.search(question.text):
        return _TELLS_YEAR.search(text) is None
    return best.features.kind < 1.0 and set(_DIGITS.findall(text)) <= question.values


def _lacks_measure(question: Question, best: Pick) -> bool:
    """Whether a measure is asked for in English that no number with a unit nor words tell."""
    if question.language != "en" or tells_in_words(question.text, best.text):
        return False
    if best.passage.language not in ("en", ""):
        return lacks_unit(question, best.text, "")
    names = best.row.names if best.row is not None else ()
    told = " ".join((*names, best.text))
    return tells_other_span(question.text, told) or lacks_unit(question, best.text, "")


def _is_unfilled(question: Question, best: Pick) -> bool:
    """Whether a sentence holds nothing of the kind that is asked for."""
    is_english = question.language == "en" or question.english
    if not is_english or best.passage.language not in ("en", ""):
        return False
    if best.row is not None:
        return question.kinds[0] == "person" and _has_names_asked_alone(question, best.row.cells)
    if best.features.defines > _DEFINED:
        return False
    if question.kinds[0] == "number" and _TELLS_AN_AMOUNT.search(best.text):
        return False
    return question.kinds[0] in _VALUE_KINDS and best.features.kind == 0.0


def _has_names_asked_alone(question: Question, cells: Sequence[str]) -> bool:
    """Whether a row has names, all of them are of the question, and more than these is asked: "Who
    covers for Anna Holm?" is not told by the row of Anna Holm; "Who is Anna Holm?" is."""
    asked = question.weights.keys() - question.borrowed
    found = [{*question.reads(name)} for cell in cells for name in _names_in(cell)]
    named = {term for each in found for term in each}
    return bool(found) and all(each & asked for each in found) and not asked <= named


def _names_in(cell: str) -> list[str]:
    """What may be names in a cell: the first word of several has its capital anyway."""
    return [
        match.group()
        for match in _CAPITAL.finditer(cell)
        if match.start() > 0 or " " in match.group() or match.end() == len(cell)
    ]


def _tells_other_stage(question: Question, best: Pick) -> bool:
    """Whether a time, person or place of one stage is asked for, and another stage is told."""
    is_asked = question.language == "en" and question.kinds[0] in ("date", "person", "place")
    return is_asked and best.row is None and has_other_stage(question.text, best.text)


def _lacks_amount(question: Question, best: Pick) -> bool:
    """Whether a price is asked for, and a sentence has no number and no word such as "free"."""
    return question.kinds[0] == "amount" and best.features.kind == 0.0


def _tells_another_deed(question: Question, best: Pick) -> bool:
    if question.language != "en" or best.passage.language not in ("en", "") or best.row is not None:
        return False
    at = best.start - best.passage.start
    before = " ".join((words_above(best.passage), best.passage.text[max(0, at - _BEFORE) : at]))
    return tells_another_deed(question.text, best.text, before)


def _names_no_agent(question: Question, best: Pick) -> bool:
    """Whether it is asked who did something, and the sentence says that it was done and not by
    whom: the names in it are of others."""
    asked = _WHO_DID.match(question.text) if question.language == "en" else None
    if asked is None or best.row is not None:
        return False
    verb = asked[1].casefold()
    forms = {verb, *verb_forms(verb, "en")}
    return any(
        _BY.search(best.text, done.end()) is None
        for form in forms
        for done in re.finditer(_IS_DONE.format(verb=re.escape(form)), best.text, re.IGNORECASE)
    )


def _reads_itself(question: Question, best: Pick) -> bool:
    """Whether a reader's answer is the thing that is asked about, in other words: "Where was the
    NSC held?" – "at the National Science Congress"."""
    if question.kinds[0] not in ("person", "place") or best.read.end <= best.read.start:
        return False
    if best.features.defines > _DEFINED:  # "Who is Otto?": "The ship's cat, Otto, …"
        return False
    span = best.text[max(0, best.read.start - best.start) : best.read.end - best.start]
    said = {term for term in question.reads(span) if term not in STOP_WORDS}
    for pattern, term in question.initials:
        found = pattern.search(span) if term in question.weights else None
        said -= set(question.reads(found.group())) if found is not None else set()
    for needed, given in question.same_as:
        is_named = given <= question.weights.keys() and needed <= {*question.reads(best.text)}
        said -= needed if is_named else frozenset()
    return said <= question.weights.keys() - question.borrowed


def _explains_nothing(question: Question, best: Pick) -> bool:
    """Whether it is asked what something is, is for or stands for, and the sentence only mentions
    it: of a question of one word every mention has all words."""
    asks = question.asks_definition and _WHAT_IS.match(question.text) is not None
    is_phrase = len(question.weights) == 2 and asks and _A_THING.fullmatch(question.text.strip())
    if best.row is not None or (len(question.weights) > 1 and not is_phrase):
        return False
    if best.features.defines > 0.0 or best.is_asked_above or ends_in_colon(best.text):
        return False
    if question.initials and asks_long_form(question.text):
        explained = any(pattern.search(best.text) for pattern, _ in question.initials)
        return not explained and _EXPLAINS.search(best.text) is None
    return asks and (best.features.kind < 1.0 or is_phrase is not None)


def _only_names(question: Question, best: Pick) -> bool:
    """Whether it is asked what something is, and a row has its name and says nothing of it."""
    if best.row is None or not question.asks_definition:
        return False
    cells = best.row.cells[1:]
    says = any(len(cell.split()) >= _WORDS_OF_A_DEFINITION for cell in cells)
    return not says and not any(map(str.isdigit, "".join(cells)))


def _lacks_sign(question: Question, best: Pick) -> bool:
    """Whether the question asks about a sign that stands alone, and the sentence has it not, nor
    a heading: words are all that is searched for."""
    signs = asked_signs(question.text)
    held = f" {best.text} {words_above(best.passage)} "
    return any(sign not in held for sign in signs)


def _years_stand(text: str, passages: Sequence[Passage]) -> bool:
    asked = {match.group() for match in _YEAR.finditer(text)
             if _word_before(text, match.start()) not in _OF_A_PERIOD}  # fmt: skip
    if not asked:
        return True
    held = " ".join(
        " ".join((each.document, each.title, *each.heading_path, each.text)) for each in passages
    )
    return all(year in held for year in asked)


def _word_before(text: str, position: int) -> str:
    before = text[max(0, position - 30) : position].split()
    return before[-1].casefold() if before else ""
