"""The first page of a document → who wrote it, when, which version it is, with the place of each.

Pure. Found by shape, line by line, in what stands before the text begins: labels ("Author: …",
"Datum: …"), by-lines, the names below a paper's title, dates that stand alone, sentences about the
document itself ("This policy replaces …"). What is not there is not guessed: the program that wrote
a file is no author, and the time of a copy is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from assistant.text.dates import dates_of
from assistant.types import DocumentField, ParsedDocument

_LOOKED_AT = 4000
"""Characters: a page of print."""
_HEAD_LINES = 14
"""Lines of text in which names, dates and versions may stand without a label."""
_MOST_LABELS = 60
"""Lines in which labels are looked for: front matter and cover sheets are long."""
_WITHOUT_MARKS = frozenset({"pdf", "text"})
"""Kinds whose titles no sign marks."""
_MOST_TITLE_LINES, _LONGEST_TITLE = 4, 250
_MOST_FIELDS, _LONGEST_VALUE, _LONGEST_ABSTRACT = 24, 300, 1500

_LABELS = {
    "author": """author authors written_by prepared_by drafted_by creator verfasser verfasserin
        verfasst_von autor autorin autoren erstellt_von auteur auteurs rédigé_par autores autora
        redactado_por autore autori redatto_da elaborado_por opgesteld_door författare forfatter
        автор 作者 著者""",
    "editor": """editor editors edited_by herausgeber herausgeberin redaktion éditeur_scientifique
        a_cura_di redactie""",
    "affiliation": "affiliation affiliations institution institut organisation organization",
    "date": """date dated release_date released first_published published published_on
        publication_date issued issued_on date_of_issue
        last_updated updated as_of datum stand vom veröffentlicht veröffentlicht_am
        erstellt_am publié_le fecha publicado publicado_el data pubblicato pubblicato_il dato
        дата 日期 日付""",
    "publisher": """publisher published_by issued_by verlag herausgegeben_von éditeur editorial
        editore editora uitgever""",
    "version": """version revision rev edition issue_no fassung ausgabe auflage révision versión
        versione versão revisión versie""",
    "status": "status document_status zustand statut estado stato",
    "supersedes": """supersedes replaces superseded_by replaced_by ersetzt ersetzt_durch remplace
        remplacé_par sustituye_a reemplaza sostituisce vervangt""",
    "valid_from": """valid_from effective effective_date effective_from in_force_from valid_since
        gültig_ab gültig_seit in_kraft_seit in_kraft_ab gilt_ab valable_dès en_vigueur_dès
        válido_desde vigente_desde valido_dal geldig_vanaf""",
    "valid_until": """valid_until expires expiry_date gültig_bis valable_jusqu'au válido_hasta
        valido_fino_al geldig_tot""",
    "sender": "from sender von absender expéditeur remitente mittente afzender",
    "recipient": "to recipient recipients an empfänger destinataire para destinatario a aan cc",
    "subject": "subject re betreff objet asunto oggetto onderwerp concerning",
}
_NAME_OF_LABEL = {
    label.replace("_", " "): name for name, labels in _LABELS.items() for label in labels.split()
}
_LETTER = frozenset({"sender", "recipient", "subject"})
"""Their labels are everyday words: they count where two of them stand together."""
_LABEL_LINE = re.compile(
    r"(?:[-*>|] )?[*_]{0,3}(?P<label>[^\W\d_][^\W\d_'’]*(?: [^\W\d_][^\W\d_'’]*){0,2})"
    r"\.?[*_]{0,3}\s?[:：][*_]{0,3}\s*(?P<value>\S.*)"
)
_PARTICLE = r"(?:van|von|de|der|den|du|da|dos|del|della|di|la|le|el|al|bin|ibn|zu|ten|ter)"
_WORD_OF_NAME = r"(?:[^\W\d_a-z][^\W\d_]*(?:[-'’.][^\W\d_]+)*\.?)"
_PERSON = rf"{_WORD_OF_NAME}(?: (?:{_PARTICLE} ){{0,2}}{_WORD_OF_NAME}){{1,3}}"
_AND = r"(?:\s*[,;·]\s*(?:and |und |et |y |e )?|\s+(?:and|und|et|y|e|&)\s+)"
_SIGNS = r"*∗⋆★†‡§¶∥◦♠♣♥♦✉"
_ONE_PERSON = re.compile(
    rf"(?<![^\W\d_]){_PERSON}(?:\s?(?:[,{_SIGNS}]|[\d¹²³⁴⁵⁶⁷⁸⁹⁰](?!\d{{2}})|\[\d\]|\(\d\)))*"
)
_MARK = re.compile(rf"[{_SIGNS}¹²³⁴⁵⁶⁷⁸⁹⁰]|(?<=[^\W\d])\d")
_MARK_LINE = re.compile(rf"[\d,{_SIGNS} ()]{{1,8}}(?:,.*)?")
"""A raised mark that stands on a line of its own in the text of a PDF."""
_CONNECTING = re.compile(r"\b(?:and|und|et|y|e|with|by|von|par)\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_EVERYDAY = re.compile(r"(?<![^\W_])[^\W\d_A-ZÀ-Þ]{3,}(?![^\W_])")
_BY = re.compile(
    rf"(?i:written by|by|verfasst von|von|par|por|di|door|av|af)\s+"
    rf"(?P<value>{_PERSON}(?:{_AND}{_PERSON})*)\.?"
)
_EDITED = re.compile(
    rf"(?i:edited by|herausgegeben von|a cura di|hrsg\. von)\s+"
    rf"(?P<value>{_PERSON}(?:{_AND}{_PERSON})*)\.?"
)
_INSTITUTION = re.compile(
    r"\b(?:Universit\w+|Univ\.|Institut\w*|Department|Dept\.|Faculty|Fakultät|Laborator\w+|Labs?|"
    r"College|Hochschule|School of|Academy|Akademie|Centre|Center|Council|Ministry|Ministerium|"
    r"Inc|Ltd|GmbH|AG|Corp|LLC|S\.A|Foundation|Stiftung|Research)\b"
)
_ABSTRACT_WORDS = (
    "abstract", "summary", "zusammenfassung", "kurzfassung", "résumé", "resumen", "riassunto",
    "samenvatting", "sammendrag", "sammanfattning",
)  # fmt: skip
_ABSTRACT = re.compile(
    rf"[#*_\s]*(?i:executive summary|{'|'.join(_ABSTRACT_WORDS)})[*_]*"
    r"(?P<same>\s*[—–:.-]+[*_]*\s+(?=\S))?"
)
_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"\w+")
_VERSION = re.compile(
    r"\b(?P<value>(?i:version|revision|rev\.|fassung|edition|v(?=\d))\s?\d+(?:\.\d+){0,3})\b"
)
_STATUS = re.compile(
    r"\b(?i:supersedes|replaces|(?:superseded|replaced) by|"
    r"(?:is|has been|was) (?:hereby )?(?:withdrawn|revoked|cancelled|repealed|rescinded)|"
    r"(?:valid|effective|in force) (?:from|since|as of|until)|"
    r"comes? into (?:force|effect)|takes effect|"
    r"ersetzt|zurückgezogen|aufgehoben|tritt (?:[^.\n]{1,40} )?in kraft|gilt (?:ab|seit|bis)|"
    r"gültig (?:ab|seit|bis)|remplace|entre en vigueur|est (?:retiré|abrogé)|entra en vigor|"
    r"sustituye|sostituisce|entra in vigore)\b"
)
_ENGLISH_CUES = (
    "supersede", "replaces", "replaced by", "withdrawn", "revoked", "cancelled", "repealed",
    "rescinded", "valid from", "valid since", "valid as of", "valid until", "effective from",
    "effective since", "effective as of", "effective until", "in force", "into force",
    "into effect", "takes effect",
)  # fmt: skip
_OTHER_CUES = (
    "ersetzt", "zurückgezogen", "aufgehoben", "in kraft", "gilt ", "gültig ", "remplace",
    "en vigueur", "retiré", "abrogé", "en vigor", "sustituye", "sostituisce", "in vigore",
)  # fmt: skip
_AROUND_CUE = 64
"""Characters on each side of a cue in which the whole phrase stands: "tritt … in Kraft" is 55."""
_SENTENCE_END = re.compile(r"[!?\n]|(?<!\d)\.|(?<=\d{3})\.(?!\d)|\.(?=\s*\n|\s*\Z)")
"""The period of ``1. March`` or ``2.1`` ends nothing."""
_ABOUT_ITSELF = re.compile(
    r"\b(?i:this|these|dies\w*|das vorliegende|ce|cette|este|esta|questo|questa|version|edition|"
    r"fassung|policy|rules?|notice|guideline|document|standard|memo|it)\b"
)
_TOOL = re.compile(
    r"(?i:\b(?:microsoft|word|office|libreoffice|openoffice|latex|pdftex|xetex|acrobat|adobe|"
    r"distiller|python|openpyxl|docx|pptx|poi|quartz|chrome|chromium|skia|canva|wkhtmltopdf|"
    r"pandoc|calibre|ghostscript|fpdf|reportlab|excel|powerpoint|writer|scanner|canon|xerox|"
    r"printer|google|docs|unknown|anonymous|administrator|admin|user|root|owner|default|author|"
    r"unbekannt|benutzer)\b|^\W*$|^[\d\W]+$)"
)
_COMMON_HEADINGS = re.compile(
    r"(?i:introduction|contents|table of contents|overview|background|abstract|summary|preface|"
    r"einleitung|inhalt|vorwort)"
)


_BARE_LINE = re.compile(r"\S(?:[^\n]*\S)?")


class _Line(NamedTuple):
    text: str
    start: int


def is_tool(author: str) -> bool:
    """Whether an "author" in a file's properties is a program, or whoever set up the computer."""
    return _TOOL.search(author) is not None


