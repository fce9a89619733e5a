"""Questions that a list may answer as a whole, and the lines that announce such a list. Pure.

"Which platforms …?", "What should I do if …?" and "Why …?" are no questions for a list by their
words, and the documents often answer them by one: "The platforms are:", "For two reasons:".
"""

from __future__ import annotations

import re

from assistant.retrieval.question import Question

_ASKED = {
    "en": (
        r"\bwhat (?:else )?(?:should|must|shall|has|have|needs?|is|are|am|ought)\b"
        r"(?: (?!be\b)[\w'’-]+){0,6}? (?:to do|do|be done|done)\b|"
        r"\bwhat (?:do|does|did) (?:[\w'’-]+ ){1,5}(?:have|need|ought) to do\b|"
        r"\bwhat (?:can|could|do) (?:I|we|you|one|people)\b(?: [\w'’-]+){0,2}? do\b"
        r"(?! for a living)|\bin (?:what|which) order (?:do|does|should|must|are|is)\b"
    ),
    "de": (
        r"\bwas (?:muss|müssen|soll\w*|ist|kann|tue|mache|habe|hat)\b.*"
        r"\b(?:tun|machen|getan|gemacht)\b"
    ),
    "fr": (
        r"\bque (?:dois|doit|devons|devez|faut|peut|puis)\b.*\bfaire\b|\bque faire\b|"
        r"\bqu['’](?:est-ce que|est-ce qu).*\bfaire\b"
    ),
    "es": (
        r"\bqué (?:debo|debe|debemos|deben|hay que|tengo que|tiene que|puedo)\b.*\bhacer\b|"
        r"\bqué hacer\b"
    ),
    "it": (
        r"\b(?:che )?cosa (?:devo|deve|dobbiamo|devono|bisogna|posso|si deve)\b.*\bfare\b|"
        r"\bcosa fare\b"
    ),
    "nl": r"\bwat (?:moet|moeten|kan|mag|dient)\b.*\b(?:doen|gedaan|gebeuren)\b",
    "pt": (
        r"\b(?:o )?que (?:devo|deve|devemos|devem|tenho de|tenho que|é preciso|posso)\b.*"
        r"\bfazer\b"
    ),
}
_ASKS = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in _ASKED.items()}
_DUTY = re.compile(
    r"\b(?:should|shall|must|ha(?:s|ve) to|needs? to|need not|ought to|(?:is|are) (?:required|"
    r"obliged|advised|asked|expected) to|do not|don['’]t|muss|müssen|soll(?:en|te|ten)?|"
    r"(?:ist|sind) zu|doit|doivent|devez|il faut|deben?|hay que|deve|devono|devem|bisogna|moet|"
    r"moeten|dient)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\b(?:which|what)(?: [\w-]+)? (?!does|was|is|has)[\w-]{2,}[^s\W]s\b(?!['’]| (?:the|an?|this|"
    r"that|these|those|his|her|its|their|my|your|our|today|it|them|him|me|us|you|into|up|down|off|on|"
    r"to the|to an?|from the)\b)",
    re.IGNORECASE,
)
"""A plural; "which key opens the door" has a verb there."""
_THERE_ARE = re.compile(
    r" (?:are|is|were|was) there\b| (?:do|does|did|can|could) [^?]{1,80}? (?:have|offer|provide|"
    r"sell|choose|get|buy|exist|include|know|support|distinguish)\b| (?:has|have|exist)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\bwhat (?:are|were) (?:(?:the|some|all|your|our|its|their|his|her|these|those) )?"
    r"(?:[\w-]+ ){0,4}?[\w-]{2,}[^s\Wui]s\b",
    re.IGNORECASE,
)
_REASONS = re.compile(
    r"\b(?:reasons?|because|causes?|gründe|grund|weil|raisons?|razones|motivi|redenen|razões)\b"
    r"[^.!?:]{0,60}[:：]\W*$",
    re.IGNORECASE,
)
_LIST_WORD = re.compile(
    r"\b(?:check-?lists?|lists?|steps|rules|tasks|things|points|measures|actions|requirements|"
    r"procedure|procedures|instructions)\b",
    re.IGNORECASE,
)


_ASKS_CONTENTS = re.compile(
    r"\bwhat (?:else )?(?:should|must|shall|may|can|do|does|has to|have to|needs? to|will) "
    r"[^?]{0,80}?\b(?:go in(?:to)?|be in|include|contain|state|list|mention|cover|consist|comprise|"
    r"have|hold|bring|take|pack|need|wear|provide|submit|enclose|attach|show|buy|supply|get)\b",
    re.IGNORECASE,
)
_TELLS_CONTENTS = re.compile(
    r"\b(?:includ\w+|contain\w*|consist\w*|compris\w+|cover\w*|stat\w+|bring|take|pack|need\w*|"
    r"wear|provid\w+|suppl\w+|buy|purchas\w+|submit\w*|enclos\w+|attach\w*|following|"
    r"as follows|require\w*|must|should)\b",
    re.IGNORECASE,
)


def tells_contents_below(question: Question, line: str, held: float) -> bool:
    """Whether a line above a list says what belongs into something, and the question asks for that:
    "The report should include:". ``held`` is the share of the question that the line holds."""
    is_told = held > 0.0 and _TELLS_CONTENTS.search(line) is not None
    return is_told and asks_for_contents(question)


def asks_for_contents(question: Question) -> bool:
    """Whether a question asks what belongs into or to something: "What does each child need?"."""
    return question.language == "en" and _ASKS_CONTENTS.search(question.text) is not None


def asks_what_to_do(question: Question) -> bool:
    """Whether a question asks what somebody should do, in one of seven languages."""
    asks = _ASKS.get(question.language or "en")
    return asks is not None and asks.search(question.text) is not None


def says_what_to_do(text: str) -> bool:
    """Whether a sentence says that something has to be done, or must not be."""
    return _DUTY.search(text) is not None


def asks_for_several(question: Question) -> bool:
    """Whether the thing that "which" or "what" asks for is a plural."""
    return _PLURAL.search(question.text) is not None


def thing_of_several(question: Question) -> frozenset[str]:
    """The term of the plural of which it is asked, in English, which there are: "Which memberships
    does it have?"; none where it is asked which of them do something."""
    found = _PLURAL.search(question.text)
    if found is None or not _THERE_ARE.match(question.text[found.end() :]):
        return frozenset()
    last = found[0].split()[-1]
    return frozenset(question.reads(last)) & question.weights.keys()


def asks_for_things(question: Question) -> bool:
    """Whether it asks what several things are: "What are the measures of the town?"."""
    return asks_for_several(question) or _THINGS.search(question.text) is not None


def ends_in_colon(text: str) -> bool:
    """Whether a line announces what stands below it."""
    return text.rstrip("*_ ").endswith((":", "："))


def tells_reasons_below(question: Question, line: str) -> bool:
    """Whether a line announces the reasons that are asked for: "It is better, for two reasons:"."""
    return question.kinds[0] == "reason" and _REASONS.search(line[-160:]) is not None


def names_a_list(line: str) -> bool:
    """Whether a sentence says that it stands above a list of things to do."""
    return _LIST_WORD.search(line) is not None
