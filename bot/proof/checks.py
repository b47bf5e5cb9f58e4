"""What may be wrong with a statement beside the sentences it speaks of. Each check names the first thing it finds."""

import difflib
import functools
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.proof.alignment import PRONOUN, Match, as_compared, thoughts
from bot.proof.cues import Cue, opposite_pairs
from bot.proof.dates import Date
from bot.proof.figures import Figure
from bot.proof.reading import Reading, keys
from bot.proof.sources import Source
from retrieval import Translator

_LEAST_WORDS = 4
_LOOKED_AT = 8
_MARGIN = 0.06
"""How much more a sentence with another value must be like the statement to speak against it."""
_IN_CONTEXT = 0.2
_SAME_BOUND = 0.12
_OTHER_WORDS = 0.5
"""How like the words around a negation must be to those around another way of saying it."""
_ACROSS = 0.5
_NEAR_ENOUGH = 0.75
"""How like the best sentence another one must be, across languages, to be where a figure comes from."""
_NEVER_DROPPED = frozenset({"not", "planned", "may", "should"})
_QUOTE_LIKE = 0.75
"""Share of a statement's words that stand in one sentence in the same order, from which on it is held to be a quote."""


def wrong_figure(clause: Reading, found: Sequence[Match]) -> str | None:
    """A figure that the sources do not have, or have for something else."""
    for figure in clause.figures:
        if not _figure_stands(figure, clause, found):
            return clause.folded[figure.start : figure.end]
    return None


def _figure_stands(figure: Figure, clause: Reading, found: Sequence[Match]) -> bool:
    around = clause.near(figure.start, figure.end)
    foreign = not same(found[0].source.language, clause.language)
    if foreign and _said_too_often(figure, clause, found[0]):
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
            elif _comparable(figure, other):
                rival = max(rival, likeness)
    if best >= 0.0:
        return best >= rival - _margin(clause, found)
    # A number of a title or heading counts where it is used as there: "Order No. 837".
    return any(
        _same_value(figure, other)
        and _bounds_agree(figure.bound, other.bound)
        and _shared(around, match.source.context.near(other.start, other.end)) > _IN_CONTEXT
        for match in found
        for other in match.source.context.figures
    )


def _said_too_often(figure: Figure, clause: Reading, match: Match) -> bool:
    """Whether a statement in another language has a figure twice where its sentence has it once, and another that is left out."""
    said = [other.value for other in clause.figures]
    given = [other.value for other in match.stretch.reading.figures]
    return 1 < said.count(figure.value) > given.count(figure.value) and bool(set(given) - set(said))


def _margin(clause: Reading, found: Sequence[Match]) -> float:
    """Across languages little can be compared, so what is right must plainly be more like it than what is wrong."""
    return _MARGIN if same(found[0].source.language, clause.language) else 0.0


def _shared(one: dict[str, float], other: dict[str, float]) -> float:
    total = sum(one.values())
    return sum(min(weight, other.get(key, 0.0)) for key, weight in one.items()) / total if total else 0.5


def _same_value(one: Figure, other: Figure) -> bool:
    return one.value == other.value and (one.unit == other.unit or one.unit is None or other.unit is None)


def _same_figure(figure: Figure, other: Figure, reading: Reading, source: Source) -> bool:
    if figure.value != other.value:
        return False
    # A table may give the unit in its header: "Rate, percent: 16".
    if figure.unit != other.unit and (
        figure.unit is None or other.unit is not None or not _unit_is_named(figure.unit, reading, source)
    ):
        return False
    return _bounds_agree(figure.bound, other.bound)


def _unit_is_named(unit: str, reading: Reading, source: Source) -> bool:
    names = {
        "percent": ("%", "percent", "per cent", "процент", "比例", "税率"),
        "day": ("day", "дн", "日", "天"),
        "working_day": ("working day", "рабоч", "工作日"),
        "month": ("year", "month", "год", "лет", "месяц", "年", "月"),
    }.get(unit, ())
    if unit.startswith("money:"):
        names = {"money:usd": ("usd", "dollar", "$", "美元", "долл"), "money:eur": ("eur", "€", "欧元", "евро"), "money:cny": ("元", "rmb", "cny", "yuan", "юан")}.get(unit, (unit[6:],))  # fmt: skip
    elif not names:
        names = {"kilogram": ("tonne", "ton", "kg", "吨", "тонн", "кг"), "watt": ("mw", "gw", "kw", "мвт", "гвт", "квт", "瓦"), "watt_hour": ("wh", "вт", "瓦时"), "metre": ("km", "metre", "км", "公里", "米")}.get(unit, ())  # fmt: skip
    text = f"{reading.folded} {source.context.folded}"
    return any(name in text for name in names)


