"""A text → its language: by its script, and in Latin script by its words of grammar.

No model: words of grammar make up two fifths of any prose and are few. What has too little prose
(tables, code, a line of names) has no language, which is said by an empty text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache

from assistant.text.folding import fold_case
from assistant.text.languages import telling_words

_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile("[^\0-\x7f]")
_ONLY_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
"""Parts ASCII into the same words, in a third of the time."""
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("kana", "[\u3040-\u30fa\u30fc-\u30ff]"),
    ("ko", "[\u1100-\u11ff\uac00-\ud7a3]"),
    ("han", "[\u3400-\u9fff\U00020000-\U0003ffff]"),
    ("th", "[\u0e00-\u0e7f]"),
    ("cyrillic", "[\u0400-\u052f]"),
    ("el", "[\u0370-\u03ff\u1f00-\u1fff]"),
    ("he", "[\u0590-\u05ff]"),
    ("arabic", "[\u0600-\u06ff\u0750-\u077f]"),
    ("hi", "[\u0900-\u097f]"),
    ("latin", "[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
)
_FAMILIAR = re.compile("[\0-\u024f\u1e00-\u1eff\u2000-\u206f]+")
_DENSE = {"han": 3.0, "kana": 2.0, "ko": 2.0}
"""How many letters of Latin script say as much as one sign of these."""
_OTHER_CYRILLIC = re.compile("[іїєґљњџђћјѓќў]", re.IGNORECASE)
_OTHER_ARABIC = re.compile("[پچژگکیٹڈڑہے]")
_LETTERS: Mapping[str, frozenset[str]] = {
    code: frozenset(letters)
    for code, letters in {
        "de": "äöüß", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü", "it": "àèéìíîòóù", "en": "é",
        "pt": "áâãàçéêíóôõú", "nl": "éëïóöüèêí", "sv": "åäöé", "da": "æøåé", "no": "æøåéòôâ",
        "fi": "äöåšž", "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "tr": "çğıöşüâî",
        "ro": "ăâîșțşţ",
    }.items()
}  # fmt: skip
"""The letters that languages have beside a to z."""
_STRANGE, _MOST_STRANGE = 0.4, 5
"""What a letter takes from a language that has it not."""
_OWN, _MOST_OWN = 0.5, 4
"""What a letter gives to a language that shares it with no other, and how many count."""
_TYPED_PLAINLY = 0.5
"""How much a word counts that is known with accents and stands without."""
_MOST_ALIKE = 20
"""How often the same word counts."""
_ENOUGH_TO_ASK, _AMONG = 0.5, 0.3
"""Of a question: how much must speak for its language, and what being a document's adds."""
_PART, _PARTS = 1500, 3
"""Characters of each of the places of a long text that are looked at."""
_ENOUGH, _SHARE, _LEAD = 4.0, 0.08, 1.15
"""Of a document: so many words of grammar, this share of all, this much more than the next."""
_SHORT, _ENOUGH_IN_SHORT, _LEAD_IN_SHORT = 60, 2.0, 2.0
"""A text of so few words needs fewer, and a greater lead: Finnish and Turkish say with endings what
others say with words of grammar."""


