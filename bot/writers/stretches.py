"""What might be quoted of a passage: its sentences, lists and rows, and what each is worth as an answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.disagreement import figures
from bot.proof.standing import Standing, Under, asks, introduces, last_heading, standings
from retrieval import Asked, Hit, Question, has_unit, is_of_kind, split_sentences, terms, words

_LEAST = 12
"""Letters of a sentence of a question from which on it is known again."""
_LIST_BUDGET = 1_200
_INTRODUCED = 500
# What a sentence is worth for what it holds of the question: a listwise fit on xquad, cmrc2018, crud_news and factbook
# (does the sentence hold the answer?), rounded.
_INHERITED = 0.6
"""For what headings and the passage's first sentence hold beyond it."""
_HEADED = 0.35
"""For what headings alone hold beyond it."""
_FOLLOWS = 0.45
"""For what the sentence before it holds beyond it."""
_PARTS = 0.9
"""For word beginnings and Han characters, which forgive endings."""
_PAIRS = 0.33
"""For neighbours of the question that are neighbours in it."""
_FITNESS = 0.5
_RANK = 0.45
"""For the passage it stands in."""
_FOREIGN = 0.9
"""What a sentence in another language than the question's is worth beside one in it."""

_NAME = re.compile(
    r"(?<![.!?] )(?<!^)\b[A-ZА-ЯЁ][\w’'-]+|[《“][^》”]+[》”]|[\u4e00-\u9fff]{2,}(?:部|局|委|会|公司|院|署|厅|组织)"
)
ITEM = re.compile(r"^(?:\d{1,3}[.)、]|[-•*—–]|[(（]?[一二三四五六七八九十\d]{1,3}[)）、])")
_NO_ANSWER = re.compile(
    r"\b(?:cannot|can['’]t|could not|not) (?:be )?(?:answer|say|said|determin|provid)\w*|\bunknown\b|\bnot known\b|\bno (?:answer|information|data)\b"
    r"|(?:无法|不能)(?:回答|提供|确定)|不(?:知道|清楚|详)|没有(?:答案|信息|资料)|(?:нельзя|невозможно) (?:ответить|сказать)|неизвестн|нет (?:ответа|сведений|данных|информации)",
    re.IGNORECASE,
)
"""What answers a question with nothing."""
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d[\d.,]*")
_SEPARATORS = re.compile(r"[,;、，；]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a passage that might be quoted."""

    hit: int
    start: int
    text: str
    worth: float
    understood: float
    """Share of the question that it holds with what stands above it."""
    held: frozenset[str]
    figures: frozenset[str]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Best:
    """The stretch of a passage that answers best."""

    understood: float
    """Share of the question that it holds with what stands above it."""
    held: frozenset[str]
    """Its words."""


def best_stretch(question: Question, hit: Hit) -> Best | None:
    """The stretch of a passage that answers best; None if none holds anything of the question."""
    best = max(stretches_of(question, 0, hit), key=lambda candidate: candidate.worth, default=None)
    return Best(best.understood, best.held) if best is not None else None


def stretches_of(question: Question, number: int, hit: Hit) -> Iterator[Stretch]:
    language = hit.passage.language
    reading = question.reading(language)
    stretches = list(_cut(question, hit))
    if not stretches:
        return
    asked = [_letters(sentence.text) for sentence in split_sentences(question.text)]
    # Sentences speak of what the headings and the first sentence have named, mostly without naming it again.
    named = frozenset(words(" ".join((hit.metadata.title, *hit.passage.location.headings)), language))
    lead = named if _repeats(stretches[0][1], asked) else named | frozenset(words(stretches[0][1], language))
    before: frozenset[str] = frozenset()

    def share(held: frozenset[str]) -> float:
        return reading.coverage(held, about=hit.own_countries)

    for start, stretch, is_list, answer in stretches:
        cut = terms(stretch, language)
        held = frozenset(cut.words)
        own, headed, follows = share(held), share(held | named), share(held | before)
        understood = headed if is_list else share(held | lead)
        # A question is no answer, nor is what a document repeats of the very question, and that speaks for nothing beside it.
        repeats = _NO_ANSWER.search(stretch, answer) is not None if answer else _repeats(stretch, asked)
        if not is_list:
            before = frozenset() if repeats else held
        if understood == 0.0 or repeats or asks(stretch):
            continue
        worth = own + _INHERITED * (understood - own) + _HEADED * (headed - own)
        worth += _FOLLOWS * (follows - own) if not is_list else 0.0
        worth += _PARTS * reading.share_of_parts(frozenset(cut.parts), otherwise=own)
        worth += _PAIRS * reading.share_of_pairs(frozenset(cut.pairs))
        worth += _FITNESS * hit.scores.fused + _RANK / (1 + number)
        worth += _kind_bonus(question.asked, stretch, is_list=is_list)
        if language != question.language:
            worth *= _FOREIGN
        yield Stretch(number, start, stretch, worth, understood, held, figures(held, question), is_list)


def _repeats(stretch: str, asked: Sequence[str]) -> bool:
    """Whether a stretch is a sentence of the question, or part of one, with little about it."""
    said = _letters(stretch)
    return any(
        said in sentence or ((len(sentence) > _LEAST and sentence in said) and len(said) < 1.7 * len(sentence))
        for sentence in asked
    )


def _letters(text: str) -> str:
    """A text as it is compared with a question: its letters and digits."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _cut(question: Question, hit: Hit) -> Iterator[tuple[int, str, bool, int]]:
    """Sentences with their places, and with what they stand under; where a list or steps are asked for, whole lists too.

    The last two say whether one is a list, and where in it the answer begins that stands behind a question of the document.
    """
    text, language = hit.passage.text, hit.passage.language
    cut = standings(text, language, last_heading(hit.passage.location.headings))
    listed = -1
    for number, standing in enumerate(cut):
        sentence, above = standing.sentence, standing.above
        if above is not None:
            answers = standing.under is Under.QUESTION
            goes_on = answers and number + 1 < len(cut) and cut[number + 1].above is above
            whole = text[above.start : sentence.end]
            if not goes_on and listed != above.start and len(whole) <= _LIST_BUDGET:
                yield above.start, whole, False, above.end - above.start if answers else 0
        elif introduces(sentence.text):
            # What introduces a list says nothing without it.
            end = text.find("\n\n", sentence.end)
            whole = text[sentence.start : end if end > 0 else len(text)].strip()
            if len(whole) <= _INTRODUCED:
                listed = sentence.start if len(whole) > len(sentence.text) else -1
                yield sentence.start, whole, False, 0
        elif len(sentence.text) > 3:
            yield sentence.start, sentence.text, False, 0
    if question.asked in {Asked.LIST, Asked.STEPS, Asked.ANY, Asked.WHO}:
        for start, block in _lists(text):
            begin = _begins(cut, start)
            if len(block) + start - begin <= _LIST_BUDGET:
                yield begin, text[begin : start + len(block)], True, 0


def _begins(cut: Sequence[Standing], start: int) -> int:
    """Where a list begins with what it stands under."""
    first = next((each for each in cut if each.sentence.start >= start), None)
    return first.above.start if first is not None and first.above is not None else start


def _lists(text: str) -> Iterator[tuple[int, str]]:
    """Runs of three lines and more with nothing between them: a list with its introduction, or the rows of a table."""
    start = 0
    for block in text.split("\n\n"):
        if block.count("\n") >= 2:
            yield start, block
        start += len(block) + 2


def _kind_bonus(asked: Asked, text: str, *, is_list: bool) -> float:
    """What a stretch is worth more for being of the kind that was asked for."""
    if is_list:
        return {Asked.LIST: 0.5, Asked.STEPS: 0.6, Asked.WHO: 0.15}.get(asked, -0.15)
    if asked is Asked.FIGURE:
        return (0.04 if is_of_kind(asked, text) else 0.0) + (0.02 if has_unit(text) else 0.0)
    if asked in {Asked.MONEY, Asked.DURATION, Asked.TIME}:
        return 0.06 if is_of_kind(asked, text) else 0.0
    if asked in {Asked.WHO, Asked.PLACE}:
        return 0.02 if _NAME.search(text) else 0.0
    if asked in {Asked.LIST, Asked.STEPS}:
        return 0.05 if len(_SEPARATORS.findall(text)) >= 2 or ITEM.match(text) else 0.0
    return 0.0


def overlap(one: Stretch, other: Stretch) -> bool:
    if one.hit == other.hit and one.start < other.start + len(other.text) and other.start < one.start + len(one.text):
        return True
    if one.figures and other.figures and not one.figures & other.figures:
        return False  # the same words around other figures are what a reader must see
    shared = len(one.held & other.held)
    return shared > 0.8 * min(len(one.held), len(other.held))


def length_of(text: str) -> float:
    """Words; a Han character is half a one."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return len(_WORD.findall(text)) + han / 2
