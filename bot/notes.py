"""What a reader must know about the sources of an answer: that a text no longer applies, or does not yet."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.answer import Citation, Note, NoteKind
from bot.naming import may_be_said, name_of
from bot.replies import language_names, reply
from retrieval import Hit, Metadata, Standing, standing_of

_KINDS = {
    Standing.SUPERSEDED: NoteKind.SUPERSEDED,
    Standing.EXPIRED: NoteKind.EXPIRED,
    Standing.COMING: NoteKind.NOT_YET_IN_FORCE,
}


def notes_on(
    citations: Sequence[Citation],
    hits: Sequence[Hit],
    *,
    language: str,
    today: dt.date,
    title_of: Callable[[str], str | None],
    years: Collection[str] = (),
) -> tuple[Note, ...]:
    """Notes on the cited documents.

    Args:
        years: those the question names.
        title_of: the title of the document with an editor's key, for "superseded by".
    """
    cards = {hit.passage.document_id: _named(hit, language) for hit in hits}
    numbers: dict[str, list[int]] = {}
    for citation in citations:
        numbers.setdefault(citation.document_id, []).append(citation.number)
    found = [
        note
        for document_id, listed in numbers.items()
        for note in _on_document(cards[document_id], tuple(listed), language, today, title_of)
    ]
    found += _on_years(citations, cards, numbers, years, language, today)
    foreign = {c.language: c.number for c in citations if c.language.split("-")[0] != language.split("-")[0]}
    if foreign:
        listed = tuple(c.number for c in citations if c.language in foreign)
        found.append(Note(NoteKind.OTHER_LANGUAGE, _in_languages(foreign, language), listed))
    return tuple(found)


def _named(hit: Hit, language: str) -> Metadata:
    """The card under a name that may be said."""
    title, passage = hit.metadata.title, hit.passage
    return replace(hit.metadata, title=name_of(title, passage.document_id, passage.language, told_in=language))


def _on_document(
    card: Metadata, numbers: tuple[int, ...], language: str, today: dt.date, title_of: Callable[[str], str | None]
) -> Iterator[Note]:
    standing = standing_of(card, today)
    if standing is Standing.SUPERSEDED:
        later = next(
            (title for key in card.superseded_by if (title := title_of(key)) and may_be_said(title, language)), None
        )
        by = reply("note_superseded_by", language, title=later) if later else ""
        yield Note(_KINDS[standing], reply("note_superseded", language, title=card.title, by=by), numbers)
    elif standing is Standing.EXPIRED:
        on = reply("note_expired_on", language, date=card.date_expires) if card.date_expires else ""
        yield Note(_KINDS[standing], reply("note_expired", language, title=card.title, on=on), numbers)
    elif standing is Standing.COMING:
        start = reply("note_not_yet_in_force_from", language, date=card.date_effective) if card.date_effective else ""
        text = reply("note_not_yet_in_force", language, title=card.title, from_date=start)
        yield Note(_KINDS[standing], text, numbers)
    if card.review_by is not None and card.review_by < today and card.as_of is not None:
        yield Note(NoteKind.DATED, reply("note_dated", language, title=card.title, date=card.as_of), numbers)


def _on_years(
    citations: Sequence[Citation],
    cards: Mapping[str, Metadata],
    numbers: Mapping[str, Sequence[int]],
    years: Collection[str],
    language: str,
    today: dt.date,
) -> Iterator[Note]:
    """Documents of a later time than a question asks about, unless what is quoted of them names a year asked for."""
    for document_id, listed in numbers.items():
        card = cards[document_id]
        told = [c.quote for c in citations if c.document_id == document_id] + [card.title, card.doc_number or ""]
        since = card.date_effective or card.as_of
        later = since is not None and years and all(int(year) < since.year for year in years)
        if later and not standing_of(card, today).is_past and not any(year in text for year in years for text in told):
            asked = reply("list_separator", language).join(sorted(years))
            known = {"years": asked, "title": card.title, "date": since}
            text = (
                reply("note_other_year", language, **known)
                if card.date_effective
                else reply("note_other_year_checked", language, **known)
            )
            yield Note(NoteKind.DATED, text, tuple(listed))


def _in_languages(foreign: Mapping[str, int], language: str) -> str:
    return reply("note_other_language", language, languages=language_names(foreign, language))
