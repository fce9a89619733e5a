"""The Gradio page: what stands where, and which event calls which function.

Everything is drawn by ``talking`` and its neighbours; here are only components and wires. No event
uses ``js=``: it would need the right to evaluate text as script, which the page does not have. The
page's own script (``static/chat.js``) reads clicks on the classes that the drawings carry.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from assistant.chat.conversations import Conversations
from assistant.chat.escaped import address, one_line, unescape
from assistant.chat.evidence import draw_nothing
from assistant.chat.examples import example_questions
from assistant.chat.feedback import REASONS, Feedback
from assistant.chat.library import Library
from assistant.chat.talking import Talk, View
from assistant.errors import AssistantError
from assistant.selection import make_filters
from assistant.service import Service
from assistant.types import Filters

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported: nothing goes out

import gradio as gr

TITLE = "Document assistant"
OWNER_COOKIE = "assistant_owner"
STATIC = Path(__file__).parent / "static"

_MOST_TABS = 1000

_HIDDEN: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": True}
_FREE: dict[str, Any] = {**_HIDDEN, "concurrency_limit": None}
"""Gradio's own limits are off: the service has one line for all doors."""


def owner_of(request: gr.Request) -> str:
    """The secret of the browser's cookie. The server sets one before the page is loaded."""
    return str(dict(request.cookies).get(OWNER_COOKIE, ""))


