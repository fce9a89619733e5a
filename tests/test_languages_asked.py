"""Questions in German, French and Spanish: a time, an age, a price, a deed, a meaning are told."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.asked_and_told import (
    asks_life,
    asks_to_tell_apart,
    lacks_year,
    measure_asked,
    price_told,
    tells_difference,
    tells_measure,
    tells_when,
)
from assistant.answering.deeds import deed_asked
from assistant.answering.kind_words import has_number_word, has_time
from assistant.answering.life_years import dates_a_life, lacks_life, without_life_years
from assistant.answering.told_meanings import tells_meaning
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import AnalysedText
from assistant.text.look_alikes import other_meanings, says_other
from assistant.text.word_families import family, verb_forms

LEUCHTTURM = """# Der Leuchtturm am Rotkliff

Die Arbeiten am Leuchtturm wurden mit dem Ziel fortgesetzt, bald das Lichtsystem 2 einweihen zu
können. Der Leuchtturm in seiner jetzigen Form geht auf den Lehrer Hinrich Ohlsen (1871-1944) und
seine Schüler zurück.

Das Bauwerk wurde 1908 von der Hafengesellschaft Nordstrand errichtet, mit Spenden vieler Fischer.

Der Förderkreis schloss sich zusammen, um die Werkstatt am Rotkliff zu gründen.
"""
SEEKARTE = """# Das Programm Seekarte

Seekarte 2.0 wurde am 4. Mai 2011 freigegeben und zeigt alle Bojen. Seekarte ist frei.
"""
GRUENDE = """# Warum der Hafen Kurrendorf gewählt wurde

Schließlich muss aus Gründen der Sicherheit jedes Boot in Kurrendorf denselben Anker führen. Die
Wahl fiel aus folgenden Gründen auf Kurrendorf:

- Der Hafen ist tief genug.
- Die Mole hält jedem Sturm stand.
- Die Werft liegt am Ufer.
- Die Kneipe hat guten Fisch.
- Die Straße ist breit.
- Das Wasser ist sauber.
"""
MOULIN = """# Le moulin de Brévenne

La Confrérie des meuniers a publié un calendrier et un journal sur le moulin de Brévenne. Fondateur
de la Confrérie des meuniers et de son école, Aubin Terrasse vivait au village.

Mât du sud, avec des marques (5°/5°) de la hauteur. Mât du nord, avec des marques (5°/5°) de la
hauteur et un disque.

Le treuil a été détaché du moulin en mars 1913. Le treuil du moulin est une grande innovation.

La meule de grès est une cousine de la meule de lave, mais le résultat est très différent. La meule
de grès use le grain lentement, tandis que la meule de lave le brise d'un coup.
"""
CANOA = """# La canoa Ximbalá

Ximbalá es la canoa del norte del lago, lo que significa que llega siempre primero al muelle del
pueblo. El significado de Ximbalá es «flor de agua» en la lengua antigua de los remeros.

Cuando talló la primera canoa en 1931, Telmo Arrieta tenía unos planes claros para el lago.

