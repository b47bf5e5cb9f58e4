"""Statements written by hand about documents of the knowledge folder: none that is false is kept, and many that are true."""

import pytest

from benchmarks.mutants import passages
from benchmarks.paraphrases import FALSE, TRUE, read_wordings
from benchmarks.texts import KNOWLEDGE
from bot.proof.judge import judge
from bot.proof.sources import Source

_LEAST_KEPT = 40


@pytest.fixture(scope="module")
def shelves() -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    for hit in passages(KNOWLEDGE):
        found.setdefault(hit.passage.document_id, []).append(Source(hit, frozenset()))
    return found


def _kept(statements: tuple[tuple[str, str, str], ...], shelves: dict[str, list[Source]]) -> list[str]:
    return [
        text
        for document, language, text in statements
        if any(judge(text, language, [source], None).proven for source in shelves[document])
    ]


def test_no_false_statement_is_kept(shelves: dict[str, list[Source]]) -> None:
    statements = FALSE + read_wordings(true=False)
    assert len(statements) > 250
    assert _kept(tuple(one for one in statements if one[0].endswith(f".{one[1]}.md") or one[1] == "en"), shelves) == []


def test_many_true_ones_are(shelves: dict[str, list[Source]]) -> None:
    assert len(_kept(TRUE + read_wordings(true=True), shelves)) >= _LEAST_KEPT
