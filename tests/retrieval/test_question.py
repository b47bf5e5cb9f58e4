"""What a question asks for, in each language of an index."""

import pytest

from retrieval.dictionary import Row
from retrieval.kinds import Asked, is_of_kind
from retrieval.language import words
from retrieval.question import Reading
from tests.retrieval.makers import read

HOUSE: list[Row] = [
    {"en": ("value added tax", "VAT"), "zh": ("增值税",), "ru": ("налог на добавленную стоимость", "НДС")}
]
EVERYDAY: list[Row] = [
    {"en": ("factory", "plant"), "zh": ("工厂", "厂"), "ru": ("завод", "фабрика")},
    {"en": ("worker",), "zh": ("工人",), "ru": ("рабочий",)},
    {"en": ("pull",), "zh": ("拉",), "ru": ("тянуть",)},
]


def names(reading: Reading) -> list[set[str]]:
    return [{" ".join(name) for name in concept.names} for concept in reading.concepts]


def test_a_question_has_a_reading_in_every_language_of_the_index() -> None:
    question = read("Сколько рабочих на заводе?", languages=["en", "ru", "zh"], lexicon=EVERYDAY)
    assert names(question.reading("en")) == [{"worker"}, {"factori", "plant"}]
    assert names(question.reading("zh")) == [{"工人"}, {"工厂", "厂"}]
    assert names(question.reading("ru")) == [{word} for word in words("рабочих заводе", "ru")]
    assert question.reading("de").concepts == (), "a language the index does not hold"


def test_everyday_words_do_not_become_synonyms_in_their_own_language_but_house_terms_do() -> None:
    question = read("VAT of a plant", languages=["en"], termbase=HOUSE, lexicon=EVERYDAY)
    assert names(question.reading("en")) == [{"vat", "valu add tax"}, {"plant"}]


def test_what_shares_names_with_a_word_in_two_languages_is_kin_and_in_one_distant_kin() -> None:
    works: Row = {"en": ("works", "mill"), "zh": ("工厂",), "ru": ("предприятие",)}
    shed: Row = {"en": ("workshop",), "zh": ("工厂",), "ru": ("завод",)}
    (plant,) = read("the plant", languages=["en"], lexicon=[*EVERYDAY, works, shed]).reading("en").concepts
    assert plant.kin == {"factori", "workshop"}, "of its own row, and of one that is called the same in both others"
    assert plant.distant_kin == {"work", "mill"}, "called the same in Chinese only"
    exact, kin, distant, nothing = (plant.held_by({word}) for word in ("plant", "workshop", "mill", "worker"))
    assert exact == 1.0 > kin > 0.5 > distant > nothing == 0.0


def test_the_words_of_a_name_that_stand_apart_are_not_that_name() -> None:
    tax: Row = {"en": ("carbon tax",), "zh": ("碳税",)}
    (concept,) = read("carbon tax", languages=["en"], termbase=[tax]).reading("en").concepts
    held = {"carbon", "tax"}
    assert concept.held_by(held) == concept.held_by(held, {"carbon_tax"}) == 1.0 > 0.5 > concept.held_by(held, set())
    (chinese,) = read("碳税", languages=["zh"], termbase=[tax]).reading("zh").concepts
    assert chinese.held_by(set(chinese.names[0]), set()) == 1.0, "whose words are longer than its pairs"


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("What does the agreement between China and Serbia say on rice?", True),
        ("中国和塞尔维亚的自贸协定何时生效？", True),
        ("Когда вступило в силу соглашение Китая с Сербией?", True),
        ("Compare the agreements of China and Serbia", False),
        ("Between China and Serbia, where is VAT lower?", False),
        ("Which agreement binds Serbia?", False),
        ("What does the China-Serbia agreement say on rice?", True),
        ("Can a firm from China sign a power purchase agreement in Serbia?", False),
    ],
)
def test_what_two_countries_have_with_each_other_is_told_from_a_comparison(text: str, is_it: bool) -> None:
    assert read(text, languages=["en"]).is_of_both is is_it


