"""The four forms of the report: what they say, and that documents cannot speak through them."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from eval_support import result
from rich.console import Console

from eval.compare import compare
from eval.gate import decide
from eval.report import html, junit, markdown, terminal
from eval.report.content import Report, build, facts_moved
from eval.report.svg import Canvas, Scale, ticks
from eval.results import Result
from eval.runs import Run, RunManifest

EVIL = '<script>alert(1)</script><img src="http://evil.example/x">"\'&'
MEASURES = {"recall@1": 0.5, "recall@5": 1.0, "ndcg@10": 0.8, "quote_fidelity": 1.0}


def run_of(results: list[Result]) -> Run:
    manifest = RunManifest("f", len(results), {"trees.md": "x"}, {}, "s", created="2026-01-01")
    rivals = {
        "oracle": tuple(replace(each, correct=True) for each in results),
        "no_retrieval": tuple(replace(each, correct=False) for each in results),
        "bm25_windows": tuple(replace(each, correct=None) for each in results),
    }
    timings = tuple({"total": 0.01 * (n + 1)} for n in range(len(results)))
    return Run(Path("runs/now"), manifest, tuple(results), timings, rivals)


def results_of(right: int, n: int = 40, text: str = "An answer.") -> list[Result]:
    return [
        result(
            i, i < right, text=text, question=f"Q{i} {text}", facts_hit=("a",) if i < right else (),
            tags=("rare",) if i < 9 else ("common",), funnel=(True, True, i < right, i < right),
            ranks=(1 if i < right else None,), measures=MEASURES, confidence=(i % 10) / 10,
            severity="critical" if i == 20 else "normal",
        )
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture
def report() -> Report:
    base, now = run_of(results_of(30, text=EVIL)), run_of(results_of(12, text=EVIL))
    comparison = compare(base.results, now.results)
    return build(now, base, comparison, decide(comparison, deterministic=True))


class Page(HTMLParser):
    """Collects tags and attributes, and checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(report: Report) -> Page:
    page = Page()
    page.feed(html.render(report))
    assert not page.open
    return page


