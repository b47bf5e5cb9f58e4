"""Streams over real connections: broken ones come back, readers leave, askers stop, the server goes."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Response

import bot.channels.web.run as run_module
from bot.channels.web.allowance import Rate
from bot.channels.web.chunks import last_words
from bot.channels.web.public import Limits, Public
from bot.channels.web.runs import Runs
from tests.bot.channels.web.conftest import House, serving
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY
from tests.bot.channels.web.test_messages import QUESTION, STREAM, frames, kinds, visitor


@pytest.fixture
async def web(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=20) as client:
        yield client


async def read_until(response: httpx.Response, wanted: str) -> str:
    """What came until a word was in it."""
    text = ""
    async for piece in response.aiter_text():
        text += piece
        if wanted in text:
            break
    return text


async def settled(house: House) -> None:
    """Until nothing is under way."""
    async with asyncio.timeout(10):
        while house.runs.running:
            await asyncio.sleep(0.01)


def run_of(text: str) -> str:
    """The run whose stream this is."""
    return str(frames(text.split("\n\n")[0] + "\n\n")[0][1]["messageMetadata"]["run_id"])


async def test_words_come_before_the_answer_is_whole(web: httpx.AsyncClient, house: House) -> None:
    house.assistant.pause = 0.01
    me = await visitor(web)
    async with web.stream("POST", "/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM) as response:
        pieces = response.aiter_text()
        text = await anext(pieces)
        while "text-delta" not in text:
            text += await anext(pieces)
        assert house.runs.running == 1
        assert "data-answer" not in text
        assert response.headers["x-accel-buffering"] == "no"
        assert "no-transform" in response.headers["cache-control"]
        assert "content-length" not in response.headers
        rest = "".join([piece async for piece in pieces])
    assert frames(rest)[-1][1] == "[DONE]"


async def test_a_stream_broken_twice_comes_back_byte_for_byte(web: httpx.AsyncClient, house: House) -> None:
    house.assistant.pause = 0.005
    me = await visitor(web)
    body = {"question": QUESTION, "conversation_id": "c-1"}
    async with web.stream("POST", "/api/v1/messages", json=body, headers=me | STREAM) as response:
        text = await read_until(response, "text-delta")
    run = run_of(text)
    running = (await web.get("/api/v1/conversations/c-1", headers=me)).json()["running"]
    assert running == {"run_id": run, "question": QUESTION}
    seen = frames(text.rpartition("\n\n")[0] + "\n\n")
    async with web.stream("GET", f"/api/v1/runs/{run}/events", headers=me | {"last-event-id": seen[-1][0]}) as response:
        more = await read_until(response, "text-delta")
    seen += frames(more.rpartition("\n\n")[0] + "\n\n")
    rest = await web.get(f"/api/v1/runs/{run}/events", headers=me | {"last-event-id": seen[-1][0]})
    seen += frames(rest.text)
    whole = frames((await web.get(f"/api/v1/runs/{run}/events", headers=me)).text)
    assert seen == whole
    assert [event_id for event_id, _ in seen] == [f"{run}:{number}" for number in range(1, len(seen) + 1)]
    assert len(house.assistant.asked) == 1
    assert len(house.memory.kept) == 1


async def test_stopping_ends_the_stream_and_stores_nothing(web: httpx.AsyncClient, house: House) -> None:
    house.assistant.pause = 0.05
    me = await visitor(web)
    async with web.stream("POST", "/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM) as response:
        pieces = response.aiter_text()
        text = await anext(pieces)
        while "text-delta" not in text:
            text += await anext(pieces)
        run = run_of(text)
        stranger = await visitor(web)
        assert (await web.post(f"/api/v1/runs/{run}/cancel", headers=stranger)).status_code == 404
        stopped = await web.post(f"/api/v1/runs/{run}/cancel", headers=me)
        assert stopped.json() == {"run_id": run, "status": "stopped"}
        async for piece in pieces:
            text += piece
    assert kinds(frames(text))[-2:] == ["abort", "[DONE]"]
    assert not house.memory.kept
    assert house.assistant.closed == 1
    again = await web.post(f"/api/v1/runs/{run}/cancel", headers=me)
    assert again.json()["status"] == "finished"


async def test_one_answer_at_a_time_unless_its_reader_has_gone(web: httpx.AsyncClient, house: House) -> None:
    house.assistant.pause = 0.05
    me = await visitor(web)
    body = {"question": QUESTION}
    async with web.stream("POST", "/api/v1/messages", json=body, headers=me | STREAM) as response:
        await read_until(response, "text-delta")
        busy = await web.post("/api/v1/messages", json=body, headers=me | STREAM | {"accept-language": "ru"})
        assert (busy.status_code, busy.json()["code"]) == (429, "one_at_a_time")
        assert busy.json()["detail"].startswith("Я ещё отвечаю")
        assert int(busy.headers["retry-after"]) > 0
        other = await visitor(web)
        async with web.stream("POST", "/api/v1/messages", json=body, headers=other | STREAM) as beside:
            assert beside.status_code == 200
    async with asyncio.timeout(5):  # the server learns a little later that the reader has gone
        while (now := await web.post("/api/v1/messages", json=body, headers=me)).status_code == 429:
            await asyncio.sleep(0.02)
    assert now.status_code == 200
    await settled(house)
    assert house.assistant.closed == 1


async def test_an_answer_nobody_reads_is_stopped_after_a_while(house: House) -> None:
    house.runs = Runs(last_words, grace=0.2)
    house.assistant.pause = 0.1
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me = await visitor(client)
            async with client.stream(
                "POST", "/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM
            ) as left:
                await read_until(left, "text-delta")
            await settled(house)
    assert house.assistant.closed == 1
    assert not house.memory.kept


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/messages", "/v1/chat/completions"])
async def test_who_cannot_come_back_stops_the_work_by_leaving(web: httpx.AsyncClient, house: House, path: str) -> None:
    house.assistant.pause = 0.1
    me = await visitor(web) if path.endswith("messages") else {}
    body = {"question": QUESTION, "model": "dragoman", "messages": [{"role": "user", "content": QUESTION}]}
    asking = asyncio.create_task(web.post(path, json=body, headers=me))
    async with asyncio.timeout(10):
        while not house.runs.running:
            await asyncio.sleep(0.01)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    async with asyncio.timeout(2):
        await settled(house)
    assert house.assistant.closed == 1


async def test_a_finished_run_is_forgotten_in_the_end(house: House) -> None:
    house.runs = Runs(last_words, kept_seconds=0.2)
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me = await visitor(client)
            text = (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM)).text
            async with asyncio.timeout(5):
                while (await client.get(f"/api/v1/runs/{run_of(text)}/events", headers=me)).status_code != 204:
                    await asyncio.sleep(0.05)


async def test_more_than_the_house_can_bear_wait_outside(house: House) -> None:
    house.runs = Runs(last_words, most=1)
    house.assistant.pause = 0.05
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me, other = await visitor(client), await visitor(client)
            async with client.stream(
                "POST", "/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM
            ) as one:
                await read_until(one, "text-delta")
                refused = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_busy")
    assert int(refused.headers["retry-after"]) > 0


async def test_a_quiet_stream_is_kept_open_by_comments(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "PING_SECONDS", 0.01)
    house.assistant.pause = 0.05
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me = await visitor(client)
            async with client.stream(
                "POST", "/api/v1/messages", json={"question": "weather"}, headers=me | STREAM
            ) as quiet:
                assert ": ping" in await read_until(quiet, ": ping")


async def test_when_the_server_goes_answers_may_finish_and_no_new_ones_begin(house: House) -> None:
    house.assistant.pause = 0.02
    public = Public((SITE_KEY,), "s", (HOST_PAGE,), limits=Limits(address=(Rate(1000, 60),)))
    house.public = public
    with serving(house.app(), house.runs) as url:
        client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=20)
        visitors = [await visitor(client) for _ in range(20)]
        waiting = asyncio.create_task(
            asyncio.wait(
                [
                    asyncio.create_task(
                        client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM)
                    )
                    for me in visitors
                ]
            )
        )
        async with asyncio.timeout(10):
            while house.runs.running < 20:
                await asyncio.sleep(0.01)
    done, _ = await waiting
    for task in done:
        assert kinds(frames(task.result().text))[-2:] == ["finish", "[DONE]"]
    assert len(house.memory.kept) == 20
    with pytest.raises(httpx.ConnectError):
        await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers={"origin": HOST_PAGE})
    await client.aclose()


async def test_an_answer_that_takes_too_long_then_is_told_to_ask_again(house: House) -> None:
    house.assistant.pause = 5
    me_language = {"accept-language": "zh-CN"}
    app = house.app()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
        me = await visitor(client)
        task = asyncio.create_task(
            client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM | me_language)
        )
        async with asyncio.timeout(5):
            while not house.runs.running:
                await asyncio.sleep(0.01)
        await house.runs.drain(0.05)
        events = frames((await task).text)
        assert events[-3][1]["data"]["code"] == "restarting"
        assert events[-2][1] == {"type": "error", "errorText": "服务正在重启，请过几秒再问。"}
        refused = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
        assert (refused.status_code, refused.json()["code"]) == (503, "restarting")
        assert int(refused.headers["retry-after"]) > 0


async def test_many_streams_at_once_all_complete(house: House) -> None:
    house.assistant.pause = 0.002
    house.public = Public((SITE_KEY,), "s", (HOST_PAGE,), limits=Limits(address=(Rate(1000, 60),)))
    limits = httpx.Limits(max_connections=60)
    with serving(house.app(), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60, limits=limits) as client:

            async def one() -> str:
                me = await visitor(client)
                return (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM)).text

            texts = await asyncio.gather(*(one() for _ in range(60)))
    assert {kinds(frames(text))[-1] for text in texts} == {"[DONE]"}
    assert len({run_of(text) for text in texts}) == 60
    assert len(house.memory.kept) == 60


def raw(url: str) -> socket.socket:
    """A bare connection."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /api/v1/ask HT",
        b"GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: 1",
        b"POST /api/v1/ask HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{",
        b"POST /api/v1/ask HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
