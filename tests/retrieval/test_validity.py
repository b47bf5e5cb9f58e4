"""Law that knows its date."""

import datetime as dt

import pytest

from retrieval.metadata import Metadata, Status
from retrieval.question import Question
from retrieval.validity import Standing, asks_for_history, standing_of, weight
from tests.retrieval.makers import read

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


def question(text: str) -> Question:
    return read(text, languages=["en"])


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (Metadata(), Standing.CURRENT),
        (Metadata(status=Status.IN_FORCE, date_effective=TODAY, date_expires=TODAY), Standing.CURRENT),
        (Metadata(date_expires=TODAY - DAY), Standing.EXPIRED),
        (Metadata(status=Status.EXPIRED), Standing.EXPIRED),
        (Metadata(date_effective=TODAY + DAY), Standing.COMING),
        (Metadata(status=Status.NOT_YET_IN_FORCE), Standing.COMING),
        (Metadata(status=Status.NOT_YET_IN_FORCE, date_effective=TODAY), Standing.CURRENT),  # its day has come
        (Metadata(status=Status.SUPERSEDED), Standing.SUPERSEDED),
        (Metadata(status=Status.REPEALED), Standing.SUPERSEDED),
        (Metadata(status=Status.IN_FORCE, superseded_by=("new",)), Standing.SUPERSEDED),
    ],
)
def test_a_document_stands_to_today_as_its_card_says(metadata: Metadata, expected: Standing) -> None:
    assert standing_of(metadata, TODAY) is expected


def test_an_event_is_over_the_day_after_its_end() -> None:
    event = Metadata(kind="event", start="2026-11-20T09:00", end="2026-11-21")
    assert standing_of(event, TODAY) is Standing.CURRENT
    assert standing_of(event, TODAY + DAY) is Standing.EXPIRED
    assert standing_of(Metadata(kind="event", start="some day"), TODAY) is Standing.CURRENT


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("What was the deposit before 2025?", True),
        ("What was the rate in 2019?", True),
        ("以前的税率是多少？", True),
        ("Какой была ставка раньше?", True),
        ("What is the deposit?", False),
        ("What is the rate in 2026?", False),
        ("What will the rate be in 2030?", False),
        ("现在的税率是多少？", False),
    ],
)
def test_a_question_about_the_past_is_known(text: str, past: bool) -> None:
    assert asks_for_history(question(text), TODAY) is past


def test_the_past_counts_for_nothing_today_and_in_full_when_asked_for() -> None:
    old = Metadata(status=Status.SUPERSEDED, date_effective=dt.date(2020, 3, 1), date_expires=dt.date(2025, 2, 28))
    new = Metadata(status=Status.IN_FORCE, date_effective=dt.date(2025, 3, 1))
    coming = Metadata(date_effective=dt.date(2027, 1, 1))
    now, then = question("What is the deposit?"), question("What was the deposit in 2022?")
    assert weight(old, now, TODAY, history=False) == 0.0
    assert weight(new, now, TODAY, history=False) == 1.0
    assert 0.0 < weight(coming, now, TODAY, history=False) < 1.0
    assert weight(old, then, TODAY, history=True) == 1.0
    assert weight(new, then, TODAY, history=True) < 1.0


def test_a_year_may_be_part_of_a_name() -> None:
    named = question("What does the Law on Investment 2025 say of licences?")
    law = Metadata(title="Viet Nam: Law on Investment 2025", date_effective=dt.date(2026, 3, 1))
    other = Metadata(title="Viet Nam: Law on Customs", date_effective=dt.date(2026, 3, 1))
    assert weight(law, named, TODAY, history=True) == 1.0
    assert weight(other, named, TODAY, history=True) < 1.0
