"""Which language a text is in, and its words as the lexical index wants them.

Index and question go through the same ``words``; whatever is folded here (case, width, traditional characters, endings,
notations of a number) is found across its spellings.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import Stemmer

from retrieval.notations import codes, written_out

if TYPE_CHECKING:
    from pymorphy3.analyzer import MorphAnalyzer

# Letters that one Cyrillic-script language has and Russian has not.
_CYRILLIC_MARKERS = {
    "kk": "әғқңөұүһ",
    "uk": "іїєґ",
    "be": "ў",
    "sr": "ђћџљњј",
    "tg": "ҷӣӯҳ",
    "mn": "өү",
    "ky": "ңөү",
}
_LATIN = frozenset(
    ("en de fr es it pt nl pl cs sk sl hr bs ro hu tr az uz vi id ms sv da no fi et lv lt sq sw ").split()
)
_ARABIC = frozenset({"ar", "fa", "ur"})
_STEMMERS = {
    "ar": "arabic", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "id": "indonesian", "it": "italian", "ms": "indonesian", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "tr": "turkish",
}  # fmt: skip


def script_counts(text: str) -> Counter[str]:
    """How many letters of each script a text has: ``han``, ``kana``, ``hangul``, ``cyrillic``, ``latin``, ``arabic``,
    ``other``."""
    return Counter(script_of(character) for character in text if character.isalpha())


@functools.lru_cache(maxsize=16_384)
def script_of(letter: str) -> str:
    """The script of a letter, by the names that ``script_counts`` gives them."""
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x3040 <= code < 0x3100:
        return "kana"
    if 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000:
        return "han"
    if 0xAC00 <= code < 0xD7B0:
        return "hangul"
    if 0x600 <= code < 0x780 or 0xFB50 <= code < 0xFF00:
        return "arabic"
    return "other"


_ADDRESS = re.compile(r"(?:\b\w+://)?\b[\w-]+(?:\.[\w-]{2,})+(?:/\S*)?", re.ASCII)
"""A host or a page: in no language, whatever the text around it is in."""


def detect_language(text: str, *, default: str = "en") -> str:
    """The ISO 639-1 code of the language most of the text is written in.

    Script decides where it can. Among Latin-script languages a statistical guess must be sure to overrule English,
    because questions are short and full of names.
    """
    sample = _ADDRESS.sub(" ", text[:6_000])
    scripts = script_counts(sample)
    if not scripts:
        return default
    if scripts["kana"] > 0.1 * (scripts["kana"] + scripts["han"]) and scripts["kana"] > 1:
        return "ja"
    # A Han character says about as much as three letters; and foreign names are written in Latin letters everywhere.
    weights = {**scripts, "han": 3.0 * scripts["han"], "latin": 0.5 * scripts["latin"]}
    leading = max(weights, key=lambda script: weights[script])
    if leading == "han":
        return "zh"
    if leading == "hangul":
        return "ko"
    if leading == "cyrillic":
        return _cyrillic_language(sample, scripts["cyrillic"])
    if leading == "arabic":
        return _guess(sample, _ARABIC, fallback="ar")
    if leading == "latin":
        # The model behind the guess takes most of a second to load, and most Latin-script texts are plainly English.
        return "en" if _plainly_english(sample) else _guess(sample, _LATIN, fallback="en")
    return _guess(sample, None, fallback=default)


def _cyrillic_language(text: str, letters: int) -> str:
    lowered = text.casefold()
    counts = {code: sum(map(lowered.count, marks)) for code, marks in _CYRILLIC_MARKERS.items()}
    code = max(counts, key=lambda key: counts[key])
    return code if counts[code] > 0.01 * letters else "ru"


@functools.cache
def _identifier(languages: frozenset[str] | None) -> "object":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]
    if languages is not None:
        identifier.set_languages(sorted(languages & set(identifier.labels)))
    return identifier


_ENGLISH = frozenset(("the of and is are what which how who when where does do to in for by with was from on ").split())


def _plainly_english(text: str) -> bool:
    seen = [word for word in re.findall(r"[a-z]+", text[:1_000].casefold()) if word in _ENGLISH]
    accented = any(script_of(letter) == "latin" for letter in text if letter > "\x7f" and letter.isalpha())
    return len(set(seen)) >= 2 and (not accented or len(seen) >= 8)


def _guess(text: str, languages: frozenset[str] | None, *, fallback: str) -> str:
    code, probability = _identifier(languages).classify(text)  # type: ignore[attr-defined]
    sure = probability > (0.5 if len(text) > 200 or not text.isascii() else 0.8)
    return str(code) if sure and (len(text) > 18 or not text.isascii()) else fallback


# Vowel signs of Indic and South-East Asian scripts belong to their word, though they are no letters.
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0981-\u0dff\u0e31-\u0eff\u0f71-\u0fbc\u102b-\u109d\u17b4-\u17d3])"
_TOKEN = re.compile(rf"\d+(?:[.,\u00a0\u202f ]\d+)*|{_LETTER}+(?:['’]{_LETTER}+)*")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HAN_RUN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def fold(text: str) -> str:
    """One form for what readers take to be the same: width, case, digits, and traditional for simplified characters."""
    if text.isascii():
        return text.lower()
    folded = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), _normal(text))
    return _simplified(folded) if any(script_of(c) == "han" for c in set(folded) if c > "\u33ff") else folded


_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


_POINTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
"""Accents that stand alone, as the dot of a small Turkish I; points and lengths of Hebrew and Arabic, which few write."""


def _normal(text: str) -> str:
    return _POINTS.sub("", unicodedata.normalize("NFKC", text).casefold())


def fold_each(texts: Sequence[str]) -> list[str]:
    """``fold`` of many short texts at once, in a tenth of the time."""
    folded = fold("\n".join(texts)).split("\n")
    return folded if len(folded) == len(texts) else [fold(text) for text in texts]


@functools.cache
def _converter() -> "object":
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))  # type: ignore[attr-defined]


def words(text: str, language: str) -> list[str]:
    """The words of a text, folded and cut to their stems, repeats and order kept.

    Latin letters take the stems of ``language`` when it is written with them and English ones otherwise; Cyrillic ones
    the stems of Russian dictionary forms; Han runs the words of a dictionary; scripts that are not cut into words, pairs of characters.
    """
    return list(_short_words(text, language) if len(text) <= _SHORT else _cut(text, language))


_SHORT = 400
"""Characters of what is cut again and again, names and the sentences of good passages; its words are kept in memory."""


@functools.lru_cache(maxsize=8_192)
def _short_words(text: str, language: str) -> tuple[str, ...]:
    return tuple(_cut(text, language))


def _cut(text: str, language: str) -> Iterator[str]:
    return _words(written_out(fold(text), language), language)


_PART = 4
"""Letters of a word's beginning that its relatives share: "регистр" of registering, registration, registered."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A text as the lexical index wants it, repeats and order kept."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]
    """Neighbours: two words, two Han characters, a number and the character beside it; and dates and numbers as codes."""
    parts: tuple[str, ...]
    """What a word shares with its relatives: its beginning, or each of its Han characters."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for among the passages of one language, as ``terms`` cuts it.

    A concept is known by any of its names, and a name is a run of words.
    """

    concepts: tuple[tuple[tuple[str, ...], ...], ...]
    pairs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def terms(text: str, language: str) -> Terms:
    """The words of a text, their neighbourhoods and their parts."""
    return _short_terms(text, language) if len(text) <= _SHORT else _terms(text, language)


