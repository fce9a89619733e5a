"""The report in a terminal, in colour where there is one; rich is imported when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.text.visible import one_line
from eval.compare import INVARIANTS, SECONDARY
from eval.report.content import Report, label, told_agreement
from eval.summary import PROPORTIONS

if TYPE_CHECKING:
    from rich.console import Console

COLOURS = {
    "pass": "green",
    "regression": "red",
    "inconclusive": "yellow",
    "invalid": "magenta",
    "none": "cyan",
}
SHOWN = (
    *PROPORTIONS,
    *(name for name in SECONDARY if name not in PROPORTIONS),
    *INVARIANTS,
)


def show(report: Report, console: Console) -> None:
    """Verdict, reasons, metrics, the ladder, and the questions that were lost."""
    from rich import markup
    from rich.table import Table

    def escape(text: str) -> str:
        return markup.escape(one_line(text))

    colour = COLOURS[report.state]
    console.print(f"[bold {colour}]{escape(report.sentence)}[/]")
    if report.verdict is not None:
        for reason in report.verdict.reasons:
            console.print(f"  [{colour}]{reason.rule}[/] {escape(reason.text)}")
        for remark in report.verdict.remarks:
            console.print(f"  [dim]{escape(remark)}[/]")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("metric")
    has_base = report.comparison is not None
    columns = ("base", "now", "Δ [95 % CI]", "p", "n") if has_base else ("now", "95 % CI", "n")
    for column in columns:
        table.add_column(column, justify="right")
    if report.comparison is not None:
        for name in SHOWN:
            if (d := report.comparison.delta(name)) is None:
                continue
            tint = "red" if d.interval.high < 0 else "green" if d.interval.low > 0 else "default"
            p = d.p if d.p_holm is None else d.p_holm
            span = f"[{d.interval.low * 100:+.1f}, {d.interval.high * 100:+.1f}]"
            table.add_row(label(name), f"{d.base:.1%}", f"{d.now:.1%}",
                          f"[{tint}]{d.delta * 100:+.1f} {escape(span)}[/]", f"{p:.3f}",
                          str(d.n))  # fmt: skip
    else:
        for name in SHOWN:
            if (f := report.summary.figures.get(name)) is not None:
                span = f"[{f.low:.1%}, {f.high:.1%}]"
                table.add_row(label(name), f"{f.mean:.1%}", escape(span), str(f.n))
    console.print(table)
    levels = " · ".join(
        f"{level} {right} of {given}"
        for level, (given, right) in report.summary.certainty.items() if given
    )  # fmt: skip
    console.print(f"[dim]right by certainty[/] {levels}")
    if report.by_hardness:
        thirds = " · ".join(f"{n} {f.mean:.1%} of {f.n}" for n, f in report.by_hardness.items())
        console.print(f"[dim]right by words shared with the evidence[/] {thirds}")
    skill = report.summary.calibration.brier_skill
    if skill is not None:
        console.print(
            f"[dim]Brier skill of the confidence[/] {skill:+.3f} (0: as good as a constant)"
        )
    if told := told_agreement(report):
        console.print(f"[dim]verdicts of facts and claim checker agree on[/] {told}")
    if report.words_beyond is not None:
        console.print(f"[dim]words beyond the reference[/] {report.words_beyond:.1f} an answer")
    if report.ladder:
        rungs = " < ".join(f"{label(name)} {f.mean:.1%}" for name, f in report.ladder.items())
        console.print(f"[dim]ladder[/] {escape(rungs)}")
    if report.captured is not None:
        console.print(f"[dim]gap to the oracle closed[/] {report.captured:.1%}")
    if report.comparison is not None:
        for pair in report.comparison.lost[:10]:
            mark = " [yellow]critical[/]" if pair.now[0].severity == "critical" else ""
            console.print(f"  [red]lost[/]{mark} {escape(pair.id)}: {escape(pair.now[0].question)}")
        if len(report.comparison.lost) > 10:
            console.print(f"  [dim]and {len(report.comparison.lost) - 10} more[/]")
