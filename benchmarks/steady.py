"""Two hundred people in conversation for minutes: they ask, read, and ask again, while a model writes twenty words a second.

``python -m benchmarks.steady 600`` for ten minutes.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.row import Row, table
from benchmarks.server import serving
from benchmarks.slow_model import WORDS_A_SECOND
from benchmarks.texts import KNOWLEDGE, paragraphs
from benchmarks.visitors import memory_of

VISITORS = 200
SECONDS = 60.0
_READING = (10.0, 50.0)
"""Seconds between an answer and the next question, at least and at most."""
_BEYOND_THE_MODEL = 3.0
_MEMORY_GROWTH_MB = 200.0
_ALONE = 12
_LIMITS = dict.fromkeys(("DRAGOMAN_LIMIT_ADDRESS", "DRAGOMAN_LIMIT_SESSION", "DRAGOMAN_LIMIT_SITE"), "1000000/minute")


@dataclass
class Seen:
    """What the visitors saw: seconds to the first text of each complete answer beyond those in which the model spoke that
    text, refusals that said when to come back, and whatever else became of a question."""

    beyond: list[float] = field(default_factory=list)
    told_to_wait: int = 0
    failures: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Megabytes of the server, every few seconds."""


def measure() -> list[Row]:
    """For a minute; ten of them are asked for by hand."""
    return rows_of(*run(SECONDS))


def run(seconds: float, *, visitors: int = VISITORS) -> tuple[float, Seen]:
    """Seconds beyond the model to the first text for one visitor alone (95th percentile), and what many saw together."""
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary, _model() as model:
        place = Path(temporary)
        settings = _LIMITS | {
            "DRAGOMAN_LIMIT_AT_ONCE": str(visitors),
            "DRAGOMAN_MODEL": "openai:scripted",
            "DRAGOMAN_MODEL_TOKENS_PER_DAY": "0",
            "OPENAI_BASE_URL": model,
            "OPENAI_API_KEY": "none",
        }
        with serving(KNOWLEDGE, place / "data", **settings) as server:
            key = (place / "data" / "site_key").read_text(encoding="ascii").strip()
            return asyncio.run(_talk(server.address, server.pid, key, seconds, visitors))


def rows_of(alone: float, seen: Seen) -> list[Row]:
    """The figures as a table has them."""
    beyond = _p95(seen.beyond)
    grown = max(seen.memory) - seen.memory[0]
    asked = len(seen.beyond) + seen.told_to_wait + len(seen.failures)
    return [
        Row(
            f"{VISITORS} conversations for minutes: answered",
            f"{len(seen.beyond)} of {asked}",
            f"{seen.told_to_wait} told to wait",
            wanted="all, or told",
            good=not seen.failures,
        ),
        Row(
            "  first text beyond the model's",
            f"median {statistics.median(seen.beyond):.2f} s, p95 {beyond:.2f} s",
            f"p95 {alone:.2f} s, one visitor alone",
            wanted=f"p95 < {_BEYOND_THE_MODEL:.0f} s",
            good=beyond < _BEYOND_THE_MODEL,
        ),
        Row(
            "  memory they take",
            f"{grown:.0f} MB",
            wanted=f"< {_MEMORY_GROWTH_MB:.0f} MB",
            good=grown < _MEMORY_GROWTH_MB,
        ),
    ]


async def _talk(address: str, pid: int, key: str, seconds: float, visitors: int) -> tuple[float, Seen]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=visitors)
    client = httpx.AsyncClient(
        base_url=address, trust_env=False, timeout=120, limits=limits, headers={"origin": address}
    )
    questions = _questions()
    async with client:
        alone = Seen()
        token = await _token(client, key)
        for question in questions[:_ALONE]:
            await _ask(client, token, "alone", question, alone)
        if alone.failures or len(alone.beyond) < _ALONE:
            raise RuntimeError(f"a visitor alone was not answered: {alone}")
        seen = Seen()
        until = time.monotonic() + seconds
        watching = asyncio.create_task(_watch(pid, seen))
        await asyncio.gather(*(_visit(client, key, number, questions, until, seen) for number in range(visitors)))
        watching.cancel()
    return _p95(alone.beyond[2:]), seen


async def _visit(
    client: httpx.AsyncClient, key: str, number: int, questions: list[str], until: float, seen: Seen
) -> None:
    """One person: asks, reads, asks again, until the time is over; the last answer is waited for."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, min(_READING[1], (until - time.monotonic()) / 2)))
    token = await _token(client, key)
    while time.monotonic() < until:
        await _ask(client, token, f"c-{number}", chance.choice(questions), seen)
        await asyncio.sleep(chance.uniform(*_READING))


async def _token(client: httpx.AsyncClient, key: str) -> str:
    begun = await client.post("/api/v1/session", json={"site_key": key})
    return str(begun.raise_for_status().json()["token"])


async def _ask(client: httpx.AsyncClient, token: str, conversation: str, question: str, seen: Seen) -> None:
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"question": question, "conversation_id": conversation}
    began, beyond, ended = time.perf_counter(), 0.0, False
    try:
        async with client.stream("POST", "/api/v1/messages", json=body, headers=headers) as response:
            if response.status_code in {429, 503} and response.headers.get("retry-after"):
                seen.told_to_wait += 1
                return
            response.raise_for_status()
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    ended = ended or line == "data: [DONE]"
                    continue
                frame = json.loads(line[6:])
                if frame["type"] == "text-delta" and not beyond:
                    # A line is shown when it is proven, so all of its words had to be spoken.
                    spoken = len(frame["delta"].split()) / WORDS_A_SECOND
                    beyond = time.perf_counter() - began - spoken
                elif frame["type"] == "error":
                    seen.failures.append(line[:200])
                    return
    except httpx.HTTPError as error:
        seen.failures.append(f"{type(error).__name__}: {error}")
        return
    if beyond and ended:
        seen.beyond.append(beyond)
    else:
        seen.failures.append("the stream ended before the answer")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def _watch(pid: int, seen: Seen) -> None:
    while True:
        seen.memory.append(memory_of(pid, "VmRSS"))
        await asyncio.sleep(2)


def _questions() -> list[str]:
    found = paragraphs()
    asked = [f"What is said about {' '.join(text.split()[:9])}?" for text in found["en"]]
    asked += [f"关于{text[:16]}有什么规定？" for text in found["zh"]]
    asked += [f"Что сказано: {' '.join(text.split()[:8])}?" for text in found["ru"]]
    random.Random(30).shuffle(asked)
    return asked


@contextmanager
def _model() -> Iterator[str]:
    """The address of a model in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.slow_model"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    print(table(rows_of(*run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))))
