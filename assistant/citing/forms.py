"""Citations as models write them → the one form ``[1]``, before ``stream`` reads them.

``(1)``, ``(Passage 1)``, "According to passage 1", superscripts and names of files become brackets;
a closing list of sources is left out; an answer in JSON becomes its text with its citations. A
number counts only when there is a passage of that number; an enumeration "(1) … (2) …" stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import regex

_NOUNS = (
    r"passages?|sources?|excerpts?|snippets?|documents?|docs?|refs?\.?|references?|context|quellen?"
    r"|textstellen?|passagen?|extraits?|fuentes?|pasajes?|passagg[io]o?|fonti?|fontes?|段落|来源|文献|出典"
)
_NUMBERS = r"\d{1,3}(?:\s*(?:,|;|&|\+|and|und|et|y|e|to|-|–)\s*(?:passages? )?\d{1,3})*"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FORM = regex.compile(
    rf"[(（](?:see |from |cf\.? |siehe |per |as per |according to )?(?P<noun>{_NOUNS})\s*[:#]?\s*"
    rf"(?P<named>{_NUMBERS})(?:,? (?:p|pp|page|pages)\.? ?[\d–-]+)?[)）]"
    r"|[(（](?P<bare>\d{1,2}(?:\s*[,;]\s*\d{1,2})*)[)）](?=(?P<after>[\s\S]))"
    r"|\b(?P<the>the )?(?P<said>passages?|excerpts?|snippets?|sources?|quellen?|pasajes?"
    rf"|passaggi?o?|textstellen?) (?:number |no\. |#)?(?P<numbers>{_NUMBERS})"
    r"(?=\s*(?:[^\w\s,;&+–-]|,\s*[^\d\s]|\s(?:and|und|et|y|e|to)\s+[^\d\s]|\n"
    r"|\s(?!(?:and|und|et|y|e|to)\b)[^\W\d]\w*\W))"
    r"|<sup>\[?(?P<sup>\d{1,2}(?:\s*,\s*\d{1,2})*)\]?</sup>|(?<![⁰¹²³⁴-⁹])(?P<raised>[⁰¹²³⁴-⁹]+)(?=(?P<behind>[\s\S]))"
    r"|[(（\[【](?:source|see|from|quelle|document|file)?:?\s*(?P<name>(?=[^()（）\[\]【】\n]*[^\W\d])[^()（）\[\]【】\n]{3,120})[)）\]】]",
    regex.IGNORECASE,
)
_NOT_CITED_AFTER = regex.compile(
    r"(?:equations?|eqs?\.?|formula|steps?|fig(?:ure|s)?\.?|tables?|chapters?|sections?|items?|options?"
    r"|class|type|article|art\.?|paragraph|para\.?|part|case|rule|point|no\.?|number|gleichung|abbildung"
    r"|tabelle|kapitel|absatz|punkt|version|volume|vol\.?|phase|level|§)\s*$",
    regex.IGNORECASE,
)
_UNIT = re.compile(r"(?:^|[^\w])(?:[a-zA-Zµ]{1,3}|\d{1,3})$")
_CLOSING_LIST = regex.compile(
    r"[\s*_#>-]*(?:sources?|references?|citations?|works cited|bibliography|sources? used"
    r"|footnotes?|quellen(?:angaben?|verzeichnis)?|références?|fuentes|referencias|fonti"
    r"|riferimenti|fontes|referências|bronnen|källor|kilder|źródła|источники|来源|参考文献|出典"
    r"|المصادر)[*_ ]*(?P<colon>[:：])?[*_ ]*(?P<rest>[^\n]*)\n",
    regex.IGNORECASE,
)
_LISTED = re.compile(
    r"\s*(?:[-*•]\s*)?(?:[\[【(]?\^?\d{1,3}[\]】)]?[.:)]?(?:\s.*|$)|[\[【(]\d.*|(?:passage|source|document)s?\s+\d.*"
    r"|\S+\.(?:md|pdf|txt|html?|docx?|xlsx?|csv|json)\b.*)?",
    re.IGNORECASE,
)
_LONGEST_JSON = 100_000
_SHORTEST_NAME = 4
_JSON_START = regex.compile(r"\s*(?:```(?:json)?\s*)?\{\s*\"|\s*(?:```(?:json)?\s*)?\[\s*\{\s*\"")
_TEXT_KEYS = (
    "answer",
    "text",
    "response",
    "content",
    "final_answer",
    "result",
    "output",
    "antwort",
)
_CITED_KEYS = ("citations", "citation", "sources", "source", "passages", "passage", "references",
               "passage_number", "passage_numbers", "refs")  # fmt: skip


class FormsFilter:
    """Feed it a model's text. ``documents``, ``titles``: the file and title of each passage, in
    the prompt's order."""

    def __init__(self, documents: Sequence[str], titles: Sequence[str] = ()) -> None:
        self._passages = len(documents)
        self._names = _first_passages(documents, titles)
        self._held = ""
        self._before = ""  # the end of what was sent: what a form stands behind
        self._is_json: bool | None = None
        self._list: list[str] | None = None  # lines of a closing list, perhaps
        self._list_head = ""
        self._opens_line = True
        self._in_code = False

    def feed(self, piece: str) -> str:
        """The text that is certain."""
        self._held += piece
        if self._is_json is None:
            found = _JSON_START.match(self._held, partial=True)
            if found is not None and found.partial and self._held.strip():
                return ""
            self._is_json = found is not None and not found.partial and bool(self._held.strip())
            if not self._held.strip():
                self._is_json = None
        if self._is_json and len(self._held) <= _LONGEST_JSON:
            return ""
        self._is_json = False if self._is_json else self._is_json
        text, self._held = self._held, ""
        return self._read(text, is_end=False)

    def finish(self) -> str:
        """What was held back; call once."""
        text, self._held = self._held, ""
        if self._is_json:
            text = _from_json(text) or text
        return self._read(text, is_end=True)

    def _read(self, text: str, is_end: bool) -> str:
        shown: list[str] = []
        while text:
            if self._list is not None:
                text = self._listed(text, is_end, shown)
                continue
            if self._opens_line:
                source = text if text.endswith("\n") or not is_end else text + "\n"
                head = _CLOSING_LIST.match(source, partial=not is_end)
                if head is not None and head.partial and len(text) < 200:
                    self._held = text
                    break
                if head is not None and not head.partial and self._is_list(head):
                    self._list_head = text[: head.end()]
                    self._list, text = [], text[head.end() :]
                    continue
            end = text.find("\n") + 1 or len(text)
            line, text = text[:end], text[end:]
            left = self._line(line, is_end, shown)
            if left:
                self._opens_line = self._opens_line and left == line
                self._held = left + text
                break
            self._opens_line = line.endswith("\n")
        if is_end:
            self._list = None  # a list that lasted to the end is left out
        return "".join(shown)

    def _is_list(self, head: Any) -> bool:
        rest = head["rest"].strip()
        return bool(self._before.strip()) and (
            (bool(head["colon"]) and not rest) or (bool(rest) and bool(head["colon"])
             and _LISTED.fullmatch(rest) is not None) or (not rest and not head["colon"])
        )  # fmt: skip

    def _listed(self, text: str, is_end: bool, shown: list[str]) -> str:
        """Take lines of a closing list away; a line of another kind brings all of them back."""
        assert self._list is not None
        end = text.find("\n") + 1
        if not end and not is_end:
            self._held = text
            return ""
        line = text[: end or len(text)]
        if _LISTED.fullmatch(line.strip()) or self._cites_name(line.strip(" -*•\n")):
            self._list.append(line)
            return text[len(line) :]
        back, self._list = self._list_head + "".join(self._list), None
        for each in back.splitlines(keepends=True):
            self._line(each, True, shown)
        self._opens_line = False
        return text

    def _cites_name(self, text: str) -> bool:
        return " ".join(text.casefold().split()) in self._names

    def _line(self, line: str, is_end: bool, shown: list[str]) -> str:
        """Read within one line; returns what must wait for more."""
        while line:
            seen = len(self._before)  # a form is told by what stands before it
            whole = self._before + line
            found = _FORM.search(whole, seen, partial=not is_end)
            if found is None and is_end:
                found = _FORM.search(whole + "\n", seen)
                found = found if found and found.end() <= len(whole) else None
            start = found.start() - seen if found is not None else len(line)
            ticks = self._in_code ^ (line.count("`", 0, start) % 2 == 1)
            if found is None or (ticks and not found.partial):
                end = len(line) if found is None else start + 1
                self._send(line[:end], shown)
                line = line[end:]
                continue
            if found.partial:
                waits = len(line) - start <= 160 and not ticks
                self._send(line[:start] if waits else line[: start + 1], shown)
                line = line[start:] if waits else line[start + 1 :]
                if waits:
                    return line
                continue
            opened = max(line.rfind(sign, 0, start) for sign in "([（")
            is_inside = opened >= 0 and not any(sign in line[opened:] for sign in ")]）")
            may_close = not is_end and not line.endswith("\n") and len(line) - opened < 160
            if is_inside and may_close:
                self._send(line[:opened], shown)
                return line[opened:]
            self._send(line[:start], shown)
            made = self._made(found)
            self._send(found.group() if made is None else made, shown)
            line = line[found.end() - seen :]
        return ""

    def _send(self, text: str, shown: list[str]) -> None:
        if text:
            shown.append(text)
            self._before = (self._before + text)[-60:]
            self._in_code ^= text.count("`") % 2 == 1

    def _made(self, found: Any) -> str | None:
        """What a form becomes, or None where it is none."""
        before = self._before
        if found["named"]:
            return self._marker(found["named"])
        if found["numbers"]:
            marker = self._marker(found["numbers"])
            return f"{found['the'] or ''}{marker}" if marker else None
        if found["bare"]:
            is_behind = re.search(
                r"(?:[\w.!?”\"'%)\]]\s+|[.!?。！？\u3040-\u9fff])$", before.rsplit("\n", 1)[-1]
            )
            is_end = found["after"] in ".!?,;:\n(（" or before.rstrip()[-1:] in ".!?"
            if not is_behind or not is_end or _NOT_CITED_AFTER.search(before) or "[" in before:
                return None
            return self._marker(found["bare"])
        if found["sup"] or found["raised"]:
            digits = found["sup"] or found["raised"].translate(_SUPERSCRIPTS)
            if _UNIT.search(before) or (found["raised"] and found["behind"].isalnum()):
                return None
            marker = self._marker(digits)
            return None if marker is None else marker if before.endswith(" ") else f" {marker}"
        name = " ".join(
            re.sub(r",? (?:p|pp|page|pages)\.? ?[\d–-]+$", "", found["name"]).casefold().split()
        )
        numbers = self._names.get(name.strip("\"'“”`"))
        return f"[{numbers}]" if numbers else None

    def _marker(self, numbers: str) -> str | None:
        parts = [int(number) for number in re.findall(r"\d+", numbers)]
        if not parts or any(not 1 <= number <= self._passages for number in parts):
            return None
        ranges = "-".join(part.strip() for part in re.split("to|-|–", numbers))
        return "".join(f"[{each}]" for each in re.findall(r"\d+(?:-\d+)?", ranges))


