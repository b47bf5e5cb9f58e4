"""What a reader is told about the sources."""

import datetime as dt
from collections.abc import Sequence

import pytest

from bot.answer import Citation, NoteKind
from bot.citations import prove
from bot.notes import notes_on
from bot.writers import Claim
from retrieval import Hit, Metadata, Status
from tests.bot.makers import TODAY, make_hit

TITLES = {"new-act": "New Act"}


def cited(*hits: Hit) -> tuple[Citation, ...]:
    claims = [Claim(hit.passage.text, (number,), quote=hit.passage.text) for number, hit in enumerate(hits, start=1)]
    return prove(claims, hits)[1]


def notes(
    *hits: Hit, language: str = "en", today: dt.date = TODAY, years: Sequence[str] = ()
) -> list[tuple[NoteKind, str, tuple[int, ...]]]:
    found = notes_on(cited(*hits), hits, language=language, today=today, title_of=TITLES.get, years=years)
    return [(note.kind, note.text, note.citations) for note in found]


def law(**card: object) -> Hit:
    return make_hit("The rate is 5 percent.", metadata=Metadata(title="Old Act", **card))  # type: ignore[arg-type]


def test_a_text_in_force_needs_no_note() -> None:
    assert notes(law(status=Status.IN_FORCE, date_effective=dt.date(2020, 1, 1))) == []


def test_superseded_names_what_came_after() -> None:
    ((kind, text, numbers),) = notes(law(status=Status.SUPERSEDED, superseded_by=("gone", "new-act")))
    assert (kind, numbers) == (NoteKind.SUPERSEDED, (1,))
    assert "“Old Act” has been superseded by “New Act”" in text


def test_superseded_by_what_nobody_has() -> None:
    ((_, text, _),) = notes(law(superseded_by=("gone",)))
    assert "has been superseded." in text


def test_expired_names_the_day() -> None:
    ((kind, text, _),) = notes(law(date_expires=dt.date(2026, 6, 30)))
    assert kind is NoteKind.EXPIRED
    assert "2026-06-30" in text
    assert notes(law(date_expires=TODAY)) == []
    ((_, undated, _),) = notes(law(status=Status.EXPIRED))
    assert "expired." in undated


def test_not_yet_in_force_names_the_day() -> None:
    ((kind, text, _),) = notes(law(date_effective=dt.date(2027, 1, 1)))
    assert kind is NoteKind.NOT_YET_IN_FORCE
    assert "2027-01-01" in text


def test_a_card_past_its_review_is_dated() -> None:
    hit = law(as_of=dt.date(2025, 1, 1), review_by=dt.date(2026, 1, 1))
    assert [kind for kind, *_ in notes(hit)] == [NoteKind.DATED]
    assert notes(hit, today=dt.date(2025, 6, 1)) == []


def test_one_note_for_all_citations_of_a_document() -> None:
    card = Metadata(title="Old Act", status=Status.SUPERSEDED)
    hits = [make_hit(f"Rule {n} holds.", ordinal=n, metadata=card) for n in (1, 2)]
    ((_, _, numbers),) = notes(*hits)
    assert numbers == (1, 2)


def test_sources_in_another_language_are_announced_once() -> None:
    hits = [
        make_hit("税率为5%。", document_id="a.md", language="zh"),
        make_hit("The rate is 5 percent.", document_id="b.md"),
        make_hit("Ставка 5 процентов.", document_id="c.md", language="ru"),
    ]
    ((kind, text, numbers),) = notes(*hits)
    assert (kind, numbers) == (NoteKind.OTHER_LANGUAGE, (1, 3))
    assert "Chinese" in text
    assert "Russian" in text


def test_variants_of_a_language_are_that_language() -> None:
    assert notes(make_hit("稅率為5%。", language="zh-Hant"), language="zh") == []


@pytest.mark.parametrize(("language", "word"), [("en", "superseded"), ("zh", "取代"), ("ru", "заменён")])
def test_notes_speak_the_language_of_the_answer(language: str, word: str) -> None:
    hit = make_hit("5", metadata=Metadata(title="Old Act", status=Status.SUPERSEDED), language=language)
    assert [word in text for _, text, _ in notes(hit, language=language)] == [True]


def test_a_source_of_a_later_time_than_was_asked_about_says_so() -> None:
    since_2020 = law(date_effective=dt.date(2020, 1, 1))
    ((kind, text, numbers),) = notes(since_2020, years=["2015"])
    assert (kind, numbers) == (NoteKind.DATED, (1,))
    assert "You asked about 2015; “Old Act” describes the state since 2020-01-01" in text
    assert notes(since_2020, years=["2021"]) == []
    assert notes(since_2020, years=["2015", "2022"]) == []


def test_a_quote_or_a_title_that_names_the_year_needs_no_word_on_it() -> None:
    quoted = make_hit("In 2015 the rate was 4 percent.", metadata=Metadata(date_effective=dt.date(2020, 1, 1)))
    assert notes(quoted, years=["2015"]) == []
    named = make_hit("It is 4 percent.", metadata=Metadata(title="Act of 2015", date_effective=dt.date(2016, 1, 1)))
    assert notes(named, years=["2015"]) == []


def test_of_a_day_on_which_a_text_was_looked_at_no_more_is_said_and_of_one_that_ended_nothing() -> None:
    ((kind, text, _),) = notes(law(as_of=dt.date(2026, 6, 30)), years=["2025"])
    assert (kind, "“Old Act” was last checked on 2026-06-30" in text) == (NoteKind.DATED, True)
    ended = law(status=Status.SUPERSEDED, date_effective=dt.date(2021, 6, 1))
    assert [kind for kind, _, _ in notes(ended, years=["2020"])] == [NoteKind.SUPERSEDED]
