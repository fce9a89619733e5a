"""HTML → the article's text as light Markdown: headings, lists, tables; no navigation.

Saved web pages carry menus, cookie banners, teasers and adverts. They are left out by element
(``nav``, ``aside``, ``footer``, forms), by ARIA role and by the names authors give to such blocks;
Only ``main`` or ``article`` is read when it holds a large share of the page's words. Nothing is
fetched and no script is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from assistant.errors import DocumentError
from assistant.reading.encoding import decode
from assistant.reading.html_blocks import Block, html_blocks
from assistant.reading.left_out import says_something
from assistant.reading.limits import DEFAULT_LIMITS, ReadingLimits
from assistant.reading.plain import name_title
from assistant.reading.writing import Details, Writer
from assistant.types import Heading, ParsedDocument

_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_WORD = re.compile(r"\w+")
_COMMENT = re.compile(r"<!--(?!\[)(.{0,2000}?)-->", re.DOTALL)


def read_html(data: bytes, name: str, limits: ReadingLimits = DEFAULT_LIMITS) -> ParsedDocument:
    """The readable text of a page, its title and its headings."""
    source = decode(data, name, is_html=True)
    root = parse_html(source, name)
    writer = Writer(name, limits)
    comments = (match[1] for match in _COMMENT.finditer(source))
    writer.left_out.add("comment", sum(1 for each in comments if says_something(each)))
    title = _element_title(root)
    blocks = html_blocks(_main_part(root), left_out=writer.left_out)
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


def _element_title(root: Any) -> str:
    element = root.find(".//title")
    return _SPACE.sub(" ", element.text_content()).strip() if element is not None else ""


def _title(title: str, headings: Sequence[Heading], name: str) -> str:
    """The page's only top heading, unless that is the site's name and the title says more."""
    top = [heading.title for heading in headings if heading.level == 1]
    if len(top) == 1:
        own, said = (set(_WORD.findall(text.casefold())) for text in (top[0], title))
        if not said or len(own & said) >= 0.5 * len(own):
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


def write_blocks(writer: Writer, blocks: Iterable[Block]) -> None:
    """Hand blocks on to a document's writer."""
    for block in blocks:
        if block.level:
            writer.heading(block.level, block.text)
        elif block.is_table:
            writer.gap()
            for line in block.text.split("\n"):
                writer.line(line) if line else writer.gap()
            writer.gap()
        elif block.is_verbatim:
            writer.verbatim(block.text)
        elif block.label:
            writer.item(block.label, block.text, block.depth)
        elif block.is_tight:
            writer.line(block.text)
        else:
            writer.paragraph(block.text)
