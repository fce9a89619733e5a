"""How well a sentence could answer a question: features between 0 and 1, and their sum.

Pure. The features look at words (also close in meaning), numbers and names, at the kind of answer
that is asked for, and at what stands around the sentence; the weights of the sum come from
``extraction_weights.json``, which ``python -m benchmarks.fit_extraction`` writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from assistant.answering.asked_and_told import measure_asked, price_told
from assistant.answering.coded_entries import CODED, asks_for_code, has_code, is_coded_entry
from assistant.answering.kind_words import (
    has_capitals,
    has_number_word,
    has_reason,
    has_time,
    place_pattern,
)
from assistant.answering.life_years import without_life_years
from assistant.answering.numbered_items import is_item, number_asked_for
from assistant.answering.table_rows import TableRow, holds_in_column, rows_of
from assistant.answering.units import lacks_unit, tells_in_words
from assistant.retrieval.answer_kinds import AnswerKind
from assistant.retrieval.defined_things import texts_that_define, thing_defined
from assistant.retrieval.question import Question
from assistant.text.abbreviations import pairs_of
from assistant.text.look_alikes import other_meanings, says_other
from assistant.text.names import words_above
from assistant.text.sentences import SentenceSpan
from assistant.text.terms import STOP_WORDS, stems, words_and_stems
from assistant.text.word_vectors import Cosines, Likeness
from assistant.types import Passage

_OF_THE_FAMILY = 0.5
"""What a word of the same family counts, against the word itself."""
_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d{2}\b|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|centuries|decade|spring|"
    r"summer|autumn|winter|yesterday|today)\b|\b\d{3,4}s\b",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|hundreds?|thousands?|millions?|billions?|half|third|quarter|dozens?|twice|doubled?|"
    r"tripled?)\b",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"(?:1\d|20)\d\d")
_VALUE = re.compile(r"\d+(?:[.,]\d+)*")
_NO_NAME = re.compile(
    r"\b(?:what|which)\s+(?:(?:kind|type|sort)s?\s+of\b|(?:colou?r|shape|size|form|effect|purpose|"
    r"material|condition|quality|direction|angle|position|sense|respect|way|extent|degree)s?\b)",
    re.IGNORECASE,
)
"""Asks for something that has no name: a capital letter says nothing for a sentence."""
_COUNTED_OFF = re.compile(r"(?<![\w.,$€£-])\(?\d{1,2}\)(?=\s)")
"""A number that counts off: "net of: 1) fuel, 2) power"."""
_PERSON = re.compile(
    r"\b[A-ZÀ-Þ][\w'’-]{1,60}+(?:\s+(?:[A-Z]\.|de|van|von|der|la|bin|al|of))*\s+[A-ZÀ-Þ][\w'’-]+"
)
_CAPITAL = re.compile(r"(?<=[\w,;:)]\s)[A-ZÀ-Þ][\w'’-]+")
_PLACE = re.compile(r"\b(?:in|at|near|from|to|of|into|around)\s+(?:the\s+)?[A-ZÀ-Þ][\w'’-]+")
_REASON = re.compile(
    r"\b(?:because|since|so that|due to|thanks to|as a result|therefore|reason|in order to|"
    r"so as to|caused?|owing to|leads? to|to avoid|to prevent)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^[\W_]{0,20}(?:(?:a|an|the|in|by|with)\s{1,3})?(.{2,60}?)(?:\s?\(([^)]{1,40})\))?(?:,?\s{1,3}"
    r"(?:is|are|was|were|(?:shall |will |may )?means?|refers? to|stands? for|denotes?|describes?|"
    r"studies|consists? of)\b"
    r"|\s{0,3}[–—]\s|:\s)",
    re.IGNORECASE,
)
"""What is defined, and its other name in brackets: "Ductal carcinoma in situ (DCIS) – …"."""
_IS_CALLED = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly |also |often |sometimes )?(?:called|known as|termed|named|"
    r"referred to as)\s+(?:an? |the )?[\"“'‘*_`]{0,3}([^.,;:()\"”'’*_`]{2,60})",
    re.IGNORECASE,
)
"""What gives a name: "These parts are called peripherals"."""
_BEARER = re.compile(
    r"(?:\b(?:the|an?|his|her|its|their|our)|\w['’]s) (?:[a-z][\w-]{0,20} ){0,5}[a-z][\w-]{1,20}, "
    r"([A-ZÀ-Þ][\w'’-]{0,30}(?: [A-ZÀ-Þ][\w'’-]{0,30}){0,3})(?=[,.;)]|$)"
)
"""Whose name stands behind what they are: "the band's mascot, Moll Ratter, …"."""
_PASSIVE = re.compile(
    r"[,;]?\s{1,3}(?:is|are|was|were)\s+(?:(?:also|often|usually|always|not|never|only|now|then|still|"
    r"currently|already|automatically|generally|typically|ideal|useful|good|important|necessary|"
    r"available|easy|similar|like|to|in|on|at|for|from|of|part)\b|\w{2,20}(?:ed|en|wn|lt|nt|pt|"
    r"ung|ade|ut|und|ought)\b(?! (?:by which|when|that)))",
    re.IGNORECASE,
)
_NOTHING_OF_WHAT = 0.4
"""What "The trait is included in the prelude" says of what it is: it defines nothing."""
_OPTION = re.compile(r"^[`*\s]{0,4}--?\w")
_ACTING = 0.9
"""What a sentence that begins with who does something says of what it does."""
_ENTRY = re.compile(r"^[\W_]{0,20}([\w.-]{2,40}(?: [\w.-]{1,30}){0,3})\s{0,3}(?:[–—:]|\s-)\s")
_DOES = re.compile(r"^\s*(?:so )?what (?:do|does) (.{2,60}?) (?:actually )?do\b", re.IGNORECASE)
_ACTS = re.compile(
    r"^[\W_]{0,20}(?:(?:a|an|the)\s{1,3})?(.{2,60}?)(?:\s(?:command|function|method|option|flag|"
    r"operator|keyword|trait|macro|class|tool|button|setting|module|script|field|key|service|"
    r"department|team|committee|office|law|act|rule|drug|protein|gene|enzyme|organ))?\s{1,3}"
    r"(?:lets?|allows?|enables?|makes?|(?:quickly |automatically |also |only )?(?!is|was|has|does|"
    r"its|this|as)[a-z]{2,16}[^s\W]s)\s",
)
"""Who does what: "The wick lifts the oil"."""
_BESIDE = re.compile(
    r"[\"”’)]?, ?"
    r"(?=(?:in which|which (?:is|are|was|were|means)|or |that is|i\.e\.|meaning|where )\b)"
)
"""What opens a definition beside the name: "self-training, in which a model …"."""
_DEFINED_BESIDE, _NEAR = 0.9, 80
_LONG_FORM = 0.8
"""What the long form of an abbreviation says of what it is."""
_AMOUNT = re.compile(
    r"\d|\b(?:free|gratis|nothing|costless|kostenlos|umsonst|gratuit|gratuito|hundred|thousand|"
    r"million|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty)\b",
    re.IGNORECASE,
)
"""What tells a price: "a total cost of ownership" does not."""
_OTHER_UNIT = 0.2
"""What a number is worth where "How long did it take?" wants a time, and none stands there."""


@dataclass(frozen=True, slots=True)
class SentenceFeatures:
    """What is known of one sentence, each between 0 and 1.

    ``own``: share of the question's weight on terms inside the sentence; ``alike``: the same
    when words close in meaning count too; ``before`` and ``after``: what the neighbours,
    ``context`` what title and headings, and ``passage_terms`` what the rest of the passage
    adds to ``own``; ``pairs``: neighbouring question words that are neighbours here too;
    ``names``: the question's names inside or around; ``values``: its numbers and years
    likewise; ``similarity``: cosine of question and sentence, at least 0; ``kind``: whether it
    holds what is asked for; ``defines``: a definition of what the question names; ``passage``:
    the passage's fused score; ``rank``: 1 / its rank; ``news``: words that the question does
    not hold; ``prose``: 1 for whole sentences and list items; ``asks``: 1 when it is itself a
    question; ``brevity``: 1 short to 0 at 80 words; ``leads``: 1 at a passage's start;
    ``unlike``: how far in meaning the question's terms that neither the sentence nor its headings
    hold are from its words, 0 where it holds them all.
    """

    own: float
    alike: float
    before: float
    after: float
    context: float
    passage_terms: float
    pairs: float
    names: float
    values: float
    similarity: float
    kind: float
    defines: float
    passage: float
    rank: float
    news: float
    prose: float
    asks: float
    brevity: float
    leads: float
    unlike: float

    @property
    def around(self) -> float:
        """Coverage by the sentence, its neighbours and its headings together."""
        return min(1.0, self.own + self.before + self.context + self.after)


FEATURE_NAMES = tuple(field.name for field in fields(SentenceFeatures))


@dataclass(frozen=True, slots=True)
class SentenceTerms:
    """A sentence with its words and index terms, worked out once; ``row`` is set for a table's."""

    text: str
    span: SentenceSpan
    words: tuple[str, ...]
    terms: frozenset[str]
    sequence: tuple[str, ...]
    row: TableRow | None = None