@cache
def _scripts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compiled when first needed: wide ranges take 3 ms, and ASCII needs none."""
    return tuple((name, re.compile(letters)) for name, letters in _SCRIPTS)


def detect(text: str, metadata: str = "") -> str:
    """The language of a document, or an empty text; ``metadata`` is what the file itself says.

    The text is believed where it says enough, since templates of files carry another's language.
    """
    sample = _sample(text)
    script = _script(sample)
    if script != "latin":
        return script or metadata
    scores, tokens = _scores(sample)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    if not ranked:
        return metadata
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    enough, lead = _ENOUGH, _LEAD
    if tokens <= _SHORT and score < _ENOUGH:
        enough, lead = _ENOUGH_IN_SHORT, _LEAD_IN_SHORT
    clear = score >= lead * second or metadata == best
    if score >= enough and score >= _SHARE * tokens and clear:
        return best
    return metadata


def detect_question(text: str, among: Collection[str] = ()) -> str:
    """The language of a question, or an empty text when nothing tells it.

    ``among`` are the languages of the documents: of two that fit alike, one of these is meant.
    """
    script = _script(text)
    if script != "latin":
        return script
    scores, _ = _scores(text)
    for code in among:
        if scores.get(code):
            scores[code] += _AMONG
    best = max(scores, key=lambda code: scores[code], default="")
    return best if best and scores[best] >= _ENOUGH_TO_ASK else ""


def question_language(text: str, among: Sequence[str] = (), before: str = "") -> str:
    """The language of a question, told at last by the question before it, or by the documents."""
    told = (detect_question(each, among) for each in (text, before))
    return next(filter(None, told), among[0] if among else "en")


def _sample(text: str) -> str:
    if len(text) <= _PART * _PARTS:
        return text
    step = (len(text) - _PART) // (_PARTS - 1)
    return " ".join(text[at * step : at * step + _PART] for at in range(_PARTS))


def _script(text: str) -> str:
    """The language that a script tells, ``latin``, or an empty text without letters."""
    if text.isascii():
        return "latin" if text.lower() != text.upper() else ""
    other = _FAMILIAR.sub("", text)
    if 5 * len(other) < len(text) and (len(text) > 200 or not other):
        return "latin"
    counts = {
        name: len(pattern.findall(text)) * _DENSE.get(name, 1.0) for name, pattern in _scripts()
    }
    name = max(counts, key=lambda each: counts[each])
    if not counts[name]:
        return ""
    if name in ("han", "kana"):
        return "ja" if counts["kana"] > 0.1 * counts["han"] else "zh"
    if name == "cyrillic":
        others = len(_OTHER_CYRILLIC.findall(text))
        return "ru" if others * 50 < counts["cyrillic"] else "uk"
    if name == "arabic":
        others = len(_OTHER_ARABIC.findall(text))
        return "ar" if others * 25 < counts["arabic"] else "fa"
    return name


@lru_cache(maxsize=1)
def _shares() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Each word of grammar → the languages that have it, with what it says for each."""
    written, folded = telling_words()
    weighed = {word: (codes, 1.0) for word, codes in written.items()}
    plain = {word: (codes, _TYPED_PLAINLY) for word, codes in folded.items()}
    return {
        word: tuple((code, weight / len(codes) ** 0.5) for code in codes)
        for word, (codes, weight) in {**plain, **weighed}.items()
    }


def _scores(text: str) -> tuple[dict[str, float], int]:
    """How much speaks for each language, and how many words there are.

    A word that several languages have counts for each with its share.
    """
    shares = _shares()
    folded = fold_case(text)
    parted = folded.translate(_ONLY_WORDS).split() if folded.isascii() else _WORD.findall(folded)
    found = [word for word in parted if word.isalpha()]  # "C4" is a name, "c'" a French word
    scores: dict[str, float] = {}
    for word, times in Counter(filter(shares.__contains__, found)).items():
        count = min(times, _MOST_ALIKE)
        for code, share in shares[word]:
            scores[code] = scores.get(code, 0.0) + count * share
    if scores and not text.isascii():
        letters = Counter(filter(str.isalpha, _NOT_ASCII.findall(text.lower())))
        for code in scores:
            own = _LETTERS.get(code, frozenset())
            strange = sum(count for sign, count in letters.items() if sign not in own)
            scores[code] -= _STRANGE * min(strange, _MOST_STRANGE)
        for sign, count in letters.items():
            having = [code for code, own in _LETTERS.items() if sign in own]
            for code in scores.keys() & set(having):
                scores[code] += _OWN * min(count, _MOST_OWN) / len(having)
    return scores, len(found)