@functools.lru_cache(maxsize=4_096)
def _short_terms(text: str, language: str) -> Terms:
    return _terms(text, language)


def _terms(text: str, language: str) -> Terms:
    found: list[str] = []
    pairs: list[str] = []
    parts: list[str] = []
    before = ""
    folded = written_out(fold(text), language)
    for run in _runs(folded):
        cut = [word for word in _run_words(run, language) if word]
        found += cut
        if is_han(run[0]):
            parts += run
            pairs += (run[i : i + 2] for i in range(len(run) - 1))
            if before.isdigit():
                pairs.append(f"{before}_{run[0]}")
            before = run[-1]
            continue
        for word in cut:
            parts.append(word[:_PART])
            if before and (word.isdigit() or not is_han(before[0])):
                pairs.append(f"{before}_{word}")
            before = word
    return Terms(tuple(found), (*pairs, *codes(folded, language)), tuple(parts))


def _words(folded: str, language: str) -> Iterator[str]:
    # Most texts are written without Han characters, and then a run is a token: half the time.
    for run in _runs(folded) if has_han(folded) else _TOKEN.findall(folded):
        yield from _run_words(run, language)


def _runs(folded: str) -> Iterator[str]:
    return (run for _, run in _placed_runs(folded))


def _placed_runs(folded: str) -> Iterator[tuple[int, str]]:
    """A number, a word, or what is written in Han characters without a space between; and where it begins."""
    for match in _TOKEN.finditer(folded):
        token = match.group()
        if token[0].isdigit() or token.isascii():
            yield match.start(), token
        else:
            for run in _HAN_RUN.finditer(token):
                if run.group().strip("'’"):  # an apostrophe between two Chinese names
                    yield match.start() + run.start(), run.group()


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of a folded text, or a whole run of Han characters, by the places of its first character and the one behind."""

    start: int
    end: int
    words: tuple[str, ...]
    han: str = ""


def placed(folded: str, language: str) -> tuple[Placed, ...]:
    """The words of a folded text and where they stand."""
    return tuple(
        Placed(
            start, start + len(run), () if is_han(run[0]) else tuple(_run_words(run, language)), run * is_han(run[0])
        )
        for start, run in _placed_runs(folded)
    )


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in a text."""
    return not text.isascii() and _HAN.search(text) is not None


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return script_of(character) == "han"


