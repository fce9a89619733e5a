"""A follow-up question → what it takes from the previous question, in every language.

A self-contained question takes nothing. A question with a pronoun ("Who keeps it clean?") takes
the words of the previous question. An elliptic question ("And the barn?", "Und 2019?") is the
previous question with one part replaced: a year by a year, a name by a name, a noun by a noun.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.analysed import AnalysedText, SpokenWord
from assistant.text.languages import Language

Turn = tuple[str, str]
"""An earlier question and its answer."""

_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_MOST_TURNS = 4
"""Maximum number of turns through which a chain of elliptic questions is resolved."""
_LEAD = " ¿¡\"'“„«("
"""What may stand before the first word."""
_FEW = 3
"""Content words of an elliptic question, at most."""
_LEAST_WHOLE = 2
_INITIALS = re.compile(r"[A-ZÀ-Þ].*[A-ZÀ-Þ]|[^\W\d_]\d")
_SELDOM_BOUND = frozenset("it this that these those them one ones same former latter".split())
_VERB_LAST = frozenset({"tr", "hi", "ko"})
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|there)\s+there\b", re.IGNORECASE)
_ARTICLES = frozenset(
    """the der die das den dem des le la les l el los las il lo gli i o a os as de het det η ο το
    τον την τα οι""".split()
)


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a follow-up question takes from the previous one.

    ``before`` is the text taken; ``standalone`` the self-contained question; ``asks`` the question
    that determines the answer type; ``is_elliptic`` is true if a part of the previous question was
    replaced.
    """

    before: AnalysedText
    standalone: str
    asks: AnalysedText
    is_elliptic: bool = False


def needs_history(said: AnalysedText) -> bool:
    """Whether a question depends on the previous turn: it has a pronoun, or at most one content
    word; unless that is the name of what is asked about ("What does ASGI stand for?")."""
    if _opens(said) > 0 or _has_pronoun(said):
        return True
    return len(_content(said)) <= 1 and not _asks_about_a_name(said)


def borrow(said: AnalysedText, history: Sequence[Turn]) -> Borrowed:
    """What a question takes from the last turns; nothing if it is self-contained."""
    code = said.code
    if not history or not needs_history(said):
        return Borrowed(AnalysedText("", code), said.text, said)
    before = _resolved(history[-_MOST_TURNS:], code)
    rest = AnalysedText(said.text[_opens(said) :], code)
    content = _content(rest)
    asks_itself = _asks(rest) or (not content and _asks(said))
    elliptic = (
        content and len(content) <= _FEW and not asks_itself and not _has_pronoun(rest)
        and not _is_attribute(content, said.language)
    )  # fmt: skip
    if elliptic:
        left, standalone = _with_like_replaced(before, rest.text)
        return Borrowed(AnalysedText(left, code), standalone, before, True)
    standalone = f"{said.text} (after: {before.text.strip()})"
    return Borrowed(before, standalone, said if asks_itself or content else before)


def _resolved(history: Sequence[Turn], code: str) -> AnalysedText:
    """The previous question; if it was elliptic, its self-contained form."""
    question = AnalysedText(history[-1][0], code)
    found = borrow(question, history[:-1])
    return AnalysedText(found.standalone, code) if found.is_elliptic else question


def _opens(said: AnalysedText) -> int:
    """The offset behind an opening such as "and" or "what about"; 0 without one."""
    stripped = said.text.lstrip(_LEAD)
    folded = said.folded.lstrip(_LEAD)
    if len(folded) != len(stripped):
        return 0
    border = r"(?=[\s,'’?？]|$)" if said.language.is_spaced else ""
    for opening in sorted(said.language.openings, key=len, reverse=True):
        match = re.match(re.escape(opening).replace(r"\ ", r"[\s'’-]+") + border, folded)
        if match:
            return len(said.text) - len(stripped) + match.end()
    return 0


def _has_pronoun(said: AnalysedText) -> bool:
    """Whether a pronoun refers to something that the question itself does not name before it."""
    known, words = said.language, said.spoken
    if not known.is_spaced:
        return any(pronoun in said.lower for pronoun in known.pronouns)
    if known.code == "en":
        empty = [match.span() for match in _EXISTENTIAL.finditer(said.text)]
        words = [w for w in words if not any(a <= w.start and w.end <= b for a, b in empty)]
    named = False
    for at, word in enumerate(words):
        if "-" in word.lower and word.lower.rpartition("-")[2] in known.pronouns:
            if len(words) <= _FEW:
                return True  # "Où habite-t-elle ?"; beside a subject it only repeats that
            continue
        if word.lower in known.pronouns and not _is_relative(words, at, known):
            if not named or word.lower in _SELDOM_BOUND:
                return True
        elif at and _is_name(word, known):
            named = True
    return False


def _is_relative(words: Sequence[SpokenWord], at: int, known: Language) -> bool:
    """Whether "that" is a relative pronoun: "the firm that built it"."""
    return at > 0 and words[at].folded == "that" and words[at - 1].folded not in known.function


