"""What the proof reads out of a text, in three languages and their notations."""

from decimal import Decimal

import pytest

from bot.proof.reading import read


def figures(text: str, language: str) -> list[tuple[Decimal, str | None, str | None]]:
    return [(figure.value, figure.unit, figure.bound) for figure in read(text, language).figures]


@pytest.mark.parametrize(
    ("texts", "value", "unit", "bound"),
    [
        (("16 percent", "16%", "16 per cent", "16 процентов", "百分之十六", "16％", "百分之16"), "16", "percent", None),
        (("USD 300 million", "$300 million", "300,000,000 US dollars", "300 млн долларов США", "3亿美元", "300 миллионов долларов"), "300000000", "money:usd", None),
        (("no later than three working days", "within 3 business days", "не позднее трёх рабочих дней", "不超过三个工作日", "3个工作日以内"), "3", "working_day", "max"),
        (("at least two years", "no less than 24 months", "не менее двух лет", "至少两年", "不少于24个月"), "24", "month", "min"),
        (("more than 50 tonnes", "over 50 tonnes", "более 50 тонн", "свыше 50 тонн", "超过50吨"), "50000", "kilogram", "above"),
        (("43.2 million tenge", "43,2 млн тенге", "4320万坚戈"), "43200000", "money:kzt", None),
        (("3,600 GW", "3600 ГВт", "36亿千瓦", "3 600 ГВт"), "3600000000000", "watt", None),
        (("thirty-five years", "35 лет", "тридцать пять лет", "35年", "三十五年"), "420", "month", None),
        (("five-year", "a 5-year period", "пятилетний"), "60", "month", None),
    ],
)  # fmt: skip
def test_a_figure_is_the_same_in_every_notation(
    texts: tuple[str, ...], value: str, unit: str, bound: str | None
) -> None:
    for text in texts:
        language = (
            "zh"
            if any("\u4e00" <= sign <= "\u9fff" for sign in text)
            else "ru"
            if any("а" <= sign <= "я" for sign in text)
            else "en"
        )
        assert figures(text, language) == [(Decimal(value), unit, bound)], text


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        (("1 January 2026", "January 1, 2026", "2026-01-01", "01.01.2026", "1 января 2026 года", "2026年1月1日", "Jan. 1, 2026", "二〇二六年一月一日"), (2026, 1, 1, None)),
        (("March 2025", "март 2025 года", "2025年3月"), (2025, 3, None, None)),
        (("Q2 2026", "second quarter of 2026", "второй квартал 2026 года", "2026年第二季度"), (2026, None, None, 2)),
        (("in 2026", "в 2026 году", "2026年"), (2026, None, None, None)),
    ],
)  # fmt: skip
def test_a_date_is_the_same_in_every_notation(texts: tuple[str, ...], parts: tuple[int | None, ...]) -> None:
    for text in texts:
        language = "zh" if "年" in text else "ru" if any("а" <= sign <= "я" for sign in text) else "en"
        reading = read(text, language)
        assert [date.parts for date in reading.dates] == [parts], text
        assert reading.figures == (), text


@pytest.mark.parametrize(
    ("text", "language", "kinds"),
    [
        ("A firm must not file before the audit.", "en", ["must", "not"]),
        ("No later than 30 days, not more than twice.", "en", []),
        ("Order No. 837 and no. 5", "en", []),
        ("Предприятие не должно подавать заявление.", "ru", ["not", "must"]),
        ("Не позднее 30 дней и не более двух раз.", "ru", []),
        ("企业不得办理备案。", "zh", ["not"]),
        ("非洲国家和不同的无人机不超过三架。", "zh", []),
        ("有关部门可以要求补正，拟取消。", "zh", ["may", "must", "planned", "unlike"]),
    ],
)
def test_small_words_that_turn_a_sentence_are_seen(text: str, language: str, kinds: list[str]) -> None:
    assert [cue.kind for cue in read(text, language).cues] == kinds


def test_codes_countries_and_names_are_seen() -> None:
    reading = read(
        "Under Regulation (EU) 2023/956 and Act 214-VIII, MOFCOM and the Ministry of Steel of Viet Nam decide.", "en"
    )
    assert reading.codes == {"2023/956", "214-viii"}
    assert reading.countries == {"VN"}
    assert {"MOFCOM", "Ministry", "Steel"} <= reading.names


def test_what_stands_in_brackets_and_dates_is_no_figure() -> None:
    assert figures("Announcement of 5 May 2026 under 2023/956", "en") == []
    assert [f.value for f in read("Article 15 and Order No. 837", "en").figures] == [15]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Order No. 837 of the State Council", "en"),
        ("国务院令第837号", "zh"),
        ("国务院令第八百三十七号", "zh"),
        ("Постановление № 837 Госсовета", "ru"),
    ],
)
def test_the_number_of_a_document_is_one_name_in_every_language(text: str, language: str) -> None:
    reading = read(text, language)
    assert reading.codes == {"№837"}
    assert not reading.figures


def test_no_before_a_quantity_is_no_number() -> None:
    assert read("There is no 5 percent rate and no 30 days of grace.", "en").numbers == frozenset()


def test_what_is_in_force_is_said_by_one_word() -> None:
    said = (
        ("It took effect", "en"),
        ("It entered into force", "en"),
        ("自该日起施行", "zh"),
        ("Закон вступил в силу", "ru"),
    )
    assert all("inforce" in read(text, language).content for text, language in said)
