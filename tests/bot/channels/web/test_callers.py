"""One caller beside another: whose conversations are whose, how much each may have at once, and who waits for whom."""

import asyncio
import contextlib
import gc
import json
import weakref

import httpx
import pytest

from bot.channels.web.allowance import Rate
from bot.channels.web.chunks import last_words
from bot.channels.web.public import Limits, Public
from bot.channels.web.run import Run
from bot.channels.web.runs import Runs
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY, STAFF_KEY
from tests.bot.channels.web.test_limits import client_of
from tests.bot.channels.web.test_messages import QUESTION, STREAM, visitor

ASKED = {"model": "dragoman", "messages": [{"role": "user", "content": QUESTION}]}


def bearer(key: str) -> dict[bytes, bytes]:
    """The header as scripts send it: UTF-8."""
    return {b"authorization": f"Bearer {key}".encode()}


async def until_running(house: House, number: int) -> None:
    """Until so many answers are on their way."""
    async with asyncio.timeout(10):
        while house.runs.running != number:
            await asyncio.sleep(0.01)


# -- conversations -------------------------------------------------------------------------------------------------------


async def test_scripts_with_different_keys_do_not_share_conversations(house: House) -> None:
    house.public = Public((SITE_KEY,), "s", api_keys=("key-one", "ключ-два"))
    body = {"question": QUESTION, "conversation_id": "c-1"}
    async with client_of(house) as here, client_of(house, ip="198.51.100.9") as elsewhere:
        for client, key in ((here, "key-one"), (here, "ключ-два"), (elsewhere, "key-one")):
            answer = await client.post("/api/v1/ask", json=body, headers=bearer(key))
            assert answer.json()["conversation_id"] == "c-1"
    one, two, again = (conversation for _, conversation, _ in house.assistant.asked)
    assert one == again
    assert one != two
    assert not any("key" in str(name) or "ключ" in str(name) for name in (one, two))


async def test_without_keys_the_address_tells_scripts_apart(house: House) -> None:
    body = {"question": QUESTION, "conversation_id": "c-1"}
    for ip in ("203.0.113.5", "198.51.100.9", "203.0.113.5"):
        async with client_of(house, ip=ip) as client:
            await client.post("/api/v1/ask", json=body)
    one, other, again = (str(conversation) for _, conversation, _ in house.assistant.asked)
    assert one == again
    assert one != other
    assert "203.0.113" not in one


@pytest.mark.parametrize("key", ["ключ", "密钥-一", "ke\u00e9"])
async def test_a_key_may_have_any_letters(house: House, key: str) -> None:
    house.public = Public((key,), "s", (HOST_PAGE,), api_keys=(key,), metrics_token=key)
    house.staff_key = key
    async with client_of(house) as client:
        begun = await client.post("/api/v1/session", json={"site_key": key}, headers={"origin": HOST_PAGE})
        assert begun.status_code == 200
        for path in ("/v1/models", "/metrics", "/api/v1/knowledge"):
            assert (await client.get(path, headers=bearer(key))).status_code == 200
            assert (await client.get(path, headers=bearer(key + "x"))).status_code == 401
            assert (await client.get(path, headers={b"authorization": b"Bearer \xff\xfe"})).status_code == 401


async def test_a_visitors_token_opens_no_door_for_programs(house: House) -> None:
    house.public = Public((SITE_KEY,), "s", (HOST_PAGE,), api_keys=("right",))
    async with client_of(house) as client:
        me = await visitor(client)
        assert (await client.get("/v1/models", headers=me)).status_code == 401
        assert (await client.post("/v1/chat/completions", json=ASKED, headers=me)).status_code == 401
        assert (await client.post("/api/v1/ask", json={"question": QUESTION}, headers=me)).status_code == 200


async def test_an_old_token_of_the_metrics_does_not_lock_staff_out(house: House) -> None:
    async with client_of(house) as client:
        for _ in range(15):
            collected = await client.get("/metrics", headers=bearer("old token"))
        assert collected.status_code == 429
        assert (await client.get("/api/v1/knowledge", headers=bearer(STAFF_KEY))).status_code == 200


# -- how much ------------------------------------------------------------------------------------------------------------


async def test_scripts_count_as_a_site_does_each_key_for_itself(house: House) -> None:
    house.public = Public((SITE_KEY,), "s", api_keys=("one", "two"), limits=Limits(site=(Rate(2, 86_400),)))
    async with client_of(house) as client:

        async def ask(key: str) -> httpx.Response:
            return await client.post("/api/v1/ask", json={"question": QUESTION}, headers=bearer(key))

        assert [(await ask("one")).status_code for _ in range(2)] == [200, 200]
        refused = await client.post("/v1/chat/completions", json=ASKED, headers=bearer("one"))
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "limit_site")
        assert int(refused.headers["retry-after"]) > 0
        assert (await ask("two")).status_code == 200


