"""A question for a summary → a summary that a model writes by parts, every sentence checked.

Each part is read by one call (map), its notes are checked like any answer; what they rest on is
joined by one more call (reduce), whose sentences cite the passages of the documents and are checked
against these, not against the notes. Where the joined text is weak, the notes stand side by side;
where nothing came of it, the opening lines answer and say why.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import Draft
from assistant.answering.joining import Joined, joined
from assistant.answering.model_prompt import Prompted, fewer
from assistant.answering.soundness import is_sound, rests, why_unsound
from assistant.answering.summary_parts import CallSize, SummaryPart, SummaryPlan
from assistant.answering.written import (
    REPEATS,
    Written,
    confidence_of,
    judged,
    strictly,
    write_whole,
)
from assistant.checking.verifier import Verifier
from assistant.errors import ModelError
from assistant.model.context import Context, describe_passage, passages_budget
from assistant.model.faults import PromptTooLongError
from assistant.model.language_model import LanguageModel
from assistant.model.learned_tokens import learned_counter
from assistant.model.prompt_table import PromptChoice
from assistant.model.prompts import SENTINEL, load_prompt
from assistant.model.usage import add_usage
from assistant.settings import LLMSettings, Settings
from assistant.types import NO_USAGE, Passage, Progress, Usage

_MOST_SENTENCES = 8
_TOKENS_A_SENTENCE = 45
"""Of a summary, with its marker: a model with a short reply is asked for fewer sentences."""
_LONGEST_LEAD = 100
_BRACKETS = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True)
class Summarised:
    """What came of a summary: its draft, or None with the reason; what it rests on, what it cost,
    and how many passages were read."""

    draft: Draft | None
    reason: str
    passages: tuple[Passage, ...]
    usage: Usage
    read: int


def call_size(request: str, settings: LLMSettings) -> CallSize:
    """The tokens of one call of a summary."""
    count = learned_counter(settings.base_url, settings.model)
    fixed = [each["content"] for each in _messages("summary", "", request, settings)]
    room = passages_budget(settings.context_tokens, settings.answer_tokens, fixed, count)
    rest = settings.context_tokens - settings.answer_tokens - room
    return CallSize(room, rest, settings.answer_tokens, count)


async def summarise(
    request: str,
    plan: SummaryPlan,
    model: LanguageModel,
    settings: Settings,
    verifier: Verifier,
) -> AsyncIterator[Progress | Summarised]:
    """A ``Progress`` before each call of the model, then one ``Summarised``. Raises nothing that a
    model does: that is the reason in it."""
    summary = _Summary(request, plan, model, settings, verifier)
    for number, part in enumerate(plan.parts):
        yield Progress("summarising", number, plan.calls, part.name)
        await summary.read(part)
    if len(plan.parts) > 1 and summary.notes:
        yield Progress("joining", len(plan.parts), plan.calls, "the notes on all parts")
        await summary.join()
    yield await summary.whole()


class _Summary:
    """A summary on its way: the notes on its parts, and the text that joins them."""

    def __init__(
        self,
        request: str,
        plan: SummaryPlan,
        model: LanguageModel,
        settings: Settings,
        verifier: Verifier,
    ) -> None:
        self._request, self._plan = request, plan
        self._model, self._settings, self._verifier = model, settings, verifier
        self.notes: list[tuple[SummaryPart, Written]] = []
        self._joined: Written | None = None
        self._usage = NO_USAGE
        self._read = 0
        self._said: list[str] = []  # what went wrong, in words
        self._failed: dict[str, list[str]] = {}  # reasons, and the parts that failed for them

    async def read(self, part: SummaryPart) -> None:
        """The notes on one part, if they are sound."""
        passages: Sequence[Passage] = part.passages
        while True:
            shown = tuple(passages)
            texts = [describe_passage(n, each) for n, each in enumerate(shown, start=1)]
            prompted = self._prompted("summary", texts, shown)
            try:
                written = await self._write(prompted)
            except PromptTooLongError as exc:
                if len(shown) < 2:
                    self._fails(part.name, exc.what)
                    return
                passages = shown[: fewer(prompted, exc)]
            except ModelError as exc:
                self._fails(part.name, exc.what)
                return
            else:
                break
        if is_sound(written):
            self._read += len(shown)
            self.notes.append((part, written))
        else:
            self._fails(part.name, why_unsound(written))

    async def join(self) -> None:
        """One text of all notes. Its passages are those that the notes cite."""
        if len(self.notes) == 1:
            self._joined = self.notes[0][1]
            return
        passages, said = self._noted()
        noted = zip(passages, said, strict=True)
        texts = [_note(number, *each) for number, each in enumerate(noted, start=1)]
        try:
            written = await self._write(self._prompted("summary_join", texts, passages))
        except ModelError as exc:
            self._said.append(f"The notes on the parts stand side by side: {exc.what}")
            return
        if is_sound(written) and written.incomplete != REPEATS:
            self._joined = written
        else:
            why = why_unsound(written) or written.incomplete
            self._said.append(f"The notes on the parts stand side by side: {why}")

    def _noted(self) -> tuple[tuple[Passage, ...], list[str]]:
        """The passages that sound notes rest on, with these notes; as many as fit, each part with
        its first ones."""
        queues = [list(_by_passage(written)) for _, written in self.notes]
        size = call_size(self._request, self._settings.llm)
        taken: list[tuple[int, int]] = []
        used = 0
        for layer in range(max(map(len, queues))):
            for part, queue in enumerate(queues):
                if layer < len(queue):
                    cost = size.count(_note(99, *queue[layer])) + 2
                    if used + cost <= size.room:
                        taken.append((part, layer))
                        used += cost
        chosen = [queues[part][layer] for part, layer in sorted(taken)]
        return tuple(passage for passage, _ in chosen), [notes for _, notes in chosen]

    async def whole(self) -> Summarised:
        """The end: a draft of what there is."""
        final = self._joined or (self.notes[0][1] if len(self.notes) == 1 else None)
        if final is not None and self._settings.answer.judge:
            final = await judged(replace(final, usage=NO_USAGE), self._model, self._settings.llm)
            self._usage = add_usage(self._usage, final.usage)
        made = Joined()
        for lead, written in [("", final)] if final else self._side_by_side():
            kept = strictly(written) if self._settings.answer.strict else written
            if kept.sentences:
                made = joined(made, lead, kept)
        if not made.sentences:
            return Summarised(None, ". ".join(self._told()), (), self._usage, 0)
        writing = final or self.notes[0][1]
        draft = Draft(
            text=made.text,
            sentences=made.sentences,
            places=made.places,
            confidence=round(confidence_of(made.sentences), 4),
            incomplete=writing.incomplete,
            notice=". ".join(self._told()),
            usage=self._usage,
            model=writing.model or self._settings.llm.model,
            prompt=load_prompt("summary").fingerprint,
        )
        cited = {
            written.context.passages[number - 1].chunk_id: written.context.passages[number - 1]
            for _, written in ([("", final)] if final else self.notes)
            for number in written.parsed.order
        }
        return Summarised(draft, "", tuple(cited.values()), self._usage, self._read)

    def _side_by_side(self) -> list[tuple[str, Written]]:
        return [
            ("\n\n" * (at > 0) + f"{_as_lead(part.name)}: ", written)
            for at, (part, written) in enumerate(self.notes)
        ]

    async def _write(self, prompted: Prompted) -> Written:
        written = await write_whole(prompted, self._model, self._settings.llm, self._verifier)
        self._usage = add_usage(self._usage, written.usage)
        return written

    def _prompted(self, name: str, texts: Sequence[str], passages: Sequence[Passage]) -> Prompted:
        text = "\n\n".join(texts)
        context = Context(tuple(passages), (), text, 0)
        messages = _messages(name, text, self._request, self._settings.llm)
        return Prompted(messages, context, PromptChoice(name, 0))

    def _fails(self, name: str, why: str) -> None:
        self._failed.setdefault(why, []).append(name)

    def _told(self) -> list[str]:
        """What went wrong, in words."""
        told = list(self._said)
        for why, names in self._failed.items():
            where = f"{len(names)} parts" if len(names) > 1 else f"“{_as_lead(names[0])}”"
            told.append(f"No notes of {where}: {why}" if len(self._plan.parts) > 1 else why)
        return told


def _messages(
    name: str, passages: str, request: str, settings: LLMSettings
) -> list[dict[str, str]]:
    most = max(2, min(_MOST_SENTENCES, settings.answer_tokens // _TOKENS_A_SENTENCE))
    return load_prompt(name).render(
        sentinel=SENTINEL, passages=passages, question=request, sentences=str(most)
    )


def _note(number: int, passage: Passage, notes: str) -> str:
    """Notes on a passage between the marks of passages, which they cannot contain."""
    return describe_passage(number, replace(passage, text=notes, context=""))


def _as_lead(name: str) -> str:
    """A part's name before its notes: a heading is a document's text, and sets no marker."""
    return " ".join(name.translate(_BRACKETS).split())[:_LONGEST_LEAD]


def _by_passage(written: Written) -> list[tuple[Passage, str]]:
    """Each passage that resting sentences cite first, with these sentences; not the last one of a
    text that was cut off."""
    said: dict[int, list[str]] = {}
    for sentence in written.sentences[: -1 if written.incomplete else None]:
        if rests(sentence) and sentence.citations:
            passage = written.parsed.order[sentence.citations[0] - 1]
            said.setdefault(passage, []).append(sentence.text)
    return [
        (written.context.passages[number - 1], " ".join(texts))
        for number, texts in sorted(said.items())
    ]
