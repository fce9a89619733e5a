"""Which lines can be an answer: headings, titles, credits, menus and echoes are context. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.answering.code_lines import is_bare_link
from assistant.answering.dated_headings import is_date_alone
from assistant.answering.headlines import is_stack_of_headlines
from assistant.answering.kind_scores import NUMBER_WORD
from assistant.answering.page_lines import is_page_line
from assistant.answering.sentence_scores import SentenceFeatures, SentenceTerms
from assistant.answering.signatures import is_signature_alone
from assistant.answering.table_rows import TableRow
from assistant.retrieval.question import Question
from assistant.text.terms import STOP_WORDS
from assistant.types import Passage

_LONGEST_CREDIT = 25
"""Words; "Figure 3 from above: …" may tell more than a source."""
_TOLD_BY_TITLES = frozenset({"number", "date", "amount", "person"})
_NEVER_IN_DIGITS = frozenset({"place", "person", "reason", "howto", "list", "yesno"})
_TOLD_BY_VALUES = frozenset({"definition", "which", "number", "amount", "date"})
_LONGEST_ECHO, _FEW_NEW = 10, 2
"""Words of a line that only names what is asked for, and how many of them may be its own."""
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|did|do|will|can|may|must|means?|includes?)\b",
    re.IGNORECASE,
)
_ENDS = ".!?…。！？।"
_CAPITAL_TITLE = re.compile(r"(?=(?:.*[A-Z]{3,}){2})[^a-z]{8,80}[^a-z.!?;,]")
"""A line of capitals alone is the title of what follows, in texts without marks of headings."""
_REFERENCE = re.compile(
    r"^[\W\d]{0,6}[A-ZÀ-Þ][\w'’-]{1,30}(?:,? (?:et al\.?|and|&|[A-ZÀ-Þ][\w'’.-]{0,30}),?){0,12} "
    r"?\((?:1[5-9]|20)\d\d[a-z]?\)[,.:;]? \S"
)
_NUMBERED_REFERENCE = re.compile(
    r"^[\W\d]{0,6}(?:[A-ZÀ-Þ][\w'’-]{1,30},? [A-Z](?:\.? ?-?[A-Z]){0,3}\.?,?;? (?:and |& )?){1,40}"
    r"\S.{20,500}\b(?:1[89]|20)\d\d[a-z]?\b.{0,60}\d"
)
"""Names with initials, a title, a year and pages: "Wei Z Lieber MR Lymphoid … 1993 268 3180"."""
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|chart|box|abbildung|abb\.|tabelle|tab\.|figura|tableau|tabla|tabella) "
    r"?[A-Z]?\d{1,3}[a-z]?(?:\.\d{1,3})?[.:]? [^.!?]{5,200}",
    re.IGNORECASE,
)
"""The title of a picture or table, which no sentence ends."""
_NUMBERED_TITLE = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[A-Z]\.(?:\d{1,2}\.?)*|"
    r"(?:chapter|section|part|appendix) \w{1,4}[.:]?) +[^\W\d]",
    re.IGNORECASE,
)
_CONTENTS_LINE = re.compile(
    r"\|? ?(\d{1,2})(?:\.\d{1,2})*\.? [^|\n]{2,120}\| ?(\d{1,4}) ?\|?(?=\n|$)"
)
_FEWEST_LINES = 3
_ASKS_FOR_PLACE = re.compile(r"\b(?:pages?|sections?|chapters?|contents|where|appendi\w+)\b", re.I)
_ASKS_FOR_CAPTION = re.compile(
    r"\b(?:figures?|fig|tables?|charts?|abbildung(?:en)?|tabellen?|figuras?|tableaux?)\b",
    re.IGNORECASE,
)
_ASKS_FOR_QUESTION = re.compile(
    r"\b(?:questions?|ask(?:s|ed|ing)?|fragen?|gefragt|fragt|pregunt\w*|demand\w*|domand\w*)\b",
    re.IGNORECASE,
)
_FRONT = "---\n"
_MACHINE_KEY = re.compile(
    r"(?:[\w.-]{0,30}(?:id|uid|guid)|keywords?|layout|permalink|slug|robots|ms\.[\w-]{1,30})\s?:",
    re.IGNORECASE,
)
_TITLE_KEY = re.compile(r"(?:title|subtitle|nav_title|sidebar_label)\s?:", re.IGNORECASE)
_ASKS_FOR_KEYWORD = re.compile(
    r"\b(?:keywords?|key words|tags?|topics?|categor(?:y|ies)|ids?|identifiers?|stichw\w+)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\W{0,3}(?:(?:figure|fig\.|photo|photograph|image|picture|illustration|video|abbildung|foto|bild)"
    r"s?(?: \d+[a-z]?)?(?: (?:from|by|courtesy|credit|taken from|aus|von)\b|\s?[:©])|"
    r"(?:photo |image |picture )?(?:credits?|source|courtesy|quelle|©)\s?[:©]|©)",
    re.IGNORECASE,
)
"""A line that says where a picture is from."""
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|tiff?)\b", re.IGNORECASE)
_MENU_WORDS, _MENU_ENTRIES = 12, 4
"""A run of so many words without a mark, in which so many entries begin behind a word with content,
is a menu or a table of contents: "How to use vision Before you upload Evaluate image size …"."""
_MARKS = re.compile(r"[.!?;:,。！？]")
_GLUED, _MOST_GLUED = re.compile(r"[a-zà-þ?!)][A-ZÀ-Þ](?=[a-zà-þA-ZÀ-Þ])"), 3
"""Entries of a menu that a page's text has without a space: "WorkflowTroubleshootingFurther"."""
_NOUNS_IN_CAPITALS = frozenset({"de", "lb"})


