"""How much may be asked, and what those are told who ask more."""

import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.allowance import Rate, SlidingCount
from bot.channels.web.public import Limits, Public
from bot.connections import HEADER_BYTES
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY
from tests.bot.channels.web.test_messages import QUESTION, visitor


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "head",
    [
        b"GET /livez HTTP/1.1\r\nHost: bot.test\r\nX-Long: ",
        b"GET /",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: bot.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: ",
    ],
)
def test_headers_without_an_end_are_refused_and_not_kept(address: str, head: bytes) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        sent = 0
        with contextlib.suppress(ConnectionError):
            connection.sendall(head)
            while sent < 64 * HEADER_BYTES:
                connection.sendall(b"a" * 65_536)
                sent += 65_536
        assert sent < 64 * HEADER_BYTES, "the door was shut long before"
    assert httpx.get(f"{address}/livez", trust_env=False).status_code == 200


def test_a_body_in_many_small_pieces_is_no_long_header(address: str) -> None:
    body = (json.dumps({"question": QUESTION}) + " " * 20_000).encode()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 8):
            yield body[start : start + 8]

    answered = httpx.post(
        f"{address}/api/v1/ask", content=pieces(), headers={"content-type": "application/json"}, trust_env=False
    )
    assert answered.status_code == 200


@given(
    most=st.integers(1, 20),
    seconds=st.sampled_from([1, 60]),
    gaps=st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=120),
)
def test_no_minute_sees_more_than_twice_the_limit_and_patience_is_always_rewarded(
    most: int, seconds: int, gaps: list[float]
) -> None:
    clock = Clock()
    count = SlidingCount([Rate(most, seconds)], clock)
    passed: list[float] = []
    for gap in gaps:
        clock.now += gap * seconds / 10
        if count.wait("x") == 0:
            count.add("x")
            passed.append(clock.now)
            assert sum(then > clock.now - seconds for then in passed) <= 2 * most
        else:
            wait, before = count.wait("x"), clock.now
            assert 0 < wait <= 2 * seconds
            clock.now += wait + 0.001
            assert count.wait("x") == 0
            clock.now = before
    assert count.wait("somebody else") == 0


def test_a_limit_is_exact_within_its_first_window() -> None:
    clock = Clock()
    clock.now = 600.0
    count = SlidingCount([Rate(3, 60), Rate(5, 3_600)], clock)
    for _ in range(3):
        assert count.wait("x") == 0
        count.add("x")
    assert count.wait("x") > 0
    clock.now += 120
    for _ in range(2):
        assert count.wait("x") == 0
        count.add("x")
    assert count.wait("x") > 60  # the hour's limit


@pytest.mark.parametrize("wrong", ["", "300", "0/minute", "-1/minute", "1/fortnight", "1e3/minute", "9999999999/day"])
def test_what_is_no_limit_is_said_so(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no limit; write it like 300/minute"):
        Rate.of(wrong)


def client_of(house: House, *, ip: str = "203.0.113.5") -> httpx.AsyncClient:
    """A client of a new application, from somewhere."""
    transport = httpx.ASGITransport(app=house.app(), client=(ip, 123))
    return httpx.AsyncClient(transport=transport, base_url="http://bot.test")


def limited(limits: Limits, *, at_home: bool = False) -> House:
    """A house with limits."""
    return House(public=Public((SITE_KEY,), "s", (HOST_PAGE,), limits=limits, at_home=at_home))


async def test_a_flood_from_one_address_with_ever_new_sessions_is_stemmed() -> None:
    house = limited(Limits(address=(Rate(10, 60),)))
    async with client_of(house) as client:
        statuses = []
        for _ in range(40):
            begun = await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers={"origin": HOST_PAGE})
            statuses.append(begun.status_code)
            if begun.status_code == 200:
                me = {"origin": HOST_PAGE, "authorization": f"Bearer {begun.json()['token']}"}
                asked = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
                statuses.append(asked.status_code)
        assert set(statuses) == {200, 429}
        assert set(statuses[-10:]) == {429}
    assert len(house.assistant.asked) == 8  # with a light request before each, ten in all
    async with client_of(house, ip="198.51.100.7") as honest:
        assert (await honest.post("/api/v1/ask", json={"question": QUESTION})).status_code == 200


async def test_addresses_of_one_ipv6_network_are_one() -> None:
    house = limited(Limits(address=(Rate(2, 60),)))
    app = house.app()
    statuses = []
    for number in range(4):
        transport = httpx.ASGITransport(app=app, client=(f"2001:db8:1:2::{number}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
            statuses.append((await client.post("/api/v1/ask", json={"question": QUESTION})).status_code)
    assert statuses == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("limits", "code", "words"),
    [
        (Limits(address=(Rate(3, 60),)), "limit_address", "来自您所在网络的请求过多"),
        (Limits(session=(Rate(2, 60),)), "limit_session", "您在短时间内提问较多"),
        (Limits(site=(Rate(2, 86_400),)), "limit_site", "本网站的提问次数暂已用完"),
    ],
)
async def test_each_limit_says_when_to_come_back_in_the_users_language(limits: Limits, code: str, words: str) -> None:
    house = limited(limits)
    async with client_of(house) as client:
        me = await visitor(client) | {"accept-language": "zh-CN,en;q=0.5"}
        for _ in range(2):
            assert (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)).status_code == 200
        refused = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
        assert refused.status_code == 429
        problem = refused.json()
        assert problem["code"] == code
        assert problem["detail"].startswith(words)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["access-control-allow-origin"] == HOST_PAGE
    counted = house.metrics.text().decode()
    assert f'dragoman_refused_total{{limit="{code.removeprefix("limit_")}"}} 1.0' in counted


async def test_a_wrong_token_counts_as_well() -> None:
    async with client_of(limited(Limits(address=(Rate(3, 60),)))) as client:
        headers = {"origin": HOST_PAGE, "authorization": "Bearer guessed"}
        statuses = [
            (await client.post("/api/v1/messages", json={"question": "x"}, headers=headers)).status_code
            for _ in range(5)
        ]
    assert statuses == [401, 401, 401, 429, 429]


async def test_looking_back_weighs_less_than_asking() -> None:
    async with client_of(limited(Limits(address=(Rate(3, 60),)))) as client:
        me = await visitor(client)
        statuses = [(await client.get("/api/v1/conversations/c", headers=me)).status_code for _ in range(10)]
    assert statuses.count(404) == 8


@pytest.mark.parametrize(
    ("ip", "at_home", "headers", "free"),
    [
        ("127.0.0.1", True, {}, True),
        ("::1", True, {}, True),
        ("127.0.0.1", False, {}, False),
        ("203.0.113.5", True, {}, False),
        ("127.0.0.1", True, {"origin": "http://localhost"}, False),
    ],
)
async def test_only_scripts_of_this_machine_are_free_and_only_while_the_house_is_not_public(
    ip: str, at_home: bool, headers: dict[str, str], free: bool
) -> None:
    house = limited(Limits(address=(Rate(1, 60),)), at_home=at_home)
    async with client_of(house, ip=ip) as client:
        client.base_url = httpx.URL("http://localhost" if at_home else "http://bot.test")
        statuses = [
            (await client.post("/api/v1/ask", json={"question": QUESTION}, headers=headers)).status_code
            for _ in range(3)
        ]
    assert statuses == ([200] * 3 if free else [200, 429, 429])
