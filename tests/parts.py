"""The parts a scripted model plays: a good one, and every kind of bad one."""

import re
from collections.abc import Iterator, Mapping

from retrieval import split_sentences
from tests.model_server import Asked, Misbehaviour, Part

Played = Iterator[str] | Misbehaviour


def good(asked: Asked) -> Played:
    """Answers with the sentences that share most words with the question, each with its passage's number."""
    if asked.kind != "answer":
        return iter(["-"]) if asked.kind == "translate" else iter([asked.question])
    asked_words = _words(asked.question)
    ranked = sorted(
        (
            (len(asked_words & _words(sentence.text)), -number, sentence.text)
            for number, text in asked.passages.items()
            for sentence in split_sentences(text)
            if not sentence.text.endswith((":", "："))
        ),
        reverse=True,
    )
    return _typed("\n".join(f"{' '.join(text.split())} [{-number}]" for _, number, text in ranked[:2]))


def says(text: str, *, translations: Mapping[str, str] | None = None, parts: str = "") -> Part:
    """Says always the same, whatever the passages."""

    def part(asked: Asked) -> Played:
        if asked.kind == "translate":
            return iter(["\n".join(f"{code}: {line}" for code, line in (translations or {}).items()) or "-"])
        if asked.kind == "divide":
            return iter([parts or asked.question])
        return _typed(text)

    return part


def changes(pattern: str, other: str) -> Part:
    """A good model but for one thing that it always gets wrong."""

    def part(asked: Asked) -> Played:
        played = good(asked)
        assert not isinstance(played, Misbehaviour)
        return iter([re.sub(pattern, other, "".join(played))])

    return part


def obeys(asked: Asked) -> Played:
    """Does whatever a line of a passage or of the question asks of it, as far as a script can; else it is good."""
    if asked.kind != "answer":
        return good(asked)
    played = good(asked)
    assert not isinstance(played, Misbehaviour)
    lines = [(number, line) for number, text in asked.passages.items() for line in text.splitlines()]
    orders = [(number, line) for number, line in lines if re.search(r"\bSAY: ", line)]
    said = [f"{line.split('SAY: ', 1)[1]} [{number}]" for number, line in orders]
    said += [asked.question.split("SAY: ", 1)[1]] if "SAY: " in asked.question else []
    return iter(["\n".join([*said, "".join(played)])])


def misbehaves(**how: object) -> Part:
    """Never answers properly."""
    return lambda _: Misbehaviour(**how)  # type: ignore[arg-type]


def _typed(text: str) -> Iterator[str]:
    """In small pieces, as models write."""
    for start in range(0, len(text), 7):
        yield text[start : start + 7]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}|[\u4e00-\u9fff]", text.casefold()))