def test_the_page_is_one_file_that_loads_nothing_and_runs_only_its_own(report: Report) -> None:
    text = html.render(report)
    page = page_of(report)
    names = {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not names & {"img", "link", "iframe", "object", "base", "form", "use", "image"}
    assert not any(
        key.startswith("on") or key in ("src", "href", "srcset", "xlink:href", "style")
        for _, attributes in page.tags for key in attributes
    )  # fmt: skip
    script = text.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text  # no other script may run
    assert EVIL not in text
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text


def test_the_verdict_stands_on_top_in_one_sentence(report: Report) -> None:
    text = re.sub(r"<style>.*?</style>", "", html.render(report), flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", text)
    assert words.index("Regression: 1 critical question was lost: q020") < words.index("Metrics")
    assert "75.0% → 30.0% right on 40 questions (18 lost, 0 gained)" in words
    assert "40 questions can see a drop of" in words


def test_all_pictures_are_there(report: Report) -> None:
    text = html.render(report)
    for title in ("What moved", "Flips", "Recall at k", "Where answers are lost", "The ladder",
                  "Reliability", "Risk and coverage", "Latency"):  # fmt: skip
        assert f"<b>{title}</b>" in text
    assert text.count("<svg") == 8
    assert "nan" not in text.lower().replace("unanswerable", "")
    assert "prefers-color-scheme: dark" in text


def test_small_slices_are_greyed(report: Report) -> None:
    text = html.render(report)
    assert '<tr class="small"><td>tag rare</td>' in text
    assert "<tr><td>tag common</td>" in text


def test_flipped_questions_stand_side_by_side_with_what_was_lost(report: Report) -> None:
    text = html.render(report)
    assert "Flipped questions (18 lost, 0 gained)" in text
    assert text.count("<h3>before</h3>") == 18
    assert "<dt>facts lost</dt><dd>a</dd>" in text
    assert "piece 1 (was at rank 1)" in text


def test_without_a_baseline_the_report_says_what_was_measured() -> None:
    alone = build(run_of(results_of(30)))
    assert alone.state == "none"
    assert "No baseline to compare with: 75.0% right on 40 questions" in html.render(alone)
    assert "75.0%" in markdown.render(alone)
    page_of(alone)


def test_an_empty_or_broken_run_still_gives_a_report() -> None:
    broken = build(run_of([result(i, None) for i in range(3)]))
    assert "No question could be judged." in html.render(broken)
    assert ElementTree.fromstring(junit.render(broken)).get("errors") == "3"


def test_the_ladder_and_the_captured_share(report: Report) -> None:
    assert list(report.ladder) == ["no_retrieval", "assistant", "oracle"]
    assert report.captured == pytest.approx(0.3)


def test_markdown_cannot_be_broken_by_a_question(report: Report) -> None:
    text = markdown.render(report)
    assert text.startswith("### ❌ Regression")
    assert "<script" not in text
    assert "<img" not in text
    assert "| metric | base | now |" in text


def test_junit_fails_every_wrong_answer_and_says_which_are_new(report: Report) -> None:
    suite = ElementTree.fromstring(junit.render(report))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("41", "29", "0")
    kinds = [each.get("type") for each in suite.findall("testcase/failure")]
    assert (kinds.count("lost"), kinds.count("known"), kinds.count("wrong")) == (18, 10, 0)
    gate = suite.find("testcase[@name='verdict']/failure")
    assert gate is not None
    assert gate.get("type") == "regression"


def test_junit_survives_characters_that_xml_forbids() -> None:
    suite = ElementTree.fromstring(
        junit.render(build(run_of(results_of(1, 3, text="a\x00\x1b\ud800"))))
    )
    assert suite.get("failures") == "2"


def test_the_terminal_shows_the_verdict_with_and_without_colour(report: Report) -> None:
    for colour in (True, False):
        out = io.StringIO()
        terminal.show(report, Console(file=out, force_terminal=colour, width=160))
        said = out.getvalue()
        assert "Regression" in said
        assert ("\x1b[" in said) is colour


def test_facts_are_shown_in_words_when_the_questions_are_known(report: Report) -> None:
    from eval_support import question

    from eval.questions import Fact

    pair = report.comparison.lost[0] if report.comparison is not None else None
    assert pair is not None
    known = replace(report, questions={pair.id: question(facts=(Fact("a", ("1,200 kg",)),))})
    assert facts_moved(known, pair) == (["1,200 kg"], [])


def test_a_plot_escapes_every_word() -> None:
    canvas = Canvas(10, 10, EVIL, EVIL)
    canvas.text(0, 0, EVIL)
    canvas.dot(0, 0, "now", tip=EVIL)
    canvas.bar(0, 0, 1, 1, "now", EVIL)
    drawn = canvas.figure()
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert drawn.count("&lt;script&gt;") == 6


def test_scales_and_ticks() -> None:
    assert Scale(0, 10, 100, 200)(5) == 150
    assert Scale(0, 10, 100, 200)(99) == 200
    assert Scale(1, 100, 0, 2, logarithmic=True)(10) == 1
    assert Scale(3, 3, 0, 10)(3) == 5
    assert ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(-3, 7) == [-2, 0, 2, 4, 6]
    assert ticks(1, 1) == [1]


def test_every_question_has_a_section_with_what_was_found_and_where_it_was_lost(
    tmp_path: Path,
) -> None:
    from eval_support import answer, passage, question

    from eval import recorded
    from eval.runs import ANSWERS

    asked = question(question=f"How much does Alder weigh? {EVIL}")
    given = answer(retrieved=(passage(0, 20), replace(passage(20, 60), text=EVIL * 20)))
    (tmp_path / ANSWERS).write_text(recorded.to_line(asked, 0, given) + "\n", encoding="utf-8")
    wrong = result(
        0, False, id=asked.id, question=asked.question, text=EVIL, facts_lost=("kg",), ranks=(None,)
    )
    refused = result(1, False, outcome="refused", reason=f"Not sure {EVIL}", ranks=(1,))
    run = replace(run_of([wrong, refused, result(2, True)]), path=tmp_path)
    made = build(run, questions=[asked])
    page = page_of(made)
    sections = [given for tag, given in page.tags if given.get("class") == "question"]
    assert [each["id"] for each in sections] == ["question-1", "question-2", "question-3"]
    assert [each["data-lost-at"] for each in sections] == ["retrieval", "threshold", ""]
    assert sections[0]["data-verdict"] == "wrong"
    text = html.render(made)
    assert "<dt>why refused</dt><dd>Not sure &lt;script&gt;" in text
    assert "<dt>facts missing</dt><dd>1,200 kilograms</dd>" in text
    assert text.count("<li>") == 2
    assert " …</p>" in text  # a long passage is cut
    assert EVIL not in text


def test_the_share_of_right_answers_is_shown_by_words_shared_with_the_evidence() -> None:
    from eval_support import question

    words = ["It weighs 1,200 kilograms", "weighs kilograms of Alder", "What of Alder and Birch"]
    asked = [question(id=f"q{n:03d}", question=text) for n, text in enumerate(words)]
    made = build(run_of([result(n, n < 2) for n in range(3)]), questions=asked)
    assert {k: f.mean for k, f in made.by_hardness.items()} == {"easy": 1, "middle": 1, "hard": 0}
    assert "middle 100.0% of 1" in markdown.render(made)
    assert "<td>hard</td><td>0.0%</td>" in html.render(made)
