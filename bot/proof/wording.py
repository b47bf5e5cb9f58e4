"""What was changed in what is otherwise a quote."""

import difflib

from bot.proof.alignment import Match
from bot.proof.reading import Reading

_LEAST_WORDS = 4
_QUOTE_LIKE = 0.75
"""Share of a statement's words that stand in one sentence in the same order, from which on it is held to be a quote."""


def changed_quote(statement: Reading, match: Match) -> str | None:
    """A word or a figure that was changed in what is otherwise a quote."""
    said, given = statement.sequence, match.stretch.reading.sequence
    if len(said) < _LEAST_WORDS:
        return None
    matcher = difflib.SequenceMatcher(None, said, given, autojunk=False)
    if sum(block.size for block in matcher.get_matching_blocks()) < _QUOTE_LIKE * len(said):
        return None
    there = match.stretch.reading.content | match.source.lead
    for operation, start, end, first, last in matcher.get_opcodes():
        theirs = given[first:last]
        for key in said[start:end] if operation in {"replace", "insert"} else ():
            if key in statement.content and key not in (there if operation == "replace" else match.source.held):
                return key
            rivals = [other for other in theirs if other[0] == key[0]]
            if key[0] in "=@" and rivals and not any(_within(key, other) for other in rivals):
                return key
    return None


def _within(said: str, given: str) -> bool:
    """Whether a figure is the same, or a date says no more than the other."""
    if said[0] == "=" or given[0] == "=":
        return said == given
    return all(
        not ours or ours == theirs for ours, theirs in zip(said[1:].split("-"), given[1:].split("-"), strict=True)
    )
