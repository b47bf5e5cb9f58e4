"""Every suggestion is a question the folder can answer."""

import pytest

from bot.answer import Outcome
from bot.citations import prove
from bot.suggestions import examples, suggestions
from bot.writers import Claim
from tests.bot.conftest import House
from tests.bot.makers import make_hit, make_question, make_result


def found(language: str = "en", **second: object) -> tuple[str, ...]:
    first = make_hit("The rate is 5 percent.", headings=("Tax",))
    other = make_hit("Visas are free.", ordinal=2, headings=("Entry", "Visas"), **second)  # type: ignore[arg-type]
    result = make_result(make_question("What is the rate?"), first, other)
    _, citations = prove([Claim("The rate is 5 percent.", (1,), quote="The rate is 5 percent.")], result.hits)
    return suggestions(result, citations, language)


def test_a_neighbouring_heading_of_a_cited_document_is_suggested() -> None:
    (text,) = found()
    assert "Visas" in text
    assert "Act on Trade" in text


def test_other_documents_and_other_languages_are_not() -> None:
    assert found(document_id="law/other.md") == ()
    assert found("ru") == ()


async def test_suggestions_can_be_asked(house: House) -> None:
    answer = await house.assistant.ask("What is the value added tax rate in Uzbekistan?")
    assert answer.suggestions
    for question in answer.suggestions:
        assert (await house.assistant.ask(question)).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("language", ["en", "zh", "ru"])
async def test_examples_can_be_asked(house: House, language: str) -> None:
    shown = examples(house.knowledge, language)
    assert 1 <= len(shown) <= 4
    assert len(set(shown)) == len(shown)
    for question in shown:
        assert (await house.assistant.ask(question)).outcome is Outcome.ANSWERED


def test_examples_come_from_different_categories(house: House) -> None:
    shown = " ".join(examples(house.knowledge, "en")[:2])
    assert "country card" in shown
    assert "Battery Rules" in shown or "Hydrogen" in shown
