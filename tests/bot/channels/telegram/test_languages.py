"""Our words in the language of the answer, lists of any length, and what is said before the index is there."""

from typing import Any

import pytest

from bot.channels.telegram.answering import tells_its_language
from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import FakeTelegram


def texts(call: Any) -> list[str]:
    return [button["text"] for button in call.buttons]


async def test_buttons_and_sources_speak_the_language_of_their_answer(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("Какие нужны документы?", language="en")
        (answer,) = await bot.messages(1)
        assert "Источники" in answer.text
        data = {button.get("callback_data", "")[:1]: button.get("callback_data") for button in answer.buttons}
        for name in "rps":
            telegram.press(answer, data[name])  # the app of whoever presses it is an English one
        telegram.say("/sources", language="en")
        quotes, sources = (await bot.messages(3))[1:]
        await until(lambda: len(telegram.made("answerCallbackQuery")) == 3)
    toasts = [str(call.params.get("text", "")) for call in telegram.made("answerCallbackQuery")]
    assert all(any("а" <= sign <= "я" for sign in toast) for toast in toasts if toast)
    assert len([toast for toast in toasts if toast]) == 2
    assert "Источники" in quotes.text
    assert "Источники" in sources.text


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("CBAM", False), ("HS 8507.60?", False), ("2026", False), ("🎉", False), ("VAT?", False),
        ("碳", True), ("НДС", True), ("ok", True), ("CBAM rules", True),
    ],
)  # fmt: skip
def test_codes_and_figures_tell_no_language(text: str, tells: bool) -> None:
    assert tells_its_language(text) is tells


async def test_a_question_that_tells_no_language_is_answered_in_that_of_the_app(
    telegram: FakeTelegram, start: Start
) -> None:
    async with start() as bot:
        telegram.say("CBAM", 7, language="zh-hans")
        telegram.say("🎉", 8, language="ru")
        telegram.say("CBAM", 9, language="")
        (answer,) = await bot.messages(1, 7)
        (refusal,) = await bot.messages(1, 8)
        await bot.messages(1, 9)
        telegram.say("А теперь?", 7, language="zh-hans")
        await bot.messages(2, 7)
        telegram.say("HS 8507", 7, language="zh-hans")  # the conversation goes before the app
        await bot.messages(3, 7)
        assert sorted(zip([text for text, _ in bot.house.asked], map(str, bot.house.hints), strict=True)) == [
            ("CBAM", "None"), ("CBAM", "zh"), ("HS 8507", "ru"), ("А теперь?", "None"),
        ]  # fmt: skip
    assert "来源" in answer.text
    assert any("а" <= sign <= "я" for sign in refusal.text)


async def test_small_talk_offers_nobody_to_be_asked(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        telegram.say("thanks")
        telegram.say("uncovered")
        small, silent = await bot.messages(2)
    assert small.text == "You are welcome."
    assert not small.buttons
    assert texts(silent) == ["Ask a person"]


async def test_who_is_next_is_told_no_number(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        for chat_id in range(20, 24):
            telegram.say("slow 2", chat_id)
        await until(lambda: len(bot.house.asked) == 4)
        telegram.say("What is asked?", 30)
        await until(lambda: [d for d in telegram.made("sendMessageDraft", 30) if d.text])
        telegram.say("What is asked?", 31)
        await until(lambda: [d for d in telegram.made("sendMessageDraft", 31) if d.text])
    first, second = (next(d.text for d in telegram.made("sendMessageDraft", chat) if d.text) for chat in (30, 31))
    assert first == "One moment: your question is next …"
    assert second == "One moment: questions before yours: 1 …"


@pytest.mark.parametrize("said", ["/topics", "/countries", "/start t_law", "/start c_KZ"])
async def test_before_the_index_is_there_a_list_says_so(telegram: FakeTelegram, start: Start, said: str) -> None:
    async with start() as bot:
        bot.house.ready = False
        telegram.say(said)
        (loading,) = await bot.messages(1)
        bot.house.ready = True
        telegram.say(said)
        listed = (await bot.messages(2))[1]
    assert "still reading" in loading.text
    assert not loading.buttons
    assert listed.buttons


async def test_an_inline_search_before_the_index_says_so_and_nobody_keeps_it(
    telegram: FakeTelegram, start: Start
) -> None:
    user = {"id": 7, "is_bot": False, "first_name": "N", "language_code": "en"}
    async with start() as bot:
        bot.house.ready = False
        telegram.put({"inline_query": {"id": "11", "from": user, "query": "export tax", "offset": ""}})
        (loading,) = await until(lambda: telegram.made("answerInlineQuery"))
        bot.house.ready = True
        telegram.put({"inline_query": {"id": "12", "from": user, "query": "export tax", "offset": ""}})
        (_, found) = await until(lambda: c if len(c := telegram.made("answerInlineQuery")) == 2 else None)
    assert "Still reading" in loading.params["button"]["text"]
    assert not loading.params["cache_time"]
    assert found.params["results"]
    assert found.params["is_personal"] is True, "its labels are in the language of this user's app"


async def test_a_long_list_has_pages_and_every_country_a_button(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        bot.house.many = 60
        telegram.say("/countries")
        (first,) = await bot.messages(1)
        telegram.press(first, first.buttons[-1]["callback_data"])
        (_, second) = await bot.messages(2)
        telegram.press(second, second.buttons[-1]["callback_data"])
        (*_, third) = await bot.messages(3)
        telegram.press(third, third.buttons[-2]["callback_data"])
        (*_, opened) = await bot.messages(4)
        for nonsense in ("n:t:9999999", "n:c:-1", "n:x:1", "n:c:"):
            telegram.press(third, nonsense)
        await until(lambda: len(telegram.made("answerCallbackQuery")) == 7)
    assert texts(first)[-1:] == ["25–48 ›"]
    assert texts(second)[-2:] == ["‹ 1–24", "49–60 ›"]
    assert texts(third)[-1:] == ["‹ 25–48"]
    named = [*texts(first)[:-1], *texts(second)[:-2], *texts(third)[:-1]]
    assert len(named) == len(set(named)) == 60
    assert opened.text.startswith("Country 60")
