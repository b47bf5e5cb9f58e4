"""Whether two sources say different things about what was asked: the same words around other figures."""

import datetime as dt
import itertools
import re
from collections.abc import Sequence

from bot.answer import Citation
from retrieval import Hit, Metadata, Question, standing_of, words

_SAME_SUBJECT = 0.5
"""Share of the shorter sentence's words, figures aside, that the other must have too."""
_LEAST_COVERAGE = 0.5
_LOWEST_AUTHORITY = 9


def disagree(question: Question, one: str, other: str, *, languages: tuple[str, str]) -> bool:
    """Whether two sentences give different figures for what a question asks.

    Sentences in different languages are compared by their figures only where both cover the question.
    """
    if languages[0] != languages[1]:
        return False  # the same words around other figures are not seen across languages
    held_one, held_other = (frozenset(words(text, lang)) for text, lang in zip((one, other), languages, strict=True))
    figures_one, figures_other = figures(held_one, question), figures(held_other, question)
    if not figures_one or not figures_other or figures_one & figures_other:
        return False
    # Both must speak of the very thing: two quotas of a country do not disagree.
    reading = question.reading(languages[0])
    asked = [concept for concept in reading.concepts if concept.country is None]
    subject = max(asked, key=lambda concept: concept.weight, default=None)
    if subject is None or min(subject.held_by(held_one), subject.held_by(held_other)) < 1.0:
        return False
    if min(reading.coverage(held_one), reading.coverage(held_other)) < _LEAST_COVERAGE:
        return False
    plain_one, plain_other = held_one - figures_one, held_other - figures_other
    shared = len(plain_one & plain_other) / max(1, min(len(plain_one), len(plain_other)))
    return shared >= _SAME_SUBJECT


def figures(held: frozenset[str], question: Question) -> frozenset[str]:
    """The figures among words, without those the question itself names; years only where they are all there is."""
    named = {
        word
        for reading in question.readings.values()
        for concept in reading.concepts
        for name in concept.names
        for word in name
    }
    found = frozenset(word for word in held if re.fullmatch(r"\d+(?:\.\d+)?", word)) - named
    without_years = frozenset(word for word in found if not re.fullmatch(r"(?:19|20)\d{2}", word))
    return without_years or found


def rank(metadata: Metadata) -> tuple[int, dt.date]:
    """Sorts sources as a lawyer would: higher authority first, then the later one (dates are turned round)."""
    day = metadata.date_effective or metadata.date or dt.date.min
    return metadata.authority or _LOWEST_AUTHORITY, dt.date.fromordinal(dt.date.max.toordinal() - day.toordinal() + 1)


def disagreeing(
    question: Question, citations: Sequence[Citation], hits: Sequence[Hit], today: dt.date
) -> tuple[Citation, ...]:
    """The first two citations of different documents that disagree, the weightier first; empty if none do.

    What stood once and what stands now do not disagree: only documents of one standing are compared. Nor do two countries.
    """
    cards = {hit.passage.document_id: hit.metadata for hit in hits}
    countries = {hit.passage.document_id: hit.own_countries for hit in hits}
    for one, other in itertools.combinations(citations, 2):
        card, other_card = cards[one.document_id], cards[other.document_id]
        if one.document_id == other.document_id or _translations(card, other_card):
            continue
        if apart(countries[one.document_id], countries[other.document_id]):
            continue
        if standing_of(card, today) is not standing_of(other_card, today):
            continue
        if disagree(question, one.quote, other.quote, languages=(one.language, other.language)):
            return tuple(sorted((one, other), key=lambda citation: rank(cards[citation.document_id])))
    return ()


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two documents are about different countries, so that other figures are no other opinion."""
    return bool(one) and bool(other) and not one & other


def _translations(one: Metadata, other: Metadata) -> bool:
    keys = {one.key, one.translation_of} - {None}
    return bool(keys & ({other.key, other.translation_of} - {None}))