def _run_words(run: str, language: str) -> Sequence[str]:
    return _han_words(run) if is_han(run[0]) else _spaced_words(run, language)


@functools.lru_cache(maxsize=65_536)
def _spaced_words(run: str, language: str) -> tuple[str, ...]:
    """The words of a run that is no Chinese: of which there are few, again and again."""
    if run[0].isdigit():
        return tuple(_numbers(run))
    script = "latin" if run.isascii() else script_of(run[0])
    if script == "latin":
        return (_stem(run, language if language in _LATIN else "en"),)
    if script == "cyrillic":
        return (_stem(run.replace("ё", "е"), "sr" if language == "sr" else "ru"),)
    if script == "arabic":
        return (_stem(run, "ar"),)
    if script in {"kana", "hangul", "other"} and len(run) > 2:
        return tuple(run[i : i + 2] for i in range(len(run) - 1))
    return (run,)


def _han_words(run: str) -> Sequence[str]:
    import rjieba  # its dictionary takes 0.1 s to load

    return rjieba.cut_for_search(run)


_NAME_TAGS = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz"})
_NAME_JOINS = "和与及同"


def han_names(text: str) -> list[tuple[int, str]]:
    """What may be names in a Chinese text and where they begin: each alone, and those that stand side by side as one."""
    if text.isascii() or not any(map(is_han, text)):
        return []
    import rjieba  # its dictionary takes 0.1 s to load

    found: list[tuple[int, str]] = []
    start = 0
    run: list[tuple[int, str]] = []
    for word, tag in (*rjieba.tag(text), ("", "")):
        if tag in _NAME_TAGS and is_han(word[0]):
            # The tagger takes "和威尔" (and Vail) for a name.
            joined = word[0] in _NAME_JOINS and len(word) > 2
            if joined:
                found += _whole(run)
                run = []
            run.append((start + joined, word[joined:]))
        else:
            found += _whole(run)
            run = []
        start += len(word)
    return found


def _whole(run: list[tuple[int, str]]) -> list[tuple[int, str]]:
    names = [(start, word) for start, word in run if len(word) > 1]
    joined = "".join(word for _, word in run)
    return names if len(run) < 2 else [*names, (run[0][0], joined)]


def _numbers(token: str) -> Iterator[str]:
    rest = _GROUPED.sub(lambda group: re.sub(r"\D", "", group.group()), token)
    for number in re.split(r"[\u00a0\u202f ]", rest):
        yield number.replace(",", ".")


@functools.cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


@functools.cache
def _russian() -> "MorphAnalyzer":
    from pymorphy3.analyzer import MorphAnalyzer  # its dictionary takes 0.1 s to load

    return MorphAnalyzer(lang="ru")  # type: ignore[no-untyped-call]


def _dictionary_form(word: str) -> str:
    """A Russian word as dictionaries list it, reflexive or not: "используется" is "использовать".

    What no dictionary lists, names above all, stays as it is.
    """
    parsed = _russian().parse(word)
    if not parsed or not parsed[0].is_known:
        return word
    return re.sub(r"(?<=[тч]ь)ся$|(?<=ти)сь$", "", str(parsed[0].normal_form).replace("ё", "е"))


