"""Lines of a page that tell about the page: by-lines, capture notes, fields of a record. Pure.

"By Dan Miller" above an article looks to a question for a person like an answer, and says only who
wrote the article. In 48 questions on 70 web pages such lines stood in 6 answers.
"""

from __future__ import annotations

import re

_NAME = r"[A-ZÀ-Þ][\w'’.-]{0,30}"
_BY_LINE = re.compile(
    rf"\W{{0,5}}(?:(?i:story|words|text|posted|written|reported|report|photos?) )?(?i:by):? "
    rf"{_NAME}(?:,? (?:and |de |van |von |of )?{_NAME}){{1,6}}"
    r"(?:,? (?i:staff writer|correspondent|reporter|editor|contributor|special to .{2,40}))?"
    r"(?: ?[|/,·•–-] ?.{0,40})?\W{0,5}"
)
"""A first name and a last one at least: "By Friday" and "By Train" may be answers."""
_RECORD = re.compile(
    r"\W{0,5}(?:\(meta ?data\)\s*|citation details\b|(?:TITLE|AUTHOR|URL|COPYRIGHT|KEYWORDS)\s?:)"
)
_CAPTURE = re.compile(
    r"\W{0,5}(?:the wayback machine\b|(?:https?://|www\.)\S{8,}\W{0,5}$|"
    r"(?:last )?(?:updated|modified|published|posted)(?: on| at)?:? (?=.{0,40}\d).{0,60}$|"
    r"(?:a|this) version of this article appears\b|©|copyright (?:©|\(c\)|\d{4})|"
    r"all rights reserved\W{0,3}$|advertis(?:e)?ment\W{0,3}$)",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\W{0,5}(?:(?:share|follow|print|e-?mail) (?:this|us)|(?:click|tap) here|sign up (?:for|to)|"
    r"subscribe (?:to|now)|read (?:more|next))\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\W{0,3}(?:(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)) [^.,!?:;]{1,50}[,!]?|"
    r"(?:(?:with )?(?:kind|best|warm)(?:est)? (?:regards|wishes)|regards|many thanks|cheers|"
    r"yours (?:sincerely|faithfully|truly)|thanks(?: again)?|thank you(?: very much)?)[,.!]?|"
    r"thank you (?:very much )?for (?:your|ringing|calling|writing|getting in touch|contacting|"
    r"the)\b[^.!?\d]{0,60}[.!]?)\W{0,3}",
    re.IGNORECASE,
)
"""How a letter greets and thanks; what follows on the same line is a sentence."""
_HEAD = re.compile(
    r"[^|\n]{2,60}(?: \| [^|]{2,80}){0,3} \| (?:version|rev(?:ision)?|v|page)\b\.? ?\d[^|]{0,120}"
    r"(?: \| [^|]{2,80}){0,3}",
    re.IGNORECASE,
)
_ASKS_FOR_HEAD = re.compile(
    r"\b(?:who|whom|whose|when|how|where|date|day|year|own\w*|phone|call|ring|number|e-?mail|contact|"
    r"approv\w*|review\w*|issued?|status|refer\w*)\b",
    re.IGNORECASE,
)
"""The head of a form, "Harbour Office | Version 5 | Owner: Ida Holm", and what may ask for it."""
_LONGEST_CALL = 6
"""Words of a button: "Sign up for the course at the desk by Friday" is a sentence of the text."""
_ASKS_FOR_PAGE = re.compile(
    r"\b(?:author|wrote|write|written|reporter|reported|journalist|by whom|publish\w*|posted|"
    r"updated?|modified|copyright|version|title|headline|url|address|link|site|page|article|"
    r"photograph\w*|photos?|citation|cite|subscri\w+|sign up|newsletter|"
    r"greet\w*|address\w*|thank\w*|dear|letters? (?:to|from))\b",
    re.IGNORECASE,
)
_LONGEST = 160
"""Characters of a line that can be one of these."""


def is_page_line(question: str, text: str) -> bool:
    """Whether a line tells about its page alone, and the question does not ask for such."""
    line = text.strip()
    if len(line) > _LONGEST or _ASKS_FOR_PAGE.search(question):
        return False
    if _RECORD.match(line) or _CAPTURE.match(line):
        return True
    if _CALL.match(line) and len(line.split()) <= _LONGEST_CALL:
        return True
    if _HEAD.fullmatch(line) and _ASKS_FOR_HEAD.search(question) is None:
        return True
    return (_BY_LINE.fullmatch(line) or _LETTER.fullmatch(line)) is not None
