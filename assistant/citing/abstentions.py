# ruff: noqa: E501 (a pattern reads better whole)
"""Whether a model's words say that the documents hold no answer, and state nothing else.

A model is asked for one fixed line; small ones, and large ones now and then, say it in words of
their own. Such an answer cites nothing. A sentence with a citation is never one: "The paper does
not mention a fee [2]." is a statement about a source.
"""

from __future__ import annotations

import regex

_NOUN = (
    r"(?:documents?|passages?|texts?|contexts?|sources?|excerpts?|articles?|materials?|snippets?"
    r"|information|answer|question|details?|data)"
)
_VERB = (
    r"(?:mention|state|specif|provid|contain|found|find|includ|given|giv|say|list|address|discuss"
    r"|answer|availab|describ|indicat|cover|disclos|present|known|clear|tell|enough|sufficien)"
)
_NOT = r"(?:\bnot\b|n['’]t\b|\bno\b|\bcannot\b|\bnothing\b|\bunable\b|\bnone\b|\bneither\b)"
_FLAGS = regex.IGNORECASE
_SHORT = regex.compile(
    r"n\.?/?a\.?|none|nothing|unknown|unanswerable|no answer|not? (?:answer|information|data|details"
    r"|mention|result|match)(?: (?:found|available|provided|given|is given|of (?:it|this|that)))?"
    r"|(?:it(?:['’]s| is)|this is|that is)?\s*not (?:mentioned|specified|stated|found|available|given"
    r"|provided|applicable|known|answered|listed|disclosed|in the (?:documents?|passages?|text"
    r"|context|sources?))(?: (?:in|by) (?:the |any |these )?(?:\w+ )?(?:documents?|passages?|text"
    r"|context|sources?))?"
    r"|i (?:do not|don['’]t) know(?: the answer)?|insufficient (?:information|context|data)"
    r"|nicht (?:angegeben|erwähnt|bekannt|genannt|enthalten|in den dokumenten)|keine (?:angaben?|antwort"
    r"|information(?:en)?)|unbekannt|no (?:se menciona|lo sé|disponible)|non (?:mentionné|précisé|spécifié"
    r"|indiqué|disponible|menzionato|indicato|specificato)|inconnue?|desconocido"
    r"|não (?:mencionado|informado|especificado)|не (?:указано|упоминается|известно)|нет (?:данных|ответа)"
    r"|неизвестно|未提及|没有提到|文档中没有|不知道|未知|記載なし|不明|わかりません",
    _FLAGS,
)  # fmt: skip
_LONG = tuple(
    regex.compile(pattern, _FLAGS)
    for pattern in (
        rf"\b{_NOUN}\b[^.!?]{{0,80}}{_NOT}[^.!?]{{0,60}}\b{_VERB}",
        (
            rf"{_NOT}[^.!?]{{0,60}}\b{_VERB}[^.!?]{{0,80}}\b(?:documents?|passages?|texts?|contexts?"
            rf"|sources?|excerpts?|information|provided)\b"
        ),
        rf"\banswer\b[^.!?]{{0,60}}{_NOT}[^.!?]{{0,30}}\b(?:in|from|by)\b",
        (
            rf"\b(?:there is|there are|i have|i see|i found|contains?|provides?|gives?)\s+(?:no|not "
            rf"enough|insufficient|nothing)\b[^.!?]{{0,80}}\b(?:{_NOUN}|mention|about|on)\b"
        ),
        (
            r"\bi(?:['’]m| am)? ?(?:cannot|can['’]t|could ?n[o'’]t|could not|unable to|was unable to"
            r"|do not|don['’]t)\b[^.!?]{0,40}\b(?:find|answer|determine|say|know|tell|provide|help"
            r"|locate)"
        ),
        r"\b(?:cannot|can['’]t|could not) be (?:determined|answered|found|inferred)",
        (
            r"\b(?:dokument|passage|text|quelle|kontext|angaben?|frage)\w*\b[^.!?]{0,80}\b(?:nicht|kein\w*"
            r"|nichts)\b"
        ),
        r"\b(?:nicht|kein\w*|nichts)\b[^.!?]{0,80}\b(?:dokument|passage|text|quelle|kontext|angaben?)",
        (
            r"\b(?:documents?|passages?|texte|contexte|sources?)\b[^.!?]{0,50}\b(?:ne|n['’])[^.!?]{0,30}"
            r"\b(?:pas|rien|aucune?)\b"
        ),
        (
            r"\b(?:documentos?|pasajes?|textos?|contexto|fuentes?)\b[^.!?]{0,40}\b(?:no|não)\b[^.!?]{0,20}"
            r"\b(?:mencion|contien|indic|especific|proporcion|contém|conté)"
        ),
        (
            r"\bno (?:se )?(?:menciona|encuentra|especifica|indica)\w*\b[^.!?]{0,60}\b(?:document|pasaje"
            r"|texto|contexto)"
        ),
        r"\b(?:document\w*|passagg\w*|testo|contesto)\b[^.!?]{0,40}\bnon\b",
        r"(?:документ|текст|отрыв|источник)\w*[^.!?]{0,60}\b(?:не|нет)\b",
        r"\b(?:не|нет)\b[^.!?]{0,60}(?:документ|текст|отрыв|источник)",
        r"(?:文档|文件|文中|段落|资料|上下文)[^。！？]{0,20}(?:没有|未|无)",
        r"(?:文書|資料|文章|本文)[^。！？]{0,30}(?:ません|ない)",
    )
)
_OPENING = regex.compile(
    r"\W*(?:(?:i['’]?m |i am )?(?:sorry|afraid)\b[^.!?]{0,40}?[,.](?: but\b)?|unfortunately,?|leider|désolée?,?"
    r"|lo siento,?|answer:|the answer is:?|based on [^,]{0,60},|according to [^,]{0,60},)?\s*",
    _FLAGS,
)
_EMPTY = regex.compile(
    r"\W*(?:(?:the )?answer(?: is)?\W*|here (?:is|are) [^.!?:]{0,60}:|(?:sure|certainly|of course|yes"
    r"|okay)\W*|i hope (?:this|that) helps\W*|(?:please )?let me know [^.!?]{0,80}\W*"
    r"|please (?:provide|consult|check|refer|contact)\b[^.!?]{0,120}\W*"
    r"|if you (?:have|need|can|provide)\b[^.!?]{0,120}\W*|(?:i(?:['’]m| am) )?sorry\W*)?",
    _FLAGS,
)
_MARKER = regex.compile(r"[\[【]\W{0,2}\w{0,10}\W{0,2}\d")
_END = regex.compile(r"(?<=[.!?。！？])\s*|\n+")
_BUT = regex.compile(r"\b(?:but|however|although|aber|jedoch|mais|pero|но)\b|但", _FLAGS)
_LONGEST = 300
_GATE = regex.compile(
    r"\W*(?:n/?\.?a\b|no\b|not\b|none|nothing|unknown|unanswer|unfortunately|sorry|i\b|there\b"
    r"|the (?:\w+ )?(?:documents?|passages?|texts?|contexts?|sources?|excerpts?|articles?|provided"
    r"|given|information|answer|question)\b|it(?:['’]s| is) not|this (?:is|information|question)\b"
    r"|that is not|based on|according to (?:the|these)|neither|answer\b|insufficient|these\b|none\b"
    r"|leider|keine?\b|nicht|das\b|die\b|der\b|in de[nmr]\b|unbekannt|désolé|les?\b|non\b|inconnu"
    r"|lo siento|los?\b|el\b|os?\b|não|desconocid|il\b|nel\b|не\b|нет|неизв|в\b|документ|к сож"
    r"|未|没有|文|不|很抱歉|抱歉|根据|記|わ|申|資|本|sure\b|certainly)",
    _FLAGS,
)


