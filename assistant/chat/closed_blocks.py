"""Gradio's page with its access to files disabled.

Before an event runs, Gradio searches the request for objects that name a file. It copies or moves
the file into its cache, and fetches an ``http`` path. No event of this page takes such an object,
so it is refused here. The server refuses it earlier (``server.event_bodies``); this check is the
second defence.
"""

from __future__ import annotations

from typing import Any

import gradio as gr


class ClosedBlocks(gr.Blocks):
    """A ``gr.Blocks`` whose events take words and choices, never objects."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # `mount_gradio_app` never sets it, and until it is set Gradio lets an event name any file.
        self.has_launched = True

    async def preprocess_data(self, block_fn: Any, inputs: Any, *more: Any, **named: Any) -> Any:
        """Gradio's own, for inputs without objects. Raises ``gr.Error`` for others."""
        if holds_an_object(inputs):
            raise gr.Error("This page takes no files in events", print_exception=False)
        return await super().preprocess_data(block_fn, inputs, *more, **named)


def holds_an_object(data: Any) -> bool:
    """Whether JSON data holds an object at any depth."""
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            return True
        if isinstance(value, list | tuple):
            left.extend(value)
    return False
