"""HTML → the article's text as light Markdown: headings, lists, table rows; no navigation.

Saved web pages carry menus, cookie banners, teasers and adverts. They are left out by element
(``nav``, ``aside``, ``footer``, forms), by ARIA role and by the names authors give to such blocks;
``main`` or ``article`` is taken alone when it holds a fair share of the page's words. Nothing is
fetched and no script is run.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.plain import name_title
from assistant.types import Heading, ParsedDocument

_SKIPPED = frozenset(
    """script style noscript template svg math canvas nav footer aside form button select option
    input textarea iframe object embed audio video map dialog head""".split()
)
_SKIPPED_ROLES = frozenset(
    """navigation banner contentinfo complementary search dialog alertdialog menu menubar""".split()
)
_NOISE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|consent|gdpr|banner|"
    r"newsletter|subscribe|promo|advert|adverts|ads?|sponsor(?:ed)?|teasers?|"
    r"sidebar|footer|site-header|skip-link|pagination|comments?)(?:$|[\s_-])",
    re.IGNORECASE,
)
# "related-work" and "market-share" are content: these names count only for blocks of links.
_DOUBTFUL_NAME = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|share|sharing|social)(?:$|[\s_-])", re.IGNORECASE
)
# "has-sidebar" says what stands next to a block, not what it is.
_STATE_NAME = re.compile(r"(?:^|[\s_-])(?:has|no|with|without)[_-]\S*", re.IGNORECASE)
_BLOCKS = frozenset(
    """p div section article main header figure figcaption blockquote pre ul ol li dl dt dd table
    thead tbody tfoot tr h1 h2 h3 h4 h5 h6 hr address details summary caption center body""".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def read_html(data: bytes, name: str) -> ParsedDocument:
    """The readable text of a page, its title and its headings."""
    source = decode(data, name, is_html=True)
    # lxml refuses str input that declares an encoding
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source, count=1)
    try:
        parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
        root = lxml_html.document_fromstring(source, parser=parser)
    except etree.ParserError as exc:  # lxml's word for a page without a single element
        raise DocumentError(f"{name} holds no text", outcome="empty") from exc
    except (etree.LxmlError, ValueError) as exc:
        raise DocumentError(f"{name} cannot be parsed as HTML: {exc}") from exc
    writer = _Writer()
    writer.walk(_main_part(root))
    text, headings = writer.finish()
    return ParsedDocument(
        text=text,
        title=_title(root, headings, name),
        kind="html",
        headings=headings,
        is_markdown=True,
    )


def _title(root: Any, headings: tuple[Heading, ...], name: str) -> str:
    top = [heading.title for heading in headings if heading.level == 1]
    if len(top) == 1:
        return top[0]
    element = root.find(".//title")
    title = _SPACE.sub(" ", element.text_content()).strip() if element is not None else ""
    return title or (top[0] if top else name_title(name))


def _main_part(root: Any) -> Any:
    body = root.find(".//body")
    body = body if body is not None else root
    total = len(body.text_content())
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = body.findall(path)
        if len(found) == 1 and len(found[0].text_content()) >= max(200, 0.15 * total):
            return found[0]
    return body


def _is_noise(element: Any, page_length: int) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _SKIPPED:
        return True
    if element.get("role") in _SKIPPED_ROLES or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or "display:none" in (
        element.get("style") or ""
    ).replace(" ", ""):
        return True
    if tag not in ("div", "section", "ul", "ol", "header", "p", "span", "table"):
        return False
    names = _STATE_NAME.sub(" ", f"{element.get('class') or ''} {element.get('id') or ''}")
    if _NOISE_NAME.search(names):  # what holds most of the page's words is no noise in it
        return len(element.text_content()) <= 0.5 * page_length
    if _DOUBTFUL_NAME.search(names):
        linked = sum(len(link.text_content()) for link in element.iter("a", "button"))
        return linked >= 0.3 * len(element.text_content())
    return False


class _Writer:
    """Walks elements in order and writes blocks of text; iterative, so depth cannot overflow."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, int, str]] = []  # text, heading level, separator before
        self._inline: list[str] = []
        self._prefix = ""
        self._level = 0
        self._list_depth = 0
        self._in_row = False
        self._preformatted = 0

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, bool]] = [(root, False)]
        length = len(root.text_content())
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self._leave(element)
                if element is not root and element.tail:
                    self._text(element.tail)
                continue
            if element is not root and _is_noise(element, length):
                if element.tail:
                    self._text(element.tail)
                continue
            self._enter(element)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        self._flush()

    def _enter(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._inline.append("\n" if self._preformatted else " ")
        elif tag == "img":
            pass  # a picture's description repeats its caption
        elif tag in ("td", "th"):
            if any(part.strip() for part in self._inline):
                self._inline.append(" | ")
        elif tag == "tr":
            self._flush()
            self._in_row = True
        elif tag in _BLOCKS and not self._in_row:
            self._flush()
            if tag in _HEADINGS:
                self._level = _HEADINGS[tag]
            elif tag in ("ul", "ol"):
                self._list_depth += 1
            elif tag == "li":
                self._prefix = _list_mark(element)
            elif tag == "pre":
                self._preformatted += 1
        if element.text:
            self._text(element.text)

    def _leave(self, element: Any) -> None:
        tag = element.tag
        if tag == "tr":
            self._flush()
            self._in_row = False
        elif tag in _BLOCKS and not self._in_row:
            self._flush()
            if tag in ("ul", "ol"):
                self._list_depth = max(0, self._list_depth - 1)
            elif tag == "pre":
                self._preformatted -= 1

    def _text(self, text: str) -> None:
        self._inline.append(text if self._preformatted else _SPACE.sub(" ", text))

    def _flush(self) -> None:
        raw = "".join(self._inline)
        self._inline.clear()
        text = raw.strip("\n") if self._preformatted else _SPACE.sub(" ", raw).strip()
        if not text.strip(" |"):
            self._level = 0
            return
        if self._level:
            self._blocks.append((text, self._level, "\n\n"))
        elif self._in_row:
            self._blocks.append((text, 0, "\n"))
        else:
            tight = bool(self._prefix) or self._list_depth > 0
            self._blocks.append((self._prefix + text, 0, "\n" if tight else "\n\n"))
        self._level = 0
        self._prefix = ""

    def finish(self) -> tuple[str, tuple[Heading, ...]]:
        parts: list[str] = []
        headings: list[Heading] = []
        length = 0
        was_tight = False
        for text, level, separator in self._blocks:
            if parts:
                tight = separator == "\n"
                gap = "\n" if tight and was_tight else "\n\n"
                parts.append(gap)
                length += len(gap)
            was_tight = separator == "\n"
            if level:
                headings.append(Heading(level, text, length))
                text = f"{'#' * level} {text}"
            parts.append(text)
            length += len(text)
        return "".join(parts) + ("\n" if parts else ""), tuple(headings)


def _list_mark(element: Any) -> str:
    parent = element.getparent()
    if parent is not None and parent.tag == "ol":
        number = 1 + sum(1 for _ in element.itersiblings("li", preceding=True))
        return f"{number}. "
    return "- "
