"""What ``/v1/embeddings`` of the fake model server replies, right or wrong as real servers do."""

from __future__ import annotations

import hashlib
from typing import Any

DIMENSIONS = 8


def vector_of(text: str) -> list[float]:
    """A vector that depends on the text only."""
    digest = hashlib.sha256(text.encode()).digest()
    return [byte / 255 + 0.01 for byte in digest[:DIMENSIONS]]


def reply(texts: list[str], mode: str) -> dict[str, Any]:
    """A reply in the shape of the OpenAI API, right or wrong as ``mode`` says."""
    items: list[dict[str, Any]] = [
        {"object": "embedding", "index": index, "embedding": vector_of(text)}
        for index, text in enumerate(texts)
    ]
    if mode == "reordered":
        items.reverse()
    elif mode == "short":
        items.pop()
    elif mode == "no_index":
        for item in items:
            del item["index"]
    elif mode == "twice":
        items[-1]["index"] = 0
    elif mode == "nan":
        items[0]["embedding"][3] = float("nan")
    elif mode == "uneven":
        items[0]["embedding"].append(0.5)
    elif mode == "wide":
        for item in items:
            item["embedding"] += [0.5] * 4
    elif mode == "empty":
        for item in items:
            item["embedding"] = []
    elif mode == "words":
        items[0]["embedding"] = ["a", "b"] * (DIMENSIONS // 2)
    elif mode == "null":
        items[0]["embedding"] = None
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": items, "model": "fake", "usage": usage}
