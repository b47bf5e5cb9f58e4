"""The server as a process of its own, on the loopback, with the packaged model: from the first page to the last signal."""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.bot.conftest import Command
from tests.bot.folder import DOCUMENTS, fill

T = TypeVar("T")

MEMO = """---
title: Zirconium memo
lang: en
---
# Zirconium memo

The import duty on zirconium sponge is 7 percent since May 2026.
"""
MEMO_QUESTION = "What is the import duty on zirconium sponge?"


class Server:
    """A running ``serve`` and a client of it."""

    def __init__(self, command: Command, *arguments: str) -> None:
        self.command = command
        self.process = command.start("serve", "--port", "0", *arguments)
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.url = wait_for(self._address, seconds=30)
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)

    def _address(self) -> str | None:
        assert self.process.poll() is None, "".join(self.lines)
        found = re.search(r"open (http://\S+) in a browser", "".join(self.lines))
        return found.group(1) if found else None

    def ready(self) -> bool:
        return self.client.get("/readyz").status_code == 200

    def ask(self, question: str) -> dict[str, Any]:
        response = self.client.post("/api/v1/ask", json={"question": question})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def stop(self, with_signal: signal.Signals = signal.SIGTERM, *, seconds: float = 60) -> int:
        """Tells it to end; its exit code. A busy machine may take long over it."""
        self.client.close()
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=seconds)
        self._reading.join(timeout=5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


def wait_for(look: Callable[[], T | None], *, seconds: float = 20) -> T:
    """What ``look`` gives, once it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing after {seconds} s")


@contextlib.contextmanager
def serving(command: Command, *arguments: str) -> Iterator[Server]:
    server = Server(command, *arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that is ready to answer."""
    command = Command(tmp_path_factory.mktemp("served"))
    fill(command.place / "knowledge", DOCUMENTS)
    with serving(command) as started:
        wait_for(started.ready, seconds=60)
        yield started


def test_the_page_is_up_before_the_index_and_a_signal_ends_it(command: Command) -> None:
    fill(command.place / "knowledge", DOCUMENTS)
    with serving(command) as server:
        assert server.client.get("/livez").status_code == 200
        page = server.client.get("/")
        assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
        early = server.client.get("/readyz")
        assert early.status_code == 503
        assert early.json()["reason"]
        refused = server.client.post("/api/v1/ask", json={"question": "What is the VAT rate in Kazakhstan?"})
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        wait_for(server.ready, seconds=60)
        body = server.client.get("/readyz").json()
        assert (body["ready"], body["documents"]) == (True, len(DOCUMENTS))
        assert server.stop() == 0
        said = "".join(server.lines)
        assert re.search(r"indexing \d+ of \d+", said)
        assert f"ready: {len(DOCUMENTS)} documents" in said
        assert "Traceback" not in said
    assert not (command.place / "data" / "owner").exists()


@pytest.mark.slow
def test_it_ends_while_it_still_loads(command: Command) -> None:
    fill(command.place / "knowledge", DOCUMENTS)
    with serving(command) as server:
        assert server.stop(seconds=20) == 0
        assert "Traceback" not in "".join(server.lines)


def test_a_question_is_answered_over_http(server: Server) -> None:
    body = server.ask("What is the VAT rate in Kazakhstan?")
    assert body["outcome"] == "answered"
    assert "16 percent" in body["text"]
    url = body["citations"][0]["url"]
    assert url.startswith(f"{server.url}/sources/country/kazakhstan.md")
    page = server.client.get(url.partition("#")[0])
    assert page.status_code == 200
    assert "<mark" in page.text
    assert 'id="p' in page.text


def test_a_document_for_staff_has_no_page(server: Server) -> None:
    assert server.client.get("/sources/risk/secret.md").status_code == 404


def test_a_file_is_answered_from_while_it_is_there(server: Server) -> None:
    path = server.command.place / "knowledge" / "market" / "zirconium.md"
    assert server.ask(MEMO_QUESTION)["outcome"] == "not_covered"
    path.parent.mkdir(exist_ok=True)
    path.write_text(MEMO, encoding="utf-8")
    wait_for(lambda: "7 percent" in server.ask(MEMO_QUESTION)["text"])
    path.write_text(MEMO.replace("7 percent", "9 percent"), encoding="utf-8")
    wait_for(lambda: "9 percent" in server.ask(MEMO_QUESTION)["text"])
    path.unlink()
    wait_for(lambda: server.ask(MEMO_QUESTION)["outcome"] == "not_covered")
    assert server.client.get("/sources/market/zirconium.md").status_code == 404


def test_a_file_that_cannot_be_read_is_named_and_the_last_good_version_stays(server: Server) -> None:
    path = server.command.place / "knowledge" / "country" / "kazakhstan.md"
    good = path.read_text("utf-8")
    try:
        path.write_text("", encoding="utf-8")
        wait_for(lambda: any("country/kazakhstan.md" in line for line in server.lines))
        assert "16 percent" in server.ask("What is the VAT rate in Kazakhstan?")["text"]
    finally:
        path.write_text(good, encoding="utf-8")
    wait_for(lambda: not json.loads(server.command.run("status", "--json").stdout)["failed"])


def test_ask_goes_through_the_server_that_owns_the_folder(server: Server) -> None:
    started = time.monotonic()
    ended = server.command.run("ask", "What is the VAT rate in Kazakhstan?", "--json")
    assert ended.returncode == 0, ended.stderr
    body = json.loads(ended.stdout)
    assert "16 percent" in body["text"]
    assert body["citations"][0]["url"].startswith(server.url)
    assert "indexing" not in ended.stderr
    assert time.monotonic() - started < 20


def test_the_server_tells_ask_why_a_question_is_none(server: Server) -> None:
    ended = server.command.run("ask", "What " * 1_000)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1


def test_status_and_passages_read_along(server: Server) -> None:
    assert json.loads(server.command.run("status", "--json").stdout)["documents"] == len(DOCUMENTS)
    assert server.command.run("passages", "country/uzbekistan.md").returncode == 0


def test_sync_goes_through_the_server_that_owns_the_folder(server: Server) -> None:
    ended = server.command.run("sync", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["unchanged"] == len(DOCUMENTS)


def test_a_second_owner_is_refused_in_one_line(server: Server) -> None:
    ended = server.command.run("serve", "--port", "0")
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert f"is in use by the process {server.process.pid}" in line


def test_a_knowledge_folder_that_vanishes_does_not_end_it(server: Server) -> None:
    folder = server.command.place / "knowledge"
    away = folder.with_name("away")
    folder.rename(away)
    try:
        time.sleep(3)
        assert "16 percent" in server.ask("What is the VAT rate in Kazakhstan?")["text"]
    finally:
        away.rename(folder)
    assert server.process.poll() is None


@pytest.mark.slow
def test_ctrl_c_ends_it_too_and_the_next_start_answers_at_once(tmp_path: Path) -> None:
    command = Command(tmp_path)
    fill(command.place / "knowledge", {"country/kazakhstan.md": DOCUMENTS["country/kazakhstan.md"]})
    assert command.run("sync").returncode == 0
    with serving(command) as server:
        wait_for(server.ready, seconds=60)
        assert server.ask("What is the VAT rate in Kazakhstan?")["outcome"] == "answered"
        assert server.stop(signal.SIGINT) == 0
        assert not any("added" in line for line in server.lines)


@pytest.mark.slow
@pytest.mark.slow
def test_a_signal_ends_it_in_the_middle_of_a_long_file(command: Command) -> None:
    folder = fill(command.place / "knowledge", DOCUMENTS)
    with serving(command) as server:
        wait_for(server.ready, seconds=90)
        key = (command.place / "data" / "staff_key").read_text().strip()

        def busy() -> bool:
            body = server.client.get("/api/v1/knowledge", headers={"authorization": f"Bearer {key}"}).json()
            return bool(body["sync"]["phase"] == "syncing" and body["sync"]["total"])

        wait_for(lambda: not busy())
        # Some thousand passages: minutes of embedding, were it not ended.
        lines = (
            f"The levy number {number} on goods of class {number * 7} is {number} euros." for number in range(40_000)
        )
        fill(folder, {"law/long.txt": "\n\n".join(lines)})
        wait_for(busy, seconds=30)
        assert server.stop() == 0
        assert "Traceback" not in "".join(server.lines)


@pytest.mark.slow
def test_documents_that_vanish_in_great_number_are_kept_and_staff_are_told(command: Command) -> None:
    folder = fill(
        command.place / "knowledge", {f"law/{n}.md": f"# Levy {n}\n\nThe levy {n} is {n} euros." for n in range(21)}
    )
    with serving(command) as server:
        wait_for(server.ready, seconds=90)
        for number in range(20):
            (folder / f"law/{number}.md").unlink()
        headers = {"authorization": f"Bearer {(command.place / 'data' / 'staff_key').read_text().strip()}"}

        def problem() -> str:
            return str(server.client.get("/api/v1/knowledge", headers=headers).json()["sync"]["problem"] or "")

        assert "20 of 21 documents have vanished" in wait_for(problem)
        assert "--allow-removals" in problem()
        assert server.ask("What is levy 3?")["citations"][0]["document_id"] == "law/3.md"
        assert json.loads(command.run("sync", "--allow-removals", "--json").stdout)["removed"] == 20
        wait_for(lambda: not problem())


@pytest.mark.slow
def test_a_kill_leaves_a_folder_that_opens_again(tmp_path: Path) -> None:
    command = Command(tmp_path)
    fill(command.place / "knowledge", DOCUMENTS)
    with serving(command) as server:
        wait_for(lambda: any("indexing" in line for line in server.lines), seconds=60)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(timeout=10)
        server.stop(signal.SIGKILL)
    ended: subprocess.CompletedProcess[str] = command.run("sync", "--json")
    assert json.loads(ended.stdout)["documents"] == len(DOCUMENTS)
