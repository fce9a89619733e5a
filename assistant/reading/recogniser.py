"""The picture of a page → its words, by rapidocr with the models that its package brings.

Runs in a parsing child, which cannot open a connection. The paths of the models are given, because
rapidocr would otherwise compare them with a list of downloads, and fetch what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from assistant.extras import needs
from assistant.reading.recognition import (
    PACKAGE,
    RecognisedLine,
    RecognisedPage,
    RecognisedRun,
    installed,
)

_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
_FINDING_SIDE = 1280
"""Pixels of the longer side in which lines are looked for. Of three scans, 576 of 577 words were
right and a page took 0.7 to 2.4 s; the package's own choice gave 571, 0.9 to 3.8 s and 1.5 times
the memory."""
_LEAST_SCORE = 0.5
"""Of a line that is told at all; smudges and pictures give lower ones."""
_TURNED, _UPSIDE_DOWN = 0.6, 0.8
"""The share of upright boxes, and the mean score, from which on the page is tried turned."""
_SPARSE = 1.5
"""Letters are a third to a half as wide as their line is high. Where the line has room for so much
for each that came out, others are of a script that the models do not know: of Cyrillic lines only
the digits come out, and surely."""
_SPARSE_SCORE = 0.5
_LONG = 3.0
"""Times its height: a line this long tells the slant of the page."""

IDENTITY = f"{PACKAGE} {installed()} {sorted(_MODELS.values())} {_FINDING_SIDE} 1"
"""What a page's words depend on, beside its picture. The last number grows with this module."""


def recognise(picture: Any) -> RecognisedPage:
    """The words of a picture, an array of rows, columns and red, green and blue bytes.

    A page that lies on its side or upside down is turned first.
    """
    import numpy as np

    found, turns = _lines(picture), 0
    if found and sum(map(_is_upright, found)) > _TURNED * len(found):
        tried: tuple[int, ...] = (1, 3)
    elif found and _mean_score(found) < _UPSIDE_DOWN:
        tried = (2,)
    else:
        tried = ()
    others = {
        quarters: _lines(np.ascontiguousarray(np.rot90(picture, quarters))) for quarters in tried
    }
    if others:
        turns = max(others, key=lambda quarters: _weight(others[quarters]))
        if len(tried) == 1 and _weight(others[turns]) <= _weight(found):
            turns = 0
        found = others.get(turns, found)
    height, width = picture.shape[:2]
    if turns % 2:
        height, width = width, height
    lines = tuple(line for each in found if (line := _line(each, width, height)).tokens)
    return RecognisedPage(lines, width / height, _slant(found), turns)


_Quad = Sequence[Sequence[float]]
"""Corners in pixels: upper left, upper right, lower right, lower left."""
_Words = Sequence[tuple[str, float, _Quad]]
_Found = tuple[_Quad, str, _Words]


@lru_cache(maxsize=1)
def _engine() -> Any:
    with needs("ocr", "Reading pictures"):
        import rapidocr
    models = Path(rapidocr.__file__).parent / "models"
    paths: dict[str, Any] = {f"{part}.model_path": str(models / name)
                             for part, name in _MODELS.items()}  # fmt: skip
    return rapidocr.RapidOCR(
        params={
            **paths,
            "Global.log_level": "error",
            "Global.return_word_box": True,
            "Global.text_score": _LEAST_SCORE,
            # it turns lines upside down that were upright: 25 of 577 words were lost
            "Global.use_cls": False,
            "Global.max_side_len": 10_000,
            "Det.limit_side_len": _FINDING_SIDE,
            "Det.limit_type": "max",
            # lines one by one: padding to the longest of six took a third more time and memory
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _lines(picture: Any) -> list[_Found]:
    import numpy as np

    result = _engine()(np.ascontiguousarray(picture[:, :, ::-1]))  # it expects blue first
    texts = getattr(result, "txts", None)
    if not texts or result.boxes is None:
        return []
    words = list(result.word_results or ())
    if len(words) != len(texts):
        words = [()] * len(texts)
    return [
        (quad, text, _checked(each, text, float(score), quad))
        for quad, text, score, each in zip(
            result.boxes.tolist(), texts, result.scores, words, strict=True
        )
    ]


def _checked(words: Any, text: str, score: float, quad: _Quad) -> _Words:
    """A line's words with their boxes; the line's own where rapidocr gives none."""
    told = [each for each in words if isinstance(each, tuple) and len(each) == 3 and each[0]]
    if "".join("".join(word.split()) for word, _, _ in told) != "".join(text.split()):
        return [(text, score, quad)]
    return [(word, float(sure), box) for word, sure, box in told]


def _line(found: _Found, width: int, height: int) -> RecognisedLine:
    """A line as runs of letters between its spaces, each with its box."""
    quad, text, words = found
    by_letter: list[tuple[float, float, float, float, float]] = []
    for word, score, corners in words:
        letters = "".join(word.split())
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        step = (right - left) / max(1, len(letters))
        by_letter += [
            (left + at * step, top, left + (at + 1) * step, bottom, score)
            for at in range(len(letters))
        ]
    across, along = _length(quad[0], quad[3]), _length(quad[0], quad[1])
    most = _SPARSE_SCORE if len(by_letter) * _SPARSE * across < along else 1.0
    tokens = []
    at = 0
    for run in text.split():
        if own := by_letter[at : at + len(run)]:
            lefts, tops, rights, bottoms, scores = zip(*own, strict=True)
            tokens.append(
                RecognisedRun(
                    run, min(lefts) / width, min(tops) / height, max(rights) / width,
                    max(bottoms) / height, min(most, *scores),
                )
            )  # fmt: skip
        at += len(run)
    return RecognisedLine(tuple(tokens), across / height)


def _slant(found: Sequence[_Found]) -> float:
    """How steeply the long lines fall to the right."""
    slants = [
        (quad[1][1] - quad[0][1]) / (quad[1][0] - quad[0][0])
        for quad, _, _ in found
        if quad[1][0] - quad[0][0] > _LONG * max(1.0, _length(quad[0], quad[3]))
    ]
    return median(slants) if slants else 0.0


def _length(a: Sequence[float], b: Sequence[float]) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def _is_upright(found: _Found) -> bool:
    """Whether the letters of a line stand one above the other, as on a page that lies on its
    side."""
    quad = found[0]
    return _length(quad[0], quad[3]) > 1.5 * _length(quad[0], quad[1])


def _mean_score(found: Sequence[_Found]) -> float:
    scores = [score for _, _, words in found for _, score, _ in words]
    return sum(scores) / max(1, len(scores))


def _weight(found: Sequence[_Found]) -> float:
    """How much was read, and how surely."""
    return sum(len(word) * score for _, _, words in found for word, score, _ in words)