def first_page(
    text: str, *, is_mail: bool = False, language: str = ""
) -> tuple[DocumentField, ...]:
    """The fields of a document in the order of their places, each value as it stands there."""
    page = text[:_LOOKED_AT]
    found = _labelled(page, is_mail=is_mail)
    if not is_mail:
        head = list(islice(_lines(page), _HEAD_LINES + 1))
        found += [*_abstract(page), *_unlabelled(head, page), *_about_itself(page, language)]
    kept: list[DocumentField] = []
    for field in sorted(found, key=lambda each: each.start):
        covered = any(each.start <= field.start and field.end <= each.end for each in kept)
        if not covered and len(kept) < _MOST_FIELDS:
            kept.append(field)
    return tuple(kept)


def with_fields(parsed: ParsedDocument, fields: Sequence[DocumentField]) -> ParsedDocument:
    """A document with title, author and date as its first page names them, else as the file's
    properties do; a program is no author."""
    written = [each.value for each in fields if each.name in ("author", "sender")]
    author = "" if is_tool(parsed.author) else parsed.author
    days = [date.iso for each in fields if each.name == "date" for date in dates_of(each.value)]
    day = next((iso for iso in days if len(iso) == 10), "")
    return replace(
        parsed,
        title=_whole_title(parsed),
        author="; ".join(written)[:200] or author,
        date=day or parsed.date,
    )


