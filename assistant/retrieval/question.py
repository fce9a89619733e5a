"""A question → what it asks for: weighted terms, names, numbers and the kind of answer.

Pure; the index's word statistics come in as functions. The question's terms are those of its own
language; ``forms`` says how they look in texts of the index's other languages, and ``reads`` gives
a text's terms as the question spells them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import QuestionError
from assistant.retrieval.answer_kinds import AnswerKind, answer_kinds, asks_definition
from assistant.retrieval.counted_things import counts_said
from assistant.retrieval.follow_up import Turn, borrow
from assistant.retrieval.frames import asks_each_document, without_frame, without_venue
from assistant.retrieval.history import History, checked_history
from assistant.retrieval.limits import limits_said
from assistant.retrieval.question_terms import (
    Own,
    forms_of,
    own_terms,
    related_terms,
    spellings_of,
)
from assistant.text.analysed import AnalysedText
from assistant.text.in_english import in_english
from assistant.text.terms import terms
from assistant.text.visible import shown_value

__all__ = ["AnswerKind", "Asked", "Question", "Turn", "analyse", "check_question",
           "checked_question", "corrected", "coverage"]  # fmt: skip

_BORROWED_WEIGHT = 0.5
_TOLD_BEFORE = 0.5
"""Weight of words that stand only in sentences before the one that asks: "I'm here on holiday. What
does an hour cost?"."""
_ASKS = re.compile(
    r"\?\W*$|\A\W*(?:how|what|when|where|who|which|why|can|could|may|must|should|do|does|did|is|are)\b",
    re.IGNORECASE,
)
_STATES = re.compile(r"[^.!?]{8,300}[.!](?=\s+\S)")
_STATES_FIRST = re.compile(
    r"\s*(?:i|i['’]m|i['’]ve|we|we['’]re|we['’]ve|my|our) [^?,;:]{3,120}[,;:] "
    r"(?=(?:how|what|when|where|who|which|why|can|could|may|must|should|do|does|did|is|are|am|will|would|until|by)\b)",
    re.IGNORECASE,
)
"""A clause that states before one that asks: "My aunt died, how many days off do I get?"."""
_MOST_NAMES = 6
"""Maximum number of names that a follow-up question takes from the previous answer."""
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_MOST_CARRIED = 8_000
"""Characters of an earlier question, and of its answer, that are read. Clients send
conversations of any length."""
_TOLD_HOW = re.compile(r"\W*(?:[\w,' ]{0,60}, )?how (?:did|was|were|has|had)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«](.{2,80}?)[\"”“»]|(?<!\w)['‘](.{3,80}?)['’](?!\w)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A validated question and the validated turns before it."""

    text: str
    history: Sequence[Turn] = ()

    @property
    def before(self) -> str:
        """The question before, or an empty text."""
        return self.history[-1][0] if self.history else ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a question asks for.

    ``weights`` maps index terms to inverse document frequency (less for borrowed terms and for
    parts of a word) and ``surface`` to a word as written; ``names`` are terms of words written as
    names; ``values`` are numbers in it;
    ``kinds`` what answers could look like, the most specific first; ``asking`` are terms that say
    what is wanted ("year", "number"): they help to find passages and decide nothing. ``forms``
    holds, for each language of the index, the terms that look otherwise there; ``related`` maps
    words of the same family ("depth") to a term ("deep") that they stand for by half. A text with
    all of the first terms of a pair in ``same_as`` says the second ones too (an abbreviation and
    its long form, a date in another spelling), as one that a pattern of ``initials`` fits (or one
    of other words for a maximum) says that term; ``sought`` are terms that find such texts, each
    with how much it counts in the search. ``of_each_document`` says that the question is what
    several documents say of one thing;
    ``speaker`` is the name of who speaks in a text in the first person, taken off the question;
    ``english`` is the question word by word in English, where no document has its language.
    """

    said: AnalysedText
    standalone: str
    weights: Mapping[str, float]
    names: frozenset[str]
    values: frozenset[str]
    quoted: tuple[str, ...]
    kinds: tuple[AnswerKind, ...]
    surface: Mapping[str, str]
    asks_definition: bool = False
    borrowed: frozenset[str] = frozenset()
    asking: tuple[str, ...] = ()
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)
    same_as: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    initials: tuple[tuple[re.Pattern[str], str], ...] = ()
    sought: Mapping[str, float] = field(default_factory=dict)
    of_each_document: bool = False
    speaker: str = ""
    english: str = ""

    @property
    def searched(self) -> str:
        """The text whose vector is looked for, by an embedder that knows English alone."""
        return self.english or self.standalone

    @property
    def text(self) -> str:
        """The question as asked."""
        return self.said.text

    @property
    def language(self) -> str:
        """The code of its language."""
        return self.said.code

    @property
    def wants_list(self) -> bool:
        """Whether several things, or the steps of something, are asked for."""
        return self.kinds[0] in ("list", "howto")

    @property
    def wants_steps(self) -> bool:
        """Whether a way to do something is asked for: "How do I …?", not "How did it …?", which one
        sentence can tell."""
        is_told = self.language == "en" and _TOLD_HOW.match(self.text) is not None
        return self.kinds[0] == "howto" and not is_told

    @property
    def terms(self) -> tuple[str, ...]:
        """The content terms, in order."""
        return tuple(self.weights)

    def reads(self, text: str, code: str = "") -> list[str]:
        """The terms of a text in a language, the question's own in the question's spelling."""
        found = self.as_asked(terms(text, code), code)
        if self.same_as or self.initials:
            found = [*found, *self._in_other_words(text, set(found))]
        return found

    def _in_other_words(self, text: str, found: set[str]) -> list[str]:
        """The terms that a text says by an abbreviation, or by its long form."""
        said = [term for needed, given in self.same_as if needed <= found for term in given]
        return said + [t for pattern, t in self.initials if t not in found and pattern.search(text)]

    def as_asked(self, found: list[str], code: str = "") -> list[str]:
        """Terms of a text in a language, the question's own in the question's spelling."""
        forms = self.forms.get(code) or self.forms.get("")
        return [forms.get(term, term) for term in found] if forms else found

    def spellings(self, term: str) -> tuple[str, ...]:
        """A term as it looks in each language of the index."""
        others = (o for forms in self.forms.values() for o, own in forms.items() if own == term)
        return tuple(dict.fromkeys((term, *others)))


def checked_question(text: str, history: History, max_characters: int) -> Asked:
    """A question with its history. Raises ``QuestionError`` when one of them cannot be used."""
    return Asked(check_question(text, max_characters), checked_history(history))


def check_question(text: str, max_characters: int) -> str:
    """The question without surrounding space. Raises ``QuestionError`` if it is invalid."""
    if not isinstance(text, str):
        raise QuestionError(f"The question {shown_value(text)} is no text", hint="ask it in words")
    bad = _UNUSABLE.search(text)
    if bad:
        code = ord(bad.group())
        what = "half of a character" if 0xD800 <= code <= 0xDFFF else "the control character"
        raise QuestionError(
            f"The question holds {what} U+{code:04X} at position {bad.start()}",
            hint="remove it and ask again",
        )
    stripped = text.strip()
    if not stripped or not any(character.isalnum() for character in stripped):
        raise QuestionError("The question is empty", hint="ask it in words")
    if len(stripped) > max_characters:
        raise QuestionError(
            f"The question has {len(stripped):,} characters; answer.max_question_characters is "
            f"{max_characters:,}",
            hint="put a long text into the folder as a document and ask about it",
        )
    return stripped


def analyse(
    said: AnalysedText,
    history: Sequence[Turn],
    idf: Callable[[str], float],
    *,
    languages: Sequence[str] = (),
    holds: Callable[[str], bool] = lambda term: True,
) -> Question:
    """Analyse a question for retrieval.

    ``idf`` gives the inverse document frequency of an index term and ``holds`` says whether the
    index has it; ``languages`` are those of the documents.
    """
    history = [(asked[:_MOST_CARRIED], told[:_MOST_CARRIED]) for asked, told in history]
    of_each = said.code == "en" and asks_each_document(said.text)
    said = replace(said, text=without_frame(said.text)) if said.code == "en" else said
    taken = borrow(said, history)
    kinds = answer_kinds(taken.asks)
    is_definition = asks_definition(said, kinds)
    own, before = own_terms(said, holds), own_terms(taken.before, holds)
    if said.code == "en":
        own = _without_venue(own, said, holds)
    carried = dict(before.shares)
    if taken.before.text and not taken.is_elliptic:
        for name in AnalysedText(history[-1][1], said.code).names[:_MOST_NAMES]:
            carried.setdefault(name, 1.0)
    forms = forms_of(said, taken.before, languages)
    is_foreign = said.code not in languages and "en" in languages
    spelt = spellings_of(forms)

    def weight(term: str, share: float) -> float:
        return share * min(idf(each) for each in (term, *spelt.get(term, ())))

    aside = _told_before(said)
    weights = {
        term: weight(term, share) * (_TOLD_BEFORE if term in aside else 1.0)
        for term, share in own.shares.items()
    }
    borrowed = {
        term: _BORROWED_WEIGHT * weight(term, share)
        for term, share in carried.items()
        if term not in weights
    }
    if len(weights) > 1 and not taken.is_elliptic:  # what is borrowed never outweighs what is asked
        scale = min(1.0, sum(weights.values()) / (sum(borrowed.values()) or 1.0))
        borrowed = {term: scale * each for term, each in borrowed.items()}
    return Question(
        said=said,
        standalone=taken.standalone,
        weights={**weights, **borrowed},
        names=frozenset(said.names).intersection(weights),
        values=said.numbers,
        quoted=tuple(a or b for a, b in _QUOTED.findall(said.text)),
        kinds=kinds,
        surface={**before.surface, **own.surface},
        asks_definition=is_definition,
        borrowed=frozenset(borrowed),
        asking=tuple(term for term in own.asking if term not in weights),
        forms=forms,
        related=related_terms(weights, said),
        initials=(*limits_said(weights), *counts_said(said.text, weights, said.code)),
        of_each_document=of_each,
        english=in_english(taken.standalone, said.code) if is_foreign else "",
    )


def _told_before(said: AnalysedText) -> frozenset[str]:
    """The terms that only sentences, or a clause, before the one that asks hold; names stay."""
    if said.code != "en":
        return frozenset()
    last = max((found.end() for found in _STATES.finditer(said.text)), default=0)
    if clause := _STATES_FIRST.match(said.text, last):
        last = clause.end()
    if not last or "?" in said.text[:last] or not _ASKS.search(said.text[last:]):
        return frozenset()
    asked = frozenset(terms(said.text[last:], said.code))
    told = frozenset(terms(said.text[:last], said.code))
    return told - asked - frozenset(said.names)


def _without_venue(own: Own, said: AnalysedText, holds: Callable[[str], bool]) -> Own:
    """The terms, those that only say in which speech it was said among the asking ones."""
    bare = without_venue(said.text)
    if bare == said.text:
        return own
    kept = own_terms(AnalysedText(bare, said.code), holds)
    aside = [term for term in own.shares if term not in kept.shares]
    return replace(own, shares=kept.shares, asking=(*own.asking, *aside))


def corrected(question: Question, replacements: Mapping[str, str]) -> Question:
    """The question with misspelt terms replaced by terms of the index."""
    if not replacements:
        return question
    weights: dict[str, float] = {}
    for term, weight in question.weights.items():
        weights[replacements.get(term, term)] = weight
    names = frozenset(replacements.get(term, term) for term in question.names)
    borrowed = frozenset(replacements.get(term, term) for term in question.borrowed)
    surface = {**question.surface, **{new: new for new in replacements.values()}}
    return replace(question, weights=weights, names=names, borrowed=borrowed, surface=surface)


def coverage(weights: Mapping[str, float], present: Iterable[str]) -> float:
    """The share of the terms' weight that is present; 1 when there is nothing to cover."""
    total = sum(weights.values())
    if total <= 0:
        return 1.0
    found = set(present)
    return sum(weight for term, weight in weights.items() if term in found) / total
