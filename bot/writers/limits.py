"""What keeps a model from costing more time or money than it may: a circuit breaker, and a budget of tokens a day."""

import datetime as dt
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
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

    @property
    def is_open(self) -> bool:
        """Whether it has opened; it closes with the first call that works."""
        with self._guard:
            return self._failures >= self._after

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
            if self._failures >= self._after:
                log.warning("the model answers again")
            self._failures, self._trying = 0, False

    def failed(self) -> None:
        """The model did not answer."""
        with self._guard:
            self._failures += 1
            self._trying = False
            if self._failures == self._after:
                log.warning("the model failed %d times in a row and rests; quotes answer", self._failures)
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


class Tally:
    """What a model has cost and how often it failed since the start, for operators. Safe to use from several threads."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._tokens = 0
        self._guard = threading.Lock()

    def failed(self, kind: str) -> None:
        """Counts a call that gave no answer, or was not made, by its kind."""
        with self._guard:
            self._failures[kind] += 1

    def spent(self, tokens: int) -> None:
        """Counts tokens, in and out together."""
        with self._guard:
            self._tokens += tokens

    @property
    def failures(self) -> Mapping[str, int]:
        """How many calls failed, by kind."""
        with self._guard:
            return dict(self._failures)

    @property
    def tokens(self) -> int:
        """How many tokens were spent."""
        with self._guard:
            return self._tokens


class Budget:
    """Tokens that may be spent a day, in and out together; the day is that of UTC. 0 is no limit.

    What a call may cost is reserved before it is made, so that many calls at once do not spend more than one after another.
    """

    def __init__(
        self,
        tokens_per_day: int,
        store: UsageStore,
        *,
        today: Callable[[], dt.date] = lambda: dt.datetime.now(dt.UTC).date(),
    ) -> None:
        self._limit = tokens_per_day
        self._reserved = 0
        self._said_on: dt.date | None = None
        self._guard = threading.Lock()
        self._store = store
        self._today = today

    def reserve(self, tokens: int) -> bool:
        """Sets so many tokens of today's aside; who gets True settles. Where it cannot be told what is left, nothing is."""
        with self._guard:
            today = self._today()
            try:
                spent = self._store.tokens_on(today) if self._limit else 0
            except StoreError as error:
                log.warning("%s; no tokens are spent", error)
                return False
            if self._limit and spent + self._reserved + tokens > self._limit:
                if self._said_on != today and not self._reserved:
                    self._said_on = today
                    log.warning(
                        "the budget of tokens for today is spent (DRAGOMAN_MODEL_TOKENS_PER_DAY); quotes answer"
                    )
                return False
            self._reserved += tokens
            return True

    def settle(self, reserved: int, spent: int) -> None:
        """Notes what was spent of what was reserved."""
        with self._guard:
            self._reserved -= reserved
            self._store.spend_tokens(self._today(), spent)