@pytest.mark.parametrize(
    ("asked", "holds", "holds_not"),
    [
        (Asked.MONEY, "The fee is 45 euros.", "The fee is published in 2026."),
        (
            Asked.MONEY,
            "The office asks 310 crowns.",
            "1. Ask the office.\n2. Wait 12 working days, until 3 May (Article 5).",
        ),
        (Asked.MONEY, "水务局收取320克朗。", "第5条：20个工作日内，2026年5月1日前办理。"),
        (Asked.MONEY, "The licence costs 2000 som.", "Decree 561/2022 covers EP4 batteries above 2 kWh from 09:30."),
        (Asked.MONEY, "The fee is five hundred somoni.", "It takes 2 to 15 years in 2026 and about 700 items."),
        (Asked.MONEY, "Сбор не взимается.", "Закон № 561 принят 3 мая 2026 года."),
        (Asked.MONEY, "费用为300元。", "费用另行通知。"),
        (Asked.MONEY, "Пошлина составляет 5 МРП.", "Пошлину уплачивает заявитель."),
        (Asked.DURATION, "It takes ten days.", "It takes a form."),
        (Asked.DURATION, "审批需要20个工作日。", "审批需要第20条的材料。"),
        (Asked.DURATION, "Рассмотрение длится 3 месяца.", "Рассмотрение описано в статье 3."),
    ],
)
def test_an_amount_and_a_duration_are_known(asked: Asked, holds: str, holds_not: str) -> None:
    assert is_of_kind(asked, holds)
    assert not is_of_kind(asked, holds_not)
    assert is_of_kind(Asked.ANY, holds_not)


def test_a_country_has_no_kin() -> None:
    germany: Row = {"en": ("Germany", "land"), "ru": ("Германия",), "zh": ("德国",)}
    (concept,) = read("Germany", languages=["en"], lexicon=[germany]).reading("en").concepts
    assert concept.country == "DE"
    assert not concept.kin


def test_house_terms_come_before_everyday_words_and_longer_names_before_shorter() -> None:
    question = read(
        "增值税工厂", languages=["en"], termbase=HOUSE, lexicon=[*EVERYDAY, {"en": ("add",), "zh": ("增",)}]
    )
    assert names(question.reading("en")) == [{"valu add tax", "vat"}, {"factori", "plant"}]


def test_chinese_is_looked_up_by_characters_wherever_words_end() -> None:
    question = read("工厂工人有多少？", languages=["en"], lexicon=EVERYDAY)
    assert names(question.reading("en")) == [{"factori", "plant"}, {"worker"}]


def test_what_has_no_name_in_a_language_counts_half() -> None:
    reading = read("завод и гайка", languages=["en"], lexicon=EVERYDAY).reading("en")
    known, unknown = reading.concepts
    assert (bool(known.names), bool(unknown.names)) == (True, False)
    assert reading.coverage({"plant"}) == pytest.approx(known.weight / (known.weight + unknown.weight / 2))


def test_what_is_written_in_latin_letters_or_digits_is_the_same_in_every_language() -> None:
    assert {"cbam"} in names(read("Что такое CBAM в 2026 году?", languages=["en"]).reading("en"))
    assert {"2026"} in names(read("Что такое CBAM в 2026 году?", languages=["en"]).reading("en"))


def test_a_country_has_its_names_in_every_language_and_is_no_part_of_the_subject() -> None:
    reading = read("哈萨克斯坦的工厂", languages=["en"], lexicon=EVERYDAY).reading("en")
    country, factory = reading.concepts
    assert (country.country, factory.country) == ("KZ", None)
    assert ("kazakhstan",) in country.names
    assert reading.subject == (factory,)
    only = read("哈萨克斯坦", languages=["en"]).reading("en")
    assert only.subject == only.concepts, "where nothing else is asked"


def test_no_word_is_seen_inside_a_countrys_name() -> None:
    everyday: list[Row] = [{"en": ("orchid",), "zh": ("兰",)}, *EVERYDAY]
    reading = read("到斯里兰卡的工厂", languages=["en"], lexicon=everyday).reading("en")
    assert [concept.country for concept in reading.concepts] == ["LK", None]
    assert all("orchid" not in name for concept in reading.concepts for name in concept.names)


def test_a_thing_with_a_common_name_weighs_little() -> None:
    reading = read("завод рабочий", languages=["en"], lexicon=EVERYDAY, standing={"plant": 9}).reading("en")
    factory, worker = reading.concepts
    assert factory.weight < worker.weight


