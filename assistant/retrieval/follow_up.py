"""A question in a conversation → what it borrows from the question before, in every language.

A question that stands alone borrows nothing. One that leans ("Who keeps it clean?") borrows the
words of the question before. An elliptic one ("And the barn?", "Und 2019?") is the question before
with its like replaced: a year for a year, a name for a name, a thing for a thing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.folding import fold, fold_case
from assistant.text.languages import Language, language

Turn = tuple[str, str]
"""An earlier question and its answer."""

_WORD = re.compile(r"[^\W_]+(?:['’.,:-][^\W_]+)*[\u0900-\u097f\u0300-\u036f]*")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_MOST_TURNS = 4
"""How far back an elliptic question may lean on another elliptic one."""
_FEW = 3
"""Content words of an elliptic question, at most."""
_SELDOM_BOUND = frozenset("it this that these those them one ones same former latter".split())
_VERB_LAST = frozenset({"tr", "hi", "ko"})
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|there)\s+there\b", re.IGNORECASE)
_ARTICLES = frozenset(
    """the der die das den dem des le la les l el los las il lo gli i o a os as de het det η ο το
    τον την τα οι""".split()
)


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a question takes from the one before.

    ``text`` is what is borrowed, in words; ``standalone`` the question as it would be asked alone;
    ``asks`` is the question whose kind of answer is wanted; ``is_elliptic`` says that the question
    before was repeated with its like replaced.
    """

    text: str = ""
    standalone: str = ""
    asks: str = ""
    is_elliptic: bool = False


def needs_history(text: str, code: str = "en") -> bool:
    """Whether a question leans on the turn before: a pronoun, or too little to stand alone."""
    known = language(code)
    return _opens(text, known) > 0 or _has_pronoun(text, known) or len(_content(text, known)) <= 1


def borrow(text: str, history: Sequence[Turn], code: str = "en") -> Borrowed:
    """What a question in a language borrows; nothing when it stands alone."""
    if not history or not needs_history(text, code):
        return Borrowed(standalone=text, asks=text)
    known = language(code)
    before = _resolved(history[-_MOST_TURNS:], code)
    rest = text[_opens(text, known) :]
    asks_itself = _asks(rest, known) or (not _content(rest, known) and _asks(text, known))
    content = _content(rest, known)
    elliptic = (
        content and len(content) <= _FEW and not asks_itself and not _has_pronoun(rest, known)
        and not _is_attribute(content, known)
    )  # fmt: skip
    if elliptic:
        left, standalone = _with_like_replaced(before, rest, known)
        return Borrowed(left, standalone, before, True)
    standalone = f"{text} (after: {before.strip()})"
    return Borrowed(before, standalone, text if asks_itself or content else before)


def _resolved(history: Sequence[Turn], code: str) -> str:
    """The question before, itself made whole where it was elliptic."""
    question = history[-1][0]
    if len(history) < 2:
        return question
    found = borrow(question, history[:-1], code)
    return found.standalone if found.is_elliptic else question


def _opens(text: str, known: Language) -> int:
    """Where a question goes on after "and", "what about" and the like; 0 without them."""
    stripped = text.lstrip(" ¿¡\"'“„«(")
    lead = len(text) - len(stripped)
    folded = fold(stripped)
    for opening in sorted(known.openings, key=len, reverse=True):
        if len(folded) != len(stripped):
            break
        pattern = re.escape(opening).replace(r"\ ", r"[\s'’-]+")
        border = r"(?=[\s,'’?？]|$)" if known.is_spaced else ""
        match = re.match(pattern + border, folded)
        if match:
            return lead + match.end()
    return 0


def _has_pronoun(text: str, known: Language) -> bool:
    """Whether a word stands for something that the question itself does not name before."""
    if not known.is_spaced:
        return any(pronoun in fold_case(text) for pronoun in known.pronouns)
    if known.code == "en":
        text = _EXISTENTIAL.sub(" ", text)
    named = False
    words = list(_WORD.finditer(text))
    for at, match in enumerate(words):
        word = fold_case(match.group())
        if "-" in word and word.rpartition("-")[2] in known.pronouns:
            if len(words) <= _FEW:
                return True  # "Où habite-t-elle ?"; beside a subject it only repeats that
            continue
        if word in known.pronouns and not _is_relative(words, at, known):
            if not named or word in _SELDOM_BOUND:
                return True
        elif at and _is_name(match.group(), known):
            named = True
    return False


def _is_relative(words: Sequence[re.Match[str]], at: int, known: Language) -> bool:
    """ "the firm that built it": the word goes on with what stands before it."""
    if fold(words[at].group()) != "that" or not at:
        return False
    return fold(words[at - 1].group()) not in known.function


def _is_name(word: str, known: Language) -> bool:
    return word[:1].isupper() and known.code != "de" and fold(word) not in known.stop


def _content(text: str, known: Language) -> list[str]:
    """The words of a text with content, as written."""
    if not known.is_spaced:
        bare = fold(text)
        phrases = [each for key in known.phrases.values() for each in key]
        for phrase in sorted((*phrases, *known.stop, *known.openings), key=len, reverse=True):
            bare = bare.replace(phrase, " ")
        return [run for run in re.findall(r"\w+", bare) if len(run) > 0]
    empty = known.stop | known.asking
    found = []
    for match in _WORD.finditer(text):
        parts = re.split("['’]", fold(match.group()))
        if any(part and part not in empty for part in parts):
            found.append(match.group())
    return found


