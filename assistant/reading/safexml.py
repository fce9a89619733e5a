"""XML bytes → an lxml tree, without DTDs, entities or network; and small helpers for walking it.

Office formats need no DOCTYPE, so there any is refused. Free XML may have one as long as it
declares no entities: they are the material of "billion laughs".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from assistant.errors import DocumentError


def parse_xml(data: bytes, name: str, *, allow_doctype: bool = False) -> Any:
    """The root element. Raises ``DocumentError`` for broken XML and for what is refused."""
    if not allow_doctype and b"<!DOCTYPE" in data[:100_000]:
        raise refused_doctype(name)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,  # keeps libxml2's own limits on depth, text length and amplification
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError(f"{name} holds XML that cannot be read: {exc.msg}") from exc
    except (etree.LxmlError, ValueError) as exc:
        raise DocumentError(f"{name} holds XML that cannot be read: {exc}") from exc
    if root is None:
        raise DocumentError(f"{name} holds XML without an element")
    internal: Any = root.getroottree().docinfo.internalDTD
    if internal is not None and not (allow_doctype and not list(internal.iterentities())):
        raise refused_doctype(name)
    return root


def refused_doctype(name: str) -> DocumentError:
    """The refusal of XML that declares what it does not need."""
    return DocumentError(
        f"{name} declares a document type or entities in its XML, which is refused",
        hint="no office format needs it, and it is how XML bombs are built",
    )


def local(element: Any) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace; strict and transitional files differ there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """The element's own children with one of these names."""
    for child in element:
        if local(child) in names:
            yield child


def first(element: Any, *path: str) -> Any:
    """The first descendant along a path of names, or None."""
    for name in path:
        element = next(children(element, name), None)
        if element is None:
            return None
    return element


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """Descendants with one of these names, in the order of the document."""
    for each in element.iter():
        if local(each) in names:
            yield each
