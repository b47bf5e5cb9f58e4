"""What an answer looks like on Telegram."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Outcome, Row
from bot.channels.telegram.messages import Message
from bot.channels.telegram.render import answer_messages, place_words, sources_messages
from tests.bot.channels.telegram.stand_in import make_answer, make_citation
from tests.bot.channels.telegram.telegram_html import parse

TEXT = st.text(min_size=1, max_size=900).filter(str.strip)


def link(citation: Citation, language: str) -> str:
    return f"https://h.example/sources/{citation.passage_id.replace('#', '?p=')}"


def shown(answer: Answer, **fields: str) -> tuple[Message, ...]:
    return answer_messages(answer, language="en", link=link, **fields)  # type: ignore[arg-type]


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=25))
def test_any_answer_is_taken_with_sources_and_buttons_on_the_last_part(found: list[tuple[str, str, str]]) -> None:
    citations = [make_citation(n, document=f"a/{n}.md", title=t, quote=q) for n, (_, t, q) in enumerate(found, 1)]
    made = shown(make_answer("q", *[text for text, _, _ in found], citations=citations))
    texts = [parse(message.part.html)[0] for message in made]
    assert all(len(text.encode("utf-16-le")) // 2 <= 4_096 for text in texts)
    assert all(not message.keyboard for message in made[:-1])
    assert made[-1].keyboard
    whole = "".join("".join(text.split()) for text in texts)
    assert all(f"[{n}]" in whole for n in range(1, len(found) + 1))


def test_a_document_cited_twice_is_named_once_with_both_places() -> None:
    citations = [
        make_citation(1, location="p. 3"),
        make_citation(2, document="b.md", title="B"),
        make_citation(3, location="p. 9"),
    ]
    (message,) = shown(make_answer("q", "One.", "Two.", "Three.", citations=citations))
    text, _ = parse(message.part.html)
    assert text.count("Rules of trade") == 1
    assert text.index("[1] p. 3") < text.index("[3] p. 9") < text.index("📄 B")
    assert [row[0].text for row in message.keyboard[:2]] == ["[1][3] Rules of trade", "[2] B"]


def test_a_follow_up_is_shown_as_it_was_understood() -> None:
    (message,) = shown(make_answer("and in Uzbekistan?", "12 percent.", understood_as="What is the VAT in Uzbekistan?"))
    assert parse(message.part.html)[0].startswith("I understood: What is the VAT in Uzbekistan?\n")
    (plain,) = shown(make_answer("What is the VAT in Uzbekistan?", "12 percent."))
    assert "understood" not in parse(plain.part.html)[0]


def test_a_section_begins_with_its_heading_in_bold() -> None:
    answer = make_answer("q", "Sixteen percent.", "Twelve percent.", citations=[make_citation(1), make_citation(2)])
    first, second = answer.statements
    (message,) = shown(replace(answer, statements=(first, replace(second, heading="Tax <in> Uzbekistan"))))
    text, entities = parse(message.part.html)
    assert "Sixteen percent. [1]\n\nTax <in> Uzbekistan\nTwelve percent. [2]" in text
    assert any(each.type == "bold" and each.length == len("Tax <in> Uzbekistan") for each in entities)


def test_a_row_of_a_table_is_lines_with_its_names_and_what_it_is_about_in_bold() -> None:
    answer = make_answer("q", "first", "second", "Third.", citations=[make_citation(n) for n in (1, 2, 3)])
    header = ("", "Rate", "Since")
    rows = (Row(1, header, ("VAT <all>", "16 %", "2026")), Row(1, ("Tax", *header[1:]), ("Profit tax", "", "2025")))
    first, second, third = answer.statements
    told = (replace(first, row=rows[0], heading="Kazakhstan"), replace(second, row=rows[1]), third)
    (message,) = shown(replace(answer, statements=told))
    text, entities = parse(message.part.html)
    assert text.startswith(
        "Kazakhstan\nVAT <all>\nRate: 16 %\nSince: 2026 [1]\n\nTax: Profit tax\nSince: 2025 [2]\n\nThird. [3]"
    )
    bold = [text[each.offset : each.offset + each.length] for each in entities if each.type == "bold"]
    assert bold[:3] == ["Kazakhstan", "VAT <all>", "Profit tax"]


def test_the_lines_of_a_list_stand_on_lines_of_their_own() -> None:
    (message,) = shown(make_answer("q", "Needed are:\na form\n2. a licence"))
    assert parse(message.part.html)[0].startswith("Needed are:\n• a form\n2. a licence [1]")


def test_long_quotes_are_shortened_under_the_answer_and_whole_on_demand() -> None:
    citations = [
        make_citation(n, document=f"{n}.md", quote=f"begin{n} " + "word " * 300 + f"end{n}") for n in range(1, 9)
    ]
    answer = make_answer("q", *[f"S{n}." for n in range(1, 9)], citations=citations)
    made = shown(answer)
    assert len(made) == 1
    whole = " ".join(message.part.plain for message in sources_messages(answer, language="en", link=link))
    assert all(f"begin{n}" in made[0].part.plain and f"end{n}" in whole for n in range(1, 9))


def test_no_citation_no_mark_and_no_rating() -> None:
    answer = Answer("a" * 32, "c", "q", Outcome.NOT_COVERED, "en", "The documents are silent.")
    (message,) = shown(answer)
    assert parse(message.part.html) == ("The documents are silent.", [])
    assert [button.data[:2] for row in message.keyboard for button in row] == ["p:"]


def test_without_an_address_that_telegram_keeps_marks_are_plain() -> None:
    (message,) = answer_messages(make_answer("q"), language="en", link=lambda *_: "")
    text, entities = parse(message.part.html)
    assert "[1]" in text
    assert not [entity for entity in entities if entity.type == "text_link"]
    assert not [button for row in message.keyboard for button in row if button.url]


def test_buttons_carry_no_more_than_telegram_takes() -> None:
    answer = make_answer("q", citations=[make_citation(title="标题" * 200)])
    for row in shown(answer)[-1].keyboard:
        for button in row:
            assert len(button.data.encode()) <= 64
            assert len(button.text) <= 64


def test_a_question_from_a_button_is_repeated() -> None:
    (message,) = shown(make_answer("q"), asked="What is <it>?", remark="Only words.")
    assert parse(message.part.html)[0].startswith("❓ What is <it>?\n\nOnly words.\n\n")


def test_an_absent_issuer_and_date_leave_no_empty_line() -> None:
    (message,) = shown(make_answer("q", citations=[make_citation(issuer=None, date=None, location="")]))
    assert "📄 Rules of trade\n[1]\n" in message.part.plain
    (message,) = shown(make_answer("q", citations=[make_citation(issuer=None, date=dt.date(2026, 1, 2))]))
    assert "\n2026-01-02\n" in message.part.plain


@pytest.mark.parametrize(
    ("location", "language", "words"),
    [
        ("p. 3, § Tax › Rates", "en", "p. 3, § Tax › Rates"),
        ("p. 3, § 税", "zh", "第3页, § 税"),
        ("sheet Rates, rows 2–9", "ru", "лист «Rates», строки 2–9"),
        ("slide 4", "zh", "第4张幻灯片"),
        ("", "en", ""),
    ],
)
def test_a_place_is_named_in_the_language_of_the_reader(location: str, language: str, words: str) -> None:
    assert place_words(location, language) == words
