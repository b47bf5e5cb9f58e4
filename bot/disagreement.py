"""Whether two sources say different things about what was asked: the same words around another figure, name or "not"."""

import datetime as dt
import difflib
import itertools
import re
from collections.abc import Sequence

from bot.answer import Citation
from bot.proof.items import Item, row
from bot.proof.synonyms import groups
from retrieval import Hit, Metadata, Question, standing_of, words

_SAME_SUBJECT = 0.5
"""Share of the shorter sentence's words, figures aside, that the other must have too."""
_LEAST_COVERAGE = 0.5
_ALIKE = 0.8
"""The same, from which on two sentences say one thing whatever the question is."""
_LEAST_WORDS = 3
_LEAST_LABEL = 2
"""Things a sentence says before a figure or a name, without which it is not told what that is of."""
_LEAST_SAID = 6
"""Things that two sentences must both say to differ in one name."""
_LONGEST_NAME = 3
_ACCORDING = re.compile(
    r"(?:according to|based on|as stated in|согласно|по данным|根据|按照|据)[^,:：，]{2,80}[,:：，]\s*", re.IGNORECASE
)
_IN = re.compile(r"(?:in|for|в|во|для|在|对) ?(?:the )?")
_NUMBER = r"\d+(?:\.\d+)?"
_YEAR = r"(?:19|20)\d{2}"
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


def contradict(question: Question, one: str, other: str, *, hits: tuple[Hit, Hit]) -> bool:
    """Whether two sentences of two passages give different figures for what a question asks.

    So do those that say nearly the same of the same place and the same years around another figure, however little of a
    wordy question they hold.
    """
    if apart(hits[0].own_countries, hits[1].own_countries):
        return False
    languages = (hits[0].passage.language, hits[1].passage.language)
    if disagree(question, one, other, languages=languages):
        return True
    places = hits[0].countries, hits[1].countries
    if languages[0] != languages[1] or not (places[0] & places[1] or not any(places)):
        return False
    if one_thing_differs(one, other, languages[0]):
        return True
    held = tuple(frozenset(words(text, languages[0])) for text in (one, other))
    numbers = tuple(frozenset(word for word in each if re.fullmatch(_NUMBER, word)) for each in held)
    years = tuple(frozenset(word for word in each if re.fullmatch(_YEAR, word)) for each in numbers)
    told = tuple(each - gone for each, gone in zip(numbers, years, strict=True))
    if years[0] != years[1] or not all(told) or told[0] <= told[1] or told[1] <= told[0]:
        return False
    plain = tuple(each - gone for each, gone in zip(held, numbers, strict=True))
    least = min(map(len, plain))
    if least < _LEAST_WORDS or len(plain[0] & plain[1]) < _ALIKE * least:
        return False
    # Of what is asked both must hold the same: two rows of one table do not disagree.
    concepts = [concept for concept in question.reading(languages[0]).concepts if concept.country is None]
    asked = [frozenset(n for n, concept in enumerate(concepts) if concept.held_by(each) >= 1.0) for each in held]
    return asked[0] == asked[1] != frozenset()


def one_thing_differs(one: str, other: str, language: str) -> bool:
    """Whether two sentences are the same up to a figure that is another, or all through but for one name or one "not"."""
    ours, theirs = _said(one, language), _said(other, language)
    years = [sorted(str(item.date.year) for item in said if item.date is not None) for said in (ours, theirs)]
    same = next((place for place, (a, b) in enumerate(zip(ours, theirs, strict=False)) if not a.same(b)), None)
    if not same or years[0] != years[1]:
        return False
    if (mine := ours[same].figure) is not None and (given := theirs[same].figure) is not None:
        behind = itertools.takewhile(
            lambda pair: pair[0].same(pair[1]), zip(ours[same + 1 :], theirs[same + 1 :], strict=False)
        )
        told = same + len(list(behind)) // 2
        return told >= _LEAST_LABEL and mine.unit == given.unit and mine.bound == given.bound
    return same >= _LEAST_LABEL and _another_name(ours, theirs, _LONGEST_NAME * (2 if language.startswith("zh") else 1))


def _another_name(ours: Sequence[Item], theirs: Sequence[Item], longest: int) -> bool:
    """Whether one name stands in the place of another, or a "not" in one of them; one may say more at its end."""
    matcher = difflib.SequenceMatcher(None, list(map(_key, ours)), list(map(_key, theirs)), autojunk=False)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(changes) == 2 and changes[1][0] != "replace" and changes[1][2::2] == (len(ours), len(theirs)):
        changes.pop()
    if (
        len(changes) != 1
        or sum(block.size for block in matcher.get_matching_blocks()) < _LEAST_SAID * longest / _LONGEST_NAME
    ):
        return False
    _, first, last, start, end = changes[0]
    changed = ours[first:last], theirs[start:end]
    if not all(changed):
        return [item.key for item in (*changed[0], *changed[1])] == ["not"]
    if any(item.kind != "word" for side in changed for item in side) or max(map(len, changed)) > longest:
        return False
    said = [{item.text for item in side} for side in changed]
    alike = any(said[0] & set(group) and said[1] & set(group) for group in groups())
    return not alike and not any(a[:4] == b[:4] for a in said[0] for b in said[1])


def _said(text: str, language: str) -> list[Item]:
    """What a sentence says, without who says it and for which country: "In Corvia, …"."""
    plain = _ACCORDING.sub("", text.strip(), count=1)
    items = [item for item in row(plain, language).items if item.kind != "small"]
    if items and items[0].kind == "country" and _IN.fullmatch(plain[: items[0].start].casefold()):
        return items[1:]
    return items


def _key(item: Item) -> str:
    figure = item.figure
    return (
        f"{item.key}{figure.value}{figure.unit}"
        if figure is not None
        else f"{item.key}{item.date.parts if item.date else ''}"
    )


def figures(held: frozenset[str], question: Question) -> frozenset[str]:
    """The figures among words, without those the question itself names; years only where they are all there is."""
    named = {
        word
        for reading in question.readings.values()
        for concept in reading.concepts
        for name in concept.names
        for word in name
    }
    found = frozenset(word for word in held if re.fullmatch(_NUMBER, word)) - named
    without_years = frozenset(word for word in found if not re.fullmatch(_YEAR, word))
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
    found = {hit.passage.id: hit for hit in hits}
    for one, other in itertools.combinations(citations, 2):
        card, other_card = cards[one.document_id], cards[other.document_id]
        if one.document_id == other.document_id or _translations(card, other_card):
            continue
        if standing_of(card, today) is not standing_of(other_card, today):
            continue
        if contradict(question, one.quote, other.quote, hits=(found[one.passage_id], found[other.passage_id])):
            return tuple(sorted((one, other), key=lambda citation: rank(cards[citation.document_id])))
    return ()


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two documents are about different countries, so that other figures are no other opinion."""
    return bool(one) and bool(other) and not one & other


def _translations(one: Metadata, other: Metadata) -> bool:
    keys = {one.key, one.translation_of} - {None}
    return bool(keys & ({other.key, other.translation_of} - {None}))