def is_abstention(text: str) -> bool:
    """Whether an answer says that it has none, states nothing besides, and cites nothing."""
    if _MARKER.search(text):
        return False
    sentences = [each for each in _END.split(text) if each and each.strip()]
    if not sentences:
        return False
    kinds = [_kind(each) for each in sentences]
    return all(kinds) and ("none" in kinds or all(kind == "empty" for kind in kinds))


def may_abstain(text: str, is_end: bool = False) -> bool:
    """Whether an answer that begins so may still turn out to be an abstention."""
    if _MARKER.search(text) or len(text) > _LONGEST:
        return False
    if not is_end and _GATE.match(text, partial=True) is None:
        return False
    *whole, _ = _END.split(text)
    return all(_kind(each) for each in whole if each and each.strip())


def _kind(sentence: str) -> str:
    """``none`` for an abstention, ``empty`` for one that states nothing, else an empty text."""
    said = sentence.strip().strip("*_`\"'“”‘’()[]- ").strip()
    if not said or (_EMPTY.fullmatch(said)):
        return "empty"
    if len(said) > _LONGEST:
        return ""
    bare = said.rstrip(".!。！ ")
    opening = _OPENING.match(bare)
    rest = bare[opening.end() :] if opening else bare
    if _SHORT.fullmatch(rest.strip(" *_`\"'")) or _SHORT.fullmatch(bare):
        return "none"
    if _BUT.search(rest):
        return ""
    return "none" if any(pattern.search(said) for pattern in _LONG) else ""


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
