"""Two hundred visitors ask at once and read their answers as they stream; beside it, the same bytes from a bare stream."""

import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.row import Row
from benchmarks.server import serving
from benchmarks.texts import KNOWLEDGE, paragraphs

VISITORS = 200
_ALONE = 30
"""Questions that are asked one after another, before."""
_FIRST = b'"text-delta"'
_LAST = b"data: [DONE]"
_MEMORY_GROWTH_MB = 200.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one visitor saw, in seconds from the moment all asked."""

    first: float
    last: float
    whole: bytes


def measure() -> list[Row]:
    """Each server in a process of its own, and the visitors in this one."""
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        place = Path(temporary)
        folder = place / "knowledge"
        for path in KNOWLEDGE.glob("*/*.md"):
            (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.parent.name)
        with serving(folder, place / "data", DRAGOMAN_LIMIT_AT_ONCE=str(VISITORS)) as ours:
            key = (place / "data" / "site_key").read_text(encoding="ascii").strip()
            alone = _one_after_another(ours.address)
            before = memory_of(ours.pid, "VmRSS")
            readings, spent = asyncio.run(_all_at_once(ours.address, _visitors(ours.address, key)))
            grown = memory_of(ours.pid, "VmHWM") - before
        recorded = place / "recorded.json"
        recorded.write_text(json.dumps([_frames(reading.whole) for reading in readings if reading.whole]))
        with _bare(recorded) as (address, pid):
            bare_before = memory_of(pid, "VmRSS")
            floor, floor_spent = asyncio.run(_all_at_once(address, [""] * VISITORS))
            bare_grown = memory_of(pid, "VmHWM") - bare_before
    complete = sum(_LAST in reading.whole for reading in readings)
    return [
        Row(
            name=f"{VISITORS} visitors at once: complete",
            value=f"{complete}",
            beside=f"{sum(_LAST in reading.whole for reading in floor)}, a bare FastAPI stream of the same bytes",
            wanted=f"{VISITORS}",
            good=complete == VISITORS,
        ),
        _times("  first text", [r.first for r in readings], [r.first for r in floor]),
        _times("  last text", [r.last for r in readings], [r.last for r in floor]),
        Row(
            name="  all of them",
            value=f"{spent:.1f} s",
            beside=f"{alone * VISITORS:.1f} s, {VISITORS} answers one after another (bare stream: {floor_spent:.1f} s)",
            ratio=spent / (alone * VISITORS),
            wanted="< 1.50",
            good=spent < 1.5 * alone * VISITORS,
        ),
        Row(
            name="  memory they take",
            value=f"{grown:.0f} MB",
            beside=f"{bare_grown:.0f} MB",
            wanted=f"< {_MEMORY_GROWTH_MB:.0f} MB",
            good=grown < _MEMORY_GROWTH_MB,
        ),
    ]


def _times(name: str, ours: Sequence[float], floor: Sequence[float]) -> Row:
    def shown(values: Sequence[float]) -> str:
        return f"median {statistics.median(values):.2f} s, p95 {statistics.quantiles(values, n=20)[-1]:.2f} s"

    return Row(
        name=name, value=shown(ours), beside=shown(floor), ratio=statistics.median(ours) / statistics.median(floor)
    )


def _questions() -> list[str]:
    found = paragraphs()
    asked = [f"What is said about {' '.join(text.split()[:9])}?" for text in found["en"]]
    asked += [f"关于{text[:16]}有什么规定？" for text in found["zh"]]
    asked += [f"Что сказано: {' '.join(text.split()[:8])}?" for text in found["ru"]]
    return random.Random(1).sample(asked, VISITORS + _ALONE)


def _visitors(address: str, key: str) -> list[str]:
    """A token for each."""
    with httpx.Client(base_url=address, trust_env=False, headers={"origin": address}) as client:
        return [
            str(client.post("/api/v1/session", json={"site_key": key}).raise_for_status().json()["token"])
            for _ in range(VISITORS)
        ]


def _one_after_another(address: str) -> float:
    """Seconds of one answer when nobody else asks."""
    questions = _questions()[VISITORS:]
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        client.post("/api/v1/ask", json={"question": questions[0]})
        began = time.perf_counter()
        for question in questions:
            client.post("/api/v1/ask", json={"question": question}).raise_for_status()
        return (time.perf_counter() - began) / len(questions)


async def _all_at_once(address: str, tokens: Sequence[str]) -> tuple[list[Reading], float]:
    questions = _questions()
    gate = asyncio.Event()
    tasks = [
        asyncio.create_task(_visit(address, token, questions[number], gate)) for number, token in enumerate(tokens)
    ]
    await asyncio.sleep(0.5)
    began = time.perf_counter()
    gate.set()
    readings = [Reading(first - began, last - began, whole) for first, last, whole in await asyncio.gather(*tasks)]
    return readings, time.perf_counter() - began


async def _visit(address: str, token: str, question: str, gate: asyncio.Event) -> tuple[float, float, bytes]:
    """Asks on a bare connection, so that what is measured is the server and not a client library."""
    parts = urlsplit(address)
    body = json.dumps({"question": question}).encode()
    head = (
        f"POST /api/v1/messages HTTP/1.1\r\nhost: {parts.netloc}\r\norigin: {address}\r\n"
        f"authorization: Bearer {token}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    await gate.wait()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 20)
    writer.write(head.encode() + body)
    whole, first, last = b"", 0.0, 0.0
    while piece := await reader.read(1 << 16):
        whole += piece
        now = time.perf_counter()
        first = first or (now if _FIRST in whole else 0.0)
        last = now
    writer.close()
    return first or last, last, whole


def _frames(whole: bytes) -> list[str]:
    """The frames of a chunked response, each with its end."""
    body = whole.partition(b"\r\n\r\n")[2]
    text = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        text, body = text + body[:length], body[length + 2 :]
    return [frame + "\n\n" for frame in text.decode().split("\n\n") if frame]


@contextmanager
def _bare(recorded: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "benchmarks.bare_stream", str(recorded)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def memory_of(pid: int, field: str) -> float:
    """Megabytes."""
    found = re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024
