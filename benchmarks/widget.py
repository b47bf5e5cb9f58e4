"""The widget in Chromium, in milliseconds: what it adds to a page, how soon words are painted, and how soon a chat is back."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.row import Row
from tests.bot.channels.web.conftest import House
from tests.bot.channels.web.test_browser import CHROMIUM, FLAGS
from tests.bot.channels.web.widget.conftest import QUESTION, Site, Talker, ask, element, embedding, tasks_of

_ROUNDS = 5
_CHUNKS = 2_000
_WATCH = """const plain = window.fetch; window.arrived = 0; window.painted = 0; window.frames = [];
window.fetch = async (...order) => { const response = await plain(...order);
  if (!(response.headers.get('content-type') || '').startsWith('text/event-stream')) return response;
  const decoder = new TextDecoder();
  return new Response(response.body.pipeThrough(new TransformStream({ transform(chunk, out) {
    if (!arrived && decoder.decode(chunk).includes('text-delta')) arrived = performance.now(); out.enqueue(chunk); } })), response); };
window.watch = (root) => { let last = 0; const frame = (now) => { if (last) frames.push(now - last); last = now;
  if (!painted && root.querySelector('.words')?.textContent) painted = performance.now(); requestAnimationFrame(frame); };
  requestAnimationFrame(frame); };"""
_BACK = """e => new Promise((done) => { const began = performance.now(); e.open();
  const look = () => e.shadowRoot.querySelectorAll('.source').length === 9 ? done(performance.now() - began)
    : setTimeout(look, 2); look(); })"""
_STOP = """send => { const began = performance.now(); send.click();
  return send.getRootNode().querySelector('.stopped') ? performance.now() - began : Infinity; }"""


def measure() -> list[Row]:
    """A host page and the service on ports of their own, small working parts behind them."""
    if not CHROMIUM.exists():
        return [Row(name="widget", value=f"not measured: there is no {CHROMIUM}")]
    house = House(assistant=Talker())
    with embedding(house) as site, _chromium() as browser:
        return [_tasks(browser, site), *_streaming(browser, site), _back(browser, site)]


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _tasks(browser: Browser, site: Site) -> Row:
    bare, embedded = site.page("<h1>Our company</h1>", path="/bare"), site.page()
    longest: dict[str, list[float]] = {bare: [], embedded: []}
    for _ in range(_ROUNDS):
        for address, found in longest.items():
            context = browser.new_context()
            found.append(max(tasks_of(context.new_page(), address)))
            context.close()
    ours, theirs = (statistics.median(longest[address]) for address in (embedded, bare))
    return Row(
        name="widget, closed: longest task at a quarter of the speed",
        value=f"{4 * ours:.0f} ms",
        beside=f"{4 * theirs:.0f} ms, the same page without it",
        ratio=ours / theirs,
        wanted="<= 50 ms",
        good=4 * ours <= 50,
    )


def _streaming(browser: Browser, site: Site) -> list[Row]:
    site.house.assistant.pause = 0.001
    context = browser.new_context()
    context.add_init_script(_WATCH)
    page = _chat(context.new_page(), site)
    element(page, "e => watch(e.shadowRoot)")
    page.wait_for_timeout(500)
    idle = page.evaluate("frames.splice(0)")
    ask(page, f"chunks {_CHUNKS}")
    expect(page.locator(".source")).to_have_count(3, timeout=120_000)
    frames, first = page.evaluate("[frames, painted - arrived]")
    ask(page, f"chunks {_CHUNKS}")
    expect(page.locator(".words")).to_contain_text("word50")
    stopped = page.locator(".send").evaluate(_STOP)
    context.close()
    site.house.assistant.pause = 0
    frame, beside = statistics.median(frames), statistics.median(idle)
    return [
        Row(
            name="  first words, from their event to the screen",
            value=f"{first:.0f} ms",
            wanted="<= 50 ms",
            good=first <= 50,
        ),
        Row(
            name=f"  frames while {_CHUNKS} chunks come",
            value=f"median {frame:.1f} ms",
            beside=f"{beside:.1f} ms, idle",
            ratio=frame / beside,
            wanted="<= 17 ms",
            good=frame <= 17,
        ),
        Row(name="  from Stop to stopped", value=f"{stopped:.0f} ms", wanted="<= 200 ms", good=stopped <= 200),
    ]


def _back(browser: Browser, site: Site) -> Row:
    context = browser.new_context()
    page = _chat(context.new_page(), site)
    for number in range(1, 4):
        ask(page, QUESTION)
        expect(page.locator(".reply[data-outcome]")).to_have_count(number)
    took = []
    for _ in range(_ROUNDS):
        page.evaluate("sessionStorage.clear()")
        page.reload()
        expect(page.locator(".launcher")).to_be_visible()
        took.append(float(element(page, _BACK)))
    context.close()
    back = statistics.median(took)
    return Row(
        name="  a conversation back after a reload", value=f"{back:.0f} ms", wanted="<= 300 ms", good=back <= 300
    )


def _chat(page: Page, site: Site) -> Page:
    page.goto(site.page())
    page.locator(".launcher").click()
    expect(page.locator("textarea")).to_be_visible()
    return page
