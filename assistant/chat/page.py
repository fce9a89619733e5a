"""The Gradio page: which event calls which function. What stands where is in ``layout``.

``talking`` and its neighbours draw everything; this module only connects components to functions.
No event uses ``js=``: it needs `unsafe-eval`, which the content policy forbids. The page's own
script (``static/chat.js``) reads clicks on the classes that the drawings carry.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chat.closed_blocks import ClosedBlocks
from assistant.chat.conversation_list import ConversationList, outputs
from assistant.chat.conversations import Conversations
from assistant.chat.escaped import one_line, unescape
from assistant.chat.feedback import REASONS, Feedback
from assistant.chat.first_screen import FirstScreen
from assistant.chat.header import TITLE
from assistant.chat.layout import Layout
from assistant.chat.library import Library
from assistant.chat.model_panel import ModelEvents
from assistant.chat.notebook import draw_notebook
from assistant.chat.notes import PinnedNotes
from assistant.chat.overview import examples
from assistant.chat.report_offer import report_offered
from assistant.chat.requesters import owner_of, who_of
from assistant.chat.talking import Talk, View
from assistant.chat.uploads import Uploads
from assistant.errors import AssistantError
from assistant.retrieval.filters import make_filters
from assistant.service.model_choice import ModelChoice
from assistant.service.people import Person
from assistant.service.service import Service
from assistant.types import Filters

STATIC = Path(__file__).parent / "static"

_NOTING = re.compile(r"(pin|remove|restore) (\d{1,9})(?: (\d{1,6}))?", re.ASCII)
_MOST_TABS = 1000
_MOST_DIGITS = 10
"""Gradio keeps 0.2 MB for each tab; of one more, the oldest begins a new conversation."""

_HIDDEN: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": True}
_FREE: dict[str, Any] = {**_HIDDEN, "concurrency_limit": None}
"""Gradio's own limits are off: the service has one line for all doors."""