def _first_passages(documents: Sequence[str], titles: Sequence[str]) -> dict[str, int]:
    """Names under which a document may be cited → its best passage."""
    found: dict[str, int] = {}
    for number, document in enumerate(documents, start=1):
        title = titles[number - 1] if number <= len(titles) else ""
        for name in (document, document.rsplit("/", 1)[-1], title):
            if len(name) >= _SHORTEST_NAME:
                found.setdefault(" ".join(name.casefold().split()), number)
    return found


def _from_json(text: str) -> str:
    """The answer of a JSON text with its citations behind it; empty when there is none."""
    body = text.strip().removeprefix("```").removeprefix("json").removesuffix("```").strip()
    try:
        data, _ = json.JSONDecoder().raw_decode(body.lstrip())
    except (ValueError, RecursionError):
        return ""
    parts = data if isinstance(data, list) else [data]
    told = [_told(part) for part in parts if isinstance(part, dict)]
    return "\n".join(each for each in told if each)


def _told(data: dict[str, Any]) -> str:
    data = {str(key).casefold(): value for key, value in data.items()}
    said = next((data[key] for key in _TEXT_KEYS if key in data), None)
    if isinstance(said, list) and all(isinstance(each, dict) for each in said):
        return " ".join(_told(each) for each in said)
    if isinstance(said, dict):
        return _told(said)
    words = said if isinstance(said, str) else "" if said is None else json.dumps(said)
    cited: Any = next((data[key] for key in _CITED_KEYS if key in data), [])
    numbers = re.findall(r"(?<![\w.])\d{1,3}(?![\w.])", json.dumps(cited))
    if not words.strip() or not numbers or re.search(r"\[\d", words):
        return words.strip()
    return words.strip() + " " + "".join(f"[{n}]" for n in dict.fromkeys(numbers))
