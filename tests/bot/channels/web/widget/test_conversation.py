"""W7 to W9, W14 to W19, W21 and W22 of the checklist: asking, reading, checking, and what happens when things break."""

import re
import threading
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Response, Route, expect

from bot.channels.web.allowance import Rate
from bot.channels.web.ports import ReadinessState
from bot.channels.web.public import Limits
from tests.bot.channels.web.fakes import SITE_KEY
from tests.bot.channels.web.test_browser import CHROMIUM
from tests.bot.channels.web.widget.conftest import QUESTION, Site, Talker, Visitors, ask, axe, element

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]
FOCUSED = "e => e.shadowRoot.activeElement?.className || e.shadowRoot.activeElement?.localName || null"
QUICK = "e => { e.constructor.patience.tries = [20, 40, 80] }"


def test_w07_the_keyboard_does_everything(site: Site, visitor: Visitors) -> None:
    page = visitor().open(site.page())
    launcher = page.locator(".launcher")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(launcher).to_have_attribute("aria-expanded", "true")
    panel = str(launcher.get_attribute("aria-controls"))
    expect(page.locator(f"#{panel}")).to_be_visible()
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.locator("textarea").evaluate(
        """field => { field.dispatchEvent(new CompositionEvent('compositionstart', {data: 'ni', bubbles: true}));
        field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}));
        field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true})); }"""
    )
    expect(page.locator(".asked")).to_have_count(0)
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".source")).to_have_count(3)
    assert site.house.assistant.asked[0][0].split() == ["one", "two"]
    assert page.locator(".asked").evaluate("e => e.lastChild.data") == "one\ntwo"
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if "cite" in (element(page, FOCUSED) or ""):
            break
    assert "cite" in element(page, FOCUSED)
    page.keyboard.press("Enter")
    assert element(page, FOCUSED) == "head"
    expect(page.locator(".source.open.lit")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator(".source.open a").first).to_be_focused()
    page.keyboard.press("Escape")
    assert "cite" in element(page, FOCUSED)
    expect(page.locator(".source.open")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    assert element(page, FOCUSED) == "launcher"


def test_w08_on_a_desk_the_page_stays_reachable_and_on_a_phone_it_waits(site: Site, visitor: Visitors) -> None:
    body = f"<button id=before>Before</button><div id=wrap><p>x</p>{site.script}</div><button id=after inert>After</button>"
    page = visitor().chat(site.page(body))
    expect(page.locator(".panel")).to_have_attribute("role", "dialog")
    assert page.locator(".panel").get_attribute("aria-modal") is None
    assert page.locator("[inert]").count() == 1
    reached = set()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.localName"))
    assert {"before", "consult-chat"} <= reached
    phone = visitor(width=390, height=780).chat(site.page(body))
    expect(phone.locator(".panel")).to_have_attribute("aria-modal", "true")
    assert phone.locator("#before").evaluate("e => e.inert")
    assert phone.locator("#wrap").evaluate("e => e.inert")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            phone.keyboard.press(key)
            assert phone.evaluate("document.activeElement.localName") == "consult-chat"
    phone.keyboard.press("Escape")
    assert phone.locator("[inert]").count() == 1
    assert element(phone, FOCUSED) == "launcher"
    assert phone.evaluate("document.documentElement.getAttribute('style')") is None


def test_w09_a_screen_reader_hears_the_beginning_and_the_end(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    element(
        page,
        """e => { window.spoken = []; const root = e.shadowRoot; const live = '[role=status], [role=alert], [aria-live]';
          new MutationObserver((changes) => { for (const { target } of changes) { const near = target.nodeType === 1 ? target : target.parentElement;
            if (near?.closest(live) && near.closest(live).textContent) spoken.push(near.closest(live).textContent); } })
            .observe(root, {subtree: true, childList: true, characterData: true}); }""",
    )
    ask(page, "chunks 200")
    expect(page.locator(".source")).to_have_count(3)
    spoken = page.evaluate("spoken")
    assert len(spoken) == 2
    assert spoken[0] == "Answering…"
    assert spoken[1].startswith("The CBAM declaration for a calendar year")
    assert spoken[1].endswith("(3 sources)")
    assert page.locator(".log [aria-live], .log[aria-live], .log[role=log]").count() == 0
    ask(page, "crash")
    expect(page.locator("[role=alert]")).to_contain_text("Something went wrong")


def test_w14_words_appear_as_they_come_and_stop_stops(site: Site, visitor: Visitors) -> None:
    site.house.assistant.pause = 0.004
    page = visitor().chat(site.page())
    ask(page, "chunks 9000")
    expect(page.locator(".words")).to_contain_text("word300")
    # The question does not leave the top; and whoever scrolls is not pulled back.
    top = "log => log.querySelector('.asked').getBoundingClientRect().top - log.getBoundingClientRect().top"
    assert page.locator(".log").evaluate(top) >= 0
    page.locator(".log").evaluate("log => log.scrollTo(0, 90)")
    expect(page.locator(".words")).to_contain_text("word500")
    assert page.locator(".log").evaluate("log => log.scrollTop") == 90
    page.locator(".latest").click()
    expect(page.locator(".words")).to_contain_text("word800")
    left = "log => log.scrollHeight - log.clientHeight - log.scrollTop"
    assert page.locator(".log").evaluate(left) < 60
    told = page.locator(".send").evaluate(
        "send => { send.click(); return Boolean(send.getRootNode().querySelector('.stopped')); }"
    )
    assert told  # within the very click
    for _ in range(100):
        if site.house.assistant.closed:
            break
        page.wait_for_timeout(20)
    assert site.house.assistant.closed == 1
    assert site.house.memory.kept == []
    site.house.assistant.pause = 0
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)


def test_w14_the_first_words_are_shown_before_there_are_more(site: Site, visitor: Visitors) -> None:
    """Causes, not milliseconds: the server waits until the first word is on the screen. ``make bench`` has the figures."""
    talker = site.house.assistant
    assert isinstance(talker, Talker)
    talker.gate = threading.Event()
    page = visitor().chat(site.page())
    ask(page, "chunks 50")
    expect(page.locator(".words")).to_have_text("word0")
    talker.gate.set()
    expect(page.locator(".source")).to_have_count(3)


def test_w14_many_words_are_painted_once_a_frame_and_only_what_is_new(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    element(
        page,
        """e => { window.frames = 0; window.paints = []; window.rebuilt = 0;
          const frame = () => { frames += 1; requestAnimationFrame(frame); }; requestAnimationFrame(frame);
          let length = 0;
          new MutationObserver((changes) => {
            const words = e.shadowRoot.querySelector('.words');
            const mine = changes.filter((change) => words?.contains(change.target));
            if (!mine.length) return;
            paints.push(words.textContent.length - length);
            length = words.textContent.length;
            rebuilt += mine.filter((change) => change.removedNodes.length).length;
          }).observe(e.shadowRoot, {subtree: true, childList: true, characterData: true}); }""",
    )
    ask(page, "chunks 2000")
    expect(page.locator(".source")).to_have_count(3, timeout=60_000)
    frames, paints, rebuilt = page.evaluate("[frames, paints, rebuilt]")
    assert 0 < len(paints) <= frames
    assert all(grown > 0 for grown in paints)
    assert rebuilt == 0


def _resumes(site: Site, page: Page, cuts: list[int], expected: str) -> None:
    site.faults.cuts = list(cuts)
    before = site.faults.asked("POST /api/v1/messages")
    turns = page.locator(".reply[data-outcome]").count()
    ask(page, QUESTION)
    expect(page.locator(".reply[data-outcome]")).to_have_count(turns + 1)
    site.faults.cuts = []  # an answer that was complete before its asker came back is read from the conversation
    assert page.locator(".says").last.inner_text() == expected
    assert page.locator(".failed").count() == 0
    assert site.faults.asked("POST /api/v1/messages") == before + 1


def _unbroken(site: Site, page: Page) -> tuple[str, int]:
    element(page, QUICK)
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    words = len(site.house.memory.kept[-1].text.split(" "))
    return page.locator(".says").last.inner_text(), words + 14


def test_w15_an_answer_survives_broken_connections(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    expected, events = _unbroken(site, page)
    for cuts in ([0], [0, 0], [1, 1], [3, 5], [events // 2, 2], [events - 8, 3]):
        _resumes(site, page, cuts, expected)


@pytest.mark.slow
def test_w15_wherever_the_connection_breaks_and_breaks_again(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    expected, events = _unbroken(site, page)
    for first in range(events - 4):
        _resumes(site, page, [first], expected)
        _resumes(site, page, [first, 1], expected)
        if first % 20 == 0:
            page.evaluate("consultChat.newConversation()")
    assert events > 40


def test_w15_a_server_that_stays_away_is_given_up_and_the_question_kept(site: Site, visitor: Visitors) -> None:
    site.house.assistant.pause = 0.05
    page = visitor().chat(site.page())
    element(page, QUICK)
    site.faults.cuts = [5]
    page.route("**/api/v1/runs/**", lambda route: route.abort())
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_contain_text("cannot be reached")
    expect(page.locator("textarea")).to_have_value(QUESTION)
    page.unroute("**/api/v1/runs/**")
    page.locator(".retry").click()
    expect(page.locator(".source")).to_have_count(3)
    # The same key: what had been asked once was not answered twice.
    assert len(site.house.memory.kept) == 1


def test_w16_reload_and_second_tab(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    page = anna.chat(site.page())
    for question in (QUESTION, "weather"):
        ask(page, question)
        expect(page.locator(".reply[data-outcome]").last).to_be_visible()
        expect(page.locator(".waiting")).to_have_count(0)
    before = element(page, "e => e.shadowRoot.querySelector('.turns').innerText")
    site.house.assistant.pause = 0.02
    ask(page, "chunks 60")
    expect(page.locator(".words")).to_contain_text("word5")
    second = anna.chat(site.page())
    expect(second.locator(".asked")).to_have_count(3)
    page.reload()
    expect(page.locator(".asked")).to_have_count(3)
    for tab in (page, second):
        text = element(tab, "e => e.shadowRoot.querySelector('.turns').innerText")
        assert text.startswith(before.strip()[:200])
        expect(tab.locator(".words")).to_contain_text("word0 ")
    for tab in (page, second):
        expect(tab.locator(".source")).to_have_count(6)
        expect(tab.locator(".asked")).to_have_text(
            [re.compile(QUESTION[:-1]), re.compile("weather"), re.compile("chunks")]
        )
    assert site.faults.asked("POST /api/v1/messages") == 3
    assert site.faults.asked("POST /api/v1/session") == 1
    site.house.assistant.pause = 0
    ask(second, QUESTION)
    expect(page.locator(".source")).to_have_count(9)
    page.locator(".fresh").click()
    expect(second.locator(".hello")).to_be_visible()


def test_w16_a_conversation_comes_back_by_one_request_and_at_once(site: Site, visitor: Visitors) -> None:
    """Causes, not milliseconds: ``make bench`` has the figures."""
    page = visitor().chat(site.page())
    for number in range(1, 4):
        ask(page, QUESTION)
        expect(page.locator(".reply[data-outcome]")).to_have_count(number)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    site.faults.log.clear()
    seen = element(
        page,
        """e => new Promise((done) => { e.open(); const seen = []; const turns = e.shadowRoot.querySelector('.turns');
        new MutationObserver(() => { seen.push(turns.querySelectorAll('.source').length);
          if (seen.at(-1) === 9) requestAnimationFrame(() => done(seen)); }).observe(turns, {childList: true}); })""",
    )
    assert seen == [9]  # nothing was shown by halves
    asked = [line for line in site.faults.log if not line.startswith("OPTIONS")]
    assert len(asked) == 1
    assert asked[0].startswith("GET /api/v1/conversations/c-")


def test_w17_every_number_opens_the_words_behind_it(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    page = anna.chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".says .cite")).to_have_text(["1", "1", "2", "1", "3", "3"])
    first = page.locator(".cite").first
    expect(first).to_have_attribute("title", re.compile("Guidance on the Carbon Border"))
    assert first.evaluate("e => e.localName") == "button"
    first.click()
    card = page.locator(".source.open")
    for shown in (
        "Guidance on the Carbon Border Adjustment Mechanism for exporters", "European Commission", "2 March 2026",
        "Deadlines › Annual declaration", "by 30 September of each year", "check the date",
    ):  # fmt: skip
        expect(card).to_contain_text(shown)
    with anna.context.expect_page() as opened:
        card.get_by_role("link", name="Read in the document").click()
    source = opened.value
    expect(source.locator("#p2 mark")).to_contain_text("by 30 September of each year.")
    expect(source.locator("#p2")).to_be_in_viewport()
    # The note stands after the last sentence it concerns.
    order = page.locator(".says > *").evaluate_all("all => all.map((e) => e.dataset.kind || 'sentence')")
    assert order == ["sentence", "sentence", "dated", "sentence", "other_language"]


def test_w17_a_number_without_a_source_is_never_shown(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    broken = """e => { const view = e.chat.views[0]; const answer = structuredClone(view.answer);
      answer.statements[0].citations = [9, 1, 1, -1, null, 'x']; answer.citations = answer.citations.slice(0, 1);
      answer.notes[1].citations = [3]; e.chat.show([{question: 'q', answer, feedback: null}]); }"""
    element(page, broken)
    expect(page.locator(".cite")).to_have_text(["1", "1", "1"])
    expect(page.locator(".source")).to_have_count(1)


def test_w19_feedback_is_given_reasoned_taken_back_and_kept(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    ratings = site.house.memory.ratings
    up, down = page.locator(".up"), page.locator(".down")
    expect(up).to_have_attribute("aria-pressed", "false")
    up.click()
    expect(page.locator(".said")).to_have_text("Thank you.")
    expect(up).to_have_attribute("aria-pressed", "true")
    assert [rating.helpful for rating in ratings.values()] == [True]
    up.click()
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".said")).to_have_text("")
    assert [rating.helpful for rating in ratings.values()] == [None]
    down.click()
    page.get_by_role("button", name="It is outdated").click()
    page.locator(".reasons input").fill("The figure is of 2024")
    page.locator(".reasons input").press("Enter")
    expect(page.locator(".reasons")).to_be_hidden()
    expect(page.locator(".said")).to_have_text("Thank you.")
    assert [(r.helpful, r.reason) for r in ratings.values()] == [(False, "It is outdated; The figure is of 2024")]
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Ask a person").click()
    expect(page.locator(".said")).to_have_text("Your question has been passed on to the staff.")
    assert len(site.house.memory.handed_over) == 1
    page.route("**/api/v1/feedback", lambda route: route.abort())
    up.click()
    expect(page.locator(".said")).to_have_text("This could not be sent. Please try again.")
    expect(up).to_have_attribute("aria-pressed", "false")


def test_w19_an_answer_is_copied_with_its_sources(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = anna.chat(site.page())
    ask(page, QUESTION)
    page.locator(".copy").click()
    expect(page.locator(".said")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("The CBAM declaration for a calendar year is due by 30 September of the next year. [1]")
    assert (
        f"[1] Guidance on the Carbon Border Adjustment Mechanism for exporters, European Commission, 2026-03-02, § Deadlines › Annual declaration {site.bot}/sources/"
        in copied
    )


def test_w20_only_named_origins_get_a_session_or_a_frame(site: Site, visitor: Visitors) -> None:
    stranger = site.host.replace("localhost", "127.0.0.1")
    visitors = visitor
    visitors.expected = "Failed to load resource|CORS policy|frame-ancestors"
    address = site.page()
    page = visitors().chat(address.replace(site.host, stranger))
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_be_visible()
    expect(page.locator("textarea")).to_have_value(QUESTION)
    assert site.faults.asked("POST /api/v1/messages") == 0
    assert site.house.assistant.asked == []
    begin = f"{site.bot}/api/v1/session"
    for origin in (stranger, None, "null"):
        headers = {"origin": origin} if origin else {}
        response = httpx.post(begin, json={"site_key": SITE_KEY}, headers=headers)
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers
        assert "origin" in response.headers["vary"].lower()
    framed = site.page(f"<iframe src='{site.bot}/chat' width=500 height=600></iframe>", path="/framed")
    inside = visitors().open(framed).frame_locator("iframe")
    expect(inside.locator(".pick").first).to_be_visible()
    inside.locator(".pick").first.click()
    expect(inside.locator(".source")).to_have_count(3)
    outside = visitors().open(framed.replace(site.host, stranger))
    outside.wait_for_timeout(200)
    expect(outside.frame_locator("iframe").locator("consult-chat")).to_have_count(0)
    policy = httpx.get(f"{site.bot}/chat").headers["content-security-policy"]
    assert f"frame-ancestors 'self' {site.host}" in policy


def test_w21_a_limit_is_told_in_the_visitors_language_with_one_button(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page(lang="zh"))
    told: dict[str, Any] = {
        "status": 429,
        "headers": {
            "retry-after": "2",
            "access-control-allow-origin": site.host,
            "access-control-expose-headers": "retry-after",
        },
        "json": {"status": 429, "code": "too_many_session", "detail": "您在短时间内提问过多，请在 2 秒后重试。"},
    }
    page.route("**/api/v1/messages", lambda route: route.fulfill(**told))
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_contain_text("您在短时间内提问过多")
    expect(page.locator(".retry")).to_be_disabled()
    expect(page.locator(".retry")).to_have_text(re.compile("秒后重试"))
    page.unroute("**/api/v1/messages")
    expect(page.locator(".retry")).to_be_enabled()
    page.locator(".retry").click()
    expect(page.locator(".reply[data-outcome]")).to_have_count(1)


# To the address, the session and the examples count a quarter each.
@pytest.mark.parametrize(
    ("house", "code", "words"),
    [
        (Limits(session=(Rate(2, 60),)), "limit_session", "Вы задали много вопросов за короткое время."),
        (Limits(site=(Rate(2, 86_400),)), "limit_site", "Лимит вопросов для этого сайта пока исчерпан."),
        (Limits(address=(Rate(3, 60),)), "limit_address", "Из вашей сети поступило слишком много запросов."),
    ],
    indirect=["house"],
)
def test_w21_each_limit_holds_and_shows_no_insides(site: Site, visitor: Visitors, code: str, words: str) -> None:
    page = visitor().chat(site.page(lang="ru"))
    expect(page.locator(".pick").first).to_be_visible()
    for number in (1, 2):
        ask(page, QUESTION)
        expect(page.locator(".reply[data-outcome]")).to_have_count(number)
    refused: list[Response] = []
    page.on("response", lambda response: refused.append(response) if response.status == 429 else None)
    ask(page, "weather")
    failed = page.locator(".failed")
    expect(failed).to_contain_text(words)
    assert refused[-1].json()["code"] == code
    assert int(refused[-1].headers["retry-after"]) > 0
    assert "Traceback" not in failed.inner_text()
    expect(page.locator(".retry")).to_have_count(1)
    expect(page.locator(".retry")).to_have_text(re.compile(r"Повторить через \d+ с"))
    expect(page.locator(".retry")).to_be_disabled()
    expect(page.locator("textarea")).to_have_value("weather")
    assert [question for question, *_ in site.house.assistant.asked] == [QUESTION] * 2


@pytest.mark.parametrize("how", ["offline", "500", "late"])
def test_w22_a_failure_keeps_the_question_and_sends_nothing_twice(site: Site, visitor: Visitors, how: str) -> None:
    page = visitor().chat(site.page())
    keys: list[str | None] = []
    broken = True

    def maybe(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers.get("idempotency-key"))
        if not broken:
            route.continue_()
        elif how == "offline":
            route.abort()
        elif how == "500":
            route.fulfill(status=500, body="Traceback: secret", headers={"access-control-allow-origin": site.host})

    page.route("**/api/v1/messages", maybe)
    if how == "late":
        element(page, "e => { e.constructor.patience.reply = 200 }")
    ask(page, QUESTION)
    failed = page.locator(".failed")
    expect(failed).to_have_count(1)
    expect(failed.locator("button")).to_have_count(1)
    assert "Traceback" not in failed.inner_text()
    expect(page.locator("textarea")).to_have_value(QUESTION)
    expect(page.locator(".asked")).to_have_count(0)
    assert len(keys) == 1
    broken = False
    element(page, "e => { e.constructor.patience.reply = 30000 }")
    page.locator(".retry").click()
    expect(page.locator(".source")).to_have_count(3)
    expect(page.locator(".failed")).to_have_count(0)
    expect(page.locator("textarea")).to_have_value("")
    assert len(keys) == 2
    assert all(keys)
    assert (keys[0] == keys[1]) is (how != "500")
    assert len(site.house.assistant.asked) == 1


def test_w22_an_edited_question_is_another_and_the_same_one_is_not(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    sent: list[tuple[str, str]] = []

    def lost(route: Route) -> None:
        # It reaches the service; only the answer is lost on the way.
        sent.append((route.request.headers["idempotency-key"], str((route.request.post_data_json or {})["question"])))
        if len(sent) % 2:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/messages", lost)
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_be_visible()
    page.locator("textarea").fill("weather")
    page.locator(".retry").click()
    expect(page.locator(".reply[data-outcome=not_covered]")).to_have_count(1)
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_be_visible()
    page.locator("textarea").press("Enter")  # the same words, by the keyboard instead of the button
    expect(page.locator(".source")).to_have_count(3)
    assert [question for _, question in sent] == [QUESTION, "weather", QUESTION, QUESTION]
    first, edited, third, same = (key for key, _ in sent)
    assert third == same
    assert len({first, edited, third}) == 3


def test_w16_what_one_tab_forgot_no_other_brings_back(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    page, second = anna.chat(site.page()), anna.chat(site.page())
    ask(page, QUESTION)
    expect(second.locator(".source")).to_have_count(3)
    stored = "() => Object.values(localStorage).join()"
    token = element(page, "e => e.keep.get('token')")
    assert token in page.evaluate(stored)
    site.house.assistant.pause = 0.05
    ask(second, "chunks 200")
    expect(second.locator(".words")).to_contain_text("word3")
    page.evaluate("consultChat.reset()")
    for tab in (page, second):
        expect(tab.locator(".hello")).to_be_visible()
        expect(tab.locator(".asked")).to_have_count(0)
    assert token not in page.evaluate(stored)
    site.house.assistant.pause = 0
    second.locator(".language").select_option("ru")  # it keeps something: what was forgotten stays so
    ask(second, "weather")
    expect(second.locator(".reply[data-outcome]")).to_have_count(1)
    assert token not in page.evaluate(stored)
    assert len(site.house.memory.turns(site.house.assistant.asked[-1][1] or "")) == 1
    page.reload()
    expect(page.locator(".asked")).to_have_count(1)


def test_it_is_kept_in_memory_where_the_browser_keeps_nothing(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    anna.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    page = anna.chat(site.page())
    for number in (1, 2):
        ask(page, QUESTION)
        expect(page.locator(".reply[data-outcome]")).to_have_count(number)
    assert site.faults.asked("POST /api/v1/session") == 1
    assert len({conversation for _, conversation, _ in site.house.assistant.asked}) == 1


def test_w15_an_answer_is_found_again_though_its_question_had_invisible_signs(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    element(page, QUICK)
    question = "When is the\u200b annual\u2066 CBAM\u2069 declaration\u00ad due?"
    site.house.assistant.cleans = True
    site.faults.cuts = [2]
    page.route(
        "**/api/v1/runs/**", lambda route: route.fulfill(status=204, headers={"access-control-allow-origin": site.host})
    )
    ask(page, question)
    expect(page.locator(".source")).to_have_count(3)
    assert site.faults.asked("POST /api/v1/messages") == 1


def test_as_what_a_follow_up_was_understood_is_shown_above_its_answer(site: Site, visitor: Visitors) -> None:
    site.house.assistant.understood_as = "When is the <b>declaration</b> due in Uzbekistan?"
    page = visitor().chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    expect(page.locator(".understood")).to_have_count(0)
    ask(page, "and in Uzbekistan?")
    expect(page.locator(".understood")).to_have_text("Understood as: When is the <b>declaration</b> due in Uzbekistan?")
    assert axe(page) == []
    page.locator(".language").select_option("zh")
    expect(page.locator(".understood")).to_have_text("理解为：When is the <b>declaration</b> due in Uzbekistan?")
    page.reload()
    expect(page.locator(".understood")).to_have_count(1)


def test_while_documents_are_read_a_bar_tells_how_far(site: Site, visitor: Visitors) -> None:
    site.house.readiness.now = ReadinessState(False, "indexing", 3, 12, "indexing 3 of 12 documents")
    page = visitor().chat(site.page())
    expect(page.locator(".progress")).to_contain_text("3 of 12")
    ask(page, QUESTION)
    expect(page.locator(".failed")).to_be_visible()
    expect(page.locator("textarea")).to_have_value(QUESTION)
    site.house.readiness.now = ReadinessState(True, "ready", 12, 12)
    expect(page.locator(".progress")).to_be_hidden()
    page.locator(".retry").click()
    expect(page.locator(".source")).to_have_count(3)


def test_a_conversation_is_deleted_only_when_that_was_meant(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    expect(page.locator(".remove")).to_be_hidden()
    ask(page, QUESTION)
    page.locator(".remove").click()
    expect(page.locator(".remove")).to_have_text("Delete for good?")
    assert len(site.house.memory.kept) == 1
    page.locator(".remove").click()
    expect(page.locator(".hello")).to_be_visible()
    assert site.house.memory.kept == []
    page.reload()
    expect(page.locator(".hello")).to_be_visible()


def test_a_token_that_is_too_old_is_made_fresh_unseen(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    element(page, "e => e.keep.set({token: 'expired'})")
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    assert site.faults.asked("POST /api/v1/session") == 1
    assert len(site.house.assistant.asked) == 1
