"""A model's stream → the text that may be shown: every filter, in its order.

Thoughts and special tokens go first, since any of them may stand inside the rest; then the
abstention line, echoes of the question, repetitions, citations in foreign forms, and an abstention
in other words.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.abstentions import AbstentionFilter
from assistant.citing.echoes import EchoFilter
from assistant.citing.forms import FormsFilter
from assistant.citing.loops import LoopFilter
from assistant.model.hidden import HiddenFilter, SentinelFilter


class ModelText:
    """``documents``: the file of each passage that the model was shown, in order; ``titles``: the
    titles that stood beside them; ``question``: what the prompt asked, in its words."""

    def __init__(
        self, documents: Sequence[str], titles: Sequence[str] = (), question: str = ""
    ) -> None:
        self._echo = EchoFilter(question)
        self._hidden, self._sentinel, self._loop = HiddenFilter(), SentinelFilter(), LoopFilter()
        self._abstention, self._forms = AbstentionFilter(), FormsFilter(documents, titles)
        self._after_sentinel: list[str] = []
        self._began = False

    @property
    def repeats(self) -> bool:
        """Whether the model went round in circles; what comes further is not shown."""
        return self._loop.stopped

    @property
    def asks_itself(self) -> bool:
        """Whether it asked the question again behind its answer, which ends there."""
        return self._echo.stopped

    @property
    def abstains(self) -> bool:
        """Whether it said that there is no answer, by the line or in other words."""
        return self._sentinel.seen or self._abstention.abstained

    def feed(self, piece: str) -> str:
        """The text that is certain to be shown, with citations in square brackets."""
        return self._rest(self._sentinel.feed(self._hidden.feed(piece)))

    def finish(self) -> str:
        """What was held back."""
        end = self._sentinel.feed(self._hidden.finish()) + self._sentinel.finish()
        rest = self._rest(end) + self._shown(self._echo.finish())
        rest += self._gate(self._forms.finish())
        held = "".join(self._after_sentinel)
        if "[" in held:  # a cited statement beside the line is shown; anything else is part of it
            rest += held
        return rest + self._abstention.finish()

    def _rest(self, text: str) -> str:
        return self._shown(self._echo.feed(text))

    def _shown(self, text: str) -> str:
        return self._gate(self._forms.feed(self._loop.feed(text)))

    def _gate(self, text: str) -> str:
        if self._sentinel.seen and not self._began:
            self._after_sentinel.append(text)  # it abstains before it says anything
            return ""
        text = self._abstention.feed(text)
        self._began = self._began or bool(text.strip())
        return text