def _whole_title(parsed: ParsedDocument) -> str:
    """A title that goes on below the first line, as far as the names of the authors."""
    if parsed.kind not in _WITHOUT_MARKS:
        return parsed.title
    head = list(islice(_lines(parsed.text[:_LOOKED_AT]), _HEAD_LINES + 1))
    if not head or head[0].text != parsed.title:
        return parsed.title
    first = min(_author_lines(head, parsed.text[:_LOOKED_AT]), default=1)
    whole = " ".join(line.text for line in head[:first])
    return (
        whole if 1 < first <= _MOST_TITLE_LINES and len(whole) <= _LONGEST_TITLE else parsed.title
    )


def _lines(text: str) -> Iterator[_Line]:
    for match in _BARE_LINE.finditer(text):
        yield _Line(match.group(), match.start())


def _labelled(page: str, *, is_mail: bool) -> list[DocumentField]:
    found: list[DocumentField] = []
    for place in islice(_BARE_LINE.finditer(page), _MOST_LABELS):
        line = place.group()
        match = _LABEL_LINE.fullmatch(line) if ":" in line or "：" in line else None
        if match is None:
            if is_mail and found and len(found) < 3 and line.startswith(">"):
                break
            continue
        label = " ".join(match["label"].lower().split())
        name = _NAME_OF_LABEL.get(label)
        value = match["value"].strip("*_ ").rstrip()
        if name is None or not value:
            continue
        if is_mail and any(each.name == name and name != "recipient" for each in found):
            continue  # of a message that is quoted
        at = place.start() + match.start("value") + match["value"].index(value[0])
        found.append(_field(name, value, at))
    letters = {field.name for field in found} & _LETTER
    if len(letters) < 2:
        found = [field for field in found if field.name not in _LETTER]
    return [field for field in found if field.name != "date" or is_mail or dates_of(field.value)]


