"""The little SVG that the plots need: scales, axes, lines, dots, bars. Strings in, strings out.

Colours are CSS classes of the page (``now``, ``base``, ``rival``, ``bad``, ``faint``), so that a
plot is as readable on a dark screen as on a light one. Every text is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``low`` to ``high`` → pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.logarithmic:
            value, low, high = (math.log10(max(each, 1e-9)) for each in (value, low, high))
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 1)


class Canvas:
    """An SVG under construction, with a title that a screen reader reads."""

    def __init__(self, width: int, height: int, title: str, caption: str = "") -> None:
        self.width, self.height = width, height
        self._title, self._caption = title, caption
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> None:
        """A straight line."""
        self._parts.append(f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """An open line through points."""
        if points:
            joined = " ".join(f"{x},{y}" for x, y in points)
            self._parts.append(f'<polyline class="{kind}" points="{joined}"/>')

    def dot(self, x: float, y: float, kind: str, radius: float = 4, tip: str = "") -> None:
        """A filled circle with a tooltip."""
        self._parts.append(
            f'<circle class="{kind}" cx="{x}" cy="{y}" r="{radius}">{_tip(tip)}</circle>'
        )

    def bar(
        self, x: float, y: float, width: float, height: float, kind: str, tip: str = ""
    ) -> None:
        """A filled rectangle with a tooltip."""
        self._parts.append(
            f'<rect class="{kind}" x="{x}" y="{y}" width="{max(0.0, round(width, 1))}" '
            f'height="{height}" rx="2">{_tip(tip)}</rect>'
        )

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> None:
        """A line of text."""
        self._parts.append(
            f'<text x="{x}" y="{y}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'
        )

    def grid_x(
        self, scale: Scale, ticks: Sequence[float], top: float, bottom: float,
        words: Callable[[float], str],
    ) -> None:  # fmt: skip
        """Vertical lines with their values below."""
        for tick in ticks:
            self.line(scale(tick), top, scale(tick), bottom, "grid")
            self.text(scale(tick), bottom + 16, words(tick), "middle", "tick")

    def grid_y(
        self, scale: Scale, ticks: Sequence[float], left: float, right: float,
        words: Callable[[float], str],
    ) -> None:  # fmt: skip
        """Horizontal lines with their values on the left."""
        for tick in ticks:
            self.line(left, scale(tick), right, scale(tick), "grid")
            self.text(left - 6, scale(tick) + 4, words(tick), "end", "tick")

    def figure(self) -> str:
        """The finished plot as a ``<figure>`` with its title and caption."""
        caption = f"<p>{escape(self._caption)}</p>" if self._caption else ""
        return (
            f"<figure><figcaption><b>{escape(self._title)}</b>{caption}</figcaption>"
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-label="{escape(self._title, quote=True)}">{"".join(self._parts)}</svg></figure>'
        )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values (steps of 1, 2 or 5) that span an interval."""
    if not high > low:
        return [low]
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = min((m * power for m in (1, 2, 5, 10)), key=lambda each: abs(each - raw))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def percent(value: float) -> str:
    """0.25 → ``25 %``."""
    return f"{value * 100:g} %"


def _tip(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""