El remero principal fue Basilio Cué, que enseñó a Nadia Rebolledo el arte de leer el viento.
"""
assistant = indexed_for_module(
    {
        "leuchtturm.md": LEUCHTTURM, "gruende.md": GRUENDE, "moulin.md": MOULIN,
        "canoa.md": CANOA, "seekarte.md": SEEKARTE,
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "Wann wurde das Lichtsystem 2 eingeweiht?",
        "Wer leitet die Werkstatt am Rotkliff?",
        "Wann und wo starb der Gründer von Kurrendorf?",
        "Quelle est la hauteur du mât du nord ?",
        "Combien coûte le calendrier de la Confrérie des meuniers ?",
        "En quelle année Aubin Terrasse est-il né ?",
        "¿Cuántos años tenía Telmo Arrieta cuando murió?",
        "¿Cuánto mide la canoa Ximbalá?",
        "¿Cuándo quebró la empresa de Telmo Arrieta?",
        "Wann wurde Seekarte 1.0 freigegeben?",
    ],
)
def test_what_no_sentence_tells_is_not_called_likely(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty in ("none", "unsure"), answer
    assert len(answer.sentences) <= 3


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Wann wurde der Leuchtturm errichtet?", "1908"),
        ("Wann wurde Seekarte 2.0 veröffentlicht?", "4. Mai 2011"),
        ("Qui a fondé la Confrérie des meuniers ?", "Aubin Terrasse"),
        ("Quand le treuil a-t-il été séparé du moulin ?", "mars 1913"),
        ("Quelle est la différence entre la meule de grès et la meule de lave ?", "tandis que"),
        ("¿Qué significa Ximbalá?", "flor de agua"),
        ("¿De quién aprendió Nadia Rebolledo?", "Basilio Cué"),
    ],
)
def test_the_first_sentence_tells_it(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert answer.sentences, answer
    assert told in answer.sentences[0].text


def _asked(text: str, code: str) -> Question:
    return analyse(AnalysedText(text, code), (), lambda term: 1.0)


@pytest.mark.parametrize(
    ("code", "question", "measure"),
    [
        ("de", "Wie alt war Ohlsen, als er starb?", "age"),
        ("de", "Wie lange dauert die Fahrt?", "duration"),
        ("de", "Wie viele Boote gibt es?", ""),
        ("fr", "Quel âge avait le meunier ?", "age"),
        ("fr", "Combien pèse la meule ?", "mass"),
        ("fr", "Quelle est la largeur du canal ?", "length"),
        ("es", "¿A qué edad murió?", "age"),
        ("es", "¿Cuanto mide la canoa?", "length"),
        ("es", "¿Cuánto tiempo dura el viaje?", "duration"),
        ("es", "¿Cuántas canoas hay?", ""),
    ],
)
def test_questions_ask_for_measures(code: str, question: str, measure: str) -> None:
    assert measure_asked(question, code) == measure


@pytest.mark.parametrize(
    ("code", "measure", "question", "text", "is_told"),
    [
        ("de", "age", "Wie alt war er?", "Er starb mit 71 Jahren.", True),
        ("de", "age", "Wie alt war er?", "Er starb 71-jährig.", True),
        ("de", "age", "Wie alt war er?", "Er fischte über mehr als 60 Jahre.", False),
        ("fr", "age", "Quel âge avait-il ?", "Il avait plus de soixante ans.", True),
        ("fr", "age", "Quel âge avait-il ?", "Il pêcha pendant soixante ans.", False),
        ("de", "age", "Wie alt war er, als er starb?", "Er lebte von 1871 bis 1944.", True),
        (
            "fr",
            "age",
            "Quel âge avait-il ?",
            "Il fonda la halle (1907) et le port (1924).",
            False,
        ),
        ("de", "age", "Wie alt war er?", "Er baute 1908 den Turm.", False),
        ("de", "age", "Wie alt ist der Turm?", "Er wurde 1908 gebaut.", True),
        ("de", "length", "", "Der Turm ist zwölf Meter hoch.", True),
        ("de", "length", "", "Der Turm hat 12 Fenster.", False),
        ("fr", "duration", "", "En 1913 il s'est arrêté.", False),
        ("fr", "duration", "", "Le trajet dure une heure et demie.", True),
        ("fr", "length", "", "Des marques (5°/5°) de la hauteur.", False),
        ("fr", "length", "", "Il a 12,5 m de haut.", True),
        ("es", "mass", "", "Pesa 40 kg.", True),
        ("es", "age", "¿Cuántos años tenía?", "Tenía 42 años.", True),
        ("es", "age", "¿Cuántos años tenía?", "En 1931 tenía unos planes.", False),
        ("fi", "age", "", "Hän rakensi tornin.", True),
    ],
)
def test_sentences_tell_measures_by_their_units(
    code: str, measure: str, question: str, text: str, is_told: bool
) -> None:
    assert tells_measure(measure, question, text, code) is is_told


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        ("de", "Der Eintritt ist frei.", 1.0), ("de", "Die Karte kostet 4,50 €.", 1.0),
        ("de", "Es gibt 12 Räume.", 0.5), ("de", "Der Preis steht an der Tür.", 0.0),
        ("fr", "Le loyer est de 400 euros.", 1.0), ("fr", "On lit un livre.", 0.0),
        ("es", "La entrada es gratuita.", 1.0), ("es", "Cuesta veinte pesos.", 1.0),
    ],
)  # fmt: skip
def test_prices_are_told_with_their_currency(code: str, text: str, told: float) -> None:
    assert price_told(text, code) == told


@pytest.mark.parametrize(
    ("code", "text", "is_told"),
    [
        ("de", "Er ging, als das Licht kam.", True), ("de", "Nachdem er ging, kam sie.", True),
        ("de", "Man nutzte den Turm als Lager mit dem Ziel, ihn zu erhalten.", False),
        ("fr", "Il ferme lorsque la nuit tombe.", True), ("fr", "Le mât a été peint.", False),
        ("es", "Llegó cuando llovía.", True), ("es", "La canoa es larga.", False),
    ],
)  # fmt: skip
def test_clauses_and_words_tell_when(code: str, text: str, is_told: bool) -> None:
    assert tells_when(text, code) is is_told


def test_an_article_is_no_number_and_a_verb_no_summer() -> None:
    assert not has_number_word("C'est un moulin.", "fr")
    assert has_number_word("Il y a sept moulins.", "fr")
    assert not has_time("Le mât a été peint.", "fr")
    assert has_time("Le mât fut peint en mars.", "fr")


@pytest.mark.parametrize(
    ("code", "question", "verb"),
    [
        ("de", "Wer leitet das Werk?", "leitet"),
        ("de", "Wer hat den Turm errichtet und in welchen Jahren?", "errichtet"),
        ("de", "Wann und wo starb der Gründer?", "starb"),
        ("de", "Wer ist der Bürgermeister?", ""),
        ("de", "Wie leitet man das Werk?", ""),
        ("fr", "Qui a fondé l'école ?", "fondé"),
        ("fr", "Quand le pont a-t-il été construit ?", "construit"),
        ("fr", "Quand la boutique ouvre-t-elle ?", "ouvre"),
        ("fr", "Quand est-ce que le pont a été construit ?", "construit"),
        ("fr", "Qui est le maire ?", ""),
        ("es", "¿Cuándo fue fundada la escuela?", "fundada"),
        ("es", "¿Quién es la autora?", ""),
        ("en", "Who leads the yard?", ""),
    ],
)
def test_the_deed_of_a_question(code: str, question: str, verb: str) -> None:
    assert deed_asked(question, code) == verb


@pytest.mark.parametrize(
    ("code", "question", "text", "is_dated"),
    [
        ("de", "Wann wurde der Turm errichtet?", "Es war Hinrich Ohlsen (1871-1944).", True),
        ("en", "When was the tower built?", "It was Hinrich Ohlsen (1871–1944).", True),
        ("en", "When was the tower built?", "Hinrich Ohlsen (1871–1944) built it in 1908.", False),
        ("en", "When was the tower built?", "It was the Tower Guild (1908).", False),
        ("en", "When did Hinrich Ohlsen die?", "It was Hinrich Ohlsen (1871–1944).", False),
        ("en", "When was the Herring War?", "The Herring War (1871–1874) was short.", False),
        ("es", "¿Cuándo murió Telmo?", "Era Telmo Arrieta (Lugo 1871 - 1944 Vigo).", False),
    ],
)
def test_years_of_a_life_date_no_deed(code: str, question: str, text: str, is_dated: bool) -> None:
    asked = _asked(question, code)
    assert dates_a_life(asked, text) is is_dated
    is_left_out = is_dated or "built it" in text
    assert (without_life_years(asked, text) != text) is is_left_out


def test_a_birth_and_its_year_are_told() -> None:
    asked = _asked("En quelle année Aubin est-il né ?", "fr")
    assert lacks_life(asked, "Aubin est un meunier du XVe siècle.", "fr")
    assert not lacks_life(asked, "Aubin naquit à Lyon.", "fr")
    assert asks_life(asked.text, "fr")
    assert not asks_life("Quand ne ferme-t-il pas ?", "fr")
    assert lacks_year(asked.text, "fr", "Aubin est un meunier du XVe siècle.")
    assert not lacks_year(asked.text, "fr", "Aubin naquit en 1413.")


def test_that_things_differ_does_not_say_in_what() -> None:
    assert asks_to_tell_apart("Was ist der Unterschied zwischen Mole und Kai?", "de")
    assert asks_to_tell_apart("¿En qué se diferencia la canoa del bote?", "es")
    assert not asks_to_tell_apart("Was ist eine Mole?", "de")
    assert not tells_difference("Le résultat est très différent.", "fr")
    assert not tells_difference("Ils se ressemblent, mais le résultat est très différent.", "fr")
    assert tells_difference("L'un use le grain, tandis que l'autre le brise.", "fr")
    assert tells_difference("Ein Kai ist gemauert, eine Mole hingegen geschüttet.", "de")


@pytest.mark.parametrize(
    ("code", "question", "text", "is_told"),
    [
        ("es", "¿Qué significa Ximbalá?", "Ximbalá significa flor de agua.", True),
        ("es", "¿Qué significa Ximbalá?", "El significado de Ximbalá es flor.", True),
        ("es", "¿Qué significa Ximbalá?", "Ximbalá es larga, lo que significa que pesa.", False),
        ("de", "Was bedeutet Rotkliff?", "Rotkliff bedeutet rote Klippe.", True),
        ("de", "Was bedeutet Rotkliff?", "Rotkliff ist hoch, was bedeutet, dass er friert.", False),
        ("fr", "Que signifie Brévenne ?", "Le canal est appelé Brévenne (l'eau brune).", True),
        ("de", "Was bedeutet Rotkliff?", "Das Rotkliff, „die rote Klippe“, ist hoch.", True),
        ("fr", "Que signifie Brévenne ?", "Brévenne (Rhône) a un moulin.", False),
        ("fr", "Que signifie Brévenne ?", "Brévenne signifie rivière.", True),
        ("fr", "Que signifie Brévenne ?", "Brévenne est un village.", False),
    ],
)
def test_a_meaning_is_no_consequence(code: str, question: str, text: str, is_told: bool) -> None:
    assert bool(tells_meaning(_asked(question, code), text, code)) is is_told


@pytest.mark.parametrize(
    ("code", "asked", "stem", "other", "same"),
    [
        ("de", "Gründer", "grund", "Er tat es aus guten Gründen.", "Sie gründen ein Werk."),
        ("fr", "marché", "march", "La marche fut longue.", "Le marché est ouvert."),
        ("es", "puerto", "puert", "La puerta es azul.", "El puerto es azul."),
    ],
)
def test_words_that_only_look_alike_are_apart(
    code: str, asked: str, stem: str, other: str, same: str
) -> None:
    others = other_meanings(asked, code)
    assert says_other(other, stem, others[stem], code)
    assert not says_other(same, stem, others[stem], code)


@pytest.mark.parametrize(
    ("code", "word", "others"),
    [
        ("de", "veröffentlichen", ("freigab", "veroffent")),
        ("fr", "séparer", ("detach", "separ")),
        ("fr", "fonder", ("fondateur", "fondat")),
        ("es", "borrar", ("elimin", "supresion")),
        ("es", "cerrar", ("cierr",)),
        ("es", "aprender", ("ensen",)),
    ],
)
def test_everyday_families(code: str, word: str, others: tuple[str, ...]) -> None:
    [term] = {t for _, t in AnalysedText(word, code).pairs}
    found = family(AnalysedText(word, code).pairs[0][0], term, code)
    assert [other for other in others if not any(each.startswith(other) for each in found)] == []


def test_forms_of_irregular_verbs_are_one_word() -> None:
    assert "gestorb" in verb_forms("starb", "de")
    assert {"mourut", "meurt"} <= set(verb_forms("mour", "fr"))
    assert "muer" in verb_forms("mur", "es")
