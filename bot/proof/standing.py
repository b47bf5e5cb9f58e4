"""What a sentence of a text stands under: the question it answers, the introduction of its list, the rules of another day.

"No, they are forbidden" says nothing without its question, and "discharge of brine" under "the following is prohibited" says
the opposite of what it says alone. Such a sentence counts only together with what it stands under.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.proof.reading import keys, read
from retrieval import Sentence, split_sentences

ITEM = re.compile(
    r"\s*(?:\d{1,3}(?:[.)、](?!\d)|\s*[）])|[-•*–—▪●]\s|[(（](?:\d{1,3}|[a-zа-я]|[一二三四五六七八九十]+)[)）]|[a-zа-я]\)|[一二三四五六七八九十]+、)\s*"
)
_ASKS = re.compile(r"[?？][\s»”\"'）)*_]*$")
_INTRODUCES = re.compile(r"[:：][\s*_]*$")
_TURNING = frozenset({"not", "unlike", "planned", "only"})
_TURNS = re.compile(
    # what is only so under a condition,
    r"\b(?:if|unless|whe(?:n|re)(?:ver)?|provided)\b|\bone of (?:the|these)\b|\b(?:cases?|circumstances|situations|conditions?|exceptions?)\b(?! of)"
    r"|(?<!\w)(?:если|когда|при условии|случа\w+|услови\w+|один из|одного из|одно из|исключени\w+)(?!\w)|如果|若|之一|情形|情况|条件|例外"
    # or was so once, or is only said,
    r"|\b(?:old|older|former\w*|previous\w*|earlier|until|ended|expired|no longer|draft|propos\w+|alleg\w+|claims?|myths?|errors?|mistak\w+|misconception\w*|misunderstanding\w*|false|rumou?rs?|avoid\w*|never)\b"
    r"|(?<!\w)(?:прежн\w+|стар\w+|раньше|ранее|до конца|истек\w*|больше не|проект\w*|предлага\w+|якобы|миф\w*|ошиб\w+|заблужден\w+|ложн\w+|слух\w*|избега\w+)(?!\w)"
    r"|旧|原规定|此前|以前|曾|草案|拟|据称|误区|误解|谣言|不实|错误|避免"
    # or may be so.
    r"|\b(?:may|can|could|might|should|need)(?: also| further| then)?\W*$|(?<!\w)(?:могут|может|вправе|следует)\W*$|(?:可以?|宜)\W*$"
)
"""What makes an introduction part of each of its items."""
_LEANS = re.compile(
    r"\W*(?:(?:yes|no|not|only|if|unless|it|its|they|their|them|this|these|that|those|he|she|such|so|but|however|then|otherwise|in that case|in this case"
    r"|neither|never|sometimes|usually|generally|partly|as a rule|in principle|of course|correct|wrong|true|false|up to|from|within|at least|at most"
    r"|да|нет|не|только|лишь|если|он|она|оно|они|его|ее|её|их|это|эти|этот|эта|так|но|однако|иначе|тогда|иногда|обычно|как правило|в этом случае|в таком случае|верно|неверно|до|от|с|в течение)\b"
    r"|[是否对不无没未可能仅只若如它其该此这须需有属][^，。；]{0,6}[，。；]|不|没|无|否|若|如果|它|其|该|此|这|仅|只|是的|可以|需要|但|原则上|一般)",
    re.IGNORECASE,
)
"""How a sentence begins that goes on from the one before."""
_FRAME = re.compile(
    r"\b(?:under|according to|by|in|until|before|during|as of)\b[^.;:]{0,40}\b(?:old|former|previous|earlier|repealed|expired|abolished|draft|proposed)\b|\bunder\b[^.;:]{0,60}\b(?:ended|expired|was repealed|no longer)\b"
    r"|(?<!\w)(?:по|согласно|до|в)(?!\w)[^.;:]{0,40}(?<!\w)(?:прежн\w+|стар\w+|отмен[её]нн\w+|утратив\w+|проект\w*)(?!\w)|(?:按照?|根据|依照?|依据|在)[^。；：，]{0,12}(?:旧|原有?|以前的|此前的|已废止的?|草案)",
    re.IGNORECASE,
)
"""What tells that the sentences behind it speak of rules that were, or may once be."""
_NOW = re.compile(
    r"\b(?:now|today|currently|since|new|present|is|are|has|have|must|may|shall|can)\b|(?<!\w)(?:сейчас|теперь|ныне|сегодня|нов\w+|действующ\w+)(?!\w)|现|目前|如今|今|新",
    re.IGNORECASE,
)
_BEGINS_BACK = re.compile(
    r"\W*(?:(?:it|its|they|their|them|this|these|those|that|he|she|his|her|such|the (?:same|latter|former))\b(?! (?:is|was) (?:possible|necessary|important|recommended) (?:to|that))"
    r"|(?:он|она|оно|они|его|ее|её|их|это|этот|эта|эти|этого|этой|этих|такой|такая|такие|тот же)(?!\w)|[其它该此这](?!外|次)|上述|本[条款项办])",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:before|after|since|until|from|by|of|in|on|at|to|for|with|under|during) (?:that|this|those|these|such|it|them)\b(?! the)"
    r"|(?<!\w)(?:до|после|с|на|в|по|для|при|от|из) (?:этого|этой|этих|этом|этому|него|неё|нее|них|такой|таких)(?!\w)|(?:在|自|从)[此该这]|此[前后]",
    re.IGNORECASE,
)
"""What speaks of something that the sentence before has named."""
_BEGINNING = 40
"""Characters in which a sentence that points back does so; further on it points to what it has named itself."""
_SAYS_MUCH = 3
"""Things that a sentence speaks of by itself, from which on one that does not begin as if it went on stands alone."""


class Under(StrEnum):
    """What a sentence stands under."""

    QUESTION = "question"
    INTRODUCTION = "introduction"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Standing:
    """A sentence of a text, and where what it stands under begins."""

    sentence: Sentence
    asks: bool
    under: Under | None = None
    above: Sentence | None = None
    """The question, introduction or frame; None where that is the heading."""


def asks(text: str) -> bool:
    """Whether a text ends as a question."""
    return _ASKS.search(text) is not None


def points_back(text: str) -> bool:
    """Whether a sentence speaks of something as "it" or "that date" that was named before it."""
    return _BEGINS_BACK.match(text) is not None or _POINTS_BACK.search(text[:_BEGINNING]) is not None


def introduces(text: str) -> bool:
    """Whether a text ends as what introduces a list."""
    return _INTRODUCES.search(text) is not None


def turns(text: str, language: str) -> bool:
    """Whether an introduction or a heading holds back or turns round what stands under it: "need not", "only if", "wrong"."""
    reading = read(text, language)
    return any(cue.kind in _TURNING for cue in reading.cues) or _TURNS.search(reading.folded) is not None


@functools.lru_cache(maxsize=4_096)
def standings(text: str, language: str, heading: str = "") -> tuple[Standing, ...]:
    """The sentences of a text in order, each with what it stands under.

    Args:
        heading: what stands right over the text; a question or "Prohibited:" there counts as one in the text.
    """
    found: list[Standing] = []
    question: Sentence | None = None
    answered = heading and asks(heading)
    list_of: Sentence | None = None
    by_heading = bool(heading) and not asks(heading) and turns(heading, language)
    frame: Sentence | None = None
    before: Sentence | None = None
    for sentence in split_sentences(text):
        between = text[before.end : sentence.start] if before is not None else ""
        asked = question
        list_of = list_of if list_of is not None and _is_within(sentence, between, list_of is before) else None
        frame = frame if "\n" not in between else None
        if asks(sentence.text):
            found.append(Standing(sentence, asks=True))
            question, answered = sentence, False
        elif asked is not None and "\n\n" in between and before is not asked:
            question = asked = None
        if not asks(sentence.text):
            is_item = ITEM.match(sentence.text) is not None
            if list_of is not None and turns(list_of.text, language):
                found.append(Standing(sentence, False, Under.INTRODUCTION, list_of))
            elif (asked is not None or answered) and _leans(
                sentence, asked.text if asked else heading, language, first=before is asked or before is None
            ):
                found.append(Standing(sentence, False, Under.QUESTION, asked))
            elif frame is not None and not _NOW.search(sentence.text):
                found.append(Standing(sentence, False, Under.FRAME, frame))
            elif by_heading and is_item and list_of is None and not introduces(sentence.text):
                found.append(Standing(sentence, False, Under.INTRODUCTION))
            else:
                question, answered = None, False
                found.append(Standing(sentence, False))
                frame = sentence if _FRAME.search(sentence.text) else frame
            if introduces(sentence.text) and not (list_of is not None and turns(list_of.text, language)):
                list_of = sentence
        before = sentence
    return tuple(found)


def _is_within(sentence: Sentence, between: str, is_first: bool) -> bool:
    """Whether a sentence still belongs to a list: marked as an item, in the line of one, or in the lines right below."""
    if ITEM.match(sentence.text) or "\n" not in between:
        return True
    return is_first or "\n\n" not in between


def _leans(sentence: Sentence, question: str, language: str, *, first: bool) -> bool:
    """Whether a sentence behind a question answers it in words that say nothing, or something else, without it."""
    if _LEANS.match(sentence.text):
        return True
    content = read(sentence.text, language).content
    if first and not content & frozenset(keys(question, language)):
        return len(content) <= _SAYS_MUCH  # one that says more speaks of something else
    return len(content) < _SAYS_MUCH


def under(text: str, language: str, heading: str = "") -> dict[int, Standing]:
    """Those sentences of a text that stand under something, by where they begin."""
    return {each.sentence.start: each for each in standings(text, language, heading) if each.under is not None}


def last_heading(headings: Sequence[str]) -> str:
    """What stands right over a passage."""
    return headings[-1] if headings else ""