def test_the_gloss_is_made_of_the_commonest_names() -> None:
    assert read("工厂的工人", languages=["en"], lexicon=EVERYDAY).reading("en").gloss() == "factory worker"
    assert read("完全未知之物", languages=["en"], lexicon=EVERYDAY).reading("en").gloss() == ""


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("How many factories are there?", Asked.FIGURE),
        ("什么时候开始施行？", Asked.TIME),
        ("Кто отвечает за регистрацию?", Asked.WHO),
        ("办理流程是什么？", Asked.STEPS),
        ("Which documents are needed?", Asked.LIST),
        ("Tell me about trade", Asked.ANY),
        ("С какой даты действует закон?", Asked.TIME),
        ("申请的截止日期是哪天？", Asked.TIME),
        ("Как долго рассматривают заявку?", Asked.DURATION),
        ("审批需要多长时间？", Asked.DURATION),
        ("How much does a permit cost?", Asked.MONEY),
        ("What is the fee for a permit?", Asked.MONEY),
        ("许可证费用是多少？", Asked.MONEY),
        ("Сколько стоит разрешение?", Asked.MONEY),
        ("How much did trade grow?", Asked.FIGURE),
        ("What does the permit cost?", Asked.MONEY),
        ("违反规定罚款多少？", Asked.MONEY),
        ("Сколько платформ объявили стороны?", Asked.FIGURE),
        ("哪个城市有保税区？", Asked.PLACE),
        ("In which town is the plant?", Asked.PLACE),
    ],
)
def test_the_kind_of_answer_is_read_off_the_words(text: str, asked: Asked) -> None:
    assert read(text, languages=["en"]).asked is asked


def test_an_unknown_name_is_called_what_sounds_like_it_in_the_index() -> None:
    question = read("Где завод Теслы?", languages=["en"], lexicon=EVERYDAY, written=["Tesla", "Porter"])
    assert names(question.reading("en")) == [{"factori", "plant"}, {"tesla"}]


def test_a_name_hides_the_words_that_its_pieces_happen_to_be_but_not_a_word_of_the_dictionary() -> None:
    question = read("特斯拉的工厂", languages=["en"], lexicon=EVERYDAY, written=["Tesla", "Gongchang"])
    assert names(question.reading("en")) == [{"tesla"}, {"factori", "plant"}]


def test_a_plain_word_of_the_other_language_is_no_name_however_it_sounds() -> None:
    lexicon: list[Row] = [*EVERYDAY, {"en": ("teacher",), "zh": ("教师",), "ru": ("учитель",)}]
    (tesla,) = read("Теслы", languages=["en"], lexicon=lexicon, written=["Teacher"]).reading("en").concepts
    assert tesla.names == ()


def test_a_name_in_latin_letters_may_stand_as_it_is_or_as_it_sounds() -> None:
    question = read("Where does Weichai build?", languages=["ru"], lexicon=[], written=["Вэйчай"])
    assert {"weichai", "вэйча"} in names(question.reading("ru"))


@pytest.mark.parametrize(
    ("asked", "foreign"),
    [
        ("Quelle est la taxe sur les usines ?", True),
        ("Fabrikalarda KDV oranı nedir?", True),
        ("Where is the plant?", False),
        ("Где завод?", False),  # no passage in Russian, but the words are known
        ("工厂在哪里？", False),
    ],
)
def test_a_question_is_foreign_where_neither_passages_nor_dictionaries_speak_its_language(
    asked: str, foreign: bool
) -> None:
    question = read(asked, languages=["en"], lexicon=EVERYDAY, standing={"plant": 3, "factori": 2})
    assert question.is_foreign is foreign


def test_words_of_another_language_are_no_names_but_what_is_written_as_one_is() -> None:
    question = read("Quelle taxe CBAM pour Weichai en 2026 ?", languages=["en"], lexicon=[])
    assert [name for name in names(question.reading("en")) if name] == [{"cbam"}, {"weichai"}, {"2026"}]


def test_a_character_inside_a_word_is_no_house_term() -> None:
    day: Row = {"en": ("day",), "zh": ("天",)}
    assert not read("明天", languages=["en"], termbase=[day]).reading("en").gloss()
    assert read("5天", languages=["en"], termbase=[day]).reading("en").gloss() == "5 day"
