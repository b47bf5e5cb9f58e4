"""A conversation over HTTP: sessions, streamed answers, replay, stopping, what was said before, feedback."""

import json
from typing import Any

import httpx
import pytest

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
    again = await client.get(f"/api/v1/runs/{run}/events", headers=me | {"last-event-id": events[5][0]})
    assert frames(again.text) == events[6:]


async def test_without_the_wish_for_a_stream_an_answer_is_one_object(client: httpx.AsyncClient) -> None:
    me = await visitor(client)
    asked = await client.post("/api/v1/ask", json={"question": QUESTION})
    answer = (await client.post("/api/v1/messages", json={"question": QUESTION}, headers=me)).json()
    assert list(answer) == list(asked.json())
    assert answer["conversation_id"].startswith("c-")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "https://www.customer.example.evil.example"])
async def test_a_session_needs_an_allowed_origin(client: httpx.AsyncClient, house: House, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    response = await client.post("/api/v1/session", json={"site_key": SITE_KEY}, headers=headers)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers
    assert "origin" in response.headers["vary"].lower()