def take_apart(
    passage: Passage, spans: Sequence[SentenceSpan], question: Question
) -> list[SentenceTerms]:
    """The sentences of a passage with their terms, as the question spells them."""
    found = []
    code = passage.language
    has_table = any(span.kind == "table" for span in spans)
    rows = rows_of(passage, question.reads) if has_table else {}
    alike = other_meanings(question.text, code) if code == question.language else {}
    for span in spans:
        own = passage.text[span.start : span.end]
        row = rows.get(span.start)
        tokens, found_stems = words_and_stems(own, code)
        sequence = tuple(question.as_asked(found_stems, code))
        terms = frozenset(sequence) | frozenset(question.reads(own, code))
        for other in [stem for stem in alike if stem in terms]:
            if says_other(own, other, alike[other], code):  # "aus Gründen" names no "Gründer"
                terms -= {other}
                sequence = tuple(f"{t}'" if t == other else t for t in sequence)
        terms = terms if row is None else row.own | terms
        found.append(SentenceTerms(own, span, tuple(tokens), terms, sequence, row))
    return found


def passage_features(
    question: Question,
    passage: Passage,
    rank: int,
    found: Sequence[SentenceTerms],
    similarities: Cosines,
    likeness: Likeness,
    subject: frozenset[str] = frozenset(),
) -> list[SentenceFeatures]:
    """The features of every sentence of a passage for a question; ``rank`` counts from 1.

    ``subject`` are names in the question that the passage's document is about: like its title they
    stand above each of its sentences."""
    headings = frozenset(question.reads(words_above(passage), passage.language)) | subject
    everything = frozenset().union(*(s.terms for s in found if s.row is None))
    total = sum(question.weights.values()) or 1.0
    half = families(question)
    pairs = set(_neighbours(stems(question.text, question.language)))
    asked = number_asked_for(question.text)
    result = []
    for index, sentence in enumerate(found):
        row = sentence.row
        is_row = row is not None and not row.is_header
        # A row is shown with the names of its columns, so they are its own words too.
        inside = sentence.terms if row is None else sentence.terms | row.name_terms
        if asked and is_item(asked[0], passage.text, sentence.span.start):
            inside |= asked[1]
        before = _before(found, index)
        after = _after(found, index)
        above = headings if row is None else headings | row.caption_terms
        elsewhere = everything if row is None else frozenset()
        sums = dict.fromkeys(("own", "alike", "before", "after", "context", "rest"), 0.0)
        close = likeness.best(sentence.words)
        for term, weight in question.weights.items():
            if term in inside:
                sums["own"] += weight
                sums["alike"] += weight
                continue
            if term in half and half[term] & inside:
                sums["own"] += _OF_THE_FAMILY * weight
                sums["alike"] += _OF_THE_FAMILY * weight
                weight *= 1.0 - _OF_THE_FAMILY
            sums["alike"] += weight * close.get(term, 0.0)
            where = (
                "before" if term in before else "context" if term in above
                else "after" if term in after else "rest" if term in elsewhere else ""
            )  # fmt: skip
            if where:
                sums[where] += weight
        content = {t for t in sentence.terms if t not in STOP_WORDS}
        mine = set(_neighbours(sentence.sequence))
        result.append(
            SentenceFeatures(
                own=sums["own"] / total,
                alike=sums["alike"] / total,
                before=sums["before"] / total,
                after=sums["after"] / total,
                context=sums["context"] / total,
                passage_terms=sums["rest"] / total,
                pairs=len(pairs & mine) / len(pairs) if pairs else 0.0,
                names=_names(question, inside, before | above),
                values=_values(question, sentence, before | above),
                similarity=max(0.0, float(similarities[index])),
                kind=_kind_of(question, sentence, passage.language),
                defines=max(
                    _defines(question, sentence.text),
                    CODED * is_coded_entry(question, sentence.text, inside | above),
                ),
                passage=passage.score,
                rank=1.0 / rank,
                news=min(1.0, len(content - set(question.weights)) / 6),
                prose=float(
                    is_row or (sentence.span.kind in ("prose", "item") and len(sentence.words) >= 4)
                ),
                asks=float(sentence.text.rstrip('"”’*_ ').endswith("?")),
                brevity=max(0.0, 1.0 - len(sentence.words) / 80),
                leads=float(index == 0),
                unlike=likeness.distance(question.weights.keys() - inside - above, sentence.words),
            )
        )
    return result


