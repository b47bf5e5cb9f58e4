"""A country, a name, a code or a title of a statement that its sources do not have."""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence

from bot.proof.alignment import PRONOUN, Match
from bot.proof.figures import is_unit
from bot.proof.reading import Reading, keys
from bot.proof.sources import Source
from retrieval import Translator


def wrong_country(clause: Reading, found: Sequence[Match], used: Sequence[Match]) -> str | None:
    """A country that the sentence does not name and its document is not about, or one put in the place of another."""
    if not clause.countries:
        return None
    named = frozenset().union(*(match.stretch.reading.countries for match in used))
    about = frozenset().union(*(match.source.countries for match in used))
    strange = clause.countries - named
    if strange - about:
        return ", ".join(sorted(strange - about))
    if strange and named - clause.countries:
        return ", ".join(sorted(strange))
    return None


def wrong_name(
    statement: Reading, sources: Sequence[Source], used: Sequence[Match], termbase: Translator | None
) -> str | None:
    """A name, a code or the title of a document that the sources do not have."""
    codes = frozenset().union(*(source.codes for source in sources))
    texts = " ".join(f"{source.hit.passage.text} {source.context.text}" for source in sources)
    folded = fold_title(texts)
    for code in statement.codes:
        if code not in codes:
            return code
    swapped = strange_number(statement.numbers, used) if used else None
    if swapped:
        return swapped
    held = frozenset().union(*(source.held for source in sources))
    own = any(source.language.split("-")[0] == statement.language.split("-")[0] for source in sources)
    for name in sorted(statement.names):
        bare = name.strip("《》")
        if is_unit(bare.casefold()):
            continue
        if fold_title(bare) in folded or (
            not name.startswith("《") and held.issuperset(keys(bare, statement.language))
        ):
            continue
        if termbase is not None and any(_by_another_name(bare, statement.language, s, termbase) for s in sources):
            continue
        if own or (bare.isascii() and bare.isupper()):
            return name
        if not bare.startswith("《") and _sounds_like(bare, held):
            continue
        if bare[0].isascii() != sources[0].hit.passage.text.isascii() and statement.language not in {"zh", "ja"}:
            continue  # a name in another script that cannot be compared; the quote in the original stands beside it
    return _swapped_acronym(statement, used, termbase)


def strange_number(said: frozenset[str], used: Sequence[Match]) -> str | None:
    """The number of a document that its sentences do not name, nor their headings, nor the sentence a pronoun stands for."""
    there = frozenset().union(*(match.stretch.reading.numbers for match in used))
    strange = said - there
    if strange and there - said:
        return min(strange)
    before = (reading for match in used for reading in _spoken_of(match))
    near = frozenset().union(*(match.source.context.numbers for match in used), *(each.numbers for each in before))
    return min(strange - near, default=None)


def _spoken_of(match: Match) -> Iterator[Reading]:
    """The sentence before one that begins with a pronoun."""
    if PRONOUN.match(match.stretch.reading.folded):
        earlier = [each for each in match.source.stretches if each.end <= match.stretch.start]
        if earlier:
            yield max(earlier, key=lambda each: each.end).reading


def fold_title(text: str) -> str:
    """A name as names are compared: without case, white space and marks."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _by_another_name(name: str, language: str, source: Source, termbase: Translator) -> bool:
    """Whether a source has a name in another form that the house's terms know: VAT for value added tax."""
    known = termbase.translations(name, language, source.language)
    return any(source.held.issuperset(keys(" ".join(other), source.language)) for _, names in known for other in names)


def _swapped_acronym(statement: Reading, used: Sequence[Match], termbase: Translator | None) -> str | None:
    """An abbreviation that stands elsewhere in the source, in a sentence that has another one in its place."""
    if not used:
        return None
    said = {name for name in statement.names if name.isupper()}
    there = {name for match in used for name in match.stretch.reading.names if name.isupper()}
    context = " ".join(match.source.context.text for match in used)
    strange = {name for name in said - there if name not in context}
    if termbase is not None:
        known = {match.source.language: match.stretch.reading.content | match.source.lead for match in used}
        strange = {
            name
            for name in strange
            if not any(
                held.issuperset(keys(" ".join(other), language))
                for language, held in known.items()
                for _, names in termbase.translations(name, statement.language, language)
                for other in names
            )
        }
    return sorted(strange)[0] if strange and there - said else None


def _sounds_like(name: str, held: frozenset[str]) -> bool:
    table = str.maketrans("абвгдезийклмнопрстуфхыэюяьъ", "abvgdeziiklmnoprstufhyeua  ")
    heard = name.casefold().replace("ж", "zh").replace("ч", "ch").replace("ш", "sh").replace("ц", "ts").translate(table)
    return any(difflib.SequenceMatcher(None, heard[:6], key).ratio() > 0.75 for key in held if key.isascii())
