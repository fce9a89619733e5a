"""Near misses that coverage lets pass: circular sentences, makers that a source does not name.

Small models write them: "a kind of learning that combines learning with learning", "a method that
was introduced by Vidal" beside "Vidal recalls that the method was usual".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.checking.missing_facts import Problem
from assistant.text.listed_works import is_names
from assistant.text.terms import STOP_WORDS, stem, words

_MOST_TIMES = 4
"""From how many times on one word in one sentence is a circle, where its source has fewer."""
_VERBS = (
    "introduced|invented|wrote|written|authored|created|founded|published|developed|proposed|coined|"
    "designed|built|discovered|led|produced|owned|made|funded|released|presented|pioneered|directed|"
    "edited|organi[sz]ed|painted|composed"
)
_ONE = r"[A-ZÀ-Þ][\w’'.-]*"
_MADE_BY = re.compile(
    rf"\b(?:{_VERBS})\s+(?:\w+\s+){{0,2}}?by\s+"
    r"(?:(?:the|a|an)\s+)?(?:(?:authors?|makers?|team|researchers?|people)\s+(?:of|at|from|behind)\s+)?"
    rf"(?:the\s+)?(?P<names>{_ONE}(?:(?:\s|,\s|,?\s(?:and|&)\s){_ONE}){{0,24}})"
)
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+")
_BEFORE = re.compile(
    r"\b(?:by|of|from|with|in|at|are|is|was|were|includ\w+|authors?|team|group|between|to)\b"
    rf"[\s:]+(?:(?:the|Dr\.|Prof\.|and|de|van|von|&|,|{_ONE})[\s,]*){{0,40}}$"
)
_AFTER = re.compile(
    rf"(?:[\s,]|\band\b|&|et al\.?|\([^()]{{0,60}}\)|{_ONE})*(?:\w+\s+){{0,3}}?"
    rf"(?:{_VERBS}|shows?|showed|shown|prov(?:es|ed|en)|describ\w+|won|carried|ran|runs|brought|"
    r"offer\w*|announc\w+|sells?|sold|introduces?|invents?|writes?|creates?|publish\w*|develops?|"
    r"proposes?|designs?|builds?|presents?|owns?|makes?|leads?|trained|taught|found|co-?\w+ed)\b"
    r"|['’]s?\b|\s\(\d"
)
"""What stands before or behind the name of a maker."""


def circular(sentence: str, source: str) -> list[Problem]:
    """A sentence that says one word again and again, more often than the sentence it rests on."""
    told = Counter(stem(word for word in words(sentence) if word not in STOP_WORDS))
    if not told:
        return []
    word, times = told.most_common(1)[0]
    if times < _MOST_TIMES or list(stem(words(source))).count(word) >= times:
        return []
    return [Problem("scattered", "it goes round in a circle", is_grave=False)]


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
    for line in re.split(r"(?<=[a-z0-9)”\"][.!?])\s|\n", source):
        at = line.find(name)
        if at >= 0:
            yield line, at
