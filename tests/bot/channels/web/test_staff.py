"""What staff see behind their key, and that nobody else sees it."""

import base64
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from bot.answer import Removed, RemovedFrom
from bot.channels.web.inventory_page import FILES_PER_PAGE, Choices
from bot.channels.web.ports import SyncState
from bot.channels.web.staff_door import ATTEMPTS, COOKIE, SESSION_SECONDS, StaffDoor, TooManyAttemptsError
from bot.channels.web.staff_words import _CATALOGUES, staff_words
from bot.channels.web.words import CATALOGUES, ENGLISH
from retrieval import Access, FileStanding, FolderCounts, IndexCounts, KnowledgeFile, Standing
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import BROKEN, DOCUMENTS, HOSTILE_ID, HOSTILE_TITLE, STAFF_KEY

HTML = {"accept": "text/html"}
BEARER = {b"authorization": b"Bearer " + STAFF_KEY.encode()}
HIDDEN_ID = "staff/secret.md"


@pytest.fixture
async def staff(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has signed in."""
    async with _client(house) as opened:
        answer = await opened.post("/knowledge/sign-in", data={"key": STAFF_KEY})
        assert answer.status_code == 303
        yield opened


def _client(house: House, address: str = "10.0.0.1", *, root: str = "http://bot.test") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=house.app(), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url=root, headers=HTML)


# -- the door ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/knowledge", f"/knowledge/{HIDDEN_ID}", "/knowledge/nope", "/api/v1/knowledge"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "Basic " + base64.b64encode(b"staff:x").decode()},
        {"cookie": f"{COOKIE}=9999999999.x.{'0' * 64}"},
        {"cookie": f"{COOKIE}="},
        {"cookie": f"{COOKIE}=..."},
        {"cookie": f"{COOKIE}=9999999999.x.é"},
    ],
)
async def test_without_the_key_nothing_is_shown(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    for accept in (b"text/html", b"application/json"):
        answer = await client.get(path, headers={**encoded, b"accept": accept})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        for word in ("Secret", "secret</p>", "Old law", "9 pages"):
            assert word not in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_an_empty_key_lets_nobody_in(house: House) -> None:
    house.staff_key = ""
    async with _client(house) as client:
        assert (await client.post("/knowledge/sign-in", data={"key": ""})).status_code == 401
        assert (await client.get("/api/v1/knowledge", headers={"authorization": "Bearer "})).status_code == 401
        forged = Response()
        StaffDoor("").sign_in(forged, secure=False)
        cookie = forged.headers["set-cookie"].split(";")[0]
        assert (await client.get("/knowledge", headers={"cookie": cookie})).status_code == 401


async def test_the_key_opens_and_the_cookie_keeps_to_itself(house: House) -> None:
    async with _client(house) as client:
        answer = await client.post(
            "/knowledge/sign-in?lang=zh", data={"key": f" {STAFF_KEY}\n", "document": HOSTILE_ID}
        )
        assert answer.status_code == 303
        assert answer.headers["location"] == f"../knowledge/{quote(HOSTILE_ID)}?lang=zh"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "secure" not in cookie
        assert STAFF_KEY not in cookie
        assert (await client.get("/knowledge")).status_code == 200
        assert (await client.get("/api/v1/knowledge")).status_code == 401, "a cookie is not for scripts"


@pytest.mark.parametrize(
    "document", ["//evil.example/x", "https://evil.example", "\\\\evil", "../../x", "\r\nset-cookie: a=b"]
)
async def test_signing_in_leads_nowhere_else(house: House, document: str) -> None:
    async with _client(house) as client:
        answer = await client.post("/knowledge/sign-in", data={"key": STAFF_KEY, "document": document})
        target = httpx.URL("http://bot.test/knowledge/sign-in").join(answer.headers["location"])
        assert target.host == "bot.test"
        assert len(answer.headers.get_list("set-cookie")) == 1


async def test_over_tls_the_cookie_is_secure(house: House) -> None:
    async with _client(house, root="https://bot.test") as client:
        answer = await client.post("/knowledge/sign-in", data={"key": STAFF_KEY})
        assert "secure" in answer.headers["set-cookie"].lower()


async def test_signing_out_ends_the_session_for_copies_too(staff: httpx.AsyncClient) -> None:
    token = staff.cookies[COOKIE]
    assert (await staff.get("/knowledge")).status_code == 200
    answer = await staff.post("/knowledge/sign-out")
    assert answer.status_code == 303
    assert not staff.cookies
    assert (await staff.get("/knowledge", headers={"cookie": f"{COOKIE}={token}"})).status_code == 401


async def test_a_form_from_another_site_is_refused(house: House) -> None:
    async with _client(house) as client:
        foreign = {"sec-fetch-site": "cross-site"}
        assert (await client.post("/knowledge/sign-in", data={"key": STAFF_KEY}, headers=foreign)).status_code == 403
        for body in (b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(50))):
            assert (await client.post("/knowledge/sign-in", content=body)).status_code == 400


async def test_guessing_is_slowed_down_for_the_guesser_alone(house: House) -> None:
    app = house.app()

    def client_at(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://bot.test", headers=HTML)

    async with client_at("10.0.0.1") as guesser, client_at("10.0.0.2") as other:
        signed_in = await other.post("/knowledge/sign-in", data={"key": STAFF_KEY})
        assert signed_in.status_code == 303
        for number in range(ATTEMPTS):
            guess = {"key": f"guess {number}"}
            answer = (
                await guesser.post("/knowledge/sign-in", data=guess)
                if number % 2
                else await guesser.get("/api/v1/knowledge", headers={"authorization": f"Bearer {number}"})
            )
            assert answer.status_code == 401
        for refused in (
            await guesser.post("/knowledge/sign-in", data={"key": STAFF_KEY}),
            await guesser.get("/api/v1/knowledge", headers=BEARER),
        ):
            assert refused.status_code == 429
            assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (await other.get("/knowledge")).status_code == 200
        assert (await other.get("/api/v1/knowledge", headers=BEARER)).status_code == 200


def _request(address: str, headers: dict[str, str] | None = None) -> Request:
    listed = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "headers": listed, "client": (address, 1)})


def test_a_session_ends_and_patience_comes_back() -> None:
    now = [1_000_000.0]
    door = StaffDoor("key", clock=lambda: now[0])
    response = Response()
    door.sign_in(response, secure=False)
    cookie = response.headers["set-cookie"].split(";")[0]
    assert door.admits(_request("::1", {"cookie": cookie}))
    assert not StaffDoor("another key", clock=lambda: now[0]).admits(_request("::1", {"cookie": cookie}))
    body, signature = cookie.rsplit(".", 1)
    later = body.replace(str(int(now[0]) + SESSION_SECONDS), str(int(now[0]) + 10 * SESSION_SECONDS))
    assert not door.admits(_request("::1", {"cookie": f"{later}.{signature}"}))
    now[0] += SESSION_SECONDS + 1
    assert not door.admits(_request("::1", {"cookie": cookie}))
    for number in range(ATTEMPTS):
        # Addresses of one IPv6 network are one guesser.
        assert not door.is_key("wrong", _request(f"2001:db8::{number}"))
    with pytest.raises(TooManyAttemptsError):
        door.is_key("key", _request("2001:db8::ffff"))
    assert door.is_key("key", _request("2001:db8:0:1::1"))
    now[0] += 61
    assert door.is_key("key", _request("2001:db8::ffff"))


def test_many_addresses_cost_little_memory() -> None:
    door = StaffDoor("key")
    for number in range(6_000):
        door.is_key("wrong", _request(f"10.{number // 250}.{number % 250}.1"))
    assert len(door._failures) <= 4_096


# -- the list ----------------------------------------------------------------------------------------------------------


async def test_the_list_shows_every_file_and_what_became_of_it(staff: httpx.AsyncClient) -> None:
    answer = await staff.get("/knowledge")
    page = unescape(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    for document in DOCUMENTS:
        assert document.id in page
    for shown in (
        BROKEN.path, str(BROKEN.reason), "not indexed", "last good version kept", "it is empty", "superseded",
        "staff only", "review by <time>2026-01-31</time> <b>passed</b>", "unknown field 'colour'", "2026-11-20 08:30 UTC",
        "Folder, catalog and both indexes agree.", "1 not public, not searched", "8 of 8 files", "English", "Chinese",
    ):  # fmt: skip
        assert shown in page, shown


async def test_hostile_names_stay_text_and_lead_to_their_page(staff: httpx.AsyncClient) -> None:
    listed = await staff.get("/knowledge")
    assert not re.search(r"<(script|img src=x|i>|b>\.pdf|u>)", listed.text)
    assert "{{ 7*7 }}" in listed.text
    addresses = [unescape(found) for found in re.findall(r'<a href="\./(knowledge/[^"]+)"', listed.text)]
    assert len(addresses) == 8
    for address in addresses:
        page = await staff.get(f"/{address}")
        assert page.status_code == 200, address
        assert not re.search(r"<(script|img src=x|i>|b>\.pdf|u>)", page.text)
    hostile = await staff.get(f"/knowledge/{quote(HOSTILE_ID)}")
    assert HOSTILE_TITLE in unescape(hostile.text)
    assert 'href="javascript:' not in hostile.text


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("show=failed", [BROKEN.path]),
        ("show=held", ["market/carbon-prices.xlsx"]),
        ("show=review", ["law/old.md"]),
        ("show=past", ["law/old.md"]),
        ("show=hidden", [HIDDEN_ID]),
        ("show=coming", []),
        ("q=SCAN", [BROKEN.path]),
        ("q=carbon+border", ["policy/cbam reporting.md"]),
        ("q=colour", ["policy/cbam reporting.md"]),
        ("language=ru", ["law/old.md"]),
        ("category=country", ["country/ar.md"]),
        ("category=policy&language=zh", ["policy/碳市场 2026.md"]),
        ("q=%3Cscript%3E&show=past", []),
    ],
)
async def test_filters_need_no_script(staff: httpx.AsyncClient, query: str, ids: list[str]) -> None:
    page = (await staff.get(f"/knowledge?{query}")).text
    assert "<script" not in page
    assert re.findall(r'<span class="path" dir="ltr">(.*?)</span>', unescape(page)) == ids
    assert "Show all" in page


@pytest.mark.parametrize("sort", ["path", "title", "state", "language", "passages", "effective", "review", "indexed"])
async def test_every_order_has_its_reverse(staff: httpx.AsyncClient, sort: str) -> None:
    async def paths(order: str) -> list[str]:
        page = await staff.get("/knowledge", params={"sort": order})
        return re.findall(r'<span class="path" dir="ltr">(.*?)</span>', page.text)

    assert await paths(sort) == (await paths(f"-{sort}"))[::-1]
    assert len(await paths(sort)) == 8
    if sort == "state":
        assert unescape((await paths(sort))[0]) == BROKEN.path


@pytest.mark.parametrize(
    "query",
    ["sort=x", "sort=-", "page=0", "page=-1", "page=99999999999", "page=²", "show=x", "q=" + "%00" * 500, "lang=xx"],
)
async def test_a_nonsense_address_does_no_harm(staff: httpx.AsyncClient, query: str) -> None:
    assert (await staff.get(f"/knowledge?{query}")).status_code == 200


async def test_thousands_of_files_come_in_pages(staff: httpx.AsyncClient, house: House) -> None:
    house.inventory.files = tuple(KnowledgeFile(f"law/{n:05}.pdf", None, "it is a scan.") for n in range(2_050))
    first = (await staff.get("/knowledge?q=law")).text
    assert first.count('class="path"') == FILES_PER_PAGE
    assert "page=2" in first
    last = (await staff.get("/knowledge?page=21")).text
    assert last.count('class="path"') == 50
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"folder": FolderCounts(9, 2)}, "2 files have changed since the last sync"),
        ({"folder": None}, "the knowledge folder is not there"),
        ({"indexes": IndexCounts(7, 6, 7, False)}, "an index does not hold what the catalog holds"),
        ({"indexes": IndexCounts(7, 7, None, False)}, "the index of meaning does not answer"),
        ({"sync_state": SyncState("syncing", 3, 12, 40.0)}, "Reading the folder: 3 of 12, about 40 s left"),
        ({"sync_state": SyncState("idle", problem="all documents have vanished")}, "all documents have vanished"),
        ({"files": (), "indexes": None, "sync_state": SyncState("starting")}, "is being opened"),
        ({"files": ()}, "The folder holds no file yet"),
    ],
)
async def test_what_does_not_agree_is_said(
    staff: httpx.AsyncClient, house: House, changes: dict[str, object], verdict: str
) -> None:
    house.inventory = replace(house.inventory, **changes)  # type: ignore[arg-type]
    async with _client(house) as client:
        await client.post("/knowledge/sign-in", data={"key": STAFF_KEY})
        page = (await client.get("/knowledge")).text
    assert verdict in page
    assert ("both indexes agree" in page) is (
        set(changes) in ({"files"},) or "problem" in verdict or "vanished" in verdict
    )


async def test_the_pages_speak_three_languages(staff: httpx.AsyncClient) -> None:
    for code, word in (
        ("zh", "文件夹、目录与两个索引一致。"),
        ("ru", "Папка, каталог и оба индекса совпадают."),
        ("en", "agree"),
    ):
        page = (await staff.get("/knowledge", params={"lang": code})).text
        assert f'<html lang="{code}">' in page
        assert word in page
    assert "工作人员密钥" in (await staff.get("/knowledge", params={"lang": "zh"}, headers={"cookie": ""})).text


def test_every_staff_catalogue_has_every_word() -> None:
    assert set(_CATALOGUES) == set(CATALOGUES)
    english = staff_words(ENGLISH)
    for words in _CATALOGUES.values():
        assert list(words.filters) == list(english.filters)
        assert list(words.sorts) == list(english.sorts)
        assert set(words.states) == set(FileStanding)
        assert set(words.standings) == set(Standing)
        assert set(words.accesses) == set(Access)


def test_choices_go_into_an_address_and_come_back() -> None:
    choices = Choices(text="a&b 税", show="past", language="ru", category="law", sort="review", descending=True, page=3)
    query = httpx.QueryParams(choices.query(staff_words(ENGLISH), page=3).removeprefix("?"))
    assert Choices.of(query) == choices


# -- one document ------------------------------------------------------------------------------------------------------


async def test_a_document_shows_its_card_and_exactly_its_passages(staff: httpx.AsyncClient) -> None:
    document = DOCUMENTS[0]
    page = unescape((await staff.get(f"/knowledge/{quote(document.id)}")).text)
    for passage in document.passages:
        assert f'id="p{passage.ordinal}"' in page
        assert f"<code>{passage.id}</code>" in page
        assert passage.text in page
        assert passage.location.headings[-1] in page
    for shown in (
        "Title › <u>Context</u>", "Kazakhstan (KZ)", "date_effective", "2026-04-01", "Belgium (BE), CN-BJ",
        "unknown field 'colour'", "translation_of", 'href="../../sources/policy/cbam%20reporting.md?lang=en"',
    ):  # fmt: skip
        assert shown in page, shown


async def test_a_document_for_staff_is_shown_to_staff_only(staff: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    page = (await staff.get(f"/knowledge/{HIDDEN_ID}")).text
    assert 'dir="ltr">secret</p>' in page
    assert "staff only" in page
    assert "/sources/" not in page
    assert (await client.get(f"/sources/{HIDDEN_ID}")).status_code == 404


async def test_a_file_that_failed_has_a_page_with_its_reason(staff: httpx.AsyncClient) -> None:
    page = unescape((await staff.get(f"/knowledge/{quote(BROKEN.path)}")).text)
    assert str(BROKEN.reason) in page
    assert "Nothing of this file is answered from." in page
    missing = await staff.get("/knowledge/law/nope.md")
    assert missing.status_code == 404
    assert (await staff.get("/knowledge/")).headers["location"] == "../knowledge"


# -- for scripts -------------------------------------------------------------------------------------------------------


async def test_scripts_get_the_same_list(client: httpx.AsyncClient) -> None:
    body = (await client.get("/api/v1/knowledge", headers=BEARER)).json()
    assert body["counts"] == {
        "folder_files": 8, "files_waiting": 0, "documents": 7, "not_indexed": 1, "held": 1, "passages": 8,
        "passages_to_search": 7, "lexical": 7, "vectors": 7, "agree": True,
    }  # fmt: skip
    files = {file["path"]: file for file in body["files"]}
    assert len(files) == 8
    assert files["law/old.md"]["standing"] == "superseded"
    assert files["law/old.md"]["review_passed"] is True
    assert files["law/old.md"]["warnings"] == ["review_by 2026-01-31 has passed; check the text and set a new date"]
    assert files[BROKEN.path]["state"] == "failed"
    assert files["market/carbon-prices.xlsx"]["state"] == "held"
    page = await client.get("/knowledge", headers={**BEARER, b"accept": b"text/html"})
    assert page.status_code == 200


@pytest.mark.parametrize(("lang", "words"), [("en", "In its place:"), ("zh", "替换为："), ("ru", "Вместо него:")])
async def test_staff_see_what_was_taken_out_of_drafts(
    staff: httpx.AsyncClient, house: House, lang: str, words: str
) -> None:
    assert words not in (await staff.get(f"/knowledge?lang={lang}")).text
    removed = Removed("The fee is <b>30</b>.", "figure: 30", quoted=True, quote="The fee is 20.")
    house.inventory.removed_lately = (RemovedFrom("What is the fee?", removed),)
    page = (await staff.get(f"/knowledge?lang={lang}")).text
    for shown in ("What is the fee?", "The fee is &lt;b&gt;30&lt;/b&gt;.", "figure: 30", words, "The fee is 20."):
        assert shown in page
    told = (await staff.get("/api/v1/knowledge", headers=BEARER)).json()["removed_lately"]
    assert told == [
        {"question": "What is the fee?", "text": removed.text, "reason": "figure: 30", "quote": "The fee is 20."}
    ]


async def test_staff_see_how_much_was_taken_out_of_drafts(staff: httpx.AsyncClient, house: House) -> None:
    assert "language model" not in (await staff.get("/knowledge?lang=en")).text
    house.inventory.removed = {"figure": 3, "unsupported": 9, "quoted": 4, "<b>": 1}
    for lang, words in (
        ("en", "13 statements, 4 of them"),
        ("zh", "13 句，其中 4 句"),
        ("ru", "13, из них заменено цитатой: 4"),
    ):
        page = (await staff.get(f"/knowledge?lang={lang}")).text
        assert words in page
        assert "(unsupported 9, figure 3, &lt;b&gt; 1)" in page.replace("（", "(").replace("）", ")")
    told = await staff.get("/api/v1/knowledge", headers=BEARER)
    assert told.json()["removed"] == house.inventory.removed
