"""Statements made of their source's own words: which steps keep the sense, and which words in another place do not."""

import random

import pytest

from benchmarks.exchanges import exchanges
from benchmarks.mutants import LANGUAGES, passages, truths
from benchmarks.texts import KNOWLEDGE
from bot.proof.judge import judge, nearest
from bot.proof.sources import Source
from retrieval import Hit
from retrieval.dictionary import Dictionaries
from retrieval.lexicon import load_lexicon
from retrieval.termbase import Termbase
from tests.bot.makers import make_hit

EN = make_hit(
    "Corvia exported 12 million tonnes of salt to Georgia and imported 4 million tonnes of grain from Kenya in 2025. The importer, not the "
    "exporter, must buy certificates. Plants above 15 MW need a permit of the Salt Office, unless they serve hospitals. The licence is valid "
    "for 25 years, and it can be extended once. Critics say that the office delays permits. A ferry may land in Georgia only at noon. "
    "If the office objects, the plant is not connected. Salt covered three quarters of the trade. Corvia trades in salt, grain, "
    "timber, glass and wool.\n\nProject: Alda; Capacity: 54 MW; Owner: First Wind; Start: June 2027\nProject: Berit; Capacity: 85 MW; "
    "Owner: Silk Wind; Start: March 2028",
    title="Corvia: salt and ferries",
)
ZH = make_hit(
    "采矿许可证由盐务局颁发，有效期为30年，可延长两次。外国企业持股超过33%的，须经议会批准。企业应当在每年4月1日前提交报告，逾期未提交的处500万元罚款。"
    "每人每月缴纳岗位费200元。2024年出口量为8300万吨，其中向肯尼亚出口占90%以上，向格鲁吉亚出口不到3%。铁路因资金不足推迟到2027年6月通车。",
    title="科尔维亚矿业规则",
    language="zh",
)
RU = make_hit(
    "Разрешение требуется всем работникам, кроме руководителя компании. В 2024 году Корвия экспортировала 3 млн тонн соли в Грузию и 9 млн тонн "
    "зерна в Кению. Лицензию выдаёт Соляное управление в течение 45 дней. Доля соли должна превысить 30 процентов. Тариф действует с 2022 года.",
    title="Корвия: справка",
    language="ru",
)


def proven(text: str, language: str, hit: Hit) -> bool:
    return judge(text, language, [Source(hit, frozenset())], None).proven


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (EN, "en", "In 2025 Corvia exported 12 million tonnes of salt to Georgia."),
        (EN, "en", "The licence runs for 25 years."),
        (EN, "en", "The licence is valid for twenty-five years, and can be extended once."),
        (EN, "en", "The plant is not connected if the office objects."),
        (EN, "en", "Salt covered 75% of the trade."),
        (EN, "en", "Corvia trades in salt, timber and wool."),
        (EN, "en", "Project: Berit; Owner: Silk Wind"),
        (EN, "en", "Berit; Capacity: 85 MW; Owner: Silk Wind"),
        (ZH, "zh", "采矿许可证有效期为三十年，可以延长两次。"),
        (ZH, "zh", "外国企业持股超过33%的，必须经议会批准。"),
        (RU, "ru", "В 2024 году Корвия экспортировала 3 млн тонн соли в Грузию."),
        (RU, "ru", "Лицензию выдает Соляное управление в течение сорока пяти дней."),
    ],
)
def test_what_keeps_the_sense_is_kept(hit: Hit, language: str, text: str) -> None:
    assert proven(text, language, hit)


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (
            EN,
            "en",
            "Corvia exported 12 million tonnes of salt to Kenya and imported 4 million tonnes of grain from Georgia in 2025.",
        ),
        (
            EN,
            "en",
            "Corvia exported 4 million tonnes of salt to Georgia and imported 12 million tonnes of grain from Kenya in 2025.",
        ),
        (EN, "en", "Georgia exported 12 million tonnes of salt to Corvia in 2025."),
        (EN, "en", "Corvia exported 12 million tonnes of grain to Georgia in 2025."),
        (EN, "en", "The exporter must buy certificates."),
        (EN, "en", "The importer must buy certificates."),
        (EN, "en", "Plants need a permit of the Salt Office."),
        (EN, "en", "Plants above 15 MW need a permit of the Salt Office."),
        (EN, "en", "The permit is valid for 25 years."),
        (EN, "en", "It is valid for 25 years."),
        (EN, "en", "25 years."),
        (EN, "en", "The licence is valid for exactly 25 years."),
        (EN, "en", "The largest licence is valid for 25 years."),
        (EN, "en", "The licence is “valid everywhere”."),
        (EN, "en", "The office delays permits."),
        (EN, "en", "A ferry may land in Georgia."),
        (EN, "en", "A ferry may land in Georgia at noon."),
        (EN, "en", "The plant is not connected."),
        (EN, "en", "The office objects if the plant is not connected."),
        (EN, "en", "Salt covered a third of the trade."),
        (EN, "en", "Project: Berit; Owner: First Wind"),
        (EN, "en", "Berit; Start: June 2027"),
        (EN, "en", "Owner: Berit; Capacity: 85 MW"),
        (EN, "en", "Start: June 2027"),
        (ZH, "zh", "议会的采矿许可证由盐务局颁发，有效期为30年。"),
        (ZH, "zh", "盐务局须经议会批准。"),
        (ZH, "zh", "外国企业须经议会批准。"),
        (ZH, "zh", "每人每年缴纳岗位费200元。"),
        (ZH, "zh", "向格鲁吉亚出口占90%以上，向肯尼亚出口不到3%。"),
        (ZH, "zh", "铁路已于2027年6月通车。"),
        (ZH, "zh", "有效期为30年。"),
        (ZH, "zh", "采矿许可证由“盐务总局”颁发，有效期为30年。"),
        (RU, "ru", "Разрешение требуется всем работникам."),
        (RU, "ru", "Разрешение требуется только руководителю компании."),
        (RU, "ru", "В 2024 году Корвия экспортировала 9 млн тонн соли в Кению и 3 млн тонн зерна в Грузию."),
        (RU, "ru", "Доля соли превысила 30 процентов."),
        (RU, "ru", "Лицензию «бесплатно» выдаёт Соляное управление в течение 45 дней."),
        (RU, "ru", "В течение 45 дней."),
    ],
)
def test_the_same_words_in_other_places_prove_nothing(hit: Hit, language: str, text: str) -> None:
    assert not proven(text, language, hit)


