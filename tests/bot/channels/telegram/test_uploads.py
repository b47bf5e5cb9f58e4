"""Documents that staff send: one or an album of them, what is told of them, and the end of the program meanwhile."""

import asyncio
import itertools
from typing import Any

import pytest

from bot.channels.telegram.uploads import discreet
from tests.bot.channels.telegram.conftest import Start, until
from tests.bot.channels.telegram.fake_api import FakeTelegram, Fault
from tests.bot.channels.telegram.stand_in import TELLING

GROUP = -100_500


def document(**fields: Any) -> dict[str, Any]:
    return {"file_id": "papers/one", "file_unique_id": "u", "file_name": "Новые правила.md", "file_size": 12} | fields


@pytest.fixture(autouse=True)
def paper(telegram: FakeTelegram) -> None:
    telegram.files["papers/one"] = b"# A rule\n"


async def test_staff_send_a_document_and_are_told_what_was_understood(telegram: FakeTelegram, start: Start) -> None:
    async with start(staff=frozenset({7})) as bot:
        telegram.put({"message": telegram.message(7, document=document(), caption="law")})
        (report,) = await bot.messages(1)
        telegram.put({"message": telegram.message(7, document=document(file_name="broken.pdf"))})
        (_, refusal) = await bot.messages(2)
        telegram.put({"message": telegram.message(7, document=document(file_size=21 * 1024 * 1024))})
        (_, _, too_large) = await bot.messages(3)
        assert bot.house.received[0] == ("Новые правила.md", "law", b"# A rule\n")
    assert report.text.startswith("Added: law/Новые правила.md\n“A <new> rule”, language: English, passages: 3.")
    assert "⚠️ no date" in report.text
    assert refusal.text == "inbox/broken.pdf was not added: no text on any of 9 pages; it is probably a scan"
    assert "20 MB" in too_large.text


async def test_others_cannot_add_documents(telegram: FakeTelegram, start: Start) -> None:
    async with start(staff=frozenset({9})) as bot:
        telegram.put({"message": telegram.message(7, document=document())})
        (refusal,) = await bot.messages(1)
        assert not bot.house.received
    assert "only staff" in refusal.text
    assert not telegram.made("getFile")


async def test_an_animation_is_no_document(telegram: FakeTelegram, start: Start) -> None:
    moving = {"file_id": "papers/one", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1}
    async with start(staff=frozenset({7})) as bot:
        telegram.put({"message": telegram.message(7, animation=moving, document=document(file_name="a.mp4"))})
        (said,) = await bot.messages(1)
        assert not bot.house.received
    assert "pictures or videos" in said.text


@pytest.mark.parametrize("captioned", [0, 1, 2])
async def test_the_category_of_an_album_holds_for_all_of_it(
    telegram: FakeTelegram, start: Start, captioned: int
) -> None:
    async with start(staff=frozenset({7})) as bot:
        for number in range(3):
            fields: dict[str, Any] = {"caption": "law"} if number == captioned else {}
            paper = document(file_name=f"{number}.md")
            telegram.put({"message": telegram.message(7, document=paper, media_group_id="album", **fields)})
        await bot.messages(3)
        assert [(name, category) for name, category, _ in bot.house.received] == [
            ("0.md", "law"), ("1.md", "law"), ("2.md", "law"),
        ]  # fmt: skip


async def test_in_a_group_an_album_is_meant_for_us_if_any_of_it_is(telegram: FakeTelegram, start: Start) -> None:
    name = "@dragoman_test_bot"
    mention: dict[str, Any] = {
        "caption": f"{name} law",
        "caption_entities": [{"type": "mention", "offset": 0, "length": len(name)}],
    }
    async with start(staff=frozenset({70})) as bot:
        for number, fields in enumerate(({}, mention)):
            paper = document(file_name=f"{number}.md")
            telegram.put({"message": telegram.message(GROUP, user_id=70, document=paper, media_group_id="a", **fields)})
        for _ in range(2):  # and this one is for somebody else
            telegram.put({"message": telegram.message(GROUP, user_id=70, document=document(), media_group_id="b")})
        await bot.messages(2, GROUP)
        await until(lambda: telegram.waiting() == 0)
        await bot.silence()
        assert [(name, category) for name, category, _ in bot.house.received] == [("0.md", "law"), ("1.md", "law")]
    assert len(telegram.sent(GROUP)) == 2


