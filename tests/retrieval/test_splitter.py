"""Passages hold all of a document, none is too long, and what belongs together stays together."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retrieval.document import Block, BlockKind, Document
from retrieval.metadata import Metadata
from retrieval.splitter import LIMIT, TARGET, split

PARAGRAPH, HEADING, ITEM, ROW = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW


def document(*blocks: Block, language: str | None = "en", title: str = "") -> Document:
    return Document("a.md", Metadata(title=title, language=language), blocks)


def packed(text: str) -> str:
    return re.sub(r"\s", "", text)


WORDS = st.text(alphabet="abcdefgh ijklm. 中文。税率 где, !\n", min_size=1, max_size=900)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from([PARAGRAPH, PARAGRAPH, ITEM, ROW]),
    text=WORDS.filter(lambda text: bool(text.strip())),
    page=st.sampled_from([None, 1, 2]),
) | st.builds(Block, kind=st.just(HEADING), text=st.sampled_from(["One", "Two"]), level=st.integers(1, 3))


@given(st.lists(BLOCKS, max_size=14))
def test_nothing_is_lost_and_nothing_is_said_twice(blocks: list[Block]) -> None:
    passages = split(document(*blocks))
    body = "".join(block.text for block in blocks if block.kind is not HEADING)
    assert packed("".join(passage.text for passage in passages)) == packed(body)
    assert [passage.ordinal for passage in passages] == list(range(1, len(passages) + 1))
    assert all(passage.text.strip() for passage in passages)


@given(st.lists(BLOCKS, max_size=14))
def test_no_passage_is_longer_than_a_model_reads(blocks: list[Block]) -> None:
    for passage in split(document(*blocks)):
        wide = sum("\u2e80" <= character <= "\uffef" for character in passage.text)
        assert len(passage.text) + 1.5 * wide <= LIMIT + 20


@given(st.lists(BLOCKS, max_size=14))
def test_no_passage_crosses_a_heading_or_a_page(blocks: list[Block]) -> None:
    # Each section and page is marked with a letter of its own, which only one passage at a time may hold.
    section, place, marked = 0, None, []
    for block in blocks:
        if block.kind is HEADING:
            section, place = section + 1, None
            marked.append(block)
            continue
        if place is not None and block.page != place[0]:
            section += 1
        place = (block.page,)
        marked.append(Block(block.kind, f"{chr(0x10A0 + section)} text.", page=block.page))
    for passage in split(document(*marked)):
        assert len({character for character in passage.text if "\u10a0" <= character <= "\u10ff"}) == 1


def test_the_page_and_headings_of_a_passage_are_its_own() -> None:
    passages = split(
        document(
            Block(HEADING, "Law", level=1),
            Block(HEADING, "Part A", level=2),
            Block(PARAGRAPH, "First.", page=1),
            Block(PARAGRAPH, "Second.", page=2),
            Block(HEADING, "Detail", level=3),
            Block(PARAGRAPH, "Third.", page=2),
            Block(HEADING, "Part B", level=2),
            Block(PARAGRAPH, "Fourth.", page=3),
            title="Law",
        )
    )
    assert [(passage.text, passage.location.page, passage.location.headings) for passage in passages] == [
        ("First.", 1, ("Part A",)),
        ("Second.", 2, ("Part A",)),
        ("Third.", 2, ("Part A", "Detail")),
        ("Fourth.", 3, ("Part B",)),
    ]


def test_short_paragraphs_of_a_section_share_a_passage() -> None:
    passages = split(document(*(Block(PARAGRAPH, f"Short paragraph {number}.") for number in range(5))))
    assert [passage.text for passage in passages] == ["\n\n".join(f"Short paragraph {number}." for number in range(5))]


def test_a_list_stays_whole_and_with_the_sentence_before_it() -> None:
    filling = Block(PARAGRAPH, "x" * (TARGET - 60))
    listed = [Block(ITEM, f"item number {number}", level=1) for number in range(5)]
    passages = split(document(filling, Block(PARAGRAPH, "Three kinds of contract:"), *listed))
    assert len(passages) == 2
    assert passages[1].text == "\n".join(["Three kinds of contract:", *(block.text for block in listed)])


def test_a_list_too_long_for_one_passage_is_cut_between_items() -> None:
    listed = [Block(ITEM, f"item {number} " + "word " * 30, level=1) for number in range(20)]
    passages = split(document(*listed))
    assert len(passages) > 1
    lines = [line for passage in passages for line in passage.text.split("\n")]
    assert [line.strip() for line in lines] == [block.text.strip() for block in listed]


def test_a_paragraph_too_long_for_one_passage_is_cut_between_sentences() -> None:
    sentences = [f"Sentence number {number} says something of its own about the tax." for number in range(60)]
    passages = split(document(Block(PARAGRAPH, " ".join(sentences))))
    assert len(passages) > 1
    assert all(passage.text.endswith(".") and passage.text.startswith("Sentence") for passage in passages)
    chinese = "".join(f"第{number}条规定了税率和期限的具体要求。" for number in range(80))
    passages = split(document(Block(PARAGRAPH, chinese), language="zh"))
    assert len(passages) > 1
    assert all(passage.text.endswith("。") for passage in passages)


def test_rows_of_a_table_know_their_first_and_last_row() -> None:
    rows = [
        Block(ROW, f"Country: C{number}; Rate: {number} percent", sheet="Rates", row=number) for number in range(2, 60)
    ]
    passages = split(document(*rows))
    assert len(passages) > 1
    assert passages[0].location.row == 2
    assert passages[-1].location.last_row == 59
    for before, after in pairwise(passages):
        assert before.location.last_row is not None
        assert after.location.row == before.location.last_row + 1
    assert str(passages[0].location).startswith("sheet Rates, rows 2–")


def test_two_sheets_are_never_in_one_passage() -> None:
    rows = [Block(ROW, f"Rate: {number}", sheet=sheet, row=2) for number, sheet in enumerate(["A", "B"])]
    assert [passage.location.sheet for passage in split(document(*rows))] == ["A", "B"]


def test_a_passage_in_another_script_has_its_own_language() -> None:
    passages = split(
        document(
            Block(HEADING, "English", level=1),
            Block(PARAGRAPH, "The rate is 16 percent in the whole country."),
            Block(HEADING, "Chinese", level=1),
            Block(
                PARAGRAPH,
                "哈萨克斯坦的增值税税率自二〇二六年一月一日起为百分之十六，企业所得税税率为百分之二十，小企业适用简易征收办法，按季申报。",
            ),
        )
    )
    assert [passage.language for passage in passages] == ["en", "zh"]


def test_names_in_latin_letters_do_not_change_a_language() -> None:
    text = "联系人 Huawei Technologies Kenya Limited 和 Jinko Solar Nairobi 负责光伏项目建设运营及维护工作安排。"
    assert [passage.language for passage in split(document(Block(PARAGRAPH, text), language="zh"))] == ["zh"]


def test_a_document_of_headings_only_has_no_passage() -> None:
    assert split(document(Block(HEADING, "Nothing", level=1))) == ()


def test_a_line_of_names_is_in_the_language_of_its_document() -> None:
    text = (
        "A&O Shearman, Financier Worldwide (апрель 2020 года), vectree.io и Intesa Sanpaolo (group.intesasanpaolo.com)."
    )
    assert [passage.language for passage in split(document(Block(PARAGRAPH, text), language="ru"))] == ["ru"]
