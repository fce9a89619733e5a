"""A document → a page of HTML, opened at a cited place with the words marked.

The page has no scripts: it holds escaped text, and for a PDF or a picture an image of the page.
"""

from __future__ import annotations

from assistant.chat.escaped import address, escape, one_line
from assistant.types import Page, Source

DRAWN = frozenset({"pdf", "picture"})
"""Kinds whose pages are shown as pictures."""
_WINDOW = 12_000
"""Characters shown on each side of the place; a whole book would make a browser slow."""


def draw_document(
    source: Source, start: int, end: int, page: int | None = None, *, changed: bool = False
) -> str:
    """The page for a span, or without one (``end`` 0) for a page by its number or the beginning.

    Spans count in ``source.text`` and are clipped to it. ``changed`` says that the requested span
    belongs to another version of the file.
    """
    start = min(max(start, 0), len(source.text))
    end = min(max(end, start), len(source.text))
    shown = _page_of(source, start if end else None, page)
    if shown is not None:
        low, high = shown.start, max(shown.end, end)
        if not end:
            start = end = low
        label = f"Page {shown.number} of {len(source.pages)}"
    else:
        low, high = max(0, start - _WINDOW), min(len(source.text), end + _WINDOW)
        label = ""
    body = [f"<h1>{one_line(source.title)}</h1>", f'<p class="place">{one_line(source.name)}</p>']
    if changed:
        body.append(
            '<p class="error">The file has changed since the answer that led here; the place in it '
            "is not known.</p>"
        )
    if shown is not None:
        body.append(_turning(source, shown, label))
    if shown is not None and source.kind in DRAWN:
        url = address(
            "/document/page.png", name=source.name, page=shown.number, start=start, end=end
        )
        body.append(
            f'<figure><img src="{url}" alt="{label}; its text stands below" id="page-picture">'
            f"</figure>"
        )
    body.append(_passage(source.text, low, high, start, end))
    return _frame(f"{source.title} – {source.name}", "".join(body))


def draw_error(what: str, hint: str) -> str:
    """A page that says what went wrong."""
    return _frame("Document", f"<h1>{one_line(what)}</h1><p>{one_line(hint)}</p>")


def draw_login(problem: str) -> str:
    """The page that asks for the token."""
    said = f'<p class="error" role="alert">{one_line(problem)}</p>' if problem else ""
    return _frame(
        "Document assistant",
        f'<h1>Document assistant</h1>{said}<form method="post" action="/login">'
        '<label for="token">The token that the server was started with</label>'
        '<input id="token" name="token" type="password" autocomplete="current-password" required>'
        '<button type="submit">Come in</button></form>',
    )


def _page_of(source: Source, start: int | None, number: int | None) -> Page | None:
    if not source.pages:
        return None
    if start is None:
        return next((p for p in source.pages if p.number == number), source.pages[0])
    before = [page for page in source.pages if page.start <= start]
    return before[-1] if before else source.pages[0]


def _turning(source: Source, shown: Page, label: str) -> str:
    at = source.pages.index(shown)
    links = []
    for step, word in ((-1, "Previous page"), (1, "Next page")):
        if 0 <= at + step < len(source.pages):
            number = source.pages[at + step].number
            url = address("/document", name=source.name, page=number)
            links.append(f'<a href="{url}">{word}</a>')
    return f'<nav aria-label="Pages"><span>{label}</span> {" · ".join(links)}</nav>'


def _passage(text: str, low: int, high: int, start: int, end: int) -> str:
    marked = f'<mark id="cited">{escape(text[start:end])}</mark>' if end > start else ""
    before = f'<p class="muted">… {low:,} characters before</p>' if low else ""
    left = len(text) - high
    after = f'<p class="muted">… {left:,} characters after</p>' if left > 0 else ""
    words = f"{escape(text[low:start])}{marked}{escape(text[end:high])}"
    return f'{before}<div class="text" tabindex="0">{words}</div>{after}'


def _frame(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{one_line(title)}</title>"
        '<link rel="stylesheet" href="/own/document.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )
