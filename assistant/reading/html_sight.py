"""Which elements of a page a reader sees as text: not hidden, not struck, not navigation.

Stylesheets inside the page are looked at for classes that hide, as far as nothing on the page could
show them again: pages with scripts unfold what is hidden at first.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

SKIPPED = frozenset(
    """script style noscript template svg canvas nav footer aside form button select option
    input textarea iframe object embed audio video map dialog head""".split()
)
NEVER_TEXT = frozenset("script style template svg head title iframe object rp rt".split())
_STRUCK = frozenset("del s strike".split())
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
_BOX_NAMES = frozenset(["sidebar"])
"""Names that DocBook and docutils give to a text box of the author as well."""
_OF_A_BOX = re.compile(r"(?:^|\s)sidebar-(?:title|subtitle)(?:$|\s)")
_MOST_LINKED = 0.3
"""The share of a box's characters that may be links; navigation is hardly anything else."""
_SHORTEST_BOX = 60
"""Characters of the prose of a text box: less is a label of the page."""
_SHORTEST_PARAGRAPH, _LOOKED_AT = 20, 4
"""Characters of a paragraph beside a box, and elements on each side of it that are looked at."""
_CONTROLS = ("form", "input", "button", "select", "nav")
_UNSEEN = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|(?:opacity|font-size):0(?:\.0*)?(?:px|em|%)?(?:;|!|$)"
)
_LINE_THROUGH = re.compile(r"text-decoration(?:-line)?:[^;]*line-through")
_NOTE_ROLES = ("doc-footnote", "doc-endnote", "doc-endnotes")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[a-z0-9]{0,10}([.#][\w-]{1,80})", re.IGNORECASE)
_AT_RULE = re.compile(
    r"@[^{};]{0,200}\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}|/\*.*?(?:\*/|\Z)", re.DOTALL
)
_LONGEST_STYLE = 200_000


def is_text_box(element: Any) -> bool:
    """Whether a "sidebar" is a box of the author's prose and no column of the page.

    Such a box stands between paragraphs, as a column beside the text never does, and holds prose:
    few links, and nothing to fill in.
    """
    if element is None or element.tag not in ("div", "section", "aside"):
        return False
    if _BOX_NAMES.isdisjoint((element.get("class") or "").lower().split()):
        return False
    if not any(_is_paragraph(each) for each in _beside(element)):
        return False
    if next(element.iter(*_CONTROLS), None) is not None:
        return False
    length = len(" ".join(element.text_content().split()))
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    return length >= _SHORTEST_BOX and linked < _MOST_LINKED * length


def _beside(element: Any) -> list[Any]:
    """The elements right before and behind one."""
    before = islice(element.itersiblings(preceding=True), _LOOKED_AT)
    return [*before, *islice(element.itersiblings(), _LOOKED_AT)]


def _is_paragraph(element: Any) -> bool:
    """Whether an element has a sentence of its own, outside of the elements in it."""
    if element.tag not in ("p", "div"):
        return False
    own = " ".join((element.text or "", *(each.tail or "" for each in element)))
    return len(" ".join(own.split())) >= _SHORTEST_PARAGRAPH


def style_of(element: Any) -> str:
    """An element's own style without blanks, in small letters."""
    style = element.get("style")
    return re.sub(r"\s", "", style).lower() if style else ""


class PageSight:
    """What is seen of one page; ``keeps_all`` for books and mails, which have no navigation."""

    def __init__(self, root: Any, *, keeps_all: bool = False) -> None:
        self._keeps_all = keeps_all
        self._length = len(root.text_content())
        self._hiding, self._striking = _marking_classes(root.getroottree().getroot())

    def hides(self, element: Any) -> bool:
        """Whether it is not shown."""
        if element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        style = style_of(element)
        return bool(style and _UNSEEN.search(style)) or self._has(element, self._hiding)

    def strikes(self, element: Any) -> bool:
        """Whether it is crossed out."""
        if element.tag in _STRUCK or self._has(element, self._striking):
            return True
        style = style_of(element)
        return bool(style and _LINE_THROUGH.search(style))

    def is_noise(self, element: Any) -> bool:
        """Whether it is part of the page and not of its text: scripts, navigation, adverts."""
        tag = element.tag
        if not isinstance(tag, str):
            return True
        if self._keeps_all:
            return tag in NEVER_TEXT
        is_note = element.get("role") in _NOTE_ROLES
        if is_text_box(element):
            return False
        if (tag in SKIPPED and not is_note) or tag in ("rp", "rt"):
            return True
        if element.get("role") in _SKIPPED_ROLES:
            return True
        if tag not in ("div", "section", "ul", "ol", "header", "p", "span", "table"):
            return False
        names = _STATE_NAME.sub(" ", f"{element.get('class') or ''} {element.get('id') or ''}")
        if tag == "p" and _OF_A_BOX.search(names) and is_text_box(element.getparent()):
            return False
        if _NOISE_NAME.search(names):  # what holds most of the page's words is no noise in it
            return len(element.text_content()) <= 0.5 * self._length
        if _DOUBTFUL_NAME.search(names):
            linked = sum(len(link.text_content()) for link in element.iter("a", "button"))
            return linked >= 0.3 * len(element.text_content())
        return False

    def _has(self, element: Any, marked: frozenset[str]) -> bool:
        if not marked:
            return False
        names = [f".{each}" for each in (element.get("class") or "").split()]
        return not marked.isdisjoint([*names, f"#{element.get('id') or ''}"])


def _marking_classes(root: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Classes and ids that the page's own stylesheet hides, and those that it strikes."""
    hiding: set[str] = set()
    striking: set[str] = set()
    shown: set[str] = set()
    for style in root.iter("style"):
        for selectors, body in _RULE.findall(_AT_RULE.sub("", (style.text or "")[:_LONGEST_STYLE])):
            told = re.sub(r"\s", "", body).lower()
            found = (_SIMPLE.fullmatch(each.strip()) for each in selectors.split(","))
            names = {match[1] for match in found if match}
            if _UNSEEN.search(told):
                hiding |= names
            elif "display:" in told:
                shown |= names
            if _LINE_THROUGH.search(told):
                striking |= names
    has_scripts = next(root.iter("script"), None) is not None
    return frozenset(() if has_scripts else hiding - shown), frozenset(striking)
