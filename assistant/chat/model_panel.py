"""Which language model answers: shown to everybody, chosen by whoever administers the server.

The names of models are a server's words: they are escaped, or set as plain text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.escaped import one_line
from assistant.chat.header import draw_header
from assistant.chat.requesters import who_of
from assistant.errors import AssistantError
from assistant.service.model_choice import ModelChoice
from assistant.service.people import Person

if TYPE_CHECKING:
    from assistant.chat.layout import Layout

_ASKED = (
    "<p>Ollama, llama.cpp, LM Studio and vLLM are looked for at their usual ports on this machine; "
    "nothing else is asked. What you choose is tried once and answers the next questions of "
    "everybody, until the server is started again: it is not kept.</p>"
)


class ModelPanel:
    """The panel's components, made inside of a ``gr.Blocks``."""

    def __init__(self) -> None:
        with gr.Accordion("Language model", open=False, elem_id="model"):
            self.state = gr.Markdown("", elem_id="model-state", latex_delimiters=[])
            with gr.Column(visible=False, elem_id="model-choice") as self.choice:
                gr.Markdown(_ASKED, elem_id="model-asked", latex_delimiters=[])
                self.look = gr.Button("Look on this machine", size="sm", elem_id="model-look")
                self.options = gr.Radio(
                    [], label="Answer with", elem_id="model-options", container=False
                )
                self.use = gr.Button(
                    "Try it and use it", size="sm", variant="primary", elem_id="model-use"
                )
                self.said = gr.Markdown("", elem_id="model-said", latex_delimiters=[])


class ModelEvents:
    """What the panel's events do."""

    def __init__(self, choice: ModelChoice) -> None:
        self._choice = choice

    def wire(self, blocks: gr.Blocks, at: Layout, how: dict[str, Any]) -> None:
        """Connect the panel; ``how`` are the settings of every event."""
        panel = at.model
        shown = [panel.state, panel.choice, panel.options, at.header, at.report]
        blocks.load(self._load_model, None, shown, **how)
        panel.look.click(self._look_for_models, None, [panel.said, panel.options], **how)
        panel.use.click(self._use_model, [panel.options], [panel.said, *shown], **how)

    def _load_model(self, request: gr.Request) -> tuple[Any, ...]:
        return self._drawn(who_of(request))

    async def _look_for_models(self, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        yield _said("Looking …"), gr.skip()
        try:
            found = await asyncio.to_thread(self._choice.look, who_of(request))
        except AssistantError as exc:
            yield _failed(exc), gr.skip()
            return
        models = sum(option.served is not None for option in found.options)
        told = [f"{models} model{'s' if models != 1 else ''} found.", *found.problems]
        if not models:
            told[0] = "No model answers on this machine. Start Ollama, for example, and look again."
        yield _said(*told), self._radio()

    async def _use_model(self, key: str | None, request: gr.Request) -> AsyncIterator[Any]:
        who = who_of(request)
        yield (_said("Trying it … a large model takes a minute to load."), *[gr.skip()] * 5)
        try:
            told = _said(await asyncio.to_thread(self._choice.use, key or "", who))
        except AssistantError as exc:
            told = _failed(exc) + _said("Nothing has changed: the answers are made as before.")
        yield told, *self._drawn(who)

    def _drawn(self, who: Person | None) -> tuple[Any, ...]:
        """State, chooser, options, header and the button for reports, as they are now."""
        model = self._choice.model_name
        return (
            _said(f"{model} writes the answers." if model else "No language model: the answers "
                  "are the documents’ own sentences."),
            gr.update(visible=self._choice.may_choose(who)),
            self._radio() if self._choice.may_choose(who) else gr.skip(),
            draw_header(model),
            gr.update(visible=bool(model)),
        )  # fmt: skip

    def _radio(self) -> Any:
        choices = [(option.label, option.key) for option in self._choice.options()]
        return gr.update(choices=choices, value=self._choice.current)


def _said(*lines: str) -> str:
    return "".join(f"<p>{one_line(line)}</p>" for line in lines)


def _failed(error: AssistantError) -> str:
    told = f"<p><strong>That did not work.</strong> {one_line(error.what)}.</p>"
    return f"{told}<p>{one_line(error.hint)}</p>" if error.hint else told