def families(question: Question) -> dict[str, frozenset[str]]:
    """Each term of the question → the other words of its family ("deep": "depth")."""
    found: dict[str, set[str]] = {}
    for other, term in question.related.items():
        found.setdefault(term, set()).add(other)
    return {term: frozenset(others) for term, others in found.items()}


def _before(found: Sequence[SentenceTerms], index: int) -> frozenset[str]:
    """The terms of the two sentences before; a row's neighbours say nothing of it."""
    if found[index].row is not None:
        return frozenset()
    return frozenset().union(*(s.terms for s in found[max(0, index - 2) : index] if s.row is None))


def _after(found: Sequence[SentenceTerms], index: int) -> frozenset[str]:
    if found[index].row is not None or index + 1 >= len(found) or found[index + 1].row is not None:
        return frozenset()
    return found[index + 1].terms


_LEVEL = 0.5
"""Added to every score. The cosine counts 1 and not 2 since the package has its own vectors; a mean
cosine is near .5, so scores keep their level, by which shares of the best score are judged."""


def weigh(features: SentenceFeatures, weights: Mapping[str, float]) -> float:
    """The sentence's score: a weighted sum of its features."""
    return _LEVEL + sum(weights[name] * float(getattr(features, name)) for name in FEATURE_NAMES)


