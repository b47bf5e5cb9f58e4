"""A few at a time, in the order they came: what takes the processor goes through here.

Two hundred questions that are worked on together all end together, at the end. Worked on in turn, the first has its
answer at once and the middle one in half the time, and the last waits no longer than it would have anyway.
"""

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")

PLACES = 2 * (os.cpu_count() or 1)
"""While one has the processor, another waits for an index or the disk; more would only share the processor and all be late."""


class Turnstile:
    """Lets so many through at a time; who waits is let in before whoever comes later.

    To be used from one event loop at a time. Whoever is cancelled while waiting, or just as the turn comes, holds up nobody.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._free = places
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(not turn.done() for turn in self._queue)

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncGenerator[None, None]:
        """A place, for the length of a ``with``, as soon as it is one's turn."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def made(self, events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """The same events, all made in one turn and handed on after it: who takes them slowly holds up nobody."""
        async with contextlib.aclosing(events):
            async with self.place():
                made = [event async for event in events]
            for event in made:
                yield event

    async def _enter(self) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                if turn in self._queue:
                    self._queue.remove(turn)
            else:
                self._leave()  # the place came as its owner was called off
            raise

    def _leave(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)  # the place goes from hand to hand: nobody slips in between
                return
        self._free += 1
