"""Commands, buttons, groups, files and everything that is no question, against the fake Bot API."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Feedback
from bot.channels.telegram.commands import COMMANDS
from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import Call, FakeTelegram

GROUP = -100_500
SAMPLES = (Path(__file__).parent / "samples" / "updates.jsonl").read_text("utf-8").splitlines()


# -- commands ----------------------------------------------------------------------------------------------------------


async def test_start_says_what_it_is_and_gives_examples_that_are_answered(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("/start")
        (hello,) = await bot.messages(1)
        assert "automatic assistant, no person" in hello.text
        assert [button["text"] for button in hello.buttons] == ["What is the VAT rate?", "Which papers are needed?"]
        telegram.press(hello, hello.buttons[1]["callback_data"])
        answer = (await bot.messages(2))[1]
    assert answer.text.startswith("❓ Which papers are needed?")
    assert len(telegram.made("answerCallbackQuery")) == 1


@pytest.mark.parametrize(("payload", "title"), [("t_law", "Law"), ("c_KZ", "Kazakhstan")])
async def test_a_deep_link_opens_a_topic_or_a_country(
    telegram: FakeTelegram, start: Start, payload: str, title: str
) -> None:
    async with start() as bot:
        telegram.say(f"/start {payload}")
        (message,) = await bot.messages(1)
    assert message.text.startswith(title)
    assert message.buttons


async def test_every_command_says_something_in_every_language(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        chats = {}
        for number, (language, command) in enumerate(
            (spoken, name) for spoken in ("en", "zh-hans", "ru") for name in COMMANDS
        ):
            chats[100 + number] = (language, command)
            telegram.say(f"/{command}", 100 + number, language=language)
        for chat_id in chats:
            await bot.messages(1, chat_id)
    for chat_id, (language, _) in chats.items():
        (message,) = telegram.sent(chat_id)
        first, last = {"en": ("a", "z"), "zh-hans": ("\u4e00", "\u9fff"), "ru": ("а", "я")}[language]
        assert any(first <= sign <= last for sign in message.text)
    assert not telegram.limits_broken()


async def test_an_unknown_command_points_to_help(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("/fly to the moon")
        telegram.say("/usr/lib is no command", 8)
        (message,) = await bot.messages(1)
        await bot.messages(1, 8)
    assert "/help" in message.text
    assert [text for text, _ in bot.house.asked] == ["/usr/lib is no command"]


async def test_topics_lead_to_documents_and_questions(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("/topics")
        (listed,) = await bot.messages(1)
        telegram.press(listed, listed.buttons[0]["callback_data"])
        (_, topic) = await bot.messages(2)
    assert topic.text == "Law\n\n• Rules <one>\n• Rules & two"
    assert topic.buttons[0]["text"] == "Which law applies?"


async def test_the_chosen_language_holds_for_our_words(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("/language")
        (choice,) = await bot.messages(1)
        telegram.press(choice, "l:ru")
        await bot.messages(2)
        telegram.say("What is asked?")
        answer = (await bot.messages(3))[2]
    assert "Источники" in answer.text
    async with start() as bot:  # and is there after a restart
        telegram.say("/new")
        assert "Начинается новый разговор" in (await bot.messages(4))[3].text


async def test_sources_new_and_forget(telegram: FakeTelegram, start: Start, tmp_path: Path) -> None:
    secret = "zirconiumsecret"
    async with start() as bot:
        telegram.say("/sources")
        assert "no answer with sources" in (await bot.messages(1))[0].text
        telegram.say(f"What of {secret}?")
        await bot.messages(2)
        telegram.say("/sources")
        sources = (await bot.messages(3))[2]
        assert secret in sources.text
        assert {entity.type for entity in sources.entities} >= {"blockquote", "text_link"}
        telegram.say("/new")
        await bot.messages(4)
        telegram.say(f"And of the other {secret}?")
        await bot.messages(5)
        first, second = (conversation for _, conversation in bot.house.asked)
        assert first != second
        telegram.say("/forget")
        assert "2 answers" in (await bot.messages(6))[5].text
        assert not bot.house.store.turns(first or "")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())  # noqa: ASYNC240 nothing else runs
    assert secret.encode() not in kept


async def test_a_follow_up_stays_in_the_conversation(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("What is asked?")
        await bot.messages(1)
        telegram.say("And then?")
        await bot.messages(2)
        assert len({conversation for _, conversation in bot.house.asked}) == 1


# -- buttons -----------------------------------------------------------------------------------------------------------


async def test_rating_asking_a_person_and_quotes(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("What is asked?")
        (answer,) = await bot.messages(1)
        data = {button["text"]: button.get("callback_data") for button in answer.buttons}
        number = data["👍"].split(":")[1]
        for name in ("👍", "👎", "Ask a person", "Show quotes"):
            telegram.press(answer, data[name])
        quotes = (await bot.messages(2))[1]
        await until(lambda: len(telegram.made("answerCallbackQuery")) == 4)
        assert bot.house.store.rating(number) == Feedback(number, helpful=False)
        assert [question.question for question in bot.house.store.open_questions()] == ["What is asked?"]
    assert "blockquote" in {entity.type for entity in quotes.entities}
    toasts = [str(call.params.get("text", "")) for call in telegram.made("answerCallbackQuery")]
    assert any("kept for staff" in toast for toast in toasts)


async def test_a_button_of_nobodys_is_answered_all_the_same(telegram: FakeTelegram, start: Start) -> None:
    stale = Call("sendMessage", {"chat_id": 7}, 0.0, message_id=1)
    async with start() as bot:
        for data in ("r:nothing:1", "p:nothing", "s:nothing", "q:nothing", "t:nothing", "a:nothing", "", "zzz", "l:xx"):
            telegram.press(stale, data)
        await until(lambda: len(telegram.made("answerCallbackQuery")) == 9, seconds=20)
        await until(lambda: telegram.waiting() == 0)
        assert not bot.house.asked
    said = {str(call.params.get("text", ""))[:26] for call in telegram.made("answerCallbackQuery")}
    assert said == {"", "This answer is no longer k", "It was sent already, or is"}


# -- what is no question -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["edited_message", "channel_post", "edited_channel_post", "guest_message", "business_message"]
)
async def test_only_messages_are_answered(telegram: FakeTelegram, start: Start, kind: str) -> None:
    async with start() as bot:
        message = telegram.message(7, text="What is asked?")
        await until(lambda: telegram.made("getMe"))
        taken = await bot.channel._ledger.take([{"update_id": 1, kind: message}])
        bot.channel._reception.admit(taken[0])
        other = telegram.message(7, text="I am a bot")
        other["from"]["is_bot"] = True
        telegram.put({"message": other})
        telegram.say("/about", 8)
        await bot.messages(1, 8)
        assert not bot.house.asked
        assert not telegram.sent(7)


MEDIA: dict[str, Any] = {
    "voice": {"file_id": "f", "file_unique_id": "u", "duration": 1},
    "sticker": {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"},
    "location": {"latitude": 1.0, "longitude": 2.0},
    "contact": {"phone_number": "1", "first_name": "N"},
    "poll": {
        "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
        "type": "regular", "allows_multiple_answers": False,
    },
    "document": {"file_id": "f", "file_unique_id": "u", "file_name": "a.pdf"},
    "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
}  # fmt: skip


async def test_what_is_no_text_gets_a_kind_sentence(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        for number, (kind, value) in enumerate(MEDIA.items()):
            telegram.put({"message": telegram.message(50 + number, **{kind: value})})
        said = {kind: (await bot.messages(1, 50 + number))[0].text for number, kind in enumerate(MEDIA)}
        assert not bot.house.asked
    assert "question" in said["voice"]
    assert len(set(said.values())) == len(MEDIA)


async def test_an_album_gets_one_sentence_and_a_caption_is_answered(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        for _ in range(3):
            telegram.put({"message": telegram.message(7, photo=MEDIA["photo"], media_group_id="album")})
        telegram.put({"message": telegram.message(8, photo=MEDIA["photo"], caption="What does the sign say?")})
        (answer,) = await bot.messages(1, 8)
        await until(lambda: telegram.waiting() == 0)
        await bot.messages(1, 7)
    assert len(telegram.sent(7)) == 1
    assert answer.text.startswith("I can read only the words")
    assert "What does the sign say?" in answer.text


async def test_updates_of_any_form_pass_without_an_exception(
    telegram: FakeTelegram, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    samples = [json.loads(line) for line in SAMPLES]
    async with start() as bot:
        for sample in samples:
            telegram.put(sample)
        telegram.say("What is asked?", 8)
        await bot.messages(1, 8)
        await until(lambda: telegram.waiting() == 0)
    assert not [record for record in caplog.records if record.exc_info]


# -- the rest ------------------------------------------------------------------------------------------------------------


async def test_an_inline_search_gives_titles_and_snippets(telegram: FakeTelegram, start: Start) -> None:
    user = {"id": 7, "is_bot": False, "first_name": "N", "language_code": "en"}
    async with start() as bot:
        telegram.put({"inline_query": {"id": "11", "from": user, "query": "export <tax>", "offset": ""}})
        (call,) = await until(lambda: telegram.made("answerInlineQuery"))
        telegram.put({"inline_query": {"id": "12", "from": user, "query": "", "offset": ""}})
        (_, empty) = await until(lambda: c if len(c := telegram.made("answerInlineQuery")) == 2 else None)
        assert not bot.house.asked
    assert [result["title"] for result in call.params["results"]] == ["Rules of trade"] * 2
    assert call.params["results"][0]["description"] == "export <tax> <1>"
    assert (empty.params["results"], empty.params["button"]["start_parameter"]) == ([], "inline")


async def test_commands_and_descriptions_are_set_in_each_language_once(telegram: FakeTelegram, start: Start) -> None:
    for _ in range(2):
        async with start() as bot:
            await until(lambda: len(telegram.made("setMyShortDescription")) == 3)
            telegram.say("/about")
            await bot.messages(1 + len(telegram.sent()))
    commands = telegram.made("setMyCommands")
    assert [call.params.get("language_code") for call in commands] == [None, "zh", "ru"]
    assert [item["command"] for item in commands[0].params["commands"]] == list(COMMANDS)
    assert all(len(str(call.params["description"])) <= 512 for call in telegram.made("setMyDescription"))
    assert all(len(str(call.params["short_description"])) <= 120 for call in telegram.made("setMyShortDescription"))


async def test_stop_ends_an_answer_with_one_message(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("slow 30")
        telegram.say("slow 30 and this waits")
        await until(lambda: bot.house.asked)
        telegram.say("/stop")
        (stopped,) = await bot.messages(1)
        telegram.say("/stop")
        (_, nothing) = await bot.messages(2)
        await bot.silence()
    assert stopped.text == "Stopped."
    assert "nothing to stop" in nothing.text
    assert len(telegram.sent()) == 2


async def test_the_stop_button_under_a_draft_ends_it_too(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("slow 30")
        await until(lambda: bot.house.asked)
        telegram.put({"stopped_message_generation": {"chat": {"id": 7, "type": "private"}, "draft_id": 1}})
        assert (await bot.messages(1))[0].text == "Stopped."


async def test_a_question_before_the_index_waits_and_is_answered(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        bot.house.ready = False
        telegram.say("What is asked?")
        drafts = await until(lambda: [d for d in telegram.made("sendMessageDraft") if "still reading" in d.text])
        assert drafts
        assert not telegram.sent()
        bot.house.ready = True
        (answer,) = await bot.messages(1)
    assert "The answer to" in answer.text


async def test_a_fault_of_ours_and_a_question_that_is_none_are_told(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("this is broken")
        telegram.say("🎉", 8)
        assert "went wrong on our side" in (await bot.messages(1))[0].text
        assert "could not find a word" in (await bot.messages(1, 8))[0].text
