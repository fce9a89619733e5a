"""Asking a model server how many tokens a text has: llama.cpp and vLLM can tell, most others not.

Only servers of this machine or of a private network are asked: a hosted service does not know the
path, and the text would go there once more.
"""

from __future__ import annotations

import ipaddress
import urllib.parse
from typing import Any

from assistant.model.client import read_key
from assistant.settings import LLMSettings

_SECONDS = 5.0
_MOST_BYTES = 8_000_000


async def served_tokens(settings: LLMSettings, text: str) -> int | None:
    """The server's count of a text's tokens, or None where it has no ``/tokenize``."""
    import httpx

    base = settings.base_url.rstrip("/").removesuffix("/v1")
    if not _is_near(urllib.parse.urlsplit(base).hostname or ""):
        return None
    body = {"content": text, "prompt": text, "model": settings.model}
    headers = {"Authorization": f"Bearer {read_key(settings)}"}
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            reply = await client.post(f"{base}/tokenize", json=body, headers=headers)
            if reply.status_code != 200 or len(reply.content) > _MOST_BYTES:
                return None
            data: Any = reply.json()
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    tokens, count = data.get("tokens"), data.get("count")
    if type(count) is int and count > 0:
        return count
    return len(tokens) if isinstance(tokens, list) and tokens else None


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in a private network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return address.is_loopback or address.is_private
