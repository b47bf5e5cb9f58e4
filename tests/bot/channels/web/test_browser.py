"""The pages as a person meets them, in Debian's Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.channels.web.ports import ReadinessState
from tests.bot.channels.web.conftest import House
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


def _ask(page: Page, question: str) -> None:
    expect(page.locator(".pick").first).to_be_enabled()
    page.fill("#question", question)
    page.press("#question", "Enter")


def test_from_a_question_to_the_marked_words_of_the_source(page: Page) -> None:
    _ask(page, QUESTION)
    first = page.locator(".says .cite").first
    expect(first).to_have_text("[1]")
    first.click()
    card = page.locator(".card").first
    expect(card).to_have_class("card lit")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    expect(card.locator("blockquote")).to_contain_text("30 September of each year")
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="Read in the document").click()
    source = opened.value
    expect(source.locator("#p2 mark")).to_have_text(
        "An authorised declarant submits the CBAM declaration for the preceding calendar year by 30 September of each "
        "year."
    )
    expect(source.locator("#p2")).to_be_in_viewport()
    background = source.locator("mark").evaluate("element => getComputedStyle(element).backgroundColor")
    assert background != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_never_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for code in ("ru", "zh", "en"):
        page.locator(f"[data-language={code}]").click()
        assert page.evaluate(fits)
    _ask(page, "hostile")
    expect(page.locator(".card")).to_have_count(1)
    _ask(page, QUESTION)
    expect(page.locator(".card")).to_have_count(4)
    assert page.evaluate(fits)
    expect(page.locator(".asked").last).to_be_in_viewport(ratio=1)
    page.goto(str(page.locator(".card a").first.get_attribute("href")))
    assert page.evaluate(fits)


def test_hostile_text_stays_text(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    _ask(page, "<img src=x onerror=alert(1)> hostile")
    expect(page.locator(".card h4")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#log img, #log script, #log iframe, #log [onerror]").count() == 0
    page.goto(str(page.locator(".card a").first.get_attribute("href")))
    expect(page.locator("mark")).to_have_text('<script>alert(3)</script> & "quoted" </mark>')


def test_the_interface_speaks_three_languages_and_remembers(page: Page) -> None:
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator("#welcome h2")).to_have_text("您想了解什么？")
    expect(page.locator(".pick").first).to_have_text("重点排放单位何时清缴配额？")
    page.reload()
    expect(page.locator("#welcome h2")).to_have_text("您想了解什么？")
    page.locator(".pick").first.click()
    expect(page.locator(".label").first).to_have_text("来源")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator(".label").first).to_have_text("Источники")


def test_enter_sends_but_neither_with_shift_nor_while_composing(page: Page, house: House) -> None:
    expect(page.locator(".pick").first).to_be_enabled()
    page.fill("#question", "one")
    page.press("#question", "Shift+Enter")
    page.locator("#question").evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(page.locator(".asked")).to_have_count(0)
    page.keyboard.type("two")
    page.press("#question", "Enter")
    expect(page.locator(".reply")).to_have_count(1)
    assert house.assistant.asked[0][0] == "one\ntwo"
    expect(page.locator("#question")).to_have_value("")


def test_a_conversation_goes_on_after_a_reload_and_ends_when_told(page: Page, house: House) -> None:
    _ask(page, QUESTION)
    expect(page.locator(".reply")).to_have_count(1)
    page.reload()
    expect(page.locator(".reply .card")).to_have_count(3)
    _ask(page, "And then?")
    expect(page.locator(".reply")).to_have_count(2)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome")).to_be_visible()
    _ask(page, "Anew")
    expect(page.locator(".reply")).to_have_count(1)
    first, then, anew = (conversation for _, conversation, _ in house.assistant.asked)
    assert first == then != anew


def test_not_covered_and_clarify_look_different_from_an_answer(page: Page) -> None:
    _ask(page, "weather")
    expect(page.locator(".reply.not_covered h3").first).to_have_text("Not in the documents")
    expect(page.locator(".cite")).to_have_count(0)
    page.locator(".next .pick").first.click()
    expect(page.locator(".card")).to_have_count(3)
    _ask(page, "which country")
    expect(page.locator(".reply.clarify h3").first).to_have_text("One more detail is needed")


def test_a_failure_keeps_the_question_and_offers_to_try_again(page: Page) -> None:
    fails = True

    def maybe(route: object) -> None:
        route.abort() if fails else route.continue_()  # type: ignore[attr-defined]

    page.route("**/api/v1/ask", maybe)
    _ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    fails = False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".asked")).to_have_count(1)
    _ask(page, "crash")
    expect(page.get_by_role("alert")).to_contain_text("could not be made")


def test_while_indexing_a_bar_tells_how_far_and_the_field_opens_afterwards(page: Page, house: House) -> None:
    house.readiness.now = ReadinessState(False, "indexing", 3, 12, "indexing 3 of 12 documents")
    page.reload()
    expect(page.locator("#waiting")).to_contain_text("indexing 3 of 12")
    page.fill("#question", QUESTION)
    expect(page.locator("#send")).to_be_disabled()
    house.readiness.now = ReadinessState(True, "ready", 12, 12)
    expect(page.locator("#waiting")).to_be_hidden()
    page.locator("#send").click()
    expect(page.locator(".card")).to_have_count(3)


def test_the_keyboard_reaches_everything(page: Page) -> None:
    _ask(page, QUESTION)
    page.locator(".says .cite").first.press("Enter")
    expect(page.locator(".card").first).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Read in the document")
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


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