def test_the_whole_sentence_stands_where_a_restriction_was_left_out() -> None:
    quote = nearest("A ferry may land in Georgia.", "en", [Source(EN, frozenset())], None)
    assert quote is not None
    assert quote.text == "A ferry may land in Georgia only at noon."


@pytest.mark.parametrize(
    ("said", "language", "kept"),
    [
        ("Лицензия действует 15 лет и может быть продлена дважды.", "ru", True),
        ("Лицензия действует 15 лет и может быть продлена один раз.", "ru", False),
        ("许可证有效期15年，可延长三次。", "zh", False),
    ],
)
def test_how_often_something_is_holds_across_languages(said: str, language: str, kept: bool) -> None:
    hit = make_hit("The licence is valid for 15 years and can be extended twice.", title="Licences")
    found = judge(said, language, [Source(hit, frozenset())], Dictionaries(Termbase([]), load_lexicon()))
    assert found.proven is kept, found.reason


SAMPLE = 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_words_exchanged_are_caught(language: str) -> None:
    """A sample of what ``python -m benchmarks proof`` measures in full."""
    chance = random.Random(19)
    hits = [
        hit
        for hit in passages(KNOWLEDGE, only=f".{language}." if language != "en" else "law")
        if hit.passage.language == language
    ]
    said = list(truths(hits, language, chance=chance))
    judged: dict[str, list[str]] = {}
    for truth in chance.sample(said, min(SAMPLE, len(said))):
        for mutant in exchanges(truth, language, chance):
            if proven(mutant.text, language, truth.hit):
                judged.setdefault(mutant.kind, []).append(mutant.text)
            else:
                judged.setdefault(mutant.kind, [])
    assert len(judged) > 4
    assert sum(map(len, judged.values())) <= 0.03 * 4 * SAMPLE, judged


def test_a_row_may_leave_out_a_column_of_another_time() -> None:
    rows = "产品: 电池; 2026年3月31日以前: 9%; 2026年4月1日至12月31日: 6%; 2027年1月1日起: 0"
    hit = make_hit(rows, title="出口退税", language="zh")
    assert proven("产品: 电池; 2027年1月1日起: 0", "zh", hit)
    assert not proven("产品: 电池; 2027年1月1日起: 6%", "zh", hit)
    assert not proven("产品: 电池; 2026年3月31日以前: 6%", "zh", hit)
    assert not proven(
        "2027年1月1日起: 0", "zh", make_hit(f"{rows}\n产品: 光伏; 2027年1月1日起: 3%", title="出口退税", language="zh")
    )
