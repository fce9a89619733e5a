"""Questions in Chinese, Japanese, Thai and German find their document as English ones do.

Six short documents and six questions in each language, the same facts in all of them; the questions
use other words than the documents where the language allows it. All documents share one index.
"""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant

DOCUMENTS = {
    "english": {
        "bridge": "The old stone bridge over the river was built in 1742. It has five arches.",
        "bakery": "The bakery on the market square opens at six in the morning. It sells rye.",
        "museum": "The museum of clocks shows four hundred watches and a water clock from Egypt.",
        "school": "The village school teaches ninety children. Its headteacher plays the violin.",
        "forest": "Wolves returned to the forest ten years ago. Rangers count tracks in snow.",
        "station": "The railway station was closed for repairs, so trains stop at the harbour.",
    },
    "german": {
        "bridge": "Die alte Steinbrücke über den Fluss wurde 1742 gebaut. Sie hat fünf Bögen.",
        "bakery": "Die Bäckerei am Marktplatz öffnet um sechs Uhr morgens und verkauft Roggenbrot.",
        "museum": "Das Uhrenmuseum zeigt vierhundert Taschenuhren und eine Wasseruhr aus Ägypten.",
        "school": "Die Dorfschule unterrichtet neunzig Kinder. Ihre Rektorin spielt Geige.",
        "forest": "Wölfe kehrten vor zehn Jahren in den Wald zurück. Förster zählen ihre Spuren.",
        "station": "Der Bahnhof ist wegen Reparaturen geschlossen, die Züge halten am Hafen.",
    },
    "chinese": {
        "bridge": "河上的老石桥建于一七四二年，有五个桥拱。",
        "bakery": "市场广场的面包店早上六点开门，出售黑麦面包。",
        "museum": "钟表博物馆展出四百块怀表和一座来自埃及的水钟。",
        "school": "村里的学校有九十个孩子，校长会拉小提琴。",
        "forest": "狼在十年前回到了森林，护林员在雪地里数它们的脚印。",
        "station": "火车站因维修而关闭，列车改停在港口。",
    },
    "japanese": {
        "bridge": "川に架かる古い石橋は一七四二年に建てられ、五つのアーチがあります。",
        "bakery": "市場広場のパン屋は朝六時に開店し、ライ麦パンを売っています。",
        "museum": "時計博物館は四百個の懐中時計とエジプトの水時計を展示しています。",
        "school": "村の学校では九十人の子どもが学び、校長はバイオリンを弾きます。",
        "forest": "十年前に狼が森に戻り、森林官は雪の上の足跡を数えています。",
        "station": "駅は修理のため閉鎖され、列車は港に止まります。",
    },
    "thai": {
        "bridge": "สะพานหินเก่าข้ามแม่น้ำสร้างขึ้นในปี 1742 และมีห้าโค้ง",
        "bakery": "ร้านขนมปังที่จัตุรัสตลาดเปิดหกโมงเช้าและขายขนมปังข้าวไรย์",
        "museum": "พิพิธภัณฑ์นาฬิกาจัดแสดงนาฬิกาพกสี่ร้อยเรือนและนาฬิกาน้ำจากอียิปต์",
        "school": "โรงเรียนในหมู่บ้านสอนเด็กเก้าสิบคน ครูใหญ่เล่นไวโอลิน",
        "forest": "หมาป่ากลับมาที่ป่าเมื่อสิบปีก่อน เจ้าหน้าที่นับรอยเท้าของพวกมันบนหิมะ",
        "station": "สถานีรถไฟปิดเพื่อซ่อมแซม รถไฟจึงจอดที่ท่าเรือ",
    },
}

QUESTIONS = {
    "english": {
        "bridge": "In which year was the stone bridge built?",
        "bakery": "When does the bakery open?",
        "museum": "Where does the water clock come from?",
        "school": "Which instrument does the headteacher play?",
        "forest": "When did the wolves come back?",
        "station": "Why is the railway station closed?",
    },
    "german": {
        "bridge": "In welchem Jahr wurde die Brücke aus Stein gebaut?",
        "bakery": "Wann öffnet die Bäckerei?",
        "museum": "Woher kommt die Wasseruhr?",
        "school": "Welches Instrument spielt die Rektorin?",
        "forest": "Wann kehrten die Wölfe zurück?",
        "station": "Warum ist der Bahnhof geschlossen?",
    },
    "chinese": {
        "bridge": "石桥是哪一年建的？",
        "bakery": "面包店几点开门？",
        "museum": "水钟来自哪里？",
        "school": "校长会什么乐器？",
        "forest": "狼什么时候回到森林？",
        "station": "火车站为什么关闭？",
    },
    "japanese": {
        "bridge": "石橋はいつ建てられましたか。",
        "bakery": "パン屋は何時に開店しますか。",
        "museum": "水時計はどこから来ましたか。",
        "school": "校長は何を弾きますか。",
        "forest": "狼はいつ森に戻りましたか。",
        "station": "駅はなぜ閉鎖されましたか。",
    },
    "thai": {
        "bridge": "สะพานหินสร้างขึ้นในปีใด",
        "bakery": "ร้านขนมปังเปิดกี่โมง",
        "museum": "นาฬิกาน้ำมาจากที่ไหน",
        "school": "ครูใหญ่เล่นเครื่องดนตรีอะไร",
        "forest": "หมาป่ากลับมาเมื่อไร",
        "station": "ทำไมสถานีรถไฟจึงปิด",
    },
}


languages = indexed_for_module(
    {
        f"{at}/{name}.txt": text + "\n"
        for at, texts in DOCUMENTS.items()
        for name, text in texts.items()
    },
    **{"answer.min_confidence": 0.0},
)


@pytest.mark.parametrize("language", QUESTIONS)
def test_questions_find_their_document_in_every_language(
    languages: Assistant, language: str
) -> None:
    missed = []
    for name, question in QUESTIONS[language].items():
        first = languages.ask(question).retrieved[0].document
        if first != f"{language}/{name}.txt":
            missed.append((question, first))
    assert not missed


@pytest.mark.parametrize("language", QUESTIONS)
def test_answers_cite_the_document_to_the_character(languages: Assistant, language: str) -> None:
    for name, question in QUESTIONS[language].items():
        answer = languages.ask(question)
        assert answer.citations, question
        assert answer.citations[0].document == f"{language}/{name}.txt"
        for citation in answer.citations:
            text = languages.document_text(citation.document)
            assert text[citation.start : citation.end] == citation.quote
