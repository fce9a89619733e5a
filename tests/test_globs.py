"""The path patterns: the same as the obvious regular expression, in time that it cannot keep to."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.globs import PathPatterns

_SECONDS = 1.0
"""Of processor time for 100,000 characters; the slowest of these patterns takes a fifth of it."""

patterns = st.lists(st.sampled_from(["a", "b", "/", "?", "*", "**", "**/"]), min_size=1).map(
    "".join
)
paths = st.text("ab/", max_size=12)


def obvious(pattern: str, path: str) -> bool:
    """What a pattern means, as a regular expression; it tries every way to divide the path."""
    expression = re.sub(
        r"\*\*/|\*\*|\*|\?|.",
        lambda m: {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(
            m.group(), re.escape(m.group())
        ),
        pattern.rstrip("/") if "/" in pattern else pattern,
    )
    if "/" in pattern:
        return re.fullmatch(f"{expression}(?:/.*)?", path) is not None
    return re.fullmatch(expression, path.rpartition("/")[2]) is not None


@given(st.lists(patterns, min_size=1, max_size=4), st.lists(paths, min_size=1, max_size=6))
def test_a_path_fits_as_the_regular_expression_says(wanted: list[str], tried: list[str]) -> None:
    made = PathPatterns(wanted)
    for path in tried:
        assert made.match(path) is any(obvious(each, path) for each in wanted)


@given(st.lists(patterns, min_size=1, max_size=4), st.lists(paths, min_size=1, max_size=6))
def test_what_is_kept_changes_no_answer(wanted: list[str], tried: list[str]) -> None:
    kept, fresh = PathPatterns(wanted), PathPatterns(wanted)
    fresh._names._room = fresh._paths._room = 0  # as after thousands of steps
    for path in tried:
        assert kept.match(path) is fresh.match(path)


@pytest.mark.parametrize(
    "pattern",
    [
        "*" * 29 + "b",
        "*a" * 200 + "b",
        "**/" * 100 + "b",
        "**/" + "a*" * 200 + "c",
        "*a" + "?" * 498,
        "**a**/*?a/*" * 20,
        "/".join(["**"] * 100),
        "*?" * 200,
    ],
)
@pytest.mark.parametrize("letters", ["a", "ab", "a/", "aab/b"])
def test_time_grows_with_the_path_alone(pattern: str, letters: str) -> None:
    path = letters * (100_000 // len(letters))
    began = time.process_time()
    PathPatterns([pattern, f"x/{pattern}"]).match(path)
    assert time.process_time() - began < _SECONDS


def test_a_hundred_patterns_cost_about_as_much_as_one() -> None:
    path = "reports/2020/" + "ab" * 20_000
    began = time.process_time()
    PathPatterns([f"*{'a?' * 20}*{number}" for number in range(100)]).match(path)
    assert time.process_time() - began < _SECONDS
