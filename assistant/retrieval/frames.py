"""What a question says around what it asks: "Do the documents agree about …", "in this context".

Pure. Such words stand in no document: they would only make every passage look wrong. English alone;
a question in another language is left as it is.
"""

from __future__ import annotations

import re

_TEXTS = r"(?:documents?|texts?|files?|sources?|papers?|reports?|articles?|notes?)"
_THESE = rf"(?:the|these|those|all|both|my|our|your)(?: the| of the| two| three)? {_TEXTS}"
_CONFLICTING = (
    "(?:conflicting|contradictory|contradicting|differing|diverging|inconsistent|incompatible)"
)
_AGREE = re.compile(
    rf"^(?:do|does|did|is|are) (?:any of )?(?:{_THESE}|they) (?:all |both )?"
    r"(?:(?:dis)?agree(?:d)?|differ|contradict each other|conflict|consistent|in agreement) "
    r"(?:about|on|over|as to|regarding|concerning|in|with) ",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    rf"^(?:are|is) there (?:any |an? )?{_CONFLICTING} "
    r"(?:figures?|numbers?|statements?|dates?|values?|accounts?|claims?|information|answers?|data) "
    r"(?:for|about|on|of|as to|regarding|concerning) ",
    re.IGNORECASE,
)
_CONFLICT = re.compile(
    rf"^(?:is|are) there (?:an? |any )?(?:conflicts?|contradictions?|disagreements?|differences?)"
    rf"(?: (?:between|among|in) {_THESE})? (?:about|on|over|as to|regarding|concerning) ",
    re.IGNORECASE,
)
_TELLS = re.compile(
    rf"^what (?:do|does|did|else do) (?:{_THESE}|they) "
    r"(?:report|say|tell us|tell|mention|write|state) "
    r"(?:about|of|on) (?:the (?:topic|subject|idea|notion|use) of )?",
    re.IGNORECASE,
)
_WHERE = re.compile(
    rf"^where (?:do|does) (?:{_THESE}|they) (?:use|mention|speak of|speak about|talk about|discuss|"
    r"refer to|make use of)(?: the (?:idea|notion|concept|term|word|method) of)? ",
    re.IGNORECASE,
)
_APPEARS = re.compile(
    rf"^(?P<thing>[^.?!]{{3,80}}?) "
    r"(?:appears?|occurs?|comes? up|(?:is|are) (?:mentioned|named)) in "
    rf"(?:two|three|four|several|many|some|both|\d+)(?: of the| different)? {_TEXTS}\b[.,:;]? ?",
    re.IGNORECASE,
)
_OF_SEVERAL = (_AGREE, _FIGURES, _CONFLICT, _TELLS, _WHERE, _APPEARS)
_STANDS_FOR = re.compile(
    r"\b(what (?:does|did|do|is|was)) the (?:abbreviation|acronym|short form|initials|letters|"
    r"shorthand|term|name) (?=[\"“'‘]?(?-i:[A-Z]))",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(
    r"^(?:please |can you |could you )*(?:explain|tell me|describe|say)(?: to me)? "
    r"(what|who|where|when|why|how) (.{2,80}?) (is|are|was|were|means?)(?= |[.?!]|$)",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"^(?:(?:does|do|did|can|could|would|will) (?:anybody|anyone|somebody|someone|you|we|they|it|"
    rf"{_THESE}) (?:happen to |please |also )?(?:know|tell|tell me|tell us|say|explain|remember)|"
    r"(?:is|was) it (?:known|said|told|clear|stated|explained)|(?:i|we) (?:wonder|want to know|"
    r"would like to know|need to know)|i(?:'|’)d like to know|(?:do you have |have you )?any idea)"
    r",? (?=(?:what|who|whom|whose|where|when|why|how|which)\b)",
    re.IGNORECASE,
)
"""Asks by asking who knows: "Does anybody know why …?"."""
_MEANT = re.compile(
    r"^what (?P<verb>is|was|are|were) (?:meant|understood|referred to) (?:by|with|under) "
    r"(?:(?:the|an?) (?:word|term|phrase|expression|notion|name) )?",
    re.IGNORECASE,
)
_REAL_NAME = re.compile(
    r"^what(?P<verb>['’]s| is| was) "
    r"(?:(?P<owner>[^.?!]{2,60}?)['’]s? (?:real|actual|true|full) name|"
    r"the (?:real|actual|true|full) name of (?P<bearer>[^.?!]{2,60}?))(?=[ .?!]|$)",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"^(?P<word>what|who) (?P<verb>does|do|did) (?P<thing>[^.?!]{2,80}?) (?:(?:claim|profess|"
    r"purport|pretend|seem|appear|prove|happen)|turn out) to be(?=[ .?!]|$)",
    re.IGNORECASE,
)
_IS = {"does": "is", "do": "are", "did": "was"}
_ASIDE = re.compile(
    rf",? ?\b(?:in this context|in the present context|here and now|in your own words|in simple "
    rf"terms|in plain words|according to {_THESE}|as far as {_THESE} (?:say|go|know)|"
    rf"as (?:mentioned|described|stated|given|named|reported) in {_THESE}|in {_THESE})"
    r"(?=[ ,.?!]|$)",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"(?:^|,? )\b(?:as (?:mentioned|described|stated|given|named|reported|announced|outlined) in|"
    r"according to|in|during|throughout|as of|at the time of) (?:his|her|their|the|this|that|my)"
    r"(?: [\w-]{1,30}){0,5}? (?:speech|address|remarks|statement|talk|lecture|keynote|sermon|"
    r"testimony|interview|announcement)(?=[,.?!]|$)",
    re.IGNORECASE,
)
"""Where it was said: "in her address". It helps to find the text, which does not repeat it."""
_CAME_AFTER = re.compile(
    r"\bc[ao]mes? after(?= (?:the )?(?-i:[A-Z])[^?]{2,40} as\b)", re.IGNORECASE
)
"""Says of an office what texts call to succeed."""
_FILLER = re.compile(
    r",? (?:exactly|precisely|actually|really|again|anyway|then)(?=\s{0,3}[?.!]{1,3}$)",
    re.IGNORECASE,
)
"""The last word of "What does it do exactly?", which no text has to hold."""
_SIGN = re.compile(
    r"^(?:is|was|are) there (?:any |an? )?(?:signs?|evidence|indications?|proof|hints?) "
    r"(?:that|of|for) ",
    re.IGNORECASE,
)
_OLDEN = re.compile(
    r"^(?:in the old days|back then|in those days|in former times),? ", re.IGNORECASE
)


_MUST = re.compile(r"\b(what|how|which [\w-]{1,20}) must (I|we|you|one|they)\b", re.IGNORECASE)
"""Asks what to do: "must" is no word that the answer would hold."""


def without_frame(text: str) -> str:
    """The question itself; the whole text where nothing would be left."""
    bare = _STANDS_FOR.sub(r"\1 ", text)
    bare = _MUST.sub(r"\1 should \2", bare, count=1)
    bare = _CAME_AFTER.sub("succeeded", bare)
    bare = _EXPLAIN.sub(_turned, bare, count=1)
    bare = _KNOWN.sub("", bare, count=1)
    bare = _MEANT.sub(r"What \g<verb> ", bare, count=1)
    bare = _CLAIMED.sub(_is_said, bare, count=1)
    bare = _REAL_NAME.sub(_is_who, bare, count=1)
    bare = _FILLER.sub("", _ASIDE.sub(" ", bare))
    bare = _FIGURES.sub("What is the number of ", bare, count=1)
    for pattern in (_AGREE, _CONFLICT):
        bare = pattern.sub("What is ", bare, count=1)
    appears = _APPEARS.match(bare)
    bare = f"{appears['thing']} {bare[appears.end() :]}" if appears is not None else bare
    for pattern in (_TELLS, _WHERE, _SIGN, _OLDEN):
        bare = pattern.sub("", bare, count=1)
    bare = " ".join(bare.split()).lstrip(" ,;:")
    return bare if sum(map(str.isalnum, bare)) > 3 else text


def without_venue(text: str) -> str:
    """The question without the words that say in which speech or talk something was said; the whole
    text where nothing would be left."""
    bare = flowing(_VENUE.sub(" ", text))
    return bare if sum(map(str.isalnum, bare)) > 3 else text


def flowing(text: str) -> str:
    """The text with single blanks and none before a mark, after words were taken out."""
    return re.sub(r" (?=[,.?!])", "", " ".join(text.split())).lstrip(" ,;:")


def asks_each_document(text: str) -> bool:
    """Whether a question is what several documents say, or whether they say the same."""
    return any(pattern.match(text) for pattern in _OF_SEVERAL)


def _is_said(match: re.Match[str]) -> str:
    """ "What does the mill claim to be?" asks "What is the mill?"."""
    return f"{match['word']} {_IS[match['verb'].lower()]} {match['thing']}"


def _is_who(match: re.Match[str]) -> str:
    """ "What is Mola's real name?" asks "Who is Mola?"."""
    verb = "was" if match["verb"].strip() == "was" else "is"
    return f"Who {verb} {match['owner'] or match['bearer']}"


def _turned(match: re.Match[str]) -> str:
    """ "explain what a mill is" asks "what is a mill"."""
    word, thing, verb = match.groups()
    return f"{word} does {thing} mean" if verb.startswith("mean") else f"{word} {verb} {thing}"
