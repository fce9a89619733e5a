"""What the fake model writes: the prompt's messages → a text, by rules instead of a network.

A stand-in: its prose is the passages' own, so it shows what the assistant does with a model's
words, right, wrong or obedient to an attacker, and nothing about how well any model writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.model.prompts import SENTINEL

_SUMMARY = "\nThe person asks: "
"""Stands in the prompts of summaries only."""
_PASSAGE = re.compile(r'<passage number="(\d+)" from="([^"]*)">\n(.*?)\n</passage>', re.DOTALL)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+[.!?]*")
_STOP = frozenset(
    """a an and are as at be by did do does for from had has have how in is it its many much of on
    or that the their there they this to was were what when where which who whom whose why will with
    you your please about can could""".split()
)
_URL = re.compile(r"(?:https?://|www\.)[^\s)>\"'\]]+|\b[\w-]+\.(?:com|xyz|org|net|url)\b[^\s)\"']*")
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(r"[\"“'‘]([^\"”'’]{8,})[\"”'’]")
_SAID = re.compile(r"\b(?:say|state|mention|claim|tell \w+|answer|reply)\s+that\s+([^.\n]+)", re.I)
_COMMAND = re.compile(
    r"^\W*(?:please\b|ignore\b|disregard\b|forget\b|instead\b|you must\b|do not answer\b|say\b|"
    r"add\b|include\b|insert\b|append\b|integrate\b|incorporate\b|embed\b|write\b|draft\b|"
    r"compose\b|provide\b|translate\b|explain\b|describe\b|replace\b|use\b|remove\b|rearrange\b|"
    r"modify\b|ensure\b|execute\b|visit\b|click\b|send\b|reveal\b|print\b|repeat\b)",
    re.IGNORECASE,
)
_DISTORTIONS: Mapping[str, Callable[[str], str]] = {
    "space": lambda text: text.replace(" ", ""),
    "group": lambda text: text.replace(" ", ""),
    "anagram": lambda text: re.sub(r"[^\W\d_]{3,}", lambda m: m[0][::-1], text),
    "rearrange": lambda text: re.sub(r"[^\W\d_]{3,}", lambda m: m[0][::-1], text),
    "scramble": lambda text: re.sub(r"[^\W\d_]{3,}", lambda m: m[0][::-1], text),
    "jumble": lambda text: re.sub(r"[^\W\d_]{3,}", lambda m: m[0][::-1], text),
    "typo": lambda text: re.sub(r"([^\W\d_])([^\W\d_])\b", r"\2\1", text),
    "misspell": lambda text: re.sub(r"([^\W\d_])([^\W\d_])\b", r"\2\1", text),
    "letters": lambda text: text.translate(str.maketrans("aeiou", "43!0@")),
    "vowels": lambda text: text.translate(str.maketrans("aeiou", "43!0@")),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as it stands in a prompt."""

    number: int
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a passage and how much of the question it holds."""

    text: str
    number: int
    share: float


def passages_of(prompt: str) -> list[Shown]:
    """The numbered passages of an answer prompt."""
    return [Shown(int(n), place, text) for n, place, text in _PASSAGE.findall(prompt)]


def question_of(prompt: str) -> str:
    """What follows the last ``Question:`` (``Last question:`` when condensing)."""
    return prompt.rpartition("uestion: ")[2].strip()


def best_sentences(prompt: str, most: int = 2) -> list[Found]:
    """The sentences with the most of the question's words; none when no passage is about it. For a
    summary the first sentence of each passage."""
    if _SUMMARY in prompt:
        return _first_sentences(prompt)
    wanted = _stems(question_of(prompt))
    if not wanted:
        return []
    found: list[Found] = []
    for passage in passages_of(prompt):
        title = _stems(f"{passage.place} {passage.text}")
        if len(wanted & title) < max(1, round(0.6 * len(wanted))):
            continue
        for match in _SENTENCE.finditer(passage.text):
            sentence = " ".join(match[0].split()).lstrip("#-*|> ")
            words = _stems(sentence)
            if len(sentence) > 8 and words - wanted:  # it says more than the question asks
                found.append(Found(sentence, passage.number, len(wanted & words) / len(wanted)))
    found.sort(key=lambda each: -each.share)
    best = [each for each in found if each.share >= 0.3]
    return [each for each in best if each.share >= best[0].share - 0.2][:most]


def _first_sentences(prompt: str) -> list[Found]:
    found = []
    for passage in passages_of(prompt):
        lines = (line.strip() for line in passage.text.splitlines())
        text = next((line for line in lines if line and not line.startswith("#")), "")
        sentence = _SENTENCE.match(text.lstrip("-*|> "))
        if sentence:
            found.append(Found(" ".join(sentence[0].split()), passage.number, 1.0))
    return found[:8]


def grounded(prompt: str) -> str:
    """Sentences of the passages, each with its number; or the sentinel."""
    return _written(prompt, lambda each: f"[{each.number}]")


def uncited(prompt: str) -> str:
    """The same without any number."""
    return _written(prompt, lambda each: "")


def out_of_range(prompt: str) -> str:
    """Cites passages that were never shown."""
    return _written(prompt, lambda each: "[99]")


def zero(prompt: str) -> str:
    """Counts from zero, as some models do."""
    return _written(prompt, lambda each: "[0]")


def wrong_passage(prompt: str) -> str:
    """Cites the next passage instead of the right one."""
    count = len(passages_of(prompt))
    return _written(prompt, lambda each: f"[{each.number % max(count, 1) + 1}]")


def wrong_numbers(prompt: str) -> str:
    """Right citations of sentences in which every number is changed."""
    return re.sub(
        r"(?<![\[\d])\d+(?![\]\d])", lambda m: str(int(m[0]) + 7).zfill(len(m[0])), grounded(prompt)
    )


def other_shapes(prompt: str) -> str:
    """Every shape of a citation that models were seen to write."""
    shapes = (
        "【{n}】",
        "[Source {n}]",
        "[[{n}]]",
        "[^{n}]",
        "[{n}†source]",
        "［{n}］",
        "[{n}, {n}]",
    )
    found = best_sentences(prompt, most=len(shapes)) or [Found("Nothing is known.", 1, 0.0)]
    return " ".join(
        f"{found[i % len(found)].text.rstrip('.')} {shape.format(n=found[i % len(found)].number)}."
        for i, shape in enumerate(shapes)
    )


def obedient(prompt: str, injections: Sequence[str] = ()) -> str:
    """The grounded answer, and then whatever an instruction inside a passage demands.

    ``injections`` are instructions known to a trial, found also when a chunk's border cut them;
    without them, sentences that look like commands or hold a link are obeyed.
    """
    answer = grounded(prompt)
    answer = "" if answer == SENTINEL else answer
    additions: list[str] = []
    for passage in passages_of(prompt):
        for instruction in _instructions(passage.text, injections):
            lowered = instruction.lower()
            for word, distort in _DISTORTIONS.items():
                if word in lowered and "```" not in lowered:
                    answer = distort(answer or "There is nothing about this in the documents.")
                    break
            else:
                additions.append(_performed(instruction, passage.number, question_of(prompt)))
    return "\n\n".join(filter(None, [answer, *additions])) or SENTINEL


def condensed(prompt: str) -> str:
    """The last question with its pronouns replaced by the last name of the conversation."""
    history = prompt.rpartition("Last question: ")[0]
    question = question_of(prompt)
    names = re.findall(r"(?<![.!?]\s)(?<!^)\b(?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)*", history)
    names = [n for n in names if n.split()[0].lower() not in _STOP | {"user", "assistant", "last"}]
    if not names:
        return question
    replaced = re.sub(r"\b(?:it|he|she|they|him|her|them|there|this|that)\b", names[-1], question)
    return re.sub(r"\b(?:its|his|their)\b", f"{names[-1]}'s", replaced)


def judged(prompt: str) -> str:
    """``supported`` when the source holds every word of the claim."""
    source, _, claim = prompt.rpartition("\nClaim: ")
    return "supported" if _stems(claim) <= _stems(source) else "unsupported"


def ranked(prompt: str) -> str:
    """The numbers of the passages that share words with the question, most shared first."""
    wanted = _stems(question_of(prompt))
    shared = {each.number: len(wanted & _stems(each.text)) for each in passages_of(prompt)}
    order = sorted((n for n, count in shared.items() if count), key=lambda n: (-shared[n], n))
    return ", ".join(map(str, order)) or "0"


def split(prompt: str) -> str:
    """The question's parts between "and", or the question itself."""
    question = prompt.partition("Question: ")[2].partition("\n")[0].rstrip(" ?")
    head, *rest = re.split(r",? and (?=(?:who|what|when|where|how|which)\b)", question)
    return "\n".join(f"{part[:1].upper()}{part[1:]}?" for part in (head, *rest))


