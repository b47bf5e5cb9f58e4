"""A follow-up put by a model as it would be asked alone, and held to what was really said.

What a model writes here is only looked for and shown as what was understood; still it may bring in no name, country,
figure, date or code of its own, and must keep all that was asked. Else the slots of ``bot.conversation`` complete it.
"""

import asyncio
import logging
import re
from collections.abc import Sequence

from bot.answer import Answer
from bot.conversation import REMEMBERED, asks_something, completed, stands_alone
from bot.corrections import corrected
from bot.ellipsis import BACK, LEAD, POINTS, TAIL, THERE
from bot.errors import WriterError
from bot.follow_up import END, Said
from bot.proof.judge import has_link
from bot.proof.orders import is_to_the_writer
from bot.proof.reading import Reading, read
from bot.small_talk import without_courtesy
from bot.writers import Exchange, ProseWriter
from retrieval import countries_in, countries_of_adjectives, detect_language, words

log = logging.getLogger(__name__)

_LONGEST_FOLLOW_UP = 300
"""Characters; what is longer says itself what it is about."""
_LONGEST = 400
_TOLD = 600
"""Characters of an earlier answer that are told."""
_NEW_WORDS = 2
"""Words of a rewritten question that nobody has said: an "apply" or a "country" that grammar asks for."""
_TURNING = frozenset({"not", "unlike", "only", "all"})
"""Words that turn a question round, or narrow it."""
_COMPARED = re.compile(r"\b(?:than|as in|like in|compared?|versus|also)\b|比|也|чем|тоже|сравн|так же")
_WORD = re.compile(r"[^\W\d_]+")
_STANDS_FOR = re.compile(
    r"\b(?:ones?|same|side|aspect|part)\b|方面|情况|一样|相同|case|situation|случа\w+|одн\w+|сторон\w*"
)
"""Words of a follow-up that stand for what was said before."""
_IF = re.compile(r"^(?:if|если|如果|要是|假如|若)\s*", re.IGNORECASE)
_SPOKEN = ("en", "zh", "ru")


async def standalone(model: ProseWriter | None, question: str, turns: Sequence[Answer]) -> str:
    """The question as it would be asked without the conversation; itself where it stands alone.

    Args:
        turns: the earlier answers of the conversation, the oldest first.
    """
    by_slots = await asyncio.to_thread(completed, question, turns)
    earlier = [turn for turn in turns[-REMEMBERED:] if asks_something(turn)]
    if model is None or not earlier or len(question) > _LONGEST_FOLLOW_UP or stands_alone(question, turns):
        return by_slots
    told = [Exchange((turn.understood_as or turn.question)[:_LONGEST], turn.text[:_TOLD]) for turn in earlier]
    try:
        rewritten = await model.rewrite(question, told)
    except WriterError as error:
        log.info("a follow-up was completed without the model: %s", error)
        return by_slots
    if rewritten == question or not keeps_to(rewritten, question, told):
        return by_slots
    return rewritten


def keeps_to(rewritten: str, question: str, earlier: Sequence[Exchange]) -> bool:
    """Whether a rewritten question asks all that the question asks, of nothing but what was spoken of."""
    if not 0 < len(rewritten) <= _LONGEST + len(question) or "\n" in rewritten or has_link(rewritten):
        return False
    language = detect_language(question, default=detect_language(rewritten))
    if language in _SPOKEN and detect_language(rewritten, default=language) != language:
        return False
    core = _core(question, language)
    asked, new = read(core, language), read(rewritten, language)
    if is_to_the_writer(new):
        return False
    said = [read(text, detect_language(text)) for each in earlier for text in (each.question, each.answer) if text]
    known = (asked, *said)
    if not (_facts(new) <= frozenset().union(*map(_facts, known)) and _facts(asked) <= _facts(new)):
        return False
    before = [read(each.question, detect_language(each.question)) for each in earlier]
    if BACK[language].fullmatch(without_courtesy(question).strip(END)) if language in _SPOKEN else False:
        # What it goes back to is the last turn that has its countries.
        before = [one for one in before if one.countries & new.countries] or before
    if not _same_turns(new, asked, before):
        return False
    kept = _own(core, language, asked)
    spoken = frozenset().union(*(one.content for one in known))
    foreign = any(one.language != language for one in said)
    # Words of an earlier turn in another language come translated; then only its facts can be compared.
    if language == "zh":
        # What is one word depends on what stands beside it: 要交, 交碳税.
        kept = frozenset(word for word in kept if not set(word) <= set(rewritten))
    return kept <= new.content and (foreign or len(new.content - spoken) <= _NEW_WORDS)


def _core(question: str, language: str) -> str:
    """What a follow-up asks, without what only says how it goes on: "no, not the VAT, …", "back to …", "only …", "what if …"."""
    if language not in _SPOKEN:
        return question
    bare = without_courtesy(question)
    if (back := BACK[language].fullmatch(bare.strip(END))) is not None:
        return f"{back['what']}, {back['then'] or ''}"
    if (other := corrected(bare, language)) is not None:
        return other[1]
    said = Said.read(bare, language)
    if said.narrows:
        return said.narrows
    if said.sets_condition:
        return _IF.sub("", said.rest, count=1)
    return said.rest if said.corrects else bare


def _same_turns(new: Reading, asked: Reading, before: Sequence[Reading]) -> bool:
    """Whether a rewritten question denies and limits as it was asked, or as before, and is of one thread's countries."""
    own = _turning([asked])
    if not own <= _turning([new]) <= own | _turning(before):
        return False
    # China is at home here: "and in Georgia?" of what its citizens may do.
    home = frozenset({"CN"}).intersection(*(one.countries for one in before[-1:]))
    if asked.countries:
        # "Is that more than in Azerbaijan?" is of two.
        return new.countries <= (asked.countries | home).union(
            *(one.countries for one in before[-1:] if _compares(asked))
        )
    last = next((one.countries for one in reversed(before) if one.countries), frozenset())
    return new.countries <= last


def _compares(asked: Reading) -> bool:
    return _COMPARED.search(asked.folded) is not None


def _turning(readings: Sequence[Reading]) -> frozenset[str]:
    return frozenset(cue.kind for one in readings for cue in one.cues if cue.kind in _TURNING)


def _facts(reading: Reading) -> frozenset[str]:
    """What a question may neither gain nor lose: figures, dates, codes, countries, and names as they are written."""
    figures = {f"={figure.value}" for figure in reading.figures}
    dates = {f"={part}" for date in reading.dates for part in date.parts if part}
    # A name is declined in Russian: Мнения, в Мнениях.
    names = {" ".join(words(name.removesuffix("'s"), reading.language)) or name for name in reading.names}
    return frozenset(figures | dates | names | reading.codes | reading.countries)


def _own(question: str, language: str, asked: Reading) -> frozenset[str]:
    """The words that say what a follow-up asks: without "and what about", pronouns, and what is asked of anything."""
    if language not in _SPOKEN:
        return frozenset()
    rest = LEAD[language].sub(" ", without_courtesy(question), count=1)
    for pattern in (TAIL[language], POINTS[language], THERE[language], _STANDS_FOR):
        rest = pattern.sub(" ", rest)
    # A country counts as a fact, by whatever word it is called.
    rest = _WORD.sub(lambda word: " " if _is_country(word.group(), language) else word.group(), rest)
    return read(rest, language).content & asked.content


def _is_country(word: str, language: str) -> bool:
    return bool(countries_in(word.title(), language) or countries_of_adjectives(word.title(), language))
