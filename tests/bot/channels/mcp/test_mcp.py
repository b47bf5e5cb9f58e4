"""MCP: the three tools in process, over HTTP in both eras of the protocol, and over standard input and output."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.server.mcpserver import MCPServer

from bot.answer import Answer, Citation, Outcome, Row, Statement
from bot.app import Doors, _mcp_hosts
from bot.channels.mcp.desk import Desk, HouseDesk
from bot.channels.mcp.remote import RemoteDesk
from bot.channels.mcp.server import http_app, mcp_server, running
from bot.channels.web.allowance import Rate
from bot.channels.web.chunks import last_words
from bot.channels.web.links import source_link
from bot.channels.web.mcp_route import McpApp
from bot.channels.web.ports import SourceDocument
from bot.channels.web.public import Limits, Public
from bot.channels.web.runs import Runs
from retrieval import Location, Metadata, Passage
from tests.bot.channels.web.conftest import House, serving
from tests.bot.channels.web.fakes import DOCUMENTS, SITE_KEY, FakeLibrary
from tests.bot.channels.web.test_messages import visitor
from tests.bot.channels.web.widget.conftest import Talker
from tests.bot.conftest import Command
from tests.bot.folder import DOCUMENTS as FILES
from tests.bot.folder import fill
from tests.model_server import ModelServer

QUESTION = "When is the declaration due?"
BASE = "https://help.example"


def link(citation: Citation) -> str:
    """As the composition makes it."""
    return source_link(BASE, citation)


def server_over(house: House) -> MCPServer:
    """The server over small working parts."""
    return mcp_server(HouseDesk(house.assistant, FakeLibrary(), link, house.metrics.measured), version="1.2.3")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def served(house: House) -> Iterator[str]:
    server = server_over(house)
    mcp = McpApp(http_app(server, hosts=["help.example"]), lambda _: running(server))
    with serving(house.app(mcp=mcp), house.runs) as url:
        yield url


def told(result: Any) -> dict[str, Any]:
    """What a tool gave, which stands in its text too."""
    assert not result.is_error, result.content
    structured: dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == structured
    return structured


async def check_tools(client: Client) -> None:
    """Search, fetch and ask, as clients rely on them."""
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(listed) == {"search", "fetch", "ask"}
    for tool in listed.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
    assert listed["search"].input_schema["required"] == ["query"]
    assert list(listed["fetch"].input_schema["properties"]) == ["id"]
    found = told(await client.call_tool("search", {"query": "declarant keeps"}))["results"]
    assert found
    for result in found:
        assert {"id", "title", "url"} <= set(result)
        assert result["url"].startswith(f"{BASE}/sources/")
    document = told(await client.call_tool("fetch", {"id": found[0]["id"]}))
    assert {"id", "title", "text", "url", "metadata"} == set(document)
    assert found[0]["text"] in document["text"]
    assert document["metadata"]["issuer"] == "European Commission"
    answer = told(await client.call_tool("ask", {"question": QUESTION}))
    assert answer["outcome"] == "answered"
    assert "[1]" in answer["answer"]
    assert answer["citations"][0]["quote"]
    assert answer["citations"][0]["url"].startswith(f"{BASE}/sources/")
    uncovered = told(await client.call_tool("ask", {"question": "weather", "language": "en"}))
    assert (uncovered["outcome"], uncovered["citations"]) == ("not_covered", [])


async def test_the_tools_in_process(house: House) -> None:
    async with Client(server_over(house)) as client:
        await check_tools(client)
    assert 'dragoman_answers_total{language="en",outcome="answered",surface="mcp"} 1.0' in house.metrics.text().decode()


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("fetch", {"id": "nope.md"}, "There is no public document"),
        ("fetch", {"id": "staff/secret.md#1"}, "There is no public document"),
        ("fetch", {"id": "../../etc/passwd"}, "There is no public document"),
        ("fetch", {}, "id"),
        ("search", {"query": 5}, "query"),
        ("search", {"query": "x" * 3_000}, "query"),
        ("ask", {"question": " "}, "Please write a question"),
        ("ask", {"question": "x" * 9_000}, "question"),
        ("ask", {"question": "x", "language": 7}, "language"),
        ("ask", {"question": "x", "conversation_id": "web-1"}, "conversation_id"),
    ],
)
async def test_a_wrong_call_is_told_what_is_wrong(
    house: House, tool: str, arguments: dict[str, Any], words: str
) -> None:
    async with Client(server_over(house)) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert words in result.content[0].text  # type: ignore[union-attr]


async def test_a_crash_shows_nothing_of_its_insides(house: House) -> None:
    async with Client(server_over(house)) as client:
        result = await client.call_tool("ask", {"question": "crash"})
    assert result.is_error
    assert "secret" not in result.content[0].text  # type: ignore[union-attr]


async def test_the_tools_over_http(served: str) -> None:
    async with Client(f"{served}/mcp") as client:
        await check_tools(client)


def test_older_clients_are_served_at_the_same_address(served: str) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "old", "version": "1"}},
    }  # fmt: skip
    headers = {"accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=served, headers=headers, trust_env=False) as client:
        begun = client.post("/mcp", json=hello)
        assert begun.json()["result"]["protocolVersion"] == "2025-06-18"
        listed = client.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
            headers={"mcp-protocol-version": "2025-06-18"},
        )
    assert {tool["name"] for tool in listed.json()["result"]["tools"]} == {"search", "fetch", "ask"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example", "host": "evil.example"}, 421),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_pages_and_names_that_are_not_ours_are_refused(served: str, headers: dict[str, str], status: int) -> None:
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    sent = {"accept": "application/json, text/event-stream", "content-type": "application/json"} | headers
    response = httpx.post(f"{served}/mcp", content=json.dumps(call), headers=sent, trust_env=False)
    assert response.status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_only_calls_are_taken_and_nothing_is_held_open(served: str, method: str) -> None:
    headers = {"accept": "application/json, text/event-stream"}
    response = httpx.request(method, f"{served}/mcp", headers=headers, trust_env=False, timeout=10)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_it_is_off_unless_switched_on_and_wants_a_key_where_there_are_some(house: House) -> None:
    with serving(house.app(), house.runs) as url:
        assert httpx.post(f"{url}/mcp", json={}, trust_env=False).status_code == 404
    house.public = Public((SITE_KEY,), "s", api_keys=("right",))
    server = server_over(house)
    mcp = McpApp(http_app(server, hosts=[]), lambda _: running(server))
    with serving(house.app(mcp=mcp), house.runs) as url:
        assert httpx.post(f"{url}/mcp", json={}, trust_env=False).status_code == 401


@pytest.mark.slow
async def test_over_standard_input_and_output_a_model_writes_where_one_is_set(
    command: Command, model_server: ModelServer
) -> None:
    small = {"country/kz.md": FILES["country/kazakhstan.md"]}
    fill(command.place / "knowledge", small)
    arguments, environment = command.argv("mcp"), command.environment | {"DRAGOMAN_MODEL": "openai:scripted"}
    stdio = StdioServerParameters(command=sys.executable, args=arguments[1:], env=environment, cwd=Path(command.place))
    async with Client(stdio) as client:
        await client.call_tool("ask", {"question": "What is the value added tax rate in Kazakhstan?"})
    assert "answer" in {asked.kind for asked in model_server.asked}


LONG = SourceDocument(
    "law/long code.md",
    Metadata(),
    "en",
    tuple(Passage("law/long code.md", n, f"Article {n}. " + "word " * 300, "en", Location()) for n in range(1, 251)),
)


@contextlib.asynccontextmanager
async def sitting_at(where: str, house: House, url: str) -> AsyncIterator[Client]:
    """A client of the desk of this house, or of one beside the server."""
    remote = RemoteDesk(url, "ключ")
    here = HouseDesk(house.assistant, FakeLibrary(), link, house.metrics.measured)
    desk: Desk = remote if where == "remote" else here
    try:
        async with Client(mcp_server(desk, version="1")) as client:
            yield client
    finally:
        await remote.close()


@pytest.mark.parametrize("where", ["house", "remote"])
async def test_a_follow_up_goes_on_in_its_conversation(where: str, house: House) -> None:
    with serving(house.app(), house.runs) as url:
        async with sitting_at(where, house, url) as client:
            first = told(await client.call_tool("ask", {"question": QUESTION}))
            again = {"question": "and for cement?", "conversation_id": first["conversation_id"]}
            second = told(await client.call_tool("ask", again))
            other = told(await client.call_tool("ask", {"question": "and for cement?"}))
    assert first["conversation_id"] == second["conversation_id"] != other["conversation_id"]
    asked = [conversation for _, conversation, _ in house.assistant.asked]
    assert asked[0] == asked[1] != asked[2]
    assert asked[0] != first["conversation_id"], "it has a name of its own in the store"


@pytest.mark.parametrize("where", ["house", "remote"])
async def test_a_long_document_is_read_to_its_end_part_by_part(
    house: House, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr("tests.bot.channels.web.fakes.DOCUMENTS", (*DOCUMENTS, LONG))
    with serving(house.app(), house.runs) as url:
        async with sitting_at(where, house, url) as client:
            source_id, read, calls = LONG.id, "", 0
            while source_id:
                document = told(await client.call_tool("fetch", {"id": source_id}))
                assert len(document["text"]) <= 60_000
                assert document["title"] == LONG.id  # it has none of its own
                read += document["text"]
                source_id = document["metadata"].get("continues_at", "")
                calls += 1
            assert calls == 7
            assert {int(n) for n in re.findall(r"Article (\d+)\.", read)} == set(range(1, 251))
            asked = told(await client.call_tool("fetch", {"id": f"{LONG.id}#120"}))
            assert asked["text"].startswith("Article 118.")
            assert "continues_at" not in told(await client.call_tool("fetch", {"id": f"{LONG.id}#250"}))["metadata"]
            short = told(await client.call_tool("fetch", {"id": "policy/cbam reporting.md#3"}))
            assert short["text"].startswith("This guidance explains")


@pytest.mark.parametrize("where", ["house", "remote"])
async def test_a_comparison_is_a_markdown_table(where: str) -> None:
    rows = [("VAT", "16 %"), ("Profit tax", "20 %")]
    prepared = Answer(
        "a",
        "c",
        QUESTION,
        Outcome.ANSWERED,
        "en",
        "VAT 16 % [1]\nProfit tax 20 % [1]",
        statements=tuple(Statement(" ".join(cells), (1,), row=Row(1, ("Tax", "Rate"), cells)) for cells in rows),
        citations=(Citation(1, "a.md", "a.md#1", "Card", "en", "§ Tax", "VAT 16 %"),),
    )
    house = House(assistant=Talker(prepared=prepared))
    with serving(house.app(), house.runs) as url:
        async with sitting_at(where, house, url) as client:
            answer = told(await client.call_tool("ask", {"question": QUESTION}))
    assert answer["answer"] == "| Tax | Rate |\n| --- | --- |\n| VAT | 16 % [1] |\n| Profit tax | 20 % [1] |"


@pytest.mark.parametrize("where", ["house", "remote"])
async def test_a_source_without_a_title_is_named_by_its_file(house: House, where: str) -> None:
    house.assistant.untitled = True
    with serving(house.app(), house.runs) as url:
        async with sitting_at(where, house, url) as client:
            answer = told(await client.call_tool("ask", {"question": QUESTION}))
    assert [cited["title"] for cited in answer["citations"]] == ["policy/cbam reporting.md"] * 2 + [
        "policy/碳市场 2026.md"
    ]


def call(question: str) -> dict[str, Any]:
    """A call of ``ask`` as it is sent over HTTP."""
    asked = {"name": "ask", "arguments": {"question": question}}
    return {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked}


async def test_an_answer_takes_its_room_among_all_and_its_share_of_the_limits(house: House) -> None:
    house.runs = Runs(last_words, most_from_one=1)
    house.public = Public((SITE_KEY,), "s", limits=Limits(site=(Rate(3, 86_400),)))
    house.assistant.pause = 0.05
    server = server_over(house)
    mcp = McpApp(http_app(server, hosts=[]), lambda _: running(server))
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    with serving(house.app(mcp=mcp), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=20) as client:
            first = asyncio.create_task(client.post("/mcp", json=call(QUESTION)))
            async with asyncio.timeout(10):
                while not house.assistant.asked:
                    await asyncio.sleep(0.01)
            refused = await client.post("/mcp", json=call(QUESTION))
            assert (refused.status_code, refused.json()["code"]) == (429, "address_busy")
            house.assistant.pause = 0
            assert (await first).json()["result"]["structuredContent"]["outcome"] == "answered"
            assert (await client.post("/mcp", json=call(QUESTION))).status_code == 200
            spent = await client.post("/mcp", json=call(QUESTION))
            assert (spent.status_code, spent.json()["code"]) == (429, "limit_site")
    assert house.runs.running == 0


async def test_a_visitors_token_is_no_key(house: House) -> None:
    house.public = Public((SITE_KEY,), "s", ("*",), api_keys=("right",))
    server = server_over(house)
    mcp = McpApp(http_app(server, hosts=[]), lambda _: running(server))
    with serving(house.app(mcp=mcp), house.runs) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            me = await visitor(client, url)
            assert (await client.post("/mcp", json=call(QUESTION), headers=me)).status_code == 401


@pytest.mark.parametrize(
    ("host", "public_url", "names"),
    [
        ("0.0.0.0", "", []),
        ("::", "", []),
        ("127.0.0.1", "", ["127.0.0.1", "127.0.0.1:*"]),
        ("::1", "", ["[::1]", "[::1]:*"]),
        ("0.0.0.0", "https://help.example/bot", ["help.example"]),
        ("10.0.0.5", "https://help.example:8443", ["help.example:8443", "10.0.0.5", "10.0.0.5:*"]),
    ],
)
def test_an_address_of_all_networks_is_no_name_to_ask_by(host: str, public_url: str, names: list[str]) -> None:
    assert _mcp_hosts(Doors(host, 8000, public_url=public_url)) == names


@pytest.mark.slow
async def test_over_standard_input_and_output_alone_and_beside_a_server(command: Command) -> None:
    fill(command.place / "knowledge", FILES)
    arguments = command.argv("mcp")
    stdio = StdioServerParameters(
        command=sys.executable, args=arguments[1:], env=command.environment, cwd=Path(command.place)
    )

    async def check() -> None:
        async with Client(stdio) as client:
            found = told(await client.call_tool("search", {"query": "value added tax in Kazakhstan"}))["results"]
            assert found[0]["id"].startswith("country/kazakhstan.md#")
            document = told(await client.call_tool("fetch", {"id": found[0]["id"]}))
            assert "16 percent" in document["text"]
            answer = told(
                await client.call_tool("ask", {"question": "What is the value added tax rate in Kazakhstan?"})
            )
            assert "16 percent" in answer["answer"]
            secret = await client.call_tool("fetch", {"id": "risk/secret.md"})
            assert secret.is_error

    await check()
    process = command.start("serve", "--port", "0")
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "ready:" in line:
                break
        await check()
    finally:
        process.terminate()
        process.communicate(timeout=30)
