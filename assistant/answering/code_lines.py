"""Lines for machines and lawyers beside prose: commands, code, links, changes, copyrights. Pure.

"What does nest-tool repair?" is not told by "pip install nest-tool", though that holds the rare
word. Such lines answer where a way, a value, or the thing that they are is asked for.
"""

from __future__ import annotations

import re

from assistant.answering.turning_sentences import asks_yes_or_no
from assistant.retrieval.question import Question

_CODE = re.compile(
    r"^[\s`]{0,8}(?:\$ \S|>>> |R> |(?:> ?)?[\w.]{1,60} <- [A-Za-z(]|"
    r"(?:sudo )?(?:python3? -m )?(?:pip3?|pipx|npm|pnpm|yarn|conda|brew|"
    r"apt|apt-get|poetry|uv|uvx|cargo|gem|docker|git|dnf) (?:[a-z-]{1,12} )?\S|"
    r"(?:from [\w.]{1,60} )?import [\w.{*]|def \w{1,60}\(|class \w{1,60}[(:]|\"{3}|'{3}|"
    r"@\w[\w.]{0,60}(?:\(|\s*\n)|\w{1,60} = [\w.]{1,60}[(\[]|"
    r"#[^\n]{1,200}\n\s{1,16}\w{1,60}(?: = |[.(]))"
)
_STATEMENT = re.compile(r"\|[^|]{0,200}[=()][^|]{0,200}[;{}]\s{0,4}(?=\||$)")
"""A cell of code: a listing with numbered lines is read as a table out of a PDF."""
_HOW = r"how(?! (?:many|much|long|old|far|big|large|often|high)\b)"
_ASKS_FOR_CODE = re.compile(
    rf"\b(?:{_HOW}|code|commands?|options?|flags?|"
    r"examples?|syntax|install\w{0,6}|writ\w{1,5}|call\w{0,3}|"
    r"imports?|imported|us(?:e|ed|es|ing)|runs?|running|snippets?|functions?|methods?|class|classes|"
    r"arguments?|parameters?|prints?|returns?|outputs?|lines?|types?|keys?|values?|sets?|settings?|"
    r"config\w{0,12}|looks?|shows?|variables?|fields?|quer(?:y|ies)|statements?|expressions?|"
    r"scripts?|tests?|modules?|packages?|version|default|errors?)\b|[(){}<>=$\\]|(?<!\w)--?\w",
    re.IGNORECASE,
)
_ASKS_TO_SEE = re.compile(
    rf"\b(?:{_HOW}|code|commands?|examples?|syntax|"
    r"snippets?|show\w*|options?|flags?|install\w*|lines?|"
    r"scripts?|write|call|import)\b|[(){}<>=$\\]|(?<!\w)--?\w",
    re.IGNORECASE,
)
"""What a question of yes or no must have for code to answer it: "Is there a command for …?"."""
_COPYRIGHT = re.compile(r"^\W{0,4}(?:copyright\b|©|\(c\) )", re.IGNORECASE)
_ASKS_FOR_RIGHTS = re.compile(
    r"\b(?:who|whose|when|copyright\w{0,4}|licen[cs]\w{0,4}|owns?|owners?|rights?|holders?)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"[(,] ?#\d{1,7}\)?\.?$")
_ASKS_FOR_CHANGES = re.compile(
    r"\b(?:when|version|release[ds]?|chang\w{1,5}|fix\w{0,4}|drop\w{0,4}|add\w{0,3}|remov\w{1,4}|bugs?|"
    r"issues?|support\w{0,4}|new|since|\d+)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"^[\W\d]{0,8}\[([^\[\]]{1,80})\]\([^()\s]{1,400}\)\W{0,3}$")
_ASKS_FOR_LINKS = re.compile(
    r"\b(?:where|links?|url|address|page|pages|website|site|documentation|docs|list\w{0,2})\b",
    re.IGNORECASE,
)


def is_code(text: str, kind: str) -> bool:
    """Whether a line is code or a command, marked as such or by its first word."""
    is_listed = kind == "table" and _STATEMENT.search(text) is not None
    return kind == "code" or is_listed or _CODE.match(text) is not None


def is_beside_prose(question: Question, text: str, kind: str) -> bool:
    """Whether a line is code, a copyright or a change of a version, and the question asks for
    nothing of the kind. English; in other questions nothing is."""
    if question.language != "en":
        return False
    if is_code(text, kind):
        wanted = _ASKS_TO_SEE if asks_yes_or_no(question.text) else _ASKS_FOR_CODE
        return wanted.search(question.text) is None
    if _COPYRIGHT.match(text):
        return _ASKS_FOR_RIGHTS.search(question.text) is None
    is_change = kind == "item" and _CHANGE.search(text.rstrip()) is not None
    return is_change and _ASKS_FOR_CHANGES.search(question.text) is None


def is_bare_link(question: Question, text: str) -> bool:
    """Whether a line is a link alone, whose words the question has: it leads to an answer and is
    none, unless a link is asked for."""
    link = _LINK.match(text.strip())
    if link is None or _ASKS_FOR_LINKS.search(question.text):
        return False
    known = question.said.language  # "MIT" is a stop word of another language
    named = {term for term in question.reads(link[1]) if term not in known.stop | known.function}
    return named <= question.weights.keys()
