"""A real ``dragoman serve`` for the length of a ``with``, and the environment every measured process gets."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_READY_SECONDS = 300
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that is ready."""

    address: str
    pid: int
    documents: int


@contextmanager
def serving(knowledge: Path, data: Path, **settings: str) -> Iterator[Serving]:
    """Serves a folder on a free port, with settings of the house, and waits until it is indexed.

    Raises:
        RuntimeError: it did not become ready; the message ends in what it said.
    """
    log = data.with_suffix(".log")
    command = [sys.executable, "-m", "bot", "serve", "--port", "0", "--knowledge", str(knowledge), "--data", str(data)]
    with log.open("w") as said:
        process = subprocess.Popen(command, stderr=said, env=environment() | settings)
        try:
            yield _ready(process, log, data)
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment() -> dict[str, str]:
    """This one without the house's own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}


def _ready(process: subprocess.Popen[bytes], log: Path, data: Path) -> Serving:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(_LOOK_SECONDS)
        owner = data / "owner"  # who owns the folder writes there where it listens, whatever users call it
        _, _, address = owner.read_text().strip().partition(" ") if owner.exists() else ("", "", "")
        if not address:
            continue
        try:
            ready = httpx.get(f"{address}/readyz", trust_env=False, timeout=10)
        except httpx.TransportError:
            continue  # an owner that was killed has left its address behind
        if ready.status_code == 200:
            return Serving(address, process.pid, int(ready.json()["documents"]))
    raise RuntimeError(f"the server did not become ready:\n{log.read_text()[-1_000:]}")
