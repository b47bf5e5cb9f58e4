"""The lock on the data folder: one process at a time owns it."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import DataFolderError, DataFolderInUseError


class DataLock:
    """Ownership of a data folder: one process at a time, because a second would damage the vector index unnoticed."""

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    @staticmethod
    def take(folder: Path, *, knowledge: Path) -> "DataLock":
        """Takes the data folder, making it if needed.

        Raises:
            DataFolderInUseError: somebody else has it; carries the owner's address if it serves one.
            DataFolderError: it cannot be written, or lies inside the knowledge folder.
        """
        if folder.resolve().is_relative_to(knowledge.resolve()):
            raise DataFolderError(
                f"{folder} lies inside the knowledge folder {knowledge}; set DRAGOMAN_DATA_DIR or --data to a folder outside"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(folder / "lock")
            lock.acquire(timeout=0)
        except Timeout:
            owner = _owner(folder)
            who = f"the process {owner.split()[0]}" if owner else "another process"
            raise DataFolderInUseError(
                f"{folder} is in use by {who}; stop it, or set DRAGOMAN_DATA_DIR or --data to another folder",
                owner_url=owner.partition(" ")[2] or None,
            ) from None
        except OSError as error:
            raise DataFolderError(
                f"{folder} cannot be written ({error.strerror}); check its permissions, "
                "or set DRAGOMAN_DATA_DIR or --data to another folder"
            ) from error
        taken = DataLock(folder, lock)
        taken.announce("")
        return taken

    def announce(self, url: str) -> None:
        """Tells others who owns the folder and where it answers."""
        (self.folder / "owner").write_text(f"{os.getpid()} {url}\n")

    def release(self) -> None:
        """Frees the folder."""
        if self._lock.is_locked:
            (self.folder / "owner").unlink(missing_ok=True)
            self._lock.release()


def _owner(folder: Path) -> str:
    try:
        return (folder / "owner").read_text().strip()
    except OSError:
        return ""
