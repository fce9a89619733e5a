# ruff: noqa: E501 (what a model says stands on one line)
"""Bad habits that a real, small model showed, and what must become of each.

A list of hand-written cases, and ``generated`` ones: every habit in every dress around sentences.
``benchmarks.model_faults`` plays them; ``tests/test_model_text.py`` holds the cases.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.citing.model_text import ModelText
from benchmarks import more_model_habits as more

DOCUMENTS = ("iclr-history.md", "sub/icml-2024-guide.md", "x.pdf")
TITLES = ("History of ICLR", "Guide to ICML 2024", "")
QUESTION = "When was the garden of Holm laid out?"


@dataclass(frozen=True, slots=True)
class Habit:
    """What a model says, and what a person is shown of it (white space at the ends apart)."""

    kind: str
    said: str
    shown: str


def shown_in_pieces(
    text: str, size: int, documents: Sequence[str] = DOCUMENTS
) -> tuple[str, ModelText]:
    """What is shown of a text that comes in pieces of this size, and the filter that decided."""
    read = ModelText(documents, TITLES, QUESTION)
    parts = [read.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join(parts) + read.finish(), read


CASES = (
    Habit("thought", "<think>a\nb</think>\n\nHi [1].", "Hi [1]."),
    Habit("thought", "<thinking>x</thinking>Hi", "Hi"),
    Habit("thought", "[THINK]x[/THINK]Hi", "Hi"),
    Habit("thought", "Okay, so the user asks.</think>\nHi there.", "Hi there."),
    Habit("thought", "<think>never ends", ""),
    Habit("thought", "Hello <think>mid</think>you", "Hello you"),
    Habit("thought", "Okay, it was 1872 [1].", "Okay, it was 1872 [1]."),
    Habit("channel", "<|channel|>analysis<|message|>We need<|end|><|start|>assistant<|channel|>final"
          "<|message|>Hi you.<|return|>", "Hi you."),
    Habit("token", "<|im_start|>assistant\nHello you.<|im_end|>\n<|im_start|>user\nMore", "Hello you."),
    Habit("token", "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>", "Hello."),
    Habit("token", "Hi.</s>", "Hi."),
    Habit("token", "<|assistant|>\nHi.", "Hi."),
    Habit("token", "The token `<|im_end|>` ends a turn [1].", "The token `<|im_end|>` ends a turn [1]."),
    Habit("echo", '<passage number="1" from="a b">Hello</passage> you', "Hello you"),
    Habit("echo", 'Hello. <passage number="4" from="' + "a study · " * 60 + '">you', "Hello. you"),
    Habit("echo", 'Hello. <passage number="4" from="' + "a study · " * 200, "Hello. "),
    Habit("plain", "a < b and x[1] > 3 [2].", "a < b and x[1] > 3 [2]."),
    Habit("plain", "A <", "A <"),
    Habit("sentinel", "**NOT_IN_THE_DOCUMENTS**", ""),
    Habit("sentinel", "NOT IN THE DOCUMENTS.", ""),
    Habit("sentinel", "NOT\\_IN\\_THE\\_DOCUMENTS", ""),
    Habit("sentinel", "not_in_the_documents", ""),
    Habit("sentinel", "NOT_IN_THE_DOCUMENTS\nThe garden is large.", ""),
    Habit("sentinel", "NOT_IN_THE_D", ""),
    Habit("sentinel", "Roses grow [1]. **NOT_IN_THE", "Roses grow [1]. "),
    Habit("plain", "It is NOT so [1].", "It is NOT so [1]."),
    Habit("form", "Roses grow (1).", "Roses grow [1]."),
    Habit("form", "Roses grow (1, 2). Yes", "Roses grow [1][2]. Yes"),
    Habit("form", "It was in 1872 (1).", "It was in 1872 [1]."),
    Habit("form", "Roses grow (Passage 1). More (passages 1 and 2).",
          "Roses grow [1]. More [1][2]."),
    Habit("form", "According to passage 1, roses grow.", "According to [1], roses grow."),
    Habit("form", "Roses grow.¹ They bloom.²", "Roses grow. [1] They bloom. [2]"),
    Habit("form", "Area of 5 m² and 3 km² [1].", "Area of 5 m² and 3 km² [1]."),
    Habit("form", "Roses grow (iclr-history.md). Tulips [icml-2024-guide.md].",
          "Roses grow [1]. Tulips [2]."),
    Habit("form", "Roses grow [1].\n\nSources:\n[1] iclr-history.md\n[2] foo\n", "Roses grow [1]."),
    Habit("form", '{"answer": "Roses grow [1]."}', "Roses grow [1]."),
    Habit("form", '```json\n{"answer": "Roses grow.", "sources": [1]}\n```', "Roses grow. [1]"),
    Habit("plain", "{x} is a set [1].", "{x} is a set [1]."),
    Habit("plain", "Steps: (1) dig, (2) plant [1].", "Steps: (1) dig, (2) plant [1]."),
    Habit("plain", "Source 9 said so (Passage 8).", "Source 9 said so (Passage 8)."),
    *(Habit("thought", said, shown) for said, shown in more.THOUGHTS),
    *(Habit("form", said, shown) for said, shown in more.FORMS),
    *(Habit("sentinel", said, "") for said in more.SENTINELS),
    *(Habit("plain", said, said) for said in more.STATEMENTS),
    *(Habit("asks itself", said, shown) for said, shown in more.asked_again(QUESTION)),
    *(Habit("no loop", said, said.strip()) for said in more.NO_LOOPS),
)  # fmt: skip

ABSTENTIONS = tuple(
    """Not mentioned.|N/A|The answer is not in the document.|None|Unknown.|I don't know.
