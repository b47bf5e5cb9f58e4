"""What staff feel: how long ten thousand files take, twice, and how soon a saved file is answered from."""

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.row import Row
from benchmarks.server import environment, serving
from benchmarks.texts import KNOWLEDGE

_FILES = 10_000
_SECOND_SYNC_SECONDS = 10.0
_SAVES = 20
_ANSWER_SECONDS = 5.0
_THINGS = "solar wind hydrogen battery tariff customs permit export import loan bond water waste quota licence".split()


def measure() -> list[Row]:
    """A folder of many small files, then a folder that is written to while it is served."""
    return [*_many_files(), *_saving()]


def _many_files() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        folder = Path(temporary) / "knowledge"
        chance = random.Random(1)
        for number in range(_FILES):
            path = folder / "country" / f"{number // 500:02}" / f"{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            things = chance.sample(_THINGS, 3)
            path.write_text(
                f"# Region {number}\n\nThe {things[0]} rate of region {number} is {chance.randint(1, 9_999)} for "
                f"{things[1]} and {things[2]}.\n"
            )
        command = [sys.executable, "-m", "bot", "sync", "--knowledge", str(folder), "--data", f"{temporary}/data"]
        first, report = _timed([*command, "--json"])
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        second, again = _timed([*command, "--json"])
    return [
        Row(f"first sync of {_FILES} small files", f"{first:.0f} s", f"{report['documents'] / first:.0f} files/s"),
        Row(
            "second sync, nothing changed",
            f"{second:.1f} s",
            f"{again['unchanged']} unchanged, {again['seconds']:.1f} s of it in the sync itself",
            ratio=second / first,
            wanted=f"< {_SECOND_SYNC_SECONDS:.0f} s",
            good=second < _SECOND_SYNC_SECONDS and again["unchanged"] == _FILES,
        ),
        Row(f"memory at most in a sync of {_FILES} files", f"{memory:.0f} MiB", "the largest child process"),
    ]


def _saving() -> list[Row]:
    """Saves files of ten pages into a served folder and asks until one is cited."""
    taken: list[float] = []
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as temporary:
        folder = Path(temporary) / "knowledge"
        shutil.copytree(KNOWLEDGE, folder)
        with serving(folder, Path(temporary) / "data") as server:
            for number in range(_SAVES):
                taken.append(_save_and_ask(server.address, folder, number))
    taken.sort()
    p95 = taken[min(len(taken) - 1, int(0.95 * len(taken)))]
    return [
        Row(
            "saving a file of ten pages to an answer that cites it, 95th percentile",
            f"{p95:.1f} s",
            f"{taken[len(taken) // 2]:.1f} s median of {_SAVES}",
            wanted=f"< {_ANSWER_SECONDS:.0f} s",
            good=p95 < _ANSWER_SECONDS,
        )
    ]


def _save_and_ask(address: str, folder: Path, number: int) -> float:
    chance = random.Random(number)
    name = "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(4)).capitalize()
    sentence = "The review of {} in district {} found that the {} works as planned and needs no further paper. "
    filler = "\n\n".join(
        "".join(
            sentence.format(chance.choice(_THINGS), chance.randint(1, 999), chance.choice(_THINGS)) for _ in range(8)
        )
        for _ in range(34)  # about three thousand characters a page, ten pages
    )
    fact = f"The storage fee of the {name} terminal is {number + 100} yuan a day."
    path = folder / "market" / f"{name.lower()}.md"
    path.write_text(f"# The {name} terminal\n\n{filler}\n\n## Fees\n\n{fact}\n", encoding="utf-8")
    started = time.monotonic()
    while time.monotonic() - started < 60:
        answer = httpx.post(
            f"{address}/api/v1/ask", json={"question": f"What is the storage fee of the {name} terminal?"}, timeout=30
        ).json()
        if any(citation["document_id"] == f"market/{path.name}" for citation in answer.get("citations", ())):
            return time.monotonic() - started
        time.sleep(0.1)
    return 60.0


def _timed(command: list[str]) -> tuple[float, dict[str, float]]:
    started = time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    return time.monotonic() - started, json.loads(ended.stdout)
