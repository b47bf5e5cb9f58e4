"""Whether words may stand over a section. A heading is no statement and has no number, so it must not bring in anything."""

import functools
import re
from collections.abc import Iterator, Sequence

from bot.proof.alignment import same
from bot.proof.judge import has_link, judge
from bot.proof.names import wrong_name
from bot.proof.orders import is_to_the_writer
from bot.proof.reading import Reading, keys, read
from bot.proof.sources import Source
from bot.proof.standing import asks
from retrieval import Translator, countries_in, country_names

LONGEST = 90
"""Characters of a heading."""
_MARKUP = re.compile(r"[\[\]{}<>|#*_`\\]")
_PART = re.compile(r"[:：,，;；()（）]|\s[–—-]\s|\s(?:and|и|а также)\s|和|与|及")
_COMPARES = re.compile(
    r"\b(?:more|most|less|least|fewer|fewest|than|higher|highest|lower|lowest|better|best|worse|worst|larger|smaller|greater|cheaper|dearer|faster"
    r"|slower|easier|harder|stricter|earlier|later|first|last|same|unlike|free|safe)\b|(?<!\w)(?:выше|ниже|больше|меньше|более|менее|лучш|худш|дешевл|дорож"
    r"|быстре|проще|строже|раньше|позже|перв|последн|сам(?:ый|ая|ое|ые)\b|одинаков)|[更最]|高于|低于|超过|优于|劣于|好于|相同|一样|首"
)
"""Words that weigh one thing against another, which is a claim."""
_NEUTRAL = (
    "overview background summary comparison basics condition requirement scope rule rate deadline date procedure step cost contact question "
    "main general document source key answer time limit term status content part other",
    "概况 概述 背景 总结 小结 比较 对比 条件 要求 范围 规则 规定 税率 期限 日期 时间 程序 流程 步骤 费用 问题 主要 基本 情况 文件 来源 内容 部分 其他",
    "обзор справка сводка сравнение основа условие требование сфера правило ставка срок дата порядок процедура шаг расход вопрос "
    "основной общий документ источник содержание часть прочее ответ",
)
"""Words that say only what kind of thing follows."""


def stands_over(heading: str, language: str, sources: Sequence[Source], termbase: Translator | None) -> bool:
    """Whether a heading claims nothing that the passages cited under it do not say.

    Its words are those of the passages, as they stand together there, or neutral; names and countries must be the passages' own;
    figures, dates, negations, modal words and comparisons make it a statement, which must be proven as one.

    Args:
        sources: the passages cited by the first statement under it.
    """
    text = heading.strip()
    if not sources or not 0 < len(text) <= LONGEST or has_link(text) or _MARKUP.search(text) or "\n" in text:
        return False
    reading = read(text, language)
    if is_to_the_writer(reading) or not any(sign.isalpha() for sign in text):
        return False
    if reading.countries - _countries(sources) or wrong_name(reading, sources, (), termbase):
        return False
    if not reading.content <= _known(reading, sources, termbase):
        return False
    # A question claims less, whatever its order.
    if not asks(text) and not _stands_together(text, language, sources, termbase):
        return False
    claims = reading.figures or reading.dates or reading.codes or reading.cues or _COMPARES.search(reading.folded)
    return not claims or judge(text.rstrip("?？ "), language, sources, termbase, wording=False).proven


def _countries(sources: Sequence[Source]) -> frozenset[str]:
    said = (stretch.reading.countries for source in sources for stretch in source.stretches)
    return frozenset().union(*said, *(source.countries for source in sources))


def _known(reading: Reading, sources: Sequence[Source], termbase: Translator | None) -> frozenset[str]:
    """Words of a heading that nobody need take from it: of the passages, by any name, and neutral; a question lends none."""
    held = frozenset().union(*(source.held for source in sources))
    neutral = _neutral(reading.language)
    other = {
        key
        for source in sources
        if termbase is not None
        for said, names in termbase.translations(reading.text, reading.language, source.language)
        if any(source.held.issuperset(keys(" ".join(name), source.language)) for name in names)
        for key in keys(said, reading.language)
    }
    return held | neutral | other


@functools.cache
def _neutral(language: str) -> frozenset[str]:
    return frozenset(key for words in _NEUTRAL for key in keys(words, language))


def _stands_together(text: str, language: str, sources: Sequence[Source], termbase: Translator | None) -> bool:
    """Whether each part of a heading stands in a title, a heading or a sentence as it is: words put together anew claim something."""
    return all(
        any(_is_run(part, language, place, source, termbase) for source in sources for place in _places(source))
        for part in _PART.split(text.rstrip("?？ "))
        if read(part, language).content
    )


def _places(source: Source) -> Iterator[Reading]:
    card = source.hit.metadata
    for name in (card.title, *source.hit.passage.location.headings, card.issuer or "", card.doc_number or ""):
        yield read(name, source.language)
    yield from (stretch.reading for stretch in source.stretches)


def _is_run(part: str, language: str, place: Reading, source: Source, termbase: Translator | None) -> bool:
    reading = read(part, language)
    if not same(language, source.language):
        translated = termbase.translations(part, language, source.language) if termbase is not None else ()
        return all(
            any(place.content.issuperset(keys(" ".join(name), source.language)) for name in names)
            for said, names in translated
            if not _neutral(language).issuperset(keys(said, language)) and not countries_in(said, language)
        )
    said, there = (_told(each) for each in (reading, place))
    return any(there[start : start + len(said)] == said for start in range(len(there) - len(said) + 1))


def _told(reading: Reading) -> list[str]:
    """What a text is about in its order, without its countries, which are looked at apart, and words that say only what kind."""
    names = {
        key
        for name in country_names(sorted(reading.countries), reading.language)
        for key in keys(name, reading.language)
    }
    left_out = names | _neutral(reading.language)
    return [word.key for word in reading.words if word.content and word.key not in left_out]
