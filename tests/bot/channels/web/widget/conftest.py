"""The widget on somebody else's page, in Debian's Chromium: a host page on one port, the service on another."""

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answer import Answer, Delta
from bot.channels.web.allowance import Rate
from bot.channels.web.public import Limits
from tests.bot.channels.web.conftest import House, serving
from tests.bot.channels.web.fakes import SITE_KEY, FakeAssistant
from tests.bot.channels.web.test_browser import CHROMIUM, FLAGS

AXE = Path(__file__).parents[5] / ".node" / "node_modules" / "axe-core" / "axe.min.js"
QUESTION = "When is the annual CBAM declaration due?"


@dataclass
class Talker(FakeAssistant):
    """Also says a given number of words ("chunks 200"), and gives answers that a test has made."""

    prepared: Answer | None = None
    gate: threading.Event | None = None
    """Held after the first of the words until it is set."""

    async def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """As the port has it."""
        counted = re.match(r"chunks (\d+)", question)
        if self.prepared is not None and not counted:
            self.asked.append((question, conversation_id, language))
            answer = replace(
                self.prepared, question=question, conversation_id=conversation_id or "c", id=f"p{len(self.asked)}"
            )
            yield Delta(answer.text)
            self.memory.kept.append(answer)
            yield answer
            return
        ended = False
        try:
            for number in range(int(counted[1]) if counted else 0):
                yield Delta(f"word{number} ")
                await asyncio.sleep(self.pause)
                while self.gate is not None and not self.gate.is_set():
                    await asyncio.sleep(0.005)
            async for event in super().stream(question, conversation_id=conversation_id, language=language):
                yield event
            ended = True
        finally:
            self.closed += not ended and bool(counted)


@dataclass
class Faults:
    """Stands before the application: keeps a log, and cuts the connection of streams after so many events."""

    app: ASGIApp
    log: list[str] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    """For each stream in turn, after how many events it is cut; a stream beyond the list is left whole."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.log.append(f"{scope['method']} {scope['path']}")
        sent = 0
        cut: int | None = None
        cut_off = asyncio.Event()

        async def cutting(message: Message) -> None:
            nonlocal sent, cut
            if message["type"] == "http.response.start":
                streams = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
                cut = self.cuts.pop(0) if streams and self.cuts else None
            elif cut is not None:
                if sent >= cut:
                    cut_off.set()
                    await asyncio.Event().wait()
                sent += message["body"].count(b"\n\n")
            await send(message)

        work = asyncio.ensure_future(self.app(scope, receive, cutting))
        cutter = asyncio.ensure_future(cut_off.wait())
        await asyncio.wait({work, cutter}, return_when=asyncio.FIRST_COMPLETED)
        cutter.cancel()
        if work.done():
            await work
            return
        # A response that is not completed: the server breaks the connection off.
        work.cancel()
        await asyncio.wait({work})

    def asked(self, what: str) -> int:
        """How often something was requested."""
        return self.log.count(what)


@dataclass
class Site:
    """Two servers, and pages of the first that embed the second's widget."""

    house: House
    faults: Faults
    bot: str
    host: str
    pages: dict[str, tuple[dict[str, str], str]]

    @property
    def script(self) -> str:
        """The one tag, without attributes but the key."""
        return f'<script async src="{self.bot}/embed.js" data-site-key="{SITE_KEY}"></script>'

    def tag(self, attributes: str) -> str:
        """The one tag with more attributes."""
        return self.script.replace("></", f" {attributes}></")

    def page(
        self, body: str | None = None, *, path: str = "/", head: str = "", lang: str = "en", **headers: str
    ) -> str:
        """Puts a page on the host; gives its address."""
        text = body if body is not None else f"<h1>Our company</h1><p>We sell steel.</p>{self.script}"
        html = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Host</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head><body>{text}</body></html>'
        )
        self.pages[path] = ({name.replace("_", "-"): value for name, value in headers.items()}, html)
        return self.host + path


@contextlib.contextmanager
def hosting(pages: dict[str, tuple[dict[str, str], str]]) -> Iterator[str]:
    """A server of somebody else's pages; gives its address, which is not the service's origin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers, html = pages.get(self.path.partition("?")[0], ({}, ""))
            content = html.encode()
            self.send_response(200)
            for name, value in {"content-type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing: tests read what they need from the browser."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """The parameter, where there is one, is how much may be asked."""
    house = House(assistant=Talker())
    house.public = replace(house.public, limits=getattr(request, "param", Limits(session=(Rate(10_000, 60),))))
    return house


@contextlib.contextmanager
def embedding(house: House) -> Iterator[Site]:
    """The house on one port, and a site that may embed it on another."""
    pages: dict[str, tuple[dict[str, str], str]] = {}
    with hosting(pages) as host:
        house.public = replace(house.public, allowed_origins=(host,))
        faults = Faults(house.app())
        with serving(faults, house.runs) as bot:
            yield Site(house, faults, bot, host, pages)


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    with embedding(house) as opened:
        yield opened


@dataclass
class Visitor:
    """A person's browser: everything it complains of is kept."""

    context: BrowserContext
    complaints: list[str]
    requests: list[str]

    def open(self, address: str) -> Page:
        """A new tab."""
        page = self.context.new_page()
        page.goto(address)
        return page

    def chat(self, address: str) -> Page:
        """A new tab in which the widget is opened."""
        page = self.open(address)
        page.locator(".launcher").click()
        expect(page.locator("textarea")).to_be_visible()
        return page


@dataclass
class Visitors:
    """Makes visitors; their complaints fail the test unless it said it expects some."""

    browser: Browser
    made: list[Visitor] = field(default_factory=list)
    expected: str = "Failed to load resource"

    def __call__(self, *, width: int = 1280, height: int = 800, **options: Any) -> Visitor:
        options = {"locale": "en-GB", "reduced_motion": "reduce", **options}
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        visitor = Visitor(context, [], [])
        context.on("console", lambda m: visitor.complaints.append(m.text) if m.type == "error" else None)
        context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
        context.on("request", lambda request: visitor.requests.append(request.url))
        self.made.append(visitor)
        return visitor


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitors]:
    visitors = Visitors(browser)
    yield visitors
    for made in visitors.made:
        made.context.close()
    complaints = [text for made in visitors.made for text in made.complaints]
    assert [text for text in complaints if not re.search(visitors.expected, text)] == []


def ask(page: Page, question: str) -> None:
    """Types a question and sends it."""
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")


def axe(page: Page, *rules: str) -> list[str]:
    """What axe-core finds fault with: in WCAG up to 2.2 AA, or in the rules given alone."""
    if not AXE.exists():
        pytest.skip(f"AXE-CORE DID NOT RUN: there is no {AXE}; npm install --prefix .node --no-save axe-core")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8") + ";undefined")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": tags}
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {[c['message'] for c in node['any']][:1]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def element(page: Page, script: str, argument: object = None) -> Any:
    """Runs a function of the widget's element."""
    return page.locator("consult-chat").evaluate(script, argument)


def tasks_of(page: Page, address: str) -> list[float]:
    """Loads a page; milliseconds of processor time of every task of its main thread."""
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    page.goto(address)
    page.wait_for_timeout(700)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    here = {e["pid"] for e in events if e["name"] == "ParseHTML" and address in json.dumps(e.get("args", {}))}
    tasks = [
        e["tdur"] / 1_000
        for e in events
        if e["name"].endswith("RunTask") and e["ph"] == "X" and e["pid"] in here and (e["pid"], e["tid"]) in main
    ]
    assert tasks
    return tasks
