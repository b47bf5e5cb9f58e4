"""The fake Bot API, and the real channel over a stand-in for the house."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.pace import Pace
from bot.store import Store
from tests.bot.channels.telegram.fake_api import TOKEN, FakeTelegram
from tests.bot.channels.telegram.stand_in import QUICK, StandIn, make_channel

T = TypeVar("T")


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    """A Bot API server that nobody has called yet."""
    with FakeTelegram().running() as server:
        yield server


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """The channel keeps its token out of all logs of the process, for good; a test must give that back."""
    factory = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(factory)


@dataclass
class Bot:
    """A running channel, its house, and the server it talks to."""

    telegram: FakeTelegram
    house: StandIn
    channel: TelegramChannel

    async def until(self, look: Callable[[], T | None], *, seconds: float = 15) -> T:
        """What ``look`` gives, once it gives something."""
        return await until(look, seconds=seconds)

    async def silence(self) -> None:
        """So long that whatever were sent wrongly would have been sent."""
        await asyncio.sleep(5 * self.telegram.pace.chat)

    async def messages(self, count: int, chat_id: int = 7, *, seconds: float = 15) -> list[Any]:
        """The chat's messages, once there are so many."""
        return await until(lambda: m if len(m := self.telegram.sent(chat_id)) >= count else None, seconds=seconds)


async def until(look: Callable[[], T | None], *, seconds: float = 15) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"nothing after {seconds} s")


Start = Callable[..., contextlib.AbstractAsyncContextManager[Bot]]


@pytest.fixture
def start(telegram: FakeTelegram, tmp_path: Path) -> Start:
    """Starts the channel for the length of an ``async with``; over the same folder each time."""

    @contextlib.asynccontextmanager
    async def starting(*, pace: Pace = QUICK, **options: Any) -> AsyncIterator[Bot]:
        telegram.pace = pace
        store = Store(tmp_path / "bot.sqlite")
        house = StandIn(store)
        channel = make_channel(house, tmp_path, telegram.url, TOKEN, pace=pace, **options)
        running = asyncio.create_task(channel.run())
        try:
            yield Bot(telegram, house, channel)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            store.close()

    return starting