def _kind_of(question: Question, sentence: SentenceTerms, code: str) -> float:
    """The same as ``kind_score``, and 1 for a row whose column is of the kind."""
    row = sentence.row
    if row is not None and holds_in_column(row, question.kinds[0], question.weights.keys()):
        return 1.0
    return kind_score(question, sentence.text, code)


def kind_score(question: Question, text: str, code: str = "") -> float:
    """1 when the sentence holds the first kind of thing that is asked for, 0 when not, else .5.

    ``code`` is the sentence's language, if it is known.
    """
    other = "" if code == "en" else code
    if asks_for_code(question):
        return float(has_code(question, text))
    for kind in _kinds_to_fill(question):
        if kind == "date":
            text = without_life_years(question, text)
            found = {match.group().lower() for match in _DATE.finditer(text)} - question.values
            return float(bool(found) or (bool(other) and has_time(text, other)))
        if kind == "number":
            return _number_told(question, text, code)
        if kind == "amount":
            if question.language != "en" and (code or question.language) != "en":
                return price_told(text, code or question.language)
            return float(_AMOUNT.search(text) is not None)
        if kind in ("person", "place", "which") and other and not has_capitals(other):
            continue
        if kind == "person":
            if _new_name(_PERSON, text, question):
                return 1.0
            return 0.5 if _new_name(_CAPITAL, text, question) else 0.0
        if kind == "place":
            if _new_name(place_pattern(other) if other else _PLACE, text, question):
                return 1.0
            return 0.5 if _new_name(_CAPITAL, text, question) else 0.0
        if kind == "reason":
            gives_one = has_reason(text, other) if other else _REASON.search(text)
            return 1.0 if gives_one else 0.3
        if kind == "which" and not _NO_NAME.search(question.text):
            return 1.0 if _new_name(_CAPITAL, text, question) else 0.4
    return 0.5


