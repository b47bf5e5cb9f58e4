from retrieval.document import Block, BlockKind
from retrieval.readers.text import plain_blocks

LONG = "The ministry accepts applications from companies that are registered in the zone and employ residents. " * 2
LONG_CHINESE = "企业应当在每年六月三十日以前向所在地的主管部门提交上一年度的报告，并对报告的真实性负责。" * 3


def shape(text: str) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, block.text) for block in plain_blocks(text.split("\n"))]


def test_paragraphs_are_parted_by_empty_lines_and_unwrapped() -> None:
    wrapped = (
        "The tax authority examines every application that it receives before\n"
        "the end of the month and tells the applicant in writing whether the\n"
        "reduced rate applies to the goods that were declared.\n"
        "\n"
        "A refusal gives its reasons and names the court that can be asked to\n"
        "review it within thirty days of the letter."
    )
    blocks = plain_blocks(wrapped.split("\n"))
    assert [block.kind for block in blocks] == [BlockKind.PARAGRAPH] * 2
    assert blocks[0].text.startswith("The tax authority examines every application that it receives before the end")
    assert "\n" not in blocks[1].text


def test_wrapped_chinese_joins_without_spaces() -> None:
    lines = [
        "绿色金融是指为支持环境改善应对气候变化和资源节约高效利用",
        "的经济活动所提供的金融服务企业可以向当地的部门提出书面的",
        "申请。",
    ]
    assert shape("\n".join(lines)) == [("paragraph", 0, "".join(lines))]


def test_long_lines_are_paragraphs_without_empty_lines_between() -> None:
    assert [text for _, _, text in shape(f"{LONG.strip()}\n{LONG.strip()} Twice.")] == [
        LONG.strip(),
        LONG.strip() + " Twice.",
    ]


def test_a_short_line_over_a_long_one_is_a_heading() -> None:
    text = f"Rules of the zone\n\n{LONG}\n\nWho may apply\n\n{LONG}"
    assert [(kind, level) for kind, level, _ in shape(text)] == [
        ("heading", 1),
        ("paragraph", 0),
        ("heading", 2),
        ("paragraph", 0),
    ]


def test_numbered_headings_have_levels() -> None:
    chinese = f"第一章 总则\n{LONG_CHINESE}\n一、申请条件\n{LONG_CHINESE}\n（一）企业\n{LONG_CHINESE}\n第四条 期限\n{LONG_CHINESE}"
    assert [level for kind, level, _ in shape(chinese) if kind == "heading"] == [2, 2, 3, 4]
    russian = f"Глава 2. Налоги\n{LONG}\nСтатья 5. Сроки\n{LONG}"
    assert [level for kind, level, _ in shape(russian) if kind == "heading"] == [2, 4]
    english = f"Article 3 Scope\n\n{LONG}\n\n1. Definitions\n\n{LONG}"
    assert [level for kind, level, _ in shape(english) if kind == "heading"] == [4, 4]


def test_a_whole_article_on_one_line_is_text() -> None:
    text = "第四十一条 法律、行政法规设定的行政许可，其适用范围没有地域限制的，申请人取得的行政许可在全国范围内有效。"
    assert shape(f"{text}\n{LONG_CHINESE}")[0] == ("paragraph", 0, text)


def test_list_items_lose_their_bullet_and_keep_their_number() -> None:
    text = f"{LONG}\n\n- a passport\n- a contract\n• a map\n——一张地图\n\n1) first\n2) second"
    assert shape(text)[1:] == [
        ("list_item", 1, "a passport"),
        ("list_item", 1, "a contract"),
        ("list_item", 1, "a map"),
        ("list_item", 1, "一张地图"),
        ("list_item", 1, "1) first"),
        ("list_item", 1, "2) second"),
    ]


def test_short_numbered_points_are_a_list_and_no_headings() -> None:
    assert [kind for kind, _, _ in shape("1. a passport\n2. a contract\n3. a map")] == ["list_item"] * 3


def test_a_form_keeps_its_lines() -> None:
    text = f"{LONG}\n\nName of the fund: Silk Road\nYear: 2014\nSize in dollars: 40 billion\n\n{LONG}"
    assert [block.text for block in plain_blocks(text.split("\n"))][1:4] == [
        "Name of the fund: Silk Road",
        "Year: 2014",
        "Size in dollars: 40 billion",
    ]


def test_no_lines_give_no_blocks() -> None:
    empty: list[Block] = []
    assert plain_blocks(["", "  "]) == empty
