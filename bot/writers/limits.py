"""What keeps a model from costing more time or money than it may: a circuit breaker, and a budget of tokens a day."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from bot.errors import StoreError

log = logging.getLogger(__name__)


class Breaker:
    """Opens after failures in a row; while it is open nothing is tried, then one call at a time is let through.

    Args:
        after: failures in a row that open it.
        rest_seconds: how long it stays open; twice as long after each failed try, ten times as long at most.
        clock: seconds that only go forward.
    """

    def __init__(
        self, *, after: int = 3, rest_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._after = after
        self._rest = rest_seconds
        self._clock = clock
        self._failures = 0
        self._closed_at = 0.0
        self._trying = False
        self._guard = threading.Lock()

    def may_try(self) -> bool:
        """Whether a call may be made now. Who gets True tells what became of it."""
        with self._guard:
            if self._failures < self._after:
                return True
            if self._clock() < self._closed_at or self._trying:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """The model answered."""
        with self._guard:
            self._failures, self._trying = 0, False

    def failed(self) -> None:
        """The model did not answer."""
        with self._guard:
            self._failures += 1
            self._trying = False
            over = min(self._failures - self._after, 4)
            self._closed_at = self._clock() + min(self._rest * 2 ** max(0, over), 10 * self._rest)

    def given_up(self) -> None:
        """Nobody waits for the answer any more; it says nothing of the model."""
        with self._guard:
            self._trying = False


class UsageStore(Protocol):
    """Where spent tokens are kept over a restart."""

    def tokens_on(self, day: dt.date) -> int:
        """Tokens spent on a day."""

    def spend_tokens(self, day: dt.date, tokens: int) -> None:
        """Adds to them."""


class Budget:
    """Tokens that may be spent a day, in and out together; the day is that of UTC. 0 is no limit."""

    def __init__(
        self,
        tokens_per_day: int,
        store: UsageStore,
        *,
        today: Callable[[], dt.date] = lambda: dt.datetime.now(dt.UTC).date(),
    ) -> None:
        self._limit = tokens_per_day
        self._store = store
        self._today = today

    def has(self, tokens: int) -> bool:
        """Whether so many tokens more may be spent today; where that cannot be told, they may not."""
        try:
            return self._limit == 0 or self._store.tokens_on(self._today()) + tokens <= self._limit
        except StoreError as error:
            log.warning("%s; no tokens are spent", error)
            return False

    def spend(self, tokens: int) -> None:
        """Notes what was spent."""
        self._store.spend_tokens(self._today(), tokens)
