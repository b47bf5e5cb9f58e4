"""Which messages of a group are for us, threads of forums, and groups that become supergroups."""

from typing import Any

import pytest

from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import BOT_ID, BOT_NAME, FakeTelegram, Fault

GROUP = -100_500


async def test_in_a_group_only_what_is_meant_for_it_is_answered(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("We talk among ourselves", GROUP)
        telegram.say("/help@another_bot", GROUP)
        telegram.say("@dragoman_test_botanist is another", GROUP)
        telegram.put(
            {
                "message": telegram.message(
                    GROUP, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
                )
            }
        )
        asked = telegram.mention("what is the rate?", GROUP)
        (answer,) = await bot.messages(1, GROUP)
        reply = telegram.message(GROUP, text="and the other rate?")
        reply["reply_to_message"] = {
            "message_id": answer.message_id, "date": 1, "text": "x", "chat": reply["chat"],
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "D"},
        }  # fmt: skip
        telegram.put({"message": reply})
        await bot.messages(2, GROUP)
        assert [text for text, _ in bot.house.asked] == ["what is the rate?", "and the other rate?"]
    assert answer.params["reply_parameters"]["message_id"] == asked["message_id"]
    assert not telegram.made("sendMessageDraft")
    assert telegram.made("sendChatAction", GROUP)


@pytest.mark.parametrize(
    ("options", "said", "answers"),
    [
        ({"groups": "open"}, "What is the rate?", 1),
        ({"groups": "off"}, f"/help@{BOT_NAME}", 0),
        ({"group_list": frozenset({-1})}, f"/help@{BOT_NAME}", 0),
        ({"group_list": frozenset({GROUP})}, f"/help@{BOT_NAME}", 1),
    ],
)
async def test_the_policy_for_groups(
    telegram: FakeTelegram, start: Start, options: dict[str, Any], said: str, answers: int
) -> None:
    async with start(**options) as bot:
        telegram.say(said, GROUP)
        telegram.say("/about", 8)
        await bot.messages(1, 8)
        await until(lambda: telegram.waiting() == 0)
        if answers:
            await bot.messages(answers, GROUP)
    assert len(telegram.sent(GROUP)) == answers


async def test_help_in_a_group_tells_admins_of_privacy_mode(telegram: FakeTelegram, start: Start) -> None:
    telegram.reads_groups = False
    async with start() as bot:
        telegram.say("/help", GROUP)
        assert "/setprivacy" in (await bot.messages(1, GROUP))[0].text
    telegram.reads_groups = True
    async with start() as bot:
        telegram.say("/help", GROUP)
        assert "/setprivacy" not in (await bot.messages(2, GROUP))[1].text


async def test_an_answer_goes_to_the_topic_of_its_question_and_general_has_no_number(
    telegram: FakeTelegram, start: Start
) -> None:
    telegram.threads[GROUP] = {33}
    async with start() as bot:
        telegram.mention("in the topic?", GROUP, message_thread_id=33, is_topic_message=True)
        telegram.mention("in a thread of replies?", GROUP, message_thread_id=77)
        answers = await bot.messages(2, GROUP)
        assert len({conversation for _, conversation in bot.house.asked}) == 2
    assert {answer.params.get("message_thread_id") for answer in answers} == {33, None}
    in_topic = next(answer for answer in answers if "in the topic" in answer.text)
    assert in_topic.params["message_thread_id"] == 33


async def test_a_group_that_became_a_supergroup_keeps_its_settings(telegram: FakeTelegram, start: Start) -> None:
    new = -100_900
    async with start() as bot:
        telegram.say("/language", GROUP)
        (choice,) = await bot.messages(1, GROUP)
        telegram.press(choice, "l:zh")
        await bot.messages(2, GROUP)
        telegram.put({"message": telegram.message(GROUP, migrate_to_chat_id=new)})
        telegram.say(f"/new@{BOT_NAME}", new)
        assert "新对话" in (await bot.messages(1, new))[0].text


async def test_a_group_on_the_list_stays_on_it_when_it_becomes_a_supergroup(
    telegram: FakeTelegram, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    new, newer = -100_900, -100_950
    allowed = {"group_list": frozenset({GROUP})}
    async with start(**allowed) as bot:
        telegram.put({"message": telegram.message(GROUP, migrate_to_chat_id=new)})
        telegram.put({"message": telegram.message(new, migrate_from_chat_id=GROUP)})
        telegram.say(f"/about@{BOT_NAME}", new)
        await bot.messages(1, new)
        telegram.say(f"/about@{BOT_NAME}", -100_901)
        telegram.say("/about", 8)
        await bot.messages(1, 8)
    async with start(**allowed) as bot:  # and after a restart, and after another migration
        telegram.say(f"/about@{BOT_NAME}", new)
        await bot.messages(2, new)
        telegram.faults.append(
            Fault("sendMessage", 400, "upgraded", parameters={"migrate_to_chat_id": newer}, chat_id=new)
        )
        telegram.say(f"/about@{BOT_NAME}", new)
        await bot.messages(1, newer)
        telegram.say(f"/about@{BOT_NAME}", newer)
        await bot.messages(2, newer)
    assert not telegram.sent(-100_901)
    told = [record.getMessage() for record in caplog.records if "DRAGOMAN_TELEGRAM_GROUP_LIST" in record.getMessage()]
    assert len(told) == 1
    assert str(new) in told[0]


@pytest.mark.parametrize("said", ["@{} /about", "@{}, /about", "@{}  /about@{}"])
async def test_a_command_may_come_after_our_name(telegram: FakeTelegram, start: Start, said: str) -> None:
    text = said.format(BOT_NAME, BOT_NAME)
    entity = {"type": "mention", "offset": 0, "length": len(BOT_NAME) + 1}
    async with start() as bot:
        telegram.say(text, GROUP, entities=[entity])
        (about,) = await bot.messages(1, GROUP)
        assert not bot.house.asked
    assert about.text.startswith("Dragoman")
