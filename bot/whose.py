"""Whose rule a statement tells: where an answer speaks of several countries, each statement names its own."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Citation, Statement
from bot.proof.reading import read
from bot.replies import reply_language
from retrieval import Hit, country_names


def named(text: str, language: str, hits: Sequence[Hit], asked: frozenset[str]) -> str:
    """A statement with the country its sources are of before it, where it names none and they are of one that was asked for.

    Args:
        hits: whose passages it rests on.
        asked: countries an answer speaks of.
    """
    about = frozenset().union(*(hit.own_countries for hit in hits)) & asked
    said = frozenset().union(
        *(read(text, one).countries for one in (language, *(hit.passage.language for hit in hits)))
    )
    if len(asked) < 2 or len(about) != 1 or said:
        return text
    name = country_names(sorted(about), reply_language(language))[0]
    return f"{name}：{text}" if language.startswith("zh") else f"{name}: {text}"


def told_apart(
    statements: Sequence[Statement], citations: Sequence[Citation], hits: Sequence[Hit], language: str
) -> tuple[Statement, ...]:
    """Statements that each name their country, where they rest on documents of several and stand in no table or section."""
    found = {hit.passage.id: hit for hit in hits}
    own = [
        [found[one.passage_id] for one in citations if one.number in each.citations and one.passage_id in found]
        for each in statements
    ]
    several = {hit.own_countries for of in own for hit in of if len(hit.own_countries) == 1}
    if len(several) < 2 or any(each.heading is not None for each in statements):
        return tuple(statements)
    asked = frozenset().union(*several)
    return tuple(
        each if each.row is not None else replace(each, text=named(each.text, language, of, asked))
        for each, of in zip(statements, own, strict=True)
    )
