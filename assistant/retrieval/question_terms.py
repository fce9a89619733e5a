"""The words of a question → its index terms with their shares, and their spellings elsewhere.

Pure. An identifier or a compound gives a term for the whole and terms for its parts; together
the parts have the weight of one word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from assistant.retrieval.defined_things import phrase_defined
from assistant.retrieval.things_at_work import thing_at_work, words_of_name
from assistant.text.analysed import AnalysedText
from assistant.text.in_english import english_terms, english_words
from assistant.text.terms import words

_LIGHT = 0.4
"""Weight of words that answers rarely repeat: "How heavy is it?" is answered by "It weighs 3
kg"."""
_EARLY = 5
"""Words of a question among which the class stands of which one is asked for."""
_PIECE = 0.3
"""Weight of a part of an identifier if the index has the whole."""
_WHOLE_KNOWN, _WHOLE_UNKNOWN = 0.6, 0.3
"""Weight of a whole compound, if the index has it and if not; its parts share the rest."""


@dataclass(frozen=True, slots=True)
class Own:
    """The terms of a question's own words.

    ``shares`` maps content terms to a share of their full weight, in order; ``asking`` are terms
    that say what is wanted; ``surface`` maps terms to words as written, folded.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    asking: tuple[str, ...] = ()
    surface: Mapping[str, str] = field(default_factory=dict)


def own_terms(said: AnalysedText, holds: Callable[[str], bool]) -> Own:
    """The terms of a question, or of part of one; ``holds`` says whether the index has a term."""
    if not said.text:
        return Own()
    defined = phrase_defined(said.text) if said.code == "en" else ""
    asking = said.language.asking - frozenset(words(defined))
    if thing := thing_at_work(said.text, said.code):  # a section that is its own says no "command"
        asking |= {word for word, _ in said.content if not thing & words_of_name(word)}
    kept = [pair for pair in said.content if pair[0] not in asking] or said.content or said.pairs
    shares: dict[str, float] = {}
    light = said.light | _class_asked_for(said)
    for _, term in kept:
        shares.setdefault(term, _LIGHT if term in light else 1.0)
    for whole, pieces in said.identifiers:
        if holds(whole):  # its pieces then weigh little
            shares.update((term, _PIECE) for term in pieces if term in shares)
            shares[whole] = 1.0
    for word, term in kept:
        parts = [part for part in said.compounds.get(word, ()) if part != term]
        if parts:
            shares[term] = _WHOLE_KNOWN if holds(term) else _WHOLE_UNKNOWN
            for part in parts:
                shares.setdefault(part, (1.0 - shares[term]) / len(parts))
    return Own(
        shares,
        asking=tuple(term for word, term in said.pairs if word in asking),
        surface={**{term: term for term in shares}, **{term: word for word, term in said.pairs}},
    )


def _class_asked_for(said: AnalysedText) -> frozenset[str]:
    """The term of the class of which one is asked for: an answer to "Which company …?" names one
    and need not say "company"."""
    words_in_order = [word for word, _ in said.pairs]
    asked = said.language.phrases["which"] + said.language.phrases["what"]
    for at, (word, term) in enumerate(said.pairs[:_EARLY]):
        if word in said.language.classes and at and words_in_order[at - 1] in asked:
            return frozenset({term})
    return frozenset()


def forms_of(
    said: AnalysedText, before: AnalysedText, languages: Iterable[str]
) -> dict[str, dict[str, str]]:
    """For each language the words of a question, and of what it borrows, whose stem is another
    there: stem there → stem here; the other forms of an irregular verb ("wrote", "written") too.

    The empty code stands for texts whose language is not known.
    """
    found: dict[str, dict[str, str]] = {}
    for other in dict.fromkeys((*languages, said.code, "")):
        table: dict[str, str] = {}
        for text in (said, before) if other != said.code else ():
            there = AnalysedText(text.text, other).stems
            if len(text.stems) == len(there):
                table.update((b, a) for a, b in zip(text.stems, there, strict=True) if a != b)
        if other in (said.code, ""):
            table.update({**before.verb_forms, **said.verb_forms})
        found[other] = {**_translations(said, other), **table}
    return {other: table for other, table in found.items() if table or other == said.code}


def _translations(said: AnalysedText, other: str) -> dict[str, str]:
    """Stems of the English words for a question's own, in a text that is English or of no known
    language; those of the other language where the question is English. Stem there → stem here."""
    if other == said.code or (said.code != "en" and other not in ("en", "")):
        return {}
    own = {term: word for word, term in said.pairs}
    own.update((part, part) for each in said.compounds.values() for part in each)
    if said.code == "en":
        back = english_words(other).back
        return {there: term for term in own for there in back.get(term, ()) if there not in own}
    return {
        there: term
        for term, word in own.items()
        for there in english_terms(word, term, said.code)
        if there not in own
    }


def spellings_of(forms: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Each of the question's terms → how it looks elsewhere."""
    found: dict[str, list[str]] = {}
    for table in forms.values():
        for other, term in table.items():
            found.setdefault(term, []).append(other)
    return found


def related_terms(weights: Mapping[str, float], said: AnalysedText) -> dict[str, str]:
    """Term of the same word family ("depth") → the question's term ("deep")."""
    found: dict[str, str] = {}
    for term, family in said.families:
        if term in weights:
            found.update({o: term for o in family if o not in weights and o not in found})
    return found
