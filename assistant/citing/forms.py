"""Citations as models write them in spite of the prompt → the brackets that are citations here.

``(1)`` at a sentence's end, ``(Passage 1)``, ``according to passage 1``, superscripts, the name of
a file in brackets, a closing list of sources, an answer wrapped in JSON. Works on a stream: what
``feed`` returns is final.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import regex

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORD = r"(?:passages?|sources?|excerpts?|snippets?|refs?\.?|citations?)"
_NUMBERS = r"\d{1,2}(?:\s*(?:,|;|&|and|und)\s*(?:passage\s+|source\s+)?\d{1,2})*"
_NUMBERED = (
    r"equations?|eqs?\.?|formulas?|steps?|sections?|figures?|figs?\.?|tables?|items?|options?|parts?|"
    r"rules?|lines?|chapters?|notes?|cases?|theorems?|lemmas?|clauses?|paragraphs?|questions?|phases?"
)
"""Words whose number in brackets is their own: "equation (1)"."""
_LIST_HEAD = r"(?:sources?(?: used)?|references?|citations?|quellen|fuentes|fontes|fonti|источники)"
_FORMS = rf"""
 (?P<paren>\(\s*(?:see\s+|from\s+)?{_WORD}\s*(?:no\.?|number|\#)?\s*(?P<n>{_NUMBERS})\s*\))
|(?P<bare>(?<=[\p{{L}}\d%”"')]\s)(?<!\b(?:{_NUMBERED})\s)\((?P<n>\d{{1,2}}(?:\s*,\s*\d{{1,2}})*)\)(?=\s*(?:[.!?]|\n|$)))
|(?P<named>\b(?:passage|source)\s+(?:no\.?\s*|number\s+|\#)?(?P<n>\d{{1,2}})\b(?![.,]\d|\s*%))
|(?P<super>(?<=[\p{{L}}.,;:!?”"')]{{3}})(?P<n>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}(?:[ ,⁻][⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})*)(?=[\s.,;:!?]|$))
|(?P<list>\n\s*\W{{0,4}}{_LIST_HEAD}\W{{0,4}}:?\s*\n(?:\s*(?:[-*•]\s*)?[\[(]?\d{{1,2}}[\])]?[.:)]?[^\n]{{0,200}}(?:\n|$))+\s*$)
"""  # noqa: E501
_LONGEST = 60
_BEHIND = 20
"""Characters before a form that tell whether it is one."""
_LIST_BEGINS = regex.compile(
    rf"\n[ \t]{{0,8}}[^\w\n]{{0,4}}{_LIST_HEAD}\W{{0,4}}:?\s*(?:\n|$)", regex.IGNORECASE
)
_JSON_OPENS = regex.compile(r"\s*(?:```(?:json)?\s*)?\{\s*(?:\"|$)")
_JSON_KEYS = ("answer", "response", "text", "result", "output", "content", "reply")

_JSON_SOURCES = ("citations", "sources", "passages", "citation", "source", "passage")


class FormsFilter:
    """``documents``: the file of each passage, in the prompt's order."""

    def __init__(self, documents: Sequence[str]) -> None:
        self._count = len(documents)
        self._files = _first_passages(documents)
        names = "|".join(regex.escape(name) for name in sorted(self._files, key=len, reverse=True))
        file = (
            rf"|(?P<file>[\[(]\s*(?:from |see |source: ?)?(?P<f>{names})\s*[\])])" if names else ""
        )
        self._pattern = regex.compile(_FORMS + file.replace(" ", r"\ ").replace("#", r"\#"),
                                      regex.VERBOSE | regex.IGNORECASE)  # fmt: skip
        self._longest = max(_LONGEST, *(len(name) + 20 for name in self._files), 0)
        self._held = ""
        self._behind = ""
        self._is_json: bool | None = None

    def feed(self, piece: str) -> str:
        """The text whose citations are certain."""
        self._held += piece
        return self._work(is_end=False)

    def finish(self) -> str:
        """What was held back."""
        return self._work(is_end=True)

    def _work(self, is_end: bool) -> str:
        if self._is_json is None:
            start = self._held.lstrip()
            if not is_end and (not start or (start[0] in "{`" and len(start) < 12)):
                return ""
            self._is_json = _JSON_OPENS.match(self._held) is not None
        if self._is_json:
            if not is_end:
                return ""
            self._held = _answer_in(self._held)
        cut = len(self._held) if is_end else self._certain()
        text, self._held = self._held[:cut], self._held[cut:]
        whole = self._behind + text
        out = self._pattern.sub(self._replaced, whole, pos=len(self._behind))
        shown = out[len(self._behind) :]
        self._behind = whole[-_BEHIND:]
        return shown

    def _certain(self) -> int:
        """How much of what is held cannot be part of a form that is not whole yet."""
        text = self._held
        begun = _LIST_BEGINS.search(text)
        if begun is not None and len(text) - begun.start() < 2000:
            return begun.start()
        window = max(0, len(text) - self._longest)
        spot = next(
            (at for at in range(window, len(text))
             if text[at] in "([\n⁰¹²³⁴⁵⁶⁷⁸⁹" or (text[at:at + 1].lower() in "ps"
             and (at == 0 or not text[at - 1].isalnum())
             and ("passage ".startswith(text[at:at + 8].lower()) or "source ".startswith(
                 text[at:at + 7].lower()) or (text[at:].lower().startswith(("passage ", "source "))
                 and len(text) - at < 20)))),
            len(text),
        )  # fmt: skip
        if spot < len(text) and text[spot] in "([":
            closed = text.find(")" if text[spot] == "(" else "]", spot)
            if closed >= 0 and len(text) > closed + 2:
                return len(text) if not _open_after(text, closed) else closed + 1
        return spot

    def _replaced(self, found: Any) -> str:
        if found["list"]:
            return "\n"
        if file := found.groupdict().get("f"):
            return f"[{self._files[file.lower()]}]"
        numbers = [int(n) for n in regex.findall(r"\d+", found["n"].translate(_SUPERSCRIPTS))]
        if not numbers or any(not 1 <= number <= self._count for number in numbers):
            return str(found.group())
        space = " " if found["super"] else ""
        return space + "".join(f"[{number}]" for number in numbers)


def _open_after(text: str, at: int) -> bool:
    return any(char in "([\n⁰¹²³⁴⁵⁶⁷⁸⁹pPsS" for char in text[at + 1 :])


def _first_passages(documents: Sequence[str]) -> Mapping[str, int]:
    """Names under which a file may be cited → its best passage."""
    found: dict[str, int] = {}
    for number, document in enumerate(documents, start=1):
        for name in (document, document.rsplit("/", 1)[-1]):
            if "." in name and len(name) <= 120:
                found.setdefault(name.lower(), number)
    return found


def _answer_in(text: str) -> str:
    """The answer of a reply in JSON; the reply itself where none can be read."""
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    try:
        data, _ = json.JSONDecoder().raw_decode(body)
    except ValueError:
        return text
    if not isinstance(data, dict):
        return text
    for key in _JSON_KEYS:
        value = next((v for k, v in data.items() if k.lower() == key), None)
        if isinstance(value, str) and value.strip():
            cited: Any = next((v for k, v in data.items() if k.lower() in _JSON_SOURCES), [])
            listed = cited if isinstance(cited, list) else [cited]
            numbers = [int(n) for each in listed for n in regex.findall(r"\d{1,2}", str(each))[:1]]
            has_own = regex.search(r"\[\d", value) is not None
            return value if has_own else value + "".join(f" [{n}]" for n in numbers[:8])
    return text
