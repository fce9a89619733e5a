"""The forms of the report that are files, written into the run's folder."""

from __future__ import annotations

from pathlib import Path

from eval.report import html, junit, markdown
from eval.report.content import Report

HTML, MARKDOWN, JUNIT = "report.html", "report.md", "junit.xml"


def write(report: Report, folder: Path) -> Path:
    """Write all three; returns the page, which is what people open."""
    (folder / HTML).write_text(html.render(report), encoding="utf-8")
    (folder / MARKDOWN).write_text(markdown.render(report), encoding="utf-8")
    (folder / JUNIT).write_text(junit.render(report), encoding="utf-8")
    return folder / HTML
