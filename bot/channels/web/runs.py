"""Answers on their way: each is worked on apart from the connection that asked, so that a broken one can come back."""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager

from bot.channels.web.run import Run
from bot.replies import reply

logger = logging.getLogger(__name__)

KEPT_SECONDS = 300.0
"""So long the frames of a finished run can be had again."""
GRACE_SECONDS = 30.0
"""So long a run goes on that nobody reads: a reader may be on the way back."""
_MOST_KEPT = 2_000


class BusyError(Exception):
    """The session has a question under way, or too many answers are, here or in all; the asker is to wait ``seconds``."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class KeyUsedError(Exception):
    """An ``Idempotency-Key`` came again with another request."""


class Runs:
    """All answers on their way or just given. To be used from one event loop.

    Args:
        last_words: the frames that end a run which was stopped.
        most: answers on their way at once; above it, an asker is told to come back.
        most_from_one: of these, from one place.
    """

    def __init__(
        self,
        last_words: Callable[[Run], Iterable[str]],
        *,
        most: int = 400,
        most_from_one: int = 100,
        kept_seconds: float = KEPT_SECONDS,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._last_words = last_words
        self._most = most
        self._most_from_one = most_from_one
        self._places: Counter[str] = Counter()
        self._kept_seconds = kept_seconds
        self._grace = grace
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._keys: dict[tuple[str, str], tuple[bytes, str]] = {}
        self._closing = False

    @property
    def running(self) -> int:
        """How many answers are on their way."""
        return self._places.total()

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
        return None if run.answer is None and (run.done or run.stopped) else run

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
            BusyError: the session has one under way that somebody reads, or too many are under way there or at all.
        """
        if self._closing:
            raise BusyError("restarting", 5)
        for other in self._of(run.scope) if alone else ():
            if other.readers:
                raise BusyError("one_at_a_time", 2)
            self._stop(other)  # whoever asked it has gone and asks something new
        self._check_room(run.place)
        while len(self._runs) >= _MOST_KEPT and (old := next((r for r in self._runs.values() if r.done), None)):
            self._forget(old.id, old.key)
        self._runs[run.id] = run
        if key:
            run.key = key
            self._keys[key] = hashlib.sha256(fingerprint).digest(), run.id
        run.on_left = lambda: self._left(run)
        task = asyncio.create_task(self._work(run, work), name=f"run {run.id}")
        self._tasks[run.id] = task
        self._places[run.place] += 1
        task.add_done_callback(lambda _: self._ended(run))

    @contextmanager
    def guest(self, place: str) -> Iterator[None]:
        """Takes the room of an answer that is worked on elsewhere, for the length of a ``with``.

        Raises:
            BusyError: too many are under way, or the server goes.
        """
        if self._closing:
            raise BusyError("restarting", 5)
        self._check_room(place)
        self._places[place] += 1
        try:
            yield
        finally:
            self._leave(place)

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

    async def erase(self, scope: str, conversation_id: str) -> None:
        """Stops what is on its way in a conversation, and forgets every frame of it."""
        for run in [r for r in self._runs.values() if (r.scope, r.conversation_id) == (scope, conversation_id)]:
            if self.cancel(run):
                await run.wait()
            self._forget(run.id, run.key)
            run.frames.clear()

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
            asyncio.get_running_loop().call_later(self._grace, self._stop_if_left, run.id)

    # What waits knows only names: of what was erased nothing stays in memory.

    def _stop_if_left(self, run_id: str) -> None:
        run = self._runs.get(run_id)
        if run is not None and not run.done and not run.readers:
            self._stop(run)

    def _forget(self, run_id: str, key: tuple[str, str] | None) -> None:
        self._runs.pop(run_id, None)
        # Asked anew after a failure, the key is that of the newer run.
        if key is not None and self._keys.get(key, (b"", ""))[1] == run_id:
            del self._keys[key]

    def _check_room(self, place: str) -> None:
        if self._places.total() >= self._most:
            raise BusyError("too_busy", 5)
        if place and self._places[place] >= self._most_from_one:
            raise BusyError("address_busy", 5)

    def _ended(self, run: Run) -> None:
        self._tasks.pop(run.id, None)
        self._leave(run.place)

    def _leave(self, place: str) -> None:
        self._places[place] -= 1
        if not self._places[place]:
            del self._places[place]

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
            asyncio.get_running_loop().call_later(kept, self._forget, run.id, run.key)
