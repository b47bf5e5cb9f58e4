"""Who may ask: site keys, origins, tokens and API keys, in a browser and without one."""

import itertools
from pathlib import Path

import httpx
import pytest

from bot.app import Doors, _public
from bot.channels.web.public import Public
from bot.channels.web.sessions import RENEWAL_SECONDS, SESSION_SECONDS, Sessions
from bot.channels.web.sites import Sites, normal_origin
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY, STAFF_KEY
from tests.bot.channels.web.test_messages import QUESTION, visitor

OWN = "http://bot.test"
SECRET = "a secret of tests"
FOREIGN = ["null", "https://evil.example", "https://www.customer.example.evil.example", "http://www.customer.example",
           "https://www.customer.example:8443", "https://customer.example", "https://wwwxcustomer.example", "", "file://",
           "https://www.customer.example/path", "https://user@www.customer.example"]  # fmt: skip
PROGRAMS = [
    ("POST", "/api/v1/session"), ("POST", "/api/v1/messages"), ("POST", "/api/v1/ask"), ("GET", "/api/v1/examples"),
    ("GET", "/api/v1/search?q=x"), ("GET", "/api/v1/conversations/c"), ("GET", "/api/v1/runs/r/events"),
    ("GET", "/v1/models"), ("POST", "/v1/chat/completions"), ("GET", "/api/v1/knowledge"), ("POST", "/mcp"),
    ("GET", "/metrics"),
]  # fmt: skip


