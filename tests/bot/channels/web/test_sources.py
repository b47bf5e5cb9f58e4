"""GET /sources/{document_id}: the page that proves a citation."""

import re
from urllib.parse import quote

import httpx
import pytest

from bot.channels.web.ports import SourceDocument
from bot.channels.web.source_page import source_page, web_address
from bot.channels.web.words import CATALOGUES, ENGLISH, direction, words_for
from retrieval import Location, Metadata, Passage, Status
from tests.bot.channels.web.fakes import DOCUMENTS, HOSTILE_ID

GUIDANCE = "/sources/policy/cbam%20reporting.md"


async def test_the_page_shows_the_card_and_every_passage(client: httpx.AsyncClient) -> None:
    page = await client.get(GUIDANCE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for shown in (
        "Guidance on the Carbon Border Adjustment Mechanism", "European Commission", "C(2026) 118", "2026-03-02",
        "2026-04-01", "amended", "English", "Belgium, CN-BJ", "2026-10-01",
        'href="https://taxation-customs.example/cbam?lang=en&amp;v=2" rel="noopener nofollow noreferrer"',
        'id="p1"', 'id="p2"', 'id="p3"', "<h2>Deadlines</h2>", "<h3>Documents to keep</h3>",
        "<li>verified emissions data of each installation</li>", "<p>Records may be kept electronically.</p>",
    ):  # fmt: skip
        assert shown in page.text
    assert page.text.count("<h2>Deadlines</h2>") == 1
    assert "<mark>" not in page.text
    assert "cited" not in page.text


async def test_the_cited_passage_and_its_quote_are_marked_without_script(client: httpx.AsyncClient) -> None:
    quote_across_lines = "for four years: verified emissions data of each installation evidence of a carbon price"
    page = await client.get(GUIDANCE, params={"p": "3", "q": quote_across_lines})
    assert re.search(r'<section id="p3" class="passage cited"', page.text)
    assert re.findall(r"<mark>(.*?)</mark>", page.text) == [
        "for four years:",
        "verified emissions data of each installation",
        "evidence of a carbon price",
    ]
    assert "<script" not in page.text


async def test_without_a_quote_the_passage_alone_is_highlighted(client: httpx.AsyncClient) -> None:
    page = await client.get(GUIDANCE, params={"p": "2"})
    assert page.text.count("passage cited") == 1
    assert "<mark>" not in page.text


async def test_a_quote_that_moved_is_found_and_one_that_is_gone_is_owned_up_to(client: httpx.AsyncClient) -> None:
    moved = await client.get(GUIDANCE, params={"p": "1", "q": "30 September"})
    assert '<section id="p2" class="passage cited"' in moved.text
    assert ENGLISH.quote_moved in moved.text
    gone = await client.get(GUIDANCE, params={"p": "1", "q": "31 October"})
    assert ENGLISH.quote_gone in gone.text
    assert "31 October" not in gone.text
    assert "<mark>" not in gone.text


@pytest.mark.parametrize("passage", ["", "0", "-1", "99", "x", "٣", "²", "9" * 5_000])
async def test_a_nonsense_passage_number_does_no_harm(client: httpx.AsyncClient, passage: str) -> None:
    page = await client.get(GUIDANCE, params={"p": passage, "q": "(a+)+$"})
    assert page.status_code == 200


async def test_a_hostile_document_is_shown_as_text(client: httpx.AsyncClient) -> None:
    page = await client.get(f"/sources/{quote(HOSTILE_ID)}", params={"p": "1"})
    assert page.status_code == 200
    for tag in ("<script", "<img src=x", "<b>Bold", "<i>Heading", "javascript:"):
        assert tag not in page.text
    assert "{{ 7*7 }}" in page.text
    assert "&lt;b&gt;Bold" in page.text


@pytest.mark.parametrize("document_id", ["staff/secret.md", "nope", "", "../../etc/passwd", "policy/", "%00"])
async def test_what_the_public_may_not_read_does_not_exist(client: httpx.AsyncClient, document_id: str) -> None:
    address = f"/sources/{quote(document_id)}"
    problem = await client.get(address)
    page = await client.get(address, headers={"accept": "text/html", "accept-language": "ru"})
    assert problem.status_code == page.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert "Такой страницы или документа нет" in page.text


async def test_labels_follow_the_reader_and_the_text_keeps_its_language(client: httpx.AsyncClient) -> None:
    address = f"/sources/{quote('policy/碳市场 2026.md')}"
    russian = (await client.get(address, headers={"accept-language": "ru-RU,en;q=0.5"})).text
    assert '<html lang="ru"' in russian
    assert "Издан" in russian
    assert "китайский" in russian
    assert "с. 4" in russian
    assert 'lang="zh" dir="ltr"' in russian
    assert "第 4 页" in (await client.get(address, params={"lang": "zh"})).text
    arabic = (await client.get("/sources/country/ar.md")).text
    assert '<article lang="ar" dir="rtl">' in arabic


def test_table_rows_stand_on_lines_of_their_own() -> None:
    prices = next(d for d in DOCUMENTS if d.id.endswith(".xlsx"))
    page = source_page(prices, ENGLISH, passage="1", quote="price: 96.50")
    (paragraph,) = page.sections[0].paragraphs
    assert page.sections[0].label == "sheet Prices, rows 2–4"
    assert [[piece.text for piece in item if piece.marked] for item in paragraph.items] == [[], ["price: 96.50"], []]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "https:", "http://[", "", None]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert web_address(url) is None


def test_every_catalogue_has_every_word() -> None:
    for words in CATALOGUES.values():
        assert set(words.statuses) == set(Status)
        assert set(words.languages) == set(ENGLISH.languages)


@pytest.mark.parametrize(
    ("lang", "header", "expected"),
    [
        ("zh-Hans", "ru", "zh"),
        ("xx", "fr,ru;q=0.8,zh;q=0.9", "zh"),
        (None, "ru;q=x,zh;q=0", "en"),
        (None, ";,;;q=,*", "en"),
        ("", "", "en"),
    ],
)
def test_the_language_of_the_labels(lang: str | None, header: str, expected: str) -> None:
    assert words_for(lang, header).language == expected
    assert direction("ar-EG") == "rtl"


@pytest.mark.parametrize(
    ("text", "quoted", "marked"),
    [
        # Soft hyphens, zero-width spaces and marks of direction: in the document, in the address, or in both.
        (
            "Before. A de\u00adcla\u200bration is due. After.",
            "A declaration is due.",
            "A de\u00adcla\u200bration is due.",
        ),
        ("Before. A declaration is due. After.", "A \u2066decla\u00adration\u2069 is due.", "A declaration is due."),
        ("\ufeffBe\u200bfore. Am 1.\u2060 Mai. After.", "Am 1. Mai.", "Am 1.\u2060 Mai."),
        ("第一\u200b条\u200b 本办法自2026年起施行。", "本办法自2026年起施行。", "本办法自2026年起施行。"),
        ("Nothing but this.", "\u200b\u2066", ""),
    ],
)
def test_invisible_signs_do_not_hide_a_quote_nor_shift_its_mark(text: str, quoted: str, marked: str) -> None:
    document = SourceDocument("d.md", Metadata(), "en", (Passage("d.md", 1, text, "en", Location()),))
    page = source_page(document, ENGLISH, passage="1", quote=quoted)
    pieces = [
        piece for section in page.sections for p in section.paragraphs for line in (p.lead, *p.items) for piece in line
    ]
    assert "".join(piece.text for piece in pieces if piece.marked) == marked
    assert "".join(piece.text for piece in pieces) == text
    assert bool(page.notice) is not bool(marked)