def _bounds_agree(said: str | None, given: str | None) -> bool:
    strict = {"max", "min", "above", "below"}
    if said in strict or given in strict:
        return said == given
    return True


def _comparable(one: Figure, other: Figure) -> bool:
    return (one.unit == other.unit and one.value != other.value) or (
        one.unit == other.unit and one.bound != other.bound
    )


def wrong_date(clause: Reading, found: Sequence[Match]) -> str | None:
    """A date that the sources do not have, or have for something else."""
    said = {date.parts for date in clause.dates}
    for date in clause.dates:
        if not _date_stands(date, clause, found, said):
            return clause.folded[date.start : date.end]
    return None


def _date_stands(date: Date, clause: Reading, found: Sequence[Match], said: Collection[tuple[int | None, ...]]) -> bool:
    around = clause.near(date.start, date.end)
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
    held = frozenset().union(*(source.held for source in sources))
    own = any(source.language.split("-")[0] == statement.language.split("-")[0] for source in sources)
    for name in sorted(statement.names):
        bare = name.strip("《》")
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
    if own:
        return _swapped_acronym(statement, used)
    return None


def fold_title(text: str) -> str:
    """A name as names are compared: without case, white space and marks."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _by_another_name(name: str, language: str, source: Source, termbase: Translator) -> bool:
    """Whether a source has a name in another form that the house's terms know: VAT for value added tax."""
    known = termbase.translations(name, language, source.language)
    return any(source.held.issuperset(keys(" ".join(other), source.language)) for _, names in known for other in names)


def _swapped_acronym(statement: Reading, used: Sequence[Match]) -> str | None:
    """An abbreviation that stands elsewhere in the source, in a sentence that has another one in its place."""
    if not used:
        return None
    said = {name for name in statement.names if name.isupper()}
    there = {name for match in used for name in match.stretch.reading.names if name.isupper()}
    context = " ".join(match.source.context.text for match in used)
    strange = {name for name in said - there if name not in context}
    return sorted(strange)[0] if strange and there - said else None


def _sounds_like(name: str, held: frozenset[str]) -> bool:
    table = str.maketrans("абвгдезийклмнопрстуфхыэюяьъ", "abvgdeziiklmnoprstufhyeua  ")
    heard = name.casefold().replace("ж", "zh").replace("ч", "ch").replace("ш", "sh").replace("ц", "ts").translate(table)
    return any(difflib.SequenceMatcher(None, heard[:6], key).ratio() > 0.75 for key in held if key.isascii())


def wrong_cue(
    aligned: Sequence[tuple[Reading, Match]], used: Sequence[Match], termbase: Translator | None = None
) -> str | None:
    """A negation or a modal word that was added, dropped or put elsewhere. ``aligned`` are clauses with their sentences."""
    theirs = [
        _Placed(cue, reading.folded[cue.start : cue.end], frozenset(reading.scope(cue)), match)
        for match in used
        for reading in [match.stretch.reading]
        for cue in reading.cues
    ]
    ours = [
        (cue, clause.folded[cue.start : cue.end], clause, match) for clause, match in aligned for cue in clause.cues
    ]
    # Words that stand there too are paired first, so that "abolish" is not taken for somebody else's "not".
    known = {placed.text for placed in theirs}
    taken: set[int] = set()
    for cue, text, clause, match in sorted(ours, key=lambda one: one[1] not in known):
        same_language = same(match.source.language, clause.language)
        if not same_language and (cue.kind == "all" or _is_forbidding(cue, clause, theirs)):
            continue
        scope = frozenset(clause.scope(cue))
        fits = [
            (placed.text == text, placed.cue.kind == cue.kind, _likeness(scope, placed.scope), number)
            for number, placed in enumerate(theirs)
            if placed.cue.kind in _LICENCES[cue.kind] and (number not in taken or cue.kind not in {"not", "unlike"})
        ]
        best = max(fits, default=None, key=lambda fit: (fit[2] > 0.0, fit))
        if best is None or (
            same_language and scope and cue.kind == "not" and best[2] < (0.01 if best[1] else _OTHER_WORDS)
        ):
            return f"{text} ({cue.kind})"
        if (
            not same_language
            and cue.kind == "not"
            and not _speaks_of_the_same(scope, clause, theirs[best[3]], termbase)
        ):
            return f"{text} ({cue.kind})"
        taken.add(best[3])
    return _dropped_cue(aligned, taken, theirs)


def _is_forbidding(cue: Cue, clause: Reading, theirs: Sequence["_Placed"]) -> bool:
    """Whether a modal word only carries a "not" ("must not", "may not"), which another language says in one word (不得)."""
    carries = any(other.kind == "not" and 0 <= other.start - cue.end <= 1 for other in clause.cues)
    return cue.kind in {"must", "may"} and carries and any(placed.cue.kind in {"not", "unlike"} for placed in theirs)


