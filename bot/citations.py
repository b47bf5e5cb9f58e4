"""Proof: a draft becomes an answer only as far as its passages support it.

Each claim must rest on a passage that was found for this very question. A quote must stand in it word for word; a sentence
in a writer's own words is read beside the passage by ``bot.proof``, and where it says anything else the passage's words
are put in its place, or nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answer import Citation, Removed, Row, Statement
from bot.prompts import repeats_rules
from bot.proof.alignment import same
from bot.proof.headings import stands_over
from bot.proof.judge import Quote, Verdict, judge, nearest
from bot.proof.reading import keys, read
from bot.proof.sources import Source
from bot.tables import as_said
from bot.writers import Claim
from retrieval import Hit, Question, Translator, detect_language

_LETTER = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff]")
"""A letter or digit of a script that puts spaces between words: a quote must not begin or end within such a word."""
_ITEM = re.compile(r"\s*(?:\d{1,2}[.)、]|[-•*–—])\s+")
_LEAST_LETTERS = 12
"""Letters from which on the language of a sentence can be told."""
_TOLD_BY_SCRIPT = frozenset({"en", "zh", "ru"})
_FRAGMENT = 60
_SAYS_SOMETHING = 2
"""Words that say what it is about, from which on a statement can be one by itself."""
_LONGEST = 1_000
"""Characters of a statement; more in one line is no sentence, and takes seconds to read."""
_SLIGHT = ("word", "cannot be compared", "language")
"""Reasons that say only that other words were used: the quote in their place loses nothing."""
Bears = Callable[[Hit, int, int], bool]
"""Whether ``hit.passage.text[start:end]`` bears on what was asked."""


def prove(
    claims: Sequence[Claim],
    hits: Sequence[Hit],
    *,
    language: str | None = None,
    termbase: Translator | None = None,
    question: Question | None = None,
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements that are supported, and their citations, numbered in the order of appearance.

    Args:
        language: of the answer; a statement in another one is none of it. None where there is no telling.
        termbase: what lets a statement in one language be held against a passage in another.
        question: as in ``Prover``.
    """
    prover = Prover(hits, language=language, termbase=termbase, question=question)
    for claim in claims:
        prover.add(claim)
    return prover.statements, prover.citations


