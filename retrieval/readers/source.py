"""A file as readers get it, and what they give back."""

import datetime as dt
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from retrieval.document import Block
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits


@dataclass(frozen=True, slots=True)
class Source:
    """One opened file. ``text`` is empty for formats that are not text."""

    id: str
    data: bytes
    limits: ReadLimits
    text: str = ""
    own: bool = False
    """Whether the house wrote a card for it: then nothing in it counts as page furniture."""
    language: str | None = None
    """The language its card names."""

    def refused(self, reason: str) -> UnreadableFileError:
        """The error to raise; ``reason`` is a sentence that ends in what to do."""
        return UnreadableFileError(self.id, reason)


@dataclass(frozen=True, slots=True)
class Content:
    """What a format's reader understood of a file."""

    blocks: tuple[Block, ...]
    title: str | None = None
    """A name the format carries outside its text; the first heading comes before it."""
    names_parts: bool = False
    """Whether its headings name its parts only, as those of a workbook do, and never the whole."""
    published: dt.date | None = None
    pages: int | None = None
    warnings: tuple[str, ...] = ()


def read_bytes(path: Path, document_id: str, max_bytes: int) -> bytes:
    """The bytes of a regular file that is no link; never waits, as opening a pipe would."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UnreadableFileError(document_id, "it is gone; save it again.") from None
    except PermissionError:
        raise UnreadableFileError(document_id, "it may not be opened; give the service the right to read it.") from None
    except OSError as error:
        if path.is_symlink():
            raise UnreadableFileError(document_id, "it is a link; put the file itself here.") from None
        raise UnreadableFileError(document_id, f"it cannot be opened ({error.strerror}); save it again.") from error
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise UnreadableFileError(document_id, "it is not a regular file; put a document here.")
        if state.st_size > max_bytes:
            sizes = f"it has {_megabytes(state.st_size)}, the limit is {_megabytes(max_bytes)}"
            raise UnreadableFileError(document_id, f"{sizes}; split it into smaller files.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        reason = f"it cannot be read from the disk ({error.strerror}); save it again."
        raise UnreadableFileError(document_id, reason) from error
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise UnreadableFileError(document_id, "it is still growing; wait until it is written, then save it again.")
    return data


def _megabytes(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MB"