def _asks(text: str, known: Language) -> bool:
    """Whether a text holds a question word of its own."""
    folded = fold(text)
    tokens = re.split(r"[^\w\u0900-\u097f]+", folded)
    for key in ("person", "place", "time", "number", "reason", "way", "which", "what", "amount"):
        for phrase in known.phrases[key]:
            if not known.is_spaced:
                if phrase in folded:
                    return True
            elif " " not in phrase:
                bare = phrase.rstrip("*")
                if any(t == bare or ("*" in phrase and t.startswith(bare)) for t in tokens):
                    return True
            elif f" {phrase.rstrip('*')}" in f" {' '.join(tokens)}":
                return True
    return False


def _is_attribute(content: Sequence[str], known: Language) -> bool:
    """Whether a thing is asked that the thing before has: "And the price?"."""
    nouns = frozenset().union(*known.nouns.values())
    return len(content) == 1 and fold(content[0]) in nouns and not _YEAR.fullmatch(content[0])


# ---------------------------------------------------------------- replacing like by like


def _with_like_replaced(before: str, rest: str, known: Language) -> tuple[str, str]:
    """The words of the question before that stay, and that question with its like replaced."""
    new = rest.strip(" ,.?!？。;؟").removesuffix("呢").removesuffix("は")
    place = _like_of(new, before, known)
    if place is None:
        return before, f"{before.rstrip(' ?？')} {new}?"
    start, end = place
    ahead = list(_WORD.finditer(before[:start]))
    first = _WORD.findall(new)[0] if ahead else ""
    if ahead and (
        (_is_article(ahead[-1].group()) and _is_article(first))
        or fold(ahead[-1].group()) == fold(first)
    ):
        start = ahead[-1].start()
    left = f"{before[:start]} {before[end:]}"
    return left, f"{before[:start]}{new}{before[end:]}"


def _is_article(word: str) -> bool:
    return fold(word) in _ARTICLES


def _like_of(new: str, before: str, known: Language) -> tuple[int, int] | None:
    """Where in the question before stands a thing of the same kind."""
    years = list(_YEAR.finditer(before))
    if _YEAR.search(new):
        return years[-1].span() if years else None
    times = known.times | frozenset(known.months)
    words = list(_WORD.finditer(before))
    if any(fold(word) in times for word in _WORD.findall(new)):
        dated = [match for match in words if fold(match.group()) in times]
        return dated[-1].span() if dated else None
    if not known.is_spaced:
        return _unspaced_like(before, known)
    wanted = _WORD.findall(new)
    if any(_is_name(word, known) for word in wanted):
        run = _last_run(
            words, [at > 0 and _is_name(m.group(), known) for at, m in enumerate(words)]
        )
        if run is not None:
            return run
    return _last_thing(words, before, known)


def _last_thing(
    words: Sequence[re.Match[str]], before: str, known: Language
) -> tuple[int, int] | None:
    """The last run of content words; without its last word where an auxiliary stands before it
    ("When did the museum open?"), for that says what is asked of the thing."""
    empty = known.stop | known.asking | known.light
    is_content = [not set(re.split("['’]", fold(m.group()))) <= empty for m in words]
    if known.code in _VERB_LAST:
        return _first_run(words, is_content)
    run = _last_run(words, is_content)
    if run is None:
        return None
    inside = [m for m in words if run[0] <= m.start() and m.end() <= run[1]]
    first = words.index(inside[0])
    earlier = {fold(m.group()) for m in words[:first]}
    auxiliary = earlier & {phrase for phrase in known.phrases["yesno"] if " " not in phrase}
    if len(inside) > 1 and auxiliary:
        inside = inside[:-1]
    elif first and not _is_article(words[first - 1].group()) and len(inside) > 1:
        inside = inside[1:]  # "Wer reinigt Teiche": a verb stands before what it does something to
    return inside[0].start(), inside[-1].end()


def _last_run(words: Sequence[re.Match[str]], wanted: Sequence[bool]) -> tuple[int, int] | None:
    """The place of the last unbroken run of words that are wanted."""
    end = next((at for at in range(len(words) - 1, -1, -1) if wanted[at]), None)
    if end is None:
        return None
    start = end
    while start and wanted[start - 1]:
        start -= 1
    return words[start].start(), words[end].end()


def _first_run(words: Sequence[re.Match[str]], wanted: Sequence[bool]) -> tuple[int, int] | None:
    start = next((at for at, each in enumerate(wanted) if each), None)
    if start is None:
        return None
    end = start
    while end + 1 < len(words) and wanted[end + 1]:
        end += 1
    return words[start].start(), words[end].end()


def _unspaced_like(before: str, known: Language) -> tuple[int, int] | None:
    """In scripts without spaces the first run of content: what the question is about leads."""
    phrases = [each for key in known.phrases.values() for each in key]
    cut = "|".join(
        re.escape(each) for each in sorted((*phrases, *known.stop), key=len, reverse=True)
    )
    for match in re.finditer(r"[^\W\d_]+", before):
        parts = [part for part in re.split(cut, match.group()) if part]
        if parts and match.group().startswith(parts[0]):  # else a verb may stand before it
            start = before.index(parts[0], match.start())
            return start, start + len(parts[0])
    return None
