"""Failures that mean another thing than they say, and calls that are no messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.errors import StartError, StoreError
from bot.store import Store
from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import TOKEN, Call, FakeTelegram, Fault
from tests.bot.channels.telegram.stand_in import QUICK, StandIn, make_channel

Task = asyncio.Task[None]


async def test_a_gateway_that_did_not_wait_for_telegram_may_have_delivered(
    telegram: FakeTelegram, start: Start
) -> None:
    telegram.faults.append(Fault("sendMessage", 504, "Gateway Timeout"))
    async with start() as bot:
        telegram.say("What is asked?")
        (notice,) = await bot.messages(1)
        await bot.silence()
    assert "connection broke" in notice.text
    assert len(telegram.sent()) == 1


@pytest.mark.parametrize("status", [401, 404])
async def test_who_says_once_that_there_is_no_such_bot_parks_no_message(
    telegram: FakeTelegram, start: Start, status: int
) -> None:
    telegram.faults += [
        Fault("sendMessage", status, "Unauthorized", times=2),
        Fault("getUpdates", status, "?", times=2),
    ]
    telegram.faults.append(Fault("getMe", status, "Unauthorized"))
    async with start() as bot:
        telegram.say("What is asked?")
        await bot.messages(1)
        await bot.silence()
    assert len(telegram.sent()) == 1


@asynccontextmanager
async def run(telegram: FakeTelegram, place: Path, **options: Any) -> AsyncIterator[tuple[TelegramChannel, Task]]:
    """The channel, and the task that ends when it does."""
    store = Store(place / "bot.sqlite")
    channel = make_channel(StandIn(store), place, telegram.url, TOKEN, pace=QUICK, **options)
    running = asyncio.create_task(channel.run())
    try:
        yield channel, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        store.close()


@pytest.mark.parametrize("webhook", [False, True])
async def test_a_token_that_telegram_itself_does_not_know_any_more_ends_it(
    telegram: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    async with run(telegram, tmp_path, webhook=webhook) as (channel, running):
        await until(lambda: telegram.made("setMyShortDescription"))
        taken = await channel._ledger.take([{"update_id": 5, "message": telegram.message(7, text="What is asked?")}])
        telegram.token = "other:" + "x" * 30
        channel._reception.admit(taken[0])
        with pytest.raises(StartError, match="DRAGOMAN_TELEGRAM_TOKEN"):
            await asyncio.wait_for(running, timeout=15)


async def test_a_token_that_telegram_never_knew_ends_it(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.token = "other:" + "x" * 30
    async with run(telegram, tmp_path) as (_, running):
        with pytest.raises(StartError, match="@BotFather") as told:
            await asyncio.wait_for(running, timeout=15)
    assert TOKEN.partition(":")[2] not in str(told.value)


async def test_another_who_fetches_ends_it(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with run(telegram, tmp_path) as (_, running):
        telegram.say("/about")
        await until(lambda: telegram.sent())
        telegram.faults.append(Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=99))
        with pytest.raises(StartError, match="another process fetches the updates"):
            await asyncio.wait_for(running, timeout=15)


async def test_another_who_ends_just_now_does_not_end_it(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.faults.append(Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2))
    async with run(telegram, tmp_path):
        telegram.say("/about")
        await until(lambda: telegram.sent())


async def test_pauses_before_calls_that_go_to_no_chat_are_kept(telegram: FakeTelegram, start: Start) -> None:
    methods = ("setMyCommands", "answerCallbackQuery", "answerInlineQuery")
    telegram.faults += [Fault(name, 429, "Too Many Requests", retry_after=1) for name in methods]
    stale = Call("sendMessage", {"chat_id": 7}, 0.0, message_id=1)
    user = {"id": 7, "is_bot": False, "first_name": "N", "language_code": "en"}
    async with start() as bot:
        telegram.press(stale, "zzz")
        telegram.put({"inline_query": {"id": "11", "from": user, "query": "export tax", "offset": ""}})
        telegram.say("What is asked?")
        await bot.messages(1)
        assert not telegram.made("answerCallbackQuery"), "messages do not wait for it"
        for name, times in zip(methods, (3, 1, 1), strict=True):
            await until(lambda name=name, times=times: len(telegram.made(name)) == times)  # type: ignore[misc]
    for name in methods:
        refused, following = [call for call in telegram.calls if call.method == name][:2]
        assert (refused.outcome, following.outcome) == ("429", "ok")
        assert following.at - refused.at >= 1.0


async def test_a_button_is_answered_whatever_the_store_does(
    telegram: FakeTelegram, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("the feedback was not stored (disk full)")

    async with start() as bot:
        telegram.say("What is asked?")
        (answer,) = await bot.messages(1)
        for name in ("rate", "ask_a_person"):
            monkeypatch.setattr(bot.house.store, name, full)
        data = [button.get("callback_data", "") for button in answer.buttons]
        for wanted in ("r:", "p:"):
            telegram.press(answer, next(value for value in data if value.startswith(wanted)))
        await until(lambda: len(telegram.made("answerCallbackQuery")) == 2)
        await until(lambda: telegram.waiting() == 0)
        await bot.silence()
    assert all("press the button again" in call.params["text"] for call in telegram.made("answerCallbackQuery"))
    assert len(telegram.sent()) == 1
