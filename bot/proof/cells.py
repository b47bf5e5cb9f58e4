"""Cells of a comparison that a writer made of prose: which of them their passages say, word for word, of the thing compared.

A cell is a piece of a sentence and says nothing alone. It stands where the thing compared is what its passage is about, the
words that name it stand in the same sentence or over it, and nothing is left out there that would hold it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answer import Row
from bot.proof.harmless import RESTRICTS
from bot.proof.items import Item, row
from bot.proof.judge import Quote, has_link
from bot.proof.names import fold_title
from bot.proof.shorter import parts
from bot.proof.sources import Source
from retrieval import countries_in

_LEAST_TITLE = 4
"""Letters of a title that name a document."""
_BEGINNING = 5
"""Letters by which a noun is known from its verb."""
_LONGEST_CELL = 200
_NEUTRAL = {
    "en": frozenset("country point item criterion criteria aspect feature question subject topic document source rule".split()),
    "ru": frozenset("страна показатель пункт критерий вопрос тема документ источник правило параметр условие".split()),
    "zh": frozenset("国家 项目 事项 内容 指标 文件 规则 要点 比较项 对比项 方面".split()),
}  # fmt: skip
"""What heads the first column and says nothing."""
_BINDING = frozenset({"not", "unlike", "planned", "may", "should", "only", "unneeded", "forbidden"})
"""What turns a sentence, so that a cell without it says something else."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A row as far as its cells stand; ``whole`` is whether all of them do."""

    row: Row
    quotes: tuple[Quote, ...]
    whole: bool


def standing(made: Row, language: str, sources: Sequence[Source]) -> Cells | None:
    """The cells of a row that their passages say; None where none of them stands."""
    own = [source for source in sources if source.language.split("-")[0] == language.split("-")[0]]
    if len(made.cells) < 2 or not _says_nothing(made.header[0], language):
        return None
    across = any(_is_about(name, language, source) for name in made.header[1:] for source in own)
    cells = [made.cells[0], *[""] * (len(made.cells) - 1)]
    quotes: list[Quote] = []
    for place in range(1, len(made.cells)):
        thing, name = (made.header[place], made.cells[0]) if across else (made.cells[0], made.header[place])
        cell = made.cells[place].strip(" .。")
        found = (_said(name, cell, language, source) for source in own if _is_about(thing, language, source))
        quote = next((quote for quote in found if quote is not None), None) if cell else None
        if quote is not None:
            cells[place] = made.cells[place]
            quotes.append(quote)
    if not quotes:
        return None
    return Cells(replace(made, cells=tuple(cells)), tuple(dict.fromkeys(quotes)), tuple(cells) == made.cells)


def _says_nothing(name: str, language: str) -> bool:
    return not name.strip() or name.strip().casefold() in _NEUTRAL.get(language.split("-")[0], ())


def _is_about(thing: str, language: str, source: Source) -> bool:
    """Whether a name is that of the country of a document, or of the document."""
    named = countries_in(thing, language)
    if named:
        alone = all(item.kind == "country" for item in row(thing, language).items)
        if alone:
            return len(named) == 1 and named <= source.hit.own_countries
    said = fold_title(thing)
    return len(said) >= _LEAST_TITLE and said in fold_title(source.hit.metadata.title)


def _said(name: str, cell: str, language: str, source: Source) -> Quote | None:
    if not name.strip() or len(cell) > _LONGEST_CELL or has_link(cell) or has_link(name):
        return None
    for stretch in source.stretches:
        text = stretch.reading.text
        if any(_holds(name, cell, language, source, said) for said in (text, *parts(text, language))):
            return Quote(source, stretch.start, stretch.end)
    return None


def _holds(name: str, cell: str, language: str, source: Source, text: str) -> bool:
    """Whether a sentence says a cell in a row of its own words, of what its name names, and holds back nothing that is left out."""
    given, said = row(text, language), row(cell, language)
    names = [item for item in row(name, language).items if item.kind != "small"]
    begin = _place(said.items, given.items)
    if begin is None or not names:
        return False
    inside = range(begin, begin + len(said.items))
    first, last = given.items[begin], given.items[inside[-1]]
    left = given.folded[: first.start] + " … " + given.folded[last.end :]
    turned = any(
        item.kind == "cue" and item.key.split(":")[0] in _BINDING
        for n, item in enumerate(given.items)
        if n not in inside
    )
    if turned or RESTRICTS.search(left):
        return False
    there = _words([item for n, item in enumerate(given.items) if n not in inside]) | source.context.content
    if not all(_words([item]) & there for item in names):
        return False
    # Where a sentence says several things, the name must stand beside its own.
    near = _words([item for item in given.items if item.segment in {first.segment, last.segment}])
    return any(_words([item]) & near for item in names)


def _words(items: Sequence[Item]) -> frozenset[str]:
    """Items as a name and a sentence are compared: "validity" is told by what is "valid"."""
    beginnings = (word[:_BEGINNING] for item in items for word in item.text.split() if len(word) >= _BEGINNING)
    return frozenset(item.key for item in items).union(beginnings)


def _place(said: Sequence[Item], given: Sequence[Item]) -> int | None:
    """Where all items of a cell stand one behind the other."""
    if not said:
        return None
    for begin in range(len(given) - len(said) + 1):
        if all(one.same(other) for one, other in zip(said, given[begin : begin + len(said)], strict=True)):
            return begin
    return None
