"""A comparison is a table on the page: to read, to hear, to check, and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from bot.answer import Answer, Citation, Note, NoteKind, Outcome, Row, Statement
from bot.tables import markdown
from tests.bot.channels.web.fakes import SITE_KEY
from tests.bot.channels.web.test_browser import CHROMIUM
from tests.bot.channels.web.widget.conftest import Site, Talker, Visitors, ask, axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER TEST WAS RUN: there is no {CHROMIUM}"),
]

HEADER = ("", "Capacity", "Status", "Operator", "Financing", "Connection")
ROWS = (
    ("Gori wind farm", "54 MW", "in operation", "Kartli Energy", "development bank", "220 kilovolts"),
    ("Kutaisi solar park", "20 MW", "", "Imereti Power", "own funds", "110 kilovolts"),
)
ANSWER = Answer(
    id="t",
    conversation_id="c",
    question="q",
    outcome=Outcome.ANSWERED,
    language="en",
    text="Lines. [1][2][3][4]",
    statements=(
        Statement("Two projects are known.", (1,)),
        *(
            Statement(
                "; ".join(cells), (number,), heading="Projects" if number == 2 else None, row=Row(1, HEADER, cells)
            )
            for number, cells in enumerate(ROWS, 2)
        ),
        Statement("Tax: VAT; Rate: 18 %", (4,), row=Row(2, ("Tax", "Rate"), ("VAT", "18 %"))),
        Statement("Tax: profit tax; Rate: 15 %", (4,), row=Row(2, ("Tax", "Rate"), ("profit tax", "15 %"))),
        Statement("That is all.", (1,)),
    ),
    citations=tuple(
        Citation(n, f"a/{n}.md", f"a/{n}.md#1", f"Card {n}", "en", "§ Projects", f"Quote {n}.") for n in range(1, 5)
    ),
    notes=(Note(NoteKind.DATED, "Source 2 describes the state of March.", (2,)),),
)


def shown(site: Site, page: Page) -> Page:
    assert isinstance(site.house.assistant, Talker)
    site.house.assistant.prepared = ANSWER
    ask(page, "compare them")
    expect(page.locator(".source")).to_have_count(4)
    return page


def test_rows_are_one_table_with_headers_and_their_citations(site: Site, visitor: Visitors) -> None:
    page = shown(site, visitor().chat(site.page()))
    order = page.locator(".says > *").evaluate_all("all => all.map((e) => e.className || e.localName)")
    assert order == ["p", "section", "sheet", "note grave", "sheet", "p"]
    first = page.locator(".sheet table").first
    assert first.locator("thead th[scope=col]").all_text_contents() == list(HEADER[1:])
    assert first.locator("tbody th[scope=row]").all_text_contents() == [cells[0] for cells in ROWS]
    assert first.locator("tbody tr").count() == 2
    assert first.locator("tr").evaluate_all("all => all.map((row) => row.cells.length)") == [6, 6, 6]
    assert first.locator("tbody tr:last-child td").all_text_contents() == [*ROWS[1][1:-1], f"{ROWS[1][-1]}3"]
    assert page.get_by_role("table").count() == 2
    expect(page.get_by_role("columnheader", name="Capacity")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Gori wind farm")).to_be_visible()
    cite = first.locator("tbody tr:last-child td:last-child .cite")
    cite.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".source.open.lit blockquote")).to_have_text("Quote 3.")
    assert axe(page) == []
    page.reload()
    expect(page.locator(".sheet table")).to_have_count(2)


def test_a_table_is_copied_as_a_table(site: Site, visitor: Visitors) -> None:
    anna = visitor()
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = shown(site, anna.chat(site.page()))
    page.locator(".copy").click()
    expect(page.locator(".said")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(markdown(ANSWER.statements) + "\n")
    assert "| Gori wind farm | 54 MW | in operation |" in copied
    assert "[4] Card 4" in copied


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_table_scrolls_within_itself(site: Site, visitor: Visitors, scheme: str) -> None:
    page = shown(site, visitor(width=360, height=740, color_scheme=scheme).chat(site.page()))
    wide, narrow = page.locator(".sheet").evaluate_all("all => all.map((e) => [e.scrollWidth, e.clientWidth])")
    assert wide[0] > wide[1]
    assert narrow[0] <= narrow[1]
    assert page.locator(".log").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.locator(".sheet .cite").first.focus()
    assert page.locator(".sheet").first.evaluate("e => e.scrollLeft") > 0
    assert axe(page) == []


def test_a_site_may_dress_it_and_forced_colours_keep_its_lines(site: Site, visitor: Visitors) -> None:
    head = "<style>consult-chat::part(table) { background: rgb(1, 2, 3) }</style>"
    page = shown(site, visitor().chat(site.page(head=head)))
    sheet = page.locator(".sheet").first
    assert sheet.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(1, 2, 3)"
    forced = shown(site, visitor(forced_colors="active").chat(site.page()))
    style = "e => { const s = getComputedStyle(e); return [s.borderTopStyle, s.borderTopColor !== s.backgroundColor] }"
    assert forced.locator(".sheet td").first.evaluate(style) == ["solid", True]


def test_the_full_page_shows_it_too(site: Site, visitor: Visitors) -> None:
    page = visitor().open(f"{site.bot}/chat?site_key={SITE_KEY}")
    expect(page.locator("textarea")).to_be_visible()
    shown(site, page)
    expect(page.locator(".sheet table")).to_have_count(2)
    assert page.locator(".sheet").first.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert axe(page) == []
