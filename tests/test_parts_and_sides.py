"""Who and whose beside lists, parts without evidence, sides of a comparison, turned answers, idle
sentences and deeds that several sentences tell."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.collected_deeds import collected
from assistant.answering.compared_figures import asks_to_compare, tells_both_figures
from assistant.answering.headlines import is_stack_of_headlines, stands_in_a_stack
from assistant.answering.named_items import may_tell
from assistant.answering.turning_sentences import (
    asks_yes_or_no,
    is_reversed,
    says_yes_or_no,
    turns,
)
from assistant.checking.qualified_heads import tells_other_qualifier
from assistant.retrieval.answer_kinds import answer_kinds
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.text.sentences import sentences

CHARTER = """The Rowing Charter of Velden

1. The club will remain open to all
   We will write every rule of the charter down, and the text of a rule will be read out to all.
2. The club will lend its boats
   We will lend the boats of the club for nothing. We will write down who has which boat.
3. The club will keep no secrets
   We will write our accounts in a book that lies open in the boathouse.
4. The club will help its neighbours
   We will tow every boat that drifts, whoever owns it, and charge nothing for it.
5. The club will teach
   We will teach children of the town to row, on Saturdays, when the water is calm.

The idea of a rowing charter for Velden came from Ilse Marbach. The document was drafted by Jonas
Feld and then refined by the members during a winter of long evenings.
"""
FILM = """# The film of the ferry

The short film "Slow Ferry" of the band Quern was shot by Pia Mandel on the river in May 1994.
The short film "Slow Ferry" was shown in 31 towns, and the band Quern sold 4,000 tapes of it.
The ferry itself was sold in 1999.
"""
BOATS = """# Boats

A boat holds all that is needed for a day on the water. There are two kinds of boats:

- *Rowing skiffs*, which hold oars, a bailer, a rope, cushions and a lamp. These skiffs are built
  in the manner of Velden (see the page "What is the shape of a rowing skiff of Velden?"); they are
  usually known by a red stem. Rowing skiffs can be opened with the small key.
- *Sailing skiffs*, which consist of a hull that the yard describes (with the names of its parts), a
  mast of spruce that holds the sail, and usually a keel of lead. The key of the mast opens sailing
  skiffs of Velden.

## How do I rent a sailing skiff?

Sailing skiffs of Velden cannot really be "rented", they are only lent to whoever wants to build
the rowing skiffs that they tow.
"""
LENDING = """# Lending

## Can I change from one boat to another?

Yes, but it is a step in one direction. You may go from a skiff to a gig to a galley. But the
reverse direction is not allowed. Ask the bosun first.
"""
FAMILY = """# The Feld family

Tilda Feld is the cousin of the bosun Arne Brandt, who has often rowed with his cousin Tilda Feld.
Tilda Feld was seen with Arne Brandt at the regatta and at the dance, where she came with a friend.
Tilda and her sister are Arne Brandt's third cousins, by the line of the old ferrymen. Her
grandmother was a first cousin of the mayor.
"""
HISTORY = """# History of Orlo Ropes

Orlo Ropes was founded in 1961 as a workshop for nets. With ropes in forty harbours, Orlo Ropes
leads the trade over the years in every sea.

In March 1998, Orlo Ropes finished its acquisition of the ropewalk Tarnby Cord.

Tarnby Cord makes cord of hemp.

In May 2004, Orlo Ropes closed another purchase, of Halden Twine. The twine is thin.

In June 2011, Orlo Ropes acquired Sisal Works from the Berg family.

In April 2015, Orlo Ropes opened a canteen.
"""
RENT = """# Rent report

- The report examines 378 harbour towns by what it calls the rent figure of people living near a
  quay, and by the noise, the smell and the light of the quay for people living there.
- People living within a mile of a quay pay a rent of $840 on average, well below the national
  average of $1,110.
- Quays are noisy for the people living near a quay, the report says, and the figure of the noise
  rises in the nation as a whole.
"""
LEFT = """# The lighthouse series