class Page:
    """Builds the page for a service; ``blocks`` is what Gradio mounts."""

    def __init__(self, service: Service, conversations: Conversations) -> None:
        self.service = service
        self.talk = Talk(service, conversations)
        self.conversations = conversations
        self.library = Library(service)
        self.feedback = Feedback(service, conversations)
        self.blocks = self._build()

    # ------------------------------------------------------------ what stands where

    def _build(self) -> gr.Blocks:
        with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as blocks:
            self.conversation = gr.State("")
            self._sidebar()
            self._header()
            with gr.Row(elem_id="panes"):
                with gr.Column(scale=3, min_width=320, elem_id="chat-pane"):
                    self._chat()
                with gr.Column(scale=2, min_width=300, elem_id="evidence-pane"):
                    self.evidence = gr.Markdown(
                        draw_nothing(), elem_id="evidence", latex_delimiters=[]
                    )
                    self._feedback_form()
            # What the page's script wants of the server: a turn, and a number that makes it new.
            self.shown = gr.Textbox(
                label="Shown turn", visible="hidden", elem_id="shown-turn", max_length=20
            )
            self.kept = gr.Textbox(
                label="Turn to keep", visible="hidden", elem_id="kept-turn", max_length=20
            )
            self._wire(blocks)
        built: gr.Blocks = blocks
        _spare_sessions(built)
        return built

    def _header(self) -> None:
        model = self.service.settings.llm.model
        badge = one_line(model) if model else "Offline · extractive"
        gr.Markdown(
            f'<div class="top"><h1>{TITLE}</h1> <span class="badge">{badge}</span>'
            '<span class="top-actions">'
            '<button type="button" class="toggle-evidence">Evidence</button> '
            '<button type="button" class="toggle-theme">Light or dark</button></span></div>',
            elem_id="header",
            latex_delimiters=[],
        )

    def _sidebar(self) -> None:
        with gr.Sidebar(elem_id="sidebar", open=False, width=330):
            self.new = gr.Button("New conversation", variant="primary", elem_id="new")
            self.listing = gr.Radio(
                [], label="Conversations", elem_id="conversations", container=False
            )
            self.export = gr.Markdown("", elem_id="export", latex_delimiters=[])
            self.forget = gr.Button("Delete this conversation", size="sm", elem_id="forget")
            with gr.Accordion("Documents", open=True, elem_id="documents"):
                self.sync = gr.Button("Sync folder", elem_id="sync")
                self.upload = gr.UploadButton(
                    "Upload files", file_count="multiple", elem_id="upload"
                )
                self.receipt = gr.Markdown("", elem_id="receipt", latex_delimiters=[])
                self.list = gr.Markdown("", elem_id="library", latex_delimiters=[])
            with gr.Accordion("Ask only of", open=False, elem_id="filters"):
                self.paths = gr.Textbox(
                    label="Paths", placeholder="reports/**, *.md", elem_id="filter-paths"
                )
                self.types = gr.Dropdown([], label="Types", multiselect=True, elem_id="types")
                self.tags = gr.Dropdown([], label="Folders", multiselect=True, elem_id="tags")
                self.after = gr.Textbox(
                    label="From day", placeholder="2024-01-31, 2024-01 or 2024", elem_id="after"
                )
                self.before = gr.Textbox(label="Up to day", placeholder="2024", elem_id="before")

    def _chat(self) -> None:
        examples = example_questions(self.service.settings.documents.paths)
        self.chat = gr.Chatbot(
            label="Conversation",
            show_label=False,
            elem_id="chat",
            height="calc(100dvh - 165px)",
            min_height=260,
            latex_delimiters=[],
            layout="panel",
            buttons=["copy"],
            editable="user",
            feedback_options=["Like", *REASONS],
            allow_tags=False,
            allow_file_downloads=False,
            group_consecutive_messages=False,
            placeholder=_welcome(bool(examples)),
            examples=[{"text": each} for each in examples] or None,
        )
        with gr.Row(elem_id="ask-row"):
            self.box = gr.Textbox(
                label="Question",
                show_label=False,
                placeholder="Ask the documents …",
                lines=1,
                max_lines=6,
                autofocus=True,
                scale=8,
                container=False,
                elem_id="question",
                max_length=4 * self.service.settings.answer.max_question_characters,
            )
            self.send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="ask")
            self.stop = gr.Button(
                "Stop", variant="stop", scale=1, min_width=80, visible=False, elem_id="stop"
            )

    def _feedback_form(self) -> None:
        with gr.Group(visible=False, elem_id="feedback-form") as self.form:
            gr.Markdown(
                "<h2>Add to question set</h2><p>A question that went wrong becomes one that "
                "<code>python -m eval</code> asks.</p>"
            )
            self.asked = gr.Textbox(label="Question", elem_id="fb-question")
            self.refuse = gr.Checkbox(
                label="The documents do not answer it: the right answer is a refusal",
                elem_id="fb-refuse",
            )
            self.fact = gr.Textbox(label="Words that a right answer contains", elem_id="fb-fact")
            self.document = gr.Dropdown(
                [], label="Document that holds the answer", elem_id="fb-document"
            )
            self.quote = gr.Textbox(
                label="The place, word for word", lines=3, max_lines=8, elem_id="fb-quote"
            )
            self.about = gr.State((0, ""))
            with gr.Row():
                self.add = gr.Button("Add", variant="primary", elem_id="fb-add")
                self.leave = gr.Button("Close", elem_id="fb-close")
            self.said = gr.Markdown("", elem_id="fb-said", latex_delimiters=[])

    # ------------------------------------------------------------ which event calls what

    def _wire(self, blocks: gr.Blocks) -> None:
        filters = [self.paths, self.types, self.tags, self.after, self.before]
        drawn = [self.chat, self.evidence, self.conversation, self.send, self.stop]
        around = [self.listing, self.export]
        folder = [self.list, self.types, self.tags, self.document]

        blocks.load(self._load, None, [*drawn, *around, *folder], **_FREE)
        answers = [
            event(self._ask, [self.box, self.conversation, *filters], [*drawn, self.box], **_FREE)
            for event in (self.box.submit, self.send.click)
        ] + [
            event(self._again, [self.conversation, *filters], drawn, **_FREE)
            for event in (self.chat.retry, self.chat.edit)
        ] + [
            event(self._chosen, [self.conversation, *filters], drawn, **_FREE)
            for event in (self.chat.option_select, self.chat.example_select)
        ]  # fmt: skip
        for answer in answers:
            answer.then(self._around, [self.conversation], around, **_FREE)
        self.stop.click(self._stop, [self.conversation], None, **_FREE)
        self.shown.change(self._show, [self.shown, self.conversation], [self.evidence], **_FREE)

        for event in (self.new.click, self.chat.clear):
            event(self._fresh, None, [*drawn, self.listing, self.export], **_FREE)
        self.listing.input(self._open, [self.listing], [*drawn, self.export], **_FREE)
        self.forget.click(self._forget, [self.conversation], [*drawn, *around], **_FREE)
        self.sync.click(self._sync, None, [self.receipt, *folder], **_FREE)
        self.upload.upload(self._upload, [self.upload], [self.receipt, *folder], **_FREE)

        form = [self.form, self.asked, self.refuse, self.fact, self.document, self.quote]
        self.chat.like(self._rate, [self.conversation], [*form, self.about, self.said], **_FREE)
        self.kept.change(
            self._keep, [self.kept, self.conversation], [*form, self.about, self.said], **_FREE
        )
        self.add.click(
            self._add,
            [self.conversation, self.about, *form[1:]],
            [self.said],
            **_FREE,
        )
        self.leave.click(lambda: gr.update(visible=False), None, [self.form], **_FREE)

    async def _load(self, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request)
        known = self.conversations.listing(owner, 1)
        view = await self.talk.view(owner, known[0].id if known else "")
        folder = await self._folder()
        return (*_updates(view), *self._list(owner, view.conversation), *folder)

    async def _ask(
        self, request: gr.Request, question: str, conversation: str, *rest: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        first = True
        async for view in self._views(owner_of(request), conversation, question, rest):
            # the box is emptied once: what is typed meanwhile stays
            yield (*_updates(view), "" if first else gr.skip())
            first = False

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
        views = self._views(owner_of(request), conversation, question, rest, position)
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
        async for view in self._views(owner_of(request), conversation, question, rest):
            yield _updates(view)

    async def _views(
        self,
        owner: str,
        conversation: str,
        question: str,
        rest: tuple[Any, ...],
        position: int | None = None,
    ) -> AsyncIterator[View]:
        try:
            filters = _filters(*rest)
        except AssistantError as exc:
            gr.Warning(f"{one_line(exc.what)}. {one_line(exc.hint)}")
            yield await self.talk.view(owner, conversation)
            return
        views = self.talk.ask(owner, conversation, question, filters, position)
        try:
            async for view in views:
                yield view
        finally:
            await views.aclose()  # type: ignore[attr-defined]  # a stopped page stops the model

    def _around(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        return self._list(owner_of(request), conversation)

    async def _stop(self, conversation: str, request: gr.Request) -> None:
        """The event that asks ends by itself then, with what came."""
        owner = owner_of(request)
        if not conversation:  # stopped before the page knew which one it was
            known = self.conversations.listing(owner, 1)
            conversation = known[0].id if known else ""
        await self.talk.stop(owner, conversation)

    async def _show(self, shown: str, conversation: str, request: gr.Request) -> str | None:
        view = await self.talk.view(owner_of(request), conversation, _turn_of(shown))
        return view.evidence

    async def _fresh(self) -> tuple[Any, ...]:
        return (*_updates(await self.talk.view("", "")), gr.update(value=None), "")

    async def _open(self, chosen: str, request: gr.Request) -> tuple[Any, ...]:
        view = await self.talk.view(owner_of(request), chosen or "")
        return (*_updates(view), _export_link(chosen or ""))

    async def _forget(self, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        owner = owner_of(request)
        self.conversations.delete(owner, conversation)
        return (*_updates(await self.talk.view(owner, "")), *self._list(owner, ""))

    async def _sync(self) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in self.library.sync():
            yield (drawn, *[gr.skip()] * 4)
        yield (gr.skip(), *await self._folder())

    async def _upload(self, files: list[str]) -> AsyncIterator[tuple[Any, ...]]:
        async for drawn in self.library.upload(files or []):
            yield (drawn, *[gr.skip()] * 4)
        yield (gr.skip(), *await self._folder())

    def _rate(self, data: gr.LikeData, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        index = data.index if isinstance(data.index, int) else data.index[0]
        rating = "Like" if data.liked is True else str(data.liked or "")
        return self._form(owner_of(request), conversation, index // 2, rating)

    def _keep(self, kept: str, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        """A refusal that should have been an answer: its button opens the form."""
        turn = _turn_of(kept)
        return self._form(
            owner_of(request), conversation, -1 if turn is None else turn, REASONS[-1]
        )

    def _form(self, owner: str, conversation: str, turn: int, rating: str) -> tuple[Any, ...]:
        proposal = self.feedback.rate(owner, conversation, turn, rating)
        if proposal is None:
            return (gr.update(visible=False), *[gr.skip()] * 7)
        return (
            gr.update(visible=True),
            proposal.question,
            proposal.refuse,
            proposal.fact,
            gr.update(value=proposal.document or None, choices=self.library.names()),
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
        said = self.feedback.add(
            owner_of(request), conversation, about, (question, refuse, fact, document or "", quote)
        )
        return f"<p>{one_line(said)}</p>"

    async def _folder(self) -> tuple[Any, ...]:
        drawn, types, tags, names = await asyncio.to_thread(self.library.state)
        return (
            drawn, gr.update(choices=types), gr.update(choices=tags), gr.update(choices=names),
        )  # fmt: skip

    def _list(self, owner: str, conversation: str) -> tuple[Any, ...]:
        known = [(each.title, each.id) for each in self.conversations.listing(owner)]
        chosen = conversation if any(each == conversation for _, each in known) else None
        return gr.update(choices=known, value=chosen), _export_link(chosen or "")


def _spare_sessions(blocks: gr.Blocks) -> None:
    """Make a new tab cheap. Gradio describes every component anew for each one, with the schemas
    of its values: 60 ms in which no answer goes on, now 10. And it keeps 0.2 MB for each tab, so a
    thousand tabs are the most; the oldest one then begins a new conversation.
    """
    for block in blocks.blocks.values():
        if isinstance(block, gr.components.Component) and not block.skip_api:
            block.api_info = _constant(block.api_info())  # type: ignore[method-assign]
            block.example_inputs = _constant(block.example_inputs())  # type: ignore[method-assign]
    blocks.state_session_capacity = _MOST_TABS


def _constant(value: Any) -> Callable[[], Any]:
    return lambda: value


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
    return int(turn) if turn.isdecimal() else None


def _filters(
    paths: str, types: list[str] | None, tags: list[str] | None, after: str, before: str
) -> Filters:
    patterns = [part.strip() for part in (paths or "").split(",") if part.strip()]
    return make_filters(
        tuple(patterns), tuple(types or ()), (after or "").strip(), (before or "").strip(),
        tuple(tags or ()),
    )  # fmt: skip


def _export_link(conversation: str) -> str:
    if not conversation:
        return ""
    url = address(f"/export/{conversation}.md")
    return f'<p><a href="{url}" download>Export as Markdown, with quotes</a></p>'


def _welcome(with_examples: bool) -> str:
    said = "Ask a question, or try one of these." if with_examples else "Ask a question."
    return (
        f"<div><h2>Ask your documents</h2><p>{said} Every sentence of an answer says where it "
        "comes from; what the documents do not hold is not answered.</p></div>"
    )
