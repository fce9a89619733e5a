"""Every failure a user can meet: what failed, with which value, and what to do next.

    AssistantError                 exit 1
    ├── SettingsError              exit 2   a key, a value or a file of settings
    ├── UsageError                 exit 2   a command or call that asks for something impossible
    │   ├── NoDocumentsError       exit 2   a folder to index is missing or empty
    │   ├── QuestionError          exit 2   an empty, oversized or unprintable question
    │   ├── FilterError            exit 2   a filter that is not valid or matches no document
    │   ├── QuotaError             exit 2   an upload for which there is no room
    │   └── MissingPackageError    exit 2   a part that needs an extra which is not installed
    ├── DocumentError              exit 1   one file could not be read (the others go on)
    ├── IndexUnavailableError      exit 1   no index, a damaged one, or one of another version
    │   └── IndexDamagedError      exit 1   its files fail their checksums
    ├── IndexBusyError             exit 1   another process is writing the index
    ├── AccessError                exit 1   a person without the right, or without any collection
    ├── BusyError                  exit 1   admission control: the queue of a server is full
    ├── EmbeddingError             exit 1   the embedder failed or sent an impossible reply
    ├── RerankingError             exit 1   the reranker could not be loaded or sent no scores
    ├── ReaderError                exit 1   the reader of passages could not be loaded or run
    ├── ModelError                 exit 1   the language model failed or could not be reached
    └── StorageError               exit 1   the disk is full, read-only or gone

Lower errors are mapped to one of these at the seam where they appear and kept as ``__cause__``.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """Base of all errors; ``str(error)`` is one complete message for a person."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, hint: str = "") -> None:
        self.what = what
        self.hint = hint
        super().__init__(f"{what}\n  → {hint}" if hint else what)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.hint))


def _rebuild(kind: type[AssistantError], what: str, hint: str) -> AssistantError:
    return kind(what, hint=hint)


class SettingsError(AssistantError):
    """A settings file, key or value that cannot be used."""

    exit_code: ClassVar[int] = 2


class UsageError(AssistantError):
    """A call that asks for something impossible (a missing folder, an unknown document)."""

    exit_code: ClassVar[int] = 2


class NoDocumentsError(UsageError):
    """A folder that is to be indexed does not exist, or holds no files."""


class QuestionError(UsageError):
    """A question that cannot be asked: empty, too long or unprintable."""


class FilterError(UsageError):
    """A filter that is not valid, or that no document matches."""


class QuotaError(UsageError):
    """An upload that is too large, or over the quota of its browser or of the folder."""


class MissingPackageError(UsageError):
    """A setting or option needs a package of an extra that is not installed."""


class DocumentError(AssistantError):
    """One file that could not be read; ``outcome`` names the kind for the receipt."""

    def __init__(self, what: str, *, hint: str = "", outcome: str = "failed") -> None:
        self.outcome = outcome
        super().__init__(what, hint=hint)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_document, (self.what, self.hint, self.outcome))


def _rebuild_document(what: str, hint: str, outcome: str) -> DocumentError:
    return DocumentError(what, hint=hint, outcome=outcome)


class IndexUnavailableError(AssistantError):
    """There is no index to answer from, or it cannot be opened."""


class IndexDamagedError(IndexUnavailableError):
    """Files of the index fail their checksums; the next ingest builds them anew."""


class IndexBusyError(AssistantError):
    """Another process holds the writer's lock."""


class AccessError(AssistantError):
    """Somebody who is known, but may not do this here."""


class BusyError(AssistantError):
    """Admission control: all answers that may run are running, and the queue is full."""


class EmbeddingError(AssistantError):
    """The embedder failed, or its reply cannot be the vectors that were asked for."""


class RerankingError(AssistantError):
    """The reranker could not be loaded, or its reply cannot be scores of the passages."""


class ReaderError(AssistantError):
    """The reader of passages could not be loaded, or could not read them."""


class ModelError(AssistantError):
    """The language model could not be reached, refused, or broke off before its first word."""


class StorageError(AssistantError):
    """The file system refused a write: full, read-only or gone."""
