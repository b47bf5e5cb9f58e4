"""An answer as messages: the statements with marks that link to their sources, then each source once, with its quotes."""

import re
from collections.abc import Sequence

from bot.answer import Answer, Citation, Outcome, Row, Statement
from bot.channels.telegram.markup import Block, Span, fits, paragraph, quote, shortened
from bot.channels.telegram.messages import Button, Keyboard, Message, messages
from bot.channels.telegram.ports import Linker
from bot.replies import place, reply
from bot.unlinked import unlinked

_QUOTE_LENGTHS = (1_200, 600, 300, 120, 0)
"""So long quotes are tried under an answer until its sources stand on one message; the button shows them whole."""
_LISTED = re.compile(r"(?:[-–—•*·]|\(?\d{1,3}[.)、]|[a-zа-я][.)])\s*\S")
_SOURCE_BUTTONS = 4
_BUTTON_TEXT = 48
_PLACE_TEXT = 160


def answer_messages(
    answer: Answer,
    *,
    language: str,
    link: Linker,
    asked: str = "",
    remark: str = "",
    prompts: Sequence[Button] = (),
) -> tuple[Message, ...]:
    """The answer as one message or more; sources and buttons on the last.

    Args:
        language: of the labels and buttons.
        asked: the question, where it came from a button and so does not stand in the chat.
        remark: something to say first.
        prompts: buttons that ask a next question.
    """
    body = [*_opening(asked, remark), *_understood(answer), *_statements(answer, link), *_notes(answer)]
    sources = _fitting_sources(answer, language, link)
    keyboard = answer_keyboard(answer, language, link) + tuple((prompt,) for prompt in prompts)
    if fits([*body, *sources]):
        return messages([*body, *sources], keyboard)
    return (*messages(body), *messages(sources, keyboard)) if sources else messages(body, keyboard)


def sources_messages(answer: Answer, *, language: str, link: Linker) -> tuple[Message, ...]:
    """The sources of an answer with their quotes in full, unfolded."""
    return messages(_sources(answer, language, link, quote_length=None, folded=False))


def answer_keyboard(answer: Answer, language: str, link: Linker) -> Keyboard:
    """A button for each source, then those for what the reader thinks and wants."""
    rows: list[tuple[Button, ...]] = []
    for citations in by_document(answer)[:_SOURCE_BUTTONS]:
        if url := link(citations[0], answer.language):
            numbers = "".join(f"[{citation.number}]" for citation in citations[:3])
            rows.append((Button(f"{numbers} {shortened(citations[0].title, _BUTTON_TEXT)}", url=url),))
    person = Button(reply("telegram_button_person", language), data=f"p:{answer.id}")
    if not answer.citations:
        # Small talk asks for a question; there is nothing yet to put to a person.
        return tuple(rows) if answer.outcome is Outcome.CLARIFY else (*rows, (person,))
    good, bad = Button("👍", data=f"r:{answer.id}:1"), Button("👎", data=f"r:{answer.id}:0")
    quotes = Button(reply("telegram_button_quotes", language), data=f"s:{answer.id}")
    return (*rows, (good, bad), (quotes, person))


def by_document(answer: Answer) -> list[list[Citation]]:
    """The citations of an answer, those of one document together, in the order of their numbers."""
    shelves: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        shelves.setdefault(citation.document_id, []).append(citation)
    return list(shelves.values())


def place_words(location: str, language: str) -> str:
    """Where in a document something stands, in the language of the interface, in a few words."""
    return shortened(place(location, language), _PLACE_TEXT)


def _opening(asked: str, remark: str) -> list[Block]:
    opening = [paragraph(Span(unlinked(f"❓ {asked}"), style="b"))] if asked else []
    return [*opening, paragraph(Span(remark, style="i"))] if remark else opening


def _understood(answer: Answer) -> list[Block]:
    """The question that a follow-up was taken for, so that a reader sees at once when it was taken wrongly."""
    if answer.understood_as is None:
        return []
    understood = reply("understood_as", answer.language, question=unlinked(answer.understood_as))
    return [paragraph(Span(understood, style="i"))]


def _statements(answer: Answer, link: Linker) -> list[Block]:
    if not answer.statements:
        return [paragraph(answer.text)]
    cited = {citation.number: citation for citation in answer.citations}
    return [block for statement in answer.statements for block in _statement(answer, statement, cited, link)]


def _statement(answer: Answer, statement: Statement, cited: dict[int, Citation], link: Linker) -> list[Block]:
    """A statement; the lines of a list stand each on its own, and the marks after the last."""
    marks: list[Span | str] = [" "]
    for number in statement.citations:
        url = link(cited[number], answer.language) if number in cited else ""
        marks.append(Span(f"[{number}]", url=url))
    blocks = []
    if statement.heading:
        blocks.append(paragraph(Span(statement.heading, style="b"), bound=True))
    lines = _row(statement.row) if statement.row else _lines(statement.text)
    for position, line in enumerate(lines):
        last = position == len(lines) - 1
        blocks.append(paragraph(*line, *(marks if last else ()), near=bool(blocks), bound=position == 0 and not last))
    return blocks


def _lines(text: str) -> list[list[Span | str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [text]
    return [[line if position == 0 or _LISTED.match(line) else f"• {line}"] for position, line in enumerate(lines)]


def _row(row: Row) -> list[list[Span | str]]:
    """A row as lines, for a table would be wider than a phone: what it is about in bold, then each column with its name."""
    named = [(f"{name}: " if name else "", cell) for name, cell in zip(row.header, row.cells, strict=True) if cell]
    (name, cell), *others = named
    lines: list[list[Span | str]] = [[name + cell] for name, cell in others]
    return [[name, Span(cell, style="b")], *lines]


def _notes(answer: Answer) -> list[Block]:
    return [paragraph(Span(f"⚠️ {note.text}", style="i")) for note in answer.notes]


def _fitting_sources(answer: Answer, language: str, link: Linker) -> list[Block]:
    blocks: list[Block] = []
    for length in _QUOTE_LENGTHS:
        blocks = _sources(answer, language, link, quote_length=length, folded=True)
        if fits(blocks):
            break
    return blocks


def _sources(answer: Answer, language: str, link: Linker, *, quote_length: int | None, folded: bool) -> list[Block]:
    """Each document once, and under it every place that is cited."""
    if not answer.citations:
        return []
    blocks = [paragraph(Span(reply("telegram_sources", language), style="b"), bound=True)]
    for citations in by_document(answer):
        blocks += _source(answer, citations, language, link, quote_length=quote_length, folded=folded)
    return blocks


def _source(
    answer: Answer,
    citations: Sequence[Citation],
    language: str,
    link: Linker,
    *,
    quote_length: int | None,
    folded: bool,
) -> list[Block]:
    first = citations[0]
    title = Span(unlinked(shortened(first.title, 300)), style="b", url=link(first, answer.language))
    blocks = [paragraph("📄 ", title, near=True, bound=True)]
    facts = [str(fact) for fact in (first.issuer and shortened(first.issuer, 200), first.date) if fact]
    if facts:
        blocks.append(paragraph(unlinked(" · ".join(facts)), near=True, bound=True))
    for citation in citations:
        mark = Span(f"[{citation.number}]", url=link(citation, answer.language))
        place = place_words(citation.location, language)
        words = (
            citation.shown if quote_length is None else shortened(citation.shown, quote_length) if quote_length else ""
        )
        blocks.append(paragraph(mark, unlinked(f" {place}") if place else "", near=True, bound=bool(words)))
        if words:
            blocks.append(quote(unlinked(words), folded=folded))
    return blocks
