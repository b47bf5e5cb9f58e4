"""The law of our markup: whatever the text, Telegram takes every part, shows every word, and nothing of it is obeyed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.markup import (
    ENTITIES,
    UNITS,
    Block,
    Span,
    paragraph,
    parts,
    pinched,
    quote,
    shortened,
    units,
)
from tests.bot.channels.telegram.telegram_html import kept, parse

TEXTS = st.text(
    st.one_of(st.sampled_from("<>&\"'/= \n#@😀👍абв中文字。.!ab1"), st.characters(codec="utf-8")), max_size=400
)
URLS = st.sampled_from(
    ["https://a.example/x?p=1&q=%22b%22#p1", "http://127.0.0.1:8000/sources/a%20b", 'https://a.example/"><b>']
)
SPANS = st.builds(Span, TEXTS, st.sampled_from(["", "b", "i"]), st.one_of(st.just(""), URLS))
BLOCKS = st.one_of(
    st.builds(Block, st.lists(SPANS, max_size=6).map(tuple), near=st.booleans(), bound=st.booleans()),
    st.builds(quote, st.one_of(TEXTS, TEXTS.map(lambda text: text * 40)), folded=st.booleans()),
)


@given(st.lists(BLOCKS, max_size=12))
def test_every_part_can_be_read_alone_and_is_within_the_limits(blocks: list[Block]) -> None:
    for part in parts(blocks):
        text, entities = parse(part.html)
        assert text == part.plain
        assert text.strip()
        assert units(text) == len(text.encode("utf-16-le")) // 2 <= UNITS
        assert len(entities) <= ENTITIES
        assert len(part.html.encode()) < 32_768
        assert all(kept(entity.url) for entity in entities if entity.type == "text_link")


@given(st.lists(BLOCKS, max_size=8))
def test_no_word_is_lost_and_none_is_added(blocks: list[Block]) -> None:
    def letters(text: str) -> str:
        return "".join(re.sub("[\x00-\x1f\x7f\u2028\u2029]", "", text).split())

    said = "".join(letters("".join(span.text for span in block.spans)) for block in blocks)
    assert "".join(letters(part.plain) for part in parts(blocks)) == said


def test_markup_of_a_document_stays_text() -> None:
    hostile = '<a href="https://evil.example">click</a> <b>x</b> &amp; <script>'
    (part,) = parts([paragraph(hostile)])
    assert parse(part.html) == (hostile, [])


def test_a_long_quote_is_opened_again_in_the_next_part() -> None:
    made = parts([paragraph("Before"), quote("A sentence of a source. " * 500, folded=True)])
    assert len(made) > 2
    for part in made[1:]:
        (entity,) = parse(part.html)[1]
        assert entity.type == "expandable_blockquote"


def test_a_cut_goes_between_sentences_and_never_through_an_emoji() -> None:
    made = parts([paragraph("Eine Aussage endet hier. " * 400)])
    assert all(part.plain.endswith(".") for part in made)
    assert all(len(part.plain.encode("utf-16-le")) <= 2 * UNITS for part in parts([paragraph("👍🏽" * 5_000)]))


def test_a_heading_is_not_parted_from_what_it_heads() -> None:
    filler = paragraph("x" * 3_990)
    made = parts([filler, paragraph(Span("Title", "b"), bound=True), quote("What it says", folded=False)])
    assert [part.plain[:5] for part in made] == ["xxxxx", "Title"]


def test_many_links_are_spread_over_parts() -> None:
    links = [paragraph(Span(f"[{n}]", url="https://a.example/1"), near=True) for n in range(250)]
    made = parts(links)
    assert [len(parse(part.html)[1]) for part in made] == [90, 90, 70]


def test_what_telegram_links_by_itself_counts() -> None:
    made = parts([paragraph(f"see https://a{n}.example or @name{n}", near=True) for n in range(80)])
    assert len(made) > 1


def test_shortened_keeps_whole_words_and_the_limit() -> None:
    assert shortened("one two  three", 100) == "one two three"
    assert shortened("one two three", 10) == "one two…"
    assert units(shortened("😀" * 50, 21)) <= 21


def test_pinched_keeps_both_ends() -> None:
    assert pinched("What is asked?", 60) == "What is asked?"
    made = pinched("A very long title of a document: what about “Deadlines”?", 40)
    assert made.startswith("A very long")
    assert made.endswith("about “Deadlines”?")
    assert units(made) <= 40
    assert units(pinched("😀" * 99, 31)) <= 31
