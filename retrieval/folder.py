"""The knowledge folder as it lies on the disk: which files may be documents, and what tells one version from another."""

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import KnowledgeFolderError
from retrieval.metadata import SIDECAR_SUFFIX
from retrieval.termbase import TERMBASE_FILE

_DEEPEST = 60
"""Folders within folders that are looked into; nobody keeps documents deeper, and a program may dig without end."""
_LEFT_BEHIND = frozenset({"desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r"})
"""What systems put into every folder that somebody opens, in lower case."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as the walk sees it, or a folder that could not be looked into. Its sidecar counts as part of it."""

    path: Path
    id: str
    size: int
    mtime_ns: int
    """The latest moment its bytes, name or rights changed."""
    reason: str | None = None
    """Why it cannot even be opened."""
    is_folder: bool = False

    def holds(self, document_id: str) -> bool:
        """Whether a document lies somewhere below this folder."""
        return self.is_folder and document_id.startswith(f"{self.id}/")


def check_folder_is_there(folder: Path) -> None:
    """Says in one sentence what is wrong with the path of a knowledge folder.

    Raises:
        KnowledgeFolderError: it is not there, or is no folder.
    """
    if folder.is_dir():
        return
    what = "is a file and no folder; name the folder it lies in" if folder.is_file() else "there is no such folder"
    remedy = "make it, or set DRAGOMAN_KNOWLEDGE_DIR or --knowledge to the right one"
    raise KnowledgeFolderError(f"{folder}: {what}; {remedy}")


def walk(folder: Path) -> Iterator[FoundFile]:
    """Every file under a folder that may be a document, in the order of paths. Links are not followed.

    A folder inside it that cannot be looked into is yielded as such, so that nobody takes what lies there for deleted.

    Raises:
        KnowledgeFolderError: the folder is not there, cannot be listed, or was taken away meanwhile.
    """
    check_folder_is_there(folder)
    try:
        before = folder.stat()
        entries = _listed(folder)
    except OSError as error:
        raise KnowledgeFolderError(f"{folder}: cannot be listed ({error.strerror}); check its permissions") from error
    yield from _files(folder, entries, depth=0, root=folder)
    try:
        after = folder.stat()
    except OSError:
        after = None
    if after is None or (before.st_dev, before.st_ino) != (after.st_dev, after.st_ino):
        raise KnowledgeFolderError(f"{folder}: was taken away while it was looked through; is it mounted?")


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return sorted(listing, key=lambda entry: entry.name)


def _files(folder: Path, entries: list[os.DirEntry[str]], *, depth: int, root: Path) -> Iterator[FoundFile]:
    names = {entry.name for entry in entries}
    for entry in entries:
        if _is_ignored(entry.name, names, at_root=folder == root):
            continue
        path = Path(entry.path)
        document_id = path.relative_to(root).as_posix()
        try:
            status = entry.stat(follow_symlinks=False)
            inside = _listed(path) if stat.S_ISDIR(status.st_mode) and depth < _DEEPEST else None
        except FileNotFoundError:
            continue  # it vanished between the listing and here
        except OSError as error:
            reason = f"cannot be looked at ({error.strerror}); check its permissions. What was indexed of it is kept"
            yield FoundFile(path, _shown(document_id), 0, 0, reason, is_folder=True)
            continue
        if inside is not None:
            yield from _files(path, inside, depth=depth + 1, root=root)
        elif stat.S_ISDIR(status.st_mode):
            reason = f"lies more than {_DEEPEST} folders deep and is not looked into; move it up"
            yield FoundFile(path, _shown(document_id), 0, 0, reason, is_folder=True)
        else:
            yield _found(path, document_id, status, sidecar=entry.name + SIDECAR_SUFFIX in names)


def _found(path: Path, document_id: str, status: os.stat_result, *, sidecar: bool) -> FoundFile:
    size, changed = _version(path, status, sidecar=sidecar)
    reason = None
    if stat.S_ISLNK(status.st_mode):
        reason = "is a link; put the file itself into the folder"
    elif not stat.S_ISREG(status.st_mode):
        reason = "is no regular file; remove it from the folder"
    elif any(unicodedata.category(character) == "Cc" for character in document_id):
        reason = "has a line break or another control character in its name; rename it"
    elif _shown(document_id) != document_id:
        reason = "has a name that is not valid UTF-8; rename it"
    return FoundFile(path, _shown(document_id), size, changed, reason)


def _version(path: Path, status: os.stat_result, *, sidecar: bool) -> tuple[int, int]:
    size, changed = status.st_size, max(status.st_mtime_ns, status.st_ctime_ns)
    if sidecar:
        try:
            beside = path.with_name(path.name + SIDECAR_SUFFIX).lstat()
            return size + beside.st_size, max(changed, beside.st_mtime_ns, beside.st_ctime_ns)
        except OSError:
            pass  # gone, or with a name too long to be
    return size, changed


def _shown(document_id: str) -> str:
    """A name as it can be stored: bytes that are no UTF-8 are replaced."""
    return document_id.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_ignored(name: str, siblings: set[str], *, at_root: bool) -> bool:
    if name.startswith((".", "~$")) or name.endswith((".part", ".tmp", ".crdownload", ".swp", "~")):
        return True
    if name.casefold() in _LEFT_BEHIND or (at_root and name in {"README.md", TERMBASE_FILE}):
        return True
    return name.endswith(SIDECAR_SUFFIX) and name.removesuffix(SIDECAR_SUFFIX) in siblings


def is_as_found(found: FoundFile) -> bool:
    """Whether nobody has written to a file, or moved it away and back, since the walk saw it."""
    try:
        now = _version(found.path, found.path.lstat(), sidecar=True)
    except OSError:
        return False
    return now == (found.size, found.mtime_ns)


def digest_of(path: Path, *, max_bytes: int) -> str:
    """SHA-256 over a file and its sidecar. Links are not followed.

    Of a file longer than ``max_bytes``, which is never read, the beginning and the length stand for the whole.

    Raises:
        OSError: it cannot be read, or is gone.
    """
    digest = hashlib.sha256()
    for part in (path, path.with_name(path.name + SIDECAR_SUFFIX)):
        try:
            descriptor = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            # A sidecar that is not there, or whose name would be too long to be.
            if part is path or error.errno not in {errno.ENOENT, errno.ENAMETOOLONG}:
                raise
            continue
        with os.fdopen(descriptor, "rb") as file:
            left = max_bytes
            while left > 0 and (chunk := file.read(min(left, 1 << 20))):
                digest.update(chunk)
                left -= len(chunk)
            if left <= 0:
                digest.update(str(os.fstat(file.fileno()).st_size).encode())
        digest.update(b"\0")
    return digest.hexdigest()
