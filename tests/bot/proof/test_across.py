"""Statements in one language beside passages in another: the house's terms first, behind them the packaged lexicon."""

import pytest

from bot.citations import Prover
from bot.proof.judge import judge
from bot.proof.reading import read
from bot.proof.sources import Source
from bot.writers import Claim
from retrieval.dictionary import Dictionaries
from retrieval.lexicon import load_lexicon
from retrieval.termbase import Termbase
from tests.bot.makers import make_hit

TERMS = Termbase([{"en": ("water permit",), "zh": ("取水证",), "ru": ("водная лицензия",)}])
BOTH = Dictionaries(TERMS, load_lexicon())
PASSAGES = {
    "en": "The office charges a fee of 310 yuan for a water permit. Foreign enterprises must not export water.",
    "zh": "主管部门对取水证收取310元费用。外国企业不得出口水。第837号令第十五条建立安全审查制度。",
    "ru": "Данные работников, необходимые для управления персоналом, можно передавать за границу.",
}


def proven(text: str, language: str, of: str, translator: Dictionaries | Termbase) -> bool:
    source = Source(make_hit(PASSAGES[of], language=of, title="T"), frozenset())
    return judge(text, language, [source], translator).proven


def test_the_lexicon_proves_what_the_terms_alone_cannot_compare() -> None:
    text = "Foreign enterprises must not export water."
    assert not proven(text, "en", "zh", TERMS)
    assert proven(text, "en", "zh", BOTH)


@pytest.mark.parametrize(
    ("text", "language", "of"),
    [
        ("Foreign enterprises must export water.", "en", "zh"),
        ("Foreign enterprises must not import water.", "en", "zh"),
        ("The office charges a fee of 410 yuan for a water permit.", "en", "zh"),
        ("Article 837 of Order No. 837 sets up a security review.", "en", "zh"),
        ("主管部门对取水证收取310美元费用。", "zh", "en"),
        ("主管部门不对取水证收取310元费用。", "zh", "en"),
        ("data of employees that are not needed for personnel management may be sent abroad", "en", "ru"),
    ],
)
def test_what_was_changed_is_caught_with_the_lexicon_too(text: str, language: str, of: str) -> None:
    assert not proven(text, language, of, BOTH)


def test_the_terms_of_the_house_go_before_the_lexicon() -> None:
    named = dict(BOTH.translations("the water permit and the tax", "en", "zh"))
    assert named["water permit"] == TERMS.translations("water permit", "en", "zh")[0][1]
    assert "tax" in named
    assert "water" not in named


def test_a_quote_that_a_kept_line_rests_on_is_not_shown_again() -> None:
    hit = make_hit(PASSAGES["zh"], language="zh", title="T")
    prover = Prover([hit], language="en", termbase=BOTH)
    kept = prover.add(Claim("The office charges a fee of 310 yuan for a water permit.", (1,)))
    assert kept is not None
    assert prover.add(Claim("The office charges a fee of 410 yuan for a water permit.", (1,))) is None
    assert prover.statements == (kept,)
    assert prover.lost_something


TRUTHS = {
    ("zh", "en"): "2025年煤炭在发电中的比重下降到58%",
    ("ru", "en"): "Плата за водную лицензию составляет 310 юаней",
    ("en", "zh"): "Foreign enterprises must not export water",
}
SOURCES = {
    ("zh", "en"): "The share of coal in power generation fell to 58 percent in 2025.",
    ("ru", "en"): "The fee for a water permit is 310 yuan.",
    ("en", "zh"): "外国企业不得出口水。",
}
ADDED = {
    "zh": (
        "，是世界上最高的",
        "，因为煤炭价格上涨",
        "，对投资者最有利",
        "，导致许多企业破产",
        "，大多数专家表示赞成",
        "，比其他国家更快",
    ),
    "ru": (
        ", что является самым высоким показателем в мире",
        ", потому что цены на уголь выросли",
        ", что наиболее выгодно для инвесторов",
        ", что привело к банкротству многих компаний",
        ", как сказал директор",
        ", ура",
    ),
    "en": (
        ", the highest in the world",
        " because coal prices rose",
        ", which is best for investors",
        ", which led many companies into bankruptcy",
        ", as most experts agree",
        " and gives a right to tax benefits",
    ),
}


def beside(text: str, language: str, of: str, title: str = "Solar plants") -> bool:
    source = Source(make_hit(SOURCES[language, of], language=of, title=title), frozenset())
    return judge(text, language, [source], BOTH).proven


@pytest.mark.parametrize(("language", "of"), list(TRUTHS))
def test_nothing_may_be_added_to_what_another_language_says(language: str, of: str) -> None:
    assert beside(TRUTHS[language, of], language, of)
    passed = [more for more in ADDED[language] if beside(f"{TRUTHS[language, of]}{more}.", language, of)]
    assert passed == []


@pytest.mark.parametrize(
    ("language", "of", "word", "other"),
    [
        ("zh", "en", "煤炭", "石油"),
        ("zh", "en", "煤炭", "太阳能"),  # which the title of the document names
        ("zh", "en", "下降", "上升"),
        ("ru", "en", "водную лицензию", "визу"),
        ("en", "zh", "water", "coal"),
    ],
)
def test_nor_one_word_put_for_another(language: str, of: str, word: str, other: str) -> None:
    truth = TRUTHS[language, of]
    assert word in truth
    assert not beside(truth.replace(word, other), language, of)


def test_cells_of_two_rows_make_no_row_in_another_language() -> None:
    rows = "Tax: Social tax; Rate, percent: 6; Who pays: employers\nTax: Property tax; Rate, percent: 1.5; Who pays: owners of buildings"
    source = Source(make_hit(rows, title="Taxes"), frozenset())
    assert not judge("税种：社会税；税率：6%；缴纳者：业主", "zh", [source], BOTH).proven
    assert not judge("税种：财产税；税率：1.5%；缴纳者：雇主", "zh", [source], BOTH).proven


@pytest.mark.parametrize(
    "text",
    [
        "太阳能电站的上网电价为每千瓦时34.61坚戈。",
        "供应商提供产能数据。",
        "该机构认可相应的性能。",
        "效应应税智能节能。",
    ],
)
def test_can_and_must_in_other_words_turn_nothing(text: str) -> None:
    assert not {cue.kind for cue in read(text, "zh").cues} & {"may", "must", "not", "unlike"}


def test_what_can_or_must_be_does_turn_a_sentence() -> None:
    assert [cue.kind for cue in read("企业能申请，应提交材料。", "zh").cues] == ["may", "must"]
    assert "may" in {cue.kind for cue in read("储能够用时可申请。", "zh").cues}
