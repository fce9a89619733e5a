"""The names of files and folders → the words in them: what a file is called says what it is about.

Pure. ``rules/RulesBasel-2026_v2.md`` is called rules, Rules, Basel, 2026, v, 2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import regex

from assistant.types import Passage

_SUFFIX = re.compile(r"\.(?=[^.]*[^\W\d_])[^\W_]{1,8}")
"""A suffix has a letter: the end of ``notes 1.2`` is none."""
_WORD = regex.compile(
    r"\p{Lu}+(?![\p{Ll}\p{M}])|\p{Lu}?[\p{Ll}\p{M}]+|[\p{L}\p{M}--\p{Lu}\p{Ll}]+|\p{N}+",
    regex.VERSION1,
)


def bare_name(name: str) -> str:
    """The path in composed letters (NFC) without the suffix of the file."""
    path = unicodedata.normalize("NFC", name)
    dot = path.rfind(".")
    has_suffix = dot > path.rfind("/") + 1 and _SUFFIX.fullmatch(path, dot)
    return path[:dot] if has_suffix else path


def split_name(name: str) -> str:
    """The words of a path, split at case, digits and signs."""
    return " ".join(_WORD.findall(bare_name(name)))


@lru_cache(maxsize=4096)
def name_words(name: str) -> str:
    """The words of a path: as they stand between blanks, then split."""
    return f"{bare_name(name).replace('/', ' ')} {split_name(name)}"


def words_above(passage: Passage) -> str:
    """What a passage is about, by the title of its document, the names of its file and folders, and
    the headings above it."""
    return " ".join((passage.title, name_words(passage.document), *passage.heading_path))
