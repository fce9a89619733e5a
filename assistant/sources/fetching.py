"""An address that a person names → the bytes of one page; hostile servers are refused.

Each address, also every one that a redirect leads to, is resolved once, all it resolves to must be
public, and the connection goes to exactly what was checked: a name that means something else a
moment later changes nothing. ``robots.txt`` is asked first. Size, time and redirects are limited;
nothing is decompressed. ``WebDoor`` is how a test puts its own server in: no setting does.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

from assistant.errors import DocumentError, UsageError
from assistant.text.visible import shown_value

if TYPE_CHECKING:
    import httpx

AGENT = "document-assistant"
"""The name by which ``robots.txt`` may know us."""
_MOST_REDIRECTS = 5
_SECONDS = 60.0
"""For a page with its redirects, its ``robots.txt`` and the slowest of servers."""
_STEP_SECONDS = 15.0
_ROBOTS_BYTES = 512_000
_LONGEST_ADDRESS = 2_000
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$")
"""Libraries of the system read such a host as an IPv4 address in another spelling."""
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NOTHING = ("User-agent: *", "Disallow: /")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def addresses_of(host: str, port: int) -> list[str]:
    """What a host's name resolves to. Raises ``OSError``."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network: no loopback, private, link-local, shared,
    reserved or multicast one, and none that carries such a one inside."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
        inside = [parsed.sixtofour, *(parsed.teredo or ())]
        if any(each is not None and not is_public(str(each)) for each in inside):
            return False
        if parsed.is_site_local:
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


@dataclass(frozen=True, slots=True)
class WebDoor:
    """How names become addresses, and which addresses may be called."""

    resolve: Callable[[str, int], Sequence[str]] = addresses_of
    permits: Callable[[str], bool] = is_public
    certificates: str = ""  # a file of authorities instead of the system's, for git


@dataclass(frozen=True, slots=True)
class OneHost:
    """What several fetches of one host share: none leaves it, nor its port (None: that of http and
    https), and its ``robots.txt`` is asked once."""

    host: str
    port: int | None
    robots: dict[str, RobotFileParser] = field(default_factory=dict)

    def holds(self, url: httpx.URL) -> bool:
        """Whether an address is of this host."""
        return url.host == self.host and url.port == self.port


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: the address it came from at last, its bytes and its type (``text/html``)."""

    address: str
    data: bytes
    content_type: str


class _Answered(DocumentError):
    """A server that answers with another status than 200."""

    def __init__(self, url: httpx.URL, status: int) -> None:
        super().__init__(f"{_shown(url)} answers with status {status}")
        self.status = status


@dataclass(slots=True)
class _Visit:
    """One fetch with its redirects: what time is left, and whose ``robots.txt`` was read."""

    client: httpx.Client
    door: WebDoor
    until: float
    robots: dict[str, RobotFileParser]

    def left(self) -> float:
        return self.until - time.monotonic()


def fetch(
    address: str,
    most_bytes: int,
    *,
    door: WebDoor | None = None,
    seconds: float = _SECONDS,
    within: OneHost | None = None,
) -> Fetched:
    """The page at an address; with ``within``, only if no redirect leaves that host.

    Raises ``UsageError`` for an address that is none or is not public, ``DocumentError`` for a
    server that refuses, fails, is slow, or sends too much.
    """
    url = checked(address)
    done: list[Fetched | Exception] = []

    def work() -> None:
        try:
            done.append(_fetch(url, most_bytes, door or WebDoor(), seconds, within))
        except Exception as exc:
            done.append(exc)

    # A name server, or a server that sends its headers byte by byte, heeds no deadline of ours.
    thread = threading.Thread(target=work, name="fetch", daemon=True)
    thread.start()
    thread.join(seconds + 1)
    if not done:
        raise _slow(url)
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def _fetch(
    url: httpx.URL, most_bytes: int, door: WebDoor, seconds: float, within: OneHost | None
) -> Fetched:
    import httpx

    first = url
    no_reuse = httpx.Limits(max_keepalive_connections=0)  # a certificate is one host's
    with httpx.Client(trust_env=False, follow_redirects=False, limits=no_reuse) as client:
        visit = _Visit(client, door, time.monotonic() + seconds, within.robots if within else {})
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                if within and not within.holds(url):
                    raise DocumentError(f"{_shown(url)} is of another host than {within.host}")
                if not _robots_of(url, visit).can_fetch(AGENT, str(url)):
                    raise DocumentError(
                        f"{_shown(url)} may not be read by programs: its robots.txt says so",
                        hint="save the page in a browser and put the file into a folder",
                    )
                reply = _get(url, visit, most_bytes)
                if isinstance(reply, Fetched):
                    return reply
                url = checked(str(url.join(reply)))
        except httpx.TimeoutException as exc:
            raise _slow(url) from exc
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
            raise DocumentError(f"{_shown(url)} cannot be fetched: {exc}") from exc
    raise DocumentError(f"{_shown(first)} redirects more than {_MOST_REDIRECTS} times")


def checked(address: str) -> httpx.URL:
    """An address that a person or a server names. Raises ``UsageError`` for one of another kind
    than a page's, with a name or password in it, or with signs that nobody sees."""
    import httpx

    wrong = "an address of a page begins with https:// or http://"
    if not isinstance(address, str) or len(address) > _LONGEST_ADDRESS:
        raise UsageError(f"The address {shown_value(address)} is none", hint=wrong)
    if any(not sign.isprintable() or sign.isspace() for sign in address):
        raise UsageError(
            f"The address {shown_value(address)} holds blanks or signs that nobody sees"
        )
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as exc:
        raise UsageError(f"The address {shown_value(address)} is none: {exc}", hint=wrong) from exc
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(f"The address {shown_value(address)} is no page's", hint=wrong)
    if _ENDS_IN_NUMBER.search(url.host) and not _IP.fullmatch(url.host):
        raise UsageError(f"The address {shown_value(address)} names no host", hint=wrong)
    if url.port is not None and not 0 < url.port < 65_536:
        raise UsageError(f"The address {shown_value(address)} has no port", hint=wrong)
    if url.userinfo:
        raise UsageError(
            "An address with a name or password in it is not fetched",
            hint="a page behind a login: save it in a browser and put the file into a folder",
        )
    return url.copy_with(fragment=None)


