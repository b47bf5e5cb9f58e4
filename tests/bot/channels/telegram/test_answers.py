"""A question in a private chat, from its draft to the answer with its sources."""

from tests.bot.channels.telegram.conftest import Start
from tests.bot.channels.telegram.fake_api import FakeTelegram
from tests.bot.channels.telegram.stand_in import PUBLIC_URL


async def test_a_question_gets_one_answer_with_its_source(telegram: FakeTelegram, start: Start) -> None:
    async with start() as bot:
        asked = telegram.say("Which <rules> & deadlines?")
        (answer,) = await bot.messages(1)
        await bot.silence()
        assert len(telegram.sent()) == 1
    assert answer.text.startswith("The answer to “Which <rules> & deadlines?”. [1]")
    assert "⚠️ Of 2026 & <older>." in answer.text
    assert "📄 Rules of trade" in answer.text
    assert "Ministry · 2026-06-01" in answer.text
    assert "[1] p. 3, § Deadlines" in answer.text
    kinds = {entity.type for entity in answer.entities}
    assert "expandable_blockquote" in kinds
    assert answer.links
    assert all(link.startswith(f"{PUBLIC_URL}/sources/policy/x.md?p=1") for link in answer.links)
    assert [button.get("url", button.get("callback_data"))[:2] for button in answer.buttons] == [
        "ht",
        "r:",
        "r:",
        "s:",
        "p:",
        "q:",
    ]
    assert answer.params["link_preview_options"] == {"is_disabled": True}
    assert answer.params["reply_parameters"]["message_id"] == asked["message_id"]
    drafts = telegram.made("sendMessageDraft")
    assert drafts[0].text == ""
    assert all(draft.at < answer.at for draft in drafts)
    assert not telegram.limits_broken()
    assert telegram.waiting() == 0
