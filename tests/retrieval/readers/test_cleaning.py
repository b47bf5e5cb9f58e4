import pytest

from retrieval.readers.cleaning import fold, join_lines, strip_hidden, without_phonetic_notes


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x1b",
        "\x9f",
        "\u00ad",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ufe0f",
        "\U000e0041",
        "\U000e01ef",
        "\ud800",
        "\ue123",
    ],
)
def test_what_nobody_sees_is_taken_out(hidden: str) -> None:
    assert strip_hidden(f"tax{hidden}rate") == "taxrate"


def test_line_ends_become_one_kind_and_tabs_stay() -> None:
    assert strip_hidden("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd\te"


def test_letters_are_composed() -> None:
    assert strip_hidden("и\u0306 e\u0301") == "й é"


def test_joiners_stay_where_they_spell_words() -> None:
    assert strip_hidden("می\u200cخواهم") == "می\u200cخواهم"
    assert strip_hidden("ta\u200cx") == "tax"


def test_a_pile_of_marks_is_cut_in_linear_time() -> None:
    assert len(strip_hidden("a" + "\u0301\u0316" * 200_000)) < 10


def test_fold_makes_one_line_with_single_spaces() -> None:
    assert fold(" a\u3000 b\n\tc\u00a0d ") == "a b c d"


def test_lines_join_with_a_space_but_not_between_chinese_characters() -> None:
    assert join_lines(["green", "trade"]) == "green trade"
    assert join_lines(["绿色", "贸易"]) == "绿色贸易"
    assert join_lines(["绿色 贸易", "rate"]) == "绿色 贸易 rate"


def test_phonetic_notes_go_and_the_text_is_simplified() -> None:
    noted = "中國(guó)儲(chǔ)能網(wǎng)訊:簡(jiǎn)稱綠色產(chǎn)業(yè)的時(shí)間,我們(men)發(fā)展(zhǎn)。"
    assert without_phonetic_notes([noted]) == ["中国储能网讯:简称绿色产业的时间,我们发展。"]


def test_real_traditional_text_stays_as_it_is() -> None:
    text = "臺灣的經濟發展與貿易政策(2024年)。" * 20
    assert without_phonetic_notes([text]) == [text]


def test_a_few_notes_in_a_long_text_are_its_own() -> None:
    text = "重(zhòng)字和行(háng)字读音不同。" + "这是一段普通的正文。" * 200
    assert without_phonetic_notes([text]) == [text]


def test_a_figure_at_a_line_end_stays_with_its_chinese_sign() -> None:
    assert join_lines(["自2026", "年7月1", "日起施行，共34", "条"]) == "自2026年7月1日起施行，共34条"
    assert join_lines(["第", "58号"]) == "第58号"
    assert join_lines(["由", "CCER 管理"]) == "由 CCER 管理", "a Latin word may stand apart"
