"""The sentences of a model's answer → claims, and the verdict on each.

An item of a list claims what its lead-in says of it ("The authors of X are:", "- Mingyi Hong"), a
row of a table what its header says. Such a claim is checked as a whole, and only a sentence that
states something by itself can be verbatim. A sentence without a citation gets the passage that
supports it, by the same thresholds as every other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.checking.bound import loosely_bound
from assistant.checking.verdicts import GOOD
from assistant.checking.verifier import Verification, Verifier, needs_citation
from assistant.citing.stream import CitedSentence
from assistant.text.facts import facts_of, is_checked
from assistant.text.terms import STOP_WORDS, stem, words
from assistant.types import Passage

_SAYS_NOTHING = frozenset(
    stem(
        """following follow below above passage passages document documents source sources text
        texts excerpt context answer answers question fact facts list lists listed point points
        key main important item items example examples detail details information summary according
        based
        given provided state states say says mention mentions mentioned include includes including
        describe describes find found several some various way ways step steps reason reasons thing
        things note notes also one two three four five six seven eight nine ten sentence sentences
        statement statements true correct short brief overall yes sure course""".split()
    )
)
"""A lead-in of these words alone adds nothing to its items."""
_COUNTED = re.compile(
    r"\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|following|several)\s+(?=\w)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:never|not|no|none|nothing|false|untrue|wrong|incorrect|myths?|without|neither|cannot|"
    r"\w+n['’]t|denie[sd]|refuted?|contrary|opposite|excluded?)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"[\s*_\"“(]*(?:(?:however|also|instead|moreover|furthermore|thus|therefore|in addition|"
    r"additionally|then|so|and|but),?\s+)?(?:it|they|he|she|this|these|its|their|his|her|such|that|those|both)\b",
    re.I,
)
_FRAGMENT = 4
"""Content words of a sentence about "it" without any name or number that are no statement yet."""
_EDGES = " \t*_:|"


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """What a sentence states: its own words, and what stands above it and belongs to it.

    ``denies``: the lead-in says that its items are not so. ``is_header``: a table's first row,
    which states nothing.
    """

    text: str
    lead_in: str = ""
    denies: bool = False
    is_header: bool = False

    @property
    def whole(self) -> str:
        """The claim in one line."""
        return f"{self.lead_in} {self.text}" if self.lead_in else self.text


def claim_of(sentences: Sequence[CitedSentence], at: int) -> StatedClaim:
    """What the sentence at a place claims, with its lead-in or its table's header."""
    own = sentences[at]
    if own.kind == "table":
        first = at
        while first and sentences[first - 1].kind == "table":
            first -= 1
        if first == at:
            return StatedClaim(own.text, is_header=True)
        return StatedClaim(_cells(own.text), lead_in=_cells(sentences[first].text))
    if own.kind not in ("item", "label"):
        return StatedClaim(own.text)
    for before in range(at - 1, -1, -1):
        told = sentences[before].text.rstrip(" *_")
        if told.endswith(":"):
            lead_in = _COUNTED.sub("", told.strip(_EDGES))
            denies = _DENIES.search(lead_in) is not None
            content = set(stem(word for word in words(lead_in) if word not in STOP_WORDS))
            if content <= _SAYS_NOTHING and not denies:
                return StatedClaim(own.text)
            return StatedClaim(own.text, lead_in, denies)
        if sentences[before].kind not in ("item", "label"):
            break
    return StatedClaim(own.text)


def _is_answer(sentences: Sequence[CitedSentence]) -> bool:
    """Whether an answer begins with a short line that holds a fact: "Scottsdale, Arizona"."""
    if len(sentences) != 1 or sentences[0].kind not in ("label", "heading"):
        return False
    facts = facts_of(f"It is {sentences[0].text}")
    return bool(facts.names or facts.dates or facts.numbers)


def states_anything(line: CitedSentence) -> bool:
    """Whether a line of an answer without any sentence holds words to be checked."""
    bare = line.text.strip().rstrip("*_ ")
    if line.kind == "code" or bare.endswith((":", "?")) or not needs_citation(f"x y {bare}"):
        return False
    return any(word not in STOP_WORDS for word in words(bare))


def _is_fragment(text: str) -> bool:
    """Whether a sentence about "it" has too few words for its source to be told from others."""
    facts = facts_of(text)
    content = {word for word in words(text) if word not in STOP_WORDS}
    has_facts = facts.names or facts.dates or facts.quotes or any(map(is_checked, facts.numbers))
    return len(content) <= _FRAGMENT and not has_facts


