"""A document → a page of HTML, opened at a place with the words marked.

The page has no scripts: it holds escaped text, and for a PDF or a picture an image of the page. Its
address is all that it needs, so it can be sent to whoever may ask this server.
"""

from __future__ import annotations

from assistant.chat.document_blocks import draw_blocks
from assistant.chat.document_marks import Marks
from assistant.chat.escaped import address, escape, one_line
from assistant.text.visible import one_line as plain_line
from assistant.types import Page, Source

DRAWN = frozenset({"pdf", "picture"})
"""Kinds whose pages are shown as pictures."""
_WINDOW = 12_000
"""Characters shown on each side of the place; a whole book would make a browser slow."""
_LINE_NEAR = 2_000
"""Characters within which a window begins and ends with a line."""


def draw_document(
    source: Source,
    marks: Marks,
    *,
    start: int | None = None,
    page: int | None = None,
    version: str = "",
) -> str:
    """The page at the current mark, else at the character ``start``, else at a page by its number
    or the beginning.

    ``version`` begins the SHA-256 of the version that the place counts in; of another one the page
    says that the file has changed, and marks nothing but what is searched.
    """
    is_changed = bool(version) and not source.sha256.startswith(version)
    if is_changed and not marks.find:
        marks, start = Marks(), None
    at = marks.place[0] if marks.place else start
    end = marks.place[1] if marks.place else at or 0
    shown = _page_of(source, at, page)
    if shown is not None:
        low, high = shown.start, max(shown.end, end)
    else:
        low, high = _window(source.text, at or 0, end)
    body = [_bar(source, marks, at, shown, version)]
    body.append(f"<h1>{one_line(title_of(source))}</h1>")
    body.append(f'<p class="place">{one_line(source.name)}</p>')
    if is_changed:
        body.append(
            '<p class="error">The file has changed since the answer that led here; the place in it '
            "is not known.</p>"
        )
    if shown is not None:
        body.append(_turning(source, shown))
    is_drawn = shown is not None and source.kind in DRAWN
    words = draw_blocks(source, low, high, marks, is_named=not is_drawn)
    drawn = _around(source, low, high, words) if shown is None else _text(source, words)
    if shown is not None and is_drawn:
        place = marks.place or (0, 0)
        url = address(
            "/document/page.png", name=source.name, page=shown.number, start=place[0], end=place[1]
        )
        label = f"Page {shown.number} of {len(source.pages)}"
        body.append(
            f'<figure id="cited"><img src="{url}" alt="{label}; its text stands below" '
            f'id="page-picture"></figure>'
            f"<details><summary>The text of this page</summary>{drawn}</details>"
        )
    else:
        body.append(drawn)
    return framed(f"{title_of(source)} – {source.name}", "".join(body))


def title_of(source: Source) -> str:
    """The title; of one that held nothing but markup, the name."""
    return plain_line(source.title).strip() or source.name


def draw_error(what: str, hint: str) -> str:
    """A page that says what went wrong."""
    back = '<nav aria-label="Back"><a href="/">← Back to the chat</a></nav>'
    return framed("Document", f"{back}<h1>{one_line(what)}</h1><p>{one_line(hint)}</p>")


def draw_login(problem: str, next_page: str = "") -> str:
    """The page that asks for the token; ``next_page`` is where the visitor wanted to go."""
    said = f'<p class="error" role="alert">{one_line(problem)}</p>' if problem else ""
    going = f'<input type="hidden" name="next" value="{escape(next_page)}">' if next_page else ""
    return framed(
        "Document assistant",
        f'<h1>Document assistant</h1>{said}<form method="post" action="/login">{going}'
        '<label for="token">The token that the server was started with</label>'
        '<input id="token" name="token" type="password" autocomplete="current-password" required>'
        '<button type="submit">Come in</button></form>',
    )


def _page_of(source: Source, at: int | None, number: int | None) -> Page | None:
    if not source.pages:
        return None
    if at is None:
        return next((p for p in source.pages if p.number == number), source.pages[0])
    before = [page for page in source.pages if page.start <= at]
    return before[-1] if before else source.pages[0]


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _WINDOW), min(len(text), end + _WINDOW)
    line = text.rfind("\n", max(0, low - _LINE_NEAR), low)
    low = line + 1 if line >= 0 else low
    line = text.find("\n", high, high + _LINE_NEAR)
    return low, line if line >= 0 else high


# ---------------------------------------------------------------- the bar above the text


