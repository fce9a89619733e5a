"""The report as JUnit XML: the gate is one test case, every question another.

A wrong answer is a failure. Its type says whether this change did it: ``lost`` for one that the
baseline had right, ``known`` for one that was wrong there too, ``wrong`` without a baseline.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from assistant.text.visible import visible
from eval.report.content import Report
from eval.results import Result

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """The XML text."""
    suite = Element("testsuite", name="eval")
    gate = SubElement(suite, "testcase", classname="eval.gate", name="verdict")
    if report.state in ("regression", "invalid"):
        SubElement(gate, "failure", message=_clean(report.sentence), type=report.state)
    elif report.state == "inconclusive":
        SubElement(gate, "skipped", message=_clean(report.sentence))
    lost = {pair.id for pair in report.comparison.lost} if report.comparison is not None else None
    for result in report.run.results:
        if result.repeat == 0:
            _case(suite, result, lost)
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def _case(suite: Element, result: Result, lost: set[str] | None) -> None:
    case = SubElement(suite, "testcase", classname=f"eval.{result.type}", name=_clean(result.id))
    if result.outcome == "error":
        SubElement(case, "error", message=_clean(result.error))
        return
    if result.correct:
        return
    missing = ", ".join(result.facts_lost) or result.outcome
    kind = "wrong" if lost is None else "lost" if result.id in lost else "known"
    message = f"{kind}: {result.outcome}: {missing}"
    failure = SubElement(case, "failure", message=_clean(message), type=kind)
    failure.text = _clean(f"{result.question}\n\n{result.text}")


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold, or that build logs should not show."""
    return _FORBIDDEN.sub("\ufffd", visible(text))
