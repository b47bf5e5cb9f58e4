"""Dates, amounts and codes are one thing however they are written."""

import pytest

from retrieval.language import fold, terms, words
from retrieval.notations import clauses, clauses_of, codes, written_out


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The Regulation has applied since 25 May 2018.", "en"),
        ("It entered into force on May 25th, 2018, and applies since.", "en"),
        ("Закон действует с 25 мая 2018 г.", "ru"),
        ("Приказ от 25.05.2018 № 837", "ru"),
        ("本办法自2018年5月25日起施行。", "zh"),
        ("Die Verordnung gilt seit dem 25. Mai 2018.", "de"),
        ("Le règlement s'applique depuis le 25 mai 2018.", "fr"),
        ("El reglamento se aplica desde el 25 de mayo de 2018.", "es"),
        ("Yönetmelik 25 Mayıs 2018 tarihinde yürürlüğe girdi.", "tr"),
        ("Quy định có hiệu lực từ ngày 25 tháng 5 năm 2018.", "vi"),
        ("دخل القانون حيز التنفيذ في 25 مايو 2018", "ar"),
        ("as of 2018-05-25", "en"),
    ],
)
def test_a_day_is_a_day(text: str, language: str) -> None:
    assert codes(fold(text), language) == ("2018-05-25",)
    assert "2018-05-25" in terms(text, language).pairs


@pytest.mark.parametrize("text", ["31.02.2018", "version 1.25.5.2018.3", "5.2018", "25 of 2018", "2018-13-45"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert not any(code.count("-") == 2 for code in codes(fold(text), "en"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a minimum capital of 1,200,000 dollars", "en"),
        ("a minimum capital of 1.2 million dollars", "en"),
        ("注册资本不少于120万美元", "zh"),
        ("уставный капитал не менее 1,2 млн долларов", "ru"),
        ("уставный капитал не менее 1 200 000 долларов", "ru"),
        ("уставный капитал не менее 1200 тыс. долларов", "ru"),
    ],
)
def test_an_amount_is_an_amount(text: str, language: str) -> None:
    assert codes(fold(text), language) == ("1200000",)


def test_large_amounts_keep_their_scale() -> None:
    assert codes(fold("出口额达3.5万亿元，进口额2亿元"), "zh") == ("3500000000000", "200000000")
    assert codes(fold("$1,234,567.5 million"), "en") == ("1234567500000",)


@pytest.mark.parametrize("text", ["HS 8541.40", "HS code 8541 40", "heading 854140"])
def test_a_tariff_code_is_one_with_and_without_its_points(text: str) -> None:
    assert "854140" in codes(fold(text), "en")


@pytest.mark.parametrize(
    ("short", "full", "language"),
    [
        ("under Art. 15 of the Code", "under Article 15 of the Code", "en"),
        ("see secs. 3 and 4", "see section 3 and 4", "en"),
        ("Order No. 837", "Order № 837", "en"),
        ("согласно ст. 15 Кодекса", "согласно статье 15 Кодекса", "ru"),
        ("п. 3 ч. 2 ст. 15", "пункт 3 часть 2 статьи 15", "ru"),
        ("приказ № 837", "приказ номер 837", "ru"),
        ("第十五条", "第15条", "zh"),
        ("第一百零五条和第二十条", "第105条和第20条", "zh"),
        ("第一千一百六十五条", "第1165条", "zh"),
        ("第一千零三条", "第1003条", "zh"),
        ("二〇二〇年", "2020年", "zh"),
    ],
)
def test_what_stands_short_before_a_number_is_written_out(short: str, full: str, language: str) -> None:
    assert words(short, language) == words(full, language)
    assert set(terms(short, language).pairs) == set(terms(full, language).pairs)


@pytest.mark.parametrize("text", ["第百十 条", "chapter and verse", "the art of 15 painters", "том п"])
def test_other_words_are_left_alone(text: str) -> None:
    for language in ("en", "ru", "zh"):
        assert written_out(fold(text), language) == fold(text)


def test_a_document_number_is_found_by_its_neighbours() -> None:
    assert {"国函", "函_2020", "2020_123", "123_号"} <= set(terms("国函〔2020〕123号", "zh").pairs)
    assert "no_837" in terms("Order No. 837 of 2015", "en").pairs
    assert set(terms("ISO 9001", "en").pairs) == set(terms("ISO9001", "en").pairs) == {"iso_9001"}


@pytest.mark.parametrize(
    ("text", "asked", "language"),
    [
        ("Shirkatlar soliq to'laydi", "shirkatlar", "uz"),
        ("تدفع الشركات الضرائب في المنطقة الحرة", "الشركات", "ar"),
        ("Şirketler serbest bölgede vergi öder", "şirketler", "tr"),
        ("Doanh nghiệp nộp thuế trong khu chế xuất", "thuế", "vi"),
        ("Die Unternehmen zahlen Steuern in der Freizone", "Steuer", "de"),
        ("Les entreprises paient des impôts", "entreprise", "fr"),
        ("企業在自貿區繳納稅款", "纳税企业", "zh"),
        ("ဥပဒေအရ ကုမ္ပဏီများ", "ကုမ္ပဏီများ", "my"),
    ],
)
def test_words_of_many_languages_are_found(text: str, asked: str, language: str) -> None:
    assert set(words(asked, language)) & set(words(text, language))


def test_a_long_row_of_figures_is_walked_through_once() -> None:
    assert codes("123 " * 25_000, "en")  # squared, this would take minutes


def test_a_year_beside_an_amount_stays_a_year() -> None:
    assert words("In 2020 500 companies", "en") == ["in", "2020", "500", "compani"]


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("What does Article 15 of Order No. 837 say?", "en", {"15"}),
        ("art. 7 and section 12", "en", {"7", "12"}),
        ("第八百三十七号令第九十九条", "zh", {"99"}),
        ("по ст. 152 ТК РФ и пункту 2", "ru", {"152", "2"}),
        ("Was sagt Artikel 5?", "de", {"5"}),
        ("Order 837, 5 articles, Article 2.5 percent", "en", set()),
    ],
)
def test_articles_and_chapters_are_known_by_their_numbers(text: str, language: str, numbers: set[str]) -> None:
    assert clauses(fold(text), language) == numbers


def test_ranges_of_articles_are_opened_up_and_list_items_counted() -> None:
    assert {"15", "18", "21"} <= clauses_of(fold("指南第十五条至第二十一条"), "zh")
    assert clauses_of("see articles 3 to 5 of order no. 11", "en") == {"3", "4", "5"}
    assert clauses_of("1. ask.\n2. wait 7 days.", "en") == {"1", "2"}