class Prover:
    """Proves a draft claim by claim, as it is written.

    Args:
        question: what was asked; sentences that have nothing to do with it, nor with the passage they stand in, prove nothing.
        bears: a quote that does not is put in no statement's place; without it, every quote does.
    """

    def __init__(
        self,
        hits: Sequence[Hit],
        *,
        language: str | None = None,
        termbase: Translator | None = None,
        question: Question | None = None,
        bears: Bears | None = None,
    ) -> None:
        self._hits = list(hits)
        self._language = language
        self._termbase = termbase
        self._bears = bears
        self._replaced = self._own = 0
        self._asked = _asked(question) if question is not None else None
        self._sources: dict[int, Source] = {}
        self._statements: list[Statement] = []
        self._citations: list[Citation] = []
        self._removed: list[Removed] = []
        self._numbers: dict[tuple[str, str], int] = {}

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is proven so far."""
        return tuple(self._statements)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes it rests on."""
        return tuple(self._citations)

    @property
    def removed(self) -> tuple[Removed, ...]:
        """What is not proven, and why."""
        return tuple(self._removed)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every hit that claims may rest on."""
        return tuple(self._hits)

    def extend(self, hits: Sequence[Hit], *, bears: Bears | None = None) -> int:
        """Takes in the hits of a further search; gives how many there were before, to be added to their numbers.

        Args:
            bears: as in ``Prover``, on what that search has asked.
        """
        before = len(self._hits)
        self._bears = bears
        self._hits += hits
        return before

    @property
    def lost_something(self) -> bool:
        """Whether anything a reader could have used was taken out, or had to be put right."""
        return any(not (one.quoted and one.reason.startswith(_SLIGHT)) for one in self._removed)

    @property
    def replaced_something(self) -> bool:
        """Whether a statement gave way to the words of its source."""
        return self._replaced > 0

    @property
    def kept_nothing(self) -> bool:
        """Whether statements gave way to the words of their sources, and none of the writer's own stands."""
        return self._replaced > 0 and not self._own

    def add(self, claim: Claim) -> Statement | None:
        """The claim as a statement, as far as it is proven; None if nothing of it is, or it was said before."""
        if claim.quote is not None:
            return self._add_quote(claim)
        return self._add_prose(claim)

    def head(self, headings: Sequence[str], *, question: str, otherwise: str) -> Statement:
        """The last statement with what stands over its section: the first of ``headings`` that claims nothing of its own.

        Args:
            question: whose words a heading may repeat.
            otherwise: stands there if none may.
        """
        last = self._statements[-1]
        cited = {self._citations[number - 1].passage_id for number in last.citations}
        sources = [self._source(n) for n, hit in enumerate(self._hits, start=1) if hit.passage.id in cited]
        language = self._language or "en"
        fitting = (
            text for text in map(fold_space, headings) if stands_over(text, language, sources, question, self._termbase)
        )
        self._statements[-1] = replace(last, heading=next(fitting, otherwise))
        return self._statements[-1]

    def _add_quote(self, claim: Claim) -> Statement | None:
        number = _supporting(claim, self._hits)
        if number and self._asked is not None:
            quote = fold_space(claim.quote or "")
            strange = self._source(number).strange
            number = 0 if any(fold_space(stretch.reading.text) in quote for stretch in strange) else number
        if not number:
            self._removed.append(Removed(claim.text, "quote"))
            return None
        return self._keep(claim.text, [(self._hits[number - 1], claim.quote or "")])

    def _add_prose(self, claim: Claim) -> Statement | None:
        item = _ITEM.match(claim.text)
        lead = f"{claim.text[: item.end()].strip()} " if item else ""
        text = _plain(claim.text[item.end() :] if item else claim.text)
        if not any(letter.isalnum() for letter in text):
            return None
        if len(text) > _LONGEST:
            self._removed.append(Removed(f"{text[:_LONGEST]}…", "too long"))
            return None
        cited = [self._source(number) for number in dict.fromkeys(claim.hits) if 1 <= number <= len(self._hits)]
        if repeats_rules(text, beside="\n".join(source.hit.passage.text for source in cited)):
            self._removed.append(Removed(text, "rules"))
            return None
        own = detect_language(text, default=self._language or "en")
        if not cited:
            return self._add_unnumbered(text, own, lead, claim.row)
        verdict = self._verdict(text, own, cited)
        if verdict.proven:
            if self._was_said(text):
                return None
            if not lead and claim.row is None and self._is_beside_the_question(text, own, verdict.quotes):
                self._removed.append(Removed(text, "unsupported: beside the question"))
                return None
            self._own += 1
            quotes = [(quote.source.hit, quote.text) for quote in verdict.quotes]
            return self._keep(lead + text, quotes, row=_proven_row(claim.row, lead + text))
        quote = self._nearest(text, own, cited)
        self._removed.append(Removed(text, verdict.reason, quoted=quote is not None))
        if quote is None or self._was_said(_labelled(quote)):
            return None
        self._replaced += 1
        said = lead + _unnumbered(_labelled(quote), lead)
        return self._keep(said, [(quote.source.hit, quote.text)], row=_proven_row(claim.row, said))

    def _is_beside_the_question(self, text: str, own: str, quotes: Sequence[Quote]) -> bool:
        """Whether a statement names but one thing, and the words behind it do not bear on the question: "aluminium"."""
        if self._bears is None or len(read(text, own).content) >= _SAYS_SOMETHING:
            return False
        return not any(self._bears(quote.source.hit, quote.start, quote.end) for quote in quotes)

    def _nearest(self, text: str, own: str, sources: Sequence[Source]) -> Quote | None:
        """The sentence that a statement speaks of, if that bears on the question."""
        quote = nearest(text, own, sources, self._termbase)
        if quote is None or self._bears is None or self._bears(quote.source.hit, quote.start, quote.end):
            return quote
        return None

    def _add_unnumbered(self, text: str, own: str, lead: str, row: Row | None) -> Statement | None:
        """What names no passage is no statement: if it speaks of a sentence that was found, that is quoted, or nothing."""
        every = (self._source(number) for number in range(1, len(self._hits) + 1))
        sources = [source for source in every if same(source.language, own)]
        foreign = self._language is not None and _is_foreign(text, own, self._language)
        quote = None if foreign or not sources else self._nearest(text, own, sources)
        said = _labelled(quote) if quote is not None else ""
        if said != text:
            self._removed.append(Removed(text, "no source", quoted=quote is not None))
        if quote is None or self._was_said(said):
            return None
        self._replaced += said != text
        self._own += said == text
        shown = lead + _unnumbered(said, lead)
        return self._keep(shown, [(quote.source.hit, quote.text)], row=_proven_row(row, shown))

    def _verdict(self, text: str, own: str, cited: Sequence[Source]) -> Verdict:
        """Each passage that proves the statement alone; else all of them together."""
        if self._language is not None and _is_foreign(text, own, self._language):
            return Verdict("language")
        alone = [verdict for source in cited if (verdict := judge(text, own, [source], self._termbase)).proven]
        if alone:
            return Verdict("", tuple(quote for verdict in alone for quote in verdict.quotes))
        return judge(text, own, cited, self._termbase)

    def _was_said(self, text: str) -> bool:
        return any(_ITEM.sub("", statement.text, count=1) == text for statement in self._statements)

    def _source(self, number: int) -> Source:
        if number not in self._sources:
            self._sources[number] = Source(self._hits[number - 1], self._asked)
        return self._sources[number]

    def _keep(self, text: str, quotes: Sequence[tuple[Hit, str]], *, row: Row | None = None) -> Statement | None:
        numbers = []
        for hit, words in quotes:
            quote = fold_space(words)
            key = (hit.passage.id, quote)
            if key not in self._numbers:
                self._numbers[key] = len(self._citations) + 1
                self._citations.append(_citation(self._numbers[key], hit, words))
            numbers.append(self._numbers[key])
        statement = Statement(text, tuple(dict.fromkeys(numbers)), row=row)
        self._statements.append(statement)
        return statement


