# ruff: noqa: E501 (a pattern reads better whole)
"""A question that asks for the last answer in another form → the question that it is about. Pure.

"Shorter, please", "as a table", "translate it into German" hold nothing to search for: a search
for the word "shorter" finds what nobody asked. The question before is asked again, so the same
passages are found, and the model is told the form. Each sentence is checked anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from assistant.retrieval.follow_up import Turn
from assistant.retrieval.question import Asked

_LANGUAGE = (
    r"(?:english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|japanese"
    r"|korean|arabic|turkish|swedish|danish|finnish|czech|hindi|ukrainian|greek|hungarian|romanian"
    r"|(?:deutsch|englisch|französisch|spanisch|italienisch|polnisch|russisch|chinesisch|türkisch)e?"
    r"|anglais|allemand|espagnol|italien|inglés|alemán|francés|italiano|inglese|tedesco|francese"
    r"|spagnolo|español|français|português|inglês|alemão|engels|duits|frans)"
)
_IT = (
    r"(?:it|this|that|them|the (?:last |previous |above )?answer|your (?:last )?answer|the above"
    r"|everything|das|es|dies|die (?:letzte )?antwort|deine antwort|la réponse|ça|cela|la respuesta"
    r"|eso|la risposta|a resposta|isso|het|dat|het antwoord)"
)
_SHAPE = (
    r"(?:(?:a |one |an? (?:short|small|simple|markdown) )?(?:table|list|bullet(?:ed)? (?:list|points)"
    r"|bullets|bullet points|numbered list|summary|paragraph|timeline|sentence|line)"
    r"|(?:one|two|three|a few|1|2|3) (?:sentences?|words|lines|bullet points)"
    r"|(?:simple|plain|simpler|other|fewer|your own) (?:words|terms|english|language))"
)
_DEGREE = (
    r"(?:a (?:bit|little) |much |even |still |bitte |etwas |viel |noch |un peu |plus |más |più |mais )?"
    r"(?:shorter|longer|simpler|briefer|more (?:briefly|concise(?:ly)?|simply|detailed|details?|detail)"
    r"|in (?:more|less|greater) detail|brief(?:ly)?|concise(?:ly)?"
    r"|kürzer|länger|einfacher|knapper|ausführlicher|genauer"
    r"|courte?|bref|brève|longue?|simple|détaillée?|corto|corta|breve|largo|larga|detallado|semplice"
    r"|curto|curta|korter|langer|eenvoudiger|короче|подробнее|проще|短一点|更短|简短一点|もっと短く)"
)
_FORM = (
    r"(?:(?:now|ok(?:ay)?|and|then|thanks|thank you|please|bitte|danke|und|nun|jetzt|s'il te plaît"
    r"|s'il vous plaît|por favor|per favore)[,.!]?\s+)*"
    r"(?:(?:can|could|would|will) you\s+(?:please\s+)?|kannst du\s+|könntest du\s+|können sie\s+"
    r"|i (?:want|need|would like|['’]d like)\s+)?(?:please\s+|bitte\s+)?"
    r"(?:"
    rf"(?:(?:make|write|give(?: me)?|say|put|show(?: me)?|explain|repeat|tell me|rewrite|rephrase"
    rf"|format|present|mach(?:e)?|schreib(?:e)?|sag(?:e)?|zeig(?:e)?|fais|hazlo|fallo)\s+)?"
    rf"(?:{_IT}\s+)?(?:{_DEGREE}|(?:as|in|into|to|als|in|en|como|come)\s+{_SHAPE}"
    r"|(?:als|en|como|come|in)\s+(?:einer?\s+|un[ea]?\s+|uma?\s+)?(?:tabelle|liste|stichpunkten?"
    r"|einem satz|kurzform|tableau|une phrase|tabla|lista|una frase|tabella|tabela|tabel|lijst)"
    rf"|(?:in|into|to|auf|ins|en|in het|em)\s+{_LANGUAGE})"
    rf"|(?:summari[sz]e|shorten|simplify|rephrase|reword|expand(?: on)?|elaborate(?: on)?"
    rf"|translate|fass(?:e)?|kürze|übersetz(?:e)?|résume|traduis|traduce|resume|traduci|riassumi"
    rf"|traduza|vertaal)(?:\s+{_IT})?(?:\s+zusammen)?"
    rf"(?:\s+(?:in|into|to|auf|ins|en|au|al|para|naar het)\s+(?:{_LANGUAGE}|{_SHAPE}))?"
    r"|tl;?\s?dr|more details?|als tabelle|übersetzen"
    r")"
    r"(?:[,\s]+(?:please|bitte|now|then|s'il te plaît|s'il vous plaît|por favor|per favore|thanks"
    r"|thank you))?\s*[.!?…]*"
)
_LONGEST = 120


@cache
def _form() -> regex.Pattern[str]:
    """Compiled when first needed, after another question: 10 ms."""
    return regex.compile(_FORM, regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reshaped:
    """``asked``: the question that is answered; ``form``: how, in the person's words, if they asked
    for another form of the last answer."""

    asked: Asked
    form: str = ""

    def told(self, standalone: str) -> str:
        """The question as the model gets it."""
        return f"{standalone}\nForm of the answer: {self.form}" if self.form else standalone


def reshaped(asked: Asked) -> Reshaped:
    """The question before, where this one only asks for another form of its answer.

    Such turns are left out of the history, so that a later "And in 2020?" still refers to what was
    asked.
    """
    turns: list[Turn] = []
    for question, answer in asked.history:
        if turns and asks_for_form(question):
            turns[-1] = (turns[-1][0], answer)
        else:
            turns.append((question, answer))
    if turns and asks_for_form(asked.text):
        return Reshaped(Asked(turns[-1][0], turns[:-1]), asked.text)
    return Reshaped(Asked(asked.text, turns))


def asks_for_form(text: str) -> bool:
    """Whether a text asks for another form, length or language, and for nothing else."""
    return len(text) <= _LONGEST and _form().fullmatch(" ".join(text.split())) is not None
