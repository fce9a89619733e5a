"""Addresses and sitemaps that a stranger would like to see fetched."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.sources.adding import NamedSource, add_source
from assistant.sources.archives import UnpackingLimits
from assistant.sources.fetching import WebDoor, is_public
from assistant.sources.keeping import KeptSources
from benchmarks.harm import HostileCase
from benchmarks.local_site import Site

LIMITS = UnpackingLimits(most_bytes=1_000_000, most_expansion=50)
PAGE = b"<html><body><p>The pool opens at nine.</p></body></html>"
HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1",
    "0177.0.0.1", "017700000001", "127.0.0.1.", "0", "0.0.0.0", "0x0", "00000000177.0.0.1",
    "localhost", "LOCALHOST", "localhost.", "loop.example", "inside.example", "mixed.example",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00::1]", "[ff02::1]",
    "[fec0::1]", "[64:ff9b:1::7f00:1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1",
    "169.254.169.254", "0251.0376.0251.0376", "2852039166", "0xa9fea9fe", "[::ffff:a9fe:a9fe]",
    "①②⑦.0.0.1", "127。0。0。1", "１２７.0.0.1", "ⓛocalhost", "pool.example@127.0.0.1",
    "user:secret@pool.example", "127.0.0.1%00.example", "127.0.0.1\\@pool.example", "%3127.0.0.1",
    "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1",
)  # fmt: skip
_NAMES = {
    "pool.example": ["127.0.0.1"], "other.example": ["127.0.0.1"], "localhost": ["127.0.0.1"],
    "localhost.": ["127.0.0.1"], "loop.example": ["127.0.0.1"], "inside.example": ["10.0.0.8"],
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
}  # fmt: skip
_PUBLIC = ("pool.example", "other.example")
SCHEMES = (
    "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/x", "dict://127.0.0.1:11/x",
    "ldap://127.0.0.1/x", "jar:http://127.0.0.1!/x", "netdoc:///etc/passwd", "javascript:alert(1)",
    "data:text/html,x", "http:///etc/passwd", "http:127.0.0.1", "//127.0.0.1/x", "ext::sh -c id",
    "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/x", "view-source:http://x",
)  # fmt: skip
BODIES = (
    (b'<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url>'
    b"</urlset>"),
    b'<!DOCTYPE u SYSTEM "http://127.0.0.1:{inside}/x.dtd"><urlset/>',
    (b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><urlset><url><loc>&c;</loc></url></urlset>'),
    (b'<urlset xmlns:xi="http://www.w3.org/2001/XInclude"><url><loc><xi:include parse="text" '
    b'href="file:///etc/passwd"/></loc></url></urlset>'),
    b'<?xml-stylesheet href="http://127.0.0.1:{inside}/x"?><urlset/>',
    gzip.compress(b"<urlset>" + b" " * 60_000_000 + b"</urlset>"),
    b"<urlset>" * 100_000,
    b"<urlset><url><loc>" + b"x" * 900_000 + b"</loc></url></urlset>",
    b"<sitemapindex>" + b"<sitemap><loc>http://pool.example:{port}/s.xml</loc></sitemap>" * 500
    + b"</sitemapindex>",
    (b"<urlset><url><loc>http://pool.example:{port}/a</loc></url>"
    b"<url><loc>http://pool.example:{inside}/secret</loc></url></urlset>"),
    b"http://127.0.0.1:{inside}/secret\nfile:///etc/passwd\n--upload-pack=x\n",
    b"\x00" * 1000, b"", b"<", "<urlset>".encode("utf-16"), b"\x1f\x8b\x08\x00broken",
)  # fmt: skip


def hostile_door() -> WebDoor:
    """Two names are public, whatever server they lead to; no name is asked of the network."""
    called: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        called.append(host)
        if host in _NAMES:
            return _NAMES[host]
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        return [socket.inet_ntoa(socket.inet_aton(host))]  # "127.1", as the system reads it

    return WebDoor(resolve, lambda address: called[-1] in _PUBLIC or is_public(address))


def addresses(site: Site) -> Iterator[HostileCase]:
    """Each spelling alone, behind a redirect, and in a sitemap."""

    def adding(source: str, kind: str = "auto", door: WebDoor | None = None) -> HostileCase:
        def run(place: Path) -> None:
            named = NamedSource(source, "sitemap" if kind == "sitemap" else "auto", most_pages=5)
            add_source(named, KeptSources(place / "index"), LIMITS, door or hostile_door())

        return HostileCase(
            f"{'sitemap' if kind == 'sitemap' else 'address'}: {source[:60]}", run, (site.port,)
        )

    inside = site.port + 1  # nobody listens there; what is tried to be called is seen
    for number, host in enumerate(HOSTS):
        target = f"http://{host}:{inside}/secret"
        yield adding(target)
        site.put(f"/r{number}", status=302, Location=target)
        yield adding(site.url(f"/r{number}"))
        site.put(f"/m{number}.xml", f"<urlset><url><loc>{target}</loc></url></urlset>".encode())
        yield adding(site.url(f"/m{number}.xml"), "sitemap")
    for number, target in enumerate(SCHEMES):
        yield adding(target)
        site.put(f"/s{number}", status=307, Location=target)
        yield adding(site.url(f"/s{number}"))
    for number, body in enumerate(BODIES):
        filled = body.replace(b"{port}", str(site.port).encode())
        site.put(f"/b{number}.xml", filled.replace(b"{inside}", str(inside).encode()))
        yield adding(site.url(f"/b{number}.xml"), "sitemap")
    yield from _rebinding(site, adding)


def _rebinding(site: Site, adding: Callable[..., HostileCase]) -> Iterator[HostileCase]:
    """A name whose address changes from one look-up to the next, at each of the look-ups."""
    site.put("/page", PAGE)
    site.put("/map.xml", f"<urlset><url><loc>{site.url('/page')}</loc></url></urlset>".encode())
    for path, kind in (("/page", "auto"), ("/map.xml", "sitemap")):
        for good in range(4):
            left = iter(["127.0.0.1"] * good)

            def resolve(host: str, port: int, left: Iterator[str] = left) -> list[str]:
                return [next(left, "127.0.0.2")]

            door = WebDoor(resolve, lambda address: address == "127.0.0.1")
            case = adding(site.url(path), kind, door)
            yield HostileCase(
                f"address: {path}, another one at look-up {good + 1}", case.run, case.allowed
            )
