"""Rows 29 to 33 of the plan of faults, each with its number: leavers, slow ones, restarts, floods."""

import asyncio
import contextlib
import random
import re
import signal
import sqlite3
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from benchmarks import steady
from bot.channels.web.allowance import Rate
from bot.channels.web.public import Limits, Public
from tests.bot.channels.web.conftest import House, serving
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY
from tests.bot.channels.web.test_messages import QUESTION, STREAM, frames, kinds, visitor
from tests.bot.conftest import Command
from tests.bot.folder import DOCUMENTS, fill


def open_house() -> House:
    """A house whose limits do not stand in the way."""
    return House(
        public=Public((SITE_KEY,), "s", (HOST_PAGE,), limits=Limits(*((Rate(1_000_000, 60),) for _ in range(3))))
    )


@pytest.mark.slow
async def test_row_29_two_hundred_that_leave_at_some_moment_hold_nothing_up() -> None:
    house = open_house()
    house.assistant.pause = 0.02
    chance = random.Random(29)
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(
            base_url=url, trust_env=False, timeout=30, limits=httpx.Limits(max_connections=50)
        ) as client:

            async def leave() -> None:
                body = {"model": "dragoman", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
                with contextlib.suppress(TimeoutError, httpx.HTTPError):
                    async with asyncio.timeout(chance.random() * 0.5):
                        await client.post("/v1/chat/completions", json=body)

            for _ in range(8):
                await asyncio.gather(*(leave() for _ in range(25)))
            async with asyncio.timeout(35):
                while house.runs.running:
                    await asyncio.sleep(0.05)
            me = await visitor(client)
            assert (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)).status_code == 200


@pytest.mark.slow
def test_row_30_two_hundred_in_conversation_are_answered_or_told_when_to_come_back() -> None:
    """Forty seconds of what ``python -m benchmarks.steady 600`` does for ten minutes, and times."""
    _, seen = steady.run(40.0)
    assert seen.failures == []
    assert len(seen.beyond) + seen.told_to_wait >= steady.VISITORS
    assert len(seen.beyond) > seen.told_to_wait
    assert max(seen.memory) - seen.memory[0] < 300


@pytest.mark.slow
async def test_row_31_slow_clients_are_cut_and_honest_ones_do_not_notice() -> None:
    house = open_house()
    with serving(house.app(), house.runs) as url:
        parts = urlsplit(url)

        async def honest(client: httpx.AsyncClient) -> float:
            began = time.perf_counter()
            assert (await client.post("/api/v1/ask", json={"question": QUESTION})).status_code == 200
            return time.perf_counter() - began

        async def slow(sent: bytes) -> float:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            began = time.perf_counter()
            writer.write(sent)
            with contextlib.suppress(ConnectionError):
                while await reader.read(1_000):
                    pass
            writer.close()
            return time.perf_counter() - began

        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            alone = [await honest(client) for _ in range(50)]
            half = b"POST /api/v1/ask HTTP/1.1\r\nhost: x\r\n"
            body = half + b"content-type: application/json\r\ncontent-length: 5000\r\n\r\n{"
            attackers = [asyncio.create_task(slow(half)) for _ in range(500)]
            attackers += [asyncio.create_task(slow(body)) for _ in range(100)]
            await asyncio.sleep(1)
            beside = [await honest(client) for _ in range(50)]
            lived = await asyncio.gather(*attackers)
    assert max(lived) <= 15
    # Medians: the ninety-fifth percentile of fifty on a busy machine is chance.
    assert statistics.median(beside) <= 2 * statistics.median(alone) + 0.05


@pytest.mark.slow
def test_row_32_a_signal_in_the_middle_of_fifty_streams_loses_nothing(command: Command) -> None:
    fill(command.place / "knowledge", DOCUMENTS)
    process = command.start("serve", "--port", "0")
    assert process.stderr is not None
    url = ""
    for line in process.stderr:
        url = found.group(1) if (found := re.search(r"open (http://\S+) in", line)) else url
        if "ready:" in line:
            break
    key = (Path(command.place) / "data" / "site_key").read_text("ascii").strip()

    async def visit() -> list[tuple[int, str]]:
        limits = httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(
            base_url=url, trust_env=False, timeout=30, limits=limits, headers={"origin": url}
        ) as client:

            async def one(number: int) -> tuple[int, str]:
                begun = await client.post("/api/v1/session", json={"site_key": key})
                me = {"authorization": f"Bearer {begun.json()['token']}"} | STREAM
                await gate.wait()
                question = {"question": f"What is the value added tax rate in Kazakhstan? {number}"}
                try:
                    answered = await client.post("/api/v1/messages", json=question, headers=me)
                except httpx.TransportError:
                    return 0, ""  # the connection was closed before the question was read
                return answered.status_code, answered.text

            gate = asyncio.Event()
            tasks = [asyncio.create_task(one(number)) for number in range(50)]
            await asyncio.sleep(2)
            gate.set()
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            return await asyncio.gather(*tasks)

    answers = asyncio.run(visit())
    process.communicate(timeout=40)
    assert process.returncode == 0
    finished = 0
    for status, text in answers:
        if status == 200:
            assert kinds(frames(text))[-1] == "[DONE]"
            assert kinds(frames(text))[-2] in {"finish", "error"}
            finished += kinds(frames(text))[-2] == "finish"
        elif status:
            assert (status, "restarting" in text) == (503, True)
    with contextlib.closing(sqlite3.connect(Path(command.place) / "data" / "bot.sqlite")) as store:
        (stored,) = store.execute("SELECT count(*) FROM turns").fetchone()
    assert stored == finished > 0


@pytest.mark.slow
async def test_row_33_a_flood_from_one_place_does_not_keep_honest_users_out() -> None:
    house = House(public=Public((SITE_KEY,), "s", (HOST_PAGE,), limits=Limits(address=(Rate(60, 60),))))
    app = house.app()

    def client_at(ip: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(ip, 1)), base_url="http://bot.test")

    asked, served = 0, 0
    async with client_at("203.0.113.66") as flood:
        for number in range(600):
            begun = await flood.post("/api/v1/session", json={"site_key": SITE_KEY}, headers={"origin": HOST_PAGE})
            if begun.status_code == 200:
                me = {"origin": HOST_PAGE, "authorization": f"Bearer {begun.json()['token']}"}
                await flood.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
            if number % 20 == 0:
                async with client_at(f"198.51.100.{number // 20}") as honest:
                    me = await visitor(honest)
                    answered = await honest.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
                    asked, served = asked + 1, served + (answered.status_code == 200)
    assert served >= 0.95 * asked
    assert len(house.assistant.asked) - served <= 120  # a minute's worth, and another if one began meanwhile
