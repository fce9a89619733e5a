"""What can go wrong in an evaluation, with the exit code a build server sees.

AssistantError
├── UsageError                 exit 2
│   └── QuestionFileError      exit 2   a question file that cannot be trusted
└── InvalidComparisonError     exit 4   two runs that must not be compared
"""

from __future__ import annotations

from typing import ClassVar

from assistant.errors import AssistantError, UsageError

EXIT_PASS = 0
EXIT_REGRESSION = 1
EXIT_USAGE = 2
EXIT_INCONCLUSIVE = 3
"""Only with ``--strict``; without it an inconclusive comparison passes, loudly."""
EXIT_INVALID = 4


class QuestionFileError(UsageError):
    """A question file with a missing, doubled, unknown or untrue part."""


class InvalidComparisonError(AssistantError):
    """A run or baseline that is missing, damaged, or about other questions."""

    exit_code: ClassVar[int] = EXIT_INVALID
