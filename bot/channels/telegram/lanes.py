"""Order within one chat, none between chats: what comes in a lane is done one after another, lanes side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


class Lanes:
    """Runs jobs. For one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._workers: dict[Hashable, asyncio.Task[None]] = {}
        self._closed = False

    def put(self, lane: Hashable, job: Job) -> None:
        """Has a job done after those that wait in its lane."""
        if self._closed:
            return
        self._waiting.setdefault(lane, deque()).append(job)
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._work(lane))

    def waiting(self, lane: Hashable) -> int:
        """How many jobs wait in a lane, without the one that is done now."""
        return len(self._waiting.get(lane, ()))

    async def _work(self, lane: Hashable) -> None:
        try:
            while jobs := self._waiting.get(lane):
                job = jobs.popleft()
                try:
                    await job()
                except Exception:
                    log.exception("an update was not handled")
        finally:
            self._waiting.pop(lane, None)
            self._workers.pop(lane, None)

    async def close(self, *, seconds: float = 0.0) -> None:
        """Lets what is being done go on for so long, then ends it; what waits is left."""
        self._closed = True
        for jobs in self._waiting.values():
            jobs.clear()
        workers = list(self._workers.values())
        if workers and seconds:
            await asyncio.wait(workers, timeout=seconds)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
