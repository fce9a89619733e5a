"""Captions, adverts and recurring boilerplate: found, kept out of answers, still citable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_texts import indexed, indexed_for_module

from assistant import Assistant
from assistant.text.noise import clipped, noise_spans, recurs, share
from benchmarks import noise as benchmark

ARTICLE = """Bridges of the valley

The stone bridge was built in 1843 by Ada Kay.

bridge at dawn.jpg
The stone bridge in the morning light.
Credit: The museum

Its arch spans forty metres.

Related content
A tower that leans: engineers explain.

![a map](map.png)

The bridge was restored in 1990.

## You may also like

Gardeners wanted, Oslo
We look for a gardener who loves roses.
"""


def test_captions_and_teasers_are_found_with_their_blocks() -> None:
    found = [ARTICLE[start:end] for start, end in noise_spans(ARTICLE)]
    assert found == [
        "bridge at dawn.jpg\nThe stone bridge in the morning light.\nCredit: The museum",
        "Related content\nA tower that leans: engineers explain.",
        "![a map](map.png)",
        "## You may also like\n\nGardeners wanted, Oslo\nWe look for a gardener who loves roses.",
    ]


def test_caption_answers_where_only_it_says_so(tmp_path: Path) -> None:
    text = (
        "# Bridges of the valley\n\nThe stone bridge was built in 1843 by Ada Kay.\n\n"
        "bridge.jpg\nThe keystone of the stone bridge, which carries the weight of both sides, is "
        "shown in blue.\n\nIts arch spans forty metres. The weight of a bridge rests on its piers, "
        "and Kay wrote about weights and colours all her life.\n"
    )
    with indexed(tmp_path, {"bridges.md": text}) as assistant:
        answer = assistant.ask("In which colour is the keystone shown?")
    assert answer.sentences[0].text.endswith("is shown in blue.")
    assert answer.certainty in ("sure", "likely")


@pytest.mark.parametrize(
    "text",
    [
        "The file is called bridge.jpg and shows a bridge.",
        "Related content is shown beside the article.",
        "Read more books, said the teacher.",
        "# Advertisement regulation in Norway\n\nIt was passed in 1990.",
    ],
)
def test_prose_about_pictures_and_adverts_is_none(text: str) -> None:
    assert noise_spans(text) == ()


@given(
    st.text("ab.\n jpg#!()[]", max_size=80).map(lambda t: f"{t}\nRelated content\n{t}\nx.png\n{t}")
)
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    at = 0
    for start, end in noise_spans(text):
        assert at <= start < end <= len(text)
        at = end


def test_share_and_clipping() -> None:
    assert clipped(((0, 10), (20, 30)), 5, 25) == ((5, 10), (20, 25))
    assert share(((0, 10), (20, 30)), 5, 25) == 0.5
    assert share((), 5, 5) == 0.0


ADVERT = "Join our gardening club today and save forty crowns"


def test_a_sentence_recurs_when_other_words_stand_around_it() -> None:
    def places(number: int, around: str) -> list[tuple[str, str]]:
        return [(f"d{i}", f"{around.format(i)} {ADVERT}. More.") for i in range(number)]

    different = "Paper {0} number {0}{0} tells of harbour {0}, of ship {0} and of captain {0}."
    own = f"Bridges of the valley are old, and their stones were cut by hand. {ADVERT}."
    assert recurs(ADVERT, own, "own", places(2, different))
    assert not recurs(ADVERT, own, "own", places(1, different))
    copy = own.replace(ADVERT, "")
    assert not recurs(ADVERT, own, "own", places(9, copy.replace("{", "")))
    assert not recurs("Join a club", own, "own", places(9, different))


def _article(subject: str, word: str) -> str:
    """An article with an advert that stands in all, and with a caption."""
    filler = " ".join(f"The {word} of {subject} was weighed {n} times by Kay." for n in range(8))
    return (
        f"All about {subject}\n\n{filler}\n\nMembers of the {subject} club of the valley save "
        f"{len(subject) * 10} crowns a year.\n\nJoin the club of the valley today and save "
        f"forty crowns.\n\nkay.png\nAda Kay with the {word} of {subject} in Bergen.\n"
    )


_SUBJECTS = {"bridges": "stone", "roses": "petal", "trains": "steam", "clocks": "brass"}
magazine = indexed_for_module(
    {f"{each}.txt": _article(each, word) for each, word in _SUBJECTS.items()}
)


def test_recurring_boilerplate_stands_back_and_is_still_found(magazine: Assistant) -> None:
    with magazine._resources.snapshots().current() as snapshot:
        sentence = "Join the club of the valley today and save forty crowns."
        holding = {name for name, _ in snapshot.holding(sentence)}
        assert holding == {"bridges.txt", "roses.txt", "trains.txt", "clocks.txt"}
    about = magazine.ask("How many crowns do members of the roses club save a year?")
    assert any(c.quote.startswith("Members of the roses club") for c in about.citations)
    assert not any(c.quote == sentence for c in about.citations)
    advert = magazine.ask("Join the club of the valley today and save how many crowns?")
    assert [c.quote for c in advert.citations].count(sentence) == 1


def test_a_caption_answers_only_what_nothing_else_does(magazine: Assistant) -> None:
    answer = magazine.ask("Who was in Bergen?")
    assert "Bergen" in answer.text
    assert benchmark.cited_noise(answer)
    weighed = magazine.ask("How often was the petal of roses weighed by Kay?")
    assert not benchmark.cited_noise(weighed)
    assert any(passage.noise for passage in weighed.retrieved)


def with_threshold(magazine: Assistant, least: float) -> Assistant:
    answer = magazine.settings.answer.model_copy(update={"min_confidence": least})
    return Assistant(magazine.settings.model_copy(update={"answer": answer}))


def test_where_nothing_else_answers_a_caption_counts_in_full(
    magazine: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The order by meaning comes with an answer alone, and would make the two thresholds unlike.
    monkeypatch.setattr("assistant.answering.extractive.by_meaning", lambda found, *_: found)
    question = "Who stood with the petal of roses in Bergen?"
    with with_threshold(magazine, 0.0) as assistant:
        stood_back = assistant.ask(question)
    with with_threshold(magazine, stood_back.confidence + 0.002) as assistant:
        answer = assistant.ask(question)
    assert not answer.abstained
    assert benchmark.cited_noise(answer)
    assert answer.confidence > stood_back.confidence + 0.002
    with with_threshold(magazine, answer.confidence + 0.002) as assistant:
        assert assistant.ask(question).abstained


def test_a_passage_of_an_advert_comes_after_one_that_says_nearly_as_much(tmp_path: Path) -> None:
    texts = {
        "a-advert.txt": "Related content\nThe lighthouse of Skagen has a lamp of red glass.\n",
        "b-article.txt": "The lighthouse of Skagen, on the shore, has had a lamp of blue glass.\n",
        **{f"c-{n}.txt": f"The harbour of Vik {n} has a crane and a lamp.\n" for n in range(6)},
    }
    with indexed(tmp_path, texts) as assistant:
        answer = assistant.ask("Which lamp has the lighthouse of Skagen?")
    article, advert = answer.retrieved[:2]
    assert (article.document, advert.document) == ("b-article.txt", "a-advert.txt")
    assert advert.noise
    parts = {p.document: p.scores for p in (article, advert)}
    assert parts["a-advert.txt"]["words"] > parts["b-article.txt"]["words"]


@pytest.mark.shared
def test_adverts_do_not_crowd_out_the_five_articles(shared: Path) -> None:
    figures = benchmark.measure(shared / "documents")
    now, before = figures["as it is"], figures["without"]
    noisy = "article: passages that are mostly noise"
    assert int(now[noisy].split()[0]) <= 0.7 * int(before[noisy].split()[0])
    cites = "article: answers that cite noise"
    assert now[cites] <= 2 < before[cites]
    assert int(now["article: the right one in the first two"].split()[0]) >= 21
    assert int(now["advert: answered by an advert"].split()[0]) >= 7
    assert now["answers that cite one text twice"] == 0