def test_half_a_request_is_cut(house: House, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr("bot.connections.HEADER_SECONDS", 0.3)
    monkeypatch.setattr("bot.connections.BODY_SECONDS", 0.3)
    with serving(house.app(), house.runs) as url, raw(url) as connection:
        connection.sendall(sent)
        try:
            got = connection.recv(100)
        except ConnectionResetError:
            got = b""
        assert got == b""
        assert httpx.get(f"{url}/livez", trust_env=False).status_code == 200


@pytest.mark.parametrize("sent", [b"\r\n", b"\r\n" * 5])
def test_an_empty_line_after_an_answer_holds_no_connection(
    house: House, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("bot.connections.HEADER_SECONDS", 0.3)
    with serving(house.app(), house.runs) as url, raw(url) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        got = b""
        while not got.endswith(b'{"status":"ok"}'):
            got += connection.recv(1_000)
        connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_a_reader_that_never_reads_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.connections.STALL_SECONDS", 0.3)
    app = house.app()

    @app.get("/huge")
    async def huge() -> Response:
        return Response(b"x" * 30_000_000)

    with serving(app, house.runs) as url, raw(url) as connection:
        connection.sendall(b"GET /huge HTTP/1.1\r\nhost: x\r\n\r\n")
        total = 0
        time.sleep(1.5)  # nothing is read meanwhile
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                total += len(piece)
        assert 0 < total < 30_000_000
        assert httpx.get(f"{url}/livez", trust_env=False).status_code == 200


def test_a_stream_is_one_json_a_frame_whatever_stands_in_it(house: House) -> None:
    with serving(house.app(), house.runs) as url, httpx.Client(base_url=url, trust_env=False) as client:
        token = client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers={"origin": HOST_PAGE}).json()[
            "token"
        ]
        me = {"origin": HOST_PAGE, "authorization": f"Bearer {token}"} | STREAM
        text = client.post("/api/v1/messages", json={"question": "hostile \u202e\r\n\r\ndata: [DONE]"}, headers=me).text
    for block in text.strip().split("\n\n"):
        data, event_id = block.split("\n")
        assert event_id.startswith("id: ")
        if data != "data: [DONE]":
            assert json.loads(data.removeprefix("data: "))["type"]