def _unlabelled(head: list[_Line], page: str) -> Iterator[DocumentField]:
    """Names below the title, by-lines, dates and versions that stand alone."""
    names_end = -1
    authors = _author_lines(head, page)
    for at, line in enumerate(head[:_HEAD_LINES]):
        bare = line.text.strip("*_# ")
        shift = line.start + line.text.find(bare)
        edited = _EDITED.fullmatch(bare)
        by = _BY.fullmatch(bare)
        if edited or by:
            match = edited or by
            assert match is not None
            yield _field("editor" if edited else "author", match["value"], shift + match.start(1))
            names_end = at
        elif at in authors:
            yield _field("author", *authors[at])
            names_end = at
        elif 0 <= names_end < at <= names_end + 4 and _is_institution(bare):
            yield _field("affiliation", bare, shift)
        elif len(bare) <= 60 and _DIGIT.search(bare) and not _LABEL_LINE.fullmatch(bare):
            dates = dates_of(bare)
            rest = bare.replace(dates[0].text, "") if dates else ""
            is_alone = len(dates) == 1 and dates[0].iso and len(_WORD.findall(rest)) <= 2
            if is_alone and not _STATUS.search(bare):
                yield _field("date", dates[0].text, shift + dates[0].start)
            version = _VERSION.search(bare)
            if version and len(bare.split()) <= 8:
                yield _field("version", version["value"], shift + version.start("value"))


def _author_lines(head: list[_Line], page: str) -> dict[int, tuple[str, int]]:
    """Lines below the title that hold people, as papers name them, above an institution, an address
    or the abstract: (names, where they start) by the number of the line.

    A line that goes on with the title looks like a name too: its words stand in the text in lower
    case, and no mark or other name stands beside it.
    """
    last = next((at for at, line in enumerate(head) if at and _ends_names(line.text)), 0)
    found = {at: names for at in range(1, last) if (names := _people_in(head[at]))}
    if not found:
        return {}
    marked = [
        at for at, (names, _) in found.items()
        if "," in names or _MARK.search(names) or _MARK_LINE.fullmatch(head[at + 1].text)
    ]  # fmt: skip
    prose = " ".join(line.text for line in _lines(page) if "@" not in line.text)
    everyday = frozenset(_EVERYDAY.findall(prose))
    return {
        at: (names, start)
        for at, (names, start) in found.items()
        if (at in marked or last - at <= 4)
        and not (marked and at < marked[0])
        and not _is_everyday(names, everyday, most=0.9 if at in marked else 0.5)
    }


