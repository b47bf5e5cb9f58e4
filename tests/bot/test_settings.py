"""Settings that cannot be meant, each told in one line that names it, its value and the way out."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app import Doors, _end_together, serve
from bot.channels.telegram.options import Options
from bot.cli import main
from bot.errors import StartError
from bot.prose import ROUNDS, longest_answer
from retrieval import ReadLimits
from tests.bot.folder import fill

TOKEN = "424242:AAF-secret_secret_secret_secret"


@pytest.mark.parametrize(
    "proxy",
    ["proxy.example.org:3128", "ftp://proxy.example.org", "socks5://", "http://proxy.example.org:port", "http://a b"],
)
def test_a_proxy_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], proxy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_TELEGRAM_PROXY", proxy)
    assert main(["status"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("dragoman: DRAGOMAN_TELEGRAM_PROXY: ")
    assert f"'{proxy}'" in line
    assert "socks5://127.0.0.1:1080" in line


@pytest.mark.parametrize("proxy", ["ftp://user:hunter2@proxy.example.org", "user:hunter2@proxy.example.org:80"])
def test_the_password_of_a_proxy_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], proxy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_TELEGRAM_PROXY", proxy)
    assert main(["status"]) == 1
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "proxy.example.org" in said


@pytest.mark.parametrize("address", ["http://", "https://:8000", "http://ask.example.org:port", "http://[::1"])
def test_an_address_without_a_host_or_with_a_port_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_TELEGRAM_BASE_URL", address)
    assert main(["status"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "DRAGOMAN_TELEGRAM_BASE_URL" in line
    assert address in line


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"webhook": True}, "DRAGOMAN_PUBLIC_URL is empty"),
        ({"webhook": True, "public_url": "http://ask.example.org"}, "DRAGOMAN_PUBLIC_URL is http://ask.example.org"),
        ({"proxy": "nonsense://x"}, "DRAGOMAN_TELEGRAM_PROXY"),
        ({"token": "no token at all"}, "DRAGOMAN_TELEGRAM_TOKEN is no token"),
    ],
)
def test_what_telegram_cannot_begin_with_is_told_before_anything_is_read(
    tmp_path: Path, options: dict[str, Any], told: str
) -> None:
    fill(tmp_path / "knowledge", {"a.md": "# A\n\nWords."})
    with pytest.raises(StartError, match=told):
        serve(
            doors=Doors("127.0.0.1", 0),
            knowledge_dir=tmp_path / "knowledge",
            data_dir=tmp_path / "data",
            embedding_model="",
            limits=ReadLimits(),
            today=None,
            telegram=Options(**({"token": TOKEN} | options)),
        )


def test_whoever_waits_for_an_answer_waits_as_long_as_the_model_may_take() -> None:
    assert longest_answer(600.0) > ROUNDS * 600.0
    assert 40 < longest_answer(0.0) < 120


async def test_indexing_ends_as_soon_as_the_server_is_told_to() -> None:
    told: list[str] = []
    server: Any = SimpleNamespace(should_exit=False)

    async def answering() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("channel")

    channel = asyncio.create_task(answering())
    ending = asyncio.create_task(_end_together(server, channel, lambda: told.append("index")))
    await asyncio.sleep(0.2)
    assert not told
    server.should_exit = True
    await ending
    assert told == ["index", "channel"]
