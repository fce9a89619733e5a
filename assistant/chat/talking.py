"""A question → the views of a page while its answer comes, and what is kept of it.

A view holds the state of the screen: messages, the Evidence pane, the conversation. It does not
depend on Gradio; ``page`` turns views into updates.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

from assistant.answering.step_words import told_step
from assistant.chat.conversations import Conversations, StoredTurn
from assistant.chat.escaped import as_written
from assistant.chat.evidence import draw_evidence, draw_found, draw_nothing
from assistant.chat.messages import draw_answer, draw_failure, draw_partial, draw_waiting
from assistant.chat.suggestions import Suggestions
from assistant.errors import AssistantError, BusyError
from assistant.retrieval.question import check_question
from assistant.service.people import Person
from assistant.service.service import Service
from assistant.types import (
    NO_FILTERS,
    Answer,
    Delta,
    Event,
    Filters,
    Finished,
    Passage,
    Progress,
    Receipt,
    Retrieved,
    Usage,
)

DrawnMessage = dict[str, Any]
"""A message as Gradio's Chatbot takes it: role, content, and options that can be clicked."""

STOPPED = "stopped by you"
_EVERY_SECONDS = 0.06
"""Words are drawn at most so often: a fast model sends hundreds of pieces a second."""
_REST = 6.0
"""Times what drawing took that must pass before the next: it may use a seventh of the time."""
_STOP_SECONDS = 3.0
_MARKERS = re.compile(r"\s?\[\d{1,6}\]")


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows. ``ratings`` go with the messages of answers, in order.

    ``evidence`` is None where it has not changed since the view before.
    """

    conversation: str
    messages: list[DrawnMessage]
    evidence: str | None
    running: bool = False
    ratings: tuple[str | None, ...] = ()


class Talk:
    """Draws and keeps the conversations of all browsers. For one event loop."""

    def __init__(
        self, service: Service, conversations: Conversations, suggestions: Suggestions
    ) -> None:
        self.service = service
        self._suggestions = suggestions
        self.conversations = conversations
        self._running: dict[str, _Running] = {}

    async def ask(
        self,
        owner: str,
        conversation: str,
        question: str,
        filters: Filters = NO_FILTERS,
        position: int | None = None,
        who: Person | None = None,
        deep: bool = False,
    ) -> AsyncIterator[View]:
        """Ask, and draw what comes. With ``position`` the turn there is asked anew; ``deep`` asks
        for a report.

        The question is stored in every case; a stopped answer is stored as far as it got.
        """
        turns = self.conversations.turns(owner, conversation) if conversation else []
        if not question.strip():
            yield await self.view(owner, conversation, who=who)
            return
        if position is None or position > len(turns):
            position = len(turns)
        turns = turns[:position]
        try:  # at once, and nothing is written down for it
            check_question(question, self.service.settings.answer.max_question_characters)
            self.service.gate.check()
            if not conversation or not self.conversations.owned(owner, conversation):
                conversation = self.conversations.begin(owner, question)
        except AssistantError as exc:
            self.service.metrics.ended("busy" if isinstance(exc, BusyError) else "error", "chat")
            yield _Drawing(conversation, [*self._messages(turns, who), _asked(question)]).failure(
                exc
            )
            return
        drawing = _Drawing(conversation, [*self._messages(turns, who), _asked(question)])
        history = [(t.question, t.answer.text) for t in turns if t.answer and not _is_no(t)]
        running = _Running(self._asked(question, history, filters, who, deep))
        self._running[conversation] = running
        kept = False
        try:
            yield drawing.waiting("Searching …")
            async for event in running.events():
                if isinstance(event, Progress):
                    yield drawing.step(told_step(event))
                elif isinstance(event, Retrieved):
                    yield drawing.found(question, event.passages)
                elif isinstance(event, Delta):
                    view = drawing.words(event.text)
                    if view is not None:
                        began = time.monotonic()
                        yield view
                        drawing.drawn(began)
                elif isinstance(event, Finished):
                    drawing.answer = event.answer
            self.conversations.put(owner, conversation, position, question, drawing.kept(question))
            kept = True
            self._forget(conversation, running)
            yield await self.view(owner, conversation, who=who)
        except AssistantError as exc:
            self.conversations.put(owner, conversation, position, question, None)
            kept = True
            yield drawing.failure(exc)
        finally:
            await running.stop()
            if not kept:
                self.conversations.put(
                    owner, conversation, position, question, drawing.kept(question)
                )
            self._forget(conversation, running)

    def _asked(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        filters: Filters,
        who: Person | None,
        deep: bool,
    ) -> AsyncIterator[Event]:
        return self.service.stream(
            question, history, filters=filters, door="chat", who=who, deep=deep
        )

    async def follow_ups(
        self, owner: str, conversation: str, who: Person | None = None
    ) -> View | None:
        """The conversation with questions to go on with, which are tried first; None when there
        are no new ones, when others wait for answers, or when it has gone on meanwhile."""
        turns = self.conversations.turns(owner, conversation) if conversation else []
        if not turns or turns[-1].answer is None or self.service.gate.inside:
            return None
        if not self.service.may_ask(who):
            return None
        before = await self.view(owner, conversation, who=who)
        offered = await asyncio.to_thread(
            self._suggestions.after, turns[-1].answer, collections=self.service.mine(who)
        )
        options = [{"value": each, "label": each} for each in offered]
        is_last = self.conversations.turns(owner, conversation) == turns
        if before.messages[-1]["options"] == options or not is_last:
            return None
        if conversation in self._running:
            return None
        last = before.messages[-1] | {"options": options}
        return replace(before, messages=[*before.messages[:-1], last], evidence=None)

    async def stop(self, owner: str, conversation: str) -> None:
        """Stop the running answer of a conversation; the partial answer is stored."""
        running = self._running.get(conversation)
        if running is not None and self.conversations.owned(owner, conversation):
            await running.stop()

    def _forget(self, conversation: str, running: _Running) -> None:
        running.ended.set()
        if self._running.get(conversation) is running:
            del self._running[conversation]

    async def view(
        self,
        owner: str,
        conversation: str,
        turn: int | None = None,
        who: Person | None = None,
    ) -> View:
        """A conversation as it is kept, with the Evidence of one turn, else of the last.

        Waits a moment for an answer that is just being stopped.
        """
        running = self._running.get(conversation)
        if running is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(running.ended.wait(), _STOP_SECONDS)
        turns = self.conversations.turns(owner, conversation) if conversation else []
        return await asyncio.to_thread(self._draw, conversation, turns, turn, who)

    def _messages(self, turns: Sequence[StoredTurn], who: Person | None) -> list[DrawnMessage]:
        """Two messages a turn."""
        shown: list[DrawnMessage] = []
        for turn in turns:
            shown.append(_asked(turn.question))
            if turn.answer is None:
                content = draw_failure("No answer was kept.", "Ask again.")
            else:
                content = draw_answer(turn.answer, turn.position)
            shown.append({"role": "assistant", "content": content})
        return shown

    def _draw(
        self,
        conversation: str,
        turns: Sequence[StoredTurn],
        turn: int | None,
        who: Person | None,
    ) -> View:
        chosen = turns[-1] if turns else None
        if turn is not None:
            chosen = next((each for each in turns if each.position == turn), chosen)
        evidence = draw_nothing()
        if chosen is not None and chosen.answer is not None:
            evidence = draw_evidence(
                chosen.answer, chosen.position, lambda name: self.service.lookup(name, who)
            )
        messages = self._messages(turns, who)
        if turns and turns[-1].answer is not None and self.service.may_ask(who):
            offered = self._suggestions.after(
                turns[-1].answer, only_known=True, collections=self.service.mine(who)
            )
            messages[-1]["options"] = [{"value": each, "label": each} for each in offered]
        ratings = tuple(each.rating or None for each in turns)
        return View(conversation, messages, evidence, False, ratings)


class _Running:
    """An answer that is being made, in a task of its own, so that Stop reaches it at any moment."""

    def __init__(self, events: AsyncIterator[Event]) -> None:
        self.ended = asyncio.Event()
        self._came: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._pump(events))
        self._task.add_done_callback(lambda _: self._came.put_nowait(None))

    async def _pump(self, events: AsyncIterator[Event]) -> None:
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                self._came.put_nowait(event)

    async def events(self) -> AsyncIterator[Event]:
        """Events until the answer is complete or stopped. Raises what the answer raised."""
        while (event := await self._came.get()) is not None:
            yield event
        if not self._task.cancelled():
            self._task.result()

    async def stop(self) -> None:
        """Close the upstream call, and wait until it is closed."""
        self._task.cancel()
        await asyncio.wait([self._task])


@dataclass(slots=True)
class _Drawing:
    """An answer on its way: what came, and when it was last drawn."""

    conversation: str
    messages: list[DrawnMessage]
    text: str = ""
    passages: tuple[Passage, ...] = ()
    evidence: str = ""
    next_at: float = 0.0
    answer: Answer | None = None

    def waiting(self, words: str) -> View:
        return self._with(draw_waiting(words))

    def found(self, question: str, passages: tuple[Passage, ...]) -> View:
        self.passages = passages
        self.evidence = draw_found(question, passages) if passages else draw_nothing()
        count = len(passages)
        return self._with(draw_waiting(f"{count} passage{'s' if count != 1 else ''} found …"))

    def step(self, words: str) -> View:
        """What is done now, below the words that came before it."""
        if not self.text:
            return self.waiting(words)
        return self._with(draw_partial(self.text, len(self.passages), words))

    def words(self, text: str) -> View | None:
        """A view with more words, unless one was drawn a moment ago."""
        self.text += text
        if time.monotonic() < self.next_at:
            return None
        return self._with(draw_partial(self.text, len(self.passages)), evidence=None)

    def drawn(self, began: float) -> None:
        """Note that a view was sent. Slow views are sent less often, so that many users slow the
        drawing and not the answers."""
        now = time.monotonic()
        self.next_at = now + max(_EVERY_SECONDS, _REST * (now - began))

    def failure(self, error: AssistantError) -> View:
        return self._with(draw_failure(error.what, error.hint), running=False)

    def kept(self, question: str) -> Answer | None:
        """The answer; for a stopped one its text, without the unchecked markers."""
        if self.answer is not None or not self.text.strip():
            return self.answer
        return Answer(
            question=question,
            standalone_question=question,
            text=_MARKERS.sub("", self.text),
            sentences=(),
            citations=(),
            retrieved=self.passages,
            abstained=False,
            reason="stopped",
            confidence=0.0,
            incomplete=STOPPED,
            conflicts=(),
            usage=Usage(),
            timings={},
            receipt=Receipt("", "", "", "stopped"),
            notice="Its sentences were not checked.",
        )

    def _with(self, message: str, running: bool = True, evidence: str | None = "") -> View:
        shown = [*self.messages, {"role": "assistant", "content": message}]
        drawn = self.evidence if evidence == "" else evidence
        return View(self.conversation, shown, drawn, running)


def _asked(question: str) -> DrawnMessage:
    return {"role": "user", "content": as_written(question)}


def _is_no(turn: StoredTurn) -> bool:
    return turn.answer is not None and turn.answer.abstained
