"""Denials and opposites beside a source: what follows, what contradicts, what says more."""

from __future__ import annotations

import re

import pytest

from assistant.checking.opposites import PAIRS, PREFIXED
from assistant.checking.verifier import Verifier
from assistant.embedding.static import StaticEmbedder
from assistant.text.terms import stem, words
from benchmarks.twins import twins, verdict_error

ALL = tuple(twins())
EVERY = 7
"""One in seven is judged here, all of them by `python -m benchmarks.twins`."""


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(StaticEmbedder().embed)


def test_every_word_of_the_tables_is_in_a_twin() -> None:
    written = {term for twin in ALL for term in stem(words(twin.sentence))}
    listed = {word for _, left, right in PAIRS for word in (*left, *right)}
    listed |= {prefix + base for prefix, base in PREFIXED} | {base for _, base in PREFIXED}
    assert {word for word in listed if stem([word])[0] not in written} == set()


def test_no_twin_gets_a_wrong_verdict_and_reasons_quote_what_is_written(
    verifier: Verifier,
) -> None:
    """True ones are never refuted, false ones never held, and those that say more are weak."""
    checks = [(twin, verifier.verify(twin.sentence, [twin.passage])) for twin in ALL[::EVERY]]
    wrong = [(twin, check) for twin, check in checks if verdict_error(twin, check)]
    assert wrong == []
    for truth, verdicts, least in (
        ("true", ("supported", "verbatim"), 0.95),
        ("false", ("unsupported",), 0.9),
        ("more", ("weak",), 1.0),
    ):
        told = [check.verdict in verdicts for twin, check in checks if twin.truth == truth]
        assert len(told) > 250
        assert sum(told) / len(told) >= least
    quoted = 0
    for twin, check in checks:
        for shown in re.findall("“([^”]+)”", " ".join(check.problems)):
            quoted += 1
            whole_words = rf"(?<!\w){re.escape(shown)}(?!\w)"  # not the stems of the index
            assert re.search(whole_words, f"{twin.sentence} {twin.passage}"), check.problems
    assert quoted > 2000


@pytest.mark.parametrize(
    ("sentence", "source", "verdict"),
    [
        ("Output did not rise in May.", "Output fell in May.", "supported"),
        ("Output fell in May.", "Output did not rise in May.", "weak"),
        ("Output rose in May.", "Output did not rise in May.", "unsupported"),
        ("The toll is not higher than before.", "The toll is lower than before.", "supported"),
        ("The bridge is not safe.", "The bridge is unsafe.", "supported"),
        ("The bridge is unsafe.", "The bridge is not safe.", "supported"),
        ("The bridge is safe.", "The bridge is not unsafe.", "supported"),
        ("The pump did not succeed.", "The pump failed.", "supported"),
        ("The pump succeeded.", "The pump never failed.", "supported"),
        ("The route is not available.", "The route is unavailable.", "supported"),
        ("The route is unavailable.", "The route isn’t available.", "supported"),
        ("The route is available.", "The route is unavailable.", "unsupported"),
        ("Not all boats leak.", "None of the boats leak.", "supported"),
        ("The oak is older than the elm.", "The elm is younger than the oak.", "supported"),
        ("The oak is older than the elm.", "The elm is older than the oak.", "unsupported"),
        ("Acme sold the mill to Bode.", "Bode bought the mill from Acme.", "supported"),
        ("The oak is not younger than the elm.", "The elm is younger than the oak.", "supported"),
        ("The oak is not older than the elm.", "The elm is younger than the oak.", "unsupported"),
        ("The gate is never closed.", "The gate is always open.", "supported"),
        ("The app no longer runs.", "The app has stopped running.", "supported"),
        ("The drug raises pressure.", "The drug lowers pressure.", "unsupported"),
        # one sentence, two statements
        (
            "Sales rose in Asia and fell in Europe.",
            "Sales fell in Europe and rose in Asia.",
            "supported",
        ),
        (
            "Sales rose in Asia and fell in Europe.",
            "Sales rose in Europe and fell in Asia.",
            "unsupported",
        ),
        ("Neither Kay nor Moe signed it.", "Kay and Moe did not sign it.", "supported"),
        ("The price did not rise but fell.", "The price fell.", "supported"),
        ("The price fell.", "The price did not rise but fell.", "supported"),
        ("The tax did not lead to higher prices.", "The tax led to lower prices.", "supported"),
        ("The tax led to higher prices.", "The tax did not lead to higher prices.", "unsupported"),
        # a limit, an exception, a frequency
        ("It opens no later than May.", "It opens by May, no later than that.", "supported"),
        ("The tool is available from May.", "The tool is not available until May.", "weak"),
        ("The pump is safe.", "The pump is not necessarily safe.", "weak"),
        ("The pump fails.", "The pump rarely fails.", "weak"),
        ("The pool is open except on Monday.", "The pool is not open on Monday.", "weak"),
        ("The deed is valid only when signed.", "The deed is not valid without it.", "weak"),
        # words for words, and denied around
        ("The plant leaked.", "The company denied that the plant leaked.", "weak"),
        ("Sage cures colds.", "There is no evidence that sage cures colds.", "weak"),
        ("The doors are safe.", "It is not true that the doors are safe.", "unsupported"),
        ("Members pay late fees.", "None of the members pay late fees.", "unsupported"),
        ("Members pay.", "Members pay no late fees.", "weak"),
        ("The fees are paid.", "The fees are paid by nobody.", "weak"),
        ("The volume fell.", "The price did not rise and the volume fell.", "verbatim"),
        # a denial of something that the source has no word for
        ("The town did not construct the bridge.", "The town built the bridge.", "weak"),
        ("The town built the bridge.", "The town did not construct the bridge.", "weak"),
        # forms of a verb
        ("The council did not build the bridge.", "The council built the bridge.", "unsupported"),
        ("The envoy never left the town.", "The envoy did not leave the town.", "supported"),
        # the sentence beside
        ("Sales in 2019 rose.", "Sales were reported for 2019. They fell.", "weak"),
        ("Output rose in May.", "Output fell in May. Output rose again in May.", "supported"),
        # what only looks denied
        ("The university opened in May.", "The university was opened in May.", "supported"),
        ("It is not only cheap but safe.", "It is cheap and safe.", "supported"),
    ],
)
def test_a_denial_is_what_it_means(
    verifier: Verifier, sentence: str, source: str, verdict: str
) -> None:
    check = verifier.verify(sentence, [source])
    assert check.verdict == verdict, check.problems


def test_a_second_place_that_nobody_denies_is_verbatim(verifier: Verifier) -> None:
    source = "It is not true that the doors are safe today. In May the doors are safe."
    check = verifier.verify("The doors are safe.", [source])
    assert check.verdict == "verbatim"
    assert source[check.start : check.end] == "the doors are safe"
    assert check.start > 40