def _people_in(line: _Line) -> tuple[str, int] | None:
    """The names of a line that holds nothing else but marks, and where they start."""
    text = line.text
    if text.startswith("#") or len(text) > 400 or _COMMON_HEADINGS.fullmatch(text.strip("*_ ")):
        return None
    found = list(_ONE_PERSON.finditer(text))
    if not found or _LETTERS.search(_CONNECTING.sub("", _ONE_PERSON.sub("", text))):
        return None
    start, end = found[0].start(), found[-1].end()
    return text[start:end].rstrip(" ,;"), line.start + start


def _ends_names(line: str) -> bool:
    return "@" in line or _is_institution(line) or _ABSTRACT.match(line) is not None


def _is_everyday(names: str, everyday: frozenset[str], most: float) -> bool:
    """Whether so many of the words of what looks like names are everyday words of the text."""
    words = [word.lower() for word in _LETTERS.findall(_CONNECTING.sub(" ", names))]
    return sum(word in everyday for word in words) >= most * len(words)


def _is_institution(line: str) -> bool:
    return len(line) <= 160 and not line.endswith(".") and bool(_INSTITUTION.search(line))


def _abstract(page: str) -> Iterator[DocumentField]:
    level = page.lower()
    if not any(word in level for word in _ABSTRACT_WORDS):  # a tenth of the pattern's time
        return
    lines = list(_lines(page))
    for at, line in enumerate(lines):
        opening = _ABSTRACT.match(line.text)
        if opening is None:
            continue
        if opening["same"]:
            start = opening.end()
            yield _field("abstract", line.text[start:], line.start + start)
            return
        if not line.text[opening.end() :].strip("*_:# "):
            below = lines[at + 1] if at + 1 < len(lines) else None
            if below is not None and len(below.text) > 60:
                yield _field("abstract", below.text, below.start)
            return


def _about_itself(text: str, language: str) -> Iterator[DocumentField]:
    stated = _stated(text, _ENGLISH_CUES if language == "en" else (*_ENGLISH_CUES, *_OTHER_CUES))
    if not stated:
        return
    for match in stated:
        start, end = _sentence_around(text, match.start())
        said = text[start:end]
        bare = said.strip(" \n*_#")
        opens = text.startswith(bare[:20], match.start())
        if len(bare) <= _LONGEST_VALUE and (opens or _ABOUT_ITSELF.search(bare)):
            yield _field("status", bare, start + said.index(bare[0]))


def _sentence_around(text: str, position: int) -> tuple[int, int]:
    """Where the sentence begins and ends that holds a character; one that is too long to be a value
    may be cut at its start."""
    start = max(0, position - 2 * _LONGEST_VALUE)
    for end in _SENTENCE_END.finditer(text, start, position):
        start = end.end()
    after = _SENTENCE_END.search(text, position)
    return start, after.end() if after else len(text)


def _stated(text: str, cues: Sequence[str]) -> list[re.Match[str]]:
    """What ``_STATUS`` finds, looked for near the cues alone: a tenth of the pattern's time."""
    level = text.lower()
    if len(level) != len(text):  # a letter that is two in lower case moves all places
        return list(_STATUS.finditer(text))
    found: dict[int, re.Match[str]] = {}
    for cue in cues:
        at = level.find(cue)
        while at >= 0:
            end = at + len(cue) + _AROUND_CUE
            for match in _STATUS.finditer(text, max(0, at - _AROUND_CUE), end):
                if match.end() < end or end >= len(text):  # else the window cut it
                    found.setdefault(match.start(), match)
            at = level.find(cue, at + len(cue))
    return [found[start] for start in sorted(found)]


def _field(name: str, value: str, start: int) -> DocumentField:
    value = value[: _LONGEST_ABSTRACT if name == "abstract" else _LONGEST_VALUE]
    return DocumentField(name, value, start, start + len(value))
