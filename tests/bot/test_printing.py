"""What commands print for people."""

from dataclasses import replace

import pytest

from bot.answer import Answer, Citation, Note, NoteKind, Outcome, Statement
from bot.channels.web.bodies import AnswerBody
from bot.printing import answer_text

ANSWER = Answer(
    id="a",
    conversation_id="c",
    question="and in Uzbekistan?",
    outcome=Outcome.PARTIAL,
    language="en",
    text="## Rate\nThe rate is 12 percent. [1]\n\n## Visas\nNo visa is needed. [1]",
    statements=(
        Statement("The rate is 12 percent.", (1,), heading="Rate"),
        Statement("No visa is needed.", (1,), heading="Visas"),
    ),
    citations=(Citation(1, "a.md", "a.md#1", "Card", "en", "§ Tax", "The rate is 12 percent."),),
    notes=(Note(NoteKind.GAP, "No source in the knowledge base answers: customs"),),
    understood_as="What is the rate in Uzbekistan?",
)


def printed(answer: Answer) -> str:
    body = AnswerBody.of(answer, lambda citation: f"https://h.example/{citation.passage_id}")
    return answer_text(body.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "I understood: "), ("zh", "我的理解："), ("ru", "Я понял вопрос так: ")]
)
def test_a_follow_up_is_printed_as_it_was_understood(language: str, words: str) -> None:
    first = printed(replace(ANSWER, language=language)).splitlines()[0]
    assert first == f"{words}What is the rate in Uzbekistan?"


def test_a_question_that_stands_alone_is_printed_without() -> None:
    text = printed(replace(ANSWER, understood_as=None))
    assert text.startswith("Rate\n")


def test_sections_have_headings_and_gaps_are_named() -> None:
    text = printed(ANSWER)
    assert "\nRate\n────\nThe rate is 12 percent. [1]\n\nVisas\n─────\nNo visa is needed. [1]\n" in text
    assert "! No source in the knowledge base answers: customs" in text


def test_headings_are_part_of_the_json_only_where_there_are_any() -> None:
    body = AnswerBody.of(replace(ANSWER, statements=(ANSWER.statements[0], Statement("B.", (1,)))), lambda _: "")
    assert body.model_dump(mode="json")["statements"] == [
        {"text": "The rate is 12 percent.", "citations": [1], "heading": "Rate"},
        {"text": "B.", "citations": [1]},
    ]