def client_of(house: House, *, public_url: str | None = None, base: str = OWN) -> httpx.AsyncClient:
    """A client of a new application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=house.app(public_url=public_url)), base_url=base)


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("allowed", [(), (HOST_PAGE,)])
async def test_a_foreign_page_is_refused_by_every_door_for_programs(origin: str, allowed: tuple[str, ...]) -> None:
    house = House(public=Public((SITE_KEY,), SECRET, allowed))
    async with client_of(house) as client:
        for method, path in PROGRAMS:
            response = await client.request(method, path, json={"site_key": SITE_KEY}, headers={"origin": origin})
            assert response.status_code == 403, path
            assert "access-control-allow-origin" not in response.headers
            assert "origin" in response.headers["vary"].lower()
            preflight = {"origin": origin, "access-control-request-method": method}
            asked = await client.options(path, headers=preflight)
            assert asked.status_code == 403, path
            assert not [name for name in asked.headers if name.startswith("access-control-")]
    assert not house.assistant.asked


@pytest.mark.parametrize(
    ("allowed", "origin"), [((HOST_PAGE,), HOST_PAGE), (("*",), "https://any.example"), (("*",), "null")]
)
async def test_an_allowed_page_is_told_so_by_the_browsers_rules(allowed: tuple[str, ...], origin: str) -> None:
    async with client_of(House(public=Public((SITE_KEY,), SECRET, allowed))) as client:
        preflight = {"origin": origin, "access-control-request-method": "POST"}
        asked = await client.options("/api/v1/messages", headers=preflight)
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == origin
        assert "last-event-id" in asked.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in asked.headers
        me = await visitor(client, origin)
        answered = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)
        assert answered.headers["access-control-allow-origin"] == origin
        assert "retry-after" in answered.headers["access-control-expose-headers"]


@pytest.mark.parametrize("path", ["/api/v1/knowledge", "/mcp", "/metrics"])
async def test_no_page_but_our_own_reaches_what_is_for_staff_and_machines(client: httpx.AsyncClient, path: str) -> None:
    headers = {b"origin": HOST_PAGE.encode(), b"authorization": f"Bearer {STAFF_KEY}".encode()}
    assert (await client.get(path, headers=headers)).status_code == 403


async def test_an_openai_client_in_a_browser_may_send_what_it_always_sends(client: httpx.AsyncClient) -> None:
    sends = ["authorization", "content-type", "user-agent", "openai-organization", "x-stainless-arch", "x-stainless-lang",
             "x-stainless-os", "x-stainless-package-version", "x-stainless-retry-count", "x-stainless-runtime",
             "x-stainless-runtime-version", "x-stainless-timeout"]  # fmt: skip
    preflight = {"origin": HOST_PAGE, "access-control-request-method": "POST"}
    wanted = {
        "access-control-request-headers": ",".join([*sends, "x-other", "x-stainless-", "x-stainless-a b", "cookie"])
    }
    asked = await client.options("/v1/chat/completions", headers=preflight | wanted)
    assert asked.status_code == 204
    allowed = set(asked.headers["access-control-allow-headers"].split(", "))
    assert set(sends) <= allowed
    assert not allowed & {"x-other", "cookie", "*"}
    assert allowed <= {*sends, "accept", "idempotency-key", "last-event-id", "x-request-id"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/messages", "x" * 600_000, 413),
        ("/v1/chat/completions", "x" * 600_000, 413),
        ("/api/v1/ask", "crash", 500),
    ],
)
async def test_a_page_can_read_why_its_request_failed(
    client: httpx.AsyncClient, path: str, body: str, status: int
) -> None:
    failed = await client.post(path, json={"question": body}, headers={"origin": HOST_PAGE})
    assert failed.status_code == status
    assert failed.headers["access-control-allow-origin"] == HOST_PAGE
    assert "origin" in failed.headers["vary"].lower()
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in failed.headers["content-security-policy"]


NAMES = frozenset({"office", "office.local"})


@pytest.mark.parametrize(
    ("host", "at_home", "status"),
    [
        ("user@127.0.0.1", True, 421), ("127.0.0.1/evil", True, 421), ("127.0.0.1:8000", True, 200), ("localhost", True, 200), ("chat.localhost:8000", True, 200), ("[::1]:8000", True, 200),
        ("127.8.9.1", True, 200), ("evil.example", True, 421), ("127.0.0.1.evil.example:8000", True, 421),
        ("localhost.evil.example", True, 421), ("0.0.0.0:8000", True, 421), ("192.168.1.5", True, 421), ("[", True, 421),
        ("evil.example", False, 200),
        ("127.0.0.1:8000", NAMES, 200), ("192.168.1.5", NAMES, 200), ("[fe80::1]:8000", NAMES, 200), ("OFFICE:8000", NAMES, 200),
        ("office.local", NAMES, 200), ("evil.example", NAMES, 421), ("192.168.1.5.evil.example", NAMES, 421),
        ("0.0.0.0:8000", NAMES, 421), ("[::]", NAMES, 421), ("office.evil.example", NAMES, 421), ("[", NAMES, 421),
        ("192.168.1.5/evil", NAMES, 421), ("office@192.168.1.5", NAMES, 421), ("0x7f.1", NAMES, 421),
    ],
)  # fmt: skip
async def test_a_name_made_to_point_at_this_machine_leads_nowhere(
    house: House, host: str, at_home: bool | frozenset[str], status: int
) -> None:
    house.public = (
        Public((SITE_KEY,), SECRET, at_home=at_home)
        if isinstance(at_home, bool)
        else Public((SITE_KEY,), SECRET, names=at_home)
    )
    async with client_of(house) as client:
        for path in ("/chat", "/livez", "/sources/country/ar.md", "/embed.js", "/openapi.json"):
            answered = await client.get(path, headers={"host": host})
            assert answered.status_code == status, path
            assert SITE_KEY not in answered.text or status == 200
        origin = {"host": host, "origin": f"http://{host}"}
        begun = await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers=origin)
        assert begun.status_code == status
        if status == 421:
            assert begun.json()["code"] == "host"
            assert "DRAGOMAN_PUBLIC_URL" in begun.json()["detail"]
            assert begun.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("names", [None, NAMES])
async def test_a_second_host_does_not_come_in_behind_the_first(house: House, names: frozenset[str] | None) -> None:
    house.public = Public((SITE_KEY,), SECRET, at_home=names is None, names=names)
    async with client_of(house) as client:
        hosts = [("host", "127.0.0.1"), ("host", "evil.example")]
        assert (await client.get("/chat", headers=hosts)).status_code == 421
        assert (await client.get("/chat", headers=hosts[::-1])).status_code == 421
        assert (await client.get("/chat", headers=hosts[:1])).status_code == 200


async def test_our_own_pages_need_no_list(house: House) -> None:
    house.public = Public((SITE_KEY,), SECRET)
    async with client_of(house) as client:
        me = await visitor(client, OWN)
        assert (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)).status_code == 200
        # A page that reads from where it came sends no Origin.
        reading = {"authorization": me["authorization"], "sec-fetch-site": "same-origin"}
        assert (await client.get("/api/v1/conversations/none", headers=reading)).status_code == 404
        asked = await client.post("/api/v1/ask", json={"question": QUESTION}, headers={"origin": OWN})
        assert asked.status_code == 200


async def test_a_name_that_only_points_at_us_is_not_our_own(house: House) -> None:
    async with client_of(house, public_url="https://help.example/bot", base="http://evil.example") as client:
        headers = {"origin": "http://evil.example"}
        refused = await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers=headers)
        assert refused.status_code == 403
        assert (await visitor(client, "https://help.example"))["origin"] == "https://help.example"


async def test_without_an_origin_no_session_begins_even_where_every_page_may(house: House) -> None:
    for allowed in ((), (HOST_PAGE,), ("*",)):
        house.public = Public((SITE_KEY,), SECRET, allowed)
        async with client_of(house) as client:
            refused = await client.post("/api/v1/session", json={"site_key": SITE_KEY})
            assert (refused.status_code, refused.json()["code"]) == (403, "origin_needed")


@pytest.mark.parametrize("key", ["", "pk_other", SITE_KEY + "x", SITE_KEY[:-1], "\ud800", "x" * 300])
async def test_a_session_needs_a_site_key(client: httpx.AsyncClient, key: str) -> None:
    content = b'{"site_key": "%s"}' % key.encode("ascii", "backslashreplace")
    headers = {"origin": HOST_PAGE, "content-type": "application/json"}
    response = await client.post("/api/v1/session", content=content, headers=headers)
    assert response.status_code in {403, 422}


async def test_a_token_is_good_from_its_origin_only(house: House) -> None:
    house.public = Public((SITE_KEY,), SECRET, (HOST_PAGE, "https://other.example"))
    async with client_of(house) as client:
        me = await visitor(client)
        body = {"question": QUESTION}
        for stolen in ({**me, "origin": "https://other.example"}, {"authorization": me["authorization"]}):
            refused = await client.post("/api/v1/messages", json=body, headers=stolen)
            assert (refused.status_code, refused.json()["code"]) == (401, "session_needed")
            assert refused.headers["www-authenticate"].startswith("Bearer")
        assert (await client.post("/api/v1/messages", json=body, headers=me)).status_code == 200


async def test_no_token_but_the_very_one_is_taken(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    token = me["authorization"].removeprefix("Bearer ")
    forged = [
        token[:-1],
        token + "A",
        token[::-1],
        token.swapcase(),
        "",
        ".",
        "a.b.c",
        token.split(".")[0] + "." + token,
    ]
    forged += [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(0, len(token) - 2, 7)
    ]
    forged.append(
        Sessions("another secret", Sites.of([SITE_KEY], [])).token(
            Sessions(SECRET, Sites.of([], [])).begin(SITE_KEY, HOST_PAGE)
        )
    )
    for wrong in forged:
        headers = me | {"authorization": f"Bearer {wrong}"}
        assert (await client.get("/api/v1/conversations/c", headers=headers)).status_code in {401, 404}, wrong
        assert (
            await client.post("/api/v1/messages", json={"question": QUESTION}, headers=headers)
        ).status_code == 401, wrong


def test_tokens_grow_old_and_end_with_their_site(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(SECRET, Sites.of([SITE_KEY], []))
    session = sessions.begin(SITE_KEY, HOST_PAGE)
    now = itertools.count(1_800_000_000, 0)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: next(now))
    token = sessions.token(session)
    assert sessions.session(token, HOST_PAGE) == session
    assert Sessions(SECRET, Sites.of(["pk_new"], [])).session(token, HOST_PAGE) is None
    now = itertools.count(1_800_000_000 + SESSION_SECONDS + 2, 0)
    assert sessions.session(token, HOST_PAGE) is None
    assert sessions.session(token, HOST_PAGE, max_age=RENEWAL_SECONDS) == session


async def test_an_old_token_keeps_the_session(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    await client.post("/api/v1/messages", json={"question": QUESTION, "conversation_id": "c-1"}, headers=me)
    renewed = (await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers=me)).json()["token"]
    seen = await client.get("/api/v1/conversations/c-1", headers=me | {"authorization": f"Bearer {renewed}"})
    assert len(seen.json()["turns"]) == 1


async def test_with_api_keys_scripts_must_show_one(house: House) -> None:
    house.public = Public((SITE_KEY,), SECRET, (), ("key-one", "key-two"))
    async with client_of(house) as client:
        body = {"question": QUESTION}
        for wrong in ({}, {"authorization": "Bearer nope"}, {"authorization": "Basic key-one"}, {"origin": OWN}):
            refused = await client.post("/api/v1/ask", json=body, headers=wrong)
            assert (refused.status_code, refused.json()["code"]) == (401, "key_needed")
            assert (await client.get("/api/v1/search?q=CBAM", headers=wrong)).status_code == 401
            assert (await client.get("/v1/models", headers=wrong)).json()["error"]["code"] == "key_needed"
        right = {"authorization": "Bearer key-two"}
        assert (await client.post("/api/v1/ask", json=body, headers=right)).status_code == 200
        me = await visitor(client, OWN)
        assert (await client.post("/api/v1/ask", json=body, headers=me)).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_what_another_page_loads_without_origin_is_refused(client: httpx.AsyncClient, site: str) -> None:
    loaded = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
    assert (await client.get("/api/v1/examples", headers=loaded)).status_code == 403
    followed = {"sec-fetch-site": site, "sec-fetch-mode": "navigate"}
    assert (await client.get("/api/v1/examples", headers=followed)).status_code == 200
    assert (await client.get("/sources/country/ar.md", headers=loaded)).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "ancestors"),
    [
        ((), "frame-ancestors 'self'"),
        ((HOST_PAGE,), f"frame-ancestors 'self' {HOST_PAGE}"),
        (("*",), "frame-ancestors *"),
    ],
)
async def test_only_the_chat_page_may_be_framed_and_only_by_the_list(allowed: tuple[str, ...], ancestors: str) -> None:
    async with client_of(House(public=Public((SITE_KEY,), SECRET, allowed))) as client:
        framed = (await client.get("/chat")).headers["content-security-policy"]
        assert ancestors in framed.split("; ")
        for path in ("/", "/docs", "/sources/country/ar.md", "/knowledge", "/demo"):
            policy = (await client.get(path)).headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy.split("; ")


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://WWW.Example.org", "https://www.example.org"),
        ("https://example.org:443/", "https://example.org"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_origins_are_compared_as_browsers_write_them(given: str, normal: str) -> None:
    assert normal_origin(given) == normal


@pytest.mark.parametrize(
    "wrong", ["example.org", "https://", "https://*.example.org", "ftp://x.org", "https://a.org/path", "https://a b.org",
              "https://a.org;script-src *", "null", "https://x.org:99999"],
)  # fmt: skip
def test_what_is_no_origin_is_not_allowed_silently(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no origin; write"):
        Sites.of([], [wrong])


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/session", 70_000, 413),
        ("/api/v1/feedback", 70_000, 413),
        ("/mcp", 70_000, 413),
        ("/api/v1/messages", 70_000, 422),
        ("/api/v1/messages", 600_000, 413),
        ("/v1/chat/completions", 600_000, 413),
    ],
)
async def test_bodies_are_limited_more_where_no_history_comes_along(
    client: httpx.AsyncClient, path: str, size: int, status: int
) -> None:
    me = await visitor(client)
    own = {} if path in {"/mcp", "/v1/chat/completions"} else me
    response = await client.post(path, json={"question": "x" * size, "site_key": SITE_KEY}, headers=own)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("host", "public_url", "named"),
    [
        ("0.0.0.0", "", True),
        ("192.168.1.5", "", True),
        ("127.0.0.1", "", True),
        ("0.0.0.0", "https://ask.example.org", False),
    ],
)
def test_a_house_without_a_public_address_knows_its_own_names_only(
    tmp_path: Path, host: str, public_url: str, named: bool
) -> None:
    public = _public(Doors(host=host, port=0, public_url=public_url), tmp_path)
    assert (public.names is not None) is named
    assert public.at_home is (host == "127.0.0.1")
