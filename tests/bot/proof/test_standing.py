"""What a sentence stands under: nothing is said of a question, and an item under "need not" says nothing alone."""

import pytest

from bot.proof.judge import judge, nearest
from bot.proof.sources import Source
from bot.proof.standing import standings
from tests.bot.makers import make_hit

EN = """Are drone flights allowed above the border zone? No, they are forbidden. Is the drone permit free of charge? It costs 40 somoni.
Who issues the drone permit? The drone permit is issued by the aviation agency within 10 days.

Drone pilots need not:
1. Register the drone with the police.
2. Take an exam.

The following is prohibited for operators:
- Discharge of brine into rivers.
- Drilling at night.

The following claims are wrong:

- The permit of a pilot is free of charge.

Under the old rules things were different. The permit fee was 500 som. The new fee is 700 som.

An application has two parts:
- The drone is described in the first part.
- The pilot is named in the second part."""
RU = """Разрешение на дрон выдается бесплатно? Нет, оно стоит 40 сомони.

Пилотам дронов запрещается:
- Летать ночью около аэропорта.
- Перевозить пассажиров."""
ZH = """无人机许可证是免费的吗？不是，费用为40索莫尼。

无人机驾驶员不得有下列行为：
1. 夜间在机场附近飞行。
2. 搭载乘客。"""
TEXTS = {"en": EN, "ru": RU, "zh": ZH}


def source(language: str, text: str = "", *, headings: tuple[str, ...] = ()) -> Source:
    return Source(make_hit(text or TEXTS[language], language=language, title="T", headings=headings), frozenset())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Drone flights are allowed above the border zone."),
        ("en", "The drone permit is free of charge."),
        ("en", "It costs 40 somoni."),
        ("en", "Register the drone with the police."),
        ("en", "Take an exam."),
        ("en", "Drone pilots take an exam."),
        ("en", "Discharge of brine into rivers."),
        ("en", "Operators drill at night."),
        ("en", "The permit of a pilot is free of charge."),
        ("en", "The permit fee was 500 som."),
        ("ru", "Разрешение на дрон выдается бесплатно."),
        ("ru", "Пилоты дронов перевозят пассажиров."),
        ("ru", "Перевозить пассажиров."),
        ("zh", "无人机许可证是免费的。"),
        ("zh", "搭载乘客。"),
        ("zh", "费用为40索莫尼。"),
    ],
)
def test_what_is_said_only_with_what_stands_above_it_is_not_said_alone(language: str, text: str) -> None:
    assert not judge(text, language, [source(language)], None).proven
    quote = nearest(text, language, [source(language)], None)
    assert quote is None or "?" in quote.text or "？" in quote.text or len(quote.text) > len(text) + 10


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Are drone flights allowed above the border zone? No, they are forbidden."),
        ("en", "The drone permit is issued by the aviation agency within 10 days."),
        ("en", "Drone pilots need not take an exam."),
        ("en", "The new fee is 700 som."),
        ("en", "The drone is described in the first part."),
        ("ru", "Пилотам дронов запрещается перевозить пассажиров."),
        ("zh", "无人机许可证是免费的吗？不是，费用为40索莫尼。"),
    ],
)
def test_with_it_or_where_nothing_stands_above_it_is_said(language: str, text: str) -> None:
    assert judge(text, language, [source(language)], None).proven


def test_a_heading_counts_as_what_stands_above() -> None:
    prohibited = source(
        "en", "- Drilling at night.\n- Discharge of brine into rivers.", headings=("What is prohibited",)
    )
    assert not judge("Drilling at night.", "en", [prohibited], None).proven
    asked = source("en", "No, they are forbidden.", headings=("Are flights allowed?",))
    assert not judge("No, they are forbidden.", "en", [asked], None).proven


def test_a_sentence_that_needs_no_question_stands_behind_one() -> None:
    alone = [each.sentence.text for each in standings(EN, "en") if each.under is None and not each.asks]
    assert "The drone permit is issued by the aviation agency within 10 days." in alone
    assert "No, they are forbidden." not in alone
