"""What stands in front matter for machines answers nothing; names and values there do."""

from __future__ import annotations

import pytest
from support_texts import indexed_for_module

from assistant import Assistant

PAGE = """---
title: Mutual exclusion
author: Ada Berg
ms.assetid: 4af7dedc-e2b8-4dc2
keywords:
- Streaming tools,mutual exclusion objects
- mutual exclusion object,about
---

# Mutual exclusion

The object for mutual exclusion keeps two streams from being played at the same time.
"""
assistant = indexed_for_module({"mutual.md": PAGE, "pump.md": "# Pump\n\nThe pump is green.\n"})


@pytest.mark.parametrize(
    "question", ["What is a mutual exclusion object?", "How do I use a mutual exclusion object?"]
)
def test_keywords_and_identifiers_answer_nothing(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    told = [sentence.text for sentence in answer.sentences]
    assert not any("about" in each or "assetid" in each for each in told), told


def test_who_wrote_it_and_which_keywords_it_has_are_told(assistant: Assistant) -> None:
    assert "Ada Berg" in assistant.ask("Who wrote Mutual exclusion?").text
    assert "objects" in assistant.ask("Which keywords has the page on mutual exclusion?").text
