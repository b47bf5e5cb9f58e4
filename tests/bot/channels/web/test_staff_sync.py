"""Staff bring the index level with the folder over HTTP, past the guard against mass removals."""

import httpx

from tests.bot.channels.web.fakes import STAFF_KEY

BEARER = {b"authorization": f"Bearer {STAFF_KEY}".encode()}


async def test_removals_that_are_allowed_are_reported(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/knowledge/sync", json={"allow_removals": True, "rebuild": True}, headers=BEARER)
    assert answer.status_code == 200
    assert answer.json()["removed"] == 8
    assert answer.json()["changed"] == 1
    assert answer.json()["failed"] == []


async def test_removals_that_are_not_are_a_problem_with_the_way_out(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/knowledge/sync", json={}, headers=BEARER)
    assert answer.status_code == 409
    assert "allow removals" in answer.json()["detail"]


async def test_nobody_syncs_without_the_key(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/knowledge/sync", json={"allow_removals": True})
    assert answer.status_code == 401
    wrong = {"authorization": "Bearer no"}
    answer = await client.post("/api/v1/knowledge/sync", json={"allow_removals": True}, headers=wrong)
    assert answer.status_code == 401
