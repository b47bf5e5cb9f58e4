"""False statements made of a passage's own words: exchanged, put in another order, cut short, or with a word that weighs.

Nothing here is foreign to the source, or one word at most, so that a proof that only looks for words finds all of them there.
"""

import random
import re
from collections.abc import Callable, Iterator

from benchmarks.mutants import DATE, NUMBER, Mutant, Truth
from bot.places import places_in
from retrieval import split_sentences, words

_NAME = {
    "en": r"(?<=[a-z,] )[A-Z][A-Za-z]{2,}\b",
    "ru": r"(?<=[а-я,] )[А-ЯЁ][А-Яа-яЁё]{2,}\b",
    "zh": r"《[^《》]{2,40}》|[\u4e00-\u9fff]{2,6}(?:部|局|委|署|院|银行)(?![\u4e00-\u9fff]?[门分])",
}
_BUT_IF = {
    "en": r"(?P<a>.{12,}?),? \b(?P<c>if|unless|before|after|because|until|when)\b (?P<b>.{12,}?)(?P<s>\.?)",
    "ru": r"(?P<a>.{12,}?),? (?<!\w)(?P<c>если|до|после|так как|поскольку|когда)(?!\w) (?P<b>.{12,}?)(?P<s>\.?)",
    "zh": r"(?P<a>.{4,}?)(?P<c>后|前|时|的|，但|，并)，?(?P<b>.{4,}?)(?P<s>。?)",
}
_TWO = {"en": r"; |, and |, but |, while |, ", "ru": r"; |, а |, и |, но |, ", "zh": r"；|，"}
_RESTRICTION = {
    "en": r",? \b(?:if|unless|except|but|provided|subject to|only when|until|other than|before|after|within|at least|up to|more than|from|since|for)\b [^,.;]{3,}|\b(?:only|about|at least|up to|more than|no more than)\b ",
    "ru": r",? (?<!\w)(?:если|кроме|но|при условии|за исключением|до|после|не менее|не более|свыше|в течение|с|для)(?!\w) [^,.;]{3,}|(?<!\w)(?:только|лишь|около|не менее|не более|свыше)(?!\w) ",
    "zh": r"，?(?:但|除|如|若)[^，。；]{2,}，?|(?:仅|只|至少|不超过|不得超过|约|以上|以下|以内)|[^，。；]{2,}的，",
}
_WEIGHTY = {
    "en": (
        "the largest",
        "the only",
        "the highest",
        "exactly",
        "hardly",
        "all",
        "both",
        "the most important",
        "always",
    ),
    "ru": (
        "самый крупный",
        "единственный",
        "наиболее важный",
        "ровно",
        "едва ли",
        "все",
        "оба",
        "крупнейший",
        "всегда",
    ),
    "zh": ("最大的", "唯一的", "最高的", "最重要的", "恰好", "几乎不", "所有", "首个", "始终"),
}
_PREDICATE = {
    "en": r" \b(?:is|are|was|were|has|have|must|may|can|will|shall|needs?|covers?|applies|apply|gives?|sets?|takes?|requires?)\b",
    "ru": r" (?:—|составля\w+|явля\w+|долж\w+|мо(?:жет|гут)|действу\w+|вступ\w+|име\w+т|предусматрива\w+|применя\w+|установлен\w*|подлеж\w+)(?!\w)",
    "zh": r"(?:应当|必须|为|由|可以|自(?=\d)|须|包括|适用|实行|规定)",
}


def exchanges(truth: Truth, language: str, chance: random.Random) -> Iterator[Mutant]:
    """One mutant of each kind that can be made of a statement."""
    makers: tuple[tuple[str, Callable[[Truth, str, random.Random], str | None]], ...] = (
        ("countries exchanged", _countries), ("figures exchanged", _figures), ("names exchanged", _names), ("words shuffled", _shuffled),
        ("clauses reversed", _reversed), ("restriction dropped", _unrestricted), ("superlative added", _superlative),
        ("quotation forged", _quotation), ("another subject", _subject), ("fragment", _fragment),
    )  # fmt: skip
    passage = "".join(truth.hit.passage.text.split())
    for kind, make in makers:
        text = make(truth, language, chance)
        if (
            text is not None
            and "".join(text.split()).strip(".。") not in passage
            and _letters(text) != _letters(truth.text)
        ):
            yield Mutant(kind, text, truth)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _swapped(text: str, one: tuple[int, int], other: tuple[int, int]) -> str:
    (a, b), (c, d) = sorted((one, other))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _first_two(text: str, spans: list[tuple[int, int]]) -> str | None:
    for other in spans[1:]:
        if text[other[0] : other[1]] != text[spans[0][0] : spans[0][1]]:
            return _swapped(text, spans[0], other)
    return None


