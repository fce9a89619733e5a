"""A household: a policy with exclusions, a leaflet, course notes, a changelog, pets and replies."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant
from assistant.answering.idle_sentences import is_idle
from assistant.answering.picks import Pick, Read
from assistant.answering.replies import asks_the_same
from assistant.answering.sentence_scores import FEATURE_NAMES, SentenceFeatures
from assistant.retrieval.question import analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

POLICY = """# Contents insurance

## What is insured

We pay for

- fire and lightning;
- water from burst pipes;

## What is not insured

We do not pay for

- theft from a cellar that was left unlocked;
- damage by mice or martens;
- flooding by a river.
"""
PETS = """# First aid for pets

**The cat has swallowed a thread.** Do not pull at it. Drive to the clinic.
**The cat has a tick.** Turn it out with tweezers. Clean the spot.

**Keep the rabbit warm on a blanket until the vet comes.** A bottle with hot water helps.
"""
POOL = """# The outdoor pool

Is the pool open in winter? No. The pool is open from May to September.

## Diving

Can children dive from the tower?

No. Children dove from the tower until the accident of 2019.

## Smoking

No.

Dogs are allowed on the meadow.
"""
SHEET = """Problem sheet 7

1. (6 points) Sketch a spit and mark the swash line, the tombolo and the lagoon behind it.
2. Explain why a tombolo grows.
"""
NOTES = """Coasts, lecture 3

Tombolo = a bar of sand that ties an island to the shore.
Lagoon: shallow water behind a bar.
"""
CHANGES = """# Changelog of Hedgerow

## 4.1.0
### Removed
- The export to plain lists.

## 4.0.0
### Added
- A window for notes.
### Removed
- Support for the old key files.
- The switch `--fast`.
"""
ISLAND = """# The island of Halm

The island of Halm is nine kilometres long and has one road.

## Where to sleep

- The Sailmaker, 12 rooms at the harbour. Closed in January.
- Camping Norrby, 11 euros per tent.
- The old school, hostel with a kitchen.
"""
LIFE = """# Mathilde Orre

Mathilde Orre built lighthouses and lenses. The Grey Widow was her masterpiece. She married the
gardener Aksel Brun in 1871.
"""
CLUB = """# Boat club

The board consists of chair, treasurer and youth warden. Chair: Pia Holt. The yearly fee is due on
1 March. Packs of 10, 20 and 50 tokens are sold at the bar.
"""

BOATS = """# Boats of the club

## Before you launch a boat

1. Enter it in the log.
2. Check the plugs.
3. Carry it with four people.

| Event | Day | Leader |
|---|---|---|
| Night rowing trip | 6 June | Colin Ray |
| Harbour day | 9 August | Pia Holt |

## What to bring to the night rowing trip

- a head torch
- a second jumper

