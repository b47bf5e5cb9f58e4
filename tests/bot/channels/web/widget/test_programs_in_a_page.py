"""Other people's programs in pages of allowed sites: the browser itself must let them ask, and read why they failed."""

import pytest

from tests.bot.channels.web.test_browser import CHROMIUM
from tests.bot.channels.web.widget.conftest import QUESTION, Site, Visitors

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]
ASK = """async ([url, headers, body]) => { const response = await fetch(url, {method: 'POST', headers, body});
  return [response.status, await response.json()]; }"""
SENDS = {
    "content-type": "application/json",
    "authorization": "Bearer any",
    "x-stainless-os": "Unknown",
    "x-stainless-arch": "unknown",
    "x-stainless-lang": "js",
    "x-stainless-package-version": "6.0.0",
    "x-stainless-runtime": "browser:chrome",
    "x-stainless-runtime-version": "150.0.0",
    "x-stainless-retry-count": "0",
    "x-stainless-timeout": "600",
    "openai-organization": "x",
}


def test_an_openai_client_in_a_page_is_let_through_by_the_browser(site: Site, visitor: Visitors) -> None:
    page = visitor().open(site.page("<h1>Host</h1>"))
    url = f"{site.bot}/v1/chat/completions"
    body = f'{{"model": "dragoman", "messages": [{{"role": "user", "content": "{QUESTION}"}}]}}'
    status, completion = page.evaluate(ASK, [url, SENDS, body])
    assert status == 200
    assert completion["choices"][0]["message"]["annotations"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/v1/chat/completions", "x" * 600_000, 413), ("/api/v1/ask", '{"question": "crash"}', 500)],
)
def test_a_page_reads_why_its_request_failed(site: Site, visitor: Visitors, path: str, body: str, status: int) -> None:
    page = visitor().open(site.page("<h1>Host</h1>"))
    told, problem = page.evaluate(ASK, [site.bot + path, {"content-type": "application/json"}, body])
    assert told == status
    assert problem.get("error", problem)["code"] in {"body_too_large", "internal"}