async def test_scripts_without_keys_are_one_site_wherever_they_are() -> None:
    house = House(public=Public((SITE_KEY,), "s", limits=Limits(site=(Rate(2, 86_400),))))
    app = house.app()
    statuses = []
    for number in range(3):
        transport = httpx.ASGITransport(app=app, client=(f"198.51.100.{number}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
            statuses.append((await client.post("/api/v1/ask", json={"question": QUESTION})).status_code)
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("door", ["/api/v1/ask", "/v1/chat/completions", "/api/v1/messages"])
async def test_one_address_has_so_many_answers_at_once(house: House, door: str) -> None:
    house.runs = Runs(last_words, most_from_one=2)
    house.assistant.pause = 0.2
    app = house.app()

    def at(ip: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(ip, 1)), base_url="http://bot.test")

    body = ASKED | {"question": QUESTION}
    async with at("203.0.113.5") as client, at("198.51.100.9") as other:

        async def ask(client: httpx.AsyncClient) -> httpx.Response:
            me = await visitor(client) if door.endswith("messages") else {}
            return await client.post(door, json=body, headers=me | {"accept-language": "ru"})

        under_way = [asyncio.create_task(ask(client)) for _ in range(2)]
        await until_running(house, 2)
        refused = await ask(client)
        problem = refused.json().get("error") or refused.json()
        assert (refused.status_code, problem["code"]) == (429, "address_busy")
        assert "слишком много запросов" in str(problem)
        assert int(refused.headers["retry-after"]) > 0
        house.assistant.pause = 0
        assert (await ask(other)).status_code == 200
        assert [answer.status_code for answer in await asyncio.gather(*under_way)] == [200, 200]
        assert (await ask(client)).status_code == 200
    assert 'dragoman_refused_total{limit="address_busy"} 1.0' in house.metrics.text().decode()


async def test_who_comes_from_nowhere_is_limited_as_well() -> None:
    house = House(public=Public((SITE_KEY,), "s", limits=Limits(address=(Rate(2, 60),)), at_home=True))
    transport = httpx.ASGITransport(app=house.app(), client=("", 0))  # as behind a socket that has no address
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        statuses = [(await client.post("/api/v1/ask", json={"question": QUESTION})).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_who_works_elsewhere_takes_the_room_of_an_answer() -> None:
    runs = Runs(last_words, most=2, most_from_one=1)
    with runs.guest("here"), runs.guest("there"):
        assert runs.running == 2
        for place, code in (("third", "too_busy"), ("here", "too_busy")):
            with pytest.raises(Exception, match=code), runs.guest(place):
                pass
    with runs.guest("here"), pytest.raises(Exception, match="address_busy"), runs.guest("here"):
        pass
    with runs.guest(""), runs.guest(""):  # this machine's own, at home
        pass
    assert runs.running == 0


# -- who waits for whom ----------------------------------------------------------------------------------------------------


async def test_one_that_leaves_does_not_stop_what_another_waits_for(house: House) -> None:
    house.assistant.pause = 0.05
    async with client_of(house) as client:
        key = {"idempotency-key": "k-1"}
        two = [
            asyncio.create_task(client.post("/api/v1/ask", json={"question": QUESTION}, headers=key)) for _ in range(2)
        ]
        await until_running(house, 1)
        async with asyncio.timeout(10):
            while next(iter(house.runs._runs.values())).readers < 2:
                await asyncio.sleep(0.01)
        two[0].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await two[0]
        answered = await two[1]
    assert answered.status_code == 200
    assert house.assistant.closed == 0
    assert len(house.assistant.asked) == 1


async def test_a_key_stays_with_the_newer_of_two_runs() -> None:
    runs = Runs(last_words, kept_seconds=0.1)
    key = ("me", "k")

    async def fails(run: Run) -> None:
        runs.start(run, _frames(), key=key, fingerprint=b"q")
        await run.wait()

    first = Run("me", "c", "q", "en")
    await fails(first)  # ends without an answer: the same request begins anew
    assert runs.known(key, b"q") is None
    second = Run("me", "c", "q", "en")
    gate = asyncio.Event()
    runs.start(second, _frames(gate), key=key, fingerprint=b"q")
    async with asyncio.timeout(5):
        while runs.get(first.id, "me"):
            await asyncio.sleep(0.02)
    assert runs.known(key, b"q") is second
    gate.set()
    await second.wait()


async def test_one_that_is_being_stopped_is_not_joined() -> None:
    runs = Runs(last_words)
    run = Run("me", "c", "q", "en")
    runs.start(run, _frames(asyncio.Event()), key=("me", "k"), fingerprint=b"q")
    await asyncio.sleep(0)
    runs.cancel(run)
    assert not run.done
    assert runs.known(("me", "k"), b"q") is None
    await run.wait()


async def _frames(gate: asyncio.Event | None = None):  # type: ignore[no-untyped-def]
    yield json.dumps({"type": "start"})
    if gate is not None:
        await gate.wait()


# -- what is erased --------------------------------------------------------------------------------------------------------


async def test_of_an_erased_conversation_nothing_stays_in_memory(house: House) -> None:
    async with client_of(house) as client:
        me = await visitor(client)
        body = {"question": f"{QUESTION} quicksilver", "conversation_id": "c-1"}
        text = (await client.post("/api/v1/messages", json=body, headers=me | STREAM)).text
        run = json.loads(text.split("\n")[0].removeprefix("data: "))["messageMetadata"]["run_id"]
        assert (await client.get(f"/api/v1/runs/{run}/events", headers=me)).status_code == 200
        kept = weakref.ref(house.runs._runs[run])
        assert (await client.delete("/api/v1/conversations/c-1", headers=me)).status_code == 204
        assert (await client.get(f"/api/v1/runs/{run}/events", headers=me)).status_code == 204
    gc.collect()
    assert kept() is None
