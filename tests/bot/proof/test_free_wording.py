"""Statements in free wording beside a passage: what another writer may say of it, and what he may not."""

import pytest

from bot.proof.judge import judge, nearest
from bot.proof.sources import Source
from retrieval import Hit
from retrieval.dictionary import Dictionaries
from retrieval.lexicon import load_lexicon
from retrieval.termbase import Termbase
from tests.bot.makers import make_hit

BOTH = Dictionaries(Termbase([]), load_lexicon())
ORDER = make_hit(
    "The Council signed Order No. 51, the Rules on Ferries, on 5 May 2026. Order No. 51 was published on 1 June 2026 and has been in "
    "force since 1 July 2026. It has 34 articles. Order No. 12 of the Port Office had not been revised by 30 June 2026. Lists that name "
    "a fee of 12 crowns are out of date.",
    title="Rules on Ferries (Order No. 51)",
)
STEPS = make_hit(
    "企业按照下面的步骤办理：\n\n1. 企业在项目实施之前，向港务局办理渡轮备案。\n2. 材料齐全后约三个工作日取得渡轮证书。\n3. 企业在银行办理登记，然后汇出资金。\n"
    "4. 企业可以聘请顾问。\n\n敏感水域的渡轮由港务局核准。渡轮规定于2026年5月5日签署，2026年6月1日公布。",
    title="渡轮备案流程",
    language="zh",
)
VISA = make_hit(
    "Безвизовое пребывание в Корвии ограничено двумя правилами:\n\n- не более 30 дней за одну поездку\n- не более 90 дней в течение 180 "
    "дней\n\nБезвизовый режим Корвии не распространяется на работу, учёбу и съёмку. Граждане Алдории могут въезжать без визы. Программа "
    "предусматривала 4,5 ГВт ветровых мощностей. Эти показатели являются целями, а не фактическими данными.",
    title="Корвия: справка",
    language="ru",
)


def proven(text: str, language: str, hit: Hit) -> bool:
    return judge(text, language, [Source(hit, frozenset())], BOTH).proven


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (ORDER, "en", "Order No. 51 contains 34 articles."),
        (ORDER, "en", "Order No. 51 entered into force on 1 July 2026."),
        (ORDER, "zh", "第51号令自2026年7月1日起施行。"),
        (ORDER, "ru", "Приказ № 51 вступил в силу 1 июля 2026 года."),
        (STEPS, "zh", "材料齐全后，约3个工作日可以取得渡轮证书。"),
    ],
)
def test_other_words_for_the_same_are_kept(hit: Hit, language: str, text: str) -> None:
    assert proven(text, language, hit)


@pytest.mark.parametrize(
    ("hit", "language", "text", "words"),
    [
        (
            ORDER,
            "en",
            "The Rules on Ferries (Order No. 51) were signed on 5 May 2026 and took effect on 1 July 2026.",
            "5 May 2026",
        ),
        (ORDER, "en", "Order No. 51 was signed on 5 May 2026 and published on 1 June 2026.", "1 June 2026"),
        (STEPS, "zh", "项目实施前，企业应向港务局办理渡轮备案。", "渡轮备案"),
        (STEPS, "zh", "企业须先在银行办理登记，再汇出资金。", "汇出资金"),
        (STEPS, "zh", "该规定于2026年5月5日签署，2026年6月1日公布。", "2026年5月5日签署"),
        (VISA, "ru", "Срок пребывания без визы — не более 30 дней за одну поездку.", "30 дней"),
        (VISA, "ru", "Безвизовый режим не действует для работы и учёбы.", "не распространяется"),
        (VISA, "ru", "Гражданам Алдории не нужна виза для въезда.", "без визы"),
    ],
)
def test_what_is_said_too_freely_gives_way_to_the_words_of_its_source(
    hit: Hit, language: str, text: str, words: str
) -> None:
    assert not proven(text, language, hit)
    quote = nearest(text, language, [Source(hit, frozenset())], BOTH)
    assert quote is not None
    assert words in quote.text


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (ORDER, "en", "The Rules on Ferries (Order No. 51) were signed on 1 July 2026 and took effect on 5 May 2026."),
        (ORDER, "en", "Order No. 51 took effect on 1 June 2026."),
        (ORDER, "en", "Order No. 51 entered into force on 5 May 2026."),
        (ORDER, "en", "Order No. 12 contains 34 articles."),
        (ORDER, "en", "Order No. 12 of the Port Office has been in force since 1 July 2026."),
        (ORDER, "en", "Order No. 51 of the Port Office had not been revised by 30 June 2026."),
        (ORDER, "en", "The fee is 12 crowns."),
        (ORDER, "zh", "第12号令自2026年7月1日起施行。"),
        (ORDER, "zh", "第51号令自2026年5月5日起施行。"),
        (ORDER, "ru", "Приказ № 12 вступил в силу 1 июля 2026 года."),
        (STEPS, "zh", "企业须先汇出资金，再在银行办理登记。"),
        (STEPS, "zh", "企业应聘请顾问。"),
        (STEPS, "zh", "敏感水域的渡轮由港务局备案。"),
        (STEPS, "zh", "该规定于2026年6月1日签署，2026年5月5日公布。"),
        (STEPS, "zh", "材料齐全后，约3个工作日可能取得渡轮证书。"),
        (VISA, "ru", "Срок пребывания без визы — не более 30 дней в течение 180 дней."),
        (VISA, "ru", "Безвизовый режим распространяется на съёмку."),
        (VISA, "ru", "Введено 4,5 ГВт ветровых мощностей, что подтверждено фактическими данными."),
        (VISA, "ru", "В Корвии построено 4,5 ГВт ветровых мощностей."),
        (VISA, "ru", "Гражданам Алдории нужна виза для въезда."),
    ],
)
def test_what_turns_it_is_caught(hit: Hit, language: str, text: str) -> None:
    assert not proven(text, language, hit)


EN = make_hit(
    "Banks may ask for more than the Rules do. China stops building coal ferries. The Commission proposed to extend the fee to barges. "
    "The agreement covers 10,412 tariff lines of Serbia and 8,930 tariff lines of China.",
    title="Notes",
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("银行可以要求比规定更低的标准。", "zh"),
        ("Банки могут требовать меньше, чем правила.", "ru"),
        ("Китай строит угольные паромы.", "ru"),
        ("委员会将费用扩大到驳船。", "zh"),
        ("协定涉及中国10412个税目。", "zh"),
        ("Соглашение охватывает 8 930 тарифных позиций Сербии.", "ru"),
    ],
)
def test_across_languages_too(text: str, language: str) -> None:
    assert not proven(text, language, EN)


def test_a_term_alone_is_proven_by_its_name_in_another_language() -> None:
    hit = make_hit("Three offices decide:\n\n- Ministry of Foreign Affairs\n- customs", title="Offices")
    assert proven("Министерство иностранных дел", "ru", hit)
    assert not proven("Министерство обороны", "ru", hit)