def _countries(truth: Truth, language: str, chance: random.Random) -> str | None:
    found = places_in(truth.text, language)
    other = next((place for place in found if place.code != found[0].code), None)
    if other is None:
        return None
    return _swapped(truth.text, (found[0].start, found[0].end), (other.start, other.end))


def _figures(truth: Truth, language: str, chance: random.Random) -> str | None:
    dates = [match.span() for match in DATE.finditer(truth.text)]
    found = [m.span() for m in NUMBER.finditer(truth.text) if not any(a < m.end() and m.start() < b for a, b in dates)]
    return _first_two(truth.text, found)


def _names(truth: Truth, language: str, chance: random.Random) -> str | None:
    found = [match.span() for match in re.finditer(_NAME[language], truth.text)]
    apart = [span for span in found[1:] if span[0] - found[0][1] > 1]  # "Saudi Arabia" is one name
    return _first_two(truth.text, [*found[:1], *apart])


def _shuffled(truth: Truth, language: str, chance: random.Random) -> str | None:
    said = (
        [word for word in words(truth.text, "zh") if word.isalnum()]
        if language == "zh"
        else truth.text.strip(".").split()
    )
    if len(said) < 5:
        return None
    chance.shuffle(said)
    return f"{''.join(said)}。" if language == "zh" else f"{' '.join(said)}."


def _reversed(truth: Truth, language: str, chance: random.Random) -> str | None:
    match = re.fullmatch(_BUT_IF[language], truth.text)
    if match is not None:
        between = match["c"] if language == "zh" else f" {match['c']} "
        comma = "，" if language == "zh" and not match["c"].startswith("，") else ""
        return f"{match['b']}{between}{comma}{match['a']}{match['s']}"
    return None


def _unrestricted(truth: Truth, language: str, chance: random.Random) -> str | None:
    found = list(re.finditer(_RESTRICTION[language], truth.text))
    if not found:
        return None
    match = chance.choice(found)
    kept = truth.text[: match.start()] + truth.text[match.end() :]
    return kept if len(kept) > 0.3 * len(truth.text) else None


def _superlative(truth: Truth, language: str, chance: random.Random) -> str | None:
    word = chance.choice(_WEIGHTY[language])
    if language == "zh":
        cut = chance.choice([match.start() for match in re.finditer(r"(?<=[的为是，对由])", truth.text)] or [0])
        return truth.text[:cut] + word + truth.text[cut:]
    said = truth.text.split()
    place = chance.randrange(min(1, len(said) - 1), len(said))
    return " ".join([*said[:place], word, *said[place:]])


def _quotation(truth: Truth, language: str, chance: random.Random) -> str | None:
    marks = {"en": "“”", "ru": "«»", "zh": "“”"}[language]
    if language == "zh":
        runs = re.findall(r"[\u4e00-\u9fff]{4,}", truth.text)
        others = re.findall(r"[\u4e00-\u9fff]{2}", truth.hit.passage.text)
        if not runs or not others:
            return None
        run = chance.choice(runs)[:6]
        return truth.text.replace(run, marks[0] + run[:2] + chance.choice(others) + run[4:] + marks[1], 1)
    said = truth.text.split()
    others = [word for word in re.findall(r"[^\W\d_]{4,}", truth.hit.passage.text) if word not in said]
    if len(said) < 6 or not others:
        return None
    place = chance.randrange(1, len(said) - 2)
    forged = f"{marks[0]}{said[place].strip(',.;:')} {chance.choice(others).lower()} {said[place + 2].strip(',.;:')}{marks[1]}"
    return " ".join([*said[:place], forged, *said[place + 3 :]])


def _subject(truth: Truth, language: str, chance: random.Random) -> str | None:
    """What another sentence of the passage speaks of, with what this one says."""
    own = re.search(_PREDICATE[language], truth.text)
    if own is None or own.start() < 2 or truth.reworded:
        return None
    others = []
    for sentence in split_sentences(truth.hit.passage.text):
        text = " ".join(sentence.text.split())
        match = re.search(_PREDICATE[language], text)
        if match is not None and 2 <= match.start() < 80:
            others.append(text[: match.start()])
    mine = set(words(truth.text[: own.start()], language))
    others = [other for other in others if not mine & set(words(other, language))]
    return chance.choice(others) + truth.text[own.start() :] if others else None


def _fragment(truth: Truth, language: str, chance: random.Random) -> str | None:
    """What a sentence says, without what it says it of: for whoever asked of something else."""
    own = re.search(_PREDICATE[language], truth.text)
    if own is None or own.start() < 2 or truth.reworded:
        return None
    lead = {"en": "It", "ru": "Это", "zh": "其"}[language]
    return lead + truth.text[own.start() :]