def pinned(url: httpx.URL, door: WebDoor) -> str:
    """The address of a host that will be called. Raises ``UsageError`` unless all are public."""
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii").strip("[]")
    try:
        found = list(door.resolve(host, port))
    except (OSError, UnicodeError) as exc:
        raise DocumentError(f"The host {url.host} is not known: {exc}") from exc
    if not found:
        raise DocumentError(f"The host {url.host} has no address")
    closed = [each for each in found if not door.permits(each)]
    if closed:
        raise UsageError(
            f"{_shown(url)} lies in a private network ({closed[0]}) and is not fetched",
            hint="only public pages are added; save the page as a file and put it into a folder",
        )
    return found[0]


def _get(url: httpx.URL, visit: _Visit, most_bytes: int) -> Fetched | str:
    """A page, or the address that a redirect names."""
    address = pinned(url, visit.door)
    request = visit.client.build_request(
        "GET",
        url.copy_with(host=address),
        headers={
            "Host": url.netloc.decode("ascii"),
            "User-Agent": f"{AGENT}/0.1",
            "Accept-Encoding": "identity",
            "Accept": "text/html, application/xhtml+xml, application/pdf, text/*, */*;q=0.5",
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": _timeouts(visit, url)},
    )
    reply = visit.client.send(request, stream=True)
    try:
        if reply.status_code in _REDIRECTS and reply.headers.get("location"):
            return str(reply.headers["location"])[:_LONGEST_ADDRESS]
        if reply.status_code != 200:
            raise _Answered(url, reply.status_code)
        if reply.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            raise DocumentError(f"{_shown(url)} is sent compressed, though that was not asked for")
        data = _body(reply, url, visit, most_bytes)
    finally:
        reply.close()
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(str(url), data, kind)


def _body(reply: httpx.Response, url: httpx.URL, visit: _Visit, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in reply.iter_raw():
        size += len(part)
        if size > most_bytes:
            raise DocumentError(
                f"{_shown(url)} is larger than {most_bytes / 1e6:g} MB",
                hint="documents.max_file_megabytes is the limit",
                outcome="too_large",
            )
        if visit.left() <= 0:
            raise _slow(url)
        parts.append(part)
    return b"".join(parts)


def _robots_of(url: httpx.URL, visit: _Visit) -> RobotFileParser:
    """What a host allows. One that has no ``robots.txt`` allows all; one that fails, nothing."""
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    if origin in visit.robots:
        return visit.robots[origin]
    rules = RobotFileParser()
    place = checked(f"{origin}/robots.txt")
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            reply = _get(place, visit, _ROBOTS_BYTES)
        except _Answered as exc:
            rules.parse([] if 400 <= exc.status < 500 else _NOTHING)
            break
        except DocumentError as exc:
            if exc.outcome != "too_large":
                raise
            rules.parse(_NOTHING)
            break
        if isinstance(reply, Fetched):
            rules.parse(reply.data.decode("utf-8", "replace").splitlines())
            break
        place = checked(str(place.join(reply)))
    else:
        rules.parse(_NOTHING)
    visit.robots[origin] = rules
    return rules


def _timeouts(visit: _Visit, url: httpx.URL) -> dict[str, float]:
    left = visit.left()
    if left <= 0:
        raise _slow(url)
    step = min(_STEP_SECONDS, left)
    return {"connect": step, "read": step, "write": step, "pool": step}


def _slow(url: httpx.URL) -> DocumentError:
    return DocumentError(f"{_shown(url)} did not arrive in time", hint="try again later")


def _shown(url: httpx.URL) -> str:
    return shown_value(str(url)[:200])
