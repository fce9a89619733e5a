"""The prompt's own end, repeated by a small model: "Question: … Answer:".

Before an answer such an echo is dropped; behind one it is a new turn that nobody asked for, and the
text ends there. Only the question that was asked counts as an echo: a line "Question: …" of a list
of other questions stays. Pure.
"""

from __future__ import annotations

import regex

_NOUNS = (
    r"question|q|user|human|frage|pregunta|domanda|vraag|pergunta|spørsmål|fråga|pytanie|вопрос|"
    r"问题|質問"
)
_ANSWERS = r"answer|a|assistant|antwort|réponse|respuesta|risposta|antwoord|resposta|svar|odpowiedź"
_OPENS = r"(?:^|(?<=\n)|(?<=[.!?…\]\"”]\s))[ \t]*[*_#>\s]{0,6}"
_LABEL = regex.compile(
    rf"{_OPENS}(?:(?P<asked>(?:(?:the|my|your)\s)?(?:(?:user|person)(?:['’]s)?\s|original\s)?"
    rf"(?:{_NOUNS}))|(?P<answer>(?:(?:the|my)\s)?(?:(?:short|final)\s)?(?:{_ANSWERS})))"
    r"(?:\s(?:is|was))?[*_]{0,3}\s?[:：][*_]{0,3}[ \t]*",
    regex.IGNORECASE,
)
_WORD = regex.compile(r"\w+(?:['’]\w+)?")
_ENDS = regex.compile(r"[\s?？!.\"”'*_)\]]*")
_SLIPS = 1
"""Words of the question that its echo may have otherwise."""
_FEWEST_WORDS = 3
"""A shorter question is found in too many texts."""
_CUT_OFF = 0.6
"""The share of the question after which a text that broke off is its echo."""


class EchoFilter:
    """Feed it a model's pieces; what comes back holds no echo of ``question``."""

    def __init__(self, question: str) -> None:
        words = [word.lower() for word in _WORD.findall(question)]
        self._asked = words if len(words) >= _FEWEST_WORDS else []
        self._held = ""
        self._before = ""  # what was taken last: labels open a line or follow a sentence
        self._began = self._is_echoed = False
        self._dropped = ""  # a label with nothing behind it is an answer that states nothing
        self.stopped = False

    def feed(self, piece: str) -> str:
        """The text that is certain to be no echo."""
        return self._work(self._held + piece, is_end=False)

    def finish(self) -> str:
        """What was held back."""
        rest = self._work(self._held, is_end=True)
        return rest if self._began else rest + self._dropped

    def _work(self, text: str, *, is_end: bool) -> str:
        self._held = ""
        shown: list[str] = []
        while text and not self.stopped:
            if not self._began and (end := self._unlabelled(text, is_end=is_end)) is not None:
                if end < 0:
                    self._held = text
                    break
                text = text[end:]
                continue
            found = _LABEL.search(self._before + text, len(self._before), partial=not is_end)
            at = found.start() - len(self._before) if found else len(text)
            self._show(text[:at], shown)
            if found is None:
                break
            rest = text[at:]
            if found.partial:
                self._held = rest
                break
            length = found.end() - found.start()
            taken = self._label(found, rest[length:], is_end=is_end)
            if taken is None:
                self._held = rest
                break
            if taken < 0:
                self._show(rest[:length], shown)
                text = rest[length:]
            else:
                self._dropped += "" if self._began else rest[:length]
                text = rest[length + taken :]
        return "".join(shown)

    def _label(self, found: regex.Match[str], rest: str, *, is_end: bool) -> int | None:
        """Characters behind a label that go with it; -1 where it stays, None when not known yet."""
        if found["answer"]:
            is_letter = len(found["answer"]) == 1  # "A: the north door" opens a list
            return -1 if self._began or (is_letter and not self._is_echoed) else 0
        end = self._repeated(rest, is_end=is_end)
        if end is None or end < 0:
            return None if end is not None else -1
        self._is_echoed = True
        self.stopped = self._began
        return end

    def _unlabelled(self, text: str, *, is_end: bool) -> int | None:
        """Where an echo ends that opens the text without a label, with a question mark or a line's
        end; -1 when not known yet, None if there is none."""
        end = self._repeated(text, is_end=False)
        if end is None or end < 0:
            return end if end is None or not is_end else None
        closed = text[:end].rstrip(" \t")
        return end if closed.endswith(("?", "？", "\n")) else None

    def _repeated(self, text: str, *, is_end: bool) -> int | None:
        """The end of the question at the start of a text; -1 when not known yet, None if it does
        not stand there."""
        if not self._asked:
            return None
        slips = at = 0
        for number, word in enumerate(self._asked):
            found = _WORD.search(text, at)
            if found is None or found.end() == len(text):
                said = number + (found is not None)
                is_cut = is_end and said >= _CUT_OFF * len(self._asked)
                if not is_end:
                    is_open = found is None or word.startswith(found.group().lower())
                    return -1 if is_open or slips < _SLIPS else None
                if found is None or not is_cut:
                    return len(text) if is_cut else None
            slips += found.group().lower() != word
            if slips > _SLIPS:
                return None
            at = found.end()
        after = _ENDS.match(text, at)
        end = after.end() if after else at
        return -1 if end == len(text) and not is_end else end

    def _show(self, text: str, shown: list[str]) -> None:
        shown.append(text)
        self._began = self._began or bool(text.strip())
        self._before = (self._before + text)[-2:]
