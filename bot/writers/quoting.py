"""The writer that needs no model: it quotes the sentences that answer, in their own words and reading order.

A sentence is chosen for the share of the question it holds, for being of the kind that was asked for (a figure, a date, a
name, a list), and for the passage it stands in. What a sentence needs to be understood, the heading above it or the title
of a document that names the country, is put before it as a label.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answer import Citation
from bot.disagreement import apart, contradict, disagree, figures, rank
from bot.writers import Claim, Draft
from retrieval import Asked, Hit, Question, SearchResult, countries_in, split_sentences, terms, words

_PASSAGES = 6
_LOOKED_AT = 16
"""Passages that are looked at to find so many that do not repeat each other."""
_SAME_WORDS = 0.7
_BESIDE = 0.4
"""What it must be worth beside the best."""
_CROWD = 3
"""Documents that say the same in the same words, from which on another source is shown beside them."""
_LEAST = 12
"""Letters of a sentence of a question from which on it is known again."""
_MOST = 4
_BUDGET = 55
"""Words of an answer after which no further sentence is added; a Han character counts for half a word."""
_LONGEST = 65
"""Words that no further sentence may take an answer beyond."""
_LIST_BUDGET = 1_200
_INTRODUCED = 500
_BEHIND = 0.8
"""How much less than the best a sentence may be worth and still be added."""
_LITTLE_BEHIND = 0.45
"""The same where the best one holds most of the question and is of the kind asked for: then little else is needed."""
_MOST_OF_IT = 0.75
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
_LABEL = 110
"""Characters."""
_FRAGMENT = 12
"""Words below which a stretch is hardly a sentence."""

_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿两]+[个种项年月日天人家条次成%％]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half)\b"
                     r"|\b(?:один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять)\b", re.IGNORECASE)  # fmt: skip
_UNIT = re.compile(r"%|％|per ?cent|percent|\b(?:million|billion|trillion|thousand|km|tons?|tonnes|days?|months?|years?|USD|EUR|RMB|yuan)\b"
                   r"|[亿万元吨]|процент|млн|млрд|тыс|дн|лет|руб|долл|евро", re.IGNORECASE)  # fmt: skip
_TIME = re.compile(r"\b(?:19|20)\d{2}\b|\d{4}年|\d{1,2}月|\b(?:January|February|March|April|May|June|July|August|September"
                   r"|October|November|December)\b|\b\d{1,2}:\d{2}\b|январ|феврал|март|апрел|ма[йя]\b|июн|июл|август|сентябр|октябр"
                   r"|ноябр|декабр|century|世纪|век", re.IGNORECASE)  # fmt: skip
_NAME = re.compile(
    r"(?<![.!?] )(?<!^)\b[A-ZА-ЯЁ][\w’'-]+|[《“][^》”]+[》”]|[\u4e00-\u9fff]{2,}(?:部|局|委|会|公司|院|署|厅|组织)"
)
_ITEM = re.compile(r"^(?:\d{1,3}[.)、]|[-•*—–]|[(（]?[一二三四五六七八九十\d]{1,3}[)）、])")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d[\d.,]*")
_SEPARATORS = re.compile(r"[,;、，；]")


@dataclass(frozen=True, slots=True)
class _Candidate:
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
    best = max(_candidates(question, 0, hit), key=lambda candidate: candidate.worth, default=None)
    return Best(best.understood, best.held) if best is not None else None


class QuotingWriter:
    """Writes answers made of verbatim sentences."""

    def write(self, result: SearchResult, *, language: str) -> Draft:
        """One to four claims, each a quote; none if no passage holds a sentence worth quoting."""
        return Draft(tuple(_claims(result)))


def _claims(result: SearchResult) -> Iterator[Claim]:
    question = result.question
    candidates = _apart(result)
    chosen = _choose(question, result.hits, candidates, sides=question.countries - result.missing_countries)
    for candidate in sorted(chosen, key=lambda c: _reading_order(result, chosen, c)):
        yield _claim(result, candidate)


def _apart(result: SearchResult) -> list[_Candidate]:
    """The stretches of the best passages. One whose best stretch another document has said already gives way to the next."""
    found: list[_Candidate] = []
    best: list[_Candidate] = []
    for number, hit in enumerate(result.hits[:_LOOKED_AT]):
        own = list(_candidates(result.question, number, hit))
        top = max(own, key=lambda candidate: candidate.worth, default=None)
        if top is None:
            continue
        if any(_is_copy(result.hits, top, other) for other in best):
            found.append(top)
            continue
        best.append(top)
        found += own
        if len(best) == _PASSAGES:
            break
    return found


def _is_copy(hits: Sequence[Hit], one: _Candidate, other: _Candidate) -> bool:
    if hits[one.hit].passage.document_id == hits[other.hit].passage.document_id or one.figures != other.figures:
        return False
    return len(one.held & other.held) > _SAME_WORDS * max(len(one.held), len(other.held))


def other_side(result: SearchResult, said: Sequence[Citation]) -> Claim | None:
    """The best sentence that gives another figure for what was cited, from a document that was not; None if there is none."""
    question, hits = result.question, result.hits
    cited = {citation.document_id for citation in said}
    found = {hit.passage.id: hit for hit in hits}
    ranked = sorted(_apart(result), key=lambda each: -each.worth)
    for candidate in ranked:
        for each in said if hits[candidate.hit].passage.document_id not in cited else ():
            pair = found[each.passage_id], hits[candidate.hit]
            if not any(map(_may_have_ended, pair)) and contradict(question, each.quote, candidate.text, hits=pair):
                return _claim(result, candidate)
    quoted = [
        each for each in ranked if any(fold in each.text or each.text in fold for fold in (c.quote for c in said))
    ]
    beside = _beside_a_crowd(hits, ranked, quoted) if quoted else None
    return _claim(result, beside) if beside is not None and hits[beside.hit].passage.document_id not in cited else None


def _claim(result: SearchResult, candidate: _Candidate) -> Claim:
    hit = result.hits[candidate.hit]
    label = _label(result.question, hit, candidate.text)
    text = f"{label}: {candidate.text}" if label else candidate.text
    return Claim(text, (candidate.hit + 1,), quote=candidate.text)


def _reading_order(
    result: SearchResult, chosen: Sequence[_Candidate], candidate: _Candidate
) -> tuple[tuple[int, dt.date], float, int, int]:
    """The passage with the best sentence first, each in its own order; where sources disagree, the weightier first."""
    hits = result.hits
    if any(_contradicts(result.question, hits, candidate, other) for other in chosen):
        return rank(hits[candidate.hit].metadata), 0.0, candidate.hit, candidate.start
    first = max(other.worth for other in chosen if other.hit == candidate.hit)
    return (0, dt.date.min), -first, candidate.hit, candidate.start


def _candidates(question: Question, number: int, hit: Hit) -> Iterator[_Candidate]:
    text, language = hit.passage.text, hit.passage.language
    reading = question.reading(language)
    stretches = list(_stretches(question, text))
    if not stretches:
        return
    asked = [_letters(sentence.text) for sentence in split_sentences(question.text)]
    # Sentences speak of what the headings and the first sentence have named, mostly without naming it again.
    named = frozenset(words(" ".join((hit.metadata.title, *hit.passage.location.headings)), language))
    lead = named if _repeats(stretches[0][1], asked) else named | frozenset(words(stretches[0][1], language))
    before: frozenset[str] = frozenset()

    def share(held: frozenset[str]) -> float:
        return reading.coverage(held, about=hit.own_countries)

    for start, stretch, is_list in stretches:
        cut = terms(stretch, language)
        held = frozenset(cut.words)
        own, headed, follows = share(held), share(held | named), share(held | before)
        understood = headed if is_list else share(held | lead)
        # A question is no answer, nor is what a document repeats of the very question, and that speaks for nothing beside it.
        repeats = _repeats(stretch, asked)
        if not is_list:
            before = frozenset() if repeats else held
        if understood == 0.0 or repeats or stretch.endswith(("?", "？")):
            continue
        worth = own + _INHERITED * (understood - own) + _HEADED * (headed - own)
        worth += _FOLLOWS * (follows - own) if not is_list else 0.0
        worth += _PARTS * reading.share_of_parts(frozenset(cut.parts), otherwise=own)
        worth += _PAIRS * reading.share_of_pairs(frozenset(cut.pairs))
        worth += _FITNESS * hit.scores.fused + _RANK / (1 + number)
        worth += _kind_bonus(question.asked, stretch, is_list=is_list)
        if language != question.language:
            worth *= _FOREIGN
        yield _Candidate(number, start, stretch, worth, understood, held, figures(held, question), is_list)


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


def _stretches(question: Question, text: str) -> Iterator[tuple[int, str, bool]]:
    """Sentences with their places; and, where a list or steps are asked for, whole lists with their introduction."""
    for sentence in split_sentences(text):
        if sentence.text.endswith((":", "：")):
            # What introduces a list says nothing without it.
            end = text.find("\n\n", sentence.end)
            whole = text[sentence.start : end if end > 0 else len(text)]
            if len(whole) <= _INTRODUCED:
                yield sentence.start, whole.strip(), False
        elif len(sentence.text) > 3:
            yield sentence.start, sentence.text, False
    if question.asked in {Asked.LIST, Asked.STEPS, Asked.ANY, Asked.WHO}:
        for start, block in _lists(text):
            if len(block) <= _LIST_BUDGET:
                yield start, block, True


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
        return (0.04 if _FIGURE.search(text) else 0.0) + (0.02 if _UNIT.search(text) else 0.0)
    if asked is Asked.TIME:
        return 0.06 if _TIME.search(text) else 0.0
    if asked in {Asked.WHO, Asked.PLACE}:
        return 0.02 if _NAME.search(text) else 0.0
    if asked in {Asked.LIST, Asked.STEPS}:
        return 0.05 if len(_SEPARATORS.findall(text)) >= 2 or _ITEM.match(text) else 0.0
    return 0.0


def _choose(
    question: Question, hits: Sequence[Hit], candidates: Sequence[_Candidate], *, sides: frozenset[str]
) -> list[_Candidate]:
    """The best stretches that do not repeat each other, within the length of a short answer.

    Args:
        sides: countries of the question that the documents have something to say on.
    """
    ranked = sorted(candidates, key=lambda c: (-c.worth, c.hit, c.start))
    if not ranked:
        return []
    chosen = [_first(question, ranked)]
    spent = 0.0 if chosen[0].is_list else _length(chosen[0].text)
    most = 2 if chosen[0].is_list else _MOST
    behind = _LITTLE_BEHIND if _is_enough(question, chosen[0]) else _BEHIND
    for candidate in ranked:
        if candidate.worth < ranked[0].worth - behind or len(chosen) >= most or spent >= _BUDGET:
            break
        length = _length(candidate.text)
        if candidate.is_list or spent + length > _LONGEST or any(_overlap(candidate, other) for other in chosen):
            continue
        if _language(hits, candidate) != _language(hits, chosen[0]):
            continue  # one language an answer, unless two sides have none in common
        chosen.append(candidate)
        spent += length
    return _other_side(question, hits, ranked, _both_sides(sides, hits, ranked, chosen))


def _other_side(
    question: Question, hits: Sequence[Hit], ranked: Sequence[_Candidate], chosen: list[_Candidate]
) -> list[_Candidate]:
    """With the best sentence that gives another figure for the same thing, from another document: many copies of the one do
    not hide the other."""
    if any(_contradicts(question, hits, one, other) for one in chosen for other in chosen):
        return chosen
    lasting = [each for each in ranked if not _may_have_ended(hits[each.hit])]
    extra = next((other for other in lasting if _contradicts(question, hits, chosen[0], other)), None)
    if _may_have_ended(hits[chosen[0].hit]):
        return chosen
    extra = extra or _beside_a_crowd(hits, ranked, chosen)
    return [*chosen, extra] if extra is not None else chosen


def _beside_a_crowd(hits: Sequence[Hit], ranked: Sequence[_Candidate], said: Sequence[_Candidate]) -> _Candidate | None:
    """Where several documents say the same in the same words: the best sentence of one that does not, if none is among these."""

    def document(candidate: _Candidate) -> str:
        return hits[candidate.hit].passage.document_id

    first = said[0].held
    alike = [each for each in ranked if each.figures == said[0].figures and (each.held <= first or first <= each.held)]
    core = frozenset.intersection(first, *(each.held for each in alike))
    crowd = {document(each) for each in ranked if core <= each.held}
    if len(crowd) < _CROWD or any(document(each) not in crowd for each in said):
        return None
    others = [each for each in ranked if document(each) not in crowd and each.worth >= _BESIDE * ranked[0].worth]
    # The one that speaks of the same, then the better one.
    return max(
        others, key=lambda each: (len(each.held & said[0].held) / max(1, len(each.held)), each.worth), default=None
    )


def _contradicts(question: Question, hits: Sequence[Hit], one: _Candidate, other: _Candidate) -> bool:
    pair = hits[one.hit], hits[other.hit]
    if pair[0].passage.document_id == pair[1].passage.document_id:
        return False
    if any(map(_may_have_ended, pair)) and not apart(pair[0].own_countries, pair[1].own_countries):
        languages = (pair[0].passage.language, pair[1].passage.language)
        return disagree(question, one.text, other.text, languages=languages)
    return contradict(question, one.text, other.text, hits=pair)


def _may_have_ended(hit: Hit) -> bool:
    """Whether a text has a successor or an end: what it said and what is said now do not disagree."""
    return bool(hit.metadata.superseded_by or hit.metadata.date_expires or hit.metadata.supersedes)


def is_of_kind(asked: Asked, text: str) -> bool:
    """Whether a text holds a figure where one was asked for, or a date; true where neither was."""
    pattern = {Asked.FIGURE: _FIGURE, Asked.TIME: _TIME}.get(asked)
    return pattern is None or pattern.search(text) is not None


def _is_enough(question: Question, candidate: _Candidate) -> bool:
    """Whether a stretch alone may well be the answer."""
    if candidate.understood < _MOST_OF_IT:
        return False
    return is_of_kind(question.asked, candidate.text)


def _first(question: Question, ranked: Sequence[_Candidate]) -> _Candidate:
    """The stretch an answer is built around: the best one; the best list where a list is asked for and one is near."""
    if question.asked in {Asked.LIST, Asked.STEPS}:
        for candidate in ranked:
            if candidate.is_list and candidate.worth >= ranked[0].worth - _BEHIND:
                return candidate
    return ranked[0]


def _language(hits: Sequence[Hit], candidate: _Candidate) -> str:
    return hits[candidate.hit].passage.language


def _both_sides(
    sides: frozenset[str], hits: Sequence[Hit], ranked: Sequence[_Candidate], chosen: list[_Candidate]
) -> list[_Candidate]:
    """Where a question names several countries, a sentence for each that has one."""
    if len(sides) < 2:
        return chosen
    for country in sorted(sides):
        if not any(country in hits[candidate.hit].countries for candidate in chosen):
            extra = next((c for c in ranked if country in hits[c.hit].countries and c not in chosen), None)
            if extra is not None:
                chosen.append(extra)
    return chosen


def _overlap(one: _Candidate, other: _Candidate) -> bool:
    if one.hit == other.hit and one.start < other.start + len(other.text) and other.start < one.start + len(one.text):
        return True
    if one.figures and other.figures and not one.figures & other.figures:
        return False  # the same words around other figures are what a reader must see
    shared = len(one.held & other.held)
    return shared > 0.8 * min(len(one.held), len(other.held))


def _length(text: str) -> float:
    """Words; a Han character is half a one."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return len(_WORD.findall(text)) + han / 2


def _label(question: Question, hit: Hit, text: str) -> str:
    """What a stretch needs before it to be understood alone: its heading if it is a fragment, and the country's name."""
    headings = hit.passage.location.headings
    parts: list[str] = []
    first_line = text.partition("\n")[0]
    introduced = first_line.endswith((":", "："))
    fragment = not introduced and (_length(first_line) < _FRAGMENT or "\n" in text or bool(_ITEM.match(text)))
    if fragment and headings and headings[-1].casefold() not in text.casefold():
        parts.append(headings[-1])
    about = _subject(hit)
    asked = (
        about & question.countries if question.countries else about if question.asked is Asked.PLACE else frozenset()
    )
    if asked and not asked & countries_in(text, hit.passage.language):
        parts.insert(0, hit.metadata.title)
    label = " › ".join(parts)
    if len(label) > _LABEL:
        label = parts[-1]
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"


def _subject(hit: Hit) -> frozenset[str]:
    """The countries a document is about, by its card or else its title; of no use where it has no title to name them by."""
    if not hit.metadata.title:
        return frozenset()
    carded = frozenset(code[:2] for code in hit.metadata.countries)
    return carded or countries_in(hit.metadata.title, hit.passage.language)