def _cells(row: str) -> str:
    return ", ".join(cell.strip() for cell in row.strip(_EDGES).split("|") if cell.strip())


def _around(passages: Sequence[Passage]) -> str:
    return " ".join(part for p in passages for part in (p.title, *p.heading_path, p.context))


class ClaimChecker:
    """Checks the claims of one answer against the passages that its model was given."""

    def __init__(self, passages: Sequence[Passage], verifier: Verifier) -> None:
        self._passages = passages
        self._verifier = verifier

    def needs_citation(self, sentences: Sequence[CitedSentence], at: int) -> bool:
        """Whether a sentence makes a statement that needs a source."""
        own = sentences[at]
        return needs_citation(own.text, own.kind) and not claim_of(sentences, at).is_header

    def find(self, sentences: Sequence[CitedSentence]) -> tuple[int, ...]:
        """The passage, from 1, that supports the last of some sentences; none where none does.

        A sentence that leans on the one before ("It …") rests on the passage of that one or on
        nothing: what "it" is, other passages do not know.
        """
        at = len(sentences) - 1
        own = sentences[at]
        if own.kind == "table" or not (self.needs_citation(sentences, at) or _is_answer(sentences)):
            return ()
        numbers: Sequence[int] = range(1, len(self._passages) + 1)
        if _LEANS.match(own.text):
            numbers = sentences[at - 1].passages if at else ()
        best, found = (-1, 0.0), 0
        for number in numbers:
            cited = replace(own, passages=(number,))
            check = self.check((*sentences[:at], cited), at, is_found=True)
            rank = (1 if check.verdict == "verbatim" else 0, check.score)
            if check.verdict in GOOD and rank > best:
                best, found = rank, number
        return (found,) if found else ()

    def check(
        self, sentences: Sequence[CitedSentence], at: int, *, is_found: bool = False
    ) -> Verification:
        """The verdict on a sentence with what it cites.

        One that leans on the sentence before ("However, it …") is no better than weak where that
        one is not supported: what "it" is, nobody has shown. With ``is_found`` it is only asked
        which passage the sentence is about: its words need not stand in one sentence.
        """
        own = sentences[at]
        check = self.verify(claim_of(sentences, at), own.passages)
        if check.verdict == "supported" and not is_found:
            said = sentences[at - 1].text if at else ""
            check = self._bound(claim_of(sentences, at), own.passages, check, said)
        if check.verdict not in GOOD or not _LEANS.match(own.text):
            return check
        if check.verdict == "supported" and _is_fragment(own.text):
            told = "it says too little by itself to be checked"
            return replace(check, verdict="weak", problems=(*check.problems, told))
        if not at:
            return check
        before = self.check(sentences[:at], at - 1)
        if before.verdict in GOOD or not needs_citation(sentences[at - 1].text):
            return check
        told = f"it leans on a sentence that is {before.verdict}"
        return replace(check, verdict="weak", problems=(*check.problems, told))

    def _bound(
        self, claim: StatedClaim, numbers: Sequence[int], check: Verification, before: str
    ) -> Verification:
        """A supported claim, weak where no sentence of its sources says most of it."""
        cited = [self._passages[number - 1] for number in numbers]
        texts = [passage.text for passage in cited]
        coverage = self._verifier.examine(claim.text, texts)[-1]
        told = loosely_bound(claim.text, texts, coverage, _around(cited), before)
        if not told or self._verifier.verify(claim.text, texts).verdict == "verbatim":
            return check  # an item that stands in the source, with a lead-in of the model's
        return replace(check, verdict="weak", problems=(*check.problems, told))

    def verify(self, claim: StatedClaim, numbers: Sequence[int]) -> Verification:
        """The verdict on a claim that cites these passages."""
        cited = [self._passages[number - 1] for number in numbers]
        around = _around(cited)
        texts = [passage.text for passage in cited]
        own = self._verifier.verify(claim.text, texts, around)
        if not claim.lead_in or not cited:
            return own
        whole = self._verifier.verify(claim.whole, texts, around)
        if claim.denies and own.verdict in GOOD:
            told = f"“{claim.lead_in}” denies what the source says"
            return replace(own, verdict="unsupported", problems=(told, *own.problems))
        if whole.verdict in GOOD:
            return replace(whole, verdict="supported", start=own.start, end=own.end)
        if own.verdict in GOOD or own.verdict == "weak" or whole.verdict == "weak":
            problems = whole.problems or (f"the source does not say so of “{claim.lead_in}”",)
            return replace(own, verdict="weak", problems=problems)
        return whole
