"""Every failure retrieval can report; each message names the thing, the value and the way out."""


class RetrievalError(Exception):
    """The root: whatever retrieval cannot do, it says with one of these."""


class UnreadableFileError(RetrievalError):
    """One file of the knowledge folder cannot be indexed; the others go on.

    ``reason`` is a sentence for staff, without the path, that ends in what to do about it.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class KnowledgeFolderError(RetrievalError):
    """The knowledge folder is missing, unreadable, or suddenly empty."""


class DataFolderError(RetrievalError):
    """The data folder cannot be written, is full, or was made by a newer release."""


class DataFolderInUseError(DataFolderError):
    """Another process owns the data folder."""

    def __init__(self, message: str, *, owner_url: str | None = None) -> None:
        super().__init__(message)
        self.owner_url = owner_url


class ModelError(RetrievalError):
    """The embedding model is missing, damaged, or not the one its checksum promises."""


class NotReadyError(RetrievalError):
    """The index is still being made; ask again in a moment."""


class StoppedError(RetrievalError):
    """Somebody ended the work before it was done; what was written until then stays."""