def is_russian_verb(word: str) -> bool:
    """Whether a Russian word is most likely a verb that says what its sentence says: "выдаёт", "опубликовала"."""
    parsed = _russian().parse(word)
    return bool(parsed) and parsed[0].is_known and str(parsed[0].tag.POS) == "VERB"


def _stem(word: str, language: str) -> str:
    if "'" in word or "’" in word:
        word = re.sub(r"['’]s?$", "", word).replace("’", "'")
    stemmer = _stemmer(language)
    if stemmer is None:
        return word
    if language == "ru":
        word = _dictionary_form(word)
    stem = str(stemmer.stemWord(word)) or word  # of some Arabic endings nothing would be left
    # The Russian stemmer takes "Казахстан" for a participle and "Казахстане" for a noun; so, both end alike.
    return stem[:-1] if language == "ru" and stem.endswith("ан") else stem


def content_words(text: str, language: str) -> list[str]:
    """The words of a question that say what it is about: without function and question words.

    "List" asks for one at the head of a question, and is part of a name behind another word: "negative list".
    """
    stops, said = stop_words(language), words(text, language)
    named = {place for place in range(1, len(said)) if said[place] == _LISTED and said[place - 1] not in stops}
    return [word for place, word in enumerate(said) if word not in stops or place in named]


@functools.cache
def stop_words(language: str) -> frozenset[str]:
    """Function and question words of a language, as ``words`` gives them, with those of English always among them."""
    listed = _STOP["en"] + (" " + _STOP[language] if language in _STOP and language != "en" else "")
    return frozenset(listed.split()) | frozenset(_words(fold(listed), language))


_LISTED = "list"
_STOP = {
    "en": (
        "a about above according after again all also am an and any are as ask at be because been before being below "
        "between both but by can could did do does doing done for from further get give gives given had has have having "
        "he her here hers him his how i if in into is it its itself just know let like list many may me might more most "
        "much must my name need no nor not now of off on once only or other our ours out over own please same say says "
        "shall she should show so some state such tell than that the their theirs them then there these they this those "
        "through to too under until up upon us very want was we were what when where which while who whom whose why will "
        "with would you your yours kind kinds type types sort sorts currently exactly according regarding concerning "
        "compare compared comparing comparison versus vs"
    ),
    "zh": (
        "的 了 和 与 及 或 在 是 有 为 对 于 从 到 以 由 被 把 将 向 给 让 就 也 还 都 又 并 而 但 如 若 则 其 之 者 所 这 那 "
        "哪 哪些 哪个 哪里 哪儿 什么 什麼 怎么 怎样 如何 多少 多大 多久 多长 几 几个 何 何时 何地 为何 为什么 谁 吗 呢 吧 啊 呀 请 请问 "
        "请告诉 告诉 我 我们 你 你们 您 他 她 它 他们 她们 它们 自己 一个 一些 一种 个 这个 那个 这些 那些 可以 能 能够 会 要 需要 应该 "
        "应 想 想要 知道 了解 介绍 一下 有没有 是不是 是否 有关 关于 根据 按照 以及 等 等等 时候 现在 目前 中 上 下 里 内 外 间 后 前 "
        "哪几 分别 具体 主要 包括 指 叫 称 来 去 做 用 得 地 着 过 吧 没有 不 很 最 更 该 此 各 每 某 另 另外 因为 所以 比较 对比 相比 提供"
    ),
    "ru": (
        "а без более бы был была были было быть в вам вас весь во вот все всего всех вы где говорится да даже для до его ее если "
        "есть еще же за здесь и из или им их к как какая какие каких каким какими какова каковы какое какой каком какую "
        "ко когда кого кто куда ли либо мне может можно мой мы на надо наш нам нами нас не него нее нет ни них но ну нужно "
        "о об однако он она они оно от откуда очень по под после при про с сам свой себя сейчас скажите сколько со так "
        "также такой там те тем то того тоже той только том ты у уже хотя чего чей чем что чтобы чье чья эта эти это этого "
        "этой этом этот эту я какого какому нашей наша наше наши пожалуйста является являются согласно "
        "сравни сравните сравнить сравнение сравнению"
    ),
}
