"""What a request for a briefing or a comparison is about, in its own words: a model's plan may ask for nothing else.

The request without its "give me a briefing on" is looked for, and so is each thing it lists. Where neither is covered the
request is not, whatever a plan would ask; what the plan leaves out of the list is asked all the same.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.replies import reply_language
from bot.research import Research
from bot.writers import Part
from retrieval import Question, SearchResult, country_names, words

_FRAMES = re.compile(
    r"\b(?:please|can you|could you|would you)\b"
    r"|\b(?:give|write|prepare|make|send|provide|draft|compile|draw up|show)\b(?: me| us)?(?=.{0,40}\b(?:briefing|overview|summary|comparison)\b)"
    r"|\b(?:an?|the|short|brief|full|detailed|quick|general|one-page) (?=.{0,30}\b(?:briefing|overview|summary|comparison)\b)"
    r"|\b(?:briefing|overview|sum+ary|comparison)\b(?: (?:note|paper))?(?: (?:on|of|about|between|for|regarding))?"
    r"|\bsummari[sz]e\b|\bcompared?\b|\bbriefly\b|\bhow (?:do|does|are|is)\b|\b(?:what (?:are|is) )?(?:the )?(?:main |key )?differences? between\b"
    r"|\b(?:everything|all (?:the )?(?:documents|rules))(?: (?:on|about|of))?"
    r"|(?:состав|подготов|напиш|сдела|дай|да|созда|покаж)\w*(?: мне| нам)?(?=.{0,40}(?:справк|обзор|сводк|сравнени|брифинг))"
    r"|\b(?:кратк\w+|полн\w+|подробн\w+) (?=справк|обзор|сводк|сравнени)"
    r"|\b(?:справк\w+|обзор\w*|сводк\w+|сравнени\w+|брифинг\w*)(?: (?:о|об|обо|по|про|для|между))?\b|\b(?:сравни\w*|сопостав\w*|обобщи\w*|пожалуйста)\b|\bчем отлича\w+|\bпо всем документам\b"
    r"|请|帮(?:我|忙)?|(?:给|为)(?:我|我们)|写|撰写|起草|准备|提供|做|一[份个篇下]|关于|有关|(?:的)?(?:简报|综述|概述|概览|总结)|(?:的)?(?:比较|对比)(?:一下)?|(?:之间)?(?:的)?(?:有(?:什么|何)(?:不同|区别)|异同|区别)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"[,;:，；：、。]|\b(?:and|with|versus|vs|or|as well as|и|с|со|или|против|а также)\b\.?|和|与|及其?|以及|同(?=\w)",
    re.IGNORECASE,
)
_EDGES = re.compile(
    r"^(?:\W|\b(?:of|on|about|the|in|for|to|o|о|об|в|во|от|на|по|的|在)\b)+|(?:\W|\b(?:of|on|in|от)\b)+$", re.IGNORECASE
)
_NEAREST = 8
"""Hits of the request whose documents a part may be about though it names the thing by another word."""
_HELD = 0.7
"""How much of a thing by its name counts as naming it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a briefing is asked about.

    ``found`` is the search for all of it, ``pieces`` the things it lists, each with what was found for it.
    """

    found: SearchResult
    pieces: tuple[tuple[str, SearchResult], ...]

    @property
    def covered(self) -> bool:
        """Whether the documents cover it, or something of it."""
        return self.found.covered or any(result.covered for _, result in self.pieces)

    def is_about(self, part: SearchResult) -> bool:
        """Whether a question of a plan asks about what was asked about: its countries, and a thing named in the request
        or in a document that was found for it."""
        countries = self.found.question.countries
        if countries and not part.question.countries & countries:
            return False
        results = (self.found, *(result for _, result in self.pieces if result.covered))
        if not _things(self.found.question) or any(_names(each.question, part.question) for each in results):
            return True
        near = {hit.passage.document_id for each in results if each.covered for hit in each.hits[:_NEAREST]}
        return any(hit.passage.document_id in near for hit in part.hits[:1])

    def left_out(self, parts: Sequence[SearchResult]) -> list[tuple[Part, SearchResult]]:
        """The things listed that no question of a plan asks about, as questions in the request's own words."""
        return [
            (Part(piece), result)
            for piece, result in self.pieces
            if _things(result.question) and not any(_names(result.question, part.question) for part in parts)
        ]


async def request_of(question: str, first: SearchResult, research: Research, *, today: dt.date) -> Request:
    """What a request is about, looked for in the documents.

    Args:
        first: what was found for the request as it stands.
    """
    subject = _trimmed(_FRAMES.sub(" ", question))
    if not subject:
        return Request(first, ())
    found = await research.plain(subject, language=first.question.language, today=today)
    if first.covered and not found.covered:
        found = first
    head, colon, rest = subject.replace("：", ":").partition(":")
    listed = [piece for text in _BETWEEN.split(rest if colon else subject) if (piece := _trimmed(text))]
    pieces = []
    names = country_names(sorted(first.question.countries), reply_language(first.question.language))
    for piece in listed if len(listed) > 1 else ():
        result = await research.plain(piece, language=first.question.language, today=today)
        if not _things(result.question):
            continue
        lacking = [head.strip()] if colon else names if not result.question.countries else []
        if lacking:
            told = f"{piece} ({', '.join(lacking)})"
            result = await research.plain(told, language=first.question.language, today=today)
        pieces.append((piece, result))
    return Request(found, tuple(pieces))


def _trimmed(text: str) -> str:
    text = " ".join(text.split())
    while (shorter := _EDGES.sub("", text)) != text:
        text = shorter
    return text


def _things(question: Question) -> bool:
    """Whether a question names anything but countries."""
    return any(concept.country is None for concept in question.reading(question.language).concepts)


def _names(request: Question, part: Question) -> bool:
    """Whether a question names the weightiest of what the other asks about."""
    things = [c for c in request.reading(part.language).concepts if c.country is None and c.names]
    held = frozenset(words(part.text, part.language))
    heaviest = max((concept.weight for concept in things), default=0.0)
    return any(c.held_by(held) >= _HELD for c in things if c.weight >= _HELD * heaviest)
