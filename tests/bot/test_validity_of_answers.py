"""Law that knows its date, countries that are not their neighbours, and sources that disagree, from file to answer."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.answer import Answer, NoteKind, Outcome
from bot.assistant import Assistant
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase
from tests.fakes import HashEmbedder

TODAY = dt.date(2026, 11, 21)
Ask = Callable[[dict[str, str], str], Answer]


@pytest.fixture
def ask(tmp_path: Path, embedder: HashEmbedder) -> Iterator[Ask]:
    """Answers one question from files given as name to text."""
    opened: list[KnowledgeBase] = []

    def answer(files: dict[str, str], question: str) -> Answer:
        folder = tmp_path / f"k{len(opened)}"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        base = KnowledgeBase.open_folder(folder, tmp_path / f"d{len(opened)}", embedder=embedder)
        opened.append(base)
        base.sync()
        store = Store(tmp_path / "bot.sqlite")
        return asyncio.run(Assistant(base, QuotingWriter(), store, today=TODAY).ask(question))

    yield answer
    for base in opened:
        base.close()


def card(body: str, **fields: object) -> str:
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\n{head}---\n{body}\n"


OLD = card("The kiln licence costs 300 yuan.", title="Old order", id="old", status="superseded", superseded_by="[new]",
           date_effective="2019-01-01", date_expires="2023-12-31")  # fmt: skip
NEW = card(
    "The kiln licence costs 450 yuan.", title="New order", id="new", status="in_force", date_effective="2024-01-01"
)
COMING = card("The kiln licence costs 600 yuan.", title="Next order", id="next", status="not_yet_in_force",
              date_effective="2027-03-01")  # fmt: skip


def test_only_what_is_in_force_answers_today(ask: Ask) -> None:
    answer = ask({"law/old.md": OLD, "law/new.md": NEW}, "What does the kiln licence cost?")
    assert "450" in answer.text
    assert "300" not in answer.text
    assert not answer.notes


def test_the_past_answers_when_it_is_asked_for_and_says_so(ask: Ask) -> None:
    answer = ask({"law/old.md": OLD, "law/new.md": NEW}, "What did the kiln licence cost in 2021?")
    assert "300" in answer.statements[0].text
    note = next(note for note in answer.notes if note.kind is NoteKind.SUPERSEDED)
    assert "New order" in note.text


def test_where_only_the_past_would_answer_the_reader_is_told_so(ask: Ask) -> None:
    answer = ask({"law/old.md": OLD}, "What does the kiln licence cost?")
    assert answer.outcome is Outcome.NOT_COVERED
    assert "Old order" in answer.text
    assert not answer.statements


def test_what_is_coming_is_announced_as_coming(ask: Ask) -> None:
    answer = ask({"law/next.md": COMING}, "What does the kiln licence cost?")
    assert [note.kind for note in answer.notes] == [NoteKind.NOT_YET_IN_FORCE]
    assert "2027-03-01" in answer.notes[0].text


def test_an_event_that_is_over_is_not_offered(ask: Ask) -> None:
    over = card("The kiln fair takes place in Tashkent.", title="Kiln fair", kind="event", start="2026-05-01", tz="UTC")
    answer = ask({"events/fair.md": over}, "Where does the kiln fair take place?")
    assert answer.outcome is Outcome.NOT_COVERED
    later = over.replace("2026-05-01", "2027-05-01")
    assert ask({"events/fair.md": later}, "Where does the kiln fair take place?").outcome is Outcome.ANSWERED


def test_sources_that_disagree_are_both_shown_the_weightier_first(ask: Ask) -> None:
    news = card("The bamboo quota is 700 tonnes a year.", title="News", authority=7, date_published="2026-05-01")
    order = card("The bamboo quota is 500 tonnes a year.", title="Order", authority=3, date_published="2026-02-01")
    answer = ask({"market/a-news.md": news, "market/b-order.md": order}, "What is the bamboo quota?")
    assert [figure in answer.statements[0].text for figure in ("500", "700")] == [True, False]
    note = next(note for note in answer.notes if note.kind is NoteKind.DISAGREEMENT)
    assert note.text.index("Order") < note.text.index("News")
    assert set(note.citations) == {1, 2}


def test_sources_that_agree_or_speak_of_other_things_do_not_disagree(ask: Ask) -> None:
    one = card("The bamboo quota is 500 tonnes a year.", title="Order")
    same = card("The bamboo quota stays at 500 tonnes.", title="News")
    other = card("The cobalt quota is 90 tonnes a year.", title="Cobalt")
    answer = ask({"a.md": one, "b.md": same, "c.md": other}, "What is the bamboo quota?")
    assert not [note for note in answer.notes if note.kind is NoteKind.DISAGREEMENT]


def test_other_figures_for_another_country_are_no_disagreement(ask: Ask) -> None:
    georgia = card(
        "A builder of a mill deposits a bamboo guarantee of 3 million dollars.",
        title="Mills of Georgia",
        countries="[GE]",
    )
    armenia = card(
        "A builder of a mill deposits a bamboo guarantee of 5 million dollars.",
        title="Mills of Armenia",
        countries="[AM]",
    )
    answer = ask(
        {"a.md": georgia, "b.md": armenia},
        "What bamboo guarantee does a builder of a mill deposit in Georgia and Armenia?",
    )
    assert {figure for figure in ("3 million", "5 million") if figure in answer.text} == {"3 million", "5 million"}, (
        answer.text
    )
    assert not [note for note in answer.notes if note.kind is NoteKind.DISAGREEMENT]


def test_a_card_on_one_country_of_a_region_does_not_answer_for_another(ask: Ask) -> None:
    text = card("The VAT rate in Kazakhstan is 16 percent.", title="Kazakhstan card", countries="[KZ]",
                region="[CENTRAL_ASIA]")  # fmt: skip
    files = {"country/kz.md": text}
    assert ask(files, "What is the VAT rate in Kazakhstan?").outcome is Outcome.ANSWERED
    answer = ask(files, "What is the VAT rate in Uzbekistan?")
    assert answer.outcome is Outcome.NOT_COVERED
    assert "Uzbekistan" in answer.text


def test_a_rule_of_a_region_answers_for_its_members(ask: Ask) -> None:
    text = card("The battery passport duty begins in 2027.", title="EU batteries", region="[EU]")
    assert ask({"law/eu.md": text}, "When does the battery passport duty begin in Hungary?").outcome is Outcome.ANSWERED


def test_a_list_of_sources_is_never_an_answer(ask: Ask) -> None:
    text = (
        "# Kiln\n\n## Rules\n\nThe kiln licence costs 300 yuan.\n\n## Source\n\nKiln licence gazette, kiln.example.\n"
    )
    answer = ask({"law/kiln.md": text}, "What is the kiln licence gazette?")
    assert "kiln.example" not in answer.text


def test_a_translation_gives_way_to_the_text_in_the_language_of_the_question(ask: Ask) -> None:
    english = card("The CBAM price was EUR 75.36.", title="CBAM price", id="p", lang="en")
    russian = card("Цена CBAM составила EUR 75.36.", title="Цена CBAM", id="p-ru", translation_of="p", lang="ru")
    answer = ask({"market/p.md": english, "market/p.ru.md": russian}, "CBAM price EUR?")
    assert {citation.language for citation in answer.citations} == {"en"}


def test_a_slip_in_access_holds_a_document_back(ask: Ask) -> None:
    text = card("The kiln licence costs 300 yuan.", title="Draft", access="internal")
    assert ask({"law/draft.md": text}, "What does the kiln licence cost?").outcome is Outcome.NOT_COVERED