class ChatPage:
    """Builds the page for a service; ``blocks`` is what Gradio mounts."""

    def __init__(
        self, service: Service, conversations: Conversations, uploads: Uploads, notes: PinnedNotes
    ) -> None:
        self.service = service
        self.conversations = conversations
        self.notes = notes
        self.list = ConversationList(conversations)
        self.library = Library(service, uploads)
        self.talk = Talk(service, conversations, self.library.suggestions)
        self.feedback = Feedback(service, conversations)
        self.model_choice = ModelChoice(service)
        self.first_screen = FirstScreen(
            self.library, conversations, lambda: service.answering.model_name
        )
        self.blocks = self._build()

    # ------------------------------------------------------------ which event calls what

    def _build(self) -> gr.Blocks:
        with ClosedBlocks(title=TITLE, fill_width=True, analytics_enabled=False) as blocks:
            self._wire(blocks, Layout(self.service.settings, self.service.answering.model_name))
        built: gr.Blocks = blocks
        built.state_session_capacity = _MOST_TABS
        return built

    def _wire(self, blocks: gr.Blocks, at: Layout) -> None:
        filters = [
            at.paths, at.types, at.tags, at.after, at.before, at.ticked, at.collections,
        ]  # fmt: skip
        drawn = [at.chat, at.evidence, at.conversation, at.send, at.stop]
        around = outputs(at)
        folder = [at.list, at.types, at.tags, at.document]

        blocks.load(self._load, None, [*drawn, *around, *folder, at.collections], **_FREE).then(
            self._welcome, None, [at.chat], **_FREE
        )
        answers = [
            gr.on(
                events,
                asks,
                [at.box, at.conversation, *filters],
                [*drawn, at.box, at.offer.box],
                trigger_mode="once",
                **_FREE,
            )
            for events, asks in (  # Enter and Ask are one event: while it runs neither asks again
                ([at.box.submit, at.send.click], self._ask),
                ([at.offer.write.click], self._ask_report),
            )
        ] + [
            event(self._again, [at.conversation, *filters], drawn, **_FREE)
            for event in (at.chat.retry, at.chat.edit)
        ] + [
            event(self._chosen, [at.conversation, *filters], drawn, **_FREE)
            for event in (at.chat.option_select, at.chat.example_select)
        ]  # fmt: skip
        for answer in answers:
            answer.then(self._around, [at.conversation], around, **_FREE).then(
                self._offer, [at.conversation], [at.chat], **_FREE
            )
        at.report.click(self._offer_report, [at.box], at.offer.drawn, **_FREE)
        at.offer.leave.click(lambda: gr.update(visible=False), None, [at.offer.box], **_FREE)
        at.collections.input(self._folder_of, [at.collections], folder, **_FREE)
        at.stop.click(self._stop, [at.conversation], None, **_FREE)
        at.shown.change(self._show, [at.shown, at.conversation], [at.evidence], **_FREE)

        blocks.load(self._notebook, None, [at.notebook], **_FREE)
        at.noting.change(self._note, [at.noting, at.conversation], [at.notebook], **_FREE)

        for event in (at.new.click, at.chat.clear):
            event(self._fresh, None, [*drawn, *around], **_FREE)
        at.listing.input(self._open, [at.listing, at.search_titles], [*drawn, *around], **_FREE)
        at.search_titles.change(self._search, [at.search_titles, at.conversation], around, **_FREE)
        at.rename.click(self._ask_title, [at.conversation], [at.title], **_FREE)
        at.title.submit(self._rename, [at.conversation, at.title], around, **_FREE)
        at.forget.click(self._forget, [at.conversation], [*drawn, *around, at.deleted], **_FREE)
        at.undo.click(self._undo, [at.deleted], [*drawn, *around], **_FREE)
        for changed in (
            at.sync.click(self._sync, None, [at.receipt], **_FREE),
            at.uploaded.change(self._upload, [at.uploaded, at.collections], [at.receipt], **_FREE),
        ):
            changed.then(self._folder_of, [at.collections], folder, **_FREE).then(
                self._welcome, None, [at.chat], **_FREE
            )

        ModelEvents(self.model_choice).wire(blocks, at, _FREE)

        form = [at.form, at.asked, at.refuse, at.fact, at.document, at.quote]
        at.chat.like(self._rate, [at.conversation], [*form, at.about, at.said], **_FREE)
        at.kept.change(self._keep, [at.kept, at.conversation], [*form, at.about, at.said], **_FREE)
        at.add.click(
            self._add,
            [at.conversation, at.about, *form[1:]],
            [at.said],
            **_FREE,
        )
        at.leave.click(lambda: gr.update(visible=False), None, [at.form], **_FREE)

    async def _load(self, request: gr.Request) -> tuple[Any, ...]:
        owner, who = owner_of(request), who_of(request)
        known = self.conversations.listing(owner, 1)
        view = await self.talk.view(owner, known[0].id if known else "", who=who)
        mine = self.service.mine(who)
        first = mine[:1]
        folder = await self._folder(first, who)
        chips = gr.update(choices=list(mine), value=list(first), visible=len(mine) > 1)
        return (*_updates(view), *self.list.drawn(owner, view.conversation), *folder, chips)

    def _notebook(self, request: gr.Request) -> str:
        return draw_notebook(self.notes.listing(owner_of(request)))

    def _note(self, told: str, conversation: str, request: gr.Request) -> str:
        """Pin, remove or bring back, as the page's script says: ``pin 3``, ``pin 3 2``."""
        owner = owner_of(request)
        removed, problem = 0, ""
        found = _NOTING.fullmatch(told.partition(".")[0])
        try:
            if found is not None:
                what, number = found[1], int(found[2])
                if what == "pin":
                    marker = int(found[3]) if found[3] else None
                    self.notes.pin(owner, conversation, number, marker)
                elif what == "remove":
                    removed = number if self.notes.remove(owner, number) else 0
                else:
                    self.notes.restore(owner, number)
        except AssistantError as exc:
            problem = f"{exc.what}. {exc.hint}"
            gr.Warning(one_line(problem))
        return draw_notebook(self.notes.listing(owner), removed, problem)

    async def _welcome(self, request: gr.Request) -> AsyncIterator[Any]:
        """What is here, at once; then the questions, when they have been tried."""
        library, who = self.library, who_of(request)
        yield gr.update(placeholder=await asyncio.to_thread(library.welcome, None, who))
        offered = await asyncio.to_thread(library.offered, who)
        drawn = await asyncio.to_thread(library.welcome, offered, who)
        yield gr.update(placeholder=drawn, examples=examples(offered))

    async def _ask(
        self, request: gr.Request, question: str, conversation: str, *rest: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        async with aclosing(self._from_box(request, question, conversation, rest)) as drawn:
            async for each in drawn:
                yield each

    async def _ask_report(
        self, request: gr.Request, question: str, conversation: str, *rest: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        """The question as a report, this once."""
        async with aclosing(self._from_box(request, question, conversation, rest, True)) as drawn:
            async for each in drawn:
                yield each

    async def _from_box(
        self,
        request: gr.Request,
        question: str,
        conversation: str,
        rest: tuple[Any, ...],
        deep: bool = False,
    ) -> AsyncGenerator[tuple[Any, ...], None]:
        once = ("", gr.update(visible=False))
        async with aclosing(self._views(request, conversation, question, rest, deep=deep)) as views:
            async for view in views:
                # the box is emptied once: what is typed meanwhile stays
                yield (*_updates(view), *once)
                once = (gr.skip(), gr.skip())

    def _offer_report(self, question: str) -> tuple[Any, ...]:
        return report_offered(self.service.answering, question or "")

    async def _again(
        self, request: gr.Request, data: gr.EventData, conversation: str, *rest: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Ask a turn anew: as it was, or with its edited words."""
        position = int(data.index) // 2
        value = data.value
        if isinstance(value, list):
            value = "".join(part.get("text", "") for part in value if isinstance(part, dict))
        if isinstance(value, dict):
            value = value.get("text", "")
        question = unescape(str(value))
        views = self._views(request, conversation, question, rest, position)
        async for view in views:
            yield _updates(view)

    async def _chosen(
        self, request: gr.Request, data: gr.EventData, conversation: str, *rest: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Ask an example or a follow-up that was clicked."""
        value = data.value
        question = str(
            value.get("text", value.get("value", "")) if isinstance(value, dict) else value
        )
        async for view in self._views(request, conversation, question, rest):
            yield _updates(view)

    async def _views(
        self,
        request: gr.Request,
        conversation: str,
        question: str,
        rest: tuple[Any, ...],
        position: int | None = None,
        deep: bool = False,
    ) -> AsyncGenerator[View, None]:
        owner, who = owner_of(request), who_of(request)
        *fields, ticked, collections = rest
        chosen = tuple(collections or ())
        try:
            names = await asyncio.to_thread(self.library.chosen, ticked or "", chosen, who)
            filters = _filters(names, chosen, *fields)
        except AssistantError as exc:
            gr.Warning(f"{one_line(exc.what)}. {one_line(exc.hint)}")
            yield await self.talk.view(owner, conversation, who=who)
            return
        views = self.talk.ask(owner, conversation, question, filters, position, who, deep)
        try:
            async for view in views:
                yield view
        finally:
            await views.aclose()  # type: ignore[attr-defined]  # a stopped page stops the model

    def _around(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        return self.list.drawn(owner_of(request), conversation)

    async def _offer(self, conversation: str, request: gr.Request) -> Any:
        """Follow-ups, in an event of their own: the next question does not wait for them."""
        view = await self.talk.follow_ups(owner_of(request), conversation, who_of(request))
        if view is None:
            return gr.skip()
        return gr.update(value=view.messages, feedback_value=list(view.ratings))

    async def _stop(self, conversation: str, request: gr.Request) -> None:
        """The event that asks ends by itself then, with what came."""
        owner = owner_of(request)
        if not conversation:  # stopped before the page knew which one it was
            known = self.conversations.listing(owner, 1)
            conversation = known[0].id if known else ""
        await self.talk.stop(owner, conversation)

    async def _show(self, shown: str, conversation: str, request: gr.Request) -> str | None:
        view = await self.talk.view(
            owner_of(request), conversation, _turn_of(shown), who_of(request)
        )
        return view.evidence

    async def _fresh(self, request: gr.Request) -> tuple[Any, ...]:
        view = await self.talk.view("", "")
        return (*_updates(view), *self.list.drawn(owner_of(request), ""))

    async def _open(self, chosen: str, search: str, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request)
        view = await self.talk.view(owner, chosen or "", who=who_of(request))
        return (*_updates(view), *self.list.drawn(owner, chosen or "", search or ""))

    def _search(self, search: str, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        return self.list.drawn(owner_of(request), conversation, search or "")

    def _ask_title(self, conversation: str, request: gr.Request) -> Any:
        return self.list.ask_title(owner_of(request), conversation)

    def _rename(self, conversation: str, title: str, request: gr.Request) -> tuple[Any, ...]:
        return self.list.rename(owner_of(request), conversation, title or "")

    async def _forget(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request)
        around = self.list.delete(owner, conversation)
        return (*_updates(await self.talk.view(owner, "")), *around, conversation)

    async def _undo(self, deleted: str, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request)
        back = deleted if self.conversations.restore(owner, deleted) else ""
        view = await self.talk.view(owner, back, who=who_of(request))
        return (*_updates(view), *self.list.drawn(owner, back))

    async def _sync(self, request: gr.Request) -> AsyncIterator[str]:
        async for drawn in self.library.sync(who_of(request)):
            yield drawn

    async def _upload(
        self, uploaded: str, collections: list[str] | None, request: gr.Request
    ) -> AsyncIterator[str]:
        numbers = uploaded.partition(".")[0].split()
        owner, chosen = owner_of(request), collections or ()
        async for drawn in self.library.upload(owner, numbers, chosen, who_of(request)):
            yield drawn

    def _rate(self, data: gr.LikeData, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        index = data.index if isinstance(data.index, int) else data.index[0]
        rating = "Like" if data.liked is True else str(data.liked or "")
        return self._form(request, conversation, index // 2, rating)

    def _keep(self, kept: str, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        """A refusal that should have been an answer: its button opens the form."""
        turn = _turn_of(kept)
        return self._form(request, conversation, -1 if turn is None else turn, REASONS[-1])

    def _form(
        self, request: gr.Request, conversation: str, turn: int, rating: str
    ) -> tuple[Any, ...]:
        proposal = self.feedback.rate(owner_of(request), conversation, turn, rating)
        if proposal is None:
            return (gr.update(visible=False), *[gr.skip()] * 7)
        return (
            gr.update(visible=True),
            proposal.question,
            proposal.refuse,
            proposal.fact,
            gr.update(value=proposal.document or None, choices=self.library.names(who_of(request))),
            proposal.quote,
            (turn, proposal.reason),
            "",
        )

    def _add(
        self,
        conversation: str,
        about: tuple[int, str],
        question: str,
        refuse: bool,
        fact: str,
        document: str | None,
        quote: str,
        request: gr.Request,
    ) -> str:
        filled = (question, refuse, fact, document or "", quote)
        said = self.feedback.add(owner_of(request), conversation, about, filled, who_of(request))
        return f"<p>{one_line(said)}</p>"

    async def _folder_of(
        self, collections: list[str] | None, request: gr.Request
    ) -> tuple[Any, ...]:
        return await self._folder(collections or (), who_of(request))

    async def _folder(self, collections: Sequence[str], who: Person | None) -> tuple[Any, ...]:
        drawn, types, tags, names = await asyncio.to_thread(self.library.state, collections, who)
        return (
            drawn, gr.update(choices=types), gr.update(choices=tags), gr.update(choices=names),
        )  # fmt: skip


def _updates(view: View) -> tuple[Any, ...]:
    """What ``drawn`` takes: chat, evidence, conversation, Ask and Stop."""
    if view.evidence is None:  # more words, and nothing else
        return gr.update(value=view.messages), *[gr.skip()] * 4
    return (
        gr.update(value=view.messages, feedback_value=list(view.ratings)),
        view.evidence or gr.skip(),
        view.conversation,
        gr.update(visible=not view.running),
        gr.update(visible=view.running),
    )


def _turn_of(text: str) -> int | None:
    """The turn that the page's script named, as in ``3.123456``."""
    turn = text.partition(".")[0]
    return int(turn) if turn.isdecimal() and len(turn) < _MOST_DIGITS else None


def _filters(
    names: tuple[str, ...],
    collections: tuple[str, ...],
    paths: str,
    types: list[str] | None,
    tags: list[str] | None,
    after: str,
    before: str,
) -> Filters:
    patterns = [part.strip() for part in (paths or "").split(",") if part.strip()]
    return make_filters(
        tuple(patterns), tuple(types or ()), (after or "").strip(), (before or "").strip(),
        tuple(tags or ()), names, collections,
    )  # fmt: skip
