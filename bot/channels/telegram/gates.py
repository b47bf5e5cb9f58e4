"""Telegram's limits, kept by waiting: a message a second to a chat, twenty a minute to a group, thirty calls a second.

A call counts from when it is made until so long after its end. So however long it travels, Telegram never sees more
within its own second or minute.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from bot.channels.telegram.failures import TooManyError
from bot.channels.telegram.pace import REAL, Pace

T = TypeVar("T")
SPARED = 12
"""Calls of each second that drafts leave to answers."""
_COOLING_CHATS = 3
"""When so many chats must pause at once, it is not they that are busy: it is us."""
_MANY_CHATS = 10_000


@dataclass
class _Window:
    """Calls under way and those that ended not long ago."""

    calls: int
    seconds: float
    under_way: int = 0
    ended: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until there is room; unknown, so a moment, while calls are under way."""
        while self.ended and self.ended[0] <= now - self.seconds:
            self.ended.popleft()
        over = self.under_way + len(self.ended) - self.calls
        if over < 0:
            return 0.0
        return self.ended[over] + self.seconds - now if over < len(self.ended) else 0.02


@dataclass
class _Chat:
    """What is known of one chat. ``turn`` is held from when a message waits until it is sent."""

    minute: _Window
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    cool_until: float = 0.0


class Gates:
    """Lets calls through at the pace that Telegram allows. For one event loop."""

    def __init__(self, pace: Pace = REAL) -> None:
        self._pace = pace
        self._chats: dict[int, _Chat] = {}
        self._total = _Window(pace.total_calls, pace.total)
        self._queue = asyncio.Lock()
        self._all_cool_until = 0.0
        self._kinds_cool_until: dict[str, float] = {}

    @asynccontextmanager
    async def message(self, chat_id: int) -> AsyncIterator[None]:
        """Waits for the turn of a message that must be sent, and holds it while the call is made."""
        chat = self._chat(chat_id)
        async with chat.turn:
            async with self._queue_for(chat, chat_id):
                self._begin(chat, chat_id)
            try:
                yield
            finally:
                self._end(chat, chat_id)

    @asynccontextmanager
    async def attempt(self, chat_id: int, *, counts: bool = True) -> AsyncIterator[bool]:
        """Whether a call that may as well be left out can be made at once; holds its turn if so.

        Args:
            counts: whether Telegram takes it for a message; "typing" is none.
        """
        chat = self._chat(chat_id)
        now = _now()
        waiting = chat.turn.locked() or now < max(chat.cool_until, self._all_cool_until)
        if waiting or self._crowded(now) or (counts and self._chat_wait(chat, chat_id) > 0):
            yield False
            return
        async with chat.turn:
            self._begin(chat, chat_id if counts else 0)
            try:
                yield True
            finally:
                self._end(chat, chat_id if counts else 0, message=counts)

    async def call(self, kind: str, make: Callable[[], Awaitable[T]], *, patience: float) -> T:
        """Makes a call that goes to no chat, in its turn; where Telegram asks for a pause, once more after it.

        Args:
            kind: calls of one kind pause together.
            patience: seconds; for no longer pause than this is the call of any use.

        Raises:
            TooManyError: the pause is longer.
            TelegramFailure: the call failed otherwise.
        """
        while True:
            pause = self._kinds_cool_until.get(kind, 0.0) - _now()
            if pause > patience:
                raise TooManyError(pause)
            if pause > 0:
                await asyncio.sleep(pause)
            try:
                async with self.other():
                    return await make()
            except TooManyError as error:
                self._kinds_cool_until[kind] = _now() + error.seconds + self._pace.margin

    @asynccontextmanager
    async def other(self) -> AsyncIterator[None]:
        """Waits for the turn of a call that goes to no chat."""
        async with self._queue:
            while (wait := max(self._total.wait(_now()), self._all_cool_until - _now())) > 0:
                await asyncio.sleep(wait)
            self._total.under_way += 1
        try:
            yield
        finally:
            self._total.under_way -= 1
            self._total.ended.append(_now() + self._pace.margin)

    def cool(self, chat_id: int, seconds: float) -> None:
        """No call to this chat before so many seconds have passed."""
        chat, now = self._chat(chat_id), _now()
        chat.cool_until = max(chat.cool_until, now + seconds + self._pace.margin)
        cooling = [other.cool_until for other in self._chats.values() if other.cool_until > now]
        if len(cooling) >= _COOLING_CHATS:
            # Several chats at once mean that all of us are too fast; but one that must wait long does not hold up the others.
            self._all_cool_until = min(cooling)

    def cooling(self, chat_id: int) -> bool:
        """Whether this chat must be left alone now."""
        return _now() < max(self._chat(chat_id).cool_until, self._all_cool_until)

    @asynccontextmanager
    async def _queue_for(self, chat: _Chat, chat_id: int) -> AsyncIterator[None]:
        """Waits until chat and total have room. Whoever has waited for its chat queues for the total, first come first served."""
        while True:
            while (wait := self._chat_wait(chat, chat_id)) > 0:
                await asyncio.sleep(wait)
            async with self._queue:
                while (wait := self._total.wait(_now())) > 0:
                    await asyncio.sleep(wait)
                if self._chat_wait(chat, chat_id) <= 0:
                    yield
                    return

    def _chat_wait(self, chat: _Chat, chat_id: int) -> float:
        now = _now()
        minute = chat.minute.wait(now) if chat_id < 0 else 0.0
        return max(chat.free_at - now, chat.cool_until - now, self._all_cool_until - now, minute)

    def _crowded(self, now: float) -> bool:
        self._total.wait(now)
        return self._total.under_way + len(self._total.ended) >= self._pace.total_calls - SPARED

    def _begin(self, chat: _Chat, chat_id: int) -> None:
        self._total.under_way += 1
        if chat_id < 0:
            chat.minute.under_way += 1

    def _end(self, chat: _Chat, chat_id: int, *, message: bool = True) -> None:
        now = _now() + self._pace.margin
        self._total.under_way -= 1
        self._total.ended.append(now)
        if message:
            chat.free_at = now + self._pace.chat
        if chat_id < 0:
            chat.minute.under_way -= 1
            chat.minute.ended.append(now)

    def _chat(self, chat_id: int) -> _Chat:
        if len(self._chats) > _MANY_CHATS:
            now = _now()
            idle = [
                number
                for number, chat in self._chats.items()
                if not chat.turn.locked()
                and max(chat.cool_until, chat.free_at, *chat.minute.ended, 0.0) < now - self._pace.group
            ]
            for number in idle:
                del self._chats[number]
        return self._chats.setdefault(chat_id, _Chat(_Window(self._pace.group_calls, self._pace.group)))


def _now() -> float:
    return asyncio.get_running_loop().time()
