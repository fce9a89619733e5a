"""A question → a report in sections: each a search and a checked text of its own.

The model names the sections as questions; what it writes for each is checked against the passages
that this section found. Where its text rests on nothing, the documents' own sentences stand there;
what the documents do not hold is named in the notice. A last call says what is still missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from assistant.answering.answer import EXTRACTIVE, Draft
from assistant.answering.joining import Joined, joined, shifted
from assistant.answering.question_parts import AskedParts, missing_parts, parts_of
from assistant.answering.several_searches import SearchFor, merged
from assistant.answering.soundness import is_sound
from assistant.answering.step_words import told_cost
from assistant.answering.written import Written, confidence_of, judged, write
from assistant.checking.verifier import Verifier
from assistant.errors import ModelError
from assistant.model.language_model import LanguageModel
from assistant.model.prompts import load_prompt
from assistant.model.usage import add_usage
from assistant.retrieval.search import Found
from assistant.settings import Settings
from assistant.types import NO_USAGE, Passage, Progress, Usage

_MOST_SECTIONS = 6
_NOT_SECTIONS = 2
"""Calls that write no section: the outline, and the question for what is missing."""
_PLAIN = str.maketrans("", "", "[]<>`*_#|\\")


@dataclass(frozen=True, slots=True)
class ReportTools:
    """What a report is made with. ``quoted`` gives the draft of the documents' own sentences for
    what a section found; blocking, as ``search_for`` is."""

    model: LanguageModel
    verifier: Verifier
    search_for: SearchFor
    quoted: Callable[[Found], Draft]
    settings: Settings


@dataclass(frozen=True, slots=True)
class SectionText:
    """More of the report, as it is sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Reported:
    """The whole report, or None with the reason; all that its sections found; what it cost."""

    draft: Draft | None
    reason: str
    found: Found
    usage: Usage


def most_sections(settings: Settings) -> int:
    """Sections that the model may name within ``answer.deep_calls``."""
    return max(1, min(_MOST_SECTIONS, settings.answer.deep_calls - _NOT_SECTIONS))


def told_report_cost(settings: Settings) -> str:
    """What a report costs at most, in words: calls, tokens, and dollars where they are known."""
    calls, llm = settings.answer.deep_calls, settings.llm
    tokens_in = calls * (llm.context_tokens - llm.answer_tokens)
    return told_cost(calls, tokens_in, calls * llm.answer_tokens, llm)


async def report(
    question: str, first: Found, tools: ReportTools
) -> AsyncIterator[Progress | SectionText | Reported]:
    """Steps and sections as they are made, then one ``Reported``; its reason says why there is
    none, and no text was sent then. Raises ``ModelError`` when the model wrote no section because
    it failed."""
    settings, llm = tools.settings, tools.settings.llm
    calls = settings.answer.deep_calls
    yield Progress("planned", 0, calls, f"a report: {told_report_cost(settings)}")
    yield Progress("planning the sections", 0, calls, question)
    outline = await parts_of(question, most_sections(settings), tools.model, llm, "outline")
    if not outline.questions:
        reason = outline.problem or "the model named no sections"
        yield Reported(None, reason, first, outline.usage)
        return
    made = _Report(question, first, tools, usage=outline.usage)
    for part in outline.questions:
        yield Progress("writing section", made.calls, calls, part)
        text = await made.write(part)
        if text:
            yield SectionText(text)
    if made.calls + 1 < calls:
        yield Progress("looking for what is missing", made.calls, calls)
        for part in (await made.missing()).questions:
            if made.calls >= calls:
                break
            yield Progress("writing section", made.calls, calls, part)
            text = await made.write(part)
            if text:
                yield SectionText(text)
    yield made.whole()


