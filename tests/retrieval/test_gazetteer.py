"""Countries in a text, whatever language it is in."""

import pytest

from retrieval.gazetteer import countries_in, countries_of_adjectives, country_names, members


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("What is the VAT rate in Kazakhstan?", "en", {"KZ"}),
        ("哈萨克斯坦的增值税税率是多少？", "zh", {"KZ"}),
        ("哈薩克斯坦", "zh", {"KZ"}),
        ("Какова ставка налога в Казахстане?", "ru", {"KZ"}),
        ("Предприятия Узбекистана и Кыргызстана", "ru", {"UZ", "KG"}),
        ("Wie hoch ist die Steuer in Frankreich?", "de", {"FR"}),
        ("Quelle taxe en Allemagne ?", "fr", {"DE"}),
        ("Papua New Guinea", "en", {"PG"}),
        ("Guinea-Bissau and Guinea", "en", {"GW", "GN"}),
        ("South Africa and South Korea", "en", {"ZA", "KR"}),
        ("Invest in the UAE, the US and the UK", "en", {"AE", "US", "GB"}),
        ("tell us about it, and thank us", "en", set()),
        ("俄罗斯和白俄罗斯", "zh", {"RU", "BY"}),
        ("Инвестиции в Узбекистане, Азербайджане и Иране", "ru", {"UZ", "AZ", "IR"}),
        ("Торговля с Пакистаном и Таджикистаном", "ru", {"PK", "TJ"}),
        ("Правила Китая для Вьетнама, Непала и Беларуси", "ru", {"CN", "VN", "NP", "BY"}),
        ("в Нигерии", "ru", {"NG"}),
        ("в Нигере", "ru", {"NE"}),
        ("в Дании", "ru", {"DK"}),
        ("Данные более чем за год, к тому же в самой стране", "ru", set()),
        ("КНР и РФ", "ru", {"CN", "RU"}),
        ("Вьетнам и ОАЭ", "ru", {"VN", "AE"}),
        ("Viet Nam, Vietnam", "en", {"VN"}),
        ("Côte d’Ivoire or Ivory Coast", "en", {"CI"}),
        ("Myanmar", "en", {"MM"}),
        ("Kenya 的光伏项目", "zh", {"KE"}),
        ("the European Union", "en", set()),
        ("What is a tenge worth in US dollars?", "en", set()),
        ("Сколько долларов США, сколько долл. США", "ru", set()),
        ("What is it in Hong Kong dollars, in Swiss francs or plain francs?", "en", set()),
        ("nothing of the kind", "en", set()),
        ("", "en", set()),
    ],
)
def test_countries_are_known_by_name(text: str, language: str, codes: set[str]) -> None:
    assert countries_in(text, language) == codes


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("the Polish labour market", "en", {"PL"}),
        ("South African wine", "en", {"ZA"}),
        ("казахстанские компании", "ru", {"KZ"}),
        ("to polish a surface", "xx", set()),
        ("the labour market", "en", set()),
        ("Is there an English version, or one in Russian?", "en", set()),
        ("Russian-speaking staff of a Chinese firm", "en", {"CN"}),
        ("на русском языке, по-китайски", "ru", set()),
        ("North Korean and Latin American goods, and how to polish them", "en", {"KP"}),
        ("в американских долларах", "ru", set()),
    ],
)
def test_countries_are_known_by_adjective(text: str, language: str, codes: set[str]) -> None:
    assert countries_of_adjectives(text, language) == codes


def test_an_adjective_is_no_name() -> None:
    assert countries_in("a Polish investor", "en") == frozenset()


def test_names_are_given_in_the_language_asked_for() -> None:
    assert country_names(["KZ", "CN"], "ru") == ["Казахстан", "Китай"]
    assert country_names(["KZ"], "zh") == ["哈萨克斯坦"]
    assert country_names(["KZ"], "zz") == ["Kazakhstan"]
    assert country_names(["??"], "en") == []


def test_a_region_has_its_members() -> None:
    assert members("CENTRAL_ASIA") == {"KZ", "KG", "TJ", "TM", "UZ"}
    assert len(members("EU")) == 27
    assert members("GLOBAL") == members("CORRIDOR_CPEC") == frozenset()


@pytest.mark.parametrize("region", ["EU", "ASEAN", "SCO", "EAEU", "GCC", "AFRICAN_UNION", "CENTRAL_ASIA", "CEE"])
def test_every_member_is_a_country_with_a_name(region: str) -> None:
    codes = sorted(members(region))
    assert codes
    assert len(country_names(codes, "en")) == len(codes)