def fold_space(text: str) -> str:
    """White space as quotes are compared: every run of it is one space."""
    return " ".join(text.split())


def _asked(question: Question) -> frozenset[str]:
    """The words of a question in every language it has names in."""
    named = {
        key
        for language, reading in question.readings.items()
        for concept in reading.concepts
        for name in concept.names
        for key in keys(" ".join(name), language)
    }
    return frozenset(named)


def _plain(text: str) -> str:
    """A writer's words without marks of emphasis and what cannot be seen."""
    seen = "".join(
        sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cc", "Co", "Cs"} or sign in "\t\n"
    )
    return fold_space(re.sub(r"\*\*|__|`|^#+ ", "", seen))


def _proven_row(row: Row | None, said: str) -> Row | None:
    if row is None:
        return None
    plain = Row(row.table, tuple(map(_plain, row.header)), tuple(map(_plain, row.cells)))
    return as_said(plain, said) if not _ITEM.match(said) else replace(plain, cells=())


def _is_foreign(text: str, own: str, wanted: str) -> bool:
    """Whether a sentence is plainly in another language than the answer; short ones are full of names."""
    letters = sum(sign.isalpha() for sign in text)
    if own.split("-")[0] == wanted.split("-")[0] or letters < _LEAST_LETTERS:
        return False
    return own in _TOLD_BY_SCRIPT and (wanted in _TOLD_BY_SCRIPT or letters > 5 * _LEAST_LETTERS)


def _labelled(quote: Quote) -> str:
    """A quote that can be understood alone: a fragment with its heading before it."""
    text = fold_space(quote.text)
    headings = quote.source.hit.passage.location.headings
    is_whole = text.endswith((".", "。", "!", "！")) or len(text) > _FRAGMENT
    is_whole = is_whole and not quote.source.stands_under_heading(quote.start)
    return text if is_whole or not headings else f"{headings[-1]}: {text}"


def _unnumbered(text: str, lead: str) -> str:
    """A quote behind a mark of a list, without the mark it has in its passage."""
    return _ITEM.sub("", text, count=1) if lead else text


def _supporting(claim: Claim, hits: Sequence[Hit]) -> int:
    """The number of the passage that holds the claim's quote; 0 if the claim is not proven."""
    quote = fold_space(claim.quote or "")
    said = fold_space(claim.text)
    if not quote or not said.endswith(quote):
        return 0
    for number in claim.hits:
        if 1 <= number <= len(hits):
            hit = hits[number - 1]
            if _stands_in(quote, fold_space(hit.passage.text)) and _is_label(said.removesuffix(quote), hit):
                return number
    return 0


def _stands_in(quote: str, text: str) -> bool:
    """Whether a text holds the quote in whole words: "lawful" is no quote of "unlawful", nor "6 %" of "16 %"."""
    # Looked for as it stands: a pattern of a long quote is worth its making only if it is used again.
    start = text.find(quote)
    while start >= 0:
        end = start + len(quote)
        if not (_is_letter(quote[:1]) and _is_letter(text[start - 1 : start])) and not (
            _is_letter(quote[-1:]) and _is_letter(text[end : end + 1])
        ):
            return True
        start = text.find(quote, start + 1)
    return False


def _is_letter(character: str) -> bool:
    return _LETTER.match(character) is not None


def _is_label(text: str, hit: Hit) -> bool:
    """Whether what stands before a quote is nothing, or a label: the document's title and headings of the passage, whole.

    A name that was cut short says so with an ellipsis.
    """
    label = text.strip()
    if not label:
        return True
    named = {part for name in (hit.metadata.title, *hit.passage.location.headings) for part in _parts(name)}
    return label.endswith(":") and all(
        part in named or (part.endswith("…") and any(name.startswith(part[:-1]) for name in named))
        for part in _parts(label.removesuffix(":"))
    )


def _parts(label: str) -> list[str]:
    return [part.strip() for part in fold_space(label).split("›")]


def _citation(number: int, hit: Hit, words: str) -> Citation:
    metadata, passage = hit.metadata, hit.passage
    lines = tuple(filter(None, map(fold_space, words.splitlines())))
    return Citation(
        number=number,
        document_id=passage.document_id,
        passage_id=passage.id,
        title=metadata.title,
        language=passage.language,
        location=str(passage.location),
        quote=fold_space(words),
        issuer=metadata.issuer,
        date=metadata.date,
        source_url=metadata.source_url,
        lines=lines if len(lines) > 1 else (),
    )