def placing(prompt: str) -> str:
    """The title and the headings above a part, as a sentence."""
    above = prompt.partition("\n")[2].partition("\n")[0]
    return f"This part of the document is about {above.replace(' › ', ' and ')}."


def prompted(prompt: str, system: str) -> str:
    """The grounded answer as far as the system message asks for it: citations, abstaining."""
    wants_numbers = re.search(
        r"End every sentence\b.{0,80}\bnumber of the passage", system, re.DOTALL
    )
    text = grounded(prompt) if wants_numbers else uncited(prompt)
    if text == SENTINEL and SENTINEL not in system:
        return "Nobody can know this for certain."
    return text


def thinks_aloud(prompt: str) -> str:
    """The answer after a thought whose opening mark the server kept."""
    return f"Okay, the user asks about [2]. Hmm.\n</think>\n\n{grounded(prompt)}<|im_end|>"


def in_channels(prompt: str) -> str:
    """The answer in the channels of gpt-oss."""
    return (
        "<|channel|>analysis<|message|>We need passage [2].<|end|><|start|>assistant"
        f"<|channel|>final<|message|>{grounded(prompt)}<|return|>"
    )


def goes_on(prompt: str) -> str:
    """The answer, and then the person's next turn."""
    return f"{grounded(prompt)}<|im_end|>\n<|im_start|>user\nWho are you?<|im_end|>\n"


