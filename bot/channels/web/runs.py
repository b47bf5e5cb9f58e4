"""Answers on their way: each is worked on apart from the connection that asked, so that a broken one can come back."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answer import Answer
from bot.replies import reply

logger = logging.getLogger(__name__)

KEPT_SECONDS = 300.0
"""So long the frames of a finished run can be had again."""
GRACE_SECONDS = 30.0
"""So long a run goes on that nobody reads: a reader may be on the way back."""
PING_SECONDS = 15.0
_MOST_KEPT = 2_000


class BusyError(Exception):
    """The session has a question under way, or too many answers are; the asker is to wait ``seconds``."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class KeyUsedError(Exception):
    """An ``Idempotency-Key`` came again with another request."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream: ``seq`` counts from 1; ``data`` is JSON, or ``[DONE]``."""

    seq: int
    data: str


class Run:
    """One answer on its way, and all that was said of it so far.

    Attributes:
        scope: whose it is; nobody else sees it.
        language: of the words said when something goes wrong.
        key: its owner and ``Idempotency-Key``, if it has one.
        answer: the proven answer, once there is one.
        error: what kept it from an answer.
        failure: the same as (status, code, words) for those who follow the frames.
        readers: connections that follow it now.
    """

    def __init__(self, scope: str, conversation_id: str, question: str, language: str) -> None:
        self.id = secrets.token_hex(12)
        self.scope = scope
        self.conversation_id = conversation_id
        self.question = question
        self.language = language
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.failure: tuple[int, str, str] | None = None
        self.frames: list[Frame] = []
        self.key: tuple[str, str] | None = None
        self.done = False
        self.stopped = False
        self.readers = 0
        self.on_left: Callable[[], None] = lambda: None
        self.on_answer: Callable[[Answer], None] = lambda answer: None
        self._news = asyncio.Event()

    def event_id(self, frame: Frame) -> str:
        """The SSE id of a frame, which ``Last-Event-ID`` gives back."""
        return f"{self.id}:{frame.seq}"

    def say(self, data: str) -> None:
        """Adds a frame and wakes the readers."""
        self.frames.append(Frame(len(self.frames) + 1, data))
        self._wake()

    def answered(self, answer: Answer) -> None:
        """The proven answer is there."""
        self.answer = answer
        self.on_answer(answer)

    def end(self) -> None:
        """No frame comes after this."""
        self.done = True
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def follow(self, after: int = 0) -> AsyncIterator[Sequence[Frame]]:
        """Frames after a number, those there are and those to come, as many as there are; none after a quiet while."""
        self.readers += 1
        try:
            while True:
                if after < len(self.frames):
                    ready = self.frames[after:]
                    after += len(ready)
                    yield ready
                    continue
                if self.done:
                    return
                news = self._news
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        await news.wait()
                except TimeoutError:
                    yield ()
        finally:
            self.readers -= 1
            if self.readers == 0:
                self.on_left()

    async def wait(self) -> None:
        """Until it has ended."""
        async for _ in self.follow(len(self.frames)):
            pass


