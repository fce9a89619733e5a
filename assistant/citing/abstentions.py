"""Whether a model's words say that the documents hold no answer, and state nothing else.

A model is asked for one fixed line; small ones, and large ones now and then, say it in words of
their own. Such an answer cites nothing. A sentence with a citation is never one: "The paper does
not mention a fee [2]." is a statement about a source, and so is one that goes on with "but".
The sentences are patterns in ``abstentions.txt``, in the languages that people ask in; an unknown
language is never taken for an abstention.
"""

from __future__ import annotations

from importlib.resources import files

import regex

_FLAGS = regex.IGNORECASE | regex.DOTALL


def _load() -> tuple[tuple[regex.Pattern[str], ...], str]:
    """The patterns of ``abstentions.txt``, and its alternatives for "the documents"."""
    named: dict[str, str] = {}
    found = []
    text = (files("assistant.citing") / "abstentions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = regex.sub(r"\b[A-Z]{3,6}\b", lambda name: named.get(name[0], name[0]), line)
        name, is_named, value = pattern.partition(" = ")
        if is_named and name.isupper():
            named[name] = value
        else:
            found.append(regex.compile(pattern, _FLAGS))
    return tuple(found), named["SOURCE"]


_ABSTAINS, _SOURCE = _load()
_LEAD_IN = regex.compile(
    r"(?:(?:based on|according to|from|given) (?:only )?" + _SOURCE + r"(?: \w+){0,2},?\s+)?"
    r"(?:the answer(?: to (?:this|the|your) question)? is:?\s*|answer:\s*)?"
    r"(?:(?:unfortunately|sadly|leider|malheureusement|lamentablemente|purtroppo|infelizmente"
    r"|désolée?|lo siento),?\s+)?",
    _FLAGS,
)
_SORRY = regex.compile(r"^(?:i['’]?m |i am )?(?:very )?(?:sorry|afraid),? (?:but )?(?=\S)", _FLAGS)
_EMPTY = regex.compile(
    r"(?:answer|sure|certainly|of course|okay|ok|yes|well|(?:i['’]m |i am )?sorry"
    r"|here (?:is|are) (?:the |your |an? )?(?:\w+ ){0,2}(?:answer|summary|list|information)s?"
    r"|the answer(?: to (?:this|the|your) question)? is(?: as follows)?"
    r"|(?:based on|according to) .{0,60}|antwort|réponse|respuesta|risposta|resposta|回答|答案"
    r"|i hope (?:this|that) helps|(?:please )?let me know .{0,80}"
    r"|please (?:provide|consult|check|refer|contact)\b.{0,120}"
    r"|if you (?:have|need|can|provide)\b.{0,120})?",
    _FLAGS,
)
_GOES_ON = regex.compile(
    r"[,;–—]\s*(?:but|however|although|though|yet|only|instead|aber|jedoch|sondern|mais|pero|sino"
    r"|ma\b|mas\b|maar|men\b|но\b|ale\b|但|しかし|ただし)",
    _FLAGS,
)
_SIGN = regex.compile(
    r"n['’]t\b|\b(?:not?|none|nothing|never|unable|cannot|unknown|unclear|insufficient|sorry|afraid"
    r"|passages?|documents?|texts?|contexts?|sources?|excerpts?|information|answer"
    r"|nicht|kein\w*|nichts|leider|dokument\w*|pas|aucun\w*|rien|ne|ni|non|não|nessun\w*"
    r"|ningun\w*|nenhum\w*|niet|geen|inte|ikke|ingen|inget|nie|brak|není|ne\w+|не|нет|немає|ei"
    r"|eivät|en|nem|nincs|nu|nicio|δεν|değil|yok|\w*(?:miyor|memiş|mamış)\w*|không|tidak)\b"
    r"|n['’](?:est|a)\b"
    r"|[\u3040-\u9fff\uac00-\ud7af\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f]",
    _FLAGS,
)
"""A word without which no sentence abstains; a script without spaces counts as one."""
_MARKERS = regex.compile(r"[\[【［(]\s*\d[\d,;\s–-]*[\]】］)]|[*_`#>]+")
_CITES = regex.compile(r"[\[【]\W{0,2}\w{0,10}\W{0,2}\d")
_END = regex.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_FIRST_WORDS = 8
"""A text of so many words without a sign of an abstention is shown before its sentence ends."""
_LONGEST = 300
_FEW_WORDS = 45


def is_abstention(text: str) -> bool:
    """Whether an answer says that it has none, states nothing besides, and cites nothing."""
    if not text.strip():
        return False
    if not any(char.isalnum() for char in _MARKERS.sub("", text)):
        return True
    if _CITES.search(text):
        return False
    return all(map(states_nothing, _sentences(text)))


def may_abstain(text: str) -> bool:
    """Whether an answer that begins so may still turn out to be an abstention."""
    if len(text) > _LONGEST:
        return False
    if _CITES.search(text):
        return not any(char.isalnum() for char in _MARKERS.sub("", text))
    *whole, last = _END.split(text)
    if not all(map(states_nothing, filter(str.strip, whole))):
        return False
    return len(last.split()) <= _FIRST_WORDS or _SIGN.search(last) is not None


def states_nothing(sentence: str) -> bool:
    """Whether a sentence abstains or holds nothing that could be true or false."""
    bare = " ".join(_MARKERS.sub(" ", sentence).split()).strip(" \"'“”„«»()-–•")
    if bare.endswith(("?", "？", "؟")):
        return True
    is_lead_in = bare.endswith((":", "："))
    bare = bare.strip(" .!:,;。！：…।\"'“”")
    bare = _SORRY.sub("", bare)
    if not any(char.isalnum() for char in bare):
        return True
    if len(bare) > _LONGEST or len(bare.split()) > _FEW_WORDS or _GOES_ON.search(bare):
        return False
    leads = ("based", "accord")
    if _EMPTY.fullmatch(bare) and (is_lead_in or not bare.lower().startswith(leads)):
        return bare.lower() != "yes"
    opening = _LEAD_IN.match(bare)
    rest = (bare[opening.end() :] if opening else bare).strip(" .,:\"'“”") or bare
    return any(pattern.fullmatch(each) for pattern in _ABSTAINS for each in (bare, rest))


def _sentences(text: str) -> list[str]:
    return [each for each in _END.split(text) if each and each.strip()]


class AbstentionFilter:
    """Holds the beginning of a stream back as long as it may be an abstention."""

    def __init__(self) -> None:
        self._held = ""
        self._released = False
        self.abstained = False

    def feed(self, piece: str) -> str:
        """The text that is certain to be an answer."""
        if self._released:
            return piece
        self._held += piece
        if may_abstain(self._held):
            return ""
        return self._release()

    def finish(self) -> str:
        """What was held back, unless it is an abstention."""
        if not self._released and is_abstention(self._held):
            self._held, self.abstained = "", True
        return self._release()

    def _release(self) -> str:
        text, self._held, self._released = self._held, "", True
        return text
