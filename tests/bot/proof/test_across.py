"""Statements in one language beside passages in another: the house's terms first, behind them the packaged lexicon."""

import pytest

from bot.citations import Prover
from bot.proof.judge import judge
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