class Runs:
    """All answers on their way or just given. To be used from one event loop.

    Args:
        last_words: the frames that end a run which was stopped.
        most: answers on their way at once; above it, an asker is told to come back.
    """

    def __init__(
        self,
        last_words: Callable[[Run], Iterable[str]],
        *,
        most: int = 400,
        kept_seconds: float = KEPT_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._last_words = last_words
        self._most = most
        self._kept_seconds = kept_seconds
        self._grace = grace
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._keys: dict[tuple[str, str], tuple[bytes, str]] = {}
        self._closing = False

    @property
    def running(self) -> int:
        """How many answers are on their way."""
        return len(self._tasks)

    def known(self, key: tuple[str, str] | None, fingerprint: bytes) -> Run | None:
        """The run that this very request began before, by its owner and ``Idempotency-Key``.

        Raises:
            KeyUsedError: the key came with another request.
        """
        found = self._keys.get(key) if key else None
        if found is None or found[1] not in self._runs:
            return None
        if found[0] != hashlib.sha256(fingerprint).digest():
            raise KeyUsedError
        run = self._runs[found[1]]
        # One that was stopped or failed is no answer: what is asked again is asked anew.
        return None if run.done and run.answer is None else run

    def start(
        self,
        run: Run,
        work: AsyncGenerator[str, None],
        *,
        key: tuple[str, str] | None = None,
        fingerprint: bytes = b"",
        alone: bool = True,
    ) -> None:
        """Begins to work on an answer; ``work`` yields the data of its frames.

        Args:
            alone: it is the only one of its scope.

        Raises:
            BusyError: the session has one under way that somebody reads, or too many are under way at all.
        """
        if self._closing:
            raise BusyError("restarting", 5)
        for other in self._of(run.scope) if alone else ():
            if other.readers:
                raise BusyError("one_at_a_time", 2)
            self._stop(other)  # whoever asked it has gone and asks something new
        if len(self._tasks) >= self._most:
            raise BusyError("too_busy", 5)
        while len(self._runs) >= _MOST_KEPT and (old := next((r for r in self._runs.values() if r.done), None)):
            self._forget(old)
        self._runs[run.id] = run
        if key:
            run.key = key
            self._keys[key] = hashlib.sha256(fingerprint).digest(), run.id
        run.on_left = lambda: self._left(run)
        task = asyncio.create_task(self._work(run, work), name=f"run {run.id}")
        self._tasks[run.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run.id, None))

    def get(self, run_id: str, scope: str) -> Run | None:
        """A run, for whoever it belongs to."""
        run = self._runs.get(run_id)
        return run if run is not None and run.scope == scope else None

    def current(self, scope: str, conversation_id: str) -> Run | None:
        """The run of a conversation that is not yet done."""
        return next((run for run in self._of(scope) if run.conversation_id == conversation_id), None)

    def cancel(self, run: Run) -> bool:
        """Stops a run; False if it had ended."""
        if run.done:
            return False
        self._stop(run)
        return True

    async def drain(self, seconds: float) -> None:
        """Takes no more questions, lets answers finish for a while, then stops them."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        for run in [run for run in self._runs.values() if not run.done]:
            run.failure = run.failure or (503, "restarting", reply("restarting", run.language))
            self._stop(run)
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=1.0)

    def _of(self, scope: str) -> list[Run]:
        return [run for run in self._runs.values() if run.scope == scope and not run.done]

    def _stop(self, run: Run) -> None:
        run.stopped = True
        if task := self._tasks.get(run.id):
            task.cancel()

    def _left(self, run: Run) -> None:
        if not run.done:
            asyncio.get_running_loop().call_later(self._grace, self._stop_if_left, run)

    def _stop_if_left(self, run: Run) -> None:
        if not run.done and not run.readers:
            self._stop(run)

    def _forget(self, run: Run) -> None:
        self._runs.pop(run.id, None)
        if run.key is not None:
            self._keys.pop(run.key, None)

    async def _work(self, run: Run, frames: AsyncGenerator[str, None]) -> None:
        try:
            async for data in frames:
                run.say(data)
        except asyncio.CancelledError:
            for data in self._last_words(run):
                run.say(data)
        except Exception as error:
            logger.exception("run %s failed", run.id)
            run.error = error
        finally:
            await frames.aclose()
            run.end()
            kept = self._kept_seconds if run.frames or run.key is not None else 0.0
            asyncio.get_running_loop().call_later(kept, self._forget, run)


async def unless_left(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], work: Awaitable[None]) -> bool:
    """Waits for work as long as the asker stays; False if it left, and the work was cancelled."""
    task = asyncio.ensure_future(work)

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.ensure_future(left())
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            return True
        return False
    finally:
        for pending in (task, leaving):
            pending.cancel()
        await asyncio.gather(task, leaving, return_exceptions=True)
