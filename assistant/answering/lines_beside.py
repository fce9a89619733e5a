"""Lines beside a text that cite a work, credit a picture or say what one shows. Pure.

They hold many words of a question and say nothing: they answer where no sentence does.
"""

from __future__ import annotations

import re

_LICENCE = re.compile(
    r"\bCC[ -](?:BY|0)\b|\bcreative commons\b|\bGFDL\b|\bwikimedia commons\b|"
    r"\((?:photo(?:graph)?s?|image|picture|credit|courtesy)(?: credit)?s?\s?[:/]|"
    r"\b(?:photo|photograph|image|picture)s? (?:by|courtesy|credit)\b|©|"
    r"\b(?:getty images|shutterstock|istock)\b",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"^\W{0,3}(?:this|the) (?:image|picture|figure|screen ?shot|photo(?:graph)?|illustration|"
    r"diagram)(?: (?:above|below|on the (?:left|right)))? (?:shows?|depicts?|illustrates?)\b|"
    r"^\W{0,3}(?:photo(?:graph)?|screen ?shot|picture|image|drawing|illustration) of\b",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^\W{0,3}this (?:article|page|entry|text|biography|chapter) (?:was|is|has been) "
    r"(?:first |originally |last )?(?:published|printed|reprinted|updated|edited|reproduced)\b",
    re.IGNORECASE,
)
_MARKS_OF_A_WORK = re.compile(
    r"\bISBN\b|\bISSN\b|\bdoi[:. ]|\bpp?\. ?\d+|\bvol\. ?\d|\bno\. ?\d+ ?\(|"
    r"\b(?:accessed|retrieved)(?: online| on)? \d|\b(?:university|academic) press\b|\beds?\.\)|"
    r"\bed\. by\b|\bpublished first in\b|https?://|\bpublish(?:ers|ing house)\b|\bverlag\b|"
    r"\beditions?, (?:1[5-9]|20)\d\d",
    re.IGNORECASE,
)
_OPENS_WITH_AUTHOR = re.compile(
    r"^[\W\d]{0,8}[A-ZÀ-Þ][\w'’-]{1,30}, (?:[A-ZÀ-Þ](?:\.|\b)|[A-ZÀ-Þ][\w'’-]{1,30}[,.:;&]|['‘“\"])"
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|will|would|does|did|shows?|makes?|became|wrote)\b"
)
_FEWEST_MARKS = 2
_ASKS_FOR_WORK = re.compile(
    r"\b(?:books?|papers?|articles?|references?|sources?|cited?|cites|citations?|publication\w*|"
    r"publish\w*|wrote|written|authors?|editors?|edited|titles?|isbn|doi|literature|stud(?:y|ies)|"
    r"photo\w*|pictures?|images?|figures?|screenshots?|licen[cs]\w*|credits?|drawings?|illustrat\w*|"
    r"diagrams?|links?|web|urls?|address\w*)\b",
    re.IGNORECASE,
)


def is_beside_text(question: str, line: str) -> bool:
    """Whether a line cites a work, credits a picture or says what one shows, and the question asks
    for none of these."""
    if _ASKS_FOR_WORK.search(question):
        return False
    return is_credit(line) or tells_picture(line) or cites_work(line)


def is_credit(line: str) -> bool:
    """Whether a line says whose a picture is, or under which licence."""
    return _LICENCE.search(line) is not None


def tells_picture(line: str) -> bool:
    """Whether a line says what a picture shows."""
    return _SHOWS.match(line) is not None


def cites_work(line: str) -> bool:
    """Whether a line is an entry of a bibliography, or says where a page was printed: it opens with
    an author and has a year and a mark of a work, or has several such marks and no verb."""
    if _IMPRINT.match(line):
        return True
    marks = len({match.group().casefold() for match in _MARKS_OF_A_WORK.finditer(line)})
    if _OPENS_WITH_AUTHOR.match(line) and _YEAR.search(line) and marks:
        return True
    return marks >= _FEWEST_MARKS and _VERB.search(line) is None
