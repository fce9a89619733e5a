"""The report as one HTML file: nothing fetched, readable offline, light and dark.

Answers and documents are data: everything is escaped, and a content policy forbids the page to
load anything at all. The one script, which searches the questions, is allowed by its hash.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from eval.compare import SMALL_SLICE, Difference, Pair
from eval.report import each as questions
from eval.report import plots
from eval.report.content import Report, evidence_lost, facts_moved, label
from eval.results import Result

POLICY = (
    f"default-src 'none'; script-src '{questions.SCRIPT_HASH}'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)

CARDS = (
    "correct",
    "correct_answerable",
    "refused_where_due",
    "gold_citation_recall",
    "answer_precision",
    "quote_fidelity",
    "recall@5",
)


def render(report: Report) -> str:
    """The whole page."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    body = "".join(
        [
            f"<h1>Evaluation {escape(report.run.path.name)}</h1>",
            _verdict(report),
            _cards(report),
            _deltas(report),
            f'<h2>Pictures</h2><div class="plots">{_plots(report)}</div>',
            _slices(report),
            _flipped(report),
            questions.render(report),
            _about(report),
        ]
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(report.state)} · evaluation</title><style>{style}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _verdict(report: Report) -> str:
    verdict = report.verdict
    reasons, remarks = "", ""
    if verdict is not None:
        items = "".join(f"<li>{escape(r.rule)}: {escape(r.text)}</li>" for r in verdict.reasons)
        reasons = f"<ul>{items}</ul>" if items else ""
        remarks = "".join(f'<p class="remarks">{escape(each)}</p>' for each in verdict.remarks)
    return (
        f'<section class="verdict {escape(report.state)}"><p class="sentence">'
        f"{escape(report.sentence)}</p>{reasons}{remarks}</section>"
    )


def _cards(report: Report) -> str:
    summary = report.summary
    cards = []
    for metric in CARDS:
        if (f := summary.figures.get(metric)) is not None:
            note = f"[{f.low:.1%}, {f.high:.1%}], n {f.n}"
            cards.append((label(metric), f"{f.mean:.1%}", note))
    refusals = summary.refusals
    if refusals.f1 is not None:
        counts = f"{refusals.false_answers} false answers, {refusals.needless} needless refusals"
        cards.append(("refusal F1", f"{refusals.f1:.1%}", counts))
    if report.captured is not None:
        cards.append(("of the gap to the oracle", f"{report.captured:.1%}", "answerable questions"))
    for value, name, note in (
        (summary.calibration.brier_skill, "Brier skill", "0 is as good as a constant"),
        (summary.calibration.ece, "calibration error", "bins of equal mass"),
        (
            summary.calibration.coverage_at_5_percent_risk,
            "coverage at 5 % risk",
            "of all questions",
        ),
    ):
        if value is not None:
            cards.append((name, f"{value:.2f}" if name == "Brier skill" else f"{value:.1%}", note))
    agreed = summary.agreement
    if agreed is not None and agreed.kappa is not None:
        note = f"facts and claim checker agree on {agreed.agreed} of {agreed.n} given answers"
        cards.append(("Cohen's kappa of two verdicts", f"{agreed.kappa:.2f}", note))
    total = summary.operation.stages.get("total")
    if total is not None:
        cards.append(("p95 of a question", f"{total.p95 * 1000:.0f} ms",
                      f"median {total.p50 * 1000:.0f} ms"))  # fmt: skip
    if summary.errors:
        cards.append(("errors", str(summary.errors), "counted apart from wrong answers"))
    return '<div class="cards">' + "".join(
        f'<div><span class="dim">{escape(name)}</span><b>{escape(value)}</b>'
        f'<span class="dim">{escape(note)}</span></div>'
        for name, value, note in cards
    ) + "</div>"  # fmt: skip


def _deltas(report: Report) -> str:
    if report.comparison is None:
        rows = "".join(
            f"<tr><td>{escape(label(name))}</td><td>{figure.mean:.1%}</td>"
            f"<td>[{figure.low:.1%}, {figure.high:.1%}]</td><td>{figure.n}</td></tr>"
            for name, figure in report.summary.figures.items()
        )
        head = "<th>metric</th><th>now</th><th>95 % CI</th><th>n</th>"
    else:
        rows = "".join(_delta_row(each) for each in report.comparison.deltas)
        head = (
            "<th>metric</th><th>base</th><th>now</th><th>Δ points [95 % CI]</th>"
            "<th>by document</th><th>p worse</th><th>p Holm</th><th>n</th>"
        )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h2>Metrics</h2><div class="wide">{table}</div>'


def _delta_row(each: Difference) -> str:
    kind = "bad" if each.interval.high < 0 else "good" if each.interval.low > 0 else ""
    holm = "" if each.p_holm is None else f"{each.p_holm:.3f}"
    return (
        f"<tr><td>{escape(label(each.metric))}</td><td>{each.base:.1%}</td><td>{each.now:.1%}</td>"
        f'<td class="{kind}">{each.delta * 100:+.1f} [{each.interval.low * 100:+.1f}, '
        f"{each.interval.high * 100:+.1f}]</td><td>[{each.clustered.low * 100:+.1f}, "
        f"{each.clustered.high * 100:+.1f}]</td><td>{each.p:.3f}</td><td>{holm}</td>"
        f"<td>{each.n}</td></tr>"
    )


def _plots(report: Report) -> str:
    summary, base = report.summary, report.base_summary
    curves = {"BM25": report.rival}
    risks = {}
    if base is not None:
        curves["baseline"] = base.figures
        risks["baseline"] = base.calibration.curve
    curves["now"] = summary.figures  # last, so that it is drawn on top
    risks["now"] = summary.calibration.curve
    drawn = []
    if report.comparison is not None:
        drawn += [plots.forest(report.comparison), plots.flip_matrix(report.comparison)]
    drawn += [
        plots.recall_curve(curves),
        plots.funnel(summary.funnel),
        plots.ladder(report.ladder),
        plots.reliability(summary.calibration.bins),
        plots.risk_coverage(risks),
        plots.latency([each["total"] for each in report.run.timings if "total" in each]),
    ]
    return "".join(drawn)


def _slices(report: Report) -> str:
    rows: list[tuple[str, list[str], int]] = []
    if report.comparison is not None:
        head: tuple[str, ...] = ("slice", "base", "now", "lost", "gained", "n")
        for each in report.comparison.slices:
            cells = [f"{each.base:.1%}", f"{each.now:.1%}", str(each.lost), str(each.gained)]
            rows.append((each.name, cells, each.n))
    else:
        head = ("slice", "right", "95 % CI", "n")
        ordered = sorted(report.summary.slices, key=lambda name: (name[:4] != "type", name))
        for name in ordered:
            if (f := report.summary.slices[name].get("correct")) is not None:
                rows.append((name, [f"{f.mean:.1%}", f"[{f.low:.1%}, {f.high:.1%}]"], f.n))
    titles = "".join(f"<th>{title}</th>" for title in head)
    body = ""
    for name, cells, n in rows:
        small = ' class="small"' if n < SMALL_SLICE else ""
        inner = "".join(f"<td>{cell}</td>" for cell in (*cells, n))
        body += f"<tr{small}><td>{escape(name)}</td>{inner}</tr>"
    return (
        '<h2>Slices</h2><p class="dim">Right answers by type and tag; greyed under 10 questions, '
        f'from which nothing follows.</p><div class="wide"><table><thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_hardness(report)}"
    )


def _hardness(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{name}</td><td>{f.mean:.1%}</td><td>[{f.low:.1%}, {f.high:.1%}]</td>"
        f"<td>{f.n}</td></tr>"
        for name, f in report.by_hardness.items()
    )
    if not rows:
        return ""
    return (
        '<h2>Hardness</h2><p class="dim">Right answers by thirds of the questions: how many of '
        "their words stand in their evidence, most first.</p><table><thead><tr><th>third</th>"
        f"<th>right</th><th>95 % CI</th><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _flipped(report: Report) -> str:
    if report.comparison is None:
        return ""
    lost, gained = report.comparison.lost, report.comparison.gained
    parts = [_flip(report, pair, "lost") for pair in lost]
    parts += [_flip(report, pair, "gained") for pair in gained]
    inner = "".join(parts) or '<p class="dim">None.</p>'
    return f"<h2>Flipped questions ({len(lost)} lost, {len(gained)} gained)</h2>{inner}"


def _flip(report: Report, pair: Pair, kind: str) -> str:
    gone, came = facts_moved(report, pair)
    notes = [("facts lost", gone), ("facts gained", came),
             ("passages lost", evidence_lost(report, pair)),
             ("must not be said", list(pair.now[0].forbidden))]  # fmt: skip
    shown = "".join(
        f"<dt>{name}</dt><dd>{escape(' · '.join(items))}</dd>" for name, items in notes if items
    )
    opened = " open" if kind == "lost" else ""
    critical = _critical(pair.now[0])
    return (
        f'<details{opened}><summary><span class="tag {kind}">{kind}</span>{critical}'
        f"<b>{escape(pair.id)}</b> {escape(pair.now[0].question)}</summary>"
        f'<div class="sides"><div><h3>before</h3>{_answer(pair.base[0])}</div>'
        f"<div><h3>now</h3>{_answer(pair.now[0])}</div></div><dl>{shown}</dl></details>"
    )


def _answer(result: Result) -> str:
    words = result.error or result.text or "(empty)"
    note = f"{result.outcome}, confidence {result.confidence:.2f}"
    return f'<p class="answer">{escape(words)}</p><p class="dim">{escape(note)}</p>'


def _critical(result: Result) -> str:
    return '<span class="tag critical">critical</span>' if result.severity == "critical" else ""


def _about(report: Report) -> str:
    manifest = report.run.manifest
    rows = {
        "created": manifest.created,
        "commit": manifest.commit,
        "questions": f"{manifest.question_count} ({manifest.questions})",
        "settings": manifest.settings_fingerprint,
        "model": manifest.model,
        "repeats": str(manifest.repeat),
        "documents": ", ".join(manifest.documents),
        "versions": ", ".join(f"{name} {value}" for name, value in manifest.versions.items()),
    }
    if report.base is not None:
        rows["baseline"] = f"{report.base.manifest.created} {report.base.manifest.commit}"
    inner = "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items() if v)
    return f"<h2>About this run</h2><dl>{inner}</dl>"
