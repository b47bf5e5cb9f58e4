"""A figure or a date of a statement that its sentences do not have, or have for something else, or in two different ones."""

import itertools
from collections.abc import Collection, Sequence

from bot.proof.alignment import PRONOUN, Match, same, thoughts
from bot.proof.dates import Date
from bot.proof.figures import Figure, unit_is_named
from bot.proof.names import strange_number
from bot.proof.reading import Reading
from bot.proof.sources import Source
from retrieval import Translator

_MARGIN = 0.06
"""How much more a sentence with another value must be like the statement to speak against it."""
_IN_CONTEXT = 0.2
_SAME_BOUND = 0.12
_NEAR_ENOUGH = 0.75
"""How like the best sentence another one must be, across languages, to be where a figure comes from."""
_LOOKED_AT = 8
_PLAINLY = 0.1


def wrong_figure(clause: Reading, found: Sequence[Match], termbase: Translator | None = None) -> str | None:
    """A figure that the sources do not have, or have for something else."""
    for figure in clause.figures:
        if not _figure_stands(figure, clause, found, termbase):
            return clause.folded[figure.start : figure.end]
    return None


def _figure_stands(figure: Figure, clause: Reading, found: Sequence[Match], termbase: Translator | None) -> bool:
    around = _around(figure, clause, found[0].source.language, termbase)
    foreign = not same(found[0].source.language, clause.language)
    if (foreign and _said_too_often(figure, clause, found[0])) or _bounded_otherwise(figure, found[0]):
        return False
    best, rival = -1.0, -1.0
    for match in found:
        reading = match.stretch.reading
        if foreign and match.similarity < _NEAR_ENOUGH * found[0].similarity:
            continue
        for other in reading.figures:
            likeness = match.similarity + 0.25 * _shared(around, reading.near(other.start, other.end))
            if _same_figure(figure, other, reading, match.source):
                best = max(best, likeness)
            elif _comparable(figure, other) and not (
                foreign and any(_same_value(each, other) for each in clause.figures)
            ):
                rival = max(rival, likeness)
    if best >= 0.0:
        return best > rival if foreign else best >= rival - _MARGIN
    # A number of a title or heading counts where it is used as there: "Order No. 837".
    return any(
        _same_value(figure, other)
        and _bounds_agree(figure.bound, other.bound)
        and _shared(around, match.source.context.near(other.start, other.end)) > _IN_CONTEXT
        for match in found
        for other in match.source.context.figures
    )


def _around(
    fact: Figure | Date, clause: Reading, language: str, termbase: Translator | None
) -> dict[frozenset[str], float]:
    """The words around a figure or a date with their weights; each by any of the names that another language has for it."""
    near = clause.near(fact.start, fact.end)
    if same(language, clause.language):
        return {frozenset({key}): weight for key, weight in near.items()}
    found: dict[frozenset[str], float] = {}
    for thought in thoughts(clause, language, termbase, {}):
        weight = max((near.get(key, 0.0) for key in thought.key.split()), default=0.0)
        if weight:
            found[frozenset().union(*thought.names)] = weight
    return found


def _said_too_often(figure: Figure, clause: Reading, match: Match) -> bool:
    """Whether a statement in another language has a figure twice where its sentence has it once, and another that is left out."""
    said = [other.value for other in clause.figures]
    given = [other.value for other in match.stretch.reading.figures]
    return 1 < said.count(figure.value) > given.count(figure.value) and bool(set(given) - set(said))


def _bounded_otherwise(figure: Figure, match: Match) -> bool:
    """Whether the sentence that is meant has the very figure, but as another bound: a row for less than it, one for more."""
    there = [other for other in match.stretch.reading.figures if _same_value(figure, other)]
    return bool(there) and not any(_bounds_agree(figure.bound, other.bound) for other in there)


def _margin(clause: Reading, found: Sequence[Match]) -> float:
    """Across languages little can be compared, so what is right must plainly be more like it than what is wrong."""
    return _MARGIN if same(found[0].source.language, clause.language) else 0.0


def _shared(one: dict[frozenset[str], float], other: dict[str, float]) -> float:
    total = sum(one.values())
    both = (min(weight, max((other.get(key, 0.0) for key in names), default=0.0)) for names, weight in one.items())
    return sum(both) / total if total else 0.5


def _same_value(one: Figure, other: Figure) -> bool:
    return one.value == other.value and (one.unit == other.unit or one.unit is None or other.unit is None)


def _same_figure(figure: Figure, other: Figure, reading: Reading, source: Source) -> bool:
    if figure.value != other.value:
        return False
    # A table may give the unit in its header: "Rate, percent: 16".
    if figure.unit != other.unit and (
        figure.unit is None
        or other.unit is not None
        or not unit_is_named(figure.unit, f"{reading.folded} {source.context.folded}")
    ):
        return False
    return _bounds_agree(figure.bound, other.bound)


