"""The address of a sitemap that a person names → the pages of its host, one after the other.

A sitemap is a list that a stranger wrote: what lies on another host is left out, so is what does
not fit into the limits, and both are told. Form: sitemaps.org, as XML (also compressed), as a list
of sitemaps, or as one address a line.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.errors import AssistantError, DocumentError
from assistant.reading.safexml import children, local, parse_xml
from assistant.sources.fetching import AGENT, Fetched, OneHost, WebDoor, checked, fetch
from assistant.text.visible import shown_value

_SITEMAP_BYTES = 10_000_000
"""Of one sitemap, as it comes and unfolded; the form itself allows 50 MB and 50,000 addresses."""
_MOST_SITEMAPS, _MOST_NAMED = 20, 50_000
"""Sitemaps, and addresses of one; the latter is what the form allows."""
_USED_UP = "time or size for one visit is used up; the rest is left out"
_LEAST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0


@dataclass(frozen=True, slots=True)
class VisitLimits:
    """The most pages, the most bytes of one and of all, and the most seconds for all."""

    pages: int
    page_bytes: int
    total_bytes: int = 500_000_000
    seconds: float = 1800.0


@dataclass(frozen=True, slots=True)
class Visited:
    """A page of a sitemap: its address, and what came, or why it is left out."""

    address: str
    page: Fetched | None = None
    problem: str = ""


def pages_of(address: str, limits: VisitLimits, door: WebDoor | None = None) -> Iterator[Visited]:
    """The pages that a sitemap names, in its order.

    Raises ``UsageError`` for an address that is none or is not public, and ``DocumentError`` for a
    sitemap that cannot be had or read.
    """
    until = time.monotonic() + limits.seconds
    first = checked(address)
    host = OneHost(first.host, first.port)
    seen: set[str] = set()
    asked = 0
    bytes_left = limits.total_bytes
    for named in _named(address, host, until, door):
        if time.monotonic() > until:
            yield Visited(address, problem=_USED_UP)
            return
        if named.problem or named.address in seen:
            if named.problem:
                yield named
            continue
        seen.add(named.address)
        problem = _closed(named.address, host)
        if not problem and asked >= limits.pages:
            yield Visited(address, problem=f"more than {limits.pages} pages: the rest is left out")
            return
        if not problem and bytes_left <= 0:
            yield Visited(address, problem=_USED_UP)
            return
        if problem:
            yield Visited(named.address, problem=problem)
            continue
        asked += 1
        try:
            found = fetch(
                named.address, min(limits.page_bytes, bytes_left), door=door, within=host,
                seconds=max(1.0, min(60.0, until - time.monotonic())),
            )  # fmt: skip
        except AssistantError as exc:
            yield Visited(named.address, problem=exc.what)
        else:
            bytes_left -= len(found.data)
            yield Visited(named.address, found)
        time.sleep(_pause(host, until))


def _named(address: str, host: OneHost, until: float, door: WebDoor | None) -> Iterator[Visited]:
    """The addresses of a sitemap, or of the sitemaps that it names: one level, of one host."""
    pages, sitemaps = _read(address, host, door)
    yield from _visits(address, pages)
    for number, each in enumerate(sitemaps):
        problem = _closed(each, host)
        if number >= _MOST_SITEMAPS or time.monotonic() > until:
            yield Visited(each, problem="it stands after the most sitemaps that are read")
            return
        if problem:
            yield Visited(each, problem=problem)
            continue
        try:
            inner, deeper = _read(each, host, door)
        except AssistantError as exc:
            yield Visited(each, problem=exc.what)
            continue
        yield from _visits(each, inner)
        yield from (Visited(one, problem="it is a list in a list of sitemaps") for one in deeper)
        time.sleep(_pause(host, until))


def _visits(sitemap: str, pages: list[str]) -> Iterator[Visited]:
    yield from (Visited(each) for each in pages[:_MOST_NAMED])
    if len(pages) > _MOST_NAMED:
        yield Visited(sitemap, problem=f"it names more than {_MOST_NAMED:,} pages")


def _read(address: str, host: OneHost, door: WebDoor | None) -> tuple[list[str], list[str]]:
    """The pages and the sitemaps that one names. Raises ``DocumentError``."""
    found = fetch(address, _SITEMAP_BYTES, door=door, within=host)
    data = _unfolded(found.data, address)
    if b"<" not in data[:1000]:
        lines = data.decode("utf-8", "replace").splitlines()
        return [line.strip() for line in lines if line.strip()], []
    root = parse_xml(data, shown_value(address), allow_doctype=True)
    kind = local(root)
    if kind not in ("urlset", "sitemapindex"):
        raise DocumentError(
            f"{shown_value(address)} is no sitemap", hint="without --sitemap it is added as a page"
        )
    inner = "url" if kind == "urlset" else "sitemap"
    named = [
        (place.text or "").strip()
        for each in children(root, inner)
        for place in children(each, "loc")
    ]
    named = [each for each in named if each]
    return (named, []) if kind == "urlset" else ([], named)


def _unfolded(data: bytes, address: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    unfolding = zlib.decompressobj(wbits=31)
    try:
        unfolded = unfolding.decompress(data, _SITEMAP_BYTES)
    except zlib.error as exc:
        raise DocumentError(f"{shown_value(address)} is damaged: {exc}") from exc
    if unfolding.unconsumed_tail or not unfolding.eof:
        raise DocumentError(
            f"{shown_value(address)} is cut off, or unfolds to more than "
            f"{_SITEMAP_BYTES / 1e6:g} MB",
            outcome="too_large",
        )
    return unfolded


def _closed(address: str, host: OneHost) -> str:
    """Why an address of a sitemap is not fetched, or nothing."""
    try:
        url = checked(address)
    except AssistantError as exc:
        return exc.what
    return "" if host.holds(url) else f"it lies on another host than {host.host}"


def _pause(host: OneHost, until: float) -> float:
    """Seconds between two pages: what the host's ``robots.txt`` asks for, within reason."""
    asked = [rules.crawl_delay(AGENT) for rules in host.robots.values()]
    longest = max([_LEAST_PAUSE, *(float(each) for each in asked if each)])
    return max(0.0, min(longest, _LONGEST_PAUSE, until - time.monotonic()))
