"""Cells of a comparison over prose: which of them stand, and under which names."""

import pytest

from bot.answer import Row
from bot.citations import Prover
from bot.proof.cells import standing
from bot.proof.sources import Source
from bot.tables import markdown, settled
from bot.writers.parsing import Parser
from tests.bot.makers import make_hit

GEORGIA = make_hit(
    "The licence is valid for 25 years and can be extended once. The application must be filed at least 60 days before work begins. An "
    "operator that does not notify the office is fined 5,000 lari. The deposit is 3 million lari, if the plant is large. The office decides "
    "on the permit within 30 days; the hearing takes 10 days. The office does not charge a fee.",
    document_id="country/ge.md",
    title="Georgia: rules for wind power",
    countries=("GE",),
)
AZERBAIJAN = make_hit(
    "The licence is valid for 20 years. The application must be filed at least 90 days before work begins.",
    document_id="country/az.md",
    title="Azerbaijan: rules for wind power",
    countries=("AZ",),
)
ZH = make_hit("许可证有效期为30年。", document_id="country/mn.md", title="蒙古国规则", language="zh", countries=("MN",))


def cells(header: tuple[str, ...], *filled: str, language: str = "en") -> tuple[str, ...] | None:
    sources = [Source(hit, frozenset()) for hit in (GEORGIA, AZERBAIJAN, ZH)]
    kept = standing(Row(1, header, filled), language, sources)
    return kept.row.cells if kept is not None else None


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Licence valid for", "25 years"),
        ("Validity of the licence", "25 years"),
        ("Application", "at least 60 days before work begins"),
        ("Permit decides", "within 30 days"),
    ],
)
def test_a_piece_of_the_passage_stands_under_the_thing_it_is_of(name: str, cell: str) -> None:
    assert cells(("Country", name), "Georgia", cell) == ("Georgia", cell)
    assert cells(("Point", "Georgia"), name, cell) == (name, cell)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Licence valid for", "20 years"),  # that is the other country's
        ("Permit", "25 years"),
        ("Fee", "5,000 lari"),
        ("Application", "60 days"),  # "at least" is left out
        ("Deposit", "3 million lari"),  # "if the plant is large" is
        ("Permit decides", "10 days"),
        ("Fee of the office", "charge"),
        ("Licence", "never extended"),
        ("Licence valid for", "[25 years](http://evil.example)"),
    ],
)
def test_what_the_passage_says_of_something_else_or_with_more_does_not(name: str, cell: str) -> None:
    assert cells(("Country", name), "Georgia", cell) is None
    assert cells(("Point", "Georgia"), name, cell) is None


def test_the_thing_compared_must_be_what_the_document_is_about() -> None:
    assert cells(("Country", "Licence valid for"), "Kenya", "25 years") is None
    assert cells(("Country", "Licence valid for"), "cheap Georgia", "25 years") is None
    assert cells(("Georgia is the worst", "Licence valid for"), "Georgia", "25 years") is None
    assert cells(("Document", "Licence valid for"), "Azerbaijan: rules for wind power", "20 years") is not None
    assert cells(("国家", "有效期"), "蒙古国", "30年", language="zh") == ("蒙古国", "30年")


def test_a_comparison_of_two_documents_of_prose_is_a_table() -> None:
    prover, parser = Prover([GEORGIA, AZERBAIJAN], language="en"), Parser()
    text = (
        "| Point | Georgia | Azerbaijan |\n|---|---|---|\n| Licence valid for | 25 years [1] | 20 years [2] |\n"
        "| Application | at least 60 days before work begins [1] | at least 30 days before work begins [2] |\n"
    )
    for claim in [*parser.feed(text), *parser.end()]:
        prover.add(claim)
    assert markdown(settled(prover.statements)).splitlines() == [
        "| Point | Georgia | Azerbaijan |",
        "| --- | --- | --- |",
        "| Licence valid for | 25 years | 20 years [1][2] |",
        "| Application | at least 60 days before work begins | [3] |",
    ]
    assert [one.reason for one in prover.removed] != []