The passages do not mention the fee.|There is no information about this in the provided documents.
I'm sorry, but I cannot find the answer in the passages.|Unfortunately, the documents do not specify this.
The provided context does not contain information about the fee. Please provide more details.
Das steht nicht in den Dokumenten.|Die Dokumente enthalten keine Angaben dazu.
Le document ne mentionne pas ce point.|Les documents ne contiennent aucune information.
El documento no menciona la tarifa.|No se menciona en el documento.|Il documento non lo dice.
В документах не указано.|文档中没有提到。|文書には記載されていません。|Not specified in the text
It is not stated in the passage.|This question cannot be answered from the given passages.
No information available.|**Not found**|The text doesn't say.|The answer is:|Sure! Here is the answer:
Based on the passages, the answer is not provided.|Not in the documents.""".replace("\n", "|").split("|")
) + more.ABSTENTIONS  # fmt: skip
STATEMENTS = tuple(
    """The study found no effect.|It was not until 1872 that the garden was laid out.
The paper does not mention a fee [2].|There were no submissions in 2020.|The documents are kept in Rome.
None of the models passed the test.|No, it was held online.|The answer is 42.
The document does not state the fee, but the deadline is 5 May.|Nothing grew in the garden of Holm.
The text was written in 1872.|Unknown authors wrote the letter.|The company lists no debts.
Not all methods use data.""".replace("\n", "|").split("|")
)  # fmt: skip

_PLAIN = (
    "The garden of Holm was laid out in 1872", "Berta Lindqvist planted 40 roses",
    "Wien hat 23 Bezirke", "Der Weg führt über die Brücke", "Музей открыт в 1901 году",
    "The rate rose from 3.5 % to 4 %", "It met online in 2020 and 2021",
)  # fmt: skip
_THOUGHTS = (
    "<think>{t}</think>", "<thinking>{t}</thinking>", "<reasoning>\n{t}\n</reasoning>\n",
    "[THINK]{t}[/THINK]", "Okay, {t}</think>\n\n", "Let me see. {t}\n</think>\n",
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>",
)  # fmt: skip
_ENDS = ("<|im_end|>", "<|eot_id|>", "</s>", "<|endoftext|>", "<end_of_turn>", "<|return|>",
         "<|im_end|>\n<|im_start|>user\nAnd then?", "")  # fmt: skip
_STARTS = ("<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>\n\n",
           "<start_of_turn>model\n", "<s>", "")  # fmt: skip
_CITED = ("[1]", "(Passage 1)", "(passage 1)", "(source 1)", "(iclr-history.md)", "[iclr-history.md]",
          "(1)")  # fmt: skip


def generated(count: int = 400, seed: int = 12) -> Iterator[Habit]:
    """Answers in random dress: thoughts, marks of turns, citation forms, abstentions, loops."""
    draw = random.Random(seed)
    for number in range(count):
        plain = draw.choice(_PLAIN)
        kind = ("thought", "token", "form", "sentinel", "abstention", "loop")[number % 6]
        thought = draw.choice(_THOUGHTS).format(t=f"maybe {draw.choice(_PLAIN)} [2]? Hmm.")
        start, end = draw.choice(_STARTS), draw.choice(_ENDS)
        answer = f"{plain} [1]."
        if kind == "thought":
            yield Habit(kind, thought + answer + end, answer)
        elif kind == "token":
            yield Habit(kind, start + answer + end, answer)
        elif kind == "form":
            yield Habit(kind, f"{plain} {draw.choice(_CITED)}.", answer)
        elif kind == "sentinel":
            dress = draw.choice(("{}", "**{}**", "`{}`", '"{}"', "{}.", "[{}]"))
            said = draw.choice(("NOT_IN_THE_DOCUMENTS", "NOT IN THE DOCUMENTS"))
            yield Habit(kind, start + dress.format(said) + end, "")
        elif kind == "abstention":
            yield Habit(kind, thought + draw.choice(ABSTENTIONS) + end, "")
        else:
            yield Habit(kind, f"{plain}. " * draw.randint(4, 9), f"{plain}. " * 2 + f"{plain}.")


def wrong(habits: Iterator[Habit] | Sequence[Habit]) -> list[str]:
    """What is shown otherwise than it must, in some cut of the stream."""
    found = []
    for habit in habits:
        for size in (1, 3, 8, 10**6):
            text, _ = shown_in_pieces(habit.said, size)
            if text.strip() != habit.shown.strip():
                found.append(f"{habit.kind} {habit.said!r} in pieces of {size} → {text!r}")
                break
    return found
