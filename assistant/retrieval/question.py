"""A question → what it asks for: weighted terms, names, numbers and the kind of answer.

Pure; the index's word statistics come in as a function. Follow-ups borrow terms from the turn
before at a lower weight, so that the documents are searched for what "it" stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.errors import QuestionError
from assistant.text.terms import STOP_WORDS, stem, words
from assistant.text.visible import shown_value, whole_characters

AnswerKind = Literal[
    "person", "date", "number", "place", "reason", "list", "howto", "which", "yesno", "any"
]

Turn = tuple[str, str]
"""An earlier question and its answer."""

_BORROWED_WEIGHT = 0.5
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_MOST_CARRIED = 8_000
"""Characters of an earlier question, and of its answer, that a question may lean on. Programs send
conversations of any length."""

# Words of a question that say what is wanted but seldom stand in the answer.
_ASKING = frozenset(
    """name list mention describe explain tell define called call say said document documents
    according happen happened thing things kind kinds sort type types many much long often old
    exactly briefly actually really currently mean means meaning stand stands difference
    different compare versus vs example examples question answer find know please step steps
    work works use used exactly year years date day number percentage percent""".split()
)

# Phrases that say nothing of the subject, and words that answers put in many other ways: "How heavy
# is it?" is answered by "It weighs 3 kg". Asked with these, the answer is known by its kind.
_EMPTY_PHRASE = re.compile(r"\b(?:tak(?:e|es|en|ing)|took)\s+(?:place|part)\b", re.IGNORECASE)
_LIGHT_WEIGHT = 0.4
_LIGHT = frozenset(
    stem(
        """take make give get come go become big large heavy tall high far fast deep wide small
        held hold""".split()
    )
)

_PLURALS = (
    r"authors|members|people|persons|cities|countries|places|topics|fields|areas|methods|datasets|"
    r"data sets|papers|roles|examples|names|types|kinds|ingredients|assumptions|problems|reasons|"
    r"advantages|disadvantages|pros|parts|components|categories|universities|companies|products|"
    r"features|results|criteria|rules|limits|benefits|languages|groups|sets|awards|quantities"
)
_PATTERNS: dict[AnswerKind, str] = {
    "number": (
        r"\bhow (?:many|much|often|large|big|long|high|tall|far|fast|old|deep|small|heavy|wide)\b|"
        r"\b(?:what|which) (?:\w+ ){0,2}(?:percentage|percent|share|number|fraction|proportion|"
        r"rate|price|amount|age|score|factor|total|count)\b|\bby how much\b|^\s*(?:number|"
        r"percentage|share|rate|amount) of\b"
    ),
    "date": (
        r"\bwhen\b|\b(?:what|which)\s+(?:\w+ )?(?:year|date|month|day|century|decade)s?\b|"
        r"\bsince when\b|\bhow long ago\b|^\s*(?:dates?|year) of\b"
    ),
    "howto": (
        r"\bsteps?\b|\bstep by step\b|\bprocedure\b|"
        r"\bhow (?:do|does|can|should|to|is|are|was|were|did|could|would)\b"
    ),
    "list": (
        r"\b(?:list|name)\s+(?:all|the|some|two|three|four|five|every)\b|"
        r"\bwho (?:are|were|wrote)\b|"
        r"\b(?:which|what|name|list)\s+(?:(?:are|were|all|the)\s+)*"
        r"(?:two|three|four|five|six|seven|eight|nine|ten|some|other|main)\b|"
        rf"\b(?:which|what|name|list)\s+(?:[\w-]+\s+){{0,3}}(?:{_PLURALS})\b"
    ),
    "person": (
        r"\bwho(?:m|se)?\b|\b(?:which|what)\s+(?:person|author|researcher|scientist|professor|man|"
        r"woman|king|queen|president|actor|singer)\b"
    ),
    "place": (
        r"\bwhere\b|\b(?:which|what)\s+(?:city|country|place|state|region|town|location|continent|"
        r"university|river)\b"
    ),
    "reason": r"\bwhy\b|\bfor (?:what|which) reason\b|\bhow come\b|\bwhat (?:is|was) the reason\b",
    "yesno": (
        r"^\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b"
    ),
    "which": r"\b(?:which|what)\b",
}  # fmt: skip
_KINDS = tuple((kind, re.compile(text, re.IGNORECASE)) for kind, text in _PATTERNS.items())
_DEFINITION = re.compile(
    r"^\s*(?:what(?:'s|’s| is| are| was| were| does)|define|explain|describe|who (?:is|was))\b"
    r"(?!.*\b(?:called|name of|title|year|number|percentage)\b)",
    re.IGNORECASE,
)

_PRONOUN = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|"
    r"one|ones|former|latter|same|then|else|also|too)\b",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"^\s*(?:and|or|but|what about|how about|why|since when|really|so)\b", re.I)
_NAME = re.compile(r"\b(?:[A-Z][\w'’&-]*|[a-z]+[A-Z]\w*|[^\W\d]*+\d\w*[A-Z]\w*)\b")
_QUOTED = re.compile(r"[\"“„«](.{2,80}?)[\"”“»]|(?<!\w)['‘](.{3,80}?)['’](?!\w)")
_VALUE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """What a question asks for.

    ``weights`` maps index terms to inverse document frequency (times .5 when borrowed from the
    turn before) and ``surface`` to a word as written; ``names`` are terms of words written as
    names; ``values`` are numbers in it;
    ``kinds`` what answers could look like, the most specific first; ``asking`` are terms that say
    what is wanted ("year", "number"): they help to find passages and decide nothing.
    """

    text: str
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

    @property
    def wants_list(self) -> bool:
        """Whether several things, or the steps of something, are asked for."""
        return self.kinds[0] in ("list", "howto")

    @property
    def terms(self) -> tuple[str, ...]:
        """The content terms, in order."""
        return tuple(self.weights)


def check_question(text: str, max_characters: int) -> str:
    """The question without surrounding space. Raises ``QuestionError`` for what is none."""
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


def checked_history(history: Iterable[Turn]) -> list[Turn]:
    """Earlier turns with their halves of characters joined or replaced, since nobody can go back
    and ask them anew. Raises ``QuestionError`` for what are no pairs of texts."""
    turns = []
    for turn in history:
        if (
            not isinstance(turn, tuple | list)
            or len(turn) != 2
            or not all(isinstance(part, str) for part in turn)
        ):
            raise QuestionError(
                f"The earlier turn {shown_value(turn)} is no pair of texts",
                hint="`history` takes (question, answer) pairs",
            )
        turns.append((whole_characters(turn[0]), whole_characters(turn[1])))
    return turns


def needs_history(text: str) -> bool:
    """Whether a question leans on the turn before: a pronoun, or too little to stand alone."""
    content = [word for word in words(text) if word not in STOP_WORDS and word not in _ASKING]
    return bool(_PRONOUN.search(text) or _ELLIPSIS.search(text) or len(content) <= 1)


def analyse(text: str, history: Sequence[Turn], idf: Callable[[str], float]) -> Question:
    """Take a question apart. ``idf`` gives the inverse document frequency of an index term."""
    own = _content(text)
    weights = {term: idf(term) * (_LIGHT_WEIGHT if term in _LIGHT else 1.0) for term in own}
    borrowed: dict[str, float] = {}
    standalone = text
    history = [(asked[:_MOST_CARRIED], told[:_MOST_CARRIED]) for asked, told in history[-1:]]
    if history and needs_history(text):
        previous_question, previous_answer = history[-1]
        carried = [*_content(previous_question), *_name_terms(previous_answer)[:6]]
        borrowed = {t: _BORROWED_WEIGHT * idf(t) for t in carried if t not in weights}
        standalone = f"{text} (after: {previous_question.strip()})"
    kinds = tuple(kind for kind, pattern in _KINDS if pattern.search(text))
    if not kinds and borrowed:
        kinds = tuple(kind for kind, pattern in _KINDS if pattern.search(history[-1][0]))
    return Question(
        text=text,
        standalone=standalone,
        weights={**weights, **borrowed},
        names=frozenset(t for t in _name_terms(text) if t in weights),
        values=frozenset(words(" ".join(_VALUE.findall(text)))),
        quoted=tuple(a or b for a, b in _QUOTED.findall(text)),
        kinds=kinds or ("any",),
        surface=_surface(f"{text} {history[-1][0]}" if borrowed else text),
        asks_definition=_DEFINITION.search(text) is not None,
        borrowed=frozenset(borrowed),
        asking=tuple(t for t in stem(w for w in words(text) if w in _ASKING) if t not in weights),
    )


def _content(text: str) -> list[str]:
    """Content terms of a question; when asking words are all there is, they are the content."""
    plain = [word for word in words(_EMPTY_PHRASE.sub(" ", text)) if word not in STOP_WORDS]
    kept = [word for word in plain if word not in _ASKING] or plain or words(text)
    return list(dict.fromkeys(stem(kept)))


def _surface(text: str) -> dict[str, str]:
    folded = words(text)
    return dict(zip(stem(folded), folded, strict=True))


def _name_terms(text: str) -> list[str]:
    """Terms of words written as names; the first word of a sentence counts only if unusual."""
    found: list[str] = []
    is_alone = len(text.split(None, 1)) < 2
    for match in _NAME.finditer(text):
        word = match.group()
        before = match.start() - 1
        while before >= 0 and text[before].isspace():
            before -= 1
        opens = before < 0 or text[before] in ".?!:"
        folded = words(word)
        if not folded or all(w in STOP_WORDS or w in _ASKING for w in folded):
            continue
        if opens and word[1:].islower() and not is_alone:
            continue  # "Explain …": any word is written so there
        found.extend(stem(w for w in folded if w not in STOP_WORDS))
    return list(dict.fromkeys(found))


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
