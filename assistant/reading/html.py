"""HTML → the article's text as light Markdown: headings, lists, table rows; no navigation.

Saved web pages carry menus, cookie banners, teasers and adverts. They are left out by element
(``nav``, ``aside``, ``footer``, forms), by ARIA role and by the names authors give to such blocks;
``main`` or ``article`` is taken alone when it holds a fair share of the page's words. Nothing is
fetched and no script is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title
from assistant.reading.writing import Details, Writer
from assistant.types import Heading, ParsedDocument

_SKIPPED = frozenset(
    """script style noscript template svg math canvas nav footer aside form button select option
    input textarea iframe object embed audio video map dialog head""".split()
)
_NEVER_TEXT = frozenset("script style template svg math head title iframe object".split())
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


def read_html(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The readable text of a page, its title and its headings."""
    root = parse_html(decode(data, name, is_html=True), name)
    writer = Writer(name, limits)
    title = _element_title(root)
    blocks = html_blocks(_main_part(root))
    if not any(block.level == 1 for block in blocks) and any(block.text for block in blocks):
        writer.heading(1, title)
    write_blocks(writer, blocks)
    details = Details(title=_title(title, writer.headings, name), language=root.get("lang") or "")
    return writer.finish("html", details)


def parse_html(source: str, name: str) -> Any:
    """Markup → its root element. Raises ``DocumentError`` for what is no page or a trap."""
    # lxml refuses str input that declares an encoding
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source, count=1)
    # Without huge_tree libxml2 drops all text of a page that is 256 elements deep, and says
    # nothing; with it the limit is 2,048.
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=True, remove_comments=True)
    try:
        root = lxml_html.document_fromstring(source, parser=parser)
    except etree.ParserError as exc:  # lxml's word for a page without a single element
        raise DocumentError(f"{name} holds no text", outcome="empty") from exc
    except (etree.LxmlError, ValueError) as exc:
        raise DocumentError(f"{name} cannot be parsed as HTML: {exc}") from exc
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError(f"{name} is nested more than 2,000 elements deep")
    return root


def html_blocks(root: Any, *, keeps_all: bool = False) -> list[Block]:
    """The blocks under an element, without navigation and adverts unless ``keeps_all``.

    Books and mails have no navigation: what looks like it there is text.
    """
    walk = _Blocks(keeps_all)
    walk.walk(root)
    return walk.blocks


def write_blocks(writer: Writer, blocks: Iterable[Block]) -> None:
    """Hand blocks on to a document's writer."""
    for block in blocks:
        if block.level:
            writer.heading(block.level, block.text)
        elif block.is_verbatim:
            writer.verbatim(block.text)
        elif block.is_tight:
            writer.line(block.text)
        else:
            writer.paragraph(block.text)


def _element_title(root: Any) -> str:
    element = root.find(".//title")
    return _SPACE.sub(" ", element.text_content()).strip() if element is not None else ""


def _title(title: str, headings: Sequence[Heading], name: str) -> str:
    top = [heading.title for heading in headings if heading.level == 1]
    if len(top) == 1:
        return top[0]
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


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text: a heading of ``level``, a row or item (``is_tight``), code, or prose."""

    text: str
    level: int = 0
    is_tight: bool = False
    is_verbatim: bool = False


class _Blocks:
    """Walks elements in order and collects blocks; iterative, so depth cannot overflow."""

    def __init__(self, keeps_all: bool) -> None:
        self._keeps_all = keeps_all
        self.blocks: list[Block] = []
        self._inline: list[str] = []
        self._prefix = ""
        self._level = 0
        self._list_depth = 0
        self._in_row = False
        self._preformatted = 0
        self._items: dict[Any, int] = {}

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
            if element is not root and self._is_left_out(element, length):
                if element.tail:
                    self._text(element.tail)
                continue
            self._enter(element)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        self._flush()

    def _is_left_out(self, element: Any, page_length: int) -> bool:
        if self._keeps_all:
            return not isinstance(element.tag, str) or element.tag in _NEVER_TEXT
        return _is_noise(element, page_length)

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
                self._prefix = self._list_mark(element)
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
            self.blocks.append(Block(text, level=self._level))
        elif self._in_row:
            self.blocks.append(Block(text, is_tight=True))
        elif self._preformatted:
            self.blocks.append(Block(self._prefix + text, is_verbatim=True))
        else:
            tight = bool(self._prefix) or self._list_depth > 0
            self.blocks.append(Block(self._prefix + text, is_tight=tight))
        self._level = 0
        self._prefix = ""

    def _list_mark(self, element: Any) -> str:
        """``- `` or the item's number; counted on the way, for a list may have 100,000 items."""
        parent = element.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        self._items[parent] = self._items.get(parent, 0) + 1
        return f"{self._items[parent]}. "