async def test_the_words_of_an_album_are_answered_once_wherever_they_stand(
    telegram: FakeTelegram, start: Start
) -> None:
    picture = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    async with start() as bot:
        words: list[dict[str, Any]] = [{}, {"caption": "What does the sign say?"}, {}]
        for fields in words:
            telegram.put({"message": telegram.message(7, photo=picture, media_group_id="album", **fields)})
        (answer,) = await bot.messages(1)
        await until(lambda: telegram.waiting() == 0)
        await bot.silence()
        assert [text for text, _ in bot.house.asked] == ["What does the sign say?"]
    assert "What does the sign say?" in answer.text
    assert len(telegram.sent()) == 1


async def test_no_reason_tells_of_folders_or_tokens(telegram: FakeTelegram, start: Start) -> None:
    async with start(staff=frozenset({7})) as bot:
        for number, name in enumerate(("forbidden.md", "telling.md")):
            telegram.put({"message": telegram.message(7, document=document(file_name=name))})
            await bot.messages(number + 1)
        forbidden, telling = telegram.sent()
    assert forbidden.text == "forbidden.md was not added: Permission denied"
    assert telling.text == "inbox/telling.md was not added: telling.md: no text (bot[token])"
    assert TELLING not in telling.text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("'/srv/drago man/inbox/x.pdf' is away", "'x.pdf' is away"),
        ("/srv/a/knowledge: the folder is not there", "knowledge: the folder is not there"),
        ("C:\\data\\docs\\x.pdf: nothing", "x.pdf: nothing"),
        ("policy/x.md: 5/6 of https://a.example/b/c and km/h", "policy/x.md: 5/6 of https://a.example/b/c and km/h"),
    ],
)
def test_a_reason_names_files_and_no_folders_of_the_server(reason: str, said: str) -> None:
    assert discreet(reason) == said


async def test_a_pause_before_a_file_is_kept(telegram: FakeTelegram, start: Start) -> None:
    telegram.faults.append(Fault("getFile", 429, "Too Many Requests", retry_after=1, times=2))
    async with start(staff=frozenset({7})) as bot:
        telegram.put({"message": telegram.message(7, document=document())})
        (report,) = await bot.messages(1)
    tries = [call.at for call in telegram.calls if call.method == "getFile"]
    assert len(tries) == 3
    assert all(later - first >= 1.0 for first, later in itertools.pairwise(tries))
    assert report.text.startswith("Added")


# -- the end of the program ------------------------------------------------------------------------------------------------


async def test_a_document_that_is_being_taken_in_at_the_end_is_taken_in_whole(
    telegram: FakeTelegram, start: Start
) -> None:
    async with start(staff=frozenset({7})) as bot:
        bot.house.may_take.clear()
        telegram.put({"message": telegram.message(7, document=document())})
        await until(bot.house.taking.is_set)
        # It ends after we were told to end, and after what answers being worked on are given.
        asyncio.get_running_loop().call_later(1.0, bot.house.may_take.set)
    assert bot.house.received == [("Новые правила.md", "", b"# A rule\n")], "its file was there to the end"
    async with start(staff=frozenset({7})) as again:
        (report,) = await again.messages(1)
        await again.silence()
        assert not again.house.received, "it is not taken in once more"
    assert report.text.startswith("Added")


async def test_a_document_that_could_not_be_taken_in_at_the_end_is_taken_in_at_the_next_start(
    telegram: FakeTelegram, start: Start
) -> None:
    async with start(staff=frozenset({7})) as bot:
        bot.house.may_take.clear()
        telegram.put({"message": telegram.message(7, document=document(file_name="interrupted.md"))})
        await until(bot.house.taking.is_set)
        asyncio.get_running_loop().call_later(0.6, bot.house.may_take.set)
    assert not telegram.sent()
    async with start(staff=frozenset({7})) as again:
        await until(lambda: again.house.received)
