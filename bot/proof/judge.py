"""The verdict on one statement: whether the passages it cites say it, and with which words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.proof.across import beyond, of_two_rows
from bot.proof.alignment import Match, clauses, matches, same, thoughts
from bot.proof.composition import derived, forged
from bot.proof.derivation import Place
from bot.proof.names import fold_title, wrong_country, wrong_name
from bot.proof.rates import wrong_rate
from bot.proof.reading import Reading, read
from bot.proof.sources import Source, rarity
from bot.proof.standing import asks, introduces
from bot.proof.turns import opposite, wrong_cue
from bot.proof.values import facts_of_two, wrong_date, wrong_figure
from bot.proof.wording import changed_quote
from bot.unlinked import leads_out
from retrieval import Translator

_COVER = 0.6
"""Share of a statement's words that its sentences and their context must hold."""
_CLAUSE_COVER = 0.45
_LEAST_ANCHORS = 2
_FOREIGN_COVER = 0.6
_WHOLLY = 0.9
_FEW = 3
"""Things that a statement in another language speaks of, up to which all of them must stand in the passage."""
_LOOKED_AT = 12
_MOST_QUOTES = 3
_LONGEST_QUOTE = 600
_LONGEST_LIST = 1_200
"""Characters of what is quoted in a statement's place: of a sentence, and of one with what it stands under."""
_LIKELY = 3
"""Sentences beside each clause that a statement may be made of."""
_MOST_STRANGE = 2
"""So many words in a row that no source has are something new."""
_ATTRIBUTION = re.compile(
    r"(?:According to|As stated in|Under|Согласно|По данным|В соответствии с|根据|按照|依据)(?: the| документу| документа| справке)? ?"
    r"[“«《\"](?P<title>.{3,200}?)[”»》\"](?=[,，])[,，] ?"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a passage: ``source.hit.passage.text[start:end]``."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.source.hit.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` says what is wrong, and is empty where the ``quotes`` prove the statement."""

    reason: str
    quotes: tuple[Quote, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the statement may be shown."""
        return not self.reason


def has_link(text: str) -> bool:
    """Whether a text holds an address, or markup that could lead out of an answer."""
    return leads_out(text)


def judge(
    statement: str, language: str, sources: Sequence[Source], termbase: Translator | None, *, wording: bool = True
) -> Verdict:
    """Whether the passages say what a statement says.

    Args:
        wording: whether a statement in the language of a passage must be made of its words, in their order and with what
            holds them back; without it, its facts, turns and subject are compared, which a heading may rest on.
    """
    if not sources:
        return Verdict("no source")
    if has_link(statement):
        return Verdict("link")
    if statement.rstrip(' »”"').endswith(("?", "？")):
        return Verdict("question")
    statement, sources = _without_attribution(statement, sources)
    if not sources:
        return Verdict("name: the source named is not the one cited")
    exact = _exact(statement, sources)
    if exact is not None:
        return Verdict("", (exact,))
    whole = read(statement, language)
    if not whole.content and not whole.figures and not whole.dates:
        return Verdict("nothing said")
    said = forged(statement, sources)
    if said:
        return Verdict(f"quotation: {said}")
    weights = rarity(sources)
    parts = clauses(statement, language)
    aligned = [(part, matches(part, whole, sources, termbase, weights)[:_LOOKED_AT]) for part in parts]
    other_words, places = _derived(statement, whole, language, aligned, sources, termbase, weights)
    if not other_words:
        return Verdict("", _quotes(places))
    used: list[Match] = []
    for _, found in aligned:
        if not found or found[0].similarity <= 0.0:
            return Verdict("unsupported")
        if found[0].stretch.apart:
            return Verdict("answers a question or is told of another day")
        if not any(match.stretch is found[0].stretch for match in used):
            used.append(found[0])
    reason = _content(whole, parts, aligned, sources, termbase, weights) or _facts(
        aligned, used, sources, whole, termbase
    )
    reason = reason or of_two_rows(whole, used)
    reason = reason or next(
        (f"not said: {more}" for part, found in aligned if (more := _beyond(part, found[0], termbase))), ""
    )
    if reason:
        return Verdict(reason)
    if wording and any(same(match.source.language, language) for match in used):
        return Verdict(f"wording: {other_words}")
    return Verdict("", _quotes([Place(match.source, match.stretch) for match in used]))


def _derived(
    statement: str,
    whole: Reading,
    language: str,
    aligned: Sequence[tuple[Reading, list[Match]]],
    sources: Sequence[Source],
    termbase: Translator | None,
    weights: dict[str, float],
) -> tuple[str, Sequence[Place]]:
    """What of a statement is not made of a passage's words, or the sentences it is made of."""
    found = matches(whole, whole, sources, termbase, weights) if len(aligned) > 1 else []
    likely = [*found[:_LIKELY], *(match for _, matched in aligned for match in matched[:_LIKELY])]
    places = [
        Place(match.source, match.stretch)
        for match in likely
        if same(match.source.language, language) and not match.stretch.apart
    ]
    return derived(statement, language, list(dict.fromkeys(places)))


def nearest(statement: str, language: str, sources: Sequence[Source], termbase: Translator | None) -> Quote | None:
    """The sentence a statement speaks of, to be quoted in its place; None if it speaks of none."""
    whole = read(statement, language)
    found = matches(whole, whole, sources, termbase, rarity(sources))
    for match in found:
        # In another language the facts may be all that can be told from it: the original says the rest.
        foreign = not same(match.source.language, language)
        if (
            foreign
            and (whole.figures or whole.dates)
            and not wrong_figure(whole, [match])
            and not wrong_date(whole, [match])
        ):
            return Quote(match.source, match.stretch.start, match.stretch.end)
    for match in found[:3]:
        text = match.stretch.reading.text
        least = 0.5 if match.source.language.split("-")[0] == language.split("-")[0] else _FOREIGN_COVER
        if match.cover < least or match.similarity < 0.35:
            return None
        longest = _LONGEST_LIST if match.stretch.apart or "\n" in text else _LONGEST_QUOTE
        if has_link(text) or asks(text) or introduces(text) or match.stretch.end - match.stretch.start > longest:
            continue
        return Quote(match.source, match.stretch.start, _whole_end(match))
    return None


def _whole_end(match: Match) -> int:
    """Where what is quoted in place of a statement ends: with an item under "need not:" the whole list, if it is not too long."""
    own = match.stretch
    if own.reading.text == match.source.hit.passage.text[own.start : own.end]:
        return own.end
    ends = (each.end for each in match.source.stretches if each.start == own.start)
    return max((end for end in ends if end - own.start <= _LONGEST_LIST), default=own.end)


def _without_attribution(statement: str, sources: Sequence[Source]) -> tuple[str, Sequence[Source]]:
    """A statement without the words that only name its source, and those of the sources that are so named."""
    lead = _ATTRIBUTION.match(statement)
    if lead is None:
        return statement, sources
    said = fold_title(lead.group("title"))
    rest = statement[lead.end() :]
    named = [
        source
        for source in sources
        if any(said in fold_title(part) for part in (source.context.text, source.hit.metadata.title))
    ]
    return rest[:1].upper() + rest[1:], named if len(said) > 2 else ()


def _exact(statement: str, sources: Sequence[Source]) -> Quote | None:
    """A statement that is one sentence or several in a row, word for word."""
    said = _bare(statement)
    for source in sources:
        for number, first in enumerate(source.stretches):
            if not said.startswith(_bare(first.reading.text)):
                continue
            for last in source.stretches[number : number + 6]:
                if _bare(source.hit.passage.text[first.start : last.end]) == said:
                    return Quote(source, first.start, last.end)
    return None


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" .。;；,-•*–—")


def _content(
    whole: Reading,
    parts: Sequence[Reading],
    aligned: Sequence[tuple[Reading, list[Match]]],
    sources: Sequence[Source],
    termbase: Translator | None,
    weights: dict[str, float],
) -> str:
    """What is wrong with what a statement is about, beside its sentences."""
    chosen = [found[0] for _, found in aligned]
    if all(match.source.language.split("-")[0] == whole.language.split("-")[0] for match in chosen):
        held = frozenset().union(*(match.stretch.reading.content | match.source.lead for match in chosen))
        everything = held.union(*(match.source.held for match in chosen))
        if _share(whole.content, held, weights) < _COVER:
            return "unsupported"
        for part in parts:
            if len(part.content) >= 2 and _share(part.content, held, weights) < _CLAUSE_COVER:
                return "unsupported clause"
        in_row = 0
        for word in whole.words:
            if word.content:
                in_row = in_row + 1 if word.key not in everything else 0
                if in_row >= _MOST_STRANGE:
                    return "unsupported words"
        return ""
    anchors = thoughts(whole, chosen[0].source.language, termbase, weights)
    held = frozenset().union(*(match.stretch.reading.spoken | match.source.lead for match in chosen))
    found = [thought for thought in anchors if thought.held(held)]
    facts = len(whole.figures) + len(whole.dates) + len(whole.countries)
    if (
        len(found) == len(anchors) == 1
        and chosen[0].similarity >= _WHOLLY
        and whole.content <= set(anchors[0].key.split())
    ):
        return ""  # a term, and nothing but that term
    everything = held.union(*(match.source.held for match in chosen))
    if not facts and len(anchors) <= _FEW and not all(thought.held(everything) for thought in anchors):
        return "unsupported words"  # of few things none may be new
    if len(found) + min(facts, 2) < _LEAST_ANCHORS or not found:
        return "cannot be compared"
    total = sum(thought.weight for thought in anchors)
    return "" if sum(thought.weight for thought in found) >= _FOREIGN_COVER * total else "unsupported"


def _beyond(part: Reading, match: Match, termbase: Translator | None) -> str:
    """What a part of a statement says beyond its sentence in another language."""
    return "" if same(match.source.language, part.language) else beyond(part, match, termbase)


def _share(content: frozenset[str], held: frozenset[str], weights: dict[str, float]) -> float:
    total = sum(weights.get(key, 1.0) for key in content)
    return sum(weights.get(key, 1.0) for key in content & held) / total if total else 1.0


def _facts(
    aligned: Sequence[tuple[Reading, list[Match]]],
    used: Sequence[Match],
    sources: Sequence[Source],
    whole: Reading,
    termbase: Translator | None,
) -> str:
    for part, found in aligned:
        reasons = (
            ("figure", wrong_figure(part, found, termbase)),
            ("date", wrong_date(part, found, termbase)),
            ("facts", facts_of_two(part, found, termbase)),
            ("rate", wrong_rate(part, found[0])),
            ("country", wrong_country(part, found, used)),
            ("opposite", opposite(part, found[0], termbase)),
        )
        for kind, what in reasons:
            if what:
                return f"{kind}: {what}"
    cue = wrong_cue([(part, found[0]) for part, found in aligned], used, termbase)
    if cue:
        return f"cue: {cue}"
    name = wrong_name(whole, sources, used, termbase)
    if name:
        return f"name: {name}"
    for match in used:
        changed = changed_quote(whole, match) if same(match.source.language, whole.language) else None
        if changed:
            return f"word: {changed}"
    return ""


def _quotes(used: Sequence[Place]) -> tuple[Quote, ...]:
    """The words that support, in reading order; neighbours are joined."""
    quotes: list[Quote] = []
    for place in sorted(used, key=lambda p: (p.source.hit.passage.id, p.stretch.start)):
        last = quotes[-1] if quotes else None
        between = (
            last.source.hit.passage.text[last.end : place.stretch.start]
            if last and last.source is place.source
            else "x"
        )
        if last is not None and last.source is place.source and not between.strip():
            quotes[-1] = Quote(last.source, last.start, place.stretch.end)
        else:
            quotes.append(Quote(place.source, place.stretch.start, place.stretch.end))
    return tuple(quotes[:_MOST_QUOTES])
