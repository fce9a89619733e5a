"""Who sends an event of the page."""

from __future__ import annotations

import gradio as gr

from assistant.chat.owners import owner_among
from assistant.service.people import PERSON_KEY, Person


def owner_of(request: gr.Request) -> str:
    """The secret of the browser's cookie. The server sets one before the page is loaded, and lets
    no request for an event pass without it."""
    return owner_among(dict(request.cookies))


def who_of(request: gr.Request) -> Person | None:
    """Who sends an event, as the guards know it; None where nobody says."""
    scope = request.request.scope if request.request is not None else {}
    person = scope.get(PERSON_KEY)
    return person if isinstance(person, Person) else None
