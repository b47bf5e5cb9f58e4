"""A comparison reaches the reader as a table: of proven rows only, from the model's Markdown to what each channel writes."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Outcome, Row, Statement
from bot.assistant import Assistant, _without_addresses
from bot.channels.telegram.render import answer_messages
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.openai_routes import spoken
from bot.citations import Prover
from bot.printing import answer_text
from bot.store import Store
from bot.tables import markdown, markdown_of, sentence_of, settled, written
from bot.unlinked import PARTING
from bot.writers import Claim
from bot.writers.limits import Budget
from bot.writers.model import ModelWriter
from bot.writers.parsing import Parser
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder
from tests.bot.conftest import House, WritingHouse, closed
from tests.bot.folder import fill
from tests.bot.makers import TODAY, make_hit
from tests.bot.test_assistant import check_laws
from tests.model_server import Asked, Part
from tests.parts import Played

HEADER = ("Project", "Capacity", "Status")
ROWS = (
    ("Gori wind farm", "54 MW", "in operation"),
    ("Kutaisi solar park", "20 MW", "under construction"),
    ("Vani hydropower plant", "12 MW", "planned"),
)
SOURCE = "\n".join(sentence_of(HEADER, row) for row in ROWS)


def line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def table(header: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    return line(header) + line(("---",) * len(header)) + "".join(map(line, rows))


def parsed(text: str) -> list[Claim]:
    parser = Parser()
    return [*parser.feed(text), *parser.end()]


def proven(text: str, source: str = SOURCE, *, language: str = "en") -> tuple[Statement, ...]:
    prover = Prover([make_hit(source, language=language)], language=language)
    for claim in parsed(text):
        prover.add(claim)
    return settled(prover.statements)


def row(number: int, *cells: str, table: int = 1, header: tuple[str, ...] = HEADER, heading: str = "") -> Statement:
    padded = (*cells, *[""] * (len(header) - len(cells))) if cells else ()
    return Statement(f"row {number}", (number,), heading or None, Row(table, header, padded))


# -- what a model writes -----------------------------------------------------------------------------------------------


def test_a_row_is_a_sentence_and_cells_and_the_column_of_numbers_is_not_among_them() -> None:
    first, second = parsed(table((*HEADER[:2], "Source"), (*ROWS[0][:2], "[1]"), (*ROWS[1][:2], "[1, 2]")))
    assert (first.text, first.hits) == ("Project: Gori wind farm; Capacity: 54 MW", (1,))
    assert first.row == Row(1, ("Project", "Capacity", "Source"), ("Gori wind farm", "54 MW", ""))
    assert second.hits == (1, 2)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("| A | B |\n|---|---|\n|  | 54 MW [1] |", ("", "54 MW")),
        ("| A | B |\n|---|---|\n|| 54 MW [1] |", ("", "54 MW")),
        ("A | B | C\n--|---|--\nx | y | z [1]", ("x", "y", "z")),
        (r"| A | B |" + "\n|---|---|\n" + r"| x \| y | z [1] |", ("x | y", "z")),
        ("| A | B |\n|---|---|\n| x | y | [1] |", ("x", "y")),
        ("| A | B |\n|---|---|\n| x [1] |", ("x", "")),
    ],
)
def test_cells_stay_under_their_names(text: str, cells: tuple[str, ...]) -> None:
    (claim,) = parsed(text)
    assert claim.row is not None
    assert claim.row.cells == cells
    assert claim.hits == (1,)


def test_more_cells_than_names_are_no_row_but_still_a_sentence() -> None:
    (claim,) = parsed("| A | B |\n|---|---|\n| x | y | z [1] |")
    assert (claim.text, claim.row) == ("A: x; B: y; z", None)


@pytest.mark.parametrize("between", ["\n", "\n## Kazakhstan\n", "Kazakhstan:\n", "\n\n**Kazakhstan**\n\n"])
def test_a_second_table_has_a_header_of_its_own(between: str) -> None:
    tax = table(("Tax", "Rate"), ("VAT", "16 % [1]"))
    claims = parsed(table(HEADER, *ROWS) + between + tax)
    rows = [claim for claim in claims if claim.row is not None]
    assert [claim.text for claim in rows[3:]] == ["Tax: VAT; Rate: 16 %"]
    assert [claim.row.table for claim in rows if claim.row] == [1, 1, 1, 2]


def test_an_empty_line_within_a_table_loses_no_row() -> None:
    text = line(HEADER) + line(("---",) * 3) + "\n" + line(ROWS[0]) + "\n" + line(ROWS[1]) + "\n\n" + line(ROWS[2])
    claims = parsed(text)
    assert [claim.text for claim in claims] == SOURCE.splitlines()
    assert {claim.row.table for claim in claims if claim.row} == {1}


# -- what is proven ----------------------------------------------------------------------------------------------------


SPOKEN = {
    "en": (HEADER[:2], (ROWS[0][:2], ROWS[1][:2]), "Project: {}; Capacity: {}"),
    "zh": (("项目", "装机容量"), (("戈里风电场", "54兆瓦"), ("库塔伊西光伏电站", "20兆瓦")), "项目：{}；装机容量：{}"),
    "ru": (
        ("Проект", "Мощность"),
        (("ветропарк «Гори»", "54 МВт"), ("солнечная станция «Кутаиси»", "20 МВт")),
        "Проект: {}; Мощность: {}",
    ),
}


@pytest.mark.parametrize("language", SPOKEN)
def test_proven_rows_are_a_table(language: str) -> None:
    header, rows, form = SPOKEN[language]
    source = "\n".join(form.format(*cells) for cells in rows)
    marked = [(cells[0], f"{cells[1]} [1]") for cells in rows]
    made = proven(table(header, *marked), source, language=language)
    assert [one.row for one in made] == [Row(1, header, cells) for cells in rows]
    assert [one.text for one in made] == [sentence_of(header, cells) for cells in rows]
    assert markdown(made).splitlines()[-1] == line((rows[1][0], f"{rows[1][1]} [2]")).strip()


def test_a_row_that_is_put_right_says_in_its_cells_what_the_source_says() -> None:
    wrong = (ROWS[1][0], "99 MW", f"{ROWS[1][2]} [1]")
    made = proven(table(HEADER, (*ROWS[0][:2], f"{ROWS[0][2]} [1]"), wrong))
    assert [one.row.cells for one in made if one.row] == [ROWS[0], ROWS[1]]
    assert "99" not in markdown(made)


def test_a_row_of_nothing_leaves_no_hole() -> None:
    lies = ("Gori wind farm", "700 MW", "in operation [1]")
    first, _, last = ((*cells[:2], f"{cells[2]} [1]") for cells in ROWS)
    made = proven(table(HEADER, first, lies, last))
    assert [one.row.cells for one in made if one.row] == [ROWS[0], ROWS[2]]
    assert "700" not in markdown(made)


def test_a_quote_in_the_place_of_a_row_stands_behind_the_table() -> None:
    source = SOURCE + "\nThe Tbilisi biogas plant has a capacity of 3 MW."
    prose = ("Tbilisi biogas plant", "4 MW", "[1]")
    first, second, _ = ((*cells[:2], f"{cells[2]} [1]") for cells in ROWS)
    made = proven(table(HEADER, first, prose, second), source)
    assert [one.row.cells if one.row else one.text for one in made] == [
        ROWS[0], ROWS[1], "The Tbilisi biogas plant has a capacity of 3 MW.",
    ]  # fmt: skip


def test_one_proven_row_is_a_line() -> None:
    (made,) = proven(table(HEADER, (*ROWS[0][:2], f"{ROWS[0][2]} [1]")))
    assert made == Statement(SOURCE.splitlines()[0], made.citations)


# -- what a table is ---------------------------------------------------------------------------------------------------


def test_columns_that_no_row_fills_are_gone_with_their_names() -> None:
    made = settled([row(1, "a", "", "x"), row(2, "b", "", "")])
    assert [one.row for one in made] == [Row(1, ("Project", "Status"), ("a", "x")), Row(1, ("Project", "Status"), ("b", ""))]  # fmt: skip


def test_tables_are_numbered_over_the_whole_answer_and_a_heading_begins_another() -> None:
    made = settled([row(1, "a", "b"), row(2, "c", "d"), row(3, "e", "f", heading="II"), row(4, "g", "h")])
    assert [one.row.table for one in made if one.row] == [1, 1, 2, 2]
    text = markdown(made)
    assert text.count("| Project | Capacity |") == 2
    assert "\n\n## II\n\n| Project | Capacity |\n| --- | --- |\n| e | f [3] |\n" in text


def test_a_heading_stays_over_its_section_whatever_stands_first() -> None:
    quote = Statement("Quoted.", (1,), "I", Row(1, HEADER, ()))
    made = settled([Statement("Before.", (9,)), quote, row(2, "a", "b"), row(3, "c", "d"), Statement("After.", (4,))])
    assert [(one.text, one.heading) for one in made] == [
        ("Before.", None), ("row 2", "I"), ("row 3", None), ("Quoted.", None), ("After.", None),
    ]  # fmt: skip
    assert [one.row is None for one in made] == [True, False, False, True, True]


def test_a_pipe_in_a_cell_ends_no_cell() -> None:
    made = settled([row(1, "a|b", "c"), row(2, "d", "e")])
    assert "| a\\|b | c [1] |" in markdown(made)


CELL = st.text("abc 1|é中;:", max_size=6).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5), st.tuples(CELL, CELL, CELL))
def test_every_cell_and_name_that_is_shown_stands_in_a_proven_sentence(
    rows: list[tuple[str, str, str]], header: tuple[str, str, str]
) -> None:
    said = [
        Statement(sentence_of(header, cells), (n,), row=Row(1, header, cells))
        for n, cells in enumerate(rows, 1)
        if any(cells)
    ]
    made = settled(said)
    assert sorted(one.text for one in made) == sorted(one.text for one in said)
    everything = "\n".join(one.text for one in made)
    for one in made:
        if one.row is not None:
            assert len(one.row.cells) == len(one.row.header) >= 2
            assert all(cell in one.text for cell in one.row.cells)
            assert all(name in everything for name in one.row.header)


# -- the whole path ----------------------------------------------------------------------------------------------------


FILES = {
    "cooperation/projects.csv": "Project,Capacity,Status\n" + "".join(f"{','.join(cells)}\n" for cells in ROWS),
    "cooperation/projects.zh.csv": "项目,装机容量\n戈里风电场,54兆瓦\n库塔伊西光伏电站,20兆瓦\n",
    "cooperation/projects.ru.csv": "Проект,Мощность\nветропарк «Гори»,54 МВт\nсолнечная станция «Кутаиси»,20 МВт\n",
}
QUESTIONS = {
    "en": "What capacity do the Gori wind farm and the Kutaisi solar park have?",
    "zh": "戈里风电场和库塔伊西光伏电站的装机容量是多少？",
    "ru": "Какая мощность у проектов ветропарк «Гори» и солнечная станция «Кутаиси»?",
}


@pytest.fixture(scope="module")
def projects(
    tmp_path_factory: pytest.TempPathFactory, packaged_model: SentenceTransformerEmbedder
) -> Iterator[KnowledgeBase]:
    place: Path = tmp_path_factory.mktemp("projects")
    knowledge = KnowledgeBase.open_folder(fill(place / "knowledge", FILES), place / "data", embedder=packaged_model)
    assert knowledge.sync().failed == ()
    yield knowledge
    knowledge.close()


@pytest_asyncio.fixture
async def desk(projects: KnowledgeBase, writing: WritingHouse, tmp_path: Path) -> AsyncIterator[WritingHouse]:
    store = Store(tmp_path / "bot.sqlite")
    model = ModelWriter.open("openai:scripted", budget=Budget(0, store), seconds=5.0)
    assistant = Assistant(projects, QuotingWriter(), store, model=model, today=TODAY)
    yield WritingHouse(House(projects, assistant, store, projects.folder), writing.server, model, assistant)
    await closed(model)
    store.close()


def tabling(language: str) -> Part:
    """A model that puts what it reads into a table."""
    header, rows, _ = SPOKEN[language]

    def part(asked: Asked) -> Played:
        if asked.kind != "answer":
            return iter(["-"]) if asked.kind == "translate" else iter([asked.question])
        number = next((n for n, text in asked.passages.items() if rows[0][0] in text), 1)
        return iter([table((*header, "№"), *((*cells, f"[{number}]") for cells in rows))])

    return part


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_table_of_the_model_reaches_every_reader(desk: WritingHouse, language: str) -> None:
    header, rows, _ = SPOKEN[language]
    answer = await desk.ask(tabling(language), QUESTIONS[language])
    check_laws(desk.house, answer)
    assert [one.row for one in answer.statements] == [Row(1, header, cells) for cells in rows]
    assert answer.text.splitlines()[0] == f"{sentence_of(header, rows[0])} [1]"
    again = desk.house.store.answer(answer.id)
    assert again is not None
    assert again.statements == answer.statements

    body = AnswerBody.of(answer, lambda citation: f"https://h.example/{citation.passage_id}")
    data = body.model_dump(mode="json")
    assert data["statements"][0]["row"] == {"table": 1, "header": list(header), "cells": list(rows[0])}
    assert data["text"] == answer.text

    drawn = table(header, *((cells[0], f"{cells[1]} [{n}]") for n, cells in enumerate(rows, 1))).strip()
    assert written(answer) == markdown_of(data) == drawn
    said = spoken(body)
    assert said.content.startswith(drawn)
    marks = [said.content[note.url_citation.start_index : note.url_citation.end_index] for note in said.annotations]
    assert marks == ["[1]", "[2]"]
    assert answer_text(data).startswith(drawn)

    (message, *_) = answer_messages(answer, language=language, link=lambda *_: "https://h.example/x")
    assert f"{header[0]}: <b>{rows[0][0]}</b>\n{header[1]}: {rows[0][1]} <a" in message.part.html


async def test_an_answer_without_a_table_is_written_as_ever(desk: WritingHouse) -> None:
    answer = await Assistant(desk.house.knowledge, QuotingWriter(), desk.house.store, today=TODAY).ask(QUESTIONS["en"])
    body = AnswerBody.of(answer, lambda _: "")
    assert written(answer) == markdown_of(body.model_dump(mode="json")) == answer.text
    assert all("row" not in one for one in body.model_dump(mode="json")["statements"])


def test_an_address_in_a_cell_is_parted_as_everywhere() -> None:
    rows = [
        row(n, name, "alpha.example.com", header=("Office", "www.beta.example.com")) for n, name in enumerate("ab", 1)
    ]
    plain = Answer("a", "c", "q", Outcome.ANSWERED, "en", "", statements=settled(rows))
    text = written(_without_addresses(plain))
    assert text.replace(PARTING, "") == written(plain)
    assert "alpha.example" in written(plain)
    assert "example.com" not in text
