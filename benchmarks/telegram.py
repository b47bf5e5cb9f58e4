"""Two hundred chats that ask at once: the real server against a Bot API of our own, held against what Telegram allows."""

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row
from benchmarks.server import serving
from tests.bot.channels.telegram.fake_api import TOKEN, FakeTelegram, limits_broken

CHATS = 200
_FIRST = 10_000
_A_SECOND = 30
_SECONDS = 180
_QUESTIONS = (
    "Which groups of goods does CBAM cover?",
    "What is the VAT rate in Kazakhstan?",
    "境外投资备案需要哪些材料？",
    "Какая ставка НДС действует в Казахстане?",
    "What are the seven Green Investment Principles?",
    "印度尼西亚外资公司的实缴资本是多少？",
    "Who mends the lift in the town hall of Atlantis?",
)


def measure() -> list[Row]:
    """Asks in two hundred private chats at the same moment and waits for every answer."""
    knowledge = Path(__file__).parent.parent / "knowledge"
    with tempfile.TemporaryDirectory() as place, FakeTelegram().running() as telegram:
        settings = {
            "DRAGOMAN_TELEGRAM_TOKEN": TOKEN,
            "DRAGOMAN_TELEGRAM_BASE_URL": telegram.url,
            "DRAGOMAN_PUBLIC_URL": "https://house.example.org",
        }
        with serving(knowledge, Path(place) / "data", **settings):
            began = time.monotonic()
            for number in range(CHATS):
                telegram.say(_QUESTIONS[number % len(_QUESTIONS)], _FIRST + number)
            deadline = began + _SECONDS
            while time.monotonic() < deadline and len({call.chat_id for call in telegram.made("sendMessage")}) < CHATS:
                time.sleep(0.1)
            time.sleep(3.0)  # whoever answers twice has time to
        waits = sorted(call.at - began for call in telegram.made("sendMessage"))
        answered = {call.chat_id for call in telegram.made("sendMessage")}
        broken = limits_broken(telegram.calls)
    least = CHATS / _A_SECOND
    p95 = waits[int(len(waits) * 0.95) - 1] if waits else float("inf")
    median = statistics.median(waits) if waits else float("inf")
    once = len(waits) == len(answered) == CHATS
    return [
        Row("200 Telegram chats at once: answered", f"{len(answered)}", f"{CHATS}", None, "all, none twice", once),
        Row("  limits of Telegram's broken", ", ".join(broken) or "none", "-", None, "none", not broken),
        Row("  median wait", f"{median:.1f} s", f"{least / 2:.1f} s at 30 a second", median / (least / 2), "-", None),
        Row(
            "  95th percentile", f"{p95:.1f} s", f"{least:.1f} s at 30 a second", p95 / least, "<= 3", p95 / least <= 3
        ),
    ]
