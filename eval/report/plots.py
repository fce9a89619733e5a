"""The eight pictures of a report. Each takes the data it draws and returns a ``<figure>``, or an
empty text when there is nothing to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Comparison
from eval.metrics.calibration import Bin, Point
from eval.report.content import SYSTEM, label
from eval.report.svg import Canvas, Scale, percent, ticks
from eval.summary import Figure

WIDTH = 560
LEFT, RIGHT, TOP = 56, 540, 16
CURVE = ("recall@1", "recall@3", "recall@5", "recall@10")


def forest(comparison: Comparison) -> str:
    """Each metric's difference in points with its 95 % interval; left of 0 is worse."""
    rows = [each for each in comparison.deltas if not each.metric.startswith(("hit@", "density"))]
    if not rows:
        return ""
    canvas = Canvas(
        WIDTH, 40 + 24 * len(rows), "What moved", "Difference in points with its 95 % interval."
    )
    low = min(-2.0, *(max(-100.0, each.interval.low * 100) for each in rows))
    high = max(2.0, *(min(100.0, each.interval.high * 100) for each in rows))
    scale, bottom = Scale(low, high, 250, RIGHT), TOP + 24 * len(rows)
    canvas.grid_x(
        scale, ticks(low, high), TOP, bottom, lambda value: f"{value:+g}" if value else "0"
    )
    canvas.line(scale(0), TOP, scale(0), bottom, "axis")
    for number, row in enumerate(rows):
        y = TOP + 12 + 24 * number
        kind = "bad" if row.interval.high < 0 else "good" if row.interval.low > 0 else "base"
        tip = (
            f"{row.metric}: {row.delta * 100:+.1f} points "
            f"[{row.interval.low * 100:+.1f}, {row.interval.high * 100:+.1f}], n = {row.n}"
        )
        canvas.text(244, y + 4, label(row.metric), "end")
        canvas.line(scale(row.interval.low * 100), y, scale(row.interval.high * 100), y, kind)
        canvas.dot(scale(row.delta * 100), y, kind, 4.5, tip)
    return canvas.figure()


