"""What a model is told: the rules, what a good answer on the topic has, and everything else as quoted data."""

import pytest

from bot.prompts import NOT_COVERED, answering, dividing
from retrieval import Asked, Metadata
from retrieval.metadata import TOPICS
from tests.bot.makers import TODAY, make_hit, make_question

MUST = {
    "country_conditions": ("the country", "date of the data", "entry rules"),
    "policy_interpretation": ("issuing body", "number", "dates of issue and effect", "status", "Beijing only"),
    "business_law": ("article or section", "territory", "dates", "consequence"),
    "procedures": ("steps in order", "who decides", "what to file", "time limit", "result"),
    "market_conditions": ("unit, period and source", "No forecast"),
    "risk_prevention": ("trigger", "steps to prevent", "whom to turn to", "likelihood"),
    "finance": ("instrument or standard", "eligible", "taxonomies apart"),
    "exchange_activities": ("dates with time zone", "who may attend", "deadline", "organiser"),
    "cooperation_needs": ("who seeks what", "direction", "stage", "through the base"),
    "technology": ("who holds it", "how far it is proven", "standards"),
}


def told(topic: str | None, asked: Asked = Asked.ANY) -> str:
    hit = make_hit("The fee is 5 crowns.", document_id="anywhere/a.md", metadata=Metadata(title="Fees", topic=topic))
    question = make_question("What is the fee?", asked=asked)
    prompt = answering(question, [hit], language="en", mark="m4rk", today=TODAY)
    return prompt.system + "\n" + prompt.user


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_a_template_wherever_its_files_lie(topic: str) -> None:
    assert all(words in told(topic) for words in MUST[topic])
    assert not any("A good answer on" in told(other) for other in (None, "no_topic"))


def test_steps_and_lists_are_asked_for_as_such() -> None:
    assert "asks for steps" in told("procedures", Asked.STEPS)
    assert "one item a line" in told(None, Asked.LIST)
    assert "numbered list" in told(None)
    assert "A comparison is a table" in told(None)


def test_the_rules_name_language_marks_and_the_way_out() -> None:
    text = told(None)
    assert "Write in English" in text
    assert NOT_COVERED in text
    assert "BEGIN m4rk" in text


def test_a_plan_has_headings_and_a_bound() -> None:
    prompt = dividing("Compare A and B", most=5, language="ru", mark="m4rk")
    assert "heading | question" in prompt.system
    assert "the 5 most important" in prompt.system
    assert "Russian" in prompt.system
