"""What a passage has to say for itself."""

import dataclasses

import pytest

from retrieval.evidence import ENOUGH, Evidence, evidence, nearness
from tests.retrieval.makers import read

QUESTION = "What is the tax on zirconium imports?"
APART = "The tax is low. Nobody minds. The weather was fine. Imports of zirconium grew."


def weigh(question: str, text: str, *, context: str = "", about: frozenset[str] = frozenset()) -> Evidence:
    reading = read(question, languages=["en"]).reading("en")
    return evidence(reading, text, context, language="en", about=about, cosine=0.0)


def test_all_that_is_asked_for_in_one_place_speaks_for_a_passage() -> None:
    found = weigh(QUESTION, "The tax on imports of zirconium is 5 percent.")
    assert found == Evidence(coverage=1.0, window=1.0, parts=1.0, gap=0.0, unknown=0.0, nearness=0.0)
    assert found.suffices


def test_the_same_words_scattered_over_a_passage_speak_less_for_it() -> None:
    found = weigh(QUESTION, APART)
    assert found.coverage == 1.0
    assert found.window < 1.0
    assert found.weight < weigh(QUESTION, "The tax on imports of zirconium is 5 percent.").weight


def test_a_passage_without_the_very_thing_does_not_suffice() -> None:
    found = weigh(QUESTION, "The tax on wood is 5 percent.")
    assert found.gap > 0.0
    assert not found.suffices


def test_what_the_headings_say_together_counts_a_little_less_than_what_a_sentence_says() -> None:
    found = weigh(QUESTION, "It is 5 percent.", context="Tax on zirconium imports")
    assert found.coverage == 1.0
    assert 0.5 < found.window < 1.0


def test_a_country_is_no_evidence() -> None:
    with_country = weigh("What is the tax on zirconium in Kazakhstan?", "Kazakhstan is large.", about=frozenset({"KZ"}))
    assert with_country.coverage == 0.0
    assert not with_country.suffices


def test_a_passage_about_no_country_that_was_asked_for_must_make_up_for_it() -> None:
    reading = read("What is the population of Uzbekistan?", languages=["en"]).reading("en")
    text = "A project informs the population."
    anywhere, elsewhere = (
        evidence(reading, text, "", language="en", about=(), cosine=0.0, elsewhere=each) for each in (False, True)
    )
    assert anywhere.coverage == 1.0
    assert elsewhere.coverage == elsewhere.parts == 1.0 - elsewhere.gap < 1.0
    assert not elsewhere.suffices


def test_what_nobody_can_read_is_not_covered() -> None:
    unread = Evidence(unknown=1.0)
    assert unread.weight > ENOUGH
    assert not unread.suffices
    assert Evidence(unknown=0.7, coverage=0.3, window=0.3, parts=0.3).suffices  # what is known is there
    assert Evidence(unknown=1.0, nearness=0.9).suffices  # a model that knows both languages


def test_endings_are_forgiven() -> None:
    reading = read("регистрация предприятий", languages=["ru"]).reading("ru")
    found = evidence(reading, "Регистратор предприятия.", "", language="ru", about=(), cosine=0.0)
    assert found.parts > found.window


def test_a_question_without_concepts_has_no_evidence_but_nearness() -> None:
    assert weigh("", "Anything.") == Evidence()


def test_nearness_runs_from_nothing_to_everything() -> None:
    assert nearness(-1.0) == nearness(0.1) == 0.0
    assert nearness(0.8) == nearness(1.0) == 1.0
    assert 0.0 < nearness(0.4) < nearness(0.5) < 1.0


@pytest.mark.parametrize("name", ["coverage", "window", "parts", "unknown", "nearness"])
def test_more_of_it_speaks_for_a_passage(name: str) -> None:
    assert dataclasses.replace(Evidence(), **{name: 1.0}).weight > Evidence().weight


def test_a_gap_speaks_against_it() -> None:
    assert Evidence(gap=0.5).weight < Evidence().weight