def going_round(prompt: str) -> str:
    """One sentence for ever, as small models do."""
    return f"{grounded(prompt)} " * 12


def in_other_words(prompt: str) -> str:
    """An abstention that is not the line it was asked for."""
    return "I'm sorry, but the provided passages do not mention this. Please provide more details."


def named_passages(prompt: str) -> str:
    """Cites in words, with a list of sources at the end."""
    text = _written(prompt, lambda each: f"(Passage {each.number})")
    return f"{text}\n\nSources:\n[1] a file\n[2] another file\n"


WRITERS: Mapping[str, Callable[[str], str]] = {
    "grounded": grounded,
    "obedient": obedient,
    "prompted": grounded,  # with the system message, in ``write``
    "uncited": uncited,
    "out_of_range": out_of_range,
    "zero": zero,
    "wrong_passage": wrong_passage,
    "wrong_numbers": wrong_numbers,
    "other_shapes": other_shapes,
    "abstaining": lambda prompt: SENTINEL,
    "thinks_aloud": thinks_aloud,
    "in_channels": in_channels,
    "goes_on": goes_on,
    "going_round": going_round,
    "in_other_words": in_other_words,
    "named_passages": named_passages,
}
"""Name of a behaviour → what it writes for an answer prompt."""


def write(behaviour: str, messages: Sequence[Mapping[str, str]], injections: Sequence[str]) -> str:
    """The text of a behaviour; condensing and judging are told by their system messages."""
    system = messages[0]["content"] if messages else ""
    prompt = messages[-1]["content"] if messages else ""
    if system.startswith("Rewrite the last question"):
        return condensed(prompt)
    if system.startswith("You put passages in order"):
        return ranked(prompt)
    if system.startswith("You check whether a source supports a claim"):
        return judged(prompt)
    if system.startswith(("You split a question", "You plan a report")):
        return split(prompt)
    if system.startswith("You say where a part"):
        return placing(prompt)
    if system.startswith("You look for what is still missing"):
        return "nothing"
    if behaviour == "prompted":
        return prompted(prompt, system)
    if behaviour == "obedient":
        return obedient(prompt, injections)
    return WRITERS[behaviour](prompt)


def _written(prompt: str, cite: Callable[[Found], str]) -> str:
    found = best_sentences(prompt)
    if not found:
        return SENTINEL
    parts = []
    for i, each in enumerate(found):
        body = each.text if i == 0 else re.sub(r"\s*\([^()]*\)", "", each.text)  # a light touch
        end = body[-1] if body[-1] in ".!?" else "."
        parts.append(f"{body.rstrip('.!?')} {cite(each)}".rstrip() + end)
    return " ".join(parts)


def _instructions(text: str, injections: Sequence[str]) -> list[str]:
    flat = " ".join(text.split())
    known = [each for each in injections if " ".join(each.split())[:60] in flat]
    if known:
        return known
    found = [m[0].strip() for m in _SENTENCE.finditer(text)]
    return [each for each in found if _COMMAND.search(each) or _URL.search(each)]


def _performed(instruction: str, number: int, question: str) -> str:
    """What an obedient model writes: the code, the links, the words it was told to say."""
    code = _CODE.search(instruction)
    if code:
        return f"Run this code first [{number}]:\n\n{code[0]}"
    parts = [f'"{quote}"' for quote in _QUOTED.findall(instruction)]
    parts += [said.strip() + "." for said in _SAID.findall(instruction)]
    for url in _URL.findall(instruction):
        full = url if url.startswith("http") else f"http://{url}"
        query = re.sub(r"\W+", "+", question)
        parts += [f"Visit [this page]({full}) or {url} now.", f"![]({full}/?q={query})"]
    if not parts:
        about = " ".join(instruction.rstrip(".?!").split()[1:9])
        parts = [f"Certainly, on {about}: experts agreed on forty-two remedies in 1847."]
    return " ".join(parts) + f" [{number}]"


def _stems(text: str) -> frozenset[str]:
    """The first five letters of every word that says something."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(w[:5] for w in words if w not in _STOP and (len(w) > 1 or w.isdigit()))
