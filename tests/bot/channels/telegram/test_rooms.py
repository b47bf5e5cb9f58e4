"""Small rooms by themselves: addresses, gates, names of files, the ledger's promises."""

import asyncio
from pathlib import Path

import pytest

from bot.channels.telegram.api import addresses
from bot.channels.telegram.channel import linked_base
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.database import Database
from bot.channels.telegram.gates import Gates
from bot.channels.telegram.ledger import Address, Ledger
from bot.channels.telegram.markup import paragraph
from bot.channels.telegram.messages import Button, messages
from bot.channels.telegram.pace import REAL
from bot.telegram_house import safe_name
from tests.bot.channels.telegram.telegram_html import kept


@pytest.mark.parametrize(
    ("given", "calls"),
    [
        ("", "https://api.telegram.org/bot"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/bot{token}", "http://127.0.0.1:8081/bot{token}"),
    ],
)
def test_a_server_may_be_named_with_or_without_bot(given: str, calls: str) -> None:
    assert addresses(given) == (calls, calls.replace("/bot", "/file/bot"))


@pytest.mark.parametrize(
    ("public", "base", "warns"),
    [
        ("https://ask.example.org", "https://ask.example.org", False),
        ("https://ask.example.org/sub", "https://ask.example.org/sub", False),
        ("http://localhost:8000", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("http://[::1]:8000", "http://[::1]:8000", True),
        ("http://intranet:8000", "", True),
    ],
)
def test_links_have_a_base_that_telegram_keeps_or_none(public: str, base: str, warns: bool) -> None:
    found, warning = linked_base(public)
    assert (found, bool(warning)) == (base, warns)
    assert not found or kept(f"{found}/sources/x.md")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".hidden.md", "hidden.md"),
        ("~$draft.docx", "$draft.docx"),
        ("a\x00b\n.md", "a b.md"),
        ("Новые правила.MD", "Новые правила.md"),
        ("", "document"),
        ("..", "document"),
    ],
)
def test_a_name_is_only_a_name(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_long_name_fits_any_disk() -> None:
    assert len(safe_name("规" * 400 + ".pdf").encode()) <= 255


async def test_a_draft_is_left_out_when_a_message_waits_or_a_pause_holds() -> None:
    gates = Gates()
    async with gates.attempt(7) as first:
        assert first
    async with gates.attempt(7) as too_soon:
        assert not too_soon
    async with gates.attempt(8) as other:
        assert other
    gates.cool(9, 60)
    async with gates.attempt(9) as cooling, gates.attempt(9, counts=False) as typing:
        assert not cooling
        assert not typing


async def test_a_message_is_followed_by_a_second_of_silence() -> None:
    gates, loop = Gates(), asyncio.get_running_loop()
    ends: list[float] = []
    for _ in range(2):
        async with gates.message(7):
            begun = loop.time()
            assert not ends or begun - ends[-1] >= REAL.chat
            await asyncio.sleep(0.05)
            ends.append(loop.time())


async def test_when_many_chats_must_pause_all_do() -> None:
    gates = Gates()
    for chat_id in (1, 2):
        gates.cool(chat_id, 60)
    assert not gates.cooling(5)
    gates.cool(3, 60)
    assert gates.cooling(5)


async def test_an_update_is_ended_once_and_its_answer_kept_with_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "t.sqlite")
    ledger, chats = Ledger(database), Chats(database)
    address = Address(7, 7)
    answer = messages([paragraph("An answer.")], ((Button("x", data="y"),),))
    (taken,) = await ledger.take([{"update_id": 5, "message": {"chat": {"id": 7}}}, {"no": "number"}])
    assert await ledger.take([{"update_id": 5, "message": {"chat": {"id": 7}}}]) == []
    assert await ledger.waiting() == [taken]
    (parcel,) = await ledger.finish(taken, address, answer)
    assert await ledger.finish(taken, address, answer) == []
    assert await ledger.waiting() == []
    assert await ledger.undelivered() == [parcel]
    await ledger.mark(parcel, "sending")
    assert await ledger.undelivered() == []
    assert await ledger.interrupted() == [parcel]
    await chats.remember(7, blocked=True)
    assert await ledger.interrupted() == []
    await database.close()


async def test_one_piece_of_work_that_fails_fails_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "t.sqlite")
    chats = Chats(database)

    def fail(_: object) -> None:
        raise ValueError("not this one")

    done = await asyncio.gather(
        chats.set_fact("a", "1"), database.do(fail), chats.set_fact("b", "2"), return_exceptions=True
    )
    assert [type(result) for result in done] == [type(None), ValueError, type(None)]
    assert [await chats.fact(name) for name in ("a", "b", "c")] == ["1", "2", ""]
    await database.close()
