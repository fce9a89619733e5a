"""The head of the page: its title, and whether a language model writes the answers."""

from __future__ import annotations

from assistant.chat.escaped import one_line

TITLE = "Document assistant"
_NO_MODEL = "Answers in the documents’ own words"
_NO_MODEL_MEANS = (
    "No language model is set. A model (setting llm.model) would "
    "write answers in words of its own: sum up, compare, and join what stands in several places. "
    "Each of its sentences would be checked against its source, as here."
)
_MODEL_MEANS = (
    "A language model writes the answers. Each sentence is checked against its source without a "
    "model; the marks say how well the source supports it."
)


def draw_header(model: str) -> str:
    """The page's title, and which language model writes the answers; none for an empty name."""
    badge = f"Written by {one_line(model)}, checked" if model else _NO_MODEL
    meaning = _MODEL_MEANS if model else _NO_MODEL_MEANS
    return (
        f'<div class="top"><h1>{TITLE}</h1> '
        f'<span class="badge hint" title="{meaning}">{badge}</span>'
        '<span class="top-actions">'
        '<button type="button" class="toggle-evidence">Evidence</button> '
        '<button type="button" class="show-keys">Keys</button> '
        '<button type="button" class="toggle-theme">Light or dark</button></span></div>'
    )
