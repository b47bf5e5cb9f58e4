"""Steps whole and in the order of their source: a list of true steps in another order, or with holes, is no true list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.answer import Citation, Statement

_STEP = re.compile(r"^\s*(\d{1,2})[.)、]\s*(\S.*)$", re.MULTILINE)
_MOST_STEPS = 15
_NUMBERED = re.compile(r"(\d{1,2})([.)、])\s+")


def left_out(
    statements: Sequence[Statement], citations: Sequence[Citation], texts: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Steps of a list of which two or more others were told, each as its passage's id and its words: with some of them it is no way.

    Args:
        texts: the passages by their ids, as they stand.
    """
    cited = {one.number: one for one in citations}
    told: dict[str, set[int]] = {}
    for statement in statements:
        if statement.row is not None or not _NUMBERED.match(statement.text):
            continue
        for citation in (cited[number] for number in statement.citations):
            steps = _listed(texts.get(citation.passage_id, ""))
            told.setdefault(citation.passage_id, set()).update(
                number for number, words in steps.items() if words in citation.quote
            )
    return [
        (passage, f"{number}. {words}")
        for passage, numbers in told.items()
        if len(numbers) > 1
        for number, words in _listed(texts[passage]).items()
        if number not in numbers
    ]


def _listed(text: str) -> dict[int, str]:
    """The one numbered list of a text, if its numbers run from one; step by number, without its mark."""
    found = {int(match[1]): " ".join(match[2].split()) for match in _STEP.finditer(text)}
    return found if list(found) == list(range(1, len(found) + 1)) and len(found) <= _MOST_STEPS else {}


def in_order(
    statements: Sequence[Statement], citations: Sequence[Citation], texts: Mapping[str, str]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements with each run of numbered steps as its passage has them, numbered from one; citations follow.

    Args:
        texts: the passages by their ids, white space folded.
    """
    places = {one.number: (one.passage_id, texts.get(one.passage_id, "").find(one.quote)) for one in citations}
    ordered: list[Statement] = []
    run: list[Statement] = []
    for statement in [*statements, None]:
        if statement is not None and _NUMBERED.match(statement.text) and (statement.heading is None or not run):
            run.append(statement)
            continue
        ordered += _run(run, places)
        run = []
        if statement is not None and _NUMBERED.match(statement.text):
            run = [statement]
        elif statement is not None:
            ordered.append(statement)
    numbers = {old: new for new, old in enumerate(dict.fromkeys(n for one in ordered for n in one.citations), start=1)}
    renumbered = [replace(one, citations=tuple(numbers[number] for number in one.citations)) for one in ordered]
    kept = sorted(
        (replace(one, number=numbers[one.number]) for one in citations if one.number in numbers),
        key=lambda one: one.number,
    )
    return tuple(renumbered), tuple(kept)


def _run(run: Sequence[Statement], places: Mapping[int, tuple[str, int]]) -> list[Statement]:
    """The steps of one list, in the order of the passage that all of them stand in, if there is one."""
    if not run:
        return []
    passages = [{places[number][0] for number in one.citations} for one in run]
    shared = set.intersection(*passages)
    placed = list(run)
    if shared:
        passage = sorted(shared)[0]
        placed.sort(key=lambda one: min(places[n][1] for n in one.citations if places[n][0] == passage))
    said = [
        replace(one, text=_NUMBERED.sub(rf"{number}\2 ", one.text, count=1), heading=None)
        for number, one in enumerate(placed, 1)
    ]
    # What stands over a section stands over its first sentence, whichever that is.
    return [replace(said[0], heading=run[0].heading), *said[1:]]
