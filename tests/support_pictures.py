"""A recogniser for tests: children read pages by the shade of their paper, and obey some shades."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from assistant.reading import recognition

SHADES = {"plain": (250, 250, 250), "doubtful": (200, 200, 200), "empty": (150, 150, 150),
          "crash": (0, 0, 250), "spin": (250, 0, 0), "hoard": (0, 250, 0),
          "slow": (0, 230, 230)}  # fmt: skip
PLAIN, DOUBTFUL = "The otter sleeps in the old mill.", "The mill was sold for 4,310 crowns."

_RECOGNISER = """
import sys, types
from assistant.reading.recognition import RecognisedLine, RecognisedPage, RecognisedRun

def line(text, top, scores):
    words = text.split()
    width = 0.8 / len(words)
    tokens = tuple(
        RecognisedRun(word, 0.1 + at * width, top, 0.1 + (at + 0.8) * width, top + 0.05, score)
        for at, (word, score) in enumerate(zip(words, scores))
    )
    return RecognisedLine(tokens, 0.05)

def recognise(picture):
    shade = tuple(int(value) // 50 for value in picture[5, 5])
    if shade == (0, 0, 5):
        import ctypes
        ctypes.string_at(0)
    if shade == (5, 0, 0):
        while True: pass
    if shade == (0, 5, 0):
        bytearray(5_000_000_000)
    lines = ()
    if shade == (0, 4, 4):
        import time
        began = time.process_time()
        while time.process_time() < began + 2.5: pass
        lines = (line(f"Page {picture.shape[1]} was slow.", 0.2, [0.99] * 4),)
    if shade == (5, 5, 5):
        lines = (line(PLAIN, 0.2, [0.99] * 7),)
    if shade == (4, 4, 4):
        lines = (line(DOUBTFUL, 0.3, [0.99, 0.99, 0.99, 0.99, 0.99, 0.41, 0.99]),)
    if shade == (3, 3, 3):
        pass
    return RecognisedPage(lines, picture.shape[1] / picture.shape[0])

fake = types.ModuleType("assistant.reading.recogniser")
fake.recognise, fake.IDENTITY = recognise, "a test"
sys.modules["assistant.reading.recogniser"] = fake
"""


def use_fake_recogniser(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Children read pictures by their shade, and the extra counts as installed."""
    site = folder / "site"
    site.mkdir()
    known = f"PLAIN, DOUBTFUL = {PLAIN!r}, {DOUBTFUL!r}\n"
    (site / "sitecustomize.py").write_text(known + _RECOGNISER)
    monkeypatch.setenv("PYTHONPATH", str(site))
    pretend_installed(monkeypatch, "0.1")


def pretend_installed(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """Let the extra be there in a version, or not be there (an empty one)."""
    from assistant.cli import rendering

    for module in (recognition, rendering):
        monkeypatch.setattr(module, "installed", lambda: version)


def pictures(*shades: str) -> list[Image.Image]:
    """A picture of each shade; none is the same as another."""
    return [Image.new("RGB", (400 + at, 300), SHADES[shade]) for at, shade in enumerate(shades)]


def scan_of(*shades: str) -> bytes:
    """A PDF with a picture on every page."""
    file = io.BytesIO()
    first, *rest = pictures(*shades)
    first.save(file, "PDF", save_all=True, append_images=rest)
    return file.getvalue()


def tiff_of(*shades: str) -> bytes:
    """A TIFF with several pictures."""
    file = io.BytesIO()
    first, *rest = pictures(*shades)
    first.save(file, "TIFF", save_all=True, append_images=rest)
    return file.getvalue()


def png_of(shade: str) -> bytes:
    """A picture file."""
    file = io.BytesIO()
    pictures(shade)[0].save(file, "PNG")
    return file.getvalue()