def _bar(source: Source, marks: Marks, at: int | None, shown: Page | None, version: str) -> str:
    """Back, the original file, a link to send, a search, and the way from match to match."""
    return (
        '<header><nav aria-label="Document"><a href="/">← Back to the chat</a> '
        f'<a href="{address("/document/file", name=source.name)}" download>Original file</a> '
        f'<a href="{_link(source, marks, at, shown, version)}">Link to this place</a></nav>'
        f"{_search(source, marks)}{_matches(source, marks, version)}</header>"
    )


def _link(source: Source, marks: Marks, at: int | None, shown: Page | None, version: str) -> str:
    """The address of what is shown, which tells a later version from this one."""
    query: dict[str, str | int] = {"name": source.name}
    if marks.place is not None:
        query |= {"start": marks.place[0], "end": marks.place[1]}
    elif at is not None:
        query["start"] = at
    elif shown is not None:
        query["page"] = shown.number
    if marks.find:
        query["find"] = marks.find
    query["version"] = version or source.sha256[:16]
    return address("/document", **query) + ("#cited" if marks.place else "")


def _search(source: Source, marks: Marks) -> str:
    return (
        '<form role="search" action="/document" method="get" class="search">'
        f'<input type="hidden" name="name" value="{escape(source.name)}">'
        '<input type="search" name="find" aria-label="Find in this document" maxlength="200" '
        f'placeholder="Find in this document …" value="{one_line(marks.find)}">'
        '<button type="submit">Find</button></form>'
    )


def _matches(source: Source, marks: Marks, version: str) -> str:
    count = f"{len(marks.spans):,}{' and more' if marks.is_cut else ''}"
    if marks.find and not marks.spans:
        return f'<p role="status" class="matches">“{one_line(marks.find)}” is not in it.</p>'
    if marks.current is None or (len(marks.spans) < 2 and not marks.find):
        return ""
    noun = "match" if marks.find else "cited place"
    links = []
    for step, word in ((-1, f"← Previous {noun}"), (1, f"Next {noun} →")):
        number = marks.current + step
        if 0 <= number < len(marks.spans):
            url = _address_of(source, marks, number, version)
            rel = "prev" if step < 0 else "next"
            links.append(f'<a href="{url}#cited" rel="{rel}">{word}</a>')
    said = f"{noun.capitalize()} {marks.current + 1:,} of {count}"
    return f'<nav class="matches" aria-label="Matches"><span>{said}</span> {" ".join(links)}</nav>'


def _address_of(source: Source, marks: Marks, number: int, version: str) -> str:
    start, end = marks.spans[number]
    query: dict[str, str | int | list[str]] = {"name": source.name, "start": start, "end": end}
    if marks.find:
        query["find"] = marks.find
    else:
        query["also"] = [f"{a}-{b}" for at, (a, b) in enumerate(marks.spans) if at != number]
    if version:
        query["version"] = version
    return address("/document", **query)


# ---------------------------------------------------------------- pages and parts


def _turning(source: Source, shown: Page) -> str:
    at = source.pages.index(shown)
    links = []
    for step, word in ((-1, "Previous page"), (1, "Next page")):
        if 0 <= at + step < len(source.pages):
            number = source.pages[at + step].number
            url = address("/document", name=source.name, page=number)
            links.append(f'<a href="{url}">{word}</a>')
    label = f"Page {shown.number} of {len(source.pages)}"
    return f'<nav aria-label="Pages"><span>{label}</span> {" · ".join(links)}</nav>'


def _around(source: Source, low: int, high: int, words: str) -> str:
    """A part of a text, and the ways to what stands before and after it."""
    before = after = ""
    if low > 0:
        url = address("/document", name=source.name, start=max(0, low - _WINDOW))
        before = f'<p class="muted">… <a href="{url}">{low:,} characters before</a></p>'
    if high < len(source.text.rstrip()):
        url = address("/document", name=source.name, start=high + _WINDOW)
        left = len(source.text) - high
        after = f'<p class="muted">… <a href="{url}">{left:,} characters after</a></p>'
    return f"{before}{_text(source, words)}{after}"


def _text(source: Source, words: str) -> str:
    kind = source.kind if source.kind.isalnum() else "other"
    return f'<div class="text {kind}">{words}</div>'


def framed(title: str, body: str) -> str:
    """A page of our own, without scripts; ``body`` is HTML, ``title`` a text."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{one_line(title)}</title>"
        '<link rel="stylesheet" href="/own/document.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )
