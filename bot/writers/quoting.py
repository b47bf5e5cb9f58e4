"""The writer that needs no model: it quotes the sentences that answer, in their own words and reading order.

A sentence is chosen for the share of the question it holds, for being of the kind that was asked for (a figure, a date, a
name, a list), and for the passage it stands in. What a sentence needs to be understood, the heading above it or the title
of a document that names the country, is put before it as a label.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.answer import Citation
from bot.disagreement import apart, contradict, disagree, rank
from bot.naming import may_stand_beside
from bot.proof.standing import last_heading, under
from bot.writers import Claim, Draft
from bot.writers.stretches import ITEM, Stretch, length_of, overlap, stretches_of
from retrieval import Asked, Hit, Question, SearchResult, countries_in, countries_of_document, is_of_kind

_PASSAGES = 6
_LOOKED_AT = 16
"""Passages that are looked at to find so many that do not repeat each other."""
_SAME_WORDS = 0.7
_BESIDE = 0.4
"""What it must be worth beside the best."""
_CROWD = 3
"""Documents that say the same in the same words, from which on another source is shown beside them."""
_MOST = 4
_BUDGET = 52
"""Words of an answer after which no further sentence is added; a Han character counts for half a word."""
_LONGEST = 63
"""Words that no further sentence may take an answer beyond."""
_BEHIND = 0.8
"""How much less than the best a sentence may be worth and still be added."""
_LITTLE_BEHIND = 0.45
"""The same where the best one holds most of the question and is of the kind asked for: then little else is needed."""
_MOST_OF_IT = 0.75
_LABEL = 110
"""Characters."""
_FRAGMENT = 12
"""Words below which a stretch is hardly a sentence."""


class QuotingWriter:
    """Writes answers made of verbatim sentences."""

    def write(self, result: SearchResult, *, language: str) -> Draft:
        """One to four claims, each a quote; none if no passage holds a sentence worth quoting."""
        return Draft(tuple(_claims(result)))


def _claims(result: SearchResult) -> Iterator[Claim]:
    question = result.question
    candidates = _apart(result)
    chosen = _choose(question, result.hits, candidates, sides=question.countries - result.missing_countries)
    # Where nobody said which country is meant, what is true of one of several says of which.
    own = {result.hits[each.hit].own_countries for each in chosen}
    several = sum(len(countries) == 1 for countries in own) > 1
    for candidate in sorted(chosen, key=lambda c: _reading_order(result, chosen, c)):
        yield _claim(result, candidate, several=several)


def _apart(result: SearchResult) -> list[Stretch]:
    """The stretches of the best passages. One whose best stretch another document has said already gives way to the next."""
    found: list[Stretch] = []
    best: list[Stretch] = []
    for number, hit in enumerate(result.hits[:_LOOKED_AT]):
        own = list(stretches_of(result.question, number, hit))
        top = max(own, key=lambda candidate: candidate.worth, default=None)
        if top is None:
            continue
        if any(_is_copy(result.hits, top, other) for other in best):
            found.append(top)
            continue
        best.append(top)
        found += own
        if len(best) == _PASSAGES:
            break
    return found


def _is_copy(hits: Sequence[Hit], one: Stretch, other: Stretch) -> bool:
    if hits[one.hit].passage.document_id == hits[other.hit].passage.document_id or one.figures != other.figures:
        return False
    return len(one.held & other.held) > _SAME_WORDS * max(len(one.held), len(other.held))


def other_side(result: SearchResult, said: Sequence[Citation]) -> Claim | None:
    """The best sentence that gives another figure for what was cited, from a document that was not; None if there is none."""
    question, hits = result.question, result.hits
    cited = {citation.document_id for citation in said}
    found = {hit.passage.id: hit for hit in hits}
    ranked = sorted(_apart(result), key=lambda each: -each.worth)
    for candidate in ranked:
        for each in said if hits[candidate.hit].passage.document_id not in cited else ():
            pair = found[each.passage_id], hits[candidate.hit]
            if not any(map(_may_have_ended, pair)) and contradict(question, each.quote, candidate.text, hits=pair):
                return _claim(result, candidate)
    quoted = [
        each for each in ranked if any(fold in each.text or each.text in fold for fold in (c.quote for c in said))
    ]
    beside = _beside_a_crowd(hits, ranked, quoted) if quoted else None
    return _claim(result, beside) if beside is not None and hits[beside.hit].passage.document_id not in cited else None


def side_of(result: SearchResult, country: str) -> Claim | None:
    """The best sentence on one country of a question that names several; None if nothing was found on it."""
    own = [number for number, hit in enumerate(result.hits) if country in hit.own_countries]
    about = own or [number for number, hit in enumerate(result.hits) if country in hit.countries]
    found = (each for number in about for each in stretches_of(result.question, number, result.hits[number]))
    best = max(found, key=lambda each: (each.worth, -each.hit), default=None)
    return _claim(result, best) if best is not None else None


def _claim(result: SearchResult, candidate: Stretch, *, several: bool = False) -> Claim:
    hit = result.hits[candidate.hit]
    label = _label(result.question, hit, candidate.text, candidate.start, several=several)
    text = f"{label}: {candidate.text}" if label else candidate.text
    return Claim(text, (candidate.hit + 1,), quote=candidate.text)


def _reading_order(
    result: SearchResult, chosen: Sequence[Stretch], candidate: Stretch
) -> tuple[tuple[int, dt.date], float, int, int]:
    """The passage with the best sentence first, each in its own order; where sources disagree, the weightier first."""
    hits = result.hits
    if any(_contradicts(result.question, hits, candidate, other) for other in chosen):
        return rank(hits[candidate.hit].metadata), 0.0, candidate.hit, candidate.start
    first = max(other.worth for other in chosen if other.hit == candidate.hit)
    return (0, dt.date.min), -first, candidate.hit, candidate.start


def _choose(
    question: Question, hits: Sequence[Hit], candidates: Sequence[Stretch], *, sides: frozenset[str]
) -> list[Stretch]:
    """The best stretches that do not repeat each other, within the length of a short answer.

    Args:
        sides: countries of the question that the documents have something to say on.
    """
    ranked = sorted(candidates, key=lambda c: (-c.worth, c.hit, c.start))
    if not ranked:
        return []
    chosen = [_first(question, ranked)]
    spent = 0.0 if chosen[0].is_list else length_of(chosen[0].text)
    most = 2 if chosen[0].is_list else _MOST
    behind = _LITTLE_BEHIND if _is_enough(question, chosen[0]) else _BEHIND
    for candidate in ranked:
        if candidate.worth < ranked[0].worth - behind or len(chosen) >= most or spent >= _BUDGET:
            break
        length = length_of(candidate.text)
        if candidate.is_list or spent + length > _LONGEST or any(overlap(candidate, other) for other in chosen):
            continue
        if _language(hits, candidate) != _language(hits, chosen[0]):
            continue  # one language an answer, unless two sides have none in common
        chosen.append(candidate)
        spent += length
    return _other_side(question, hits, ranked, _both_sides(sides, hits, ranked, chosen))


def _other_side(
    question: Question, hits: Sequence[Hit], ranked: Sequence[Stretch], chosen: list[Stretch]
) -> list[Stretch]:
    """With the best sentence that gives another figure for the same thing, from another document: many copies of the one do
    not hide the other."""
    if any(_contradicts(question, hits, one, other) for one in chosen for other in chosen):
        return chosen
    lasting = [each for each in ranked if not _may_have_ended(hits[each.hit])]
    extra = next((other for other in lasting if _contradicts(question, hits, chosen[0], other)), None)
    if _may_have_ended(hits[chosen[0].hit]):
        return chosen
    extra = extra or _beside_a_crowd(hits, ranked, chosen)
    return [*chosen, extra] if extra is not None else chosen


def _beside_a_crowd(hits: Sequence[Hit], ranked: Sequence[Stretch], said: Sequence[Stretch]) -> Stretch | None:
    """Where several documents say the same in the same words: the best sentence of one that does not, if none is among these."""

    def document(candidate: Stretch) -> str:
        return hits[candidate.hit].passage.document_id

    first = said[0].held
    alike = [each for each in ranked if each.figures == said[0].figures and (each.held <= first or first <= each.held)]
    core = frozenset.intersection(first, *(each.held for each in alike))
    crowd = {document(each) for each in ranked if core <= each.held}
    if len(crowd) < _CROWD or any(document(each) not in crowd for each in said):
        return None
    others = [each for each in ranked if document(each) not in crowd and each.worth >= _BESIDE * ranked[0].worth]
    # The one that speaks of the same, then the better one.
    return max(
        others, key=lambda each: (len(each.held & said[0].held) / max(1, len(each.held)), each.worth), default=None
    )


def _contradicts(question: Question, hits: Sequence[Hit], one: Stretch, other: Stretch) -> bool:
    pair = hits[one.hit], hits[other.hit]
    if pair[0].passage.document_id == pair[1].passage.document_id:
        return False
    if any(map(_may_have_ended, pair)) and not apart(pair[0].own_countries, pair[1].own_countries):
        languages = (pair[0].passage.language, pair[1].passage.language)
        return disagree(question, one.text, other.text, languages=languages)
    return contradict(question, one.text, other.text, hits=pair)


def _may_have_ended(hit: Hit) -> bool:
    """Whether a text has a successor or an end: what it said and what is said now do not disagree."""
    return bool(hit.metadata.superseded_by or hit.metadata.date_expires or hit.metadata.supersedes)


def _is_enough(question: Question, candidate: Stretch) -> bool:
    """Whether a stretch alone may well be the answer."""
    if candidate.understood < _MOST_OF_IT:
        return False
    return is_of_kind(question.asked, candidate.text)


def _first(question: Question, ranked: Sequence[Stretch]) -> Stretch:
    """The stretch an answer is built around: the best one; the best list where a list is asked for and one is near."""
    if question.asked in {Asked.LIST, Asked.STEPS}:
        for candidate in ranked:
            if candidate.is_list and candidate.worth >= ranked[0].worth - _BEHIND:
                return candidate
    return ranked[0]


def _language(hits: Sequence[Hit], candidate: Stretch) -> str:
    return hits[candidate.hit].passage.language


def _both_sides(
    sides: frozenset[str], hits: Sequence[Hit], ranked: Sequence[Stretch], chosen: list[Stretch]
) -> list[Stretch]:
    """Where a question names several countries, a sentence for each that has one."""
    if len(sides) < 2:
        return chosen
    for country in sorted(sides):
        if not any(country in hits[candidate.hit].countries for candidate in chosen):
            extra = next((c for c in ranked if country in hits[c.hit].countries and c not in chosen), None)
            if extra is not None:
                chosen.append(extra)
    return chosen


def _label(question: Question, hit: Hit, text: str, start: int, *, several: bool = False) -> str:
    """What a stretch needs before it to be understood alone: its heading if it is a fragment, and the country's name."""
    headings = hit.passage.location.headings
    parts: list[str] = []
    language, spoken_of = hit.passage.language, f"{text}\n{question.text}"
    first_line = text.partition("\n")[0]
    introduced = first_line.endswith((":", "："))
    fragment = not introduced and (length_of(first_line) < _FRAGMENT or "\n" in text or bool(ITEM.match(text)))
    standing = under(hit.passage.text, hit.passage.language, last_heading(headings)).get(start)
    fragment = fragment or (standing is not None and standing.above is None)
    unsaid = fragment and headings and headings[-1].casefold() not in text.casefold()
    if unsaid and may_stand_beside(headings[-1], language, spoken_of=spoken_of):
        parts.append(headings[-1])
    # Of no use where there is no title to name them by.
    about = countries_of_document(hit.metadata, hit.passage.language) if hit.metadata.title else frozenset()
    asked = (
        (about & question.countries or about)
        if question.countries or several or question.asked is Asked.PLACE
        else frozenset()
    )
    if (
        asked
        and not asked & countries_in(text, language)
        and may_stand_beside(hit.metadata.title, language, spoken_of=spoken_of)
    ):
        parts.insert(0, hit.metadata.title)
    label = " › ".join(parts)
    if len(label) > _LABEL:
        label = parts[-1]
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"
