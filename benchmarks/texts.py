"""Texts to measure with: passages of the knowledge folder, and many more of their kind with some words exchanged."""

import json
import random
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from retrieval import split_sentences

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
"""The development sets, where they are at hand."""
_CORPORA = {
    "en": ("xquad/en-en", "factbook"),
    "zh": ("xquad/zh-zh", "cmrc2018", "crud_news", "stard"),
    "ru": ("xquad/ru-ru", "ru_law"),
}
_TURNS = ("en", "zh", "en", "zh", "ru")
"""The languages of many passages: two fifths English, two fifths Chinese, one fifth Russian."""
_SENTENCES = {"en": (30, 300), "zh": (12, 120), "ru": (30, 300)}
"""Characters of a sentence that is taken, at least and at most."""
_PASSAGE = {"en": 450, "zh": 180, "ru": 450}
"""Characters from which on a passage is long enough."""
_SLIPPED = 0.1
_EXCHANGED = 0.3
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\d_]+")


def paragraphs() -> dict[str, list[str]]:
    """Paragraphs of the knowledge folder of some length, by language."""
    found: dict[str, list[str]] = {"en": [], "zh": [], "ru": []}
    for path in sorted(KNOWLEDGE.glob("*/*.md")):
        language = path.suffixes[-2].strip(".") if len(path.suffixes) > 1 else "en"
        body = path.read_text(encoding="utf-8").split("\n---\n", 1)[-1]
        for block in body.split("\n\n"):
            if not block.startswith(("#", "|", "-")) and len(block) > (40 if language == "zh" else 120):
                found[language].append(" ".join(block.split()))
    return found


def variants(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Language and text, ``count`` times: in each a share of the words stands for others of its language."""
    chance = random.Random(seed)
    texts = paragraphs()
    vocabulary = {language: _WORD.findall(" ".join(listed)) for language, listed in texts.items()}
    pool = [(language, text) for language, listed in texts.items() for text in listed]
    for number in range(count):
        language, text = pool[number % len(pool)]

        def exchange(word: re.Match[str], known: list[str] = vocabulary[language]) -> str:
            return chance.choice(known) if chance.random() < _EXCHANGED else word.group()

        yield language, _WORD.sub(exchange, text)


def sentences() -> dict[str, list[str]]:
    """Sentences by language: of the development sets where they are, else of the knowledge folder."""
    found: dict[str, list[str]] = {}
    for language, names in _CORPORA.items():
        files = [SHARED / name / "corpus.jsonl" for name in names]
        texts = [
            str(json.loads(line)["text"])
            for path in files
            if path.is_file()
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        least, most = _SENTENCES[language]
        pool = (
            " ".join(sentence.text.split()).replace("**", "") for text in texts for sentence in split_sentences(text)
        )
        found[language] = list(dict.fromkeys(text for text in pool if least <= len(text) <= most and text[0].isalnum()))
    if all(found.values()):
        return found
    return {
        language: [sentence.text for text in listed for sentence in split_sentences(text)]
        for language, listed in paragraphs().items()
    }


def recombined(count: int, *, seed: int = 3) -> Iterator[tuple[str, str]]:
    """Language and text of distinct passages: sentences of many texts put together, a word in ten another of its language."""
    chance = random.Random(seed)
    pool = sentences()
    vocabulary = {language: _WORD.findall(" ".join(listed)) for language, listed in pool.items()}
    given: set[str] = set()
    for language in cycle(_TURNS):
        if len(given) == count:
            return

        def slip(word: re.Match[str], known: list[str] = vocabulary[language]) -> str:
            return chance.choice(known) if chance.random() < _SLIPPED else word.group()

        text = ""
        while len(text) < _PASSAGE[language]:
            text += chance.choice(pool[language]) + ("" if language == "zh" else " ")
        text = _WORD.sub(slip, text).strip()
        if text not in given:
            given.add(text)
            yield language, text
