"""The pages as a person meets them, in Debian's Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bot.channels.web.fakes import BROKEN, HOSTILE_TITLE, STAFF_KEY

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "When is the annual CBAM declaration due?"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page at the chat; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    complaints: list[str] = []
    foreign: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: None if request.url.startswith(address) else foreign.append(request.url))
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()
    # A failed fetch is logged by the browser itself; the tests that provoke one look at what the page makes of it.
    assert [text for text in complaints if "Failed to load resource" not in text] == []
    assert foreign == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_never_scrolls_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for code in ("ru", "ar", "zh", "en"):
        page.locator(".language").select_option(code)
        expect(page.locator("html")).to_have_attribute("lang", code)
        assert page.evaluate(fits)
    page.locator("textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".source")).to_have_count(3)
    page.locator(".cite").first.click()
    assert page.evaluate(fits)
    source = str(page.locator(".source a").first.get_attribute("href"))
    for path in (source, f"{address}/demo", f"{address}/privacy", f"{address}/chat"):
        page.goto(path)
        assert page.evaluate(fits), path


def test_the_first_page_is_the_widget_and_nothing_else(page: Page) -> None:
    page.locator(".pick").first.click()
    expect(page.locator(".source.open")).to_have_count(3)
    expect(page.locator("h1")).to_have_text("Dragoman")
    expect(page.locator(".launcher")).to_have_count(0)
    sources, says = page.locator(".sources").bounding_box(), page.locator(".says").bounding_box()
    assert sources is not None
    assert says is not None
    assert sources["x"] > says["x"] + says["width"]  # beside the answer, where there is room


def test_the_language_that_was_chosen_is_remembered(page: Page) -> None:
    for code in ("ru", "zh"):
        page.locator(".language").select_option(code)
        expect(page.locator("html")).to_have_attribute("lang", code)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator(".hello")).to_have_text("您想了解什么？")
    expect(page.locator(".pick").first).to_have_text("重点排放单位何时清缴配额？")


def test_hostile_text_stays_text_on_the_source_page(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    page.locator("textarea").fill("<img src=x onerror=alert(1)> hostile")
    page.keyboard.press("Enter")
    expect(page.locator(".titles strong")).to_contain_text("<img src=x onerror=alert(1)>")
    page.goto(str(page.locator(".source a").first.get_attribute("href")))
    expect(page.locator("mark")).to_have_text('<script>alert(3)</script> & "quoted" </mark>')


def test_the_demonstration_turns_every_knob(page: Page, address: str) -> None:
    page.goto(f"{address}/demo")
    page.get_by_role("button", name="Open the chat").click()
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator("#events")).to_contain_text("open")
    page.get_by_label("#b3261e").check()
    assert page.locator(".send").evaluate("e => getComputedStyle(e).backgroundColor") != "rgb(13, 107, 92)"
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator(".root")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Side").select_option("bottom-left")
    box = page.locator(".launcher").bounding_box()
    assert box is not None
    assert box["x"] < 100
    page.locator("form.choices [name=language]").select_option("zh")
    expect(page.locator("consult-chat")).to_have_attribute("lang", "zh")


def test_without_script_the_page_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("link", name="/docs")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_staff_sign_in_filter_and_read_without_script(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    page.goto(f"{address}/knowledge")
    page.get_by_label("Staff key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the key.")
    page.get_by_label("Staff key").fill(STAFF_KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Folder, catalog and both indexes agree.")).to_be_visible()
    expect(page.locator(".files tbody tr")).to_have_count(8)
    expect(page.get_by_role("link", name=HOSTILE_TITLE)).to_be_visible()
    names = {cookie.get("name"): cookie for cookie in context.cookies()}
    assert names["dragoman_staff"]["httpOnly"] is True
    assert names["dragoman_staff"]["sameSite"] == "Strict"
    page.get_by_label("Show").select_option(label="Not indexed")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".files tbody tr")).to_have_count(1)
    page.get_by_role("link", name=BROKEN.path).click()
    expect(page.locator(".callout")).to_contain_text(str(BROKEN.reason))
    page.get_by_role("link", name="All documents").click()
    page.get_by_role("link", name="Guidance on the Carbon").click()
    expect(page.locator(".piece")).to_have_count(3)
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name="系统所理解的段落")).to_be_visible()
    for path in ("knowledge", "knowledge/policy/cbam%20reporting.md"):
        page.goto(f"{address}/{path}")
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Staff key")).to_be_visible()
    page.goto(f"{address}/knowledge/staff/secret.md")
    expect(page.get_by_label("Staff key")).to_be_visible()
    context.close()