def _bounds_agree(said: str | None, given: str | None) -> bool:
    strict = {"max", "min", "above", "below"}
    if said in strict or given in strict:
        return said == given
    return True


def _comparable(one: Figure, other: Figure) -> bool:
    return (one.unit == other.unit and one.value != other.value) or (
        one.unit == other.unit and one.bound != other.bound
    )


def wrong_date(clause: Reading, found: Sequence[Match], termbase: Translator | None = None) -> str | None:
    """A date that the sources do not have, or have for something else."""
    said = {date.parts for date in clause.dates}
    for date in clause.dates:
        if not _date_stands(date, clause, found, said, termbase) or _date_taken_twice(date, clause, found[0]):
            return clause.folded[date.start : date.end]
    return _exchanged(clause, found[0], termbase)


def _exchanged(clause: Reading, match: Match, termbase: Translator | None) -> str | None:
    """Two dates of one sentence, each told of what the other is told of there."""
    there = match.stretch.reading
    placed = [
        (date, held[0])
        for date in clause.dates
        if len(held := [other for other in there.dates if other.holds(date)]) == 1
    ]
    for (one, own), (other, others) in itertools.combinations(placed, 2):
        if own is others:
            continue
        first, second = (_around(date, clause, match.source.language, termbase) for date in (one, other))
        here, beyond = (there.near(date.start, date.end) for date in (own, others))
        straight = _shared(first, here) + _shared(second, beyond)
        if _shared(first, beyond) + _shared(second, here) > straight + _PLAINLY:
            return clause.folded[one.start : one.end]
    return None


def _date_taken_twice(date: Date, clause: Reading, match: Match) -> bool:
    """Whether a date of a statement in another language is one that it has given already, while its sentence has one more."""
    if same(match.source.language, clause.language):
        return False
    there = match.stretch.reading.dates
    holding = [[other for other in there if other.holds(each)] for each in clause.dates]
    ours = next(held for each, held in zip(clause.dates, holding, strict=True) if each is date)
    rivals = sum(held == ours for held in holding)
    left = [other for other in there if not any(other in held for held in holding)]
    return len(ours) == 1 and rivals > 1 and bool(left)


def _date_stands(
    date: Date,
    clause: Reading,
    found: Sequence[Match],
    said: Collection[tuple[int | None, ...]],
    termbase: Translator | None,
) -> bool:
    around = _around(date, clause, found[0].source.language, termbase)
    best, rival = -1.0, -1.0
    for match in found:
        reading = match.stretch.reading
        years = {other.year for other in (*reading.dates, *match.source.context.dates)}
        for other in reading.dates:
            likeness = match.similarity + 0.25 * _shared(around, reading.near(other.start, other.end))
            likeness += _SAME_BOUND if date.bound is not None and date.bound == other.bound else 0.0
            apart = other.year is None and date.year in years and Date(0, 0, date.year, *other.parts[1:]).holds(date)
            if (other.holds(date) or apart) and {date.bound, other.bound} != {"from", "until"}:
                best = max(best, likeness)
            elif other.parts not in said:
                rival = max(rival, likeness)
    if best >= 0.0:
        return best >= rival - _margin(clause, found)
    others = [other for match in found for other in match.source.context.dates]
    return rival < 0.0 and any(other.holds(date) for other in others)


def facts_of_two(clause: Reading, found: Sequence[Match], termbase: Translator | None = None) -> str | None:
    """Facts that stand in the sources, but in different sentences: put together they say something new."""
    if len(clause.figures) + len(clause.dates) + len(clause.numbers) < 2:
        return None
    for number, match in enumerate(found):
        beside = [other for other in found if other.source is match.source and _goes_on(match, other)]
        if not any(_missing(clause, [match, *more], termbase) for more in ([], beside)) or not _missing(
            clause, [match, *beside], termbase
        ):
            return None
        if number > _LOOKED_AT:
            break
    return "facts of two sentences"


def _missing(clause: Reading, together: Sequence[Match], termbase: Translator | None) -> bool:
    said = {date.parts for date in clause.dates}
    if clause.numbers and strange_number(clause.numbers, together):
        return True
    return not all(_figure_stands(figure, clause, together, termbase) for figure in clause.figures) or not all(
        _date_stands(date, clause, together, said, termbase) for date in clause.dates
    )


def _goes_on(match: Match, other: Match) -> bool:
    """Whether another sentence speaks on of what this one speaks of: it begins with a pronoun and stands right behind."""
    between = match.source.hit.passage.text[match.stretch.end : other.stretch.start]
    follows = match.stretch.end <= other.stretch.start and not between.strip()
    return follows and PRONOUN.match(other.stretch.reading.folded) is not None
