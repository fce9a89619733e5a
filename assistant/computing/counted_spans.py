"""Whether days, weeks or the like are counted by the rows of a table. Pure.

"How many days off do I get?" is not told by the rows of a table that has a column "Day", nor is
"How many days is it open?" where one of them is "Tuesday to Friday".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.computing.typed import TypedTable

_SPANS = frozenset(
    """day days week weeks month months year years hour hours minute minutes night nights tag tage
    tagen woche wochen monat monate stunde stunden jahr jahre jour jours semaine semaines mois heure
    heures annee annees dia dias semana semanas mes meses hora horas ano anos""".split()
)
"""Stretches of time in four languages, folded."""
_SEVERAL = re.compile(r"\w ?[–—-] ?\w|\b(?:to|and|until|bis|und|au|et|hasta|y)\b|[,&+/]", re.I)
_NONE = re.compile(r"\b(?:closed|geschlossen|fermé|cerrado|none|ruhetag)\b", re.IGNORECASE)


def counts_spans(counted: Iterable[str]) -> bool:
    """Whether a stretch of time is among the folded words of what is to be counted."""
    return not _SPANS.isdisjoint(counted)


def is_each_row_one(table: TypedTable, column: int | None) -> bool:
    """Whether each row stands for one of what a column names: none is a span ("Tuesday to Friday"),
    and no cell says that there is nothing ("closed")."""
    labels = [] if column is None else [table.text(row, column) for row in table.rows]
    texts = (table.text(row, at) for row in table.rows for at in range(len(table.columns)))
    return not any(map(_SEVERAL.search, labels)) and not any(map(_NONE.search, texts))