def _is_echo(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a line only names what is asked for: "Tensile strength of SNB22-3", a few words
    without a verb, a value or a name of its own."""
    if question.kinds[0] not in _TOLD_BY_VALUES or len(sentence.words) > _LONGEST_ECHO:
        return False
    if ":" in sentence.text or _AUXILIARY.search(sentence.text):
        return False
    own = {term for term in sentence.terms if term not in STOP_WORDS}
    new = own - question.weights.keys() - question.values
    if any(sign.isdigit() for term in new for sign in term):
        return False
    ended = sentence.text.rstrip()[-1:] in _ENDS
    most = 0 if ended or question.kinds[0] == "which" else _FEW_NEW
    return len(new) <= most and 2 * len(new) < len(own)


def may_answer(
    question: Question, sentence: SentenceTerms, features: SentenceFeatures, passage: Passage
) -> bool:
    """Headings, names of columns and pictures are context, never an answer; so is the title, unless
    it holds what is asked for: "Lease NV-12" tells its number."""
    if sentence.row is not None and sentence.row.is_header:
        return False
    if sentence.row is not None and _is_of_contents(question, sentence.row, passage):
        return False
    if sentence.span.kind == "heading" or _PICTURE.search(sentence.text):
        return False
    if sentence.span.kind == "label" and is_date_alone(sentence.text):
        return False
    if _CREDIT.match(sentence.text) and len(sentence.words) <= _LONGEST_CREDIT:
        return False
    is_dated = question.kinds[0] == "date" and features.kind >= 1.0  # by the heading above it
    if sentence.row is None and not is_dated and _is_echo(question, sentence):
        return False
    if sentence.row is None and _is_menu(sentence, passage):
        return False
    if sentence.row is None and _is_no_statement(question, sentence):
        return False
    if is_signature_alone(question, sentence):
        return False
    if _is_for_machines(question, sentence, passage):
        return False
    is_line = sentence.row is None or not sentence.text.startswith("|")  # "Office | Version 5"
    if is_line and is_page_line(question.text, sentence.text):
        return False
    is_title = passage.start == 0 and _is_title(sentence.text.strip(), passage)
    if is_title and not _fills_slot(question, sentence, features):
        return False
    return sentence.row is not None or not _CAPITAL_TITLE.fullmatch(sentence.text.strip())


def _is_of_contents(question: Question, row: TableRow, passage: Passage) -> bool:
    """Whether a row is a line of a table of contents, and no place in a text is asked for: numbers
    and pages of such a table grow from line to line."""
    cells = [cell for cell in row.cells if cell]
    if not 2 <= len(cells) <= 3 or any(row.names) or not cells[-1].isdigit():
        return False
    if _NUMBERED_TITLE.match(" ".join(cells[:-1])) is None or _ASKS_FOR_PLACE.search(question.text):
        return False
    lines = [(int(n), int(page)) for n, page in _CONTENTS_LINE.findall(passage.text)]
    return len(lines) >= _FEWEST_LINES and lines == sorted(lines, key=lambda line: line[1])


def _is_no_statement(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a sentence asks, or is the title of a figure or a link; unless such a one is asked
    for."""
    text = sentence.text.strip()
    if is_bare_link(question, text):
        return True
    if text.endswith(("?", "？")):
        return _ASKS_FOR_QUESTION.search(question.text) is None
    is_caption = text[-1:] not in _ENDS and _CAPTION.fullmatch(text) is not None
    return is_caption and _ASKS_FOR_CAPTION.search(question.text) is None


def _is_for_machines(question: Question, sentence: SentenceTerms, passage: Passage) -> bool:
    """Whether a line is a keyword or an identifier of a page's front matter, which no page shows;
    unless the question asks for such, or a name or value of the line's own is asked for."""
    if passage.start or not passage.text.startswith(_FRONT):
        return False
    end = passage.text.find("\n---", len(_FRONT))
    if 0 <= end < sentence.span.start or _ASKS_FOR_KEYWORD.search(question.text) is not None:
        return False
    text = sentence.text.strip()
    if _TITLE_KEY.match(text) and _says_nothing_new(question, sentence):
        return True
    return _MACHINE_KEY.match(text) is not None or (
        sentence.span.kind == "item" and text[-1:] not in _ENDS
        and question.kinds[0] not in _TOLD_BY_TITLES
    )  # fmt: skip


def _says_nothing_new(question: Question, sentence: SentenceTerms) -> bool:
    """Whether a title is hardly more than words of the question."""
    title = sentence.text.partition(":")[2]
    said = {term for term in question.reads(title) if term not in STOP_WORDS}
    has_number = any(map(str.isdigit, title)) or NUMBER_WORD.search(title) is not None
    is_name = not has_number and _AUXILIARY.search(title) is None
    return is_name and len(said - question.weights.keys()) < _FEW_NEW


def _fills_slot(question: Question, sentence: SentenceTerms, features: SentenceFeatures) -> bool:
    """Whether a line holds what is asked for: a value of the kind, or a number of its own."""
    kind = question.kinds[0]
    if features.kind >= 1.0 and kind in _TOLD_BY_TITLES:
        return True
    new = sentence.terms - question.values - question.weights.keys()
    return kind not in _NEVER_IN_DIGITS and any(c.isdigit() for term in new for c in term)


def _is_title(text: str, passage: Passage) -> bool:
    """Whether a line is the title that its document goes on behind, and no sentence."""
    is_whole = len(passage.text) < 2 * len(text)
    return text == passage.title and " " in text and text[-1:] not in _ENDS and not is_whole


def is_reference(text: str) -> bool:
    """Whether a line is an entry of a list of references: names, a year in brackets, a title."""
    return _REFERENCE.match(text) is not None or _NUMBERED_REFERENCE.match(text) is not None


def _is_menu(sentence: SentenceTerms, passage: Passage) -> bool:
    """Whether a line is many headings one behind the other, as the menu of a page is."""
    text = sentence.text.strip()
    if is_stack_of_headlines(text):
        return True
    glued = len(_GLUED.findall(text))
    if glued >= _MOST_GLUED and text[-1:] not in _ENDS and 2 * len(_MARKS.findall(text)) <= glued:
        return True
    written = text.split()
    if len(written) < _MENU_WORDS or _MARKS.search(text):
        return False
    if passage.language in _NOUNS_IN_CAPITALS:
        return False
    begun = sum(
        here[:1].isupper() and before[-1:].islower() and before.lower() not in STOP_WORDS
        for before, here in pairwise(written)
    )
    return begun >= _MENU_ENTRIES
