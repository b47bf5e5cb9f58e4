"""What Telegram and the network do wrong, one by one; and limits, order and certainty under it."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.ledger import Ledger, Taken
from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import FakeTelegram, Fault
from tests.bot.channels.telegram.stand_in import QUICK

GROUP = -100_500


async def test_a_pause_that_telegram_asks_for_is_kept_for_that_chat_alone(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1, chat_id=7))
    async with start() as bot:
        telegram.say("What is asked?", 7)
        telegram.say("What else is asked?", 8)
        (other,) = await bot.messages(1, 8)
        (answer,) = await bot.messages(1, 7)
        telegram.say("And then?", 7)
        await bot.messages(2, 7)
    refused = next(call for call in telegram.calls if call.outcome == "429")
    inside = [c for c in telegram.calls if c.chat_id == 7 and refused.at < c.at < refused.at + 1]
    assert not inside
    assert answer.at >= refused.at + 1
    assert other.at < refused.at + 1
    assert len(telegram.sent(7)) == 2
    assert not telegram.limits_broken()


async def test_a_pause_for_drafts_delays_nothing_else(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessageDraft", 429, "Too Many Requests", retry_after=1, times=9))
    async with start() as bot:
        telegram.say("slow 0.3")
        (answer,) = await bot.messages(1)
    refused = [call for call in telegram.calls if call.outcome == "429"]
    assert len(refused) == 1
    assert answer.at >= refused[0].at + 1
    assert len(telegram.sent()) == 1


@pytest.mark.parametrize(
    ("description", "kept"),
    [
        ("Bad Request: can't parse entities: unsupported start tag", {"reply_markup", "reply_parameters"}),
        ("Bad Request: BUTTON_URL_INVALID", {"parse_mode", "reply_markup", "reply_parameters"}),
        ("Bad Request: message to be replied not found", {"parse_mode", "reply_markup"}),
        ("Bad Request: something nobody has heard of", {"reply_markup", "reply_parameters"}),
    ],
)
async def test_an_answer_that_is_refused_goes_out_in_a_simpler_form(
    telegram: FakeTelegram, start: Start, description: str, kept: set[str]
) -> None:
    telegram.faults.append(Fault("sendMessage", 400, description))
    async with start() as bot:
        telegram.say("What is <asked>?")
        (answer,) = await bot.messages(1)
    assert "The answer to “What is <asked>?”. [1]" in answer.text
    assert "Rules of trade" in answer.text
    assert {"parse_mode", "reply_markup", "reply_parameters"} & set(answer.params) == kept
    assert not [button for button in answer.buttons if "url" in button] or "BUTTON" not in description


@pytest.mark.slow
async def test_an_answer_that_is_always_refused_ends_and_blocks_nothing(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessage", 400, "Bad Request: whatever", times=99, chat_id=7))
    async with start() as bot:
        telegram.say("What is asked?", 7)
        telegram.say("What is asked?", 8)
        await bot.messages(1, 8)
        await until(lambda: len([call for call in telegram.calls if call.outcome == "400"]) == 4)
        telegram.faults.clear()
        telegram.say("And now?", 7)
        assert "And now?" in (await bot.messages(1, 7))[0].text


async def test_a_thread_that_is_gone_is_left_out(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.mention("in a topic that was deleted?", GROUP, message_thread_id=33, is_topic_message=True)
        (answer,) = await bot.messages(1, GROUP)
    assert "message_thread_id" not in answer.params
    assert answer.entities


@pytest.mark.parametrize(
    ("description", "tries", "arrives"),
    [("Bad Request: TOPIC_CLOSED", 2, True), ("Bad Request: CHAT_WRITE_FORBIDDEN", 1, False)],
)
async def test_what_no_simpler_form_changes_is_not_tried_in_simpler_forms(
    telegram: FakeTelegram, start: Start, description: str, tries: int, arrives: bool
) -> None:
    telegram.threads[GROUP] = {33}
    telegram.faults.append(Fault("sendMessage", 400, description))
    async with start() as bot:
        telegram.mention("in a topic?", GROUP, message_thread_id=33, is_topic_message=True)
        await until(lambda: [call for call in telegram.calls if call.outcome == "400"])
        await until(lambda: len(telegram.sent(GROUP)) == arrives)
        await until(lambda: telegram.waiting() == 0)
        await bot.silence()
    assert len([call for call in telegram.calls if call.method == "sendMessage"]) == tries
    assert len(telegram.sent(GROUP)) == arrives
    assert all(call.entities and "message_thread_id" not in call.params for call in telegram.sent(GROUP))


async def test_a_blocked_chat_is_left_alone_until_it_writes_again(telegram: FakeTelegram, start: Start) -> None:
    telegram.blocked.add(7)
    async with start() as bot:
        telegram.say("long", 7)
        await until(lambda: [c for c in telegram.calls if c.method == "sendMessage" and c.outcome == "403"])
        await bot.silence()
        assert len([call for call in telegram.calls if call.method == "sendMessage"]) == 1
        telegram.blocked.clear()
        telegram.say("And now?", 7)
        (answer,) = await bot.messages(1)
    assert "And now?" in answer.text


async def test_a_group_that_moves_while_we_send_gets_its_answer_once(telegram: FakeTelegram, start: Start) -> None:
    new = -100_901
    telegram.faults.append(
        Fault(
            "sendMessage",
            400,
            "Bad Request: group chat was upgraded",
            parameters={"migrate_to_chat_id": new},
            chat_id=GROUP,
        )
    )
    async with start() as bot:
        telegram.mention("where are we?", GROUP)
        (answer,) = await bot.messages(1, new)
        await bot.silence()
    assert "where are we?" in answer.text
    assert len(telegram.made("sendMessage")) == 1


@pytest.mark.parametrize(
    "fault", [Fault("sendMessage", 500, "Internal Server Error", times=2), Fault("sendMessage", 502, times=1)]
)
async def test_a_failure_of_telegrams_is_tried_again(telegram: FakeTelegram, start: Start, fault: Fault) -> None:
    telegram.faults.append(Fault(fault.method, fault.status, fault.description, times=fault.times))
    async with start() as bot:
        telegram.say("What is asked?")
        await bot.messages(1)
        await bot.silence()
    assert len(telegram.sent()) == 1


async def test_a_connection_lost_after_delivery_sends_no_second_answer(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessage", drop="after"))
    async with start() as bot:
        telegram.say("What is asked?")
        (answer, notice) = await bot.messages(2)
        await bot.silence()
        assert len(telegram.sent()) == 2
    assert "The answer to" in answer.text
    assert "The answer to" not in notice.text
    assert "connection broke" in notice.text


async def test_an_answer_that_was_lost_on_the_way_can_be_had_again_also_after_a_restart(
    telegram: FakeTelegram, start: Start
) -> None:
    telegram.faults.append(Fault("sendMessage", drop="before"))
    async with start() as bot:
        telegram.say("What is asked?")
        (notice,) = await bot.messages(1)
    async with start() as bot:
        for _ in range(2):
            telegram.press(notice, notice.buttons[0]["callback_data"])
        (_, answer) = await bot.messages(2)
        toasts = await until(lambda: t if len(t := telegram.made("answerCallbackQuery")) == 2 else None)
        await bot.silence()
        assert not bot.house.asked
    assert "The answer to “What is asked?”." in answer.text
    assert len(telegram.sent()) == 2
    assert ["sent already" in str(toast.params.get("text", "")) for toast in toasts] == [False, True]


@pytest.mark.slow
async def test_a_slow_reply_is_waited_for(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessage", seconds=6))
    async with start() as bot:
        telegram.say("What is asked?")
        await bot.messages(1)
        await bot.silence()
    assert len(telegram.sent()) == 1


async def test_one_long_answer_blocks_nobody_else(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("slow 20", 7)
        await until(lambda: bot.house.asked)
        for chat_id in (8, 9):
            telegram.say("What is asked?", chat_id)
            await bot.messages(1, chat_id, seconds=8)
        assert not telegram.sent(7)


@pytest.mark.slow
async def test_many_parts_keep_their_order_and_the_pace(telegram: FakeTelegram, start: Start) -> None:
    async with start():
        telegram.say("long")
        telegram.say("And a short one?")
        messages = await until(
            lambda: m if (m := telegram.sent()) and m[-1].text.startswith("The answer") else None, seconds=40
        )
    order = [
        int(word.rstrip(":"))
        for message in messages
        for word in message.text.split()
        if word.rstrip(":").isdigit() and word.endswith(":")
    ]
    body = order[: order.index(39) + 1]
    assert body == sorted(body)
    assert all(not message.buttons for message in messages[:-2])
    assert "short one" in messages[-1].text
    assert not telegram.limits_broken()


@pytest.mark.slow
async def test_questions_of_one_chat_are_answered_in_their_order(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        for number in range(4):
            telegram.say(f"slow 0.{4 - number} question {number}?")
        answers = await bot.messages(4, seconds=30)
    assert [f"question {n}" in answer.text for n, answer in enumerate(answers)] == [True] * 4
    assert not telegram.limits_broken()


@pytest.mark.slow
async def test_twenty_a_minute_to_a_group_and_no_more(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        for number in range(24):
            telegram.mention(f"question {number}?", GROUP)
        telegram.say("And privately?", 8)
        await bot.messages(1, 8)
        await bot.messages(20, GROUP, seconds=60)
        await bot.silence()
        assert len(telegram.sent(GROUP)) == 20
    assert not telegram.limits_broken()


async def test_repeated_updates_in_any_order_are_answered_once(telegram: FakeTelegram, start: Start) -> None:
    messages = [telegram.message(200 + n, text=f"question {n}?") for n in range(6)]
    for number in (3, 1, 5, 1, 0, 3, 2, 4, 5):
        telegram.put({"message": messages[number]}, update_id=900 + number)
    async with start() as bot:
        for number in range(6):
            await bot.messages(1, 200 + number)
    for number in (0, 5):
        telegram.put({"message": messages[number]}, update_id=900 + number)
    async with start() as bot:
        telegram.say("last?", 7)
        await bot.messages(1, 7)
    assert [len(telegram.sent(200 + number)) for number in range(6)] == [1] * 6


async def test_numbers_that_begin_anew_after_a_quiet_time_are_seen(telegram: FakeTelegram, start: Start) -> None:
    async with start(pace=replace(QUICK, quiet=0.3)) as bot:
        telegram.say("/stop", 8)
        await bot.messages(1, 8)
        telegram.put({"message": telegram.message(7, text="What is asked?")}, update_id=900_000)
        await bot.messages(1, 7)
        await until(lambda: 900_001 in telegram.offsets and telegram.offsets[-1] is None)
        telegram.put({"message": telegram.message(7, text="And after a week?")}, update_id=50)
        telegram.put({"message": telegram.message(8, text="And here?")}, update_id=51)
        await bot.messages(2, 7)
        await bot.messages(2, 8)
    assert telegram.sent(8)[1].text.startswith("The answer")


async def test_a_proxy_is_used_for_every_call(telegram: FakeTelegram, start: Start) -> None:
    async with start(base_url="http://bot-api.invalid", proxy=telegram.url) as bot:
        telegram.say("What is asked?")
        await bot.messages(1)


async def test_an_update_is_confirmed_only_when_it_is_kept(
    telegram: FakeTelegram, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start() as bot:
        ledger, confirmed = bot.channel._ledger, []
        take = ledger.take

        async def full_disk(updates: Any) -> Any:
            if updates:
                confirmed.append(max(filter(None, telegram.offsets), default=0))
                if len(confirmed) == 1:
                    raise OSError("no space left on device")
            return await take(updates)

        monkeypatch.setattr(ledger, "take", full_disk)
        number = telegram.put({"message": telegram.message(7, text="What is asked?")})
        await until(lambda: len(confirmed) > 1 or None)
        assert max(confirmed) <= number
        await bot.messages(1)


@pytest.mark.slow
async def test_an_outage_of_telegrams_loses_nothing(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults += [
        Fault("getMe", 502, times=1), Fault("getUpdates", 500, times=1), Fault("getUpdates", drop="before", times=1),
        Fault("getUpdates", 429, "Too Many Requests", retry_after=1),
    ]  # fmt: skip
    telegram.say("What is asked?")
    async with start() as bot:
        await bot.messages(1, seconds=25)
        await bot.silence()
    assert len(telegram.sent()) == 1


@pytest.mark.slow
async def test_a_server_without_drafts_gets_typing(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("sendMessageDraft", 404, "Not Found: method not found", times=99))
    async with start() as bot:
        for number in (7, 8):
            telegram.say("slow 1", number)
            await bot.messages(1, number)
    assert len([call for call in telegram.calls if call.method == "sendMessageDraft"]) <= 2
    assert telegram.made("sendChatAction")


# -- webhook -----------------------------------------------------------------------------------------------------------


async def test_a_webhook_takes_what_has_the_secret_and_nothing_else(telegram: FakeTelegram, start: Start) -> None:
    async with start(webhook=True) as bot:
        hook = await until(lambda: telegram.webhook)
        assert hook["url"] == "https://house.example.org/telegram"
        assert "message" in hook["allowed_updates"]
        transport = httpx.ASGITransport(app=bot.channel.webhook)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            good = {"X-Telegram-Bot-Api-Secret-Token": str(hook["secret_token"])}
            update = {"update_id": 5, "message": telegram.message(7, text="slow 1.5")}
            codes = [(await client.post("/telegram", json=update, headers=good)).status_code for _ in range(3)]
            assert not telegram.sent(7), "it is told at once, before there is an answer"
            forged = {"update_id": 6, "message": telegram.message(8, text="What is asked?")}
            for secret in (None, b"x", "é".encode()):
                headers = {b"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
                codes.append((await client.post("/telegram", json=forged, headers=headers)).status_code)
            codes.append((await client.post("/telegram", content=b"{", headers=good)).status_code)
            codes.append((await client.post("/telegram", content=b"x" * 1_100_000, headers=good)).status_code)
            codes.append((await client.get("/telegram")).status_code)
        assert codes == [200, 200, 200, 403, 403, 403, 400, 413, 405]
        await bot.messages(1)
        await bot.silence()
    assert len(telegram.sent(7)) == 1
    assert not telegram.sent(8)
    assert not telegram.offsets


async def test_an_update_that_comes_while_the_inbox_is_looked_through_is_answered_once(
    telegram: FakeTelegram, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Ledger.waiting
    hook: dict[str, object] = {}

    async def slowly(self: Ledger) -> list[Taken]:
        if not hook:
            hook.update(await until(lambda: telegram.webhook) or {})
            transport = httpx.ASGITransport(app=channel[0].webhook)  # type: ignore[arg-type]
            headers = {"X-Telegram-Bot-Api-Secret-Token": str(hook["secret_token"])}
            async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
                await client.post("/telegram", json=update, headers=headers)
        return await look(self)

    update = {"update_id": 5, "message": telegram.message(7, text="What is asked?")}
    channel: list[TelegramChannel] = []
    monkeypatch.setattr(Ledger, "waiting", slowly)
    async with start(webhook=True) as bot:
        channel.append(bot.channel)
        await bot.messages(1)
        await bot.silence()
        assert len(bot.house.asked) == 1
    assert len(telegram.sent()) == 1
