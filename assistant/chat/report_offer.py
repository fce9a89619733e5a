"""A report instead of an answer: a button, and what the report would cost at most.

The offer stands for one question. It goes when that is asked, in either way, and nothing is
remembered: the next question is a plain one.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.chat.escaped import one_line
from assistant.pipeline import Assistant
from assistant.settings import Settings


class ReportOffer:
    """The offer's components, made inside of a ``gr.Blocks`` and hidden at first; ``drawn`` are
    those that ``report_offered`` changes."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="report-offer") as self.box:
            self.told = gr.Markdown("", elem_id="report-told", latex_delimiters=[])
            with gr.Row(elem_id="report-choice"):
                self.write = gr.Button(
                    "Write the report", size="sm", variant="primary", elem_id="report-write"
                )
                self.leave = gr.Button("Not now", size="sm", elem_id="report-leave")
        self.drawn = [self.box, self.told, self.write]


def report_button(can_write: bool) -> gr.Button:
    """The button that shows the offer; absent where no model can write a report."""
    return gr.Button("Report", scale=1, min_width=80, visible=can_write, elem_id="report")


def report_offered(assistant: Assistant, question: str) -> tuple[Any, ...]:
    """What ``ReportOffer.drawn`` takes: what a report costs at most, or what it lacks."""
    lacks = ""
    if not assistant.model_name:
        lacks = "A report is written by a language model, and none is set (llm.model)."
    elif not question.strip():
        lacks = "Write the question first, then ask for its report here."
    return gr.update(visible=True), _told(assistant.settings, lacks), gr.update(visible=not lacks)


def _told(settings: Settings, lacks: str) -> str:
    from assistant.answering.reports import told_report_cost

    if lacks:
        return f"<p>{lacks}</p>"
    return (
        f"<p>This one question as a report in sections: {one_line(told_report_cost(settings))}. "
        "Each sentence is checked; Stop ends it at any time.</p>"
    )
