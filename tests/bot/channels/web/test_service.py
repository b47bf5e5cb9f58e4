"""What holds beside questions and sources: health, reference, static files, headers, and errors everywhere."""

import html
from dataclasses import replace

import httpx
import pytest

from bot.channels.web.page_words import page_words
from bot.channels.web.ports import ReadinessState
from bot.channels.web.words import CATALOGUES
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.fakes import SITE_KEY


async def test_health_and_version(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/version")).json() == {"name": "dragoman", "version": "1.2.3"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True, "phase": "ready", "done": 5, "total": 5, "reason": "", "documents": 5, "passages": 8,
    }  # fmt: skip
    house.readiness.now = ReadinessState(False, "failed", reason="The model is damaged.")
    failed = await client.get("/readyz")
    assert failed.status_code == 503
    assert failed.json()["reason"] == "The model is damaged."
    assert int(failed.headers["retry-after"]) > 0
    assert (await client.get("/livez")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/sources/country/ar.md", "/livez", "/nope", "/static/chat.js"])
async def test_every_response_is_guarded(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    for rule in (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ):  # fmt: skip
        assert rule in policy.split("; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nope", 404), ("GET", "/api/v1/ask", 405), ("POST", "/livez", 405), ("GET", "/static/chat.html", 404)],
)
async def test_errors_are_problems(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code == status
    if status == 405:
        assert response.headers["allow"]


async def test_a_head_request_is_a_get_without_a_body(client: httpx.AsyncClient) -> None:
    for path in ("/", "/livez", "/sources/country/ar.md"):
        response = await client.head(path)
        assert (response.status_code, response.content) == (200, b"")


async def test_the_reference_is_complete_and_asks_nobody_else(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    assert set(described["paths"]) == {
        "/api/v1/ask", "/api/v1/examples", "/api/v1/readiness", "/api/v1/knowledge",
        "/api/v1/knowledge/sync", "/sources/{document_id}", "/livez", "/readyz", "/version",
        "/api/v1/session", "/api/v1/messages", "/api/v1/messages/{conversation_id}/stream",
        "/api/v1/runs/{run_id}/events", "/api/v1/runs/{run_id}/cancel", "/api/v1/conversations/{conversation_id}",
        "/api/v1/feedback", "/api/v1/open-questions", "/api/v1/search", "/api/v1/sources/{document_id}",
        "/v1/models", "/v1/models/{model}", "/v1/chat/completions",
    }  # fmt: skip
    problems = described["paths"]["/api/v1/ask"]["post"]["responses"]
    assert "application/problem+json" in problems["422"]["content"]
    page = (await client.get("/docs")).text
    for shown in ("/api/v1/ask", "conversation_id", "citations[].quote", "answered | partial", "required"):
        assert shown in page
    assert "http://" not in page
    assert "https://" not in page


async def test_static_files_are_revalidated_cheaply(client: httpx.AsyncClient) -> None:
    for name, media_type in (("chat.js", "text/javascript"), ("page.css", "text/css"), ("icon.svg", "image/svg+xml")):
        first = await client.get(f"/static/{name}")
        again = await client.get(f"/static/{name}", headers={"if-none-match": first.headers["etag"]})
        assert first.headers["content-type"].startswith(media_type)
        assert (again.status_code, again.content) == (304, b"")


async def test_the_chat_page_stays_small_and_free_of_inline_code(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    script = (await client.get("/static/chat.js")).text + (await client.get("/static/demo.js")).text
    sizes = [len((await client.get(f"/static/{name}")).content) for name in ("chat.js", "chat.css", "colours.css")]
    assert sum(sizes) + len(page) < 4 * 1024
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    for sink in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
        assert sink not in script


@pytest.mark.parametrize(
    ("path", "way"), [("/", "./"), ("/sources/a.md", "../"), ("/sources/policy/%2Fx.md", "../../")]
)
async def test_pages_find_their_files_under_any_prefix(client: httpx.AsyncClient, path: str, way: str) -> None:
    page = await client.get(path, headers={"accept": "text/html"})
    assert f'href="{way}static/colours.css"' in page.text


@pytest.mark.parametrize("language", ["en", "zh", "ru"])
async def test_the_pages_around_the_widget_speak_three_languages(client: httpx.AsyncClient, language: str) -> None:
    words = page_words(CATALOGUES[language])
    for path, shown in (("/chat", words.tagline), ("/privacy", words.privacy_text[1]), ("/demo", words.snippet_hint)):
        page = (await client.get(path, headers={"accept-language": language})).text
        assert f'<html lang="{language}">' in page
        assert shown in page
        assert (await client.get(path, params={"lang": language})).text == page
    assert f'src="http://bot.test/embed.js" data-site-key="{SITE_KEY}"' in html.unescape(page)


async def test_the_operators_privacy_note_takes_the_place_of_ours(house: House) -> None:
    house.public = replace(house.public, privacy_url="https://www.customer.example/privacy")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(house.app()), base_url="http://bot.test") as client:
        response = await client.get("/privacy")
    assert (response.status_code, response.headers["location"]) == (307, "https://www.customer.example/privacy")


async def test_the_widgets_files_may_be_loaded_by_every_page(client: httpx.AsyncClient) -> None:
    for path, media_type in (("/embed.js", "text/javascript"), ("/embed/ar.json", "application/json")):
        plain = await client.get(path, headers={"accept-encoding": "identity"})
        packed = await client.get(path, headers={"accept-encoding": "br, gzip;q=0.8"})
        assert plain.headers["content-type"].startswith(media_type)
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content
        for response in (plain, packed):
            assert response.headers["access-control-allow-origin"] == "*"
            assert response.headers["cross-origin-resource-policy"] == "cross-origin"
            assert response.headers["vary"] == "accept-encoding"
    assert (await client.get("/embed/xx.json")).status_code == 404


async def test_pages_that_wait_are_told_how_far_the_index_is(client: httpx.AsyncClient, house: House) -> None:
    house.readiness.now = ReadinessState(False, "indexing", 3, 12, "indexing 3 of 12 documents")
    response = await client.get("/api/v1/readiness")
    assert response.status_code == 200
    assert (response.json()["ready"], response.json()["done"], response.json()["total"]) == (False, 3, 12)
