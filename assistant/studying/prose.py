"""Numbers, dates, names and definitions of single sentences → items. Pure.

Each rule takes one self-contained sentence. It asks with the sentence's names and a few of its
words, never with the sentence itself: a sentence with a hole ranks configurations worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.studying.items import Item, Quote
from assistant.studying.words import (
    PERSON,
    YEAR,
    content_words,
    is_self_contained,
    joined,
    names_in,
)
from assistant.text.sentences import sentences
from assistant.text.terms import content_terms

SHORTEST, LONGEST = 5, 45
"""Words of a sentence that is asked about."""
MOST_WORDS = 5
"""Words of a question's topic beside its names."""
OPENING = 3
"""The first words of a sentence name its subject more often than others."""
ROOM = 0.55
"""Share of the sentence's terms that a topic may have, words for what is asked included."""
_CLAUSE = re.compile(r"[,;:(]")

_COUNT = re.compile(
    r"(?<![\w.,$€£/-])(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<scale> (?:million|billion))?"
    r" (?P<unit>(?:[a-z][a-z-]+ ){0,2}?[a-z][a-z-]+s)\b(?! (?:ago|old|later)\b)"
)
_SHARE = re.compile(r"(?<![\w.,-])(?P<number>\d+(?:\.\d+)?) ?(?:%|percent)(?!\w)")
_IN_YEAR = re.compile(
    r"\b(?:in|since|until|of|from|on)(?: (?:\d{1,2} )?(?:January|February|March|April|May|June|"
    r"July|August|September|October|November|December)(?: \d{1,2},)?)? (?P<year>(?:1[89]|20)\d\d)\b"
)
_NO_UNITS = frozenset(
    "times years months days hours minutes seconds was is has his its this percents".split()
)
_OFFICES = (
    "professor|Professor|director|scientist|researcher|author|chair|head|founder|editor|president"
)
_SUBJECT = re.compile(
    rf"^(?P<who>{PERSON}(?:, {PERSON})*(?: and {PERSON})?) "
    r"(?P<verb>(?:first |later |once )?(?:[a-z]{3,}ed|wrote|found|built|showed|gave|made|led|won|"
    r"began|taught|drew|chose|holds|studies|compares|describes|argues|explains|"
    rf"(?:is|was) (?:an?|the)(?= .*\b(?:{_OFFICES})\b))) (?P<rest>.+)"
)
_BY = re.compile(rf"\bby (?P<who>{PERSON}(?:, {PERSON})*(?: and {PERSON})?)(?P<others> et al\.)?")
_SHORT = re.compile(
    r"(?P<long>(?:[A-Za-z][\w-]*[ -]){1,7}?[A-Za-z][\w-]*) \((?P<short>[A-Z]{2,7})s?\)"
)
_IS_A = re.compile(
    r"^(?P<article>An? |The )?(?P<term>(?:[A-Za-z][\w-]*)(?: [\w-]+){0,2}) (?:is|was|are) "
    r"(?P<what>an? (?:[\w-]+ ){0,3}?[a-z][\w-]+(?: (?:of|on|for) (?:the |an? )?[\w-]+(?: [\w-]+)?"
    r"(?=[ .,;:]))??)(?= (?:that|which|who|whose|in|with|from|made|used|by|to|where|and)\b|[.,;:])"
)
_HOUSE = re.compile(r"\b(?:Universit|Institut|Research|College|Labor|School|Press|Amazon)")
_VAGUE = frozenset(
    "one example kind type form sort part idea way case result reason matter question variation "
    "version function method set study lot number point thing problem person man woman".split()
)
_MEASURES = frozenset(
    "percent per year years million billion about around nearly almost never ever also only later "
    "still well just best known even much".split()
)
_CUT = re.compile(r"[,;:(]| (?:that|which|who|because|and)\b")
_CUT_LONG = re.compile(r" (?:in|at|for|on|into|from|with|as|by|to|during|of)\b")


_MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Said:
    """A self-contained sentence, its names and where it stands."""

    quote: Quote
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its words in one line."""
        return self.quote.text

    @property
    def document(self) -> str:
        """The document that says it."""
        return self.quote.document


def said_in(document: str, text: str) -> Iterator[Said]:
    """The sentences of a text that can be asked about."""
    for span in sentences(text):
        if span.kind not in ("prose", "item"):
            continue
        sentence = re.sub(r"^[-*•]\s+|^\d+[.)]\s+", "", text[span.start : span.end])
        if len(sentence) > _MOST_CHARACTERS or "|" in sentence:
            continue
        if not SHORTEST <= len(sentence.split()) <= LONGEST:
            continue
        flat = " ".join(sentence.split())
        if is_self_contained(flat) and not flat.endswith(("?", ":")):
            yield Said(Quote(document, flat, (span.start, span.end)), tuple(names_in(flat)))


def items_of(said: Said) -> Iterator[Item]:
    """All items of one sentence."""
    yield from _definitions(said)
    yield from _people(said)
    if said.names:
        yield from _counts(said)
        yield from _shares(said)
        yield from _years(said)


def _topic(said: Said, without: str, near: int) -> tuple[str, tuple[str, ...]]:
    """The words that say what is asked about: names, then the words nearest to the answer."""
    hidden = {word.lower() for word in re.findall(r"\w+", without)}
    hidden |= {word.lower() for word in re.findall(r"[\w'’-]+", without)}
    names = tuple(n for n in said.names if not hidden & {w.lower() for w in n.split()})[:3]
    named = {word.lower() for name in names for word in name.split()}
    words = []
    for match in re.finditer(r"[^\W\d_][\w'’-]*", said.text):
        word = match.group()
        plain = re.sub(r"['’]s$", "", word.lower())
        if _tells(word) and plain not in hidden | named:
            opens = len(said.text[: match.start()].split()) < OPENING
            away = _CLAUSE.search(said.text[min(match.start(), near) : max(match.start(), near)])
            far = (away is not None, abs(match.start() - near))
            words.append((far, match.start(), word, opens))
    room = _room(said, names)
    words.sort()
    kept = words[: max(2, room - 2)]
    kept += [each for each in words if each[3] and each not in kept][: max(0, room - len(kept))]
    chosen = [each[1:3] for each in kept]
    places = [(said.text.find(name), name) for name in names]
    ordered = sorted([*places, *chosen])
    return joined(text for _, text in ordered), names


def _tells(word: str) -> bool:
    """Whether a word helps to say what is asked about: no adverb, no measure."""
    plain = word.lower()
    return bool(content_words(word)) and plain not in _MEASURES and not plain.endswith("ly")


def _room(said: Said, names: Sequence[str]) -> int:
    """How many words a topic may have beside its names, without giving the sentence away."""
    told = len(set(content_terms(said.text)))
    named = len(set(content_terms(" ".join(names))))
    return max(1, min(MOST_WORDS, int(ROOM * told) - named - 1))


def _counts(said: Said) -> Iterator[Item]:
    found = list(_COUNT.finditer(said.text))
    units = [match["unit"].split()[-1] for match in found]
    for match, unit in zip(found, units, strict=True):
        if units.count(unit) > 1 or unit in _NO_UNITS or YEAR.fullmatch(match["number"]):
            continue
        topic, names = _topic(said, match.group(), match.start())
        number = f"{match['number']}{match['scale'] or ''}"
        yield Item(
            "number", topic, f"number of {match['unit']}", f"{topic}: how many {match['unit']}?",
            ((number,),), (said.quote,), names,
        )  # fmt: skip


def _shares(said: Said) -> Iterator[Item]:
    found = list(_SHARE.finditer(said.text))
    if len(found) != 1:
        return
    number = found[0]["number"]
    topic, names = _topic(said, found[0].group(), found[0].start())
    yield Item(
        "number", topic, "percent", f"{topic}: what percentage?",
        ((f"{number} percent", f"{number}%", f"{number} %"),), (said.quote,),
        names,
    )  # fmt: skip


def _years(said: Said) -> Iterator[Item]:
    found = list(_IN_YEAR.finditer(said.text))
    if len(found) != 1 or len(YEAR.findall(said.text)) != 1:
        return
    match = found[0]
    topic, names = _topic(said, match.group(), match.start())
    yield Item(
        "date", topic, "year", f"In which year: {topic}?", ((match["year"],),),
        (said.quote,), names,
    )  # fmt: skip


def _people(said: Said) -> Iterator[Item]:
    subject = _SUBJECT.match(said.text)
    if subject is not None:
        rest = subject["rest"].rstrip(".")
        cuts = [m.start() for m in _CUT.finditer(rest) if len(rest[: m.start()].split()) >= 3]
        cuts += [m.start() for m in _CUT_LONG.finditer(rest) if len(rest[: m.start()].split()) > 5]
        cuts.sort()
        asked = f"{subject['verb']} {rest[: cuts[0]] if cuts else rest}"
        if len(content_words(asked)) >= 2 and not re.search(r"\b(?:its|one|it)\b", asked):
            topic = joined(re.findall(r"[\w'’-]+", " ".join(content_words(asked))))
            yield _person(said, subject["who"], topic, f"Who {asked}?")
        return
    for match in _BY.finditer(said.text):
        topic, _ = _topic(said, match["who"], match.start())
        others = [name for name in said.names if name not in match["who"] and name in topic]
        crowd = sum(re.fullmatch(PERSON, name) is not None for name in others)
        if len(topic.split()) >= 2 and crowd < 2 and not _HOUSE.search(match["who"]):
            yield _person(said, match["who"], topic, f"By whom: {topic}?")


def _person(said: Said, who: str, topic: str, typed: str) -> Item:
    people = re.findall(PERSON, who)
    names = tuple(name for name in said.names if name not in who and name in topic)
    return Item(
        "name", topic, "by whom" if typed.startswith("By") else "who", typed,
        tuple((each, each.split()[-1]) for each in people[:4]),
        (said.quote,), names,
    )  # fmt: skip


def _definitions(said: Said) -> Iterator[Item]:
    for match in _SHORT.finditer(said.text):
        long = _initials(match["long"], match["short"])
        if long:
            short = match["short"]
            yield Item(
                "definition", short, "full name", f"What does {short} stand for?", ((long,),),
                (said.quote,), (short,),
            )  # fmt: skip
    defined = _IS_A.match(said.text)
    if defined is not None and _is_term(defined["article"] or "", defined["term"]):
        what = defined["what"].split(" ", 1)[1]
        if what.lower() in defined["term"].lower() or what.split()[-1] in _VAGUE:
            return
        yield Item(
            "definition", defined["term"], "what is it", f"What is {defined['term']}?", ((what,),),
            (said.quote,), (defined["term"],),
        )  # fmt: skip


def _is_term(article: str, term: str) -> bool:
    """Whether a subject is worth a definition: a name, or "a" something of two words."""
    if re.search(r"[A-Z0-9]", term[1:]) or (not article and term[0].isupper() and " " in term):
        return True
    return article.startswith("A") and len(content_words(term)) >= 2


def _initials(long: str, short: str) -> str:
    """The end of a phrase whose words begin with the letters of an abbreviation."""
    words = re.split(r"(?<=[ -])", long)
    for start in range(len(words)):
        part = "".join(words[start:]).strip()
        letters = [w[0].upper() for w in re.split(r"[ -]", part) if w]
        if "".join(letters) == short:
            return part
    return ""


def sentences_of(texts: Sequence[tuple[str, str]]) -> list[Said]:
    """All sentences that can be asked about, of all documents."""
    return [said for name, text in texts for said in said_in(name, text)]
