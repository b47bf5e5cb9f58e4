"""A text as a row of items that must stand in the same order in its source: words, figures, dates, names, and what turns them.

Words that say nothing by themselves are left out, and what stands for the same has one key. The signs that part a sentence
give each item its segment.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.proof.dates import Date
from bot.proof.figures import Figure, bound_words, unit_is_named
from bot.proof.harmless import ALIKE, FILLERS, FREE, NOISE
from bot.proof.reading import Reading, read
from retrieval import countries_in, unspaced_names_in, words

_NEUTRAL_BEFORE = re.compile(r"(?:\b(?:on|in|of|during|в|во)|于|在)\s*(?:the )?$")
_FROM_BEFORE = re.compile(
    r"(?:\b(?:from|since|as of|starting(?: from| on)?|beginning(?: from| on)?|effective(?: from)?|с|со|начиная с)|自|从|起自)\s*(?:the )?$"
)
_FROM_AFTER = re.compile(r"起(?:开始)?|开始")
_LONGEST_NAME = 4
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PAST = {"was": "was", "were": "was", "had": "was", "did": "was", "will": "will", "would": "would", "был": "was", "была": "was", "было": "was",
         "были": "was", "будет": "will", "будут": "will", "бы": "would"}  # fmt: skip
"""When something holds, which is part of what is said."""
_SEPARATOR = re.compile(
    r"(?P<strong>[;；]|\n)|(?P<open>[(（\[])|(?P<close>[)）\]])|(?P<colon>[:：])|(?P<dash>\s[—–-]\s|—)"
    r"|(?P<comma>[,，、](?!\d))(?:\s*(?P<joined>and|but|while|whereas|which|including|и|а также|а|но|включая|в том числе|并且?|同时|其中)(?!\w))?"
    r"|(?<!\w)(?P<bare>and|и)(?!\w)"
)
_UNNEEDED = re.compile(r"need|requir|oblig|обяза|нужн|треб|необход|需|要求|义务")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a text. ``kind`` is ``word``, ``small``, ``cue``, ``figure``, ``date``, ``code`` or ``country``."""

    start: int
    end: int
    key: str
    kind: str
    segment: int = 0
    figure: Figure | None = None
    date: Date | None = None
    text: str = ""
    """As it is written, folded."""
    labels: str = ""
    """Of a figure without a unit, the text it stands in, which may name one."""

    def same(self, other: "Item") -> bool:
        """Whether a source's ``other`` says this item; a date may say more than is taken from it."""
        if self.kind != other.kind:
            return False
        if self.date is not None and other.date is not None:
            return self.key == other.key and other.date.holds(self.date)
        if self.figure is not None and other.figure is not None:
            return self._same_figure(other, self.figure, other.figure)
        return self.key == other.key

    def _same_figure(self, other: "Item", own: Figure, given: Figure) -> bool:
        """Equal in value and bound; a table may give the unit in the label of a cell."""
        if own.value != given.value or (own.bound or "") != (given.bound or ""):
            return False
        return own.unit == given.unit or (
            given.unit is None and own.unit is not None and unit_is_named(own.unit, other.labels)
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence between two signs. ``before`` is the sign and the word that parts it from the one before."""

    before: str
    text: str
    end: int
    aside: bool
    """Whether it stands in brackets."""


@dataclass(frozen=True, slots=True)
class Row:
    """The items of a text and its segments."""

    items: tuple[Item, ...]
    keys: frozenset[str]
    segments: tuple[Segment, ...]
    folded: str
    language: str


@functools.lru_cache(maxsize=4_096)
def row(text: str, language: str) -> Row:
    """The items of a text."""
    reading = read(text, language)
    facts = list(_facts(reading))
    taken = [span for _, spans in facts for span in spans]
    found = [item for item, _ in facts]
    found += _cues(reading, taken)
    taken += [(cue.start, cue.end) for cue in reading.cues] + [(item.start, item.end) for item in found]
    taken += list(_fillers(reading))
    for match in _alike(language.split("-")[0]).finditer(reading.folded):
        if not _within(match.start(), taken):
            found.append(Item(match.start(), match.end(), f"~{match.lastgroup}", "word"))
            taken.append(match.span())
    found += _words(reading, taken)
    return _segmented(
        reading, sorted(found, key=lambda item: item.start), taken_facts=[s for _, ss in facts for s in ss]
    )


def _within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _facts(reading: Reading) -> Iterator[tuple[Item, list[tuple[int, int]]]]:
    text = reading.folded
    for figure in reading.figures:
        spans = [(figure.start, figure.end), *bound_words(text, figure)]
        yield (
            Item(
                figure.start,
                max(end for _, end in spans),
                "=",
                "figure",
                figure=figure,
                labels="" if figure.unit else text,
            ),
            spans,
        )
    for start, end in reading.code_spans:
        yield Item(start, end, reading.code(start, end), "code"), [(start, end)]
    for date in reading.dates:
        start, end, since = date.start, date.end, False
        if neutral := _NEUTRAL_BEFORE.search(text, max(0, start - 20), start):
            start = neutral.start()
        elif begin := _FROM_BEFORE.search(text, max(0, start - 20), start):
            start, since = begin.start(), True
        if begin := _FROM_AFTER.match(text, end):
            end, since = begin.end(), True
        yield Item(start, end, "@from" if since else "@", "date", date=date), [(start, end)]
    amounts = [(figure.start, figure.end) for figure in reading.figures]
    for start, end, code in _places(reading):
        if not _within(start, amounts):  # "25亿印尼盾" is an amount and no country
            yield Item(start, end, code, "country"), [(start, end)]


def _places(reading: Reading) -> Iterator[tuple[int, int, str]]:
    if not reading.countries:
        return
    if reading.language.startswith("zh"):
        for start, end, code in unspaced_names_in(reading.folded):
            yield start, end + (reading.folded[end : end + 1] == "国" and reading.folded[start:end][-1] != "国"), code
        return
    units = [match.span() for match in _WORD.finditer(reading.folded)]
    place = 0
    while place < len(units):
        length = 1
        for count in range(1, min(_LONGEST_NAME, len(units) - place) + 1):
            first, last = units[place], units[place + count - 1]
            found = countries_in(reading.folded[first[0] : last[1]], reading.language)
            if not found & reading.countries:
                continue
            if count == 1 or not countries_in(reading.folded[units[place + 1][0] : last[1]], reading.language):
                yield first[0], last[1], min(found)
                length = count
            break
        place += length


def _cues(reading: Reading, taken: Sequence[tuple[int, int]]) -> Iterator[Item]:
    """What turns a sentence. "Must not" and "may not" forbid alike; "need not" does not."""
    cues = [cue for cue in reading.cues if not _within(cue.start, taken)]
    place = 0
    while place < len(cues):
        cue = cues[place]
        text = reading.folded[cue.start : cue.end]
        following = cues[place + 1] if place + 1 < len(cues) else None
        pair = {cue.kind, following.kind} if following is not None and following.start - cue.end <= 1 else set()
        denied = cue.kind == "not" or reading.language != "ru"  # "может не" is no "не может"
        if following is not None and denied and "not" in pair and pair & {"must", "may"}:
            modal = text if cue.kind != "not" else reading.folded[following.start : following.end]
            yield Item(cue.start, following.end, "unneeded" if _UNNEEDED.match(modal) else "forbidden", "cue")
            place += 2
            continue
        place += 1
        if text == "不" and reading.folded[cue.end : cue.end + 1] in {"得", "准"}:
            yield Item(cue.start, cue.end + 1, "forbidden", "cue")
        elif text == "cannot":
            yield Item(cue.start, cue.end, "forbidden", "cue")
        elif cue.kind in {"not", "must", "may", "should", "only", "all"}:
            yield Item(cue.start, cue.end, cue.kind, "cue")
        else:
            yield Item(cue.start, cue.end, f"{cue.kind}:{(words(text, reading.language) or [text])[0]}", "cue")


def _fillers(reading: Reading) -> Iterator[tuple[int, int]]:
    """Words that only lead to a figure: "by 4 percent", "达到3亿美元"."""
    language = reading.language.split("-")[0]
    yield from (match.span() for match in NOISE[language].finditer(reading.folded)) if language in NOISE else ()
    pattern = FILLERS.get(language)
    starts = {figure.start for figure in reading.figures}
    starts |= {start for figure in reading.figures for start, _ in bound_words(reading.folded, figure)}
    for match in pattern.finditer(reading.folded) if pattern else ():
        if starts & {match.end(), match.end() + 1}:
            yield match.span()


@functools.cache
def _alike(language: str) -> re.Pattern[str]:
    before, behind = ("", "") if language == "zh" else (r"(?<!\w)", r"(?!\w)")
    groups = "|".join(f"(?P<a{number}>{group})" for number, group in enumerate(ALIKE.get(language, ())))
    return re.compile(f"{before}(?:{groups}){behind}" if groups else r"(?!)")


def _words(reading: Reading, taken: Sequence[tuple[int, int]]) -> Iterator[Item]:
    language = reading.language.split("-")[0]
    free = FREE.get(language, frozenset())
    if language == "zh":
        for place, sign in enumerate(reading.folded):
            if _HAN.match(sign) and sign not in free and not _within(place, taken):
                yield Item(place, place + 1, sign, "word")
    for word in reading.words:
        if word.fact or _within(word.start, taken) or (language == "zh" and _HAN.match(word.key)):
            continue
        written = _WORD.match(reading.folded, word.start)
        plain = written.group() if written else word.key
        end = written.end() if written else word.start + len(plain)
        if plain in _PAST:
            yield Item(word.start, end, f"§{_PAST[plain]}", "cue")
        elif plain not in free and word.key not in free and not word.key[0].isdigit():
            yield Item(word.start, end, word.key, "word" if word.content else "small")


def _segmented(reading: Reading, items: Sequence[Item], *, taken_facts: Sequence[tuple[int, int]]) -> Row:
    text = reading.folded
    cuts: list[tuple[int, int, str, bool]] = []
    depth = 0
    for match in _SEPARATOR.finditer(text):
        if _within(match.start(), taken_facts):
            continue
        kind = match.lastgroup or ""
        sign = {"comma": ",", "joined": f",{match.group('joined')}"}.get(kind, kind)
        if kind == "bare":
            sign = "and"
        depth += (kind == "open") - (kind == "close")
        cuts.append((match.start(), match.end(), sign, depth > 0))
    spans = []
    begin, before, aside = 0, "", False
    for start, end, sign, within in cuts:
        spans.append((begin, start, before, aside))
        begin, before, aside = end, sign, within
    spans.append((begin, len(text), before, aside))
    segments = tuple(Segment(before, text[start:end].strip(), end, aside) for start, end, before, aside in spans)
    placed = []
    number = 0
    for item in items:
        while number + 1 < len(spans) and item.start >= spans[number + 1][0]:
            number += 1
        placed.append(replace(item, segment=number, text=text[item.start : item.end]))
    return Row(tuple(placed), frozenset(item.key for item in placed), segments, text, reading.language.split("-")[0])
