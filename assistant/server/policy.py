"""Rules for requests, decided from their headers and path: host, origin, path, size, content
policy.

Pure functions; ``guards`` applies them.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from collections.abc import Collection
from urllib.parse import quote, urlsplit

from assistant.service.people import ADD, ADMINISTER, ASK

_HOST = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""A name, an IPv4 address or an IPv6 address in brackets, with or without a port. Nothing else: it
is written into the content policy, where a space or a semicolon would begin something new."""
_LOCAL_NAMES = frozenset({"localhost"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

_GRADIO_CALLS = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|heartbeat/[\w-]+|cancel|reset|"
    r"startup-events|info)/?"
)
"""What the page itself calls. All else of Gradio's interface (uploads, files of the server,
proxies, deep links, named endpoints) does not exist here."""
_GRADIO_FILES = re.compile(
    r"/(?:assets|static|svelte)/[\w./@+-]+|/(?:theme\.css|config|manifest\.json|favicon\.ico|"
    r"pwa_icon|robots\.txt)(?:/\d+)?"
)
_OURS = re.compile(
    r"/|/login|/logout|/healthz|/metrics|/openapi\.json|/docs|/v1/[\w/.-]+|/mcp/?|/document|"
    r"/document/(?:page\.png|file|timeline|cards)|/export/(?:[\w-]+\.md|notes\.docx)|/own/[\w.-]+|/upload"
)

_NEXT = re.compile(r"/document(?:/timeline|/cards)?\?[\w.~%+&=:/,;@!$'()*-]{1,2000}", re.ASCII)


def host_is_allowed(host: str, names: Collection[str]) -> bool:
    """Whether a ``Host`` header is one of ours.

    An address is: a page that reaches us by rebinding a name needs a name. Of names, ``localhost``
    and the given ones are.
    """
    name = _host_name(host)
    if name is None:
        return False
    if name in _LOCAL_NAMES or name in {each.lower() for each in names}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_name(host: str) -> str | None:
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").lower().rstrip(".") if found else None


def origin_is_allowed(method: str, host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether another site could have sent this request with the browser's cookies (CSRF).

    A request that changes data must come from our own page, or from a program that is no browser.
    """
    if origin is not None:
        try:
            return urlsplit(origin).netloc.lower() == host.lower() and bool(host)
        except ValueError:
            return False
    if method in _SAFE_METHODS:
        return True
    return fetch_site in (None, "same-origin", "none")


def path_is_known(path: str) -> bool:
    """Whether a path is ours or one that the Gradio page needs."""
    if ".." in path.split("/") or "\\" in path or "\x00" in path:
        return False
    return any(each.fullmatch(path) for each in (_OURS, _GRADIO_CALLS, _GRADIO_FILES))


def is_upload(path: str) -> bool:
    """Whether a request may carry a file."""
    return path == "/upload"


def is_next(address: str) -> bool:
    """Whether a login may lead on to this address: a page of documents on this server, and
    nothing that a browser could read as another place."""
    return _NEXT.fullmatch(address) is not None


def next_of(path: str, query: bytes) -> str:
    """The address that a login should lead back to, percent-encoded, or an empty text."""
    address = f"{path}?{query.decode('latin-1')}"
    return quote(address, safe="") if is_next(address) else ""


def needed_right(path: str) -> str:
    """The right that a request needs; an empty text for what everybody may who is let in. What a
    person does with documents is checked again where it is done."""
    if path == "/upload":
        return ADD
    if path == "/metrics":
        return ADMINISTER
    if path.startswith(("/v1/", "/mcp", "/document")):
        return ASK
    return ""


def needs_owner(path: str) -> bool:
    """Whether a request belongs to a conversation, and so to one browser."""
    return path.startswith("/gradio_api/queue/")


def is_stream(path: str) -> bool:
    """Whether a request reads the events of a page."""
    return path.rstrip("/") == "/gradio_api/queue/data"


def script_hashes(page: bytes) -> list[str]:
    """Sources for a content policy: one hash for each inline script of a page."""
    found = []
    for match in _INLINE_SCRIPT.finditer(page):
        digest = hashlib.sha256(match.group(1)).digest()
        found.append(f"'sha256-{base64.b64encode(digest).decode()}'")
    return list(dict.fromkeys(found))


def scripted_policy(page: bytes, host: str) -> str:
    """The content policy of a page with scripts: its own ones, no evaluation, no outside host.

    ``host`` is the name and port that the page was asked under; without a scheme it also fits
    behind a proxy that speaks TLS. Scripts come from folders without uploaded files. Inline styles
    stay allowed, because Gradio positions its menus with them.
    """
    scripts = " ".join(f"{host}{folder}" for folder in ("/assets/", "/static/", "/own/"))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts} {' '.join(script_hashes(page))}",
            f"style-src {host} 'unsafe-inline'",
            f"img-src {host}/static/ {host}/assets/ {host}/document/ data:",
            f"font-src {host} data:",
            f"connect-src {host}",
            f"manifest-src {host}",
            f"base-uri {host}",
            f"form-action {host}",
            "frame-ancestors 'none'",
        )
    )


PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For our own pages, which have no scripts, and for everything that is no page."""


def own_policy(path: str, host: str) -> str:
    """The content policy of what is no page of Gradio's: a script of ours runs on the page of study
    cards, and nowhere else."""
    if path != "/document/cards":
        return PLAIN_POLICY
    return f"{PLAIN_POLICY}; script-src {host}/own/cards.js"
