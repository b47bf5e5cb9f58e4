"""What is left after ``/forget``, and after a message has arrived: nothing that says whose it was."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.telegram import ledger as ledger_room
from bot.channels.telegram.database import CONVERSATIONS, INBOX, OUTBOX, Database
from bot.channels.telegram.ledger import Address, Ledger
from bot.channels.telegram.markup import paragraph
from bot.channels.telegram.messages import messages
from tests.bot.channels.telegram.conftest import Bot, Start, until
from tests.bot.channels.telegram.fake_api import FakeTelegram, Fault
from tests.bot.channels.telegram.stand_in import QUICK

GROUP = -100_500


async def rows_of(bot: Bot, number: int) -> int:
    """How many rows of the channel's database name a chat or a user."""

    def work(connection: sa.Connection) -> int:
        tables = (INBOX, OUTBOX, CONVERSATIONS)
        theirs = [sa.select(t.c.chat_id).where((t.c.chat_id == number) | (t.c.user_id == number)) for t in tables]
        return sum(len(connection.execute(query).all()) for query in theirs)

    return await bot.channel._database.do(work)


async def until_rows(bot: Bot, number: int, wanted: int) -> None:
    """Waits for a number of rows: that a message has arrived is noted a moment after it has."""
    for _ in range(500):
        if (found := await rows_of(bot, number)) == wanted:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{found} rows name {number}")


async def test_nothing_names_a_chat_that_was_forgotten(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("What is asked?", 7_771)
        await bot.messages(1, 7_771)
        await until_rows(bot, 7_771, 1)  # whose conversation it is, and no more than that
        telegram.say("/forget", 7_771)
        await bot.messages(2, 7_771)
        await until_rows(bot, 7_771, 0)


async def test_what_still_runs_in_other_topics_is_neither_sent_nor_kept(telegram: FakeTelegram, start: Start) -> None:
    telegram.threads[GROUP] = {1, 2, 3}
    ask = {"user_id": 70, "is_topic_message": True}
    async with start() as bot:
        telegram.mention("slow 8 first?", GROUP, message_thread_id=1, **ask)
        telegram.mention("slow 1 of another's?", GROUP, message_thread_id=2, user_id=71, is_topic_message=True)
        await until(lambda: len(bot.house.asked) == 2)
        telegram.mention("and this waits behind it?", GROUP, message_thread_id=1, **ask)
        telegram.say("/forget", GROUP, message_thread_id=3, **ask)
        done = await until(lambda: [call for call in telegram.sent(GROUP) if "erased" in call.text])
        talks = {conversation for text, conversation in bot.house.asked if "first" in text}
        await until(lambda: [call for call in telegram.sent(GROUP) if "another's" in call.text])
        await until(lambda: telegram.waiting() == 0)
        await bot.silence()
        assert not [call for call in telegram.sent(GROUP) if "first?" in call.text or "waits" in call.text]
        assert not [turn for talk in talks for turn in bot.house.store.turns(talk or "")]
        await until_rows(bot, 70, 0)
        await until_rows(bot, 71, 1)
        assert len(telegram.sent(GROUP)) == 2
        telegram.mention("and now?", GROUP, message_thread_id=1, **ask)
        await until(lambda: [call for call in telegram.sent(GROUP) if "and now?" in call.text])
    assert len(done) == 1


async def test_an_answer_that_waits_to_be_sent_is_forgotten_too(telegram: FakeTelegram, start: Start) -> None:
    telegram.threads[GROUP] = {1, 2}
    ask = {"user_id": 70, "is_topic_message": True}
    telegram.faults.append(Fault("sendMessage", 429, "Too Many Requests", retry_after=2, chat_id=GROUP))
    async with start() as bot:
        telegram.mention("What is asked?", GROUP, message_thread_id=1, **ask)
        await until(lambda: [call for call in telegram.calls if call.outcome == "429"])
        telegram.say("/forget", GROUP, message_thread_id=2, **ask)
        (only,) = await bot.messages(1, GROUP)
        await bot.silence()
    assert "erased" in only.text
    assert len(telegram.sent(GROUP)) == 1


async def test_what_is_old_is_forgotten_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(tmp_path / "t.sqlite")
    ledger = Ledger(database)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=9)
    monkeypatch.setattr(ledger_room, "_now", lambda: long_ago)
    old, waiting = await ledger.take([{"update_id": n, "message": {"chat": {"id": 7}}} for n in (1, 2)])
    (lost,) = await ledger.finish(old, Address(7, 7), messages([paragraph("An answer.")]))
    await ledger.mark(lost, "uncertain")
    monkeypatch.undo()
    await ledger.tidy()

    def rows(connection: sa.Connection) -> tuple[int, int]:
        return tuple(len(connection.execute(sa.select(table)).all()) for table in (INBOX, OUTBOX))  # type: ignore[return-value]

    assert await database.do(rows) == (1, 0)
    assert await ledger.waiting() == [waiting]
    await database.close()


async def test_it_is_tidied_again_and_again(telegram: FakeTelegram, start: Start, tmp_path: Path) -> None:
    async with start(pace=replace(QUICK, tidy=0.05)) as bot:
        tidied: list[int] = []
        tidy = bot.channel._ledger.tidy

        async def counted() -> None:
            tidied.append(1)
            await tidy()

        bot.channel._ledger.tidy = counted  # type: ignore[method-assign]
        await until(lambda: len(tidied) > 2)