def _number_told(question: Question, text: str, code: str) -> float:
    """How well a sentence tells a number: by one with its unit where a measure is asked for, else
    in digits, in words, or by a year."""
    other = "" if code == "en" else code
    if not other and tells_in_words(question.text, text):
        return 1.0
    if question.language == "en" and lacks_unit(question, text, code):
        return _OTHER_UNIT
    counted = _COUNTED_OFF.sub(" ", text)
    values = {v.replace(",", "") for v in _VALUE.findall(counted)} - question.values
    in_words = has_number_word(text, other) if other else _NUMBER_WORD.search(text) is not None
    if question.language != "en" and measure_asked(question.text, question.language):
        is_told = not lacks_unit(question, text, code)
        return 1.0 if is_told else _OTHER_UNIT * bool(values or in_words)
    if values and not all(map(_BARE_YEAR.fullmatch, values)):
        return 1.0
    return 0.7 if in_words or values else 0.0


def _kinds_to_fill(question: Question) -> tuple[AnswerKind, ...]:
    """The kinds asked for; of a price in another language than English that alone."""
    kinds = question.kinds
    return ("amount",) if question.language != "en" and "amount" in kinds else kinds


def _neighbours(terms: Sequence[str]) -> list[tuple[str, str]]:
    kept = [term for term in terms if term not in STOP_WORDS]
    return list(pairwise(kept))


def _names(question: Question, inside: frozenset[str], around: frozenset[str]) -> float:
    if not question.names:
        return 1.0
    near = (question.names - inside) & around
    return (len(question.names & inside) + 0.7 * len(near)) / len(question.names)


def _values(question: Question, sentence: SentenceTerms, around: frozenset[str]) -> float:
    """Share of the question's numbers inside, or around where the sentence names no others."""
    if not question.values:
        return 1.0
    inside = question.values & sentence.terms
    near = question.values & around - inside
    if any(term[:1].isdigit() and term not in question.values for term in sentence.terms):
        near = frozenset()  # about another year than the one asked for
    return (len(inside) + 0.7 * len(near)) / len(question.values)


def _defines(question: Question, text: str) -> float:
    """Whether the sentence says of the question's subject what it is."""
    acts = _DOES.match(question.text) if question.language == "en" else None
    if not question.asks_definition and acts is None:
        return 0.0
    wanted = set(question.weights)
    thing = thing_defined(question.text) if question.language == "en" else ""
    if texts_that_define(thing, {text: text}):
        return 1.0
    match = _DEFINES.match(text)
    told = 0.0
    for name in match.groups("") if match and wanted else ():
        subject = {t for t in question.reads(name) if t not in STOP_WORDS}
        told = max(told, len(subject & wanted) / max(len(subject), len(wanted)))
    is_other = _OPTION.match(text) is not None and match and match[1] not in question.text
    if match and (is_other or _PASSIVE.match(text, match.end(1))):
        told *= _NOTHING_OF_WHAT
    called = _IS_CALLED.search(text)
    if called and {t for t in question.reads(called[1]) if t not in STOP_WORDS} == wanted:
        told = max(told, _DEFINED_BESIDE)
    for bearer in _BEARER.findall(text):
        if {t for t in question.reads(bearer) if t not in STOP_WORDS} == wanted:
            told = max(told, _DEFINED_BESIDE)
    if acts and wanted <= {*question.reads(text)}:
        [head, *_] = [t for t in question.reads(acts[1]) if t in wanted] or [""]
        named = _ACTS.match(text) or _ENTRY.match(text)
        told = max(told, _ACTING * (named is not None and head in question.reads(named[1])))
    if len(wanted) == 1 and any(question.reads(each.short) == [*wanted] for each in pairs_of(text)):
        told = max(told, _LONG_FORM)
    return max(told, _DEFINED_BESIDE * float(_defines_beside(question, text, wanted)))


def _defines_beside(question: Question, text: str, wanted: set[str]) -> bool:
    """Whether the words before ", in which …" or ", or …" are what is asked for, all of it."""
    for match in _BESIDE.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()].split()
        last = question.reads(" ".join(before[-len(wanted) :])) if wanted else []
        if wanted and wanted <= set(last):
            return True
    return False


def _new_name(pattern: re.Pattern[str], text: str, question: Question) -> bool:
    """Whether a match brings a name that the question does not hold already."""
    for match in pattern.finditer(text):
        fresh = [t for t in question.reads(match.group()) if t not in STOP_WORDS]
        if any(term not in question.weights for term in fresh[-2:]):
            return True
    return False
