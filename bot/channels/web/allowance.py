"""How much may be asked: by address, by session and by site, whatever a request claims about itself."""

import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi import Request

from bot.channels.web.addresses import is_this_machine, network_of

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_MOST_KEYS = 100_000
LIGHT = 4
"""So many requests that ask nothing (looking back, rating, following) weigh as much as a question."""

Limited = Literal["address", "session", "site"]


class LimitError(Exception):
    """Too much was asked; ``limit`` says of what, and ``seconds`` when to come back."""

    def __init__(self, limit: Limited, seconds: int) -> None:
        super().__init__(f"the limit for one {limit} is reached for {seconds} s")
        self.limit = limit
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    most: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> "Rate":
        """``300/minute`` as a rate.

        Raises:
            ValueError: it is none.
        """
        found = re.fullmatch(rf"\s*([1-9]\d{{0,8}})\s*/\s*({'|'.join(_UNITS)})\s*", text)
        if found is None:
            raise ValueError(f"'{text}' is no limit; write it like 300/minute, per second, minute, hour or day")
        return cls(int(found[1]), _UNITS[found[2]])


class SlidingCount:
    """Counts what came in the last so many seconds, for each of many names; two numbers a name, and never a thread.

    The window before the present one counts by the share that the sliding window still covers.
    """

    def __init__(self, rates: Sequence[Rate], clock: Callable[[], float]) -> None:
        self._rates = rates
        self._clock = clock
        self._counts: OrderedDict[tuple[str, int], tuple[int, float, float]] = OrderedDict()

    def wait(self, name: str) -> int:
        """Seconds until one more may come; 0 for now."""
        now = self._clock()
        return max((self._wait(name, number, rate, now) for number, rate in enumerate(self._rates)), default=0)

    def add(self, name: str, weight: float = 1.0) -> None:
        """Counts one that came."""
        now = self._clock()
        for number, rate in enumerate(self._rates):
            window, before, here = self._at(name, number, rate, now)
            self._counts[name, number] = window, before, here + weight
            self._counts.move_to_end((name, number))
        while len(self._counts) > _MOST_KEYS:
            self._counts.popitem(last=False)

    def _wait(self, name: str, number: int, rate: Rate, now: float) -> int:
        _, before, here = self._at(name, number, rate, now)
        gone = now % rate.seconds
        if before * (1 - gone / rate.seconds) + here <= rate.most - 1:
            return 0
        # When enough of what came has slid out of the window.
        if here <= rate.most - 1:
            return math.ceil(rate.seconds * (1 - (rate.most - 1 - here) / before) - gone) or 1
        return math.ceil(rate.seconds - gone + rate.seconds * (1 - (rate.most - 1) / here)) or 1

    def _at(self, name: str, number: int, rate: Rate, now: float) -> tuple[int, float, float]:
        window = int(now // rate.seconds)
        then, before, here = self._counts.get((name, number), (window, 0.0, 0.0))
        if then == window:
            return window, before, here
        return window, here if then == window - 1 else 0.0, 0.0


class Allowance:
    """Lets a request pass, or says when to come back. Safe to use from several threads.

    Args:
        at_home: the service is reached from this machine only; its own scripts are then not counted by address.
    """

    def __init__(
        self,
        *,
        address: Sequence[Rate],
        session: Sequence[Rate],
        site: Sequence[Rate],
        at_home: bool = False,
        clock: Callable[[], float] = time.monotonic,
        on_refusal: Callable[[Limited], None] = lambda limit: None,
    ) -> None:
        self._taking = threading.Lock()
        self._addresses = SlidingCount(address, clock)
        self._sessions = SlidingCount(session, clock)
        self._sites = SlidingCount(site, clock)
        self._at_home = at_home
        self._on_refusal = on_refusal

    def request(self, request: Request, *, asks: bool) -> None:
        """Counts a request to where it comes from; a light one weighs less than a question.

        Raises:
            LimitError: too many came from there.
        """
        if place := self.place_of(request):
            self._take("address", self._addresses, place, 1.0 if asks else 1 / LIGHT)

    def place_of(self, request: Request) -> str:
        """Where a request is counted to come from; nowhere, where it is this machine's own and the house is at home."""
        free = self._at_home and request.headers.get("origin") is None and is_this_machine(request)
        return "" if free else network_of(request) or "unknown"

    def question(self, session_id: str, site_key: str) -> None:
        """Counts a visitor's question.

        Raises:
            LimitError: the visitor asked too much, or the site did today.
        """
        self._take("session", self._sessions, session_id)
        self._take("site", self._sites, site_key)

    def script(self, request: Request, name: str) -> None:
        """Counts a script's question as those of a site are; ``name`` is what its key is known by, empty without keys.

        Raises:
            LimitError: scripts of this name asked too much today.
        """
        if self.place_of(request):
            self._take("site", self._sites, f"script {name}")

    def _take(self, limit: Limited, counts: SlidingCount, name: str, weight: float = 1.0) -> None:
        with self._taking:
            seconds = counts.wait(name)
            if not seconds:
                counts.add(name, weight)
        if seconds:
            self._on_refusal(limit)
            raise LimitError(limit, seconds)
