"""A conversation over HTTP: sessions, streamed answers, replay, stopping, what was said before, feedback."""

import json
from typing import Any

import httpx
import pytest

from bot.answer import Answer, Citation, Outcome
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.ports import ReadinessState
from bot.errors import StoreEraseError, StoreError, StoreReadError
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY

QUESTION = "When is the declaration due?"
STREAM = {"accept": "text/event-stream"}


async def visitor(client: httpx.AsyncClient, origin: str = HOST_PAGE) -> dict[str, str]:
    """The headers of a new visitor."""
    response = await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers={"origin": origin})
    assert response.status_code == 200, response.text
    return {"origin": origin, "authorization": f"Bearer {response.json()['token']}"}


def frames(text: str) -> list[tuple[str, Any]]:
    """The events of a stream: id and data."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            data = fields["data"]
            found.append((fields["id"], data if data == "[DONE]" else json.loads(data)))
    return found


def kinds(events: list[tuple[str, Any]]) -> list[str]:
    """The types of events, repeated ones once."""
    names = [data if isinstance(data, str) else data["type"] for _, data in events]
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


async def test_an_answer_is_streamed_and_replaced_by_the_proven_one(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    body = {"question": QUESTION, "conversation_id": "c-1"}
    response = await client.post("/api/v1/messages", json=body, headers=me | STREAM)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert response.headers["access-control-allow-origin"] == HOST_PAGE
    events = frames(response.text)
    run = events[0][1]["messageMetadata"]["run_id"]
    assert [event_id for event_id, _ in events] == [f"{run}:{number}" for number in range(1, len(events) + 1)]
    assert kinds(events) == [
        "start", "data-status", "text-start", "text-delta", "text-end", "source-url", "data-citation", "source-url",
        "data-citation", "source-url", "data-citation", "data-answer", "message-metadata", "finish", "[DONE]",
    ]  # fmt: skip
    answer = next(data["data"] for _, data in events if data != "[DONE]" and data["type"] == "data-answer")
    assert answer["conversation_id"] == "c-1"
    assert answer["citations"][0]["url"].startswith("http://bot.test/sources/")
    for seen in range(len(events) + 1):
        last = {"last-event-id": f"{run}:{seen}"} if seen else {}
        again = await client.get(f"/api/v1/runs/{run}/events", headers=me | last)
        assert frames(again.text) == events[seen:]


async def test_without_the_wish_for_a_stream_an_answer_is_one_object(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    asked = await client.post("/api/v1/ask", json={"question": QUESTION})
    answer = (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)).json()
    assert list(answer) == list(asked.json())
    assert answer["conversation_id"].startswith("c-")


async def test_the_body_of_use_chat_is_understood(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    said = [{"role": "user", "parts": [{"type": "text", "text": QUESTION}, {"type": "file", "url": "data:,x"}]}]
    body = {"id": "chat_7", "messages": [{"role": "system", "parts": []}, *said], "trigger": "submit-message"}
    response = await client.post("/api/v1/messages", json=body, headers=me | STREAM)
    assert frames(response.text)[0][1]["messageMetadata"]["conversation_id"] == "chat_7"
    # The hook itself does not say what it reads; whoever asks for JSON gets it.
    for accept, media_type in (("*/*", "text/event-stream"), ("application/json", "application/json")):
        plain = await client.post("/api/v1/messages", json=body, headers=me | {"accept": accept})
        assert plain.headers["content-type"].startswith(media_type)
    assert house.assistant.asked[-1][0] == QUESTION
    assert (await client.get("/api/v1/messages/chat_7/stream", headers=me)).status_code == 204
    wrongs: list[object] = [[], "x", [{"role": "assistant", "parts": []}], [{"parts": []}], [5]]
    for wrong in wrongs:
        refused = await client.post("/api/v1/messages", json={"id": "c", "messages": wrong}, headers=me)
        assert refused.status_code == 422, wrong


async def test_a_conversation_can_be_read_again_by_its_session_only(client: httpx.AsyncClient) -> None:
    me, other = await visitor(client), await visitor(client)
    for question in (QUESTION, "And the weather?"):
        await client.post("/api/v1/messages", json={"question": question, "conversation_id": "c-1"}, headers=me)
    seen = (await client.get("/api/v1/conversations/c-1", headers=me)).json()
    assert [turn["question"] for turn in seen["turns"]] == [QUESTION, "And the weather?"]
    assert seen["turns"][0]["answer"]["citations"][0]["quote"]
    assert seen["turns"][0]["answer"]["conversation_id"] == "c-1"
    assert seen["running"] is None
    answer_id = seen["turns"][0]["answer"]["id"]
    assert (await client.get("/api/v1/conversations/c-1", headers=other)).status_code == 404
    for path, body in (
        ("/api/v1/feedback", {"answer_id": answer_id, "helpful": True}),
        ("/api/v1/open-questions", {"answer_id": answer_id}),
    ):
        assert (await client.post(path, json=body, headers=other)).status_code == 404
        assert (await client.post(path, json=body, headers=me)).status_code == 200
    assert (await client.delete("/api/v1/conversations/c-1", headers=other)).status_code == 204
    assert len((await client.get("/api/v1/conversations/c-1", headers=me)).json()["turns"]) == 2
    assert (await client.delete("/api/v1/conversations/c-1", headers=me)).status_code == 204
    assert (await client.get("/api/v1/conversations/c-1", headers=me)).status_code == 404


async def test_a_script_never_reaches_a_visitors_conversation(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    await client.post("/api/v1/messages", json={"question": QUESTION, "conversation_id": "c-1"}, headers=me)
    inner = house.assistant.asked[-1][1]
    assert inner is not None
    for guess in ("c-1", inner):
        await client.post("/api/v1/ask", json={"question": QUESTION, "conversation_id": guess})
        reached = str(house.assistant.asked[-1][1])
        assert reached.startswith("api-")
        assert reached.endswith(f"-{guess}")


async def test_a_rating_survives_and_can_be_taken_back(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    body = {"question": QUESTION, "conversation_id": "c-1"}
    answer = (await client.post("/api/v1/messages", json=body, headers=me)).json()

    async def rating() -> object:
        turns = (await client.get("/api/v1/conversations/c-1", headers=me)).json()["turns"]
        return turns[0]["feedback"]

    rated = {"answer_id": answer["id"], "helpful": False, "reason": "旧的数字 <b>"}
    assert (await client.post("/api/v1/feedback", json=rated, headers=me)).json() == rated
    assert await rating() == {"helpful": False, "reason": "旧的数字 <b>"}
    await client.post("/api/v1/feedback", json=rated | {"helpful": None}, headers=me)
    assert await rating() is None


async def test_a_question_goes_to_a_person_in_the_users_language(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    answer = (await client.post("/api/v1/messages", json={"question": "今天天气怎么样？"}, headers=me)).json()
    handed = (await client.post("/api/v1/open-questions", json={"answer_id": answer["id"]}, headers=me)).json()
    assert handed == {"answer_id": answer["id"], "status": "open", "text": "您的问题已转交工作人员。"}
    assert house.memory.handed_over == [answer["id"]]


async def test_the_same_key_asks_only_once(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    key = {"idempotency-key": "k-1"}
    first = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM | key)
    again = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM | key)
    plain = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | key)
    assert again.text == first.text
    assert plain.json()["id"] in first.text
    assert len(house.assistant.asked) == 1
    other = await client.post("/api/v1/messages", json={"question": "Another?"}, headers=me | key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")
    stranger = await visitor(client)
    await client.post("/api/v1/messages", json={"question": QUESTION}, headers=stranger | key)
    assert len(house.assistant.asked) == 2


async def test_scripts_too_may_send_a_key(client: httpx.AsyncClient, house: House) -> None:
    key = {"idempotency-key": "k-1"}
    first = await client.post("/api/v1/ask", json={"question": QUESTION}, headers=key)
    assert (await client.post("/api/v1/ask", json={"question": QUESTION}, headers=key)).json() == first.json()
    assert (await client.post("/api/v1/ask", json={"question": "Another?"}, headers=key)).status_code == 422
    assert len(house.assistant.asked) == 1


async def test_a_failure_midway_ends_the_stream_without_its_insides(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    zh = {"accept-language": "zh"}
    house_text = await client.post("/api/v1/messages", json={"question": "crash"}, headers=me | STREAM | zh)
    events = frames(house_text.text)
    assert kinds(events)[-3:] == ["data-error", "error", "[DONE]"]
    assert events[-3][1]["data"] == {"status": 500, "code": "internal", "detail": "回答时出现问题，请重新提问。"}
    assert "secret" not in house_text.text
    plain = await client.post("/api/v1/messages", json={"question": "crash"}, headers=me)
    assert (plain.status_code, plain.json()["code"]) == (500, "internal")
    assert "secret" not in plain.text


async def test_before_the_index_is_there_nobody_gets_a_stream(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    house.readiness.now = ReadinessState(False, "indexing", 1, 9)
    response = await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me | STREAM)
    assert (response.status_code, response.json()["code"]) == (503, "not_ready")
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": ["x"]}, "question"),
        ({"question": "\ud800"}, "question"),
        ({"question": "x" * 2_001}, "question"),
        ({"question": "?!"}, "question"),
        ({"question": "x", "conversation_id": "a b"}, "conversation_id"),
        ({"question": "x", "conversation_id": "web-" + "a" * 61}, "conversation_id"),
        ({"question": "x", "language": "\r\nx"}, "language"),
    ],
)
async def test_a_wrong_message_is_a_problem_that_names_the_field(
    client: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    me = await visitor(client)
    content = json.dumps(body).encode()
    headers = me | STREAM | {"content-type": "application/json"}
    response = await client.post("/api/v1/messages", content=content, headers=headers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == field


async def test_search_and_sources_as_data(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/v1/search", params={"q": "declarant keeps", "limit": 2})).json()
    assert found["query"] == "declarant keeps"
    assert list(found["results"][0]) == [
        "document_id", "passage_id", "title", "issuer", "date", "language", "location", "text", "url", "source_url",
    ]  # fmt: skip
    assert found["results"][0]["url"].startswith("http://bot.test/sources/policy/cbam%20reporting.md?p=")
    assert "score" not in json.dumps(found)
    source = (await client.get("/api/v1/sources/policy/cbam reporting.md", params={"limit": 2})).json()
    assert [passage["passage_id"] for passage in source["passages"]] == [
        "policy/cbam reporting.md#1", "policy/cbam reporting.md#2",
    ]  # fmt: skip
    assert source["next_offset"] == 2
    rest = (await client.get("/api/v1/sources/policy/cbam reporting.md", params={"offset": 2})).json()
    assert len(rest["passages"]) == 1
    assert rest["next_offset"] is None
    for missing in ("nope.md", "../etc/passwd", "staff/secret.md"):
        assert (await client.get(f"/api/v1/sources/{missing}")).status_code == 404
    for wrong in ({"q": ""}, {"q": "?"}, {"q": "x", "limit": "0"}, {"q": "x", "limit": "many"}, {}):
        assert (await client.get("/api/v1/search", params=wrong)).status_code == 422


def test_a_quoted_list_keeps_its_lines() -> None:
    lines = ("Three contracts:", "the first", "the second")
    citation = Citation(1, "d.md", "d.md#1", "D", "en", "", " ".join(lines), lines=lines)
    answer = Answer("a", "c", QUESTION, Outcome.ANSWERED, "en", "Three.", citations=(citation,), sought="never shown")
    body = AnswerBody.of(answer, lambda _: "http://bot.test/sources/d.md")
    assert body.citations[0].quote == "Three contracts:\nthe first\nthe second"
    assert "never shown" not in body.model_dump_json()


async def test_as_what_a_follow_up_was_understood_is_told(client: httpx.AsyncClient, house: House) -> None:
    house.assistant.understood_as = "When is the declaration due in Uzbekistan?"
    me = await visitor(client)
    body = {"question": QUESTION, "conversation_id": "c-1"}
    assert (await client.post("/api/v1/messages", json=body, headers=me)).json().get("understood_as") is None
    follow_up = body | {"question": "and in Uzbekistan?"}
    text = (await client.post("/api/v1/messages", json=follow_up, headers=me | STREAM)).text
    answer = next(data["data"] for _, data in frames(text) if data != "[DONE]" and data["type"] == "data-answer")
    assert answer["understood_as"] == house.assistant.understood_as
    turns = (await client.get("/api/v1/conversations/c-1", headers=me)).json()["turns"]
    assert [turn["answer"].get("understood_as") for turn in turns] == [None, house.assistant.understood_as]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "could not look this up"), ("zh", "无法读取"), ("ru", "не может прочитать")],
)
async def test_what_cannot_be_read_is_not_said_to_be_unstored(
    client: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    def locked(_: str) -> None:
        raise StoreReadError("the answer could not be read (database is locked)")

    monkeypatch.setattr(house.memory, "answer", locked)
    me = await visitor(client) | {"accept-language": language}
    told = await client.post("/api/v1/feedback", json={"answer_id": "a-1", "helpful": True}, headers=me)
    assert (told.status_code, told.json()["code"]) == (503, "not_read")
    assert words in told.json()["detail"]


async def test_what_cannot_be_erased_is_said_to_be_there_still(
    client: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: str) -> None:
        raise StoreEraseError("the conversation was not erased (database is locked)")

    monkeypatch.setattr(house.memory, "forget", locked)
    told = await client.delete("/api/v1/conversations/c-1", headers=await visitor(client))
    assert (told.status_code, told.json()["code"]) == (503, "not_erased")
    assert "nothing is erased yet" in told.json()["detail"]


async def test_a_memory_that_cannot_be_read_now_is_a_problem_and_no_crash(
    client: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await visitor(client)
    body = {"question": QUESTION, "conversation_id": "c-1"}
    answer_id = (await client.post("/api/v1/messages", json=body, headers=me)).json()["id"]

    def locked(_: str) -> None:
        raise StoreError("the answer could not be read (database is locked)")

    monkeypatch.setattr(house.memory, "answer", locked)
    monkeypatch.setattr(house.memory, "rating", locked)
    for method, path, order in (
        ("POST", "/api/v1/feedback", {"answer_id": answer_id, "helpful": True}),
        ("POST", "/api/v1/open-questions", {"answer_id": answer_id}),
        ("GET", "/api/v1/conversations/c-1", None),
    ):
        told = await client.request(method, path, json=order, headers=me)
        assert (told.status_code, told.json()["code"]) == (503, "not_stored")
        assert told.headers["content-type"] == "application/problem+json"
        assert told.headers["access-control-allow-origin"] == HOST_PAGE
        assert int(told.headers["retry-after"]) > 0
        assert "locked" not in told.text
