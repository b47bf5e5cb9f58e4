"""When two sources say different things of one thing, and when they only look so."""

import pytest

from bot.citations import Prover
from bot.disagreement import one_thing_differs
from bot.writers import Claim
from tests.bot.makers import make_hit


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("In Kenya, Exports - partners: China 25%, Egypt 6% (2023)", "Exports - partners: China 92%, Egypt 6% (2023) note: by value", "en"),
        ("According to the newest figures: In Kenya, - electrification - total population: 88% (2022)", "electrification - total population: 55% (2022)", "en"),
        ("Hydroelectricity: 9.8% of total installed capacity", "hydroelectricity: 76.5% of total installed capacity", "en"),
        ("Legal system: civil law based on various old systems, notably the Salt code", "Legal system: civil law based on various old systems, notably the Ferry code", "en"),
        ("The rules on ferries of the Council apply to foreign investors in ports.", "The rules on ferries of the Council do not apply to foreign investors in ports.", "en"),
        ("采矿许可证由盐务局颁发，有效期为30年。", "采矿许可证由盐务局颁发，有效期为20年。", "zh"),
        ("规定自2026年7月1日起适用于外国投资企业和居民个人。", "规定自2026年7月1日起不适用于外国投资企业和居民个人。", "zh"),
        ("Лицензию на добычу соли выдаёт Соляное управление на срок 10 лет.", "Лицензию на добычу соли выдаёт Соляное управление на срок 15 лет.", "ru"),
    ],
)  # fmt: skip
def test_the_same_words_around_another_figure_name_or_not_disagree(one: str, other: str, language: str) -> None:
    assert one_thing_differs(one, other, language)
    assert one_thing_differs(other, one, language)
    assert not one_thing_differs(one, one, language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Exports - partners: Kenya 92%, Egypt 3% (2023)", "Imports - partners: Kenya 90%, Egypt 3% (2023)", "en"),
        ("electrification - urban areas: 94%", "electrification - rural areas: 43%", "en"),
        ("Remittances 2023: 41.1% of GDP (2023 est.)", "Remittances 2022: 31.1% of GDP (2022 est.)", "en"),
        ("The licence for wind plants is valid for 25 years.", "The licence is valid for 20 years.", "en"),
        ("The fee is due within 30 days.", "The fee is due within 30 working days after the Council's notice.", "en"),
        ("The Council of Ports decides on permits for foreign companies.", "The Council of Ports decides on permits for foreign firms.", "en"),
        ("盐务局负责审批采矿许可证。", "盐务局负责审批渡轮许可证，期限30年。", "zh"),
    ],
)  # fmt: skip
def test_what_is_said_of_something_else_does_not(one: str, other: str, language: str) -> None:
    assert not one_thing_differs(one, other, language)


def test_what_two_passages_say_is_shown_once_with_both() -> None:
    said = "In Kenya, - Remittances 2023: 41.1% of GDP"
    hits = [make_hit(f"{said}", document_id=f"{name}.md", title=name) for name in ("one", "two", "three")]
    prover = Prover(hits, language="en")
    for number in (1, 2, 3):
        prover.add(Claim(said, (number,)))
    assert [(one.text, one.citations) for one in prover.statements] == [(said, (1, 2, 3))]
