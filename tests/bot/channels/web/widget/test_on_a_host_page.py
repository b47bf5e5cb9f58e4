"""W1 to W6, W10 to W13, W23 and W24 of the checklist: what the widget weighs, how it looks, what it leaves alone."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from bot.channels.web import widget_bundle
from bot.channels.web.widget_bundle import FETCHED, MODULES, catalogue, embed_script
from tests.bot.channels.web.test_browser import CHROMIUM
from tests.bot.channels.web.widget.conftest import QUESTION, Site, Visitors, ask, axe, element, tasks_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]

WIDGET = Path(widget_bundle.__file__).parent / "widget"
ACCENTS = (
    "#000000", "#ffffff", "#0d6b5c", "#ffd400", "#ff0000", "#00ff00", "#0000ff", "#777777", "#f5c2e7", "#003366",
    "oklch(70% 0.2 150)", "rebeccapurple",
)  # fmt: skip
HOSTILE = {
    "all unset": "* { all: unset !important }",
    "buttons away": "button, textarea, section, header { display: none !important } consult-chat { opacity: .1 }",
    "tiny root": "html { font-size: 8px !important; line-height: 3 } body { letter-spacing: 1em; text-transform: uppercase }",
    "z-index wars": "body > div { position: fixed; inset: 0; z-index: 2147482999; background: #fffa } body { direction: rtl }",
    "transforms": "consult-chat { display: block; transform: rotate(10deg); filter: blur(3px); width: 10px; overflow: hidden }",
}
LOOK = """() => {
  const root = document.querySelector('consult-chat').shadowRoot;
  return ['.launcher', '.panel', '.title', 'textarea', '.send', '.pick'].map((name) => {
    const part = root.querySelector(name), box = part.getBoundingClientRect(), style = getComputedStyle(part);
    return [name, box.x, box.y, box.width, box.height, style.fontSize, style.lineHeight, style.letterSpacing,
      style.textTransform, style.color, style.backgroundColor, style.display, style.opacity, style.direction];
  });
}"""


def test_w01_one_small_script_and_no_third_party(site: Site, visitor: Visitors) -> None:
    response = httpx.get(f"{site.bot}/embed.js", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) <= 25_000
    assert len(response.content) <= 80_000
    for language in FETCHED:
        assert len(gzip.compress(catalogue(language).content)) <= 2_048
    addresses = set(re.findall(r"https?://[\w.-]+", response.text))
    assert addresses == {"http://www.w3.org"}  # the name of SVG, which nobody fetches
    anna = visitor()
    page = anna.chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    assert [url for url in anna.requests if not url.startswith((site.bot, site.host))] == []
    again = httpx.get(f"{site.bot}/embed.js", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


def test_w01_the_modules_are_modules_that_can_stand_in_one_script() -> None:
    sources = {name: (WIDGET / f"{name}.js").read_text("utf-8") for name in MODULES}
    assert sorted(sources) == sorted(path.stem for path in WIDGET.glob("*.js"))
    names = [
        name
        for text in sources.values()
        for name in re.findall(r"^(?:export )?(?:const|let|class|(?:async )?function\*?) (\w+)", text, re.MULTILINE)
    ]
    assert sorted(names) == sorted(set(names))
    for place, text in enumerate(sources.values()):
        assert set(re.findall(r'^import .*? from "\./(\w+)\.js";', text, re.MULTILINE)) <= set(MODULES[:place])
    text = embed_script().content.decode()
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    for sink in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert sink not in text


def test_w02_closed_it_costs_one_request_and_moves_nothing(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    page = anna.context.new_page()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.moved += "
        "entry.value; }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(site.page())
    expect(page.locator(".launcher")).to_be_visible()
    page.wait_for_timeout(300)
    assert site.faults.log == ["GET /embed.js"]
    assert page.evaluate("moved") == 0
    assert page.locator(".panel").count() == 0


@pytest.mark.slow
def test_w02_no_task_of_it_is_long_beside_those_of_the_page_itself(site: Site, visitor: Visitors) -> None:
    """In processor time, which a busy machine does not lengthen, and beside the same page without it."""
    bare, embedded = site.page("<h1>Our company</h1><p>We sell steel.</p>", path="/bare"), site.page()
    pairs = [tuple(max(tasks_of(visitor().context.new_page(), page)) for page in (embedded, bare)) for _ in range(3)]
    assert min(ours / theirs for ours, theirs in pairs) <= 2, pairs


def test_w02_its_work_is_cut_into_tasks(site: Site, visitor: Visitors) -> None:
    """The script defines; a task of its own inserts; nothing of the panel is made before it is opened."""
    page = visitor().context.new_page()
    page.add_init_script(
        "const define = customElements.define.bind(customElements); window.order = []; "
        "customElements.define = (...given) => { order.push(document.currentScript === null); define(...given); }"
    )
    page.goto(site.page())
    expect(page.locator(".launcher")).to_be_visible()
    assert page.evaluate("order") == [True]  # no longer within the script that was loaded
    assert element(page, "e => e.shadowRoot.adoptedStyleSheets.length") == 2
    assert element(page, "e => e.shadowRoot.querySelectorAll('*').length") < 12


@pytest.mark.parametrize("name", HOSTILE)
def test_w03_hostile_styles_do_not_reach_it(site: Site, visitor: Visitors, name: str) -> None:
    def looks(style: str) -> Any:
        page = visitor().chat(site.page(f"<div>Host</div>{site.script}", head=f"<style>{style}</style>"))
        expect(page.locator(".pick").first).to_be_visible()
        page.wait_for_timeout(50)
        on_top = page.evaluate(
            "() => ['.launcher', '.send'].map((name) => { const box = document.querySelector('consult-chat').shadowRoot"
            ".querySelector(name).getBoundingClientRect(); return document.elementFromPoint(box.x + box.width / 2, "
            "box.y + box.height / 2).localName; })"
        )
        assert on_top == ["consult-chat", "consult-chat"]
        return page.evaluate(LOOK)

    assert looks(HOSTILE[name]) == looks("")


def test_w03_the_host_page_is_left_as_it_was(site: Site, visitor: Visitors) -> None:
    state = (
        "() => ({styles: [...document.querySelectorAll('html, body, h1, p, button')].map((e) => "
        "JSON.stringify(Object.fromEntries([...getComputedStyle(e)].map((n) => [n, getComputedStyle(e)[n]])))), "
        "title: document.title, history: history.length, scroll: scrollY, head: document.head.children.length, "
        "attributes: [...document.documentElement.attributes, ...document.body.attributes].map((a) => a.name)})"
    )
    body = "<h1>Host</h1><button>Mine</button><p style='height: 3000px'>Long</p>"
    bare = visitor().open(site.page(body))
    bare.evaluate("scrollTo(0, 500)")
    page = visitor().open(site.page(body + site.script))
    page.evaluate("scrollTo(0, 500)")
    expect(page.locator(".launcher")).to_be_visible()
    assert page.evaluate(state) == bare.evaluate(state)
    names = "Object.getOwnPropertyNames(window)"
    assert set(page.evaluate(names)) - set(bare.evaluate(names)) == {"consultChat"}
    page.locator(".launcher").click()
    page.locator(".close").click()
    assert page.evaluate(state) == bare.evaluate(state)


def test_w04_a_strict_policy_is_not_violated(site: Site, visitor: Visitors) -> None:
    policy = (
        f"default-src 'none'; script-src 'nonce-n1'; connect-src {site.bot}; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    listener = (
        "<script nonce=n1>window.violations = []; document.addEventListener('securitypolicyviolation', (event) => "
        "violations.push(event.violatedDirective + ' ' + event.sourceFile))</script>"
    )
    address = site.page(f"<h1>Host</h1>{site.tag('nonce=n1')}", head=listener, content_security_policy=policy)
    page = visitor().chat(address)
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    expect(page.locator(".source.open blockquote")).to_be_visible()
    kept = page.locator(".source.open blockquote").evaluate("quote => getComputedStyle(quote).whiteSpace")
    assert kept == "pre-line", "each item of a list stands on a line of its own"
    page.locator(".down").click()
    page.locator(".copy").click()
    assert page.evaluate("violations") == []
    assert page.locator(".panel").evaluate("panel => getComputedStyle(panel).position") == "fixed"


def _states(page: Page, site: Site, check: Any) -> None:
    """Takes a page with a closed widget through its states."""
    check("closed")
    page.locator(".launcher").click()
    expect(page.locator(".pick").first).to_be_visible()
    check("empty")
    site.house.assistant.pause = 0.2
    ask(page, QUESTION)
    expect(page.locator(".words")).not_to_be_empty()
    check("streaming")
    page.locator(".send").click()
    site.house.assistant.pause = 0.0
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    page.locator(".cite").first.click()
    page.locator(".down").click()
    expect(page.locator(".reasons")).to_be_visible()
    check("with sources")
    ask(page, "crash")
    expect(page.locator(".failed")).to_be_visible()
    check("error")


def test_w05_axe_finds_nothing_in_any_state(site: Site, visitor: Visitors) -> None:
    page = visitor().open(site.page())
    expect(page.locator(".launcher")).to_be_visible()
    found: dict[str, list[str]] = {}
    _states(page, site, lambda state: found.update({state: axe(page)}))
    assert found == {state: [] for state in ("closed", "empty", "streaming", "with sources", "error")}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh", "ru", "ar"])
def test_w05_axe_matrix(site: Site, visitor: Visitors, scheme: str, language: str) -> None:
    page = visitor(color_scheme=scheme).open(site.page(lang=language))
    expect(page.locator(".root")).to_have_attribute("lang", language)
    found: dict[str, list[str]] = {}
    _states(page, site, lambda state: found.update({state: axe(page)}))
    assert [text for texts in found.values() for text in texts] == []
    assert len(found) == 5


@pytest.mark.parametrize("path", ["/", "/demo", "/privacy", "/sources/policy/cbam%20reporting.md?p=2"])
def test_w05_axe_finds_nothing_on_our_own_pages(site: Site, visitor: Visitors, path: str) -> None:
    page = visitor().open(site.bot + path)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_w06_any_brand_colour_can_be_read(site: Site, visitor: Visitors, scheme: str) -> None:
    page = visitor(color_scheme=scheme).chat(site.page())
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    page.locator("textarea").fill("next")
    for accent in ACCENTS:
        element(page, "(e, accent) => e.setAttribute('accent', accent)", accent)
        assert axe(page, "color-contrast") == [], accent
        ratio = page.evaluate(
            """() => {
              const root = document.querySelector('consult-chat').shadowRoot;
              const light = (css) => { const [r, g, b] = css.match(/[\\d.]+/g).map((v) => { v /= 255;
                return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
              const colour = (name, what) => light(getComputedStyle(root.querySelector(name))[what]);
              const pairs = [['.send', 'backgroundColor', '.asking', 'backgroundColor'], ['.launcher', 'color', '.launcher', 'backgroundColor'],
                ['.asking', 'borderTopColor', '.asking', 'backgroundColor']];
              return Math.min(...pairs.map(([a, x, b, y]) => { const [low, high] = [colour(a, x), colour(b, y)].sort((p, q) => p - q);
                return (high + .05) / (low + .05); }));
            }"""
        )
        assert ratio >= 3, accent


def test_w10_nothing_moves_for_those_who_want_it_still(site: Site, visitor: Visitors) -> None:
    site.house.assistant.pause = 0.05
    for wish, moves in (("reduce", False), ("no-preference", True)):
        page = visitor(reduced_motion=wish).chat(site.page())
        ask(page, "chunks 40")
        expect(page.locator(".words")).not_to_be_empty()
        assert (element(page, "e => e.shadowRoot.getAnimations().length") > 0) is moves
        page.locator(".send").click()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256)])
def test_w11_it_can_be_used_at_320_pixels_and_at_four_times_the_size(
    site: Site, visitor: Visitors, width: int, height: int
) -> None:
    page = visitor(width=width, height=height).chat(site.page())
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    page.locator(".down").click()
    expect(page.locator(".reasons")).to_be_visible()
    wide = page.evaluate(
        "() => [...document.querySelector('consult-chat').shadowRoot.querySelectorAll('.panel *:not(.unseen, option)')]"
        ".filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)"
    )
    assert wide == []
    small = page.evaluate(
        "() => [...document.querySelector('consult-chat').shadowRoot.querySelectorAll('button, select, textarea, input, .links a')]"
        ".filter((e) => e.checkVisibility()).map((e) => [e.className, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 24 || box.height < 24).map(([name, box]) => `${name} ${box.width} ${box.height}`)"
    )
    assert small == []
    page.locator(".close").click()
    box = page.locator(".launcher").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44


def test_w12_on_a_phone_it_is_the_whole_screen_above_the_keyboard(site: Site, visitor: Visitors) -> None:
    anna = visitor(width=390, height=780, is_mobile=True, has_touch=True)
    anna.context.add_init_script(
        "const seen = Object.assign(new EventTarget(), {offsetTop: 0, scale: 1}); "
        "Object.defineProperty(seen, 'height', {get: () => seen.left || innerHeight}); "
        "Object.defineProperty(window, 'visualViewport', {value: seen})"
    )
    page = anna.chat(site.page())
    assert page.locator(".panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 780}
    page.evaluate(
        "visualViewport.left = 430; visualViewport.offsetTop = 60; visualViewport.dispatchEvent(new Event('resize'))"
    )
    assert page.locator(".panel").bounding_box() == {"x": 0, "y": 60, "width": 390, "height": 430}
    box = page.locator("textarea").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 490
    sizes = page.locator("textarea").evaluate("field => parseFloat(getComputedStyle(field).fontSize)")
    assert sizes >= 16
    style = embed_script().content.decode()
    assert "100dvh" in style
    assert "safe-area-inset-bottom" in style
    for path in ("/chat", "/demo", "/privacy"):
        text = httpx.get(site.bot + path).text
        assert "maximum-scale" not in text
        assert "user-scalable" not in text


def test_w13_its_language_is_the_sites_then_the_pages_then_the_browsers(site: Site, visitor: Visitors) -> None:
    expected = (
        ('data-lang="ru"', "zh", "en-GB", "ru"),
        ("", "zh-Hant", "en-GB", "zh"),
        ('data-lang="auto"', "fi", "ru-RU", "ru"),
        ("", "fi", "fi", "en"),
        ("", "ar", "en-GB", "ar"),
    )
    for attributes, lang, locale, spoken in expected:
        page = visitor(locale=locale).open(site.page(site.tag(attributes), lang=lang))
        host = page.locator("consult-chat")
        expect(host).to_have_attribute("lang", spoken)
        expect(host).to_have_attribute("dir", "rtl" if spoken == "ar" else "ltr")
    page.locator(".launcher").click()
    ask(page, "重点排放单位何时清缴配额？")
    says = page.locator(".says")
    expect(says).to_have_attribute("lang", "zh")
    expect(says).to_have_attribute("dir", "ltr")
    page.locator(".language").select_option("ru")
    expect(page.locator("textarea")).to_have_attribute("placeholder", "Ваш вопрос")
    expect(page.locator(".sources .label")).to_have_text("3 источника")
    page.reload()
    expect(page.locator("consult-chat")).to_have_attribute("lang", "ru")
    plurals = element(page, "e => [1, 2, 5, 21].map((n) => e.speech.say('sources', {n}))")
    assert plurals == ["1 источник", "2 источника", "5 источников", "21 источник"]


def test_w13_catalogues_have_the_same_words_and_no_word_stands_elsewhere(site: Site, visitor: Visitors) -> None:
    page = visitor().open(site.page())
    expect(page.locator(".launcher")).to_be_visible()
    texts = page.evaluate("customElements.get('consult-chat').texts")
    texts |= {language: json.loads(catalogue(language).content) for language in FETCHED}
    english = texts.pop("en")
    for words in texts.values():
        assert list(words) == list(english)
        for key, word in words.items():
            if isinstance(word, str):
                assert word
                assert set(re.findall(r"\{\w+\}", word)) == set(re.findall(r"\{\w+\}", english[key])), key
    element(
        page,
        """e => { const strange = (word) => typeof word === 'string' ? `⟦${word}⟧` : Array.isArray(word) ? word.map(strange)
          : Object.fromEntries(Object.entries(word).map(([k, w]) => [k, strange(w)]));
          const texts = customElements.get('consult-chat').texts;
          for (const [key, word] of Object.entries(texts.en)) if (key !== 'tongue') texts.en[key] = strange(word);
          return e.setLanguage('en'); }""",
    )
    page.locator(".launcher").click()
    expect(page.locator(".pick").first).to_be_visible()
    plain = """e => { const walker = document.createTreeWalker(e.shadowRoot, NodeFilter.SHOW_TEXT); const found = [];
      const ours = '.pick, .asked, .says, .draft, strong, .about, blockquote, .where, .number, .cite, option, .said';
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.data.trim() && !node.parentElement.closest(ours) && !node.data.includes('⟦')) found.push(node.data);
      for (const name of ['aria-label', 'title', 'placeholder']) for (const part of e.shadowRoot.querySelectorAll(`[${name}]`))
        if (!part.matches('.cite') && !part.getAttribute(name).includes('⟦')) found.push(part.getAttribute(name));
      return found; }"""
    assert element(page, plain) == []
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    page.locator(".down").click()
    assert element(page, plain) == []


VARIABLES = {
    "background": ("#123456", ".panel", "backgroundColor", "rgb(18, 52, 86)"),
    "surface": ("#234567", ".header", "backgroundColor", "rgb(35, 69, 103)"),
    "text": ("#345678", ".hello", "color", "rgb(52, 86, 120)"),
    "muted": ("#456789", ".intro", "color", "rgb(69, 103, 137)"),
    "border": ("#56789a", ".header", "borderBottomColor", "rgb(86, 120, 154)"),
    "accent": ("#7c3aed", ".launcher", "backgroundColor", "rgb(124, 58, 237)"),
    "mark": ("#678901", "blockquote", "borderLeftColor", "rgb(103, 137, 1)"),
    "warning": ("#789012", ".note.grave", "color", "rgb(120, 144, 18)"),
    "warning-surface": ("#890123", ".note.grave", "backgroundColor", "rgb(137, 1, 35)"),
    "error": ("#901234", ".failed", "color", "rgb(144, 18, 52)"),
    "error-surface": ("#012345", ".failed", "backgroundColor", "rgb(1, 35, 69)"),
    "shadow": ("0 0 1px red", ".panel", "boxShadow", "rgb(255, 0, 0) 0px 0px 1px 0px"),
    "radius": ("3px", ".panel", "borderTopLeftRadius", "3px"),
    "font": ("monospace", ".intro", "fontFamily", "monospace"),
    "heading-font": ("cursive", ".title", "fontFamily", "cursive"),
    "font-size": ("20px", ".intro", "fontSize", "20px"),
    "width": ("500px", ".panel", "width", "500px"),
    "height": ("400px", ".panel", "height", "400px"),
    "offset": ("40px", ".launcher", "right", "40px"),
    "launcher-size": ("70px", ".launcher", "width", "70px"),
    "z-index": ("77", ".panel", "zIndex", "77"),
}
PARTS = (
    "root", "launcher", "panel", "header", "crest", "log", "message", "question", "answer", "citation", "note", "source",
    "action", "suggestion", "footer", "input", "send",
)  # fmt: skip


def test_w23_every_variable_and_part_is_the_hosts_to_set(site: Site, visitor: Visitors) -> None:
    style = embed_script().content.decode()
    assert set(re.findall(r"--consult-([a-z-]+)", style)) == set(VARIABLES)
    page = visitor().chat(site.page())
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    ask(page, "crash")
    expect(page.locator(".failed")).to_be_visible()
    page.locator("consult-chat").evaluate("e => { e.chat.welcome.hidden = false }")
    for name, (value, part, what, computed) in VARIABLES.items():
        page.evaluate(f"document.documentElement.style.setProperty('--consult-{name}', '{value}')")
        element(page, "e => e.paint()")
        assert page.locator(part).first.evaluate(f"e => getComputedStyle(e).{what}") == computed, name
        page.evaluate(f"document.documentElement.style.removeProperty('--consult-{name}')")
    present = element(page, "e => [...e.shadowRoot.querySelectorAll('[part]')].flatMap((p) => [...p.part])")
    assert set(present) == set(PARTS)
    page.add_style_tag(content="".join(f"consult-chat::part({part}) {{ outline: 1px solid red }}" for part in PARTS))
    for part in PARTS:
        assert (
            page.locator(f"[part~={part}]").first.evaluate("e => getComputedStyle(e).outlineColor") == "rgb(255, 0, 0)"
        )


def test_w23_the_theme_follows_the_system_at_once(site: Site, visitor: Visitors) -> None:
    page = visitor().chat(site.page())
    ground = "panel => getComputedStyle(panel).backgroundColor"
    assert page.locator(".panel").evaluate(ground) == "rgb(246, 245, 240)"
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".root")).to_have_attribute("data-theme", "dark")
    assert page.locator(".panel").evaluate(ground) == "rgb(19, 24, 23)"
    element(page, "e => e.setAttribute('theme', 'light')")
    assert page.locator(".panel").evaluate(ground) == "rgb(246, 245, 240)"


def test_w24_forced_colours_show_every_control(site: Site, visitor: Visitors) -> None:
    page = visitor(forced_colors="active").chat(site.page())
    ask(page, QUESTION)
    expect(page.locator(".cite").first).to_be_visible()
    for name in (".launcher", ".cite", ".asked", ".asking", ".send", ".source"):
        width = page.locator(name).first.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)")
        assert width >= 1, name


def test_w24_twice_inserted_is_one_and_destroyed_is_none(site: Site, visitor: Visitors) -> None:
    page = visitor().context.new_page()
    page.add_init_script(
        """window.listeners = new Map(); for (const target of [EventTarget.prototype]) {
          const { addEventListener, removeEventListener } = target;
          target.addEventListener = function (type, heard, options) {
            if (this === window || this === document || this instanceof MediaQueryList || this === window.visualViewport) {
              const key = [String(this), type, this.media || ''].join(); listeners.set(key, (listeners.get(key) || 0) + 1);
              options?.signal?.addEventListener('abort', () => listeners.set(key, listeners.get(key) - 1));
              if (options?.once) listeners.set(key, listeners.get(key) - 1);
            }
            return addEventListener.call(this, type, heard, options);
          }; }"""
    )
    page.goto(site.page(f"<div id=app></div>{site.script}{site.script}"))
    expect(page.locator("consult-chat")).to_have_count(1)
    page.locator(".launcher").click()
    ask(page, QUESTION)
    expect(page.locator(".source")).to_have_count(3)
    assert sum(page.evaluate("[...listeners.values()]")) > 0
    nodes = "() => document.body.children.length"
    before = page.evaluate(nodes)
    page.evaluate("consultChat.destroy()")
    assert page.evaluate("[...listeners.values()].reduce((a, b) => a + b, 0)") == 0
    assert page.evaluate(nodes) == before - 1
    assert page.evaluate("typeof consultChat") == "undefined"
    # A single-page application brings it back, and moves it about.
    page.evaluate(
        f"() => {{ const script = document.createElement('script'); script.src = '{site.bot}/embed.js'; "
        "script.dataset.siteKey = 'pk_test'; document.body.append(script); }"
    )
    expect(page.locator("consult-chat")).to_have_count(1)
    expect(page.locator(".source")).to_have_count(3)
    page.evaluate("document.getElementById('app').append(consultChat.element)")
    expect(page.locator(".source")).to_have_count(3)


def test_the_script_takes_over_what_was_asked_before_it_came(site: Site, visitor: Visitors) -> None:
    early = (
        "<script>window.heard = []; window.consultChat = []; for (const name of ['ready', 'open', 'question', 'answer', "
        "'citation-click', 'close']) consultChat.push(['on', name, (detail) => heard.push(name)]); "
        f"consultChat.push(['ask', '{QUESTION}'])</script>"
    )
    page = visitor().open(site.page(early + site.script))
    expect(page.locator(".source")).to_have_count(3)
    page.locator(".cite").first.click()
    page.evaluate("consultChat.close()")
    assert page.evaluate("heard") == ["open", "question", "ready", "answer", "citation-click", "close"]
    page.evaluate("consultChat.setLanguage('zh'); consultChat.newConversation(); consultChat.toggle()")
    expect(page.locator(".hello")).to_have_text("您想了解什么？")
