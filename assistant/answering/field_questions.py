"""Which fields of a document a question asks for, by its words. Pure."""

from __future__ import annotations

import re

_PAPER = (
    r"(?:mails?|e-?mails?|letters?|messages?|memos?|papers?|articles?|reports?|books?|documents?|"
    r"files?|notes?|notices?|polic(?:y|ies)|rules?|guidelines?|manuals?|handbooks?|minutes|"
    r"presentations?|slides|contracts?|stud(?:y|ies)|thesis|essays?|texts?|"
    r"brief|nachricht|bericht|dokument|artikel|aufsatz|schreiben|mitteilung|richtlinie|handbuch|"
    r"protokoll|vertrag|lettre|courriel|rapport|carta|correo|informe|lettera|relazione)"
)
_CUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "affiliation",
        (
            r"affiliations?", r"where do (?:the|its) authors",
            r"(?:which|what) (?:university|institut(?:e|ion)|company) (?:are|is|do) .{0,30}authors",
        ),
    ),
    (
        "sender",
        (
            r"who sent", r"from whom (?:is|was|came)", r"sender of", r"von wem (?:ist|kam|kommt)",
            r"wer hat .{0,120}(?:geschickt|gesendet|gesandt)", r"absender", r"qui a envoyé",
            r"quién envió", r"chi ha (?:inviato|mandato)",
        ),
    ),
    (
        "recipient",
        (
            r"to whom", r"who (?:received|got)", r"addressed to", r"recipients? of", r"an wen",
            r"empfänger", r"à qui", r"destinataires?", r"a quién", r"destinatarios?", r"a chi",
        ),
    ),
    (
        "author sender",
        (
            r"who (?:wrote|authored|drafted|prepared|composed)", r"authors? of",
            r"by whom (?:is|was|were) (?:\S+ ){1,12}?(?:written|authored|drafted|prepared)",
            r"who (?:is|are|was|were) the authors?", r"wer (?:schrieb|verfasste)",
            r"wer hat .{0,120}(?:geschrieben|verfasst|erstellt)",
            r"(?:autor|verfasser)(?:in|en)? (?:von|des|der)", r"qui a (?:écrit|rédigé)",
            r"auteurs? (?:de|du|des)", r"quién(?:es)? escribi(?:ó|eron)", r"autor(?:es)? de",
            r"chi ha scritto", r"autor[ei] (?:di|del|della)",
        ),
    ),
    ("editor", (r"who edited", r"editors? of", r"wer .{0,80}herausgegeben", r"herausgeber")),
    ("publisher", (r"who (?:published|issued)", r"publisher of", r"verlag", r"qui a publié")),
    ("subject", (rf"(?:subject|betreff|objet|asunto|oggetto) (?:\w+ ){{0,3}}{_PAPER}",)),
    ("abstract", (r"abstract of", r"zusammenfassung (?:von|des|der)", r"résumé d[eu]")),
    (
        "version",
        (
            r"(?:which|what|welche) (?:version|revision|edition|fassung|ausgabe)",
            r"(?:version|revision|fassung) (?:number )?(?:is|of|hat|ist)",
        ),
    ),
    (
        "date",
        (
            r"when (?:is|was|were) (?:\S+ ){1,12}?(?:written|dated|sent|published|issued|from)",
            rf"date of (?:\w+ ){{0,4}}{_PAPER}", rf"how old is (?:\w+ ){{0,4}}{_PAPER}",
            r"von wann (?:ist|sind|stammt)", rf"datum (?:\w+ ){{1,3}}{_PAPER}", r"de quand date",
            r"wann wurde .{1,120}(?:geschrieben|verfasst|veröffentlicht|gesendet|geschickt)",
        ),
    ),
)  # fmt: skip
_ASKS = tuple(
    (tuple(names.split()), re.compile(rf"\b(?:{'|'.join(cues)})\b", re.IGNORECASE))
    for names, cues in _CUES
)
CUE_WORDS = """who wrote written authored drafted prepared composed author authors sender sent send
    from whom recipient recipients received got addressed editor editors edited publisher published
    issued affiliation affiliations subject abstract version revision edition number date dated when
    old work mail mails email emails letter message paper article document file
    wer hat schrieb geschrieben verfasste verfasst verfasser autor autorin erstellt absender
    geschickt gesendet empfänger herausgeber betreff wann stammt veröffentlicht datum brief
    nachricht dokument artikel mail e qui écrit rédigé auteur envoyé quand lettre courriel
    quién escribió envió carta correo chi scritto inviato lettera"""
"""Words of such questions that name no document."""


def fields_asked(text: str) -> tuple[str, ...]:
    """The names of the fields that could answer a question, the fittest first; none for a question
    about anything else."""
    return next((names for names, pattern in _ASKS if pattern.search(text)), ())


_STANDS_FOR = re.compile(
    r"\b(?:what (?:does|do|is|are) .{1,60}\b(?:stand for|short for|abbreviation|acronym)|"
    r"what does .{1,40}\bmean\b|"
    r"(?:full|long) (?:form|name) of|spell out|written out|meaning of|abbreviation (?:of|for)|"
    r"acronym (?:of|for)|how is .{3,90} abbreviated|"
    r"wofür steht|was (?:bedeutet|heißt)|abkürzung (?:von|für)|que (?:signifie|veut dire)|"
    r"qué significa|cosa significa|waar staat .{1,40} voor|vad betyder|hva betyr)\b",
    re.IGNORECASE,
)


def asks_long_form(text: str) -> bool:
    """Whether a question asks what an abbreviation stands for, or how something is abbreviated."""
    return _STANDS_FOR.search(text) is not None