def _is_name(word: SpokenWord, known: Language) -> bool:
    return word.written[:1].isupper() and known.code != "de" and word.folded not in known.stop


def _asks_about_a_name(said: AnalysedText) -> bool:
    """Whether a whole question asks about something by its name; "Why Oslo?" is no whole one."""
    named = any(
        _is_name(word, said.language) or _INITIALS.search(word.written) for word in said.spoken[1:]
    )
    return named and len(said.spoken) > _LEAST_WHOLE and _asks(said)


def _content(said: AnalysedText) -> list[str]:
    """The words of a text with content, folded."""
    known = said.language
    if not known.is_spaced:
        bare = said.folded
        phrases = [each for key in known.phrases.values() for each in key]
        for phrase in sorted((*phrases, *known.stop, *known.openings), key=len, reverse=True):
            bare = bare.replace(phrase, " ")
        return re.findall(r"\w+", bare)
    empty = known.stop | known.asking
    return [
        word.folded
        for word in said.spoken
        if any(part and part not in empty for part in re.split("['’]", word.folded))
    ]


def _asks(said: AnalysedText) -> bool:
    """Whether a text holds a question word of its own."""
    known, folded = said.language, said.folded
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
    """Whether the question asks for an attribute of the previous subject: "And the price?"."""
    nouns = frozenset().union(*known.nouns.values())
    return len(content) == 1 and content[0] in nouns and not _YEAR.fullmatch(content[0])


# ---------------------------------------------------------------- replacing like by like


def _with_like_replaced(before: AnalysedText, rest: str) -> tuple[str, str]:
    """The remaining words of the previous question, and that question with one part replaced."""
    text = before.text
    new = AnalysedText(rest.strip(" ,.?!？。;؟").removesuffix("呢").removesuffix("は"), before.code)
    place = _like_of(new, before)
    if place is None:
        return text, f"{text.rstrip(' ?？')} {new.text}?"
    start, end = place
    ahead = [word for word in before.spoken if word.end <= start]
    if ahead and (
        {ahead[-1].folded, new.spoken[0].folded} <= _ARTICLES
        or ahead[-1].folded == new.spoken[0].folded
    ):
        start = ahead[-1].start
    return f"{text[:start]} {text[end:]}", f"{text[:start]}{new.text}{text[end:]}"


def _like_of(new: AnalysedText, before: AnalysedText) -> tuple[int, int] | None:
    """The span in the previous question that the new words replace."""
    known, words = before.language, before.spoken
    years = list(_YEAR.finditer(before.text))
    if _YEAR.search(new.text):
        return years[-1].span() if years else None
    times = known.times | frozenset(known.months)
    if any(word.folded in times for word in new.spoken):
        dated = [word for word in words if word.folded in times]
        return (dated[-1].start, dated[-1].end) if dated else None
    if not known.is_spaced:
        return _unspaced_like(before.text, known)
    if any(_is_name(word, known) for word in new.spoken):
        run = _last_run(words, [at > 0 and _is_name(word, known) for at, word in enumerate(words)])
        if run is not None:
            return run
    return _last_thing(words, known)


def _last_thing(words: Sequence[SpokenWord], known: Language) -> tuple[int, int] | None:
    """The last run of content words. After an auxiliary ("When did the museum open?") its last
    word is the verb and is excluded."""
    empty = known.stop | known.asking | known.light
    is_content = [not set(re.split("['’]", word.folded)) <= empty for word in words]
    if known.code in _VERB_LAST:
        return _first_run(words, is_content)
    run = _last_run(words, is_content)
    if run is None:
        return None
    inside = [word for word in words if run[0] <= word.start and word.end <= run[1]]
    first = words.index(inside[0])
    earlier = {word.folded for word in words[:first]}
    auxiliary = earlier & {phrase for phrase in known.phrases["yesno"] if " " not in phrase}
    if len(inside) > 1 and auxiliary:
        inside = inside[:-1]
    elif first and words[first - 1].folded not in _ARTICLES and len(inside) > 1:
        inside = inside[1:]  # "Wer reinigt Teiche": a verb stands before what it does something to
    return inside[0].start, inside[-1].end


def _last_run(words: Sequence[SpokenWord], wanted: Sequence[bool]) -> tuple[int, int] | None:
    """The place of the last unbroken run of words that are wanted."""
    end = next((at for at in range(len(words) - 1, -1, -1) if wanted[at]), None)
    if end is None:
        return None
    start = end
    while start and wanted[start - 1]:
        start -= 1
    return words[start].start, words[end].end


def _first_run(words: Sequence[SpokenWord], wanted: Sequence[bool]) -> tuple[int, int] | None:
    start = next((at for at, each in enumerate(wanted) if each), None)
    if start is None:
        return None
    end = start
    while end + 1 < len(words) and wanted[end + 1]:
        end += 1
    return words[start].start, words[end].end


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