def _speaks_of_the_same(scope: frozenset[str], clause: Reading, placed: "_Placed", termbase: Translator | None) -> bool:
    """Whether a negation in another language negates anything that ours does, as far as the dictionaries know."""
    known = [
        thought
        for thought in thoughts(clause, placed.match.source.language, termbase, {})
        if scope & set(thought.key.split())
    ]
    return any(not name.isdisjoint(placed.scope) for thought in known for name in thought.names)


def same(one: str, other: str) -> bool:
    """Whether two language codes mean one language."""
    return one.split("-")[0] == other.split("-")[0]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cue of a source sentence with the words it speaks of."""

    cue: Cue
    text: str
    scope: frozenset[str]
    match: Match


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other), 2))


_LICENCES = {
    "not": {"not", "unlike"}, "unlike": {"not", "unlike"}, "must": {"must"}, "may": {"may"}, "should": {"should"},
    "planned": {"planned", "may"}, "only": {"only", "unlike"}, "all": {"all", "not"},
}  # fmt: skip


def _dropped_cue(aligned: Sequence[tuple[Reading, Match]], taken: set[int], theirs: Sequence[_Placed]) -> str | None:
    kinds = {cue.kind for clause, _ in aligned for cue in clause.cues}
    for number, placed in enumerate(theirs):
        kind = placed.cue.kind
        if number in taken or kind not in _NEVER_DROPPED or (kind != "not" and kind in kinds):
            continue
        after = placed.match.stretch.reading.scope(placed.cue)[:1]
        for clause, match in aligned:
            if placed.match.stretch is not match.stretch:
                continue
            if same(match.source.language, clause.language):
                enough = kind != "not" or len(placed.scope & clause.content) >= min(2, len(placed.scope))
                if after and after[0] in clause.content and enough:
                    return f"{placed.text} ({kind}, dropped)"
            elif kind == "not" and not kinds & {"not", "unlike"} and match.cover >= _ACROSS:
                return f"{placed.text} ({kind}, dropped)"
    return None


def opposite(clause: Reading, match: Match, termbase: Translator | None = None) -> str | None:
    """A word whose opposite stands in the sentence instead; across languages, as far as the dictionaries know both."""
    content = {word.key for word in match.stretch.reading.words}
    said = {word.key for word in clause.words}
    foreign = not same(match.source.language, clause.language)
    for word, other, plain, plain_other in _opposites():
        if word not in said or other in said:
            continue
        if foreign:
            there = functools.partial(
                _stands, language=clause.language, content=content, target=match.source.language, termbase=termbase
            )
            if there(plain_other) and not there(plain):
                return word
        elif word not in content and other in content:
            return word
    return None


def _stands(word: str, *, language: str, content: Collection[str], target: str, termbase: Translator | None) -> bool:
    """Whether a text has a word of another language by one of its names."""
    return termbase is not None and any(
        known <= set(content)
        for _, names in termbase.translations(word, language, target)
        for known in as_compared(names, target)
    )


@functools.cache
def _opposites() -> tuple[tuple[str, str, str, str], ...]:
    """Pairs as they are compared, and as they are written."""

    def key(word: str) -> str:
        language = "zh" if "\u3400" <= word[0] <= "\u9fff" else "ru" if "а" <= word[0] <= "я" else "en"
        found = keys(word, language)
        return found[-1] if len(found) == 1 else word

    pairs = [(key(one), key(other), one, other) for one, other in opposite_pairs()]
    return tuple(pair for pair in pairs if pair[0] != pair[1])


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


def facts_of_two(clause: Reading, found: Sequence[Match]) -> str | None:
    """Facts that stand in the sources, but in different sentences: put together they say something new."""
    if len(clause.figures) + len(clause.dates) < 2:
        return None
    for number, match in enumerate(found):
        beside = [other for other in found if other.source is match.source and _goes_on(match, other)]
        if not any(_missing(clause, [match, *more]) for more in ([], beside)) or not _missing(clause, [match, *beside]):
            return None
        if number > _LOOKED_AT:
            break
    return "facts of two sentences"


def _missing(clause: Reading, together: Sequence[Match]) -> bool:
    said = {date.parts for date in clause.dates}
    return not all(_figure_stands(figure, clause, together) for figure in clause.figures) or not all(
        _date_stands(date, clause, together, said) for date in clause.dates
    )


def _goes_on(match: Match, other: Match) -> bool:
    """Whether another sentence speaks on of what this one speaks of: it begins with a pronoun and stands right behind."""
    between = match.source.hit.passage.text[match.stretch.end : other.stretch.start]
    follows = match.stretch.end <= other.stretch.start and not between.strip()
    return follows and PRONOUN.match(other.stretch.reading.folded) is not None