@dataclass(slots=True)
class _Report:
    """A report on its way."""

    question: str
    first: Found
    tools: ReportTools
    usage: Usage
    calls: int = 1
    text: Joined = field(default_factory=Joined)
    results: list[Found] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    quoted: int = 0
    failed: ModelError | None = None
    incomplete: str = ""
    model: str = ""

    async def write(self, part: str) -> str:
        """The text of one section, which is added; empty where the documents do not answer it."""
        tools = self.tools
        found = await asyncio.to_thread(tools.search_for, part)
        self.usage = add_usage(self.usage, found.usage)
        self.asked.append(part)
        self.results.append(found)
        self.calls += 1
        written = await self._written(part, found.passages) if found.passages else None
        before = len(self.text.text)
        lead = "\n\n" * (before > 0) + f"## {part.translate(_PLAIN)}\n\n"
        if written is not None and is_sound(written):
            self.text = joined(self.text, lead, written)
            self.incomplete = self.incomplete or written.incomplete
            self.model = written.model
        else:
            draft = await asyncio.to_thread(tools.quoted, found)
            if draft.abstained or (written is not None and written.abstained):
                self.lacking.append(part)
                return ""
            self.quoted += 1
            self.text = _with_draft(self.text, lead, draft)
        return self.text.text[before:]

    async def _written(self, part: str, passages: Sequence[Passage]) -> Written | None:
        """What the model wrote; None where it failed."""
        tools = self.tools
        llm, answer = tools.settings.llm, tools.settings.answer
        written: Written | None = None
        pieces = write(part, passages, tools.model, llm, tools.verifier, strict=answer.strict)
        try:
            async with aclosing(pieces) as stream:  # type: ignore[type-var]
                async for piece in stream:
                    written = piece if isinstance(piece, Written) else written
        except ModelError as exc:
            self.failed = exc
            return None
        if written is not None and answer.judge and written.sentences:
            written = await judged(written, tools.model, llm)
        self.usage = add_usage(self.usage, written.usage if written else NO_USAGE)
        return written

    async def missing(self) -> AskedParts:
        """What else should be looked up, now that the sections are written."""
        most = 2 * self.tools.settings.retrieval.passages
        passages = merged([self.first, *self.results], most).passages
        parts = await missing_parts(
            self.question, passages, self.asked, self.tools.model, self.tools.settings.llm
        )
        self.calls += 1
        self.usage = add_usage(self.usage, parts.usage)
        return parts

    def whole(self) -> Reported:
        """The end. Raises the model's error where it wrote nothing because of that."""
        if not self.model and self.failed is not None:
            raise self.failed
        found = merged([self.first, *self.results], sum(len(r.passages) for r in self.results))
        if not self.text.sentences:
            return Reported(None, "the documents answer none of its sections", found, self.usage)
        told = []
        if self.lacking:
            told.append("Not in the documents: " + " · ".join(self.lacking))
        if self.quoted:
            many = "sections are" if self.quoted > 1 else "section is"
            told.append(f"{self.quoted} {many} in the documents' own sentences")
        if self.failed is not None:
            told.append(self.failed.what)
        draft = Draft(
            text=self.text.text,
            sentences=self.text.sentences,
            places=self.text.places,
            confidence=round(confidence_of(self.text.sentences), 4),
            incomplete=self.incomplete,
            notice=". ".join(told),
            usage=self.usage,
            model=self.model or EXTRACTIVE,
            prompt=load_prompt("outline").fingerprint,
        )
        return Reported(draft, "", found, self.usage)


def _with_draft(before: Joined, lead: str, draft: Draft) -> Joined:
    """What there is, with a section of the documents' own sentences, one on each line."""
    shift = len(before.places)
    sentences = shifted(draft.sentences, shift)
    lines = (
        f"- {' '.join(each.text.split())} {''.join(f'[{m}]' for m in each.citations)}"
        for each in sentences
    )
    text = "\n".join(line.rstrip() for line in lines)
    return replace(
        before,
        text=f"{before.text}{lead}{text}",
        sentences=(*before.sentences, *sentences),
        places=(*before.places, *draft.places),
    )
