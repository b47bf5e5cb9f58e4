"""A text as the proof reads it: what it is about, its facts, and the small words that turn it."""

import bisect
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.proof.cues import Cue, cues
from bot.proof.dates import Date, dates
from bot.proof.figures import Figure, figures
from bot.proof.numerals import in_digits
from bot.proof.synonyms import groups
from retrieval import countries_in, countries_of_adjectives, fold, stop_words, words

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%€$£¥°]")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_CODE = re.compile(
    r"(?<![\w.])(?!(?:usd|eur|rmb|cny)\d)(?:\d+(?:/\d+)+(?:/[a-z]+)?|\d+-[ivxlcdm]+\b|\d+(?:\.\d+){2,}|[a-z]{1,8}-?\d[\w-]*(?:\.\d+)*)(?!\w)"
)
_NUMBERED = re.compile(
    r"\bno\. ?(\d+)(?![\d.,]*\d)(?! ?(?:%|percent|day|month|year|week|hour|ton))|\bno (\d+)(?=[\s,;:.)»”\"]|$)(?! ?(?:%|percent|day|month|year|week|hour|ton|or))"
    r"|第 ?(\d+) ?号|(?<![\d.])(\d+)号(?=令|文|公告|决定|法)"
)
"""What numbers a document: "No. 837", "№ 837", "第837号". It is a name, however it is written, and no quantity."""
_IN_FORCE = re.compile(
    r"\b(?:takes?|took|taken|taking) (?:legal )?effect\b|\b(?:(?:came|comes?|coming|enter(?:s|ed|ing)?|entry|put) )?(?:in|into) (?:force|effect)\b"
    r"|\b(?:becomes?|became) effective\b|\beffective (?=from\b|since\b|as of\b|on\b|\d)"
    r"|(?<!\w)(?:вступ\w+|введен\w*) в (?:законную )?(?:силу|действие)(?!\w)|(?<!\w)в силе(?!\w)"
)
"""What says since when a rule holds, in one word of ours for all languages."""
_FORCE = "inforce"
_HELD = frozenset({"施行"})
_NAME = re.compile(r"[A-ZА-ЯЁ][\w’'&-]*\w|[A-ZА-ЯЁ]{2,}")
_TITLE = re.compile(r"《([^《》]{2,80})》|“([^“”]{4,160})”|«([^«»]{4,160})»|\"([^\"]{4,160})\"")
_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,}(?:部|局|委|院|署|厅|行|会|司|所|协会|公司|联盟|集团|大学)$")
_NOT_NAMES = frozenset(
    ("january february march april may june july august september october november december monday tuesday wednesday thursday "
     "friday saturday sunday article section chapter annex part no the this these those it its they in on at for from if when as and or but "
     "usd eur rmb cny us$ q1 q2 q3 q4 no. art i a an mr ms dr states state government yes however also both each all under since until by after before with").split()
)  # fmt: skip
_LIGHT = (
    "least most minimum maximum more less over within exceed up approximately about effect force apply according accordingly instance example "
    "минимум максимум минимальный максимальный менее более свыше около примерно силе сила также например г "
    "开始 进行 予以 超过 不超过 以上 以下 以内 至少 至多 高于 低于 不少于 左右 起 目前 现在 还须 还应 均须 均应 亦须 第 日 相关 有关 其中"
)
"""Words that say nothing by themselves, or nothing that is not looked at otherwise, as bounds of figures are."""
_KEY = 6
"""Letters of a stem that count: registration and registered, investor and investment are near enough."""
_BREAK = re.compile(r"[,;:，；：。、()（）—–]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, what it is compared by, and whether it says what the text is about."""

    start: int
    key: str
    content: bool
    fact: bool = False
    """Whether it is part of a figure or a date, which are compared as such."""


@dataclass(frozen=True)
class Reading:
    """What the proof knows of one stretch of text. ``folded`` is the text in one notation, which all places refer to."""

    text: str
    language: str
    folded: str
    words: tuple[Word, ...]
    content: frozenset[str]
    figures: tuple[Figure, ...]
    dates: tuple[Date, ...]
    code_spans: tuple[tuple[int, int], ...]
    countries: frozenset[str]
    names: frozenset[str]
    cues: tuple[Cue, ...]

    def near(self, start: int, end: int, *, reach: int = 4) -> dict[str, float]:
        """The content words around a place, each with a weight that falls with its distance."""
        starts = [word.start for word in self.words]
        left, right = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
        found: dict[str, float] = {}
        for distance, word in enumerate(reversed(self.words[max(0, left - reach) : left]), start=1):
            if word.content:
                found[word.key] = max(found.get(word.key, 0.0), 1.0 / distance)
        for distance, word in enumerate(self.words[right : right + reach], start=1):
            if word.content:
                found[word.key] = max(found.get(word.key, 0.0), 1.0 / distance)
        return found

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """Numbers of documents and the like, as they are written."""
        return frozenset(self.code(start, end) for start, end in self.code_spans)

    def code(self, start: int, end: int) -> str:
        """A code as codes are compared: ``№837`` for the number of a document, others as they are written."""
        written = self.folded[start:end]
        numbered = _NUMBERED.fullmatch(written) or _NUMBERED.match(self.folded, start)
        return f"№{int(re.sub(r'[^0-9]', '', written))}" if numbered else written

    @functools.cached_property
    def numbers(self) -> frozenset[str]:
        """Those of the codes that number a document."""
        return frozenset(code for code in self.codes if code.startswith("№"))

    @functools.cached_property
    def spoken(self) -> frozenset[str]:
        """What it is about with its codes, whose letters another language may have a word for: CO2."""
        return self.content.union(*(keys(code, self.language) for code in self.codes - self.numbers))

    @functools.cached_property
    def sequence(self) -> tuple[str, ...]:
        """The words in order, each figure, code and date as one: ``=16``, ``=2023/956``, ``@2026-1-1``."""
        items = [(word.start, word.key) for word in self.words if not word.fact]
        items += [(figure.start, f"={figure.value}") for figure in self.figures]
        items += [(start, f"={self.code(start, end)}") for start, end in self.code_spans]
        items += [(date.start, f"@{'-'.join(str(part or '') for part in date.parts)}") for date in self.dates]
        return tuple(key for _, key in sorted(items))

    def scope(self, cue: Cue) -> tuple[str, ...]:
        """The content words a cue speaks of: up to three behind it, and one before it, within its part of the sentence."""
        before = [word.key for word in self.words if word.start < cue.start and word.content][-1:]
        return (*self.scope_behind(cue), *before)

    def scope_behind(self, cue: Cue) -> tuple[str, ...]:
        """Up to three content words behind a cue, within its part of the sentence: what it turns."""
        stop = _BREAK.search(self.folded, cue.end)
        limit = stop.start() if stop else len(self.folded)
        return tuple(word.key for word in self.words if cue.end <= word.start < limit and word.content)[:3]


@functools.lru_cache(maxsize=8_192)
def read(text: str, language: str) -> Reading:
    """Reads a text in a language."""
    folded = in_digits(_one_notation(fold(text)))
    found_dates = dates(folded)
    masked = _mask(folded, [(date.start, date.end) for date in found_dates])
    numbered = [match.span() for match in _NUMBERED.finditer(masked)]
    masked = _mask(masked, numbered)
    codes = sorted([*numbered, *(match.span() for match in _CODE.finditer(masked))])
    found_figures = figures(_mask(masked, codes), language)
    found_cues = cues(masked)
    facts = [(figure.start, figure.end) for figure in found_figures]
    facts += [(date.start, date.end) for date in found_dates] + codes
    small = [(cue.start, cue.end) for cue in found_cues]
    forces = [match.span() for match in _IN_FORCE.finditer(masked)]
    said = [*_words(_mask(folded, forces), language, facts, small), *(Word(start, _FORCE, True) for start, _ in forces)]
    read_words = tuple(sorted(said, key=lambda word: word.start))
    countries = countries_in(text, language) | countries_of_adjectives(text, language)
    return Reading(
        text=text,
        language=language,
        folded=folded,
        words=read_words,
        content=frozenset(word.key for word in read_words if word.content),
        figures=tuple(found_figures),
        dates=tuple(found_dates),
        code_spans=tuple(codes),
        countries=countries,
        names=frozenset(_names(text, language)),
        cues=tuple(found_cues),
    )


def keys(text: str, language: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(_key(stem) for stem in words(text, language))


def _one_notation(folded: str) -> str:
    text = folded.replace("\u00a0", " ").replace("\u202f", " ").replace("ё", "е")
    return re.sub(r"[‐‑‒−]", "-", text).replace("’", "'").replace("′", "'")


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "_" * (end - start) + text[end:]
    return text


def _words(
    folded: str, language: str, facts: Sequence[tuple[int, int]], small: Sequence[tuple[int, int]]
) -> Iterator[Word]:
    stops = _stop_keys(language)
    for match in _TOKEN.finditer(folded):
        token = match.group()
        place = match.start()
        for start, stem in _stems(token, place, language):
            in_fact = any(begin <= start < end for begin, end in facts)
            in_cue = any(begin <= start < end for begin, end in small)
            key = _key(stem)
            plain = not stem[0].isdigit() and stem not in "%€$£¥°" and not (stem[0] == "该" and len(stem) > 1)
            yield Word(start, key, plain and not in_fact and not in_cue and key not in stops, in_fact)


def _stems(token: str, place: int, language: str) -> Iterator[tuple[int, str]]:
    if not _HAN.search(token):
        yield place, next(iter(words(token, language)), token)
        return
    position = 0
    for stem in words(token, language):
        found = token.find(stem, max(0, position - len(stem)))
        if found >= 0:
            position = max(position, found + len(stem))
        yield place + max(found, 0), stem


def _key(stem: str) -> str:
    key = stem if "\u3400" <= stem[0] <= "\u9fff" else stem[:_KEY]
    return _same_words().get(key, key)


@functools.cache
def _same_words() -> dict[str, str]:
    same: dict[str, str] = {}
    for group in groups():
        language = "zh" if "\u3400" <= group[0][0] <= "\u9fff" else "ru" if "а" <= group[0][0] <= "я" else "en"
        stems = [stem[-1] for word in group if (stem := words(word, language))]
        cut = [stem if language == "zh" else stem[:_KEY] for stem in stems]
        same.update(dict.fromkeys(cut, _FORCE if cut[0] in _HELD else cut[0]))
    return same


@functools.cache
def _stop_keys(language: str) -> frozenset[str]:
    listed = (*stop_words(language), *(stem for code in ("en", "zh", "ru") for stem in words(_LIGHT, code)))
    return frozenset(_key(word) for word in listed if word)


def _names(text: str, language: str) -> Iterator[str]:
    """Names of persons, places and offices, as they are written, that a statement may not bring in by itself."""
    raw = unicodedata.normalize("NFKC", text).strip()
    for match in _NAME.finditer(raw):
        name = match.group()
        capitals = sum(letter.isupper() for letter in name)
        begins = (
            match.start() == 0
            or raw[: match.start()].rstrip("«“\"'(* ").endswith((".", ":", "!", "?", "\n", ";"))
            or not raw[: match.start()].strip("«“\"'(*- ")
        )
        if (begins and capitals < 2) or name.casefold() in _NOT_NAMES:
            continue
        if countries_in(name, language) or countries_of_adjectives(name, language):
            continue
        yield name
    for title in _TITLE.findall(raw.replace("《《", "《").replace("》》", "》")):
        yield f"《{''.join(title)}》"
    if _HAN.search(raw):
        for stem in words(raw, language):
            if len(stem) > 2 and _OFFICE.match(stem):
                yield stem
