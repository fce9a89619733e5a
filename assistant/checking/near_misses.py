"""Near misses that coverage lets pass: circular sentences, makers that a source does not name.

Small models write them: "a kind of learning that combines learning with learning", "a method that
was introduced by Vidal" beside "Vidal recalls that the method was usual".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.altered_degrees import altered_degree
from assistant.checking.missing_facts import Problem
from assistant.checking.polarity import clause_of
from assistant.text.facts import facts_of
from assistant.text.folding import fold
from assistant.text.listed_works import is_names
from assistant.text.sentences import sentences
from assistant.text.terms import STOP_WORDS, stem, words

_MOST_TIMES = 4
"""From how many times on one word in one sentence is a circle, where its source has fewer."""
_VERBS = (
    "introduced|invented|wrote|written|authored|created|founded|published|developed|proposed|coined|"
    "designed|built|discovered|led|produced|owned|made|funded|released|presented|pioneered|directed|"
    "edited|organi[sz]ed|painted|composed"
)
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
_ONE = r"[A-ZÀ-Þ][\w’'.-]*+"
_SHORT = 12
"""Content words of a clause in which two words together are not said twice without need."""
_MADE_BY = re.compile(
    rf"\b(?:{_VERBS})\s+(?:\w+\s+){{0,2}}?by\s+"
    r"(?:(?:the|a|an)\s+)?(?:(?:authors?|makers?|team|researchers?|people)\s+(?:of|at|from|behind)\s+)?"
    rf"(?:the\s+)?(?P<names>{_ONE}(?:(?:\s|,\s|,?\s(?:and|&)\s){_ONE}){{0,24}})"
)
_CLAUSES = re.compile(r"[;:]\s|,?\s(?:and|while|whereas|but)\s")
_PLANS = re.compile(
    r"\b(?:planned|planning|would have|should have|was to have|were to have|intended)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:show(?:s|ed|n)?|found|finds?|prov(?:es|ed)|reports?|reported|argue[sd]?|claim(?:s|ed)?|"
    r"said|says?|observ\w+|demonstrat\w+|conclud\w+|discover\w+|suggest\w*|believ\w+|not\w*)\s+that\b"
)
_SPEAK = (
    "claim|say|argu|suggest|stat|assert|propos|conclud|show|prov|believ|report|find|recommend|mean|"
    "impl|maintain|hold|demonstrat|propos|think|insist"
)
_SAYS = re.compile(rf"\b(?:{_SPEAK})\w*(?:\s+that)?\b|\b(?:said|found|held|thought|meant)\b", re.I)
_SAYS_NOT = re.compile(
    rf"\b(?:not|never|\w+n['’]t|nor|nowhere|neither)\s+(?:\w+ly\s+)?(?:{_SPEAK})\w*(?:\s+that)?\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?P<number>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+"
    r"(?:[a-z]+\s+)?(?:on|of the|more|new|other)\s+(?P<thing>[a-z]{3,})\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+")
_BEFORE = re.compile(
    r"\b(?:by|of|from|with|in|at|are|is|was|were|includ\w+|authors?|team|group|between|to)\b"
    rf"[\s:]+(?:(?:the|Dr\.|Prof\.|and|de|van|von|&|,|{_ONE})[\s,]*){{0,40}}$"
)
_AFTER = re.compile(
    rf"(?:[\s,]|\band\b|&|et al\.?|\([^()]{{0,60}}\)|{_ONE})*+(?:\w+\s+){{0,3}}?"
    rf"(?:{_VERBS}|shows?|showed|shown|prov(?:es|ed|en)|describ\w+|won|carried|ran|runs|brought|"
    r"offer\w*|announc\w+|sells?|sold|introduces?|invents?|writes?|creates?|publish\w*|develops?|"
    r"proposes?|designs?|builds?|presents?|owns?|makes?|leads?|trained|taught|found|co-?\w+ed)\b"
    r"|['’]s?\b|\s\(\d"
)
"""What stands before or behind the name of a maker."""


def near_misses(
    sentence: str, names: Sequence[str], best: str, sources: Sequence[str]
) -> list[Problem]:
    """All of these; ``best`` is the source's sentence that is most about the same."""
    return [
        *circular(sentence, best),
        *invented_makers(sentence, sources),
        *only_planned(sentence, names, sources),
        *wrong_speaker(sentence, sources),
        *wrong_counts(sentence, sources),
        *denied_report(sentence, sources),
        *bare_denial(sentence, best),
        *altered_degree(sentence, best),
    ]


def circular(sentence: str, source: str) -> list[Problem]:
    """A sentence that says one word four times or two words thrice, or a short clause two words
    twice, more often than the sentence it rests on."""
    there = Counter(stem(words(source)))
    told = _content(sentence)
    units: Counter[tuple[str, ...]] = Counter(
        {(word,): n for word, n in Counter(told).items() if n >= _MOST_TIMES}
    )
    units.update({pair: n for pair, n in Counter(pairwise(told)).items() if n > 2})
    for clause in map(_content, _CLAUSES.split(sentence)):
        if len(clause) <= _SHORT:
            units.update({pair: n for pair, n in Counter(pairwise(clause)).items() if n > 1})
    if any(min(there[word] for word in unit) < times for unit, times in units.items()):
        return [Problem("scattered", "it goes round in a circle", is_grave=False)]
    return []


