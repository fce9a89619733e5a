"""The report as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

from assistant.text.visible import one_line
from eval.report.content import Report, label, told_agreement

LISTED = 20


def render(report: Report) -> str:
    """Verdict, reasons, the metrics that are tested, slices that moved, flipped questions."""
    icon = {"pass": "✅", "regression": "❌", "inconclusive": "⚠️", "invalid": "🚫"}
    lines = [f"### {icon.get(report.state, '📏')} {plain(report.sentence)}", ""]
    if report.verdict is not None:
        lines += [f"- **{each.rule}** {plain(each.text)}" for each in report.verdict.reasons]
        lines += [f"- {plain(remark)}" for remark in report.verdict.remarks]
        lines.append("")
    if report.comparison is None:
        lines += ["| metric | now | 95 % CI | n |", "|---|--:|---|--:|"]
        lines += [
            f"| {label(name)} | {f.mean:.1%} | [{f.low:.1%}, {f.high:.1%}] | {f.n} |"
            for name, f in report.summary.figures.items()
        ]
    else:
        lines += [
            "| metric | base | now | Δ points [95 % CI] | p | n |",
            "|---|--:|--:|---|--:|--:|",
        ]
        lines += [
            f"| {label(d.metric)} | {d.base:.1%} | {d.now:.1%} | {d.delta * 100:+.1f} "
            f"[{d.interval.low * 100:+.1f}, {d.interval.high * 100:+.1f}] | "
            f"{d.p if d.p_holm is None else d.p_holm:.3f} | {d.n} |"
            for d in report.comparison.deltas
        ]
        lines += _moved(report)
    if report.captured is not None:
        rungs = ", ".join(f"{label(name)} {f.mean:.1%}" for name, f in report.ladder.items())
        share = f"{report.captured:.0%} of the gap from no retrieval to the oracle"
        lines += ["", f"Ladder: {rungs}. On answerable questions {share} is closed."]
    if report.by_hardness:
        thirds = ", ".join(f"{n} {f.mean:.1%} of {f.n}" for n, f in report.by_hardness.items())
        lines += ["", f"Right by words shared with the evidence: {thirds}."]
    if told := told_agreement(report):
        lines += ["", f"The claim checker's verdict agrees with that of the facts on {told}."]
    return "\n".join(lines) + "\n"


def _moved(report: Report) -> list[str]:
    comparison = report.comparison
    if comparison is None:
        return []
    lines = []
    moved = [s for s in comparison.slices if (s.lost or s.gained) and not s.is_small]
    if moved:
        lines += ["", "<details><summary>Slices that moved</summary>", ""]
        lines += ["| slice | base | now | lost | gained | n |", "|---|--:|--:|--:|--:|--:|"]
        lines += [
            f"| {plain(s.name)} | {s.base:.1%} | {s.now:.1%} | {s.lost} | {s.gained} | {s.n} |"
            for s in moved
        ]
        lines += ["", "</details>"]
    flips = [("lost", p) for p in comparison.lost] + [("gained", p) for p in comparison.gained]
    if flips:
        lines += ["", f"<details><summary>Flipped questions ({len(flips)})</summary>", ""]
        lines += [
            f"- {kind} `{pair.id}` {plain(pair.now[0].question)}"
            f"{' **critical**' if pair.now[0].severity == 'critical' else ''}"
            for kind, pair in flips[:LISTED]
        ]
        if len(flips) > LISTED:
            lines.append(f"- and {len(flips) - LISTED} more in report.html")
        lines += ["", "</details>"]
    return lines


def plain(text: str) -> str:
    """Words of documents and questions, unable to become markup."""
    for mark in "\\`*_[]|<>#":
        text = text.replace(mark, f"\\{mark}" if mark not in "<>" else f"&{'lg'[mark == '>']}t;")
    return one_line(text)
