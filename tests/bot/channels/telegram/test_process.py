"""The channel as a process: killed at any moment, told to end, refused by Telegram; and the whole ``dragoman serve``."""

import contextlib
import functools
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.channels.telegram.fake_api import TOKEN, FakeTelegram, Fault, limits_broken
from tests.bot.channels.telegram.stand_in import PUBLIC_URL
from tests.bot.conftest import ROOT, Command
from tests.bot.folder import DOCUMENTS, fill

SECRET = TOKEN.partition(":")[2]


class Process:
    """A process that says things on stderr."""

    def __init__(self, arguments: list[str], place: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            arguments, cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def end(self, with_signal: signal.Signals, *, seconds: float = 60) -> int:
        """Tells it to end; its exit code."""
        self.process.send_signal(with_signal)
        return self.ended(seconds=seconds)

    def ended(self, *, seconds: float) -> int:
        """Its exit code, once it has ended."""
        code = self.process.wait(timeout=seconds)
        self._reading.join(timeout=5)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code


@contextlib.contextmanager
def stand_in(telegram: FakeTelegram, place: Path, *, token: str = TOKEN, **options: Any) -> Iterator[Process]:
    """The channel over a stand-in for the house, in a process of its own."""
    given = {"public_url": PUBLIC_URL} | options
    arguments = [
        sys.executable,
        "-m",
        "tests.bot.channels.telegram.stand_in",
        telegram.url,
        token,
        str(place),
        json.dumps(given),
    ]
    running = Process(arguments, ROOT, dict(os.environ))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


@contextlib.contextmanager
def serving(telegram: FakeTelegram, place: Path, **settings: str) -> Iterator[Process]:
    """The real ``dragoman serve``."""
    command = Command(place)
    environment = (
        command.environment | {"DRAGOMAN_TELEGRAM_TOKEN": TOKEN, "DRAGOMAN_TELEGRAM_BASE_URL": telegram.url} | settings
    )
    running = Process(command.argv("serve", "--port", "0"), place, environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def has_sent_more(telegram: FakeTelegram, before: int) -> bool:
    return len(telegram.made("sendMessage")) > before


def wait_for(look: Callable[[], Any], *, seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"nothing after {seconds} s")


# -- crashes -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 13))
def test_whenever_it_is_killed_each_question_is_answered_once(
    telegram: FakeTelegram, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    chats = range(1_000, 1_060)
    updates = [({"message": telegram.message(chat, text=f"question {chat}?")}, 5_000 + chat) for chat in chats]
    updates += chance.sample(updates, 15)
    chance.shuffle(updates)
    killed = 0
    for some in (updates[:30], updates[30:45], updates[45:60]):
        for message, number in some:
            telegram.put(message, update_id=number)
        with stand_in(telegram, tmp_path) as bot:
            before = len(telegram.made("sendMessage"))
            wait_for(functools.partial(has_sent_more, telegram, before))
            time.sleep(chance.uniform(0.0, 0.6))
            bot.end(signal.SIGKILL)
            killed += 1
    for message, number in updates[60:]:
        telegram.put(message, update_id=number)
    with stand_in(telegram, tmp_path) as bot:
        wait_for(lambda: all(telegram.sent(chat) for chat in chats), seconds=60)
        wait_for(lambda: telegram.waiting() == 0)
        time.sleep(1.5)
        assert bot.end(signal.SIGTERM) == 0
    unknown = 0
    for chat in chats:
        answers = [call for call in telegram.sent(chat) if f"question {chat}?" in call.text]
        notices = [call for call in telegram.sent(chat) if "connection broke" in call.text]
        assert len(answers) <= 1, f"chat {chat} was answered {len(answers)} times"
        assert answers or notices, f"chat {chat} has no answer"
        assert len(notices) <= killed
        unknown += bool(notices)
    assert unknown <= killed * 10, "a kill leaves in the dark only the calls that were under way"
    assert not limits_broken_within_a_run(telegram)


def limits_broken_within_a_run(telegram: FakeTelegram) -> list[str]:
    """As ``limits_broken``, but for the moment of a restart: a process that was killed tells nobody when it last sent."""
    starts = [call.at for call in telegram.calls if call.method == "getMe"]
    runs = zip(starts, [*starts[1:], float("inf")], strict=True)
    return [said for begin, end in runs for said in limits_broken([c for c in telegram.calls if begin <= c.at < end])]


@pytest.mark.slow
def test_it_ends_within_ten_seconds_and_takes_up_what_was_left(telegram: FakeTelegram, tmp_path: Path) -> None:
    with stand_in(telegram, tmp_path, pace="quick") as bot:
        telegram.say("slow 4", 7)
        telegram.say("What is asked?", 8)
        wait_for(lambda: telegram.sent(8))
        began = time.monotonic()
        assert bot.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 10
        assert "Traceback" not in bot.said
    assert not telegram.sent(7)
    with stand_in(telegram, tmp_path, pace="quick") as bot:
        assert "slow 4" in wait_for(lambda: telegram.sent(7))[0].text
    assert len(telegram.sent(8)) == 1


# -- refused by Telegram ---------------------------------------------------------------------------------------------------


WRONG_TOKENS = ["999999:AAF-not_the_right_one_at_all", "no token at all"]


@pytest.mark.slow
@pytest.mark.parametrize("token", WRONG_TOKENS)
def test_a_wrong_token_ends_it_with_one_line_that_does_not_hold_it(
    telegram: FakeTelegram, tmp_path: Path, token: str
) -> None:
    with stand_in(telegram, tmp_path, token=token) as bot:
        assert bot.ended(seconds=60) == 1
    assert_one_line_on_the_token(bot, token)


@pytest.mark.slow
@pytest.mark.parametrize("token", WRONG_TOKENS)
def test_a_wrong_token_ends_the_whole_server(telegram: FakeTelegram, tmp_path: Path, token: str) -> None:
    fill(tmp_path / "knowledge", {"a.md": "# A\n\nWords."})
    with serving(telegram, tmp_path, DRAGOMAN_TELEGRAM_TOKEN=token) as bot:
        assert bot.ended(seconds=120) == 1
    assert_one_line_on_the_token(bot, token)


def assert_one_line_on_the_token(bot: Process, token: str) -> None:
    (line,) = [line for line in bot.lines if "TOKEN" in line]
    assert "@BotFather" in line
    assert "Traceback" not in bot.said
    assert token not in bot.said
    assert ":" not in token or token.partition(":")[2] not in bot.said


@pytest.mark.slow
def test_a_second_poller_ends_the_first_with_one_line(telegram: FakeTelegram, tmp_path: Path) -> None:
    with stand_in(telegram, tmp_path / "a") as first:
        wait_for(lambda: telegram.made("getMe"))
        telegram.say("/about")
        wait_for(lambda: telegram.sent())
        telegram.faults.append(Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=99))
        assert first.ended(seconds=20) == 1
    lines = [line for line in first.lines if "another process fetches the updates" in line]
    assert len(lines) == 1
    assert "Traceback" not in first.said


@pytest.mark.slow
def test_a_lasting_conflict_at_the_start_ends_it_and_a_passing_one_does_not(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.faults.append(Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2))
    with stand_in(telegram, tmp_path / "a"):
        telegram.say("/about")
        wait_for(lambda: telegram.sent())
    telegram.faults.append(Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=99))
    with stand_in(telegram, tmp_path / "b") as other:
        assert other.ended(seconds=30) == 1


# -- the whole house -------------------------------------------------------------------------------------------------------


def counted(place: Path) -> str:
    """What the server in a folder counts."""
    address = (place / "data" / "owner").read_text().split()[1]
    return httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer counting"}).text


def test_the_server_answers_on_telegram_with_proof_and_takes_a_document(telegram: FakeTelegram, tmp_path: Path) -> None:
    fill(tmp_path / "knowledge", DOCUMENTS)
    telegram.say("What is the VAT rate in Kazakhstan?", 7)  # before it is even started
    settings = {"DRAGOMAN_TELEGRAM_STAFF": "9", "DRAGOMAN_METRICS_TOKEN": "counting"}
    telegram.faults.append(Fault("sendMessage", 400, "Bad Request: can't parse entities", chat_id=8))
    with serving(telegram, tmp_path, DRAGOMAN_PUBLIC_URL="https://house.example.org", **settings) as bot:
        (answer,) = wait_for(lambda: telegram.sent(7), seconds=90)
        telegram.files["memo"] = (
            b"# Zirconium memo\n\nThe import duty on zirconium sponge is 7 percent since May 2026.\n"
        )
        paper = {"file_id": "memo", "file_unique_id": "u", "file_name": "../../zirconium.md", "file_size": 80}
        telegram.put({"message": telegram.message(9, document=paper, caption="risk")})
        (report,) = wait_for(lambda: telegram.sent(9))
        telegram.files["scan"] = b"%PDF-1.4 nothing"
        broken = {"file_id": "scan", "file_unique_id": "u", "file_name": "scan.pdf", "file_size": 16}
        telegram.put({"message": telegram.message(9, document=broken)})
        refusal = wait_for(lambda: s if len(s := telegram.sent(9)) == 2 else None)[1]
        telegram.say("What is the import duty on zirconium sponge?", 8)
        (second,) = wait_for(lambda: telegram.sent(8))
        telegram.say("Сколько дней без визы в Бразилии?", 11, language="ru")
        (silent,) = wait_for(lambda: telegram.sent(11))
        telegram.say("/countries", 10)
        (countries,) = wait_for(lambda: telegram.sent(10))
        numbers = counted(tmp_path)
        assert bot.end(signal.SIGTERM) == 0
    assert "dragoman_telegram_plain_fallbacks 1.0" in numbers
    assert re.search(r'dragoman_answers_total\{language="en",outcome="answered",surface="telegram"\} 2\.0', numbers)
    assert "16 percent" in answer.text
    assert answer.links[0].startswith("https://house.example.org/sources/country/kazakhstan.md?p=")
    assert "Kazakhstan: country card" in answer.text
    assert "expandable_blockquote" in {entity.type for entity in answer.entities}
    assert report.text.startswith("Added: risk/zirconium.md")
    assert "7 percent" in second.text
    assert refusal.text.startswith("inbox/scan.pdf was not added:")
    assert not list((tmp_path / "knowledge" / "inbox").iterdir())
    assert (tmp_path / "knowledge" / "risk" / "zirconium.md").is_file()
    assert not silent.links
    assert any(letter in silent.text for letter in "бюя")
    assert [button["text"] for button in countries.buttons] == ["Kazakhstan · 1", "Uzbekistan · 2"]
    assert SECRET not in bot.said
    assert "Traceback" not in bot.said
    assert not limits_broken(telegram.calls)


@pytest.mark.slow
def test_a_document_that_would_take_minutes_does_not_hold_up_the_end(telegram: FakeTelegram, tmp_path: Path) -> None:
    fill(tmp_path / "knowledge", {"a.md": "# A\n\nWords."})
    lines = (
        f"Article {n}. The duty on goods of kind {n} is {n % 30} percent of their value.\n\n" for n in range(60_000)
    )
    telegram.files["long"] = "".join(lines).encode()
    paper = {"file_id": "long", "file_unique_id": "u", "file_name": "long.md", "file_size": 5_000_000}
    with serving(telegram, tmp_path, DRAGOMAN_TELEGRAM_STAFF="9") as bot:
        telegram.say("/topics", 7)
        wait_for(lambda: [call for call in telegram.sent(7) if call.text], seconds=60)
        telegram.put({"message": telegram.message(9, document=paper)})
        wait_for(lambda: list((tmp_path / "knowledge").glob("inbox/long.md")), seconds=60)
        time.sleep(2)
        began = time.monotonic()
        assert bot.end(signal.SIGTERM, seconds=30) == 0
        took = time.monotonic() - began
    assert took < 10
    assert "Traceback" not in bot.said
    assert not list((tmp_path / "knowledge").glob("inbox/*")), "not taken in, so not there at all"
    assert not telegram.sent(9)
    with sqlite3.connect(tmp_path / "data" / "telegram.sqlite") as kept:
        assert kept.execute("select count(*) from inbox where waits").fetchone() == (1,), "the next start takes it in"


@pytest.mark.slow
def test_the_token_is_in_no_log_however_much_is_logged(telegram: FakeTelegram, tmp_path: Path) -> None:
    noisy = (
        "import logging, sys; logging.basicConfig(level=logging.DEBUG); "
        "sys.argv[0] = 'x'; from tests.bot.channels.telegram.stand_in import main; sys.exit(main())"
    )
    arguments = [
        sys.executable,
        "-c",
        noisy,
        telegram.url,
        TOKEN,
        str(tmp_path),
        json.dumps({"public_url": PUBLIC_URL}),
    ]
    telegram.faults += [Fault("sendMessage", drop="before"), Fault("getUpdates", 500), Fault("sendMessageDraft", 404)]
    running = Process(arguments, ROOT, dict(os.environ))
    try:
        telegram.say("What is asked?", 7)
        wait_for(lambda: telegram.sent(7))
        telegram.token = "other:" + SECRET[::-1]
        assert running.ended(seconds=60) == 1
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)
    assert len(running.lines) > 20
    assert SECRET not in running.said
    assert re.search(r"\[token\]", running.said)