def _content(text: str) -> list[str]:
    return list(stem(word for word in words(text) if word not in STOP_WORDS))


def only_planned(sentence: str, names: Sequence[str], sources: Sequence[str]) -> list[Problem]:
    """A name that the sources have only in what was planned or would have been."""
    if _PLANS.search(sentence):
        return []
    for name in names:
        said = [
            part
            for source in sources
            for line, _ in _around(name, source)
            for part in re.split(r"[;(]|\bbecause\b", line)
            if name in part
        ]
        if said and all(_PLANS.search(part) for part in said):
            text = f"the source has {name} only in what was planned"
            return [Problem("stronger", text, is_grave=False)]
    return []


def wrong_speaker(sentence: str, sources: Sequence[str]) -> list[Problem]:
    """Words reported of somebody ("X showed that …") that a source reports of somebody else."""
    told = _REPORTS.search(sentence)
    if told is None:
        return []
    names = [n for n in _NAME.findall(sentence[: told.start()]) if fold(n) not in STOP_WORDS]
    said = set(_content(sentence[told.end() :]))
    lines = [source[span.start : span.end] for source in sources for span in sentences(source)]
    best = max(lines, key=lambda line: len(said & set(stem(words(line)))), default="")
    other = _REPORTS.search(best)
    if not names or other is None or not set(names).isdisjoint(_NAME.findall(best)):
        return []
    if not _NAME.search(best[max(0, other.start() - 40) : other.start()]):
        return []
    text = "the source reports it of somebody else"
    return [Problem("roles", text, is_grave=False)]


def denied_report(sentence: str, sources: Sequence[str]) -> list[Problem]:
    """What somebody says in the sentence ("they suggest that …") and does not say in a source."""
    told = _SAYS.search(sentence)
    if told is None or _SAYS_NOT.search(sentence):
        return []
    said = set(_content(sentence[told.end() :]))
    for source in sources:
        for span in sentences(source):
            line = source[span.start : span.end]
            denied = _SAYS_NOT.search(line)
            if denied is None:
                continue
            there = set(_content(line[denied.end() :]))
            if said and 2 * len(said & there) >= len(said):
                text = f"the source says “{' '.join(line[denied.start() : denied.end()].split())}”"
                return [Problem("negation", text, is_grave=True)]
    return []


def wrong_counts(sentence: str, sources: Sequence[str]) -> list[Problem]:
    """A count of things ("one on graphs") of which the sources give another ("three on graphs")."""
    there: dict[str, set[float]] = {}
    for source in sources:
        for thing, value in _counted(source):
            there.setdefault(thing, set()).add(value)
    for thing, value in _counted(sentence):
        if there.get(thing) and value not in there[thing]:
            text = f"the source counts {thing} otherwise"
            return [Problem("number", text, is_grave=False)]
    return []


def _counted(text: str) -> Iterator[tuple[str, float]]:
    for match in _COUNT.finditer(text):
        numbers = facts_of(match["number"], with_names=False).numbers
        if numbers:
            yield stem([match["thing"].lower()])[0], numbers[0].values[0]


def _is_denied_twice(sentence: str, source: str) -> bool:
    """Whether a word has a denying prefix before a word of the source: "isn't inaccurate"."""
    there = set(stem(words(source)))
    own = words(sentence)
    bare = (word.removeprefix(p) for word in own for p in _PREFIXES if word.startswith(p))
    return "non" in own or any(len(word) > 2 and word in there for word in stem(bare))


def bare_denial(sentence: str, best: str) -> list[Problem]:
    """A denial where the source's sentence denies nothing and says no opposite."""
    own, source = clause_of(sentence), clause_of(best)
    if _is_denied_twice(sentence, best):
        return []
    if not own.scopes or source.scopes:
        return []
    opposite = any(term.is_denied or "|" in r.key for term in source.terms for r in term.readings)
    if opposite:
        return []
    return [Problem("negation", "the source denies nothing of this", is_grave=False)]


def invented_makers(sentence: str, sources: Sequence[str]) -> list[Problem]:
    """The names of "introduced by X" where no sentence of a source makes X the maker of anything.

    Only sources that name X are asked: a name that is nowhere is missing already.
    """
    problems = []
    for name in _makers(sentence):
        said = [around for source in sources for around in _around(name, source)]
        if said and not any(is_names(line) or _makes(line, at, name) for line, at in said):
            text = f"the source does not say that {name} made anything"
            problems.append(Problem("roles", text, is_grave=False))
    return problems


def _makers(sentence: str) -> Iterator[str]:
    for match in _MADE_BY.finditer(sentence):
        yield from dict.fromkeys(_NAME.findall(match["names"]))


def _makes(line: str, at: int, name: str) -> bool:
    return bool(_BEFORE.search(line, 0, at) or _AFTER.match(line, at + len(name)))


def _around(name: str, source: str) -> Iterator[tuple[str, int]]:
    """The sentences with a name, and where it stands in them."""
    for span in sentences(source):
        line = source[span.start : span.end]
        at = line.find(name)
        if at >= 0:
            yield line, at