| | Skua | Tern |
|---|---|---|
| Hull | oak | plywood |
| Max. load | 320 kg | 210 kg |
"""

folder = indexed_for_module(
    {
        "policy.md": POLICY, "pets.md": PETS, "pool.md": POOL, "sheet7.txt": SHEET,
        "notes3.txt": NOTES, "changelog.md": CHANGES, "halm.md": ISLAND, "orre.md": LIFE,
        "club.md": CLUB, "boats.md": BOATS,
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("Is theft from an unlocked cellar insured?", "theft from a cellar"),
        ("Does the insurance pay for damage by martens?", "damage by mice"),
    ],
)
def test_an_exclusion_is_not_shown_as_a_cover(folder: Assistant, question: str, item: str) -> None:
    text = folder.ask(question).text
    assert text.index("We do not pay for") < text.index(item)


def test_the_words_above_an_item_stand_in_the_document(folder: Assistant) -> None:
    answer = folder.ask("Is theft from an unlocked cellar insured?")
    about = answer.sentences[0].about
    assert about is not None
    assert POLICY[about.start : about.end] == about.text


def test_one_animal_is_not_treated_for_another(folder: Assistant) -> None:
    tick = folder.ask("What should I do if the cat has a tick?").text
    assert "tweezers" in tick
    assert "Drive to the clinic" not in tick
    thread = folder.ask("What should I do if the cat has swallowed a thread?").text
    assert "Drive to the clinic" in thread
    assert "tweezers" not in thread


def test_bold_words_that_are_the_answer_stay(folder: Assistant) -> None:
    answer = folder.ask("How do I keep the rabbit warm until the vet comes?")
    assert "on a blanket" in answer.text.partition("[1]")[0]


def test_a_no_belongs_to_its_own_question(folder: Assistant) -> None:
    assert folder.ask("Is the pool open in May?").text.startswith("The pool is open from May")
    assert "No." not in folder.ask("Are dogs allowed on the meadow?").text
    assert folder.ask("Can children dive from the tower?").text.startswith("No.")


def test_like_questions() -> None:
    asked = analyse(analysed("Can children dive from the tower?"), (), lambda term: 1.0)
    assert asks_the_same(asked, "May children dive from the tower?", "en")
    assert not asks_the_same(asked, "May children climb the wall at night?", "en")
    assert not asks_the_same(asked, "Children dive from the tower.", "en")


def test_a_task_answers_nothing(folder: Assistant) -> None:
    assert folder.ask("What is a tombolo?").text.startswith("Tombolo = a bar of sand")
    assert "Sketch" not in folder.ask("Where does a tombolo lie, and what does it tie?").text


def test_what_was_removed_in_one_version(folder: Assistant) -> None:
    text = folder.ask("What was removed in Hedgerow 4.0.0?").text
    assert "old key files" in text
    assert "--fast" in text
    assert "window for notes" not in text


def test_a_list_below_an_asking_heading_is_given_whole(folder: Assistant) -> None:
    answer = folder.ask("Where can I sleep on Halm?")
    assert all(each in answer.text for each in ("Sailmaker", "Norrby", "hostel"))
    assert "one road" not in answer.text


def test_she_is_whom_the_question_names(folder: Assistant) -> None:
    answer = folder.ask("Whom did Mathilde Orre marry?")
    assert "Aksel Brun" in answer.text
    assert "Grey Widow" not in answer.text


def test_what_names_no_person_and_no_money_is_not_sure(folder: Assistant) -> None:
    assert folder.ask("Who is the youth warden?").certainty in ("unsure", "none")
    assert folder.ask("How much does a pack of 20 tokens cost?").certainty in ("unsure", "none")
    assert folder.ask("How many kittens does the cat have?").abstained


def test_a_list_below_a_heading_in_the_questions_words_comes_before_a_row(
    folder: Assistant,
) -> None:
    bring = folder.ask("What should I bring to the night rowing trip?").text
    assert "head torch" in bring
    assert "second jumper" in bring
    assert "Colin Ray" not in bring
    launch = folder.ask("What must I do before I launch a boat?")
    assert [sentence.text for sentence in launch.sentences] == [
        "Enter it in the log.", "Check the plugs.", "Carry it with four people.",
    ]  # fmt: skip


def test_the_most_that_a_row_is_called_is_no_figure(folder: Assistant) -> None:
    answer = folder.ask("What is the maximum load of the Skua?")
    assert "320 kg" in answer.text
    assert "No figure" not in answer.text


def test_a_time_of_day_is_no_date(folder: Assistant) -> None:
    assert folder.ask("What time does the Harbour day begin?").certainty in ("unsure", "none")


# ---------------------------------------------------------------- idle sentences


def _pick(document: str, score: float, span: float, kind: float = 1.0) -> Pick:
    features = SentenceFeatures(**{**dict.fromkeys(FEATURE_NAMES, 0.0), "kind": kind})
    passage = Passage(document, document, document, "A text.", 0, 7, None, (), 1.0)
    return Pick(passage, "A text.", 0, 7, score, features, "prose", read=Read(0.0, span, 0, 0))


def test_a_second_value_that_is_read_as_much_worse_is_idle() -> None:
    best, worse = _pick("a", 10.0, 1.0), _pick("a", 9.0, -6.0)
    assert is_idle(worse, best, 0.5, 0.2, several=True, joins=False)
    assert not is_idle(worse, best, 0.5, 0.2, several=True, joins=True)  # "… and what is …"
    assert not is_idle(_pick("a", 9.0, -4.0), best, 0.5, 0.2, several=True, joins=False)
    assert not is_idle(_pick("a", 9.0, -6.0, 0.2), best, 0.5, 0.2, several=True, joins=False)


def test_another_document_needs_news_where_the_best_one_holds_most() -> None:
    best, other = _pick("a", 10.0, 1.0), _pick("b", 8.5, 2.0)
    assert is_idle(other, best, 0.7, 0.2, several=False, joins=False)
    assert not is_idle(other, best, 0.5, 0.2, several=False, joins=False)
    assert not is_idle(other, best, 0.7, 0.4, several=False, joins=False)
    assert not is_idle(_pick("b", 9.5, 2.0), best, 0.7, 0.2, several=False, joins=False)
    assert not is_idle(other, _pick("a", 10.0, -3.0), 0.7, 0.2, several=False, joins=False)
    assert not is_idle(other, best, 0.7, 0.2, several=True, joins=False)
