"""Texts to measure with: passages of the knowledge folder, and many more of their kind with some words exchanged."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
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
