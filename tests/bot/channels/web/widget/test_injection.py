"""W18 of the checklist: text that wants to be markup or script, from everywhere text comes from."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.answer import Answer, Citation, Note, NoteKind, Outcome, Row, Statement
from tests.bot.channels.web.test_browser import CHROMIUM
from tests.bot.channels.web.widget.conftest import Site, Talker, Visitors, ask, element

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]

RUN = "top.ran=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><a xlink:href='javascript:{RUN}'><text>x</text></a></svg>",
    f"<math><mtext></mtext><mglyph><style><img src onerror={RUN}></style></mglyph></math>",
    f"<iframe src='javascript:{RUN}'></iframe>",
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    f"<embed src='javascript:{RUN}'>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<a href='javascript:{RUN}'>x</a>",
    f"<form action='javascript:{RUN}'><button>x</button></form>",
    f"<button formaction='javascript:{RUN}'>x</button>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<style>* { display: none !important }</style>",
    "<template><img src=x></template>",
    "<consult-chat mode=inline></consult-chat>",
    "<slot name=x></slot>",
    "<!-- <img src=x --> -->",
    "<![CDATA[<img src=x>]]>",
    "<noscript><p title='</noscript><img src=x>'></noscript>",
    f"[x](javascript:{RUN})",
    f"[x](JaVaScRiPt:{RUN})",
    f"[x](java\tscript:{RUN})",
    f"[x](&#106;avascript:{RUN})",
    f"[x](%6Aavascript:{RUN})",
    f"[x](\x01javascript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD50b3AucmFuPTE8L3NjcmlwdD4=)",
    f"[x](vbscript:{RUN})",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "[x](//evil.example/x)",
    "[x](/api/v1/session)",
    f"[x](https://a.example/\"onmouseover={RUN}//)",
    f"[x](https://a.example/'onmouseover={RUN}//)",
    f"[<img src=x onerror={RUN}>](https://a.example/)",
    "![x](https://evil.example/pixel.png)",
    f"![x]('onerror={RUN})",
    f"<https://a.example/><javascript:{RUN}>",
    f"`<img src=x onerror={RUN}>`",
    f"**<img src=x onerror={RUN}>**",
    f"*<svg onload={RUN}>*",
    f"# <img src=x onerror={RUN}>",
    f"- <img src=x onerror={RUN}>\n- **b**",
    f"1. <img src=x onerror={RUN}>",
    f"| <img src=x onerror={RUN}> | b |\n|---|---|\n| [x](javascript:{RUN}) | <script>{RUN}</script> |",
    "```html\n<img src=x>\n```",
    "[x]: javascript:top.ran=1\n[x]",
    "{{constructor.constructor('top.ran=1')()}}",
    "${top.ran=1}",
    "<%= top.ran=1 %>",
    "\u202etxt.exe\u202c \u2066abc\u2069",
    "\u0000\ufffe\ud7ff",
    "A" * 1500,
    "é\u0301\u0301\u0301\u0301\u0301\u0301\u0301 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "(" * 300 + "[" * 300 + "*" * 300,
    "[" * 200 + "x" + "](https://a.example/)" * 200,
)  # fmt: skip
ALLOWED = {
    "a", "blockquote", "button", "code", "div", "em", "form", "h2", "h4", "header", "i", "input", "li", "ol", "option", "p", "path",
    "progress", "section", "select", "span", "strong", "svg", "table", "tbody", "td",
    "textarea", "th", "thead", "tr", "ul",
}  # fmt: skip
WALK = """e => [...e.shadowRoot.querySelectorAll('*')].map((node) => [node.localName,
  [...node.attributes].map((a) => a.name), node.getAttribute('href'), node.getAttribute('src'), node.getAttribute('style')])"""


def _answer(payloads: tuple[str, ...]) -> Answer:
    citations = tuple(
        Citation(
            number=number,
            document_id=f"a/{payload}.md",
            passage_id=f"a/{payload}.md#1",
            title=payload,
            language=payload[:12],
            location=payload,
            quote=payload,
            issuer=payload,
            date=dt.date(2026, 1, 1),
            source_url=payload if number % 2 else f"javascript:{RUN}//{number}",
        )
        for number, payload in enumerate(payloads, 1)
    )
    return Answer(
        id="x",
        conversation_id="c",
        question="q",
        outcome=Outcome.ANSWERED,
        language="en",
        text=" ".join(payloads),
        statements=(
            *(Statement(payload, (number,), heading=payload) for number, payload in enumerate(payloads, 1)),
            *(
                Statement(payload, (number,), row=Row(1, payloads[:3], (payload, payload, payload)))
                for number, payload in enumerate(payloads, 1)
            ),
        ),
        citations=citations,
        notes=tuple(Note(NoteKind.SUPERSEDED, payload, (1,)) for payload in payloads[:30]),
        suggestions=payloads[:20],
        understood_as=" ".join(payloads),
    )


def _inspect(page: Page) -> None:
    page.wait_for_timeout(100)
    assert page.evaluate("top.ran") is None
    found: list[list[Any]] = element(page, WALK)
    assert {name for name, *_ in found} <= ALLOWED
    for name, attributes, href, src, style in found:
        assert not [attribute for attribute in attributes if attribute.startswith("on") or ":" in attribute], name
        assert src is None
        assert style is None
        assert href is None or href.lower().startswith(("https://", "http://", "mailto:")), href


def test_w18_no_text_becomes_markup_or_script(site: Site, visitor: Visitors) -> None:
    assert len(PAYLOADS) >= 60
    assert isinstance(site.house.assistant, Talker)
    site.house.assistant.prepared = _answer(PAYLOADS)
    anna = visitor()
    page = anna.chat(site.page())
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    ask(page, "go")
    expect(page.locator(".source")).to_have_count(len(PAYLOADS))
    for head in page.locator(".head").all()[:3]:
        head.click()
    _inspect(page)
    shown = page.locator(".titles strong").all_text_contents()
    assert shown == list(PAYLOADS)
    expect(page.locator(".understood")).to_contain_text("Understood as: " + PAYLOADS[0])
    links = page.locator(".says a, .note a").evaluate_all("all => all.map((a) => a.href)")
    assert links
    assert {link.split("/")[2] for link in links} == {"a.example", "evil.example"}  # a link, never a picture
    rels = page.locator(".panel a").evaluate_all("all => [...new Set(all.map((a) => a.rel))]")
    assert all("noopener" in rel for rel in rels)
    page.reload()
    expect(page.locator(".source")).to_have_count(len(PAYLOADS))
    _inspect(page)
    allowed = (site.bot, site.host)
    assert [url for url in anna.requests if not url.startswith(allowed)] == []


def test_w18_a_question_is_never_more_than_text(site: Site, visitor: Visitors) -> None:
    assert isinstance(site.house.assistant, Talker)
    site.house.assistant.prepared = _answer(("plain",))
    page = visitor().chat(site.page())
    for number, payload in enumerate(PAYLOADS[:8], 1):
        ask(page, payload)
        expect(page.locator(".reply[data-outcome]")).to_have_count(number)
        assert page.locator(".asked").last.evaluate("e => e.lastChild.data") == payload
    _inspect(page)


def test_w18_what_is_markdown_is_shown_as_such(site: Site, visitor: Visitors) -> None:
    assert isinstance(site.house.assistant, Talker)
    text = "Rates **rise** to `5*3*2` and *fall*; a*b*c stays.\n- one\n- [two](https://a.example/x)\n| a | b |\n|---|---|\n| 1 | 2 |\n# Head"
    answer = _answer(("plain",))
    site.house.assistant.prepared = Answer(
        "y", "c", "q", Outcome.ANSWERED, "en", text, (Statement(text, (1,)),), answer.citations
    )
    page = visitor().chat(site.page())
    ask(page, "go")
    says = page.locator(".says")
    expect(says.locator("strong")).to_have_text(["rise", "Head"])
    expect(says.locator("code")).to_have_text("5*3*2")
    expect(says.locator("em")).to_have_text("fall")
    expect(says).to_contain_text("a*b*c stays.")
    expect(says.locator("li")).to_have_text(["one", "two"])
    expect(says.locator("td")).to_have_text(["a", "b", "1", "2"])
    expect(says.locator(".cite")).to_have_count(1)
    listed = "It covers six groups:\niron and steel\ncement"
    site.house.assistant.prepared = Answer(
        "z", "c", "q", Outcome.ANSWERED, "en", listed, (Statement(listed, (1,)),), answer.citations
    )
    ask(page, "again")
    expect(says.last.locator("li")).to_have_text(["iron and steel", "cement1"])