def flip_matrix(comparison: Comparison) -> str:
    """How many questions stayed right, stayed wrong, were lost, were gained."""
    whole = [pair for pair in comparison.pairs if not pair.is_broken]
    canvas = Canvas(WIDTH, 190, "Flips", "Each question before (rows) and now (columns).")
    cells = [
        (True, True, "right in both", "good"),
        (True, False, "lost", "bad"),
        (False, True, "gained", "now"),
        (False, False, "wrong in both", "faint"),
    ]
    most = max(1, len(whole))
    for column, words in enumerate(("right now", "wrong now")):
        canvas.text(210 + column * 170, 24, words, "middle", "tick")
    for row, words in enumerate(("right before", "wrong before")):
        canvas.text(112, 72 + row * 76, words, "end", "tick")
    for number, (before, after, words, kind) in enumerate(cells):
        count = sum(p.was_right is before and p.is_right is after for p in whole)
        x, y = 128 + (number % 2) * 170, 34 + (number // 2) * 76
        canvas.bar(x, y, 164, 70, f"{kind} cell", f"{count} of {most} {words}")
        canvas.text(x + 82, y + 38, str(count), "middle", "big")
        canvas.text(x + 82, y + 58, words, "middle", "tick")
    return canvas.figure()


def recall_curve(lines: Mapping[str, Mapping[str, Figure]]) -> str:
    """Share of the needed evidence among the first k passages, for each named ranking."""
    known = {
        name: [(metric, figures[metric]) for metric in CURVE if metric in figures]
        for name, figures in lines.items()
    }
    known = {name: points for name, points in known.items() if points}
    if not known:
        return ""
    canvas = Canvas(
        WIDTH, 300, "Recall at k", "Needed evidence among the first k passages, against BM25."
    )
    lowest = min(figure.mean for points in known.values() for _, figure in points)
    floor = max(0.0, round(lowest - 0.1, 1))
    across, up = Scale(0, len(CURVE) - 1, LEFT + 20, RIGHT - 110), Scale(floor, 1.0, 262, TOP)
    canvas.grid_y(up, ticks(floor, 1.0), LEFT, RIGHT - 90, percent)
    for number, metric in enumerate(CURVE):
        canvas.text(across(number), 282, f"k = {metric.split('@')[1]}", "middle", "tick")
    ends: list[float] = []
    for name, points in known.items():
        kind = {"now": "now", "baseline": "base"}.get(name, "rival")
        placed = [(across(CURVE.index(metric)), up(f.mean)) for metric, f in points]
        canvas.path(placed, f"{kind} line")
        for (x, y), (metric, figure) in zip(placed, points, strict=True):
            canvas.dot(x, y, kind, 4, f"{name} {metric}: {figure.mean:.1%} (n = {figure.n})")
        y = _apart(placed[-1][1], ends)
        canvas.text(placed[-1][0] + 10, y + 4, name, "start", f"{kind} label")
    return canvas.figure()


def _apart(height: float, taken: list[float]) -> float:
    """A height for a label that no other label has taken; remembers it."""
    while any(abs(height - other) < 14 for other in taken):
        height += 14
    taken.append(height)
    return height


def funnel(counts: Mapping[str, int]) -> str:
    """How many questions with evidence came how far on the way to a right answer."""
    total = counts.get("asked", 0)
    if not total:
        return ""
    words = {
        "asked": "have evidence",
        "retrieved": "evidence retrieved",
        "used": "… used in the answer",
        "cited": "… inside a cited span",
        "correct": "… and the answer right",
    }
    canvas = Canvas(WIDTH, 30 + 34 * len(counts), "Where answers are lost")
    scale = Scale(0, total, 190, RIGHT - 80)
    for number, (step, count) in enumerate(counts.items()):
        y = TOP + 34 * number
        canvas.text(182, y + 17, words.get(step, step), "end")
        canvas.bar(190, y, scale(count) - 190, 24, "now", f"{count} of {total}")
        canvas.text(scale(count) + 6, y + 17, f"{count} · {count / total:.0%}", "start", "tick")
    return canvas.figure()


def ladder(figures: Mapping[str, Figure]) -> str:
    """The assistant among the trivial rivals: share of right answers with Wilson's interval."""
    if not figures:
        return ""
    canvas = Canvas(
        WIDTH,
        50 + 30 * len(figures),
        "The ladder",
        "Right answers of the trivial rivals, and ours.",
    )
    bottom = TOP + 30 * len(figures)
    scale = Scale(0, 1, 170, RIGHT - 60)
    canvas.grid_x(scale, [0, 0.25, 0.5, 0.75, 1], TOP, bottom, percent)
    for number, (name, figure) in enumerate(figures.items()):
        y = TOP + 30 * number
        kind = "now" if name == SYSTEM else "faint"
        tip = f"{label(name)}: {figure.mean:.1%} [{figure.low:.1%}, {figure.high:.1%}]"
        canvas.text(162, y + 19, label(name), "end", "strong" if name == SYSTEM else "")
        canvas.bar(170, y + 4, scale(figure.mean) - 170, 20, kind, f"{tip}, n = {figure.n}")
        canvas.line(scale(figure.low), y + 14, scale(figure.high), y + 14, "axis")
        canvas.text(RIGHT, y + 19, f"{figure.mean:.1%}", "end", "tick")
    return canvas.figure()


def reliability(bins: Sequence[Bin]) -> str:
    """Confidence against truth; a calibrated assistant lies on the diagonal."""
    if not bins:
        return ""
    canvas = Canvas(
        WIDTH, 330, "Reliability", "Bins of equal mass; on the diagonal confidence is honest."
    )
    across, up = Scale(0, 1, LEFT, RIGHT - 150), Scale(0, 1, 290, TOP)
    shares = [0, 0.25, 0.5, 0.75, 1]
    canvas.grid_y(up, shares, LEFT, across(1), percent)
    canvas.grid_x(across, shares, TOP, 290, percent)
    canvas.line(across(0), up(0), across(1), up(1), "axis dashed")
    canvas.path([(across(each.confidence), up(each.right)) for each in bins], "now line")
    for each in bins:
        tip = f"confidence {each.confidence:.0%}, right {each.right:.0%}, n = {each.n}"
        canvas.dot(across(each.confidence), up(each.right), "now", 5, tip)
    canvas.text(across(1), 326, "confidence →", "end", "tick")
    return canvas.figure()


def risk_coverage(curves: Mapping[str, Sequence[Point]]) -> str:
    """Share of wrong answers when only the most trusted are given."""
    curves = {name: curve for name, curve in curves.items() if curve}
    if not curves:
        return ""
    canvas = Canvas(
        WIDTH, 330, "Risk and coverage", "Wrong answers when only the most trusted are given."
    )
    high = max(0.1, *(point.risk for curve in curves.values() for point in curve))
    across, up = Scale(0, 1, LEFT, RIGHT - 90), Scale(0, high, 290, TOP)
    canvas.grid_y(up, ticks(0, high), LEFT, across(1), percent)
    canvas.grid_x(across, [0, 0.25, 0.5, 0.75, 1], TOP, 290, percent)
    canvas.line(LEFT, up(0.05), across(1), up(0.05), "axis dashed")
    heights: list[float] = []
    for name, curve in curves.items():
        kind = "now" if name == "now" else "base"
        height = _apart(up(curve[-1].risk), heights)
        canvas.path([(across(p.coverage), up(p.risk)) for p in curve], f"{kind} line")
        canvas.text(across(curve[-1].coverage) + 6, height + 4, name, "start", f"{kind} label")
    canvas.text(across(1), 326, "share of questions answered →", "end", "tick")
    return canvas.figure()


def latency(seconds: Sequence[float]) -> str:
    """Which share of the questions was answered within which time."""
    ordered = sorted(value for value in seconds if value > 0)
    if len(ordered) < 2:
        return ""
    canvas = Canvas(WIDTH, 300, "Latency", "Share of the questions answered within a time.")
    low, high = ordered[0], max(ordered[-1], ordered[0] * 2)
    across, up = Scale(low, high, LEFT, RIGHT - 40, logarithmic=True), Scale(0, 1, 262, TOP)
    canvas.grid_y(up, [0, 0.25, 0.5, 0.75, 0.95], LEFT, across(high), percent)
    marks = [m * 10.0**e for e in range(-5, 4) for m in (1, 3) if low <= m * 10.0**e <= high]
    canvas.grid_x(across, marks, TOP, 262, lambda value: f"{value * 1000:g} ms")
    steps = [(across(v), up((n + 1) / len(ordered))) for n, v in enumerate(ordered)]
    canvas.path(steps, "now line")
    return canvas.figure()
