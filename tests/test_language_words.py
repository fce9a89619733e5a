"""What is known of languages: which it is, stems, compounds, kinds of answers, what fills them."""

from __future__ import annotations

import pytest

from assistant.answering.kind_scores import kind_score
from assistant.answering.kind_words import has_number_word, has_reason, has_time, place_pattern
from assistant.retrieval.question import analyse
from assistant.text.analysed import AnalysedText, analysed
from assistant.text.compounds import parts_of
from assistant.text.languages import language, language_codes
from assistant.text.languages.detection import detect, detect_question
from assistant.text.languages.frequencies import zipf
from assistant.text.terms import stems, terms

QUESTIONS = [
    ("de", "Wie tief ist der Brunnen?", "number"), ("de", "In welchem Jahr sank sie?", "date"),
    ("es", "¿Cuántos años tiene la torre?", "number"), ("it", "Chi ha fondato il coro?", "person"),
    ("fr", "Quand a été construit le moulin ?", "date"), ("pl", "Gdzie stoi młyn?", "place"),
    ("pt", "Quem construiu a ponte?", "person"), ("nl", "Waarom ging de school dicht?", "reason"),
    ("sv", "Varför stängdes skolan?", "reason"), ("da", "Hvem byggede broen?", "person"),
    ("no", "Hvorfor ble skolen stengt?", "reason"), ("fi", "Kuka johtaa kuoroa?", "person"),
    ("cs", "Kdy byl postaven most?", "date"), ("ru", "Почему закрыли школу?", "reason"),
    ("tr", "Köprü ne zaman yapıldı?", "date"), ("ro", "Cine a construit podul?", "person"),
    ("el", "Πού είναι ο μύλος;", "place"), ("ar", "متى بُني الجسر؟", "date"),
    ("he", "מי בנה את הגשר?", "person"), ("hi", "पुल कब बना?", "date"),
    ("th", "สะพานสร้างเมื่อไร", "date"), ("zh", "学校为什么关闭？", "reason"),
    ("ja", "誰が塔を建てましたか？", "person"), ("ko", "학교는 왜 문을 닫았나요?", "reason"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "kind"), QUESTIONS)
def test_question_tells_its_language_and_its_kind_of_answer(
    code: str, text: str, kind: str
) -> None:
    assert detect_question(text) == code
    question = analyse(analysed(text), (), lambda term: 1.0)
    assert (question.language, question.kinds[0]) == (code, kind)


def test_every_kind_of_question_is_known_in_every_language() -> None:
    for code in language_codes():
        known = language(code)
        assert all(known.phrases[kind] for kind in ("person", "place", "time", "number", "reason"))


TEXTS = [
    ("de", "Der Brunnen im Hof wurde 1613 gegraben und reicht 47 Meter in den Fels."),
    ("fi", "Silta on valmistunut vuonna 1931 ja se on edelleen käytössä."),
    ("tr", "Burundaki deniz feneri 1863 yılında yapıldı ve ışığı çok uzaktan görülür."),
    ("sv", "Kvarnen byggdes av stenar från ån och den är öppen på söndagar."),
    ("pl", "Młyn stoi nad rzeką od roku 1820 i jest otwarty w każdą niedzielę."),
    ("", "SKU-1138 | 4,20 | 17\nSKU-1139 | 3,90 | 4"), ("", "Anna Kurt\nPeter Braun\nEva Lind"),
    ("", "Hotel zur Post, 14"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), TEXTS)
def test_short_text_tells_its_language_or_says_that_it_has_none(code: str, text: str) -> None:
    assert detect(text) == code


PAIRS = [
    ("tr", "temizlenir", "temizlemek"), ("tr", "fenerinin", "feneri"),
    ("de", "Häuser", "Hauses"), ("fr", "ouvertes", "ouverte"), ("es", "construida", "construidas"),
    ("ru", "школу", "школы"), ("fi", "kuoroa", "kuoro"), ("el", "μύλος", "μύλου"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "one", "other"), PAIRS)
def test_forms_of_a_word_meet(code: str, one: str, other: str) -> None:
    assert stems(one, code) == stems(other, code)
    assert stems(one, code) != stems("Sandale", code)


COMPOUNDS = [
    ("de", "schlüsseldienst", ("schlüssel", "dienst")), ("de", "haltestelle", ("halte", "stelle")),
    ("de", "steinbrücke", ("stein", "brücke")), ("de", "unterricht", ()),
    ("sv", "brandstation", ("brand", "station")),
    ("no", "jernbanestasjon", ("jernbane", "stasjon")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "word", "parts"), COMPOUNDS)
def test_compound_is_found_by_its_parts(code: str, word: str, parts: tuple[str, ...]) -> None:
    assert parts_of(word, code) == parts
    assert set(terms(word, code)) >= {stem for part in parts for stem in stems(part, code)}


@pytest.mark.parametrize(
    ("text", "other"),
    [("Wie reinigt man den Filter?", "gereinigt"), ("Wer hat gereinigt?", "reinig")],
)
def test_german_participle_stands_for_its_verb_by_half(text: str, other: str) -> None:
    assert other in analyse(AnalysedText(text, "de"), (), lambda term: 1.0).related


def test_word_frequencies_know_common_words_of_a_language() -> None:
    assert zipf("de")["haus"] > zipf("de")["brücke"] > 3.5
    assert zipf("no")["skole"] > 4
    assert zipf("th") == {}
    assert not any(sign.isdigit() for word in zipf("en") for sign in word)


def test_what_fills_a_question_is_known_by_language() -> None:
    assert has_time("Der Laden öffnet montags.", "de")
    assert not has_time("Der Laden hat zwei Türen.", "de")
    assert has_time("Мост построили в августе.", "ru")
    assert has_number_word("La torre tiene siete campanas.", "es")
    assert not has_number_word("La torre tiene campanas.", "es")
    assert has_reason("L'école a fermé parce que le toit fuyait.", "fr")
    assert not has_reason("L'école a fermé.", "fr")
    assert has_reason("学校因为洪水关闭。", "zh")
    assert place_pattern("it").search("Il mulino si trova a Bergamo.")
    assert not place_pattern("it").search("Il mulino gira piano.")


KINDS = [
    ("de", "Wie tief ist der Brunnen?", "Er reicht 47 Meter in den Fels.", 1.0),
    ("de", "Wie tief ist der Brunnen?", "Er wurde 1613 gegraben.", 0.2),
    ("de", "Wie tief ist der Brunnen?", "Er reicht in den Fels.", 0.0),
    ("de", "Wann öffnet der Laden?", "Er öffnet montags.", 1.0),
    ("de", "Wann öffnet der Laden?", "Er hat eine Tür.", 0.0),
    ("fr", "Pourquoi l'école a-t-elle fermé ?", "Elle a fermé parce que le toit fuyait.", 1.0),
    ("es", "¿Cuántas campanas tiene la torre?", "Tiene siete campanas.", 0.7),
    ("ar", "من بنى الجسر؟", "بنى الجسر المهندس سالم.", 0.5),
]


@pytest.mark.parametrize(("code", "text", "sentence", "score"), KINDS)
def test_sentence_holds_what_is_asked_for_in_its_own_language(
    code: str, text: str, sentence: str, score: float
) -> None:
    assert kind_score(analyse(analysed(text), (), lambda term: 1.0), sentence, code) == score
