"""The list of conversations in the sidebar: open, search, rename, delete and bring back, export.

Each function gives updates for the components that ``outputs`` names, in that order.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.chat.conversations import Conversations
from assistant.chat.escaped import address, one_line
from assistant.chat.layout import Layout


def outputs(at: Layout) -> list[Any]:
    """What is drawn anew around a conversation."""
    return [at.listing, at.export, at.actions, at.search_titles, at.title, at.undo_row]


class ConversationList:
    """Draws and changes the conversations of an owner."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def drawn(
        self, owner: str, conversation: str, search: str = "", *, undo: bool = False
    ) -> tuple[Any, ...]:
        """The list with one conversation chosen; what needs one is shown only with it."""
        found = self._conversations.listing(owner, search=search)
        every = found if not search else self._conversations.listing(owner, 1)
        known = [(each.title, each.id) for each in found]
        chosen = conversation if any(each == conversation for _, each in known) else None
        return (
            gr.update(choices=known, value=chosen),
            _export_links(chosen or "", several=len(every) > 1 or bool(search)),
            gr.update(visible=bool(chosen)),
            gr.update(visible=True if every else "hidden"),
            gr.update(visible=False),
            gr.update(visible=undo),
        )

    def ask_title(self, owner: str, conversation: str) -> Any:
        """A field with the title of a conversation, to be changed."""
        found = self._conversations.listing(owner, 1000)
        title = next((each.title for each in found if each.id == conversation), "")
        return gr.update(visible=bool(title), value=title)

    def rename(self, owner: str, conversation: str, title: str) -> tuple[Any, ...]:
        """Give it another title."""
        self._conversations.rename(owner, conversation, title)
        return self.drawn(owner, conversation)

    def delete(self, owner: str, conversation: str) -> tuple[Any, ...]:
        """Delete it, and offer to bring it back."""
        there = self._conversations.owned(owner, conversation)
        self._conversations.delete(owner, conversation)
        return self.drawn(owner, "", undo=there)


def _export_links(conversation: str, *, several: bool) -> str:
    links = []
    if conversation:
        url = address(f"/export/{one_line(conversation)}.md")
        links.append(f'<a href="{url}" download>Export as Markdown, with quotes</a>')
    if several:
        links.append('<a href="/export/all.md" download>Export all</a>')
    return f"<p>{' · '.join(links)}</p>" if links else ""
