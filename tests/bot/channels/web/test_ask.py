"""POST /api/v1/ask, against the contract."""

import json
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from bot.channels.web.ports import ReadinessState
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOSTILE_ID, HOSTILE_QUOTE, HOSTILE_TITLE

QUESTION = "When is the declaration due?"


async def test_an_answer_has_exactly_the_fields_of_the_contract(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/ask", json={"question": QUESTION})
    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == [
        "id", "conversation_id", "outcome", "language", "text", "statements", "citations", "notes", "suggestions",
        "model",
    ]  # fmt: skip
    assert answer["statements"][1] == {
        "text": "The declarant keeps the verified emissions data of each installation for four years.",
        "citations": [1, 2],
    }
    assert answer["notes"][0]["kind"] == "dated"
    assert answer["model"] is None
    first = answer["citations"][0]
    assert list(first) == [
        "number", "document_id", "passage_id", "title", "issuer", "date", "language", "location", "quote", "url",
        "source_url",
    ]  # fmt: skip
    assert first["date"] == "2026-03-02"
    assert first["url"].startswith("http://bot.test/sources/policy/cbam%20reporting.md?p=2&q=An%20authorised")
    assert first["url"].endswith("#p2")


async def test_language_and_conversation_reach_the_assistant(client: httpx.AsyncClient, house: House) -> None:
    body = {"question": QUESTION, "language": "ru", "conversation_id": "c-7", "unknown": 1}
    answer = (await client.post("/api/v1/ask", json=body)).json()
    (question, conversation, language) = house.assistant.asked[0]
    assert (question, language) == (QUESTION, "ru")
    assert re.fullmatch(r"api-[0-9a-f]{20}-c-7", conversation or "")
    assert answer["conversation_id"] == "c-7"
    assert "lang=ru" in answer["citations"][0]["url"]


@pytest.mark.parametrize("public_url", ["https://help.example/dragoman", "https://help.example/dragoman/"])
async def test_links_begin_with_the_public_address(house: House, public_url: str) -> None:
    transport = httpx.ASGITransport(app=house.app(public_url=public_url))
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.1") as client:
        answer = (await client.post("/api/v1/ask", json={"question": QUESTION})).json()
    assert answer["citations"][0]["url"].startswith("https://help.example/dragoman/sources/policy/")


async def test_a_hostile_id_makes_a_link_that_comes_back_to_its_document(client: httpx.AsyncClient) -> None:
    citation = (await client.post("/api/v1/ask", json={"question": "hostile"})).json()["citations"][0]
    link = urlsplit(citation["url"])
    assert unquote(link.path) == f"/sources/{HOSTILE_ID}"
    assert parse_qs(link.query)["q"] == [HOSTILE_QUOTE]
    assert link.fragment == "p1"
    assert citation["title"] == HOSTILE_TITLE
    page = await client.get(citation["url"])
    assert page.status_code == 200
    assert "<mark>&lt;script&gt;alert(3)&lt;/script&gt; &amp; &#34;quoted&#34; &lt;/mark&gt;</mark>" in page.text


async def test_not_covered_has_no_statement_and_no_citation(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/v1/ask", json={"question": "weather"})).json()
    assert (answer["outcome"], answer["statements"], answer["citations"]) == ("not_covered", [], [])


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, None),
        (b"[" * 20_000, 400, None),
        (b"\xff\xfe", 400, None),
        (b"[]", 422, "body"),
        (b"{}", 422, "question"),
        (b'{"question": 5}', 422, "question"),
        (b'{"question": null}', 422, "question"),
        (b'{"question": "\\ud800"}', 422, "question"),
        (b'{"question": "x", "language": "english please"}', 422, "language"),
        (b'{"question": "x", "conversation_id": ""}', 422, "conversation_id"),
        (b'{"question": "x", "conversation_id": "\\ud800"}', 422, "conversation_id"),
        (b'{"question": " "}', 422, "question"),
    ],
)
async def test_a_wrong_body_is_a_problem_that_names_the_field(
    client: httpx.AsyncClient, body: bytes, status: int, field: str | None
) -> None:
    response = await client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    if field:
        assert problem["errors"][0]["field"] == field


async def test_a_question_error_speaks_the_users_language(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/ask", json={"question": "长" * 2_001})
    assert response.status_code == 422
    assert response.json()["detail"] == "问题有2001个字符，请控制在2000个以内。"
    assert response.json()["code"] == "too_long"


async def test_only_json_is_taken_so_that_no_foreign_form_can_ask(client: httpx.AsyncClient, house: House) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"content-type": media_type} if media_type else {}
        response = await client.post("/api/v1/ask", content=b'{"question": "x"}', headers=headers)
        assert response.status_code == 415
    assert house.assistant.asked == []


async def test_a_body_over_64_kb_is_refused_before_it_is_read(client: httpx.AsyncClient, house: House) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1024
        raise AssertionError("read past the limit")

    declared = await client.post("/api/v1/ask", json={"question": "x" * 70_000})
    chunked = await client.post(
        "/api/v1/ask",
        content=chunks(),
        headers={"content-type": "application/json"},
    )
    assert declared.status_code == chunked.status_code == 413
    assert declared.headers["content-type"] == "application/problem+json"
    assert house.assistant.asked == []


def test_the_limit_holds_on_a_real_server(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        large = client.post("/api/v1/ask", json={"question": "x" * 70_000})
        good = client.post("/api/v1/ask", json={"question": QUESTION})
        head = client.head("/livez")
    assert large.status_code == 413
    assert good.status_code == 200
    assert (head.status_code, head.content) == (200, b"")


async def test_before_the_index_is_ready_the_question_waits(client: httpx.AsyncClient, house: House) -> None:
    house.readiness.now = ReadinessState(False, "indexing", 3, 12, "indexing 3 of 12 documents")
    for language, words in (
        ("en", "indexing 3 of 12"),
        ("zh-CN,zh;q=0.9", "已索引 3 / 12"),
        ("ru", "обработано 3 из 12"),
    ):
        response = await client.post("/api/v1/ask", json={"question": QUESTION}, headers={"accept-language": language})
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) > 0
        assert words in response.json()["detail"]
        assert response.json()["code"] == "not_ready"
    assert house.assistant.asked == []


async def test_a_crash_is_a_problem_without_its_insides(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.post("/api/v1/ask", json={"question": "crash"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "the secret inside" in caplog.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_examples_are_given_when_they_can_be_answered(client: httpx.AsyncClient, house: House) -> None:
    chinese = (await client.get("/api/v1/examples", params={"language": "zh"})).json()
    assert chinese == {"language": "zh", "examples": list(house.assistant.examples("zh"))}
    by_header = await client.get("/api/v1/examples", headers={"accept-language": "ru-RU,ru;q=0.9"})
    assert by_header.json()["language"] == "ru"
    assert (await client.get("/api/v1/examples", params={"language": "../x"})).status_code == 422
    house.readiness.now = ReadinessState(False, "starting")
    assert (await client.get("/api/v1/examples")).json()["examples"] == []


async def test_the_answer_is_plain_utf_8(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/ask", json={"question": "何时？"})
    assert "重点排放单位" in response.content.decode()
    assert json.loads(response.content)["language"] == "zh"
