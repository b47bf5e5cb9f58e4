"""A negation, a modal word or an opposite that turns what a sentence says."""

import functools
import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.proof.alignment import Match, as_compared, same, thoughts
from bot.proof.cues import Cue, opposite_pairs
from bot.proof.reading import Reading, keys
from retrieval import Translator

_OTHER_WORDS = 0.5
"""How like the words around a negation must be to those around another way of saying it."""
_ACROSS = 0.5
_TURNING = frozenset({"not", "unlike", "must", "may", "should", "planned"})
_ABLE = frozenset({"can", "able to", "可以", "可", "能", "能够", "может", "могут"})
_OBTAINED = re.compile(r"\s*(?:be )?(?:obtain|receiv|get\b|取得|获得|得到|领取|получ)")
_WEIGHED = tuple(
    {language: re.compile(pattern) for language, pattern in direction.items()}
    for direction in (
        {
            "en": r"\b(?:more|higher|larger|greater|longer|above|exceed\w*)\b",
            "ru": r"\b(?:больше|более(?! \w+(?:ый|ий|ые|ие|ого|его|их|ых|ой|ая|ую|ым|ом))|выше|дольше|свыше|превыша\w+)\b",
            "zh": r"更多|更高|更大|更长|高于|多于|超过|大于|长于|以上|超出",
        },
        {
            "en": r"\b(?:less|fewer|lower|smaller|shorter|below)\b",
            "ru": r"\b(?:меньше|менее(?! \w+(?:ый|ий|ые|ие|ого|его|их|ых|ой|ая|ую|ым|ом))|ниже|короче)\b",
            "zh": r"更少|更低|更小|更短|低于|少于|不足|小于|短于|以下",
        },
    )
)
"""Words that weigh one thing against another, up and down."""
_OF_A_FIGURE = re.compile(r".{0,6}?\d", re.DOTALL)
_CEASES = re.compile(r"stop|ceas|terminat|abolish|repeal|прекра|отмен|停止|终止|取消|废止")
_VOID = re.compile(r"out of date|outdated|obsolete|incorrect|wrong|устаре|неверн|过时|有误|错误")
"""What is called so is not said to be true."""
_THEN = re.compile(r"(?:and |и )?(?:then|afterwards|затем|потом|после этого)\b|再|然后|随后|之后|接着")
_TURNED = re.compile(r"\b(?:before|after|until|once|до|после|прежде)\b|之前|以前|之后|以后|后方可|前(?=[，,])")
"""Words by which a sentence may tell first what comes later."""
_WITHOUT = re.compile(r"without|exempt|free|\w+-free|без|освобо|免")
_NEVER_DROPPED = frozenset({"not", "planned", "may", "should"})
_LICENCES = {
    "not": {"not", "unlike"}, "unlike": {"not", "unlike"}, "must": {"must"}, "may": {"may"}, "should": {"should"},
    "planned": {"planned", "may"}, "only": {"only", "unlike"}, "all": {"all", "not"},
    "done": {"done"},
}  # fmt: skip


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
    dropped_from = len(theirs)
    # What introduces a list is said of each of its items.
    theirs += [
        _Placed(cue, reading.folded[cue.start : cue.end], frozenset(reading.scope(cue)), match)
        for match in used
        if same(match.source.language, aligned[0][0].language)
        for reading in [match.source.introduction(match.stretch)]
        if reading is not None
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
        if cue.kind == "must" and _is_unneeded(cue, clause, theirs):
            continue
        if not same_language and (cue.kind == "all" or _is_forbidding(cue, clause, theirs)):
            continue
        scope = frozenset(clause.scope(cue))
        fits = [
            (placed.text == text, placed.cue.kind == cue.kind, _likeness(scope, placed.scope), number)
            for number, placed in enumerate(theirs)
            if placed.cue.kind in _LICENCES[cue.kind] and (number not in taken or cue.kind not in {"not", "unlike"})
        ]
        best = max(fits, default=None, key=lambda fit: (fit[2] > 0.0, fit))
        if best is None and same_language and _is_implied(cue, text, clause, match):
            continue
        if best is None or (
            same_language and scope and cue.kind == "not" and best[2] < (0.01 if best[1] else _OTHER_WORDS)
        ):
            return f"{text} ({cue.kind})"
        if (
            not same_language
            and cue.kind == "not"
            and not _speaks_of_the_same(cue, scope, clause, theirs[best[3]], termbase)
        ):
            return f"{text} ({cue.kind})"
        taken.add(best[3])
    return _out_of_order(aligned) or _dropped_cue(aligned, taken, theirs[:dropped_from])


def _out_of_order(aligned: Sequence[tuple[Reading, Match]]) -> str | None:
    """Two things that a statement tells one after the other, and its sentence the other way round."""
    for (first, match), (then, other) in itertools.pairwise(aligned):
        marker = _THEN.match(then.folded)
        reading = match.stretch.reading
        if marker is None or other.stretch is not match.stretch or _TURNED.search(reading.folded):
            continue
        places = [
            [word.start for word in reading.words if word.key in own]
            for own in (first.content - then.content, then.content - first.content)
        ]
        if all(places) and _middle(places[0]) > _middle(places[1]):
            return f"{marker.group().strip()} (order)"
    return None


def _middle(places: Sequence[int]) -> float:
    return sum(places) / len(places)


def _is_implied(cue: Cue, text: str, clause: Reading, match: Match) -> bool:
    """Whether a sentence says without the word what a modal word says: who gets something can get it; steps are to be taken."""
    if any(other.kind in _TURNING for other in match.stretch.reading.cues):
        return False
    if cue.kind == "must":
        return match.source.is_step(match.stretch)
    return text in _ABLE and _OBTAINED.match(clause.folded, cue.end) is not None


def _is_unneeded(cue: Cue, clause: Reading, theirs: Sequence["_Placed"]) -> bool:
    """Whether a "must" only carries a "not" ("need not", "无需") where the sentence says that it goes without."""
    carried = any(other.kind == "not" and 0 <= cue.start - other.end <= 1 for other in clause.cues)
    return carried and any(_WITHOUT.match(placed.text) for placed in theirs)


def _is_forbidding(cue: Cue, clause: Reading, theirs: Sequence["_Placed"]) -> bool:
    """Whether a modal word only carries a "not" ("must not", "may not"), which another language says in one word (不得)."""
    carries = any(other.kind == "not" and 0 <= other.start - cue.end <= 1 for other in clause.cues)
    return cue.kind in {"must", "may"} and carries and any(placed.cue.kind in {"not", "unlike"} for placed in theirs)


def _speaks_of_the_same(
    cue: Cue, scope: frozenset[str], clause: Reading, placed: "_Placed", termbase: Translator | None
) -> bool:
    """Whether a negation in another language negates what ours does, as far as the dictionaries know.

    What stands right behind ours is what it negates; where that has no name there, anything else that it speaks of will do.
    """
    known = [
        thought
        for thought in thoughts(clause, placed.match.source.language, termbase, {})
        if scope & set(thought.key.split())
    ]
    first = clause.scope_behind(cue)[:1]
    turned = [thought for thought in known if first and first[0] in thought.key.split()]
    return any(not name.isdisjoint(placed.scope) for thought in turned or known for name in thought.names)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cue of a source sentence with the words it speaks of."""

    cue: Cue
    text: str
    scope: frozenset[str]
    match: Match


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other), 2))


def _dropped_cue(aligned: Sequence[tuple[Reading, Match]], taken: set[int], theirs: Sequence[_Placed]) -> str | None:
    kinds = {cue.kind for clause, _ in aligned for cue in clause.cues}
    for number, placed in enumerate(theirs):
        kind = placed.cue.kind
        ceases = kind == "unlike" and _CEASES.match(placed.text) is not None
        if kind == "unlike" and _VOID.match(placed.text) and not kinds & {"not", "unlike"}:
            return f"{placed.text} ({kind}, dropped)"
        if number in taken or not (kind in _NEVER_DROPPED or ceases) or (kind != "not" and kind in kinds):
            continue
        reading = placed.match.stretch.reading
        after = reading.scope_behind(placed.cue) or reading.scope(placed.cue)
        for clause, match in aligned:
            if placed.match.stretch is not match.stretch:
                continue
            if same(match.source.language, clause.language):
                if ceases:
                    continue
                once = bool(after) and sum(word.key == after[0] for word in reading.words) == 1
                enough = kind != "not" or once or len(placed.scope & clause.content) >= min(2, len(set(after)))
                if after and after[0] in clause.content and enough:
                    return f"{placed.text} ({kind}, dropped)"
            elif match.cover >= _ACROSS and _dropped_across(kind, clause, match.stretch.reading):
                return f"{placed.text} ({kind}, dropped)"
    return None


def _dropped_across(kind: str, clause: Reading, theirs: Reading) -> bool:
    """Whether a statement in another language lacks what turns its sentence: each language has words of its own for it."""
    ours = [cue.kind for cue in clause.cues]
    there = [cue.kind for cue in theirs.cues]
    if kind == "not":
        return "not" not in ours and ours.count("unlike") <= there.count("unlike")
    if kind == "may":
        return "must" in ours and "may" not in ours
    if kind == "unlike":  # what ceases is no more
        return not {"not", "unlike"} & set(ours)
    return kind == "planned" and not {"planned", "may"} & set(ours)


def opposite(clause: Reading, match: Match, termbase: Translator | None = None) -> str | None:
    """A word whose opposite stands in the sentence instead; across languages, as far as the dictionaries know both."""
    content = {word.key for word in match.stretch.reading.words}
    said = {word.key for word in clause.words}
    foreign = not same(match.source.language, clause.language)
    if foreign and (weighed := _weighed_otherwise(clause, match)):
        return weighed
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


def _weighed_otherwise(clause: Reading, match: Match) -> str | None:
    """A "more" or "less" of no figure that a sentence in another language does not say; those of figures are their bounds."""
    for direction in _WEIGHED:
        ours, theirs = direction.get(clause.language), direction.get(match.source.language)
        if ours is None or theirs is None or theirs.search(match.stretch.reading.folded):
            continue
        for found in ours.finditer(clause.folded):
            if not _OF_A_FIGURE.match(clause.folded, found.end()):
                return found.group()
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
