"""What operators see: counts without words, a line a request, an id on every response; and what they do not see."""

import json
import logging

import httpx
import pytest

from bot.answer import Removed
from bot.channels.web.public import Public
from bot.logs import ACCESS, JsonLines, PlainLines, configure_logs, redacted
from bot.metrics import Metrics
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import HOST_PAGE, SITE_KEY, STAFF_KEY
from tests.bot.channels.web.test_messages import QUESTION, STREAM, visitor

CANARY = "zirconiumcanary"


async def test_metrics_are_for_those_with_a_token(house: House) -> None:
    house.public = Public((SITE_KEY,), "s", (HOST_PAGE,), metrics_token="m-token")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=house.app()), base_url="http://bot.test") as client:
        for wrong in ({}, {"authorization": "Bearer nope"}, {"authorization": "m-token"}):
            refused = await client.get("/metrics", headers=wrong)
            assert (refused.status_code, refused.json()["code"]) == (401, "metrics_only")
        for right in (b"Bearer m-token", f"Bearer {STAFF_KEY}".encode()):
            told = await client.get("/metrics", headers={b"authorization": right})
            assert told.status_code == 200
            assert told.headers["content-type"].startswith("text/plain; version=")
        for _ in range(12):
            guessed = await client.get("/metrics", headers={"authorization": "Bearer guess"})
        assert guessed.status_code == 429
        assert int(guessed.headers["retry-after"]) > 0


async def test_everything_is_counted_and_no_word_of_it_is_kept(client: httpx.AsyncClient, house: House) -> None:
    me = await visitor(client)
    message = {"question": f"{CANARY} declaration?", "conversation_id": "c-1"}
    answer = (await client.post("/api/v1/messages", json=message, headers=me)).json()
    await client.post("/api/v1/messages", json={"question": f"weather {CANARY}", "language": "ru"}, headers=me | STREAM)
    await client.post("/api/v1/ask", json={"question": f"crash {CANARY}"})
    await client.post(
        "/api/v1/feedback", json={"answer_id": answer["id"], "helpful": True, "reason": CANARY}, headers=me
    )
    await client.post("/api/v1/open-questions", json={"answer_id": answer["id"]}, headers=me)
    await client.get(f"/sources/{CANARY}.md")
    await client.get(f"/{CANARY}")
    await client.request("BREW" + CANARY.upper(), "/livez")
    text = house.metrics.text().decode()
    for line in (
        'dragoman_answers_total{language="en",outcome="answered",surface="web"} 1.0',
        'dragoman_answers_total{language="ru",outcome="not_covered",surface="web"} 1.0',
        'dragoman_unanswered_total{reason="RuntimeError",surface="api"} 1.0',
        'dragoman_first_text_seconds_count{surface="web"} 2.0',
        'dragoman_feedback_total{helpful="yes"} 1.0',
        "dragoman_handed_over_total 1.0",
        'dragoman_requests_total{method="POST",route="/api/v1/messages",status="200"} 2.0',
        'dragoman_requests_total{method="GET",route="/sources/{document_id:path}",status="404"} 1.0',
    ):
        assert line in text, line
    assert CANARY not in text.lower()
    assert SITE_KEY not in text


async def test_what_was_taken_out_of_drafts_is_counted_by_kind_and_never_in_words(
    client: httpx.AsyncClient, house: House
) -> None:
    house.assistant.removed = (Removed(CANARY, f"figure: {CANARY}", quoted=True), Removed(CANARY, "unsupported"))
    told = await client.post("/api/v1/ask", json={"question": QUESTION})
    assert CANARY not in told.text
    text = house.metrics.text().decode()
    assert 'dragoman_removed_statements_total{quoted="yes",reason="figure"} 1.0' in text
    assert 'dragoman_removed_statements_total{quoted="no",reason="unsupported"} 1.0' in text
    assert CANARY not in text


def test_numbers_that_are_looked_up(house: House) -> None:
    metrics = Metrics()
    metrics.watch("dragoman_ready", "1 when questions can be answered.", lambda: 1.0)
    assert "dragoman_ready 1.0" in metrics.text().decode()


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.Z_9", True), ("", False), ("x" * 65, False), ("a b", False), ("\t{}", False)]
)
async def test_every_response_has_an_id(client: httpx.AsyncClient, given: str, kept: bool) -> None:
    for path in ("/livez", "/nope", "/api/v1/runs/x/events"):
        answered = await client.get(path, headers={"x-request-id": given})
        assert (answered.headers["x-request-id"] == given) is kept
        assert len(answered.headers["x-request-id"]) >= 9


async def test_a_request_is_one_line_of_json_without_what_was_asked(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    me = await visitor(client)
    caplog.clear()
    caplog.handler.setFormatter(JsonLines())
    with caplog.at_level(logging.INFO, logger=ACCESS):
        path = f"/api/v1/search?q={CANARY}"
        await client.get(path, headers=me | {"x-request-id": "r-1"})
        await client.post("/api/v1/ask", json={"question": CANARY})
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert lines[0] | {"time": "", "milliseconds": 0} == {
        "time": "", "level": "info", "logger": ACCESS, "message": "GET /api/v1/search 200", "request_id": "r-1",
        "method": "GET", "route": "/api/v1/search", "status": 200, "milliseconds": 0,
    }  # fmt: skip
    assert CANARY not in caplog.text
    assert me["authorization"] not in caplog.text


def test_keys_and_control_characters_do_not_reach_the_log() -> None:
    record = logging.LogRecord(
        "x", logging.WARNING, "", 0, "%s", ("a\x1b[2Jb\nfake line Bearer abcdef123456 pk_abcdef123 sk-abcdefgh",), None
    )
    plain = PlainLines().format(record)
    assert plain == "warning x: a�[2Jb�fake line Bearer [redacted] pk_[redacted] sk-[redacted]"
    assert "\x1b" not in JsonLines().format(record)
    assert len(JsonLines().format(record).splitlines()) == 1
    assert redacted("https://api.telegram.org/bot12345:AAH-secret-secret/getMe").count("secret") == 0
    try:
        raise RuntimeError("Bearer abcdef123456")
    except RuntimeError:
        record.exc_info = __import__("sys").exc_info()
    for formatter in (PlainLines(), JsonLines()):
        assert "RuntimeError" in formatter.format(record)
        assert "abcdef123456" not in formatter.format(record)


def test_the_staff_key_is_shown_to_people_and_not_to_collectors_of_logs() -> None:
    said = logging.LogRecord("dragoman", logging.INFO, "", 0, "staff page: http://h/knowledge, key abc-def", (), None)
    assert PlainLines().format(said) == "dragoman: staff page: http://h/knowledge, key abc-def"
    assert "abc-def" not in JsonLines().format(said)


def test_logs_go_where_they_are_sent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    levels = root.level, logging.getLogger(ACCESS).level
    try:
        configure_logs("json")
        logging.getLogger(ACCESS).info("seen")
        configure_logs("text")
        logging.getLogger(ACCESS).info("not seen")
        logging.getLogger("x").warning("seen too")
    finally:
        root.setLevel(levels[0])
        logging.getLogger(ACCESS).setLevel(levels[1])
    err = capsys.readouterr().err.splitlines()
    assert json.loads(err[0])["message"] == "seen"
    assert err[1:] == ["warning x: seen too"]


async def test_a_question_that_cannot_be_asked_stays_out_of_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await client.post("/api/v1/ask", json={"question": f"{CANARY} " * 400})
        await client.post("/api/v1/ask", json={"question": QUESTION, "language": CANARY * 3})
    assert CANARY not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("bot", "dragoman"))
    )