Moll Ratter had six days of filming left on the last lighthouse series when the storm came. Moll
Ratter was one of the best actors of the lighthouse series, the studio said of the last filming.
The last lighthouse series was liked by those who had seen the filming of Moll Ratter.
"""
assistant = indexed_for_module(
    {
        "charter.txt": CHARTER,
        "film.md": FILM,
        "boats.md": BOATS,
        "lending.md": LENDING,
        "family.md": FAMILY,
        "history.md": HISTORY,
        "rent.md": RENT,
        "left.md": LEFT,
    }
)


def told(assistant: Assistant, question: str) -> list[str]:
    return [" ".join(each.text.split()) for each in assistant.ask(question).sentences]


def test_whose_and_who_are_not_told_by_a_list_without_names(assistant: Assistant) -> None:
    question = "Whose idea was the rowing charter of Velden, and who wrote the text?"
    said = told(assistant, question)
    assert said[0].endswith("Ilse Marbach.")
    assert "Jonas Feld" in said[1]
    assert len(said) == 2


def test_who_wrote_asks_for_a_person_and_who_are_for_several() -> None:
    assert answer_kinds(analysed("Who wrote the text?"))[0] == "person"
    assert answer_kinds(analysed("Who are the authors?"))[0] == "list"


@pytest.mark.parametrize(
    ("question", "items", "may"),
    [
        (
            "Whose idea was it?",
            ["We will lend the boats.", "We will keep no secrets at all."],
            False,
        ),
        ("Who drew it up?", ["Ida Holm", "Jan Berge (treasurer)"], True),
        (
            "Who founded it?",
            ["It was founded with money of Jan Berge.", "It was small then."],
            True,
        ),
        (
            "Who may join?",
            ["people who can swim for an hour", "people who own a boat of wood"],
            True,
        ),
        ("When was it built?", ["The walls are of stone.", "The roof is of slate."], False),
        ("When was it built?", ["The walls: 1904.", "The roof: 1911."], True),
        ("When is it ready?", ["the lights are on", "the radio has been tried"], True),
        ("Where was it found?", ["it was lying under a heap of old wet ropes"], False),
        ("Which boats are there?", ["we will lend the boats"], True),
        ("Who came?", [], True),
    ],
)
def test_items_tell_what_they_hold(question: str, items: list[str], may: bool) -> None:
    assert may_tell(question, items) is may


def test_a_part_without_evidence_is_declared_not_found(assistant: Assistant) -> None:
    question = 'Who shot the film "Slow Ferry" and who came up with the plot for it?'
    answer = assistant.ask(question)
    assert answer.sentences[0].text.startswith('The short film "Slow Ferry" of the band Quern')
    assert "do not seem to answer: who came up with the plot" in answer.notice
    assert answer.certainty == "unsure"


def test_both_parts_are_told_by_their_own_sentence(assistant: Assistant) -> None:
    said = told(assistant, 'Who shot the film "Slow Ferry", and when was the ferry sold?')
    assert "Pia Mandel" in said[0]
    assert said[-1] == "The ferry itself was sold in 1999."


STACK = (
    "Old Quay Gets A New Crane For Ten Thousand Dollars\n"
    "Harbour Master Says No To Dogs On The Northern Quay\n"
    "Mona Lie On Nets, Debt And The Future Of The Harbour\n"
    "The crane was bought in 1901, and it has lifted every boat of the town since then, even the\n"
    "Ondine of the Berg family, which is the heaviest of all.\n"
)


def test_headlines_are_lines_of_their_own_and_a_paragraph_is_one() -> None:
    found = [STACK[span.start : span.end] for span in sentences(STACK)]
    assert found[:3] == STACK.splitlines()[:3]
    assert found[3].endswith("heaviest of all.")
    assert len(found) == 4


def test_a_line_in_brackets_and_a_title_stay_what_they_are() -> None:
    text = "(READ: Ida Holm on the age of the crane)\nThe crane of Velden lifts the ferry.\n"
    assert [text[s.start : s.end] for s in sentences(text)] == text.splitlines()
    names = "A framework of spoken words for harbours and quays\nMona Lie, Jan Berge and Ida Holm"
    assert [(s.start, s.end) for s in sentences(names)] == [(0, len(names))]
    long = "The search is on for what may live below the ice\n" + "Ida Holm goes far " * 9 + "out."
    assert len(sentences(long)) == 2


def test_a_stack_of_headlines_is_known() -> None:
    lines = STACK.splitlines()
    assert is_stack_of_headlines("\n".join(lines[:3]))
    assert not is_stack_of_headlines("\n".join(lines[3:]))
    assert not is_stack_of_headlines("\n".join(lines[:2]))
    start = STACK.index(lines[1])
    assert stands_in_a_stack(STACK, start, start + len(lines[1]))
    start = STACK.index(lines[3])
    assert not stands_in_a_stack(STACK, start, len(STACK) - 1)
    assert not stands_in_a_stack("One line of five words", 0, 22)


def test_items_of_one_list_tell_two_things_apart(assistant: Assistant) -> None:
    question = "What is the difference between a rowing skiff and a sailing skiff in Velden?"
    said = told(assistant, question)
    assert len(said) == 2
    assert "oars, a bailer" in said[0]
    assert "mast of spruce" in said[1]


def test_a_sentence_with_both_figures_answers_alone(assistant: Assistant) -> None:
    question = (
        "How does the rent of people living close to a quay compare with the national figure?"
    )
    [said] = told(assistant, question)
    assert "$840" in said
    assert "$1,110" in said


def test_figures_are_compared_where_two_of_a_kind_stand_side_by_side() -> None:
    question = "How does the rent there compare with the average?"
    assert asks_to_compare(question)
    assert not asks_to_compare("How do I compare two files?")
    assert tells_both_figures(question, "The rent is $840, below the average of $1,110.")
    assert not tells_both_figures(question, "The rent rose in 1998, more than in 2004.")
    assert not tells_both_figures(question, "The average rent is $840.")
    assert not tells_both_figures("What is the rent?", "It is $840, below the average of $1,110.")
    assert "howto" not in answer_kinds(analysed(question))


def test_the_sentence_that_turns_the_answer_comes_with_it(assistant: Assistant) -> None:
    said = told(assistant, "I took a galley. Can I go back to a skiff, or to a gig?")
    assert "But the reverse direction is not allowed." in said
    assert said[0].startswith("Yes, but")
    assert "Ask the bosun first." not in said


@pytest.mark.parametrize(
    ("text", "following", "is_so"),
    [
        ("You can go from calm to rough.", "Ropes are dear.", True),
        ("You can go calm --> brisk --> rough.", "Ropes are dear.", True),
        ("You can go calm --> brisk --> rough.", "But the reverse is not so.", False),
        ("You can go from rough to calm.", "Ropes are dear.", False),
        ("Calm water is good for boats.", "", False),
    ],
)
def test_a_way_goes_in_one_direction(text: str, following: str, is_so: bool) -> None:
    assert is_reversed("Can I go from rough back to calm?", text, following) is is_so
    assert is_reversed("I moved to rough. Can I go back to calm?", text, following) is is_so
    assert not is_reversed("Can I go from calm to rough?", text, following) or not is_so


def test_what_asks_and_turns_a_yes() -> None:
    assert asks_yes_or_no("I took a galley. Can I go back?")
    assert not asks_yes_or_no("When can I go back?")
    assert turns("However, it is not allowed in July.")
    assert not turns("But the boats are blue.")
    assert not turns("It is not allowed in July.")
    assert says_yes_or_no("Yes, but once.")
    assert not says_yes_or_no("No boat is blue.")


def test_another_qualifier_of_the_same_head_answers_first(assistant: Assistant) -> None:
    said = told(assistant, "Is Tilda Feld a first cousin of Arne Brandt?")
    assert "third cousins" in said[0]


@pytest.mark.parametrize(
    ("question", "text", "is_other"),
    [
        ("Is she a first cousin of Ann?", "They are Ann's third cousins.", True),
        ("Is she a first cousin of Ann?", "She is a first cousin of Ann.", False),
        ("Is she a first cousin of Ann?", "She came third at the race.", False),
        ("Whose first cousin is she?", "They are Ann's third cousins.", False),
        ("Is it on the northern pier?", "It stands on the southern pier.", True),
    ],
)
def test_a_qualifier_of_its_class_is_known(question: str, text: str, is_other: bool) -> None:
    assert tells_other_qualifier(question, text) is is_other


def test_a_sentence_without_the_value_stays_away(assistant: Assistant) -> None:
    question = "How many days of filming did Moll Ratter have left on the last lighthouse series?"
    said = told(assistant, question)
    assert len(said) == 1
    assert said[0].startswith("Moll Ratter had six days of filming left")


def test_deeds_that_several_sentences_tell_are_collected(assistant: Assistant) -> None:
    said = told(assistant, "Which firms has Orlo Ropes bought over the years?")
    assert [each.split(",")[0] for each in said] == ["In March 1998", "In May 2004", "In June 2011"]


def test_nothing_is_collected_for_one_thing() -> None:
    question = analyse(analysed("Which firm did Orlo Ropes buy in 2004?"), (), lambda _: 1.0)
    assert collected(question, []) == []
