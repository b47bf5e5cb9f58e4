"""The OpenAPI document: examples that hold, and a server that keeps to it whatever it is sent."""

from dataclasses import replace
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from bot.channels.web.allowance import Rate
from bot.channels.web.public import Limits, Public
from bot.channels.web.sessions import Sessions
from bot.channels.web.sites import Sites
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import SITE_KEY

MANY = Limits(*((Rate(10_000_000, 1),) for _ in range(3)))
PROGRAMS = ("/api/v1/", "/v1/")


async def test_every_body_for_programs_has_an_example_that_is_valid(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    seen = 0
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            if "requestBody" not in operation or "knowledge" in path:
                continue
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            assert named["examples"], path
            if path != "/api/v1/messages":  # whose second example is another body that is taken too
                for example in named["examples"]:
                    jsonschema_rs.validate(schema | {"components": document["components"]}, example)
            answered = await client.post(path, json=named["examples"][0], headers={"origin": "http://bot.test"})
            assert answered.status_code < 500
            assert answered.status_code != 422, (path, answered.text)
            seen += 1
    assert seen == 6


async def test_every_answer_for_programs_has_an_example_that_is_valid(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    seen = 0
    for path, methods in document["paths"].items():
        if not path.startswith(PROGRAMS) or "knowledge" in path:
            continue
        for operation in methods.values():
            for media_type, shown in operation["responses"].get("200", {}).get("content", {}).items():
                if media_type == "text/event-stream":
                    assert shown["example"].endswith("\n\n"), path
                    continue
                schema = shown["schema"]
                named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                assert named["examples"], path
                for example in named["examples"]:
                    jsonschema_rs.validate(schema | {"components": document["components"]}, example)
                    missing = set(named["properties"]) - set(example)
                    assert not missing & set(named.get("required", ())), path
                seen += 1
    assert seen >= 14


async def test_the_reference_can_be_closed(house: House) -> None:
    house.public = replace(house.public, docs=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=house.app()), base_url="http://bot.test") as closed:
        for path in ("/docs", "/openapi.json"):
            assert (await closed.get(path)).status_code == 404
        assert "/docs" not in (await closed.get("/chat")).text
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=House().app()), base_url="http://bot.test"
    ) as opened:
        assert (await opened.get("/docs")).status_code == 200
        assert 'href="./docs"' in (await opened.get("/chat")).text


OPEN = ("/api/v1/examples", "/api/v1/readiness")
"""What is asked before there is a session."""


async def test_every_operation_for_programs_tells_its_failures(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith(PROGRAMS) and "knowledge" not in path and path not in OPEN:
                assert {"401", "403", "429"} <= set(operation["responses"]) | {"401"}, (method, path)


TOO_STRICT = ("positive_data_acceptance", "negative_data_rejection", "missing_required_header", "ignored_auth")
"""A schema cannot say that a question needs a word, nor that a key is only wanted where there are keys."""


@pytest.mark.slow
def test_whatever_is_sent_the_answer_is_one_of_those_described() -> None:
    house = House(public=Public((SITE_KEY,), "s", ("*",), limits=MANY))
    # Its plugin for pytest does not know this pytest; the operations are gone through by hand.
    described = schemathesis.openapi.from_asgi("/openapi.json", house.app())
    schemathesis.checks.load_all_checks()
    excluded = [schemathesis.checks.CHECKS.get_one(name) for name in TOO_STRICT]
    sessions = Sessions("s", Sites.of([SITE_KEY], ["*"]))
    token = sessions.token(sessions.begin(SITE_KEY, "https://any.example"))
    me = {"origin": "https://any.example", "authorization": f"Bearer {token}"}
    tried = 0
    for found in described.include(
        path_regex="^/(api/v1/(?!knowledge)|v1/|sources/|livez|readyz|version)"
    ).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=40,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        def check(case: Any) -> None:
            case.call_and_validate(excluded_checks=excluded, headers=me)

        check()
        tried += 1
    assert tried >= 20
