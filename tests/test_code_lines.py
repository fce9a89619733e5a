"""Commands, code, links, changes and copyrights answer only what asks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support_texts import indexed

from assistant.answering.candidates import rank_candidates
from assistant.answering.code_lines import is_bare_link, is_beside_prose, is_code
from assistant.answering.kind_scores import kind_score
from assistant.embedding.static import StaticEmbedder
from assistant.model.answer_reader import Reading
from assistant.retrieval.nearness import SentenceIndex
from assistant.retrieval.question import Question, analyse
from assistant.text.analysed import analysed
from assistant.types import Passage

PAGE = """# winch-tool

`winch-tool` lets a winch be driven from a browser. The cable may be forty metres long.

## Installation

**winch-tool** needs Python 3.10 or newer.

```bash
pip install winch-tool
```

Binaries are there for most machines ([read more](https://winch.example/#installation)), and
winch-tool can be installed from its source too.

## Changes

- Drop the steam winch driver (#205)

- [License](https://winch.example/licence.html)

Copyright (c) 2004-2025, Winch Tool Makers Anna Holm
"""


def asked(text: str) -> Question:
    return analyse(analysed(text), (), lambda term: 1.0)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("pip3 install winch-tool", "label", True),
        (">>> winch.pull(3)", "prose", True),
        ("from winch import pull", "label", True),
        ("x = 1", "code", True),
        ('"""A namespace for winches."""', "prose", True),
        ("pull = winch.Marker(3)", "prose", True),
        ("@winch\n    def pull(self):", "prose", True),
        ("# pull it\n    rope = winch.pull(3)", "label", True),
        ("# Ropes\n\nA rope is twisted.", "label", False),
        ("@anna wrote the page.", "prose", False),
        ("'Pull' is what they shout.", "prose", False),
        ("Import duties rose in May.", "prose", False),
        ("Pip is a seed.", "prose", False),
    ],
)
def test_code_is_told_by_its_first_word(text: str, kind: str, code: bool) -> None:
    assert is_code(text, kind) is code


@pytest.mark.parametrize(
    ("question", "text", "kind", "beside"),
    [
        ("What does winch-tool repair?", "pip install winch-tool", "label", True),
        ("How do I install winch-tool?", "pip install winch-tool", "label", False),
        ("Which command adds winch-tool?", "pip install winch-tool", "label", False),
        ("Where was it made?", "Copyright (c) 2004, Anna Holm", "label", True),
        ("Who holds the rights?", "Copyright (c) 2004, Anna Holm", "label", False),
        ("What is a steam winch driver?", "Drop the steam winch driver (#205)", "item", True),
        ("Which driver was dropped?", "Drop the steam winch driver (#205)", "item", False),
        ("Was repariert winch-tool?", "pip install winch-tool", "label", False),
    ],
)
def test_what_stands_beside_prose(question: str, text: str, kind: str, beside: bool) -> None:
    assert is_beside_prose(asked(question), text, kind) is beside


@pytest.mark.parametrize(
    ("question", "text", "bare"),
    [
        ("Which licence does it use?", "- [Licence](https://winch.example/l.html)", True),
        ("Where is the licence?", "- [Licence](https://winch.example/l.html)", False),
        ("Which licence does it use?", "- [MIT licence](https://winch.example/l.html)", False),
        ("Which licence does it use?", "See the [licence](https://winch.example/l.html).", False),
    ],
)
def test_a_link_alone_leads_to_an_answer(question: str, text: str, bare: bool) -> None:
    assert is_bare_link(asked(question), text) is bare


def test_a_page_of_a_program_is_asked(tmp_path: Path) -> None:
    with indexed(tmp_path, {"winch.md": PAGE}) as assistant:
        how = assistant.ask("How do I install winch-tool?")
        assert "pip install winch-tool" in how.text
        does = assistant.ask("What does winch-tool do?")
        assert "browser" in does.text
        assert "pip" not in does.text
        for question in ("What is a steam driver?", "Which licence does winch-tool use?"):
            assert assistant.ask(question).certainty in ("none", "unsure"), question


def test_a_command_does_not_say_what_its_program_does(tmp_path: Path) -> None:
    """It alone holds the rare word."""
    page = (
        "Nested loops\n============\n\nBy design the loop of a reactor cannot start twice. This "
        "module patches the reactor to allow nested loops.\n\nInstallation\n------------\n\n"
        "    pip3 install nest_tool\n\nPython 3.5 or higher is needed.\n"
    )
    with indexed(tmp_path, {"nested.rst": page}) as assistant:
        assert "pip3" not in assistant.ask("What does nest_tool fix?").text


@pytest.mark.parametrize(
    ("text", "is_caption", "share"),
    [
        ("The winch of Vik pulls twelve boats.", True, 0.9),
        ("- Holm, A. (2004), The winch of Vik pulls twelve boats.", False, 0.7),
        ('"""The winch of Vik pulls twelve boats."""', False, 0.7),
        ('"""The winch of Vik pulls twelve boats."""', True, 0.7),
    ],
)
def test_only_a_caption_is_lifted_where_the_reader_holds_it_for_the_answer(
    text: str, is_caption: bool, share: float
) -> None:
    """What is beside prose loses .3 of its score, and a caption .1 that the reader is sure of."""
    noise = ((0, len(text)),) if is_caption else ()
    only = Passage("c", "b.txt", "", text, 0, len(text), None, (), 1.0, noise=noise, language="en")
    whole = np.array([0]), np.array([len(text)])
    sure = Reading(2.0, *whole, np.array([3.0], np.float32), np.array([3.0], np.float32))
    index = SentenceIndex(StaticEmbedder())

    def score(penalty: float | None) -> float:
        question = asked("What is the winch of Vik?")
        found = rank_candidates(question, [only], index, {"c": sure}, noise_penalty=penalty)
        return found.ranked[0].score

    assert score(None) == pytest.approx(share * score(0.0))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which boat won?", 1.0),
        ("Which colour does it have?", 0.5),
        ("What kind of boat won?", 0.5),
    ],
)
def test_a_name_is_no_sign_of_an_answer_where_none_is_asked_for(question: str, kind: float) -> None:
    assert kind_score(asked(question), "It was painted and sailed by Anna Holm.", "en") == kind
