"""The parent's side of reading: every file is parsed in a child process that may be killed without harm."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from retrieval.document import Document
from retrieval.errors import RetrievalError, StoppedError, UnreadableFileError
from retrieval.limits import ReadLimits, longest_answer

__all__ = ["ReadLimits", "Sandbox"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the child says of a file: one of the first two."""

    document: Document | None = None
    error: str | None = None
    spent: bool = False


_ANSWERS = TypeAdapter(_Answer)
_LIMITS = TypeAdapter(ReadLimits)
_START_SECONDS = 30.0
_WORKER = ("-m", "retrieval.readers.worker")


class _ChildDiedError(Exception):
    """The child is gone; ``code`` is as ``Popen.returncode`` gives it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _TooLateError(Exception):
    """The child gave no answer in time."""


class _Child:
    """One reading process and its pipes."""

    def __init__(self, limits: ReadLimits) -> None:
        self._longest = longest_answer(limits) + 100
        self.has_read = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", *_WORKER, _LIMITS.dump_json(limits).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # Nothing of the parent's environment: it holds tokens and keys.
            env={
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "HOME": "/nonexistent",
            },
            # Ctrl-C is for the parent, which ends the child in its own time.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        try:
            self._line(_START_SECONDS)
        except (_ChildDiedError, _TooLateError) as error:
            self.stop()
            raise RetrievalError(
                f"the process that reads files does not start ({error}); try {sys.executable} -m retrieval.readers.worker"
            ) from error

    def ask(self, path: Path, document_id: str, seconds: float) -> bytes:
        """The answer to one request."""
        request = json.dumps({"path": str(path), "id": document_id}).encode() + b"\n"
        try:
            self._requests.write(request)
        except OSError:
            raise _ChildDiedError(self._process.wait()) from None
        answer = self._line(seconds)
        self.has_read = True
        return answer

    def _line(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        parts: list[bytes] = []
        size = 0
        while not parts or not parts[-1].endswith(b"\n"):
            ready, _, _ = select.select([self._answers], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise _TooLateError("no answer in time")
            part = os.read(self._answers.fileno(), 1 << 20)
            size += len(part)
            if not part or size > self._longest:
                self._process.kill()
                raise _ChildDiedError(self._process.wait())
            parts.append(part)
        return b"".join(parts)

    def kill(self) -> None:
        """Kills it, and what it may have started to read a scan; it has nothing to put in order."""
        if self._process.poll() is None:
            # Once it has ended, its number may be another's.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kills it and puts away what is left of it."""
        self.kill()
        self._process.kill()
        self._process.wait()
        self._requests.close()
        self._answers.close()


class Sandbox:
    """Reads files one after the other in a child that is started at the first file and kept for the next ones.

    Safe to use from several threads; they take turns.
    """

    def __init__(self, limits: ReadLimits | None = None) -> None:
        self.limits = limits or ReadLimits()
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._interrupted = threading.Event()

    def read(self, path: Path, document_id: str) -> Document:
        """The document in a file.

        Raises:
            UnreadableFileError: it cannot be read, or not within the limits; the reason says what to do.
            RetrievalError: no child can be started; that is no fault of the file.
            StoppedError: after ``interrupt``.
        """
        with self._lock:
            try:
                return self._read(path.absolute(), document_id)
            except UnreadableFileError:
                raise
            except BaseException:
                # An answer that nobody waited for would be taken for the answer to the next question.
                self._stop()
                raise

    def interrupt(self) -> None:
        """Ends the reading that goes on in another thread, at once and for good."""
        self._interrupted.set()
        child = self._child
        if child is not None:
            child.kill()

    def check_going_on(self) -> None:
        """Raises StoppedError after ``interrupt``."""
        if self._interrupted.is_set():
            raise StoppedError("reading was stopped")

    def close(self) -> None:
        """Ends the child. A later ``read`` starts another."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, path: Path, document_id: str) -> Document:
        while True:
            self.check_going_on()
            if self._child is None:
                self._child = _Child(self.limits)
            fresh = not self._child.has_read
            try:
                answer = _ANSWERS.validate_json(self._child.ask(path, document_id, self.limits.wall_seconds))
            except _TooLateError:
                self._stop()
                seconds = f"{self.limits.wall_seconds:g}"
                raise UnreadableFileError(
                    document_id, f"it took longer than {seconds} s to read; split the file."
                ) from None
            except _ChildDiedError as error:
                self._stop()
                self.check_going_on()
                if fresh or error.code == -signal.SIGXCPU:
                    raise UnreadableFileError(document_id, self._why(error.code)) from None
                continue  # The files before may have worn the child out, so this one gets a child of its own.
            except ValueError:
                self._stop()
                reason = "its reader broke down; save it again, or in another format."
                raise UnreadableFileError(document_id, reason) from None
            if answer.spent:
                self._stop()
                if not fresh and answer.error is not None:
                    continue
            if answer.document is None:
                raise UnreadableFileError(document_id, answer.error or "its reader said nothing; save it again.")
            return replace(answer.document, id=document_id)

    def _why(self, code: int) -> str:
        if code == -signal.SIGXCPU:
            return f"it took more than {self.limits.cpu_seconds} s of computing to read; split the file."
        megabytes = self.limits.memory_bytes // 2**20
        return (
            f"its reader broke down: it is damaged, or takes more than {megabytes} MB of memory to read; "
            "save it again, or split it."
        )

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None
