"""What stands where on the page: components without any event.

``page`` wires them. Names of elements are what the style sheet, the script and the tests know.
"""

from __future__ import annotations

import gradio as gr

from assistant.chat.evidence import draw_nothing
from assistant.chat.feedback import REASONS
from assistant.chat.header import draw_header
from assistant.chat.model_panel import ModelPanel
from assistant.chat.report_offer import ReportOffer, report_button
from assistant.chat.sources import LONGEST
from assistant.settings import Settings


class Layout:
    """The components, made inside of a ``gr.Blocks``."""

    def __init__(self, settings: Settings, model: str) -> None:
        self._settings = settings
        self._model_name = model
        self.conversation = gr.State("")
        self._sidebar()
        self._header()
        with gr.Row(elem_id="panes"):
            with gr.Column(scale=3, min_width=320, elem_id="chat-pane"):
                self._chat()
            with gr.Column(scale=2, min_width=300, elem_id="evidence-pane"):
                self.evidence = gr.Markdown(draw_nothing(), elem_id="evidence", latex_delimiters=[])
                self._feedback_form()
        # What the page's script wants of the server: a turn or the numbers of uploaded files, and a
        # number that makes it new.
        self.shown = gr.Textbox(
            label="Shown turn", visible="hidden", elem_id="shown-turn", max_length=20
        )
        self.kept = gr.Textbox(
            label="Turn to keep", visible="hidden", elem_id="kept-turn", max_length=20
        )
        self.ticked = gr.Textbox(
            label="Ticked documents", visible="hidden", elem_id="ticked", max_length=LONGEST
        )
        self.noting = gr.Textbox(
            label="Note to pin or remove", visible="hidden", elem_id="noting", max_length=60
        )
        self.uploaded = gr.Textbox(
            label="Uploaded files", visible="hidden", elem_id="uploaded", max_length=4000
        )

    def _header(self) -> None:
        self.header = gr.Markdown(
            draw_header(self._model_name), elem_id="header", latex_delimiters=[]
        )

    def _sidebar(self) -> None:
        with gr.Sidebar(elem_id="sidebar", open=False, width=330):
            self.new = gr.Button("New conversation", variant="primary", elem_id="new")
            self.search_titles = gr.Textbox(
                label="Search conversations", show_label=False, container=False, max_length=200,
                placeholder="Search conversations …", elem_id="search-titles", visible="hidden",
            )  # fmt: skip
            self.listing = gr.Radio(
                [], label="Conversations", elem_id="conversations", container=False
            )
            with gr.Row(visible=False, elem_id="conversation-actions") as self.actions:
                self.rename = gr.Button("Rename", size="sm", min_width=80, elem_id="rename")
                self.forget = gr.Button("Delete", size="sm", min_width=80, elem_id="forget")
            self.title = gr.Textbox(
                label="Title (Enter keeps it)", visible=False, elem_id="title", max_length=300
            )
            with gr.Row(visible=False, elem_id="undo-row") as self.undo_row:
                gr.Markdown("Deleted.")
                self.undo = gr.Button("Undo", size="sm", min_width=80, elem_id="undo")
            self.deleted = gr.State("")
            self.export = gr.Markdown("", elem_id="export", latex_delimiters=[])
            with gr.Accordion("Documents", open=True, elem_id="documents"):
                with gr.Row(elem_id="folder-actions"):
                    self.sync = gr.Button("Sync folder", size="sm", min_width=80, elem_id="sync")
                    # the page's script sends the files: with Gradio's own, events would name paths
                    gr.Button("Upload files", size="sm", min_width=80, elem_id="upload")
                self.search = gr.Textbox(
                    label="Search documents", show_label=False, container=False, max_length=200,
                    placeholder="Search documents …", elem_id="source-search",
                )  # fmt: skip
                self.receipt = gr.Markdown("", elem_id="receipt", latex_delimiters=[])
                self.list = gr.Markdown("", elem_id="library", latex_delimiters=[])
            with gr.Accordion("Notes", open=False, elem_id="notes"):
                self.notebook = gr.Markdown("", elem_id="notebook", latex_delimiters=[])
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
            self.model = ModelPanel()

    def _chat(self) -> None:
        self.chat = gr.Chatbot(
            label="Conversation",
            show_label=False,
            elem_id="chat",
            height="calc(100dvh - 165px)",
            min_height=260,
            latex_delimiters=[],
            layout="panel",
            buttons=["copy"],
            autoscroll=False,  # chat.js holds the last question at the top
            editable="user",
            feedback_options=["Like", *REASONS],
            allow_tags=False,
            allow_file_downloads=False,
            group_consecutive_messages=False,
            placeholder='<div class="welcome"><h2>Ask your documents</h2></div>',
        )
        self.collections = gr.CheckboxGroup(
            [], label="Asking", visible=False, elem_id="collections", container=False
        )
        self.offer = ReportOffer()
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
                max_length=4 * self._settings.answer.max_question_characters,
            )
            self.send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="ask")
            self.report = report_button(bool(self._model_name))
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
