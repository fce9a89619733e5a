"""Whether a further sentence would stand idle beside the best one. Pure.

The shares are counted on 690 further sentences of 1,600 answers, 140 of them needed: the answer was
wrong without them (``benchmarks.answers``, ``eval``, and questions of seven folders).
"""

from __future__ import annotations

from assistant.answering.picks import Pick

_READ_CLEARLY, _SAME_KIND = 6.0, 0.85
"""Where a reader holds the best sentence's answer for so much better, a further one that holds as
much of the kind asked for tells of another thing of that kind: 39 were idle, none was needed.
Where one thing is asked, and the reader holds the best one's for an answer, no further one is
needed: of 1,500 questions 98 lost one, and 3 the answer with it; with 5.0 114 and 5."""
_ENOUGH, _LEAST_NEWS, _NEAR_SHARE, _LEAST_READ = 0.6, 0.3, 0.9, -2.7
"""Another document's sentence stays away, where the best one holds this share of the question's
weight and a reader sees an answer in it (more than the least span), and the other one scores less
than the near share of it and brings no more than the least news: 23 were idle, none was needed."""


def is_idle(
    pick: Pick,
    best: Pick,
    held: float,
    news: float,
    *,
    several: bool,
    joins: bool,
    in_english: bool = True,
) -> bool:
    """Whether the best sentence needs no such other one.

    ``held`` and ``news`` are the shares of the question's weight that the best one holds and that
    the other one adds; ``several`` tells that more than one thing is asked for, and ``joins`` that
    the question joins things by "and" or the like: what is missing of it is never idle. All was
    counted in English, which the reader has learned.
    """
    is_worse = best.read.span - pick.read.span >= _READ_CLEARLY
    is_told = is_worse and best.read.span >= 0.0 and not several
    if not in_english:
        return is_told
    if joins and news > 0.0:
        return False
    if is_told or (is_worse and pick.features.kind >= _SAME_KIND):
        return True
    if several or pick.passage.document == best.passage.document or news > _LEAST_NEWS:
        return False
    is_read = best.read.span > _LEAST_READ and pick.score <= _NEAR_SHARE * best.score
    return is_read and held >= _ENOUGH
