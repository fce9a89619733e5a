"""The first screen as markup that stands in the page itself, before Gradio has drawn anything.

Gradio's page draws what is here only after its scripts and one more exchange with the server.
``static/early.js`` shows this instead from the first moment, in the places where the page will have
it, and takes it away when the page has drawn its own.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.chat.conversations import Conversations
from assistant.chat.escaped import one_line
from assistant.chat.header import draw_header
from assistant.chat.library import Library
from assistant.chat.overview import examples
from assistant.service.people import Person

_COMING = '<div class="welcome"><p>Your last conversation is coming …</p></div>'


class FirstScreen:
    """Draws the first screen of a browser. For several threads."""

    def __init__(
        self, library: Library, conversations: Conversations, model_name: Callable[[], str]
    ) -> None:
        self._library = library
        self._conversations = conversations
        self._model_name = model_name

    def draw(self, owner: str, who: Person | None) -> str:
        """The head of the page, and what is here with the questions to begin with; of a browser
        that has a conversation, which is drawn later, only that it comes. In a ``template``, which
        a browser does not show by itself."""
        middle = _COMING
        if not self._conversations.listing(owner, 1):
            offered = self._library.ready(who)
            buttons = "".join(
                f'<button type="button" class="early-try" data-question="{one_line(each["text"])}">'
                f"{one_line(each.get('display_text', each['text']))}</button>"
                for each in examples(offered) or ()
            )
            middle = self._library.welcome(offered, who)
            middle += f'<div class="early-tries">{buttons}</div>'
        return (
            f'<template id="early-first"><div class="early-top">{draw_header(self._model_name())}'
            f'</div><div class="early-middle">{middle}</div></template>'
        )
