import pytest

from retrieval.limits import ReadLimits
from retrieval.readers.markdown import read_markdown
from retrieval.readers.source import Source


def shape(text: str) -> list[tuple[str, int, str]]:
    content = read_markdown(Source("law/a.md", b"", ReadLimits(), text=text))
    return [(block.kind.value, block.level, block.text) for block in content.blocks]


def test_headings_keep_their_level_and_lose_their_marks() -> None:
    assert shape("# *Trade* law\n\n### Part `A`\n\nTitle\n=====\n") == [
        ("heading", 1, "Trade law"),
        ("heading", 3, "Part A"),
        ("heading", 1, "Title"),
    ]


def test_a_paragraph_is_what_it_says() -> None:
    text = 'The **rate** is [10 %](https://example.org "x") ![map](m.png)of the *value* &amp; more\\*.'
    assert shape(text) == [("paragraph", 0, "The rate is 10 % of the value & more*.")]


def test_soft_breaks_join_with_a_space_but_not_between_chinese_characters() -> None:
    assert shape("one\ntwo\n  note: three") == [("paragraph", 0, "one two note: three")]
    assert shape("绿色\n金融") == [("paragraph", 0, "绿色金融")]


def test_list_items_have_depth_and_ordered_ones_their_number() -> None:
    text = "3. first\n\n   more of it\n4. second\n   - inner\n     - innermost\n\n- plain\n"
    assert shape(text) == [
        ("list_item", 1, "3. first more of it"),
        ("list_item", 1, "4. second"),
        ("list_item", 2, "inner"),
        ("list_item", 3, "innermost"),
        ("list_item", 1, "plain"),
    ]


def test_text_after_an_inner_list_belongs_to_the_outer_item() -> None:
    assert shape("1. outer\n   - inner\n\n   rest\n") == [
        ("list_item", 1, "1. outer"),
        ("list_item", 2, "inner"),
        ("list_item", 1, "rest"),
    ]


def test_table_rows_name_their_columns_and_leave_out_empty_cells() -> None:
    text = "| Country | Rate | Note |\n|---|---:|---|\n| Kenya | **10 %** | |\n| Peru | | since 2020 |\n"
    assert shape(text) == [
        ("table_row", 0, "Country: Kenya; Rate: 10 %"),
        ("table_row", 0, "Country: Peru; Note: since 2020"),
    ]


def test_a_table_without_names_gives_values_and_a_header_alone_gives_nothing() -> None:
    assert shape("| | |\n|---|---|\n| Kenya | 10 % |\n") == [("table_row", 0, "Kenya; 10 %")]
    assert shape("| Country | Rate |\n|---|---|\n") == []


@pytest.mark.parametrize("source", ["**Area**\n- total: 5 km", "**Area:**\n- total: 5 km"])
def test_a_bold_label_alone_is_a_heading(source: str) -> None:
    assert shape(source) == [("heading", 7, "Area"), ("list_item", 1, "total: 5 km")]


@pytest.mark.parametrize(
    "source", ["**Climate:** mild\n  note: in the south", "**Climate**: mild\n  note: in the south"]
)
def test_a_bold_label_before_text_is_a_heading_and_stays_in_the_text(source: str) -> None:
    assert shape(source) == [("heading", 7, "Climate"), ("paragraph", 0, "Climate: mild note: in the south")]


@pytest.mark.parametrize(
    "source", ["**Bold** words begin this sentence.", "**A whole sentence is bold.**", "Some **bold:** in the middle."]
)
def test_bold_words_in_text_are_no_label(source: str) -> None:
    assert [kind for kind, _, _ in shape(source)] == ["paragraph"]


def test_scripts_styles_and_comments_say_nothing() -> None:
    text = "a <script>alert(1)</script> b<br>c\n\n<script>\nevil()\n</script>\n\n<style>p{}</style>\n\n<!-- hidden -->\n\n<div>shown</div>\n"
    assert shape(text) == [("paragraph", 0, "a b c"), ("paragraph", 0, "shown")]


def test_an_html_table_gives_rows() -> None:
    text = "<table>\n<tr><th>Country</th><th>Rate</th></tr>\n<tr><td>Kenya</td><td>10 %</td></tr>\n</table>\n"
    assert shape(text) == [("table_row", 0, "Country: Kenya; Rate: 10 %")]


def test_code_and_quotes_are_paragraphs_and_struck_text_is_gone() -> None:
    text = "```\nHS 8541\nsolar\n```\n\n> quoted\n\nThe rate is ~~30 %~~ 25 %.\n"
    assert shape(text) == [
        ("paragraph", 0, "HS 8541 solar"),
        ("paragraph", 0, "quoted"),
        ("paragraph", 0, "The rate is 25 %."),
    ]


def test_an_empty_heading_is_left_out() -> None:
    assert shape("###\n\ntext") == [("paragraph", 0, "text")]
