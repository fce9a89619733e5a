"""The values used last, by key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """At most ``most`` values, or values of so much weight in all; those unused for longest go.
    Safe to use from threads."""

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._weigh = most, weigh
        self._weight = 0
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: str) -> Value | None:
        """The value of a key, or None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: str, value: Value) -> None:
        """Keep a value."""
        with self._lock:
            if key in self._values:
                self._weight -= self._weigh(self._values.pop(key))
            self._values[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._most and len(self._values) > 1:
                self._weight -= self._weigh(self._values.popitem(last=False)[1])

    def kept(self, key: str, value: Value) -> Value:
        """The value of a key; the one given is kept for a key without one."""
        with self._lock:
            if key not in self._values:
                self.put(key, value)
            self._values.move_to_end(key)
            return self._values[key]
