"""The values used last, by key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """At most ``most`` values; the one unused for longest goes. Safe to use from threads."""

    def __init__(self, most: int) -> None:
        self._most = most
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
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def kept(self, key: str, value: Value) -> Value:
        """The value of a key; the one given is kept for a key without one."""
        with self._lock:
            if key not in self._values:
                self.put(key, value)
            self._values.move_to_end(key)
            return self._values[key]
