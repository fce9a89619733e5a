"""How many tokens a server's model takes for one that we count, by script; learned from use.

tiktoken counts with a vocabulary of its own. Of a small model with 49,000 tokens the real count is
1.5 times ours for tables, 2 for German, 3.7 for Russian and 4.8 for Thai. ``usage.prompt_tokens``
of every answer tells; what is learned lasts as long as the process.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from assistant.model.tokens import counter_for

_SCRIPTS = (
    ("cjk", 0x3040, 0x30FF), ("cjk", 0x3400, 0x9FFF), ("cjk", 0xAC00, 0xD7AF),
    ("cyrillic", 0x0400, 0x052F), ("greek", 0x0370, 0x03FF), ("hebrew", 0x0590, 0x05FF),
    ("arabic", 0x0600, 0x06FF), ("indic", 0x0900, 0x0DFF), ("thai", 0x0E00, 0x0EFF),
)  # fmt: skip
_LEAST_TOKENS = 64
"""Of a prompt that says something about the ratio: in shorter ones the chat's own marks count."""
_LEAST, _MOST = 1.0, 8.0
_SAMPLE = 4000

_lock = threading.Lock()
_ratios: dict[tuple[str, str], dict[str, float]] = {}


@lru_cache(maxsize=512)
def script_of(text: str) -> str:
    """The script of most letters; ``latin`` is told apart into ASCII and accented."""
    counts: Counter[str] = Counter()
    for char in text[:_SAMPLE]:
        if not char.isalpha():
            continue
        point = ord(char)
        if point < 0x80:
            counts["ascii"] += 1
        else:
            counts[next((s for s, low, high in _SCRIPTS if low <= point <= high), "latin")] += 1
    letters = sum(counts.values())
    for script, count in counts.most_common():
        if script not in ("ascii", "latin") and count > 0.3 * letters:
            return script
    return "latin" if counts["latin"] > 0.02 * letters else "ascii"


def learn_ratio(server: str, model: str, text: str, estimated: int, real: int) -> None:
    """Note what a server counted for a prompt that we estimated. The larger ratio stays for a
    while: too small a budget costs a passage, too large a one the answer."""
    if estimated < _LEAST_TOKENS or real <= 0:
        return
    ratio = min(_MOST, max(_LEAST, real / estimated))
    with _lock:
        known = _ratios.setdefault((server, model), {})
        before = known.get(script_of(text), ratio)
        known[script_of(text)] = max(ratio, 0.8 * before + 0.2 * ratio)


def is_learned(server: str, model: str, text: str) -> bool:
    """Whether the server has counted a text of this script before."""
    with _lock:
        return script_of(text) in _ratios.get((server, model), {})


def learned_counter(server: str, model: str) -> Callable[[str], int]:
    """Counts tokens as this server would, as far as it is known."""
    count = counter_for(model)
    with _lock:
        known = dict(_ratios.get((server, model), {}))

    def counted(text: str) -> int:
        ratio = known.get(script_of(text), 1.0) if known else 1.0
        return round(count(text) * ratio)

    return counted


def forget_ratios() -> None:
    """Begin anew, as a new process would."""
    with _lock:
        _ratios.clear()
