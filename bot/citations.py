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
from bot.proof.cells import Cells, standing
from bot.proof.headings import stands_over
from bot.proof.judge import Quote, Verdict, judge, nearest
from bot.proof.reading import keys, read
from bot.proof.sources import Source
from bot.quotations import (
    ITEM,
    citation_of,
    fold_space,
    labelled,
    letters_of,
    shown,
    supporting,
    unnumbered,
    with_what_it_points_to,
    words_of,
)
from bot.tables import as_said, sentence_of
from bot.whose import named
from bot.writers import Claim
from retrieval import Hit, Question, Translator, detect_language

_LEAST_LETTERS = 12
"""Letters from which on the language of a sentence can be told."""
_TOLD_BY_SCRIPT = frozenset({"en", "zh", "ru"})
_SAYS_SOMETHING = 2
"""Words that say what it is about, from which on a statement can be one by itself."""
_LEAST_REPEATED = 24
"""Letters from which on a statement that stands in another is a repetition."""
_MOST_CITED = 4
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
        self._countries = question.countries if question is not None else frozenset[str]()
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
    def language(self) -> str:
        """Of the answer; ``en`` where there is no telling."""
        return self._language or "en"

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

    def head(self, headings: Sequence[str], *, otherwise: str) -> Statement:
        """The last statement with what stands over its section: the first of ``headings`` that claims nothing of its own.

        Args:
            otherwise: stands there if none may.
        """
        last = self._statements[-1]
        cited = {self._citations[number - 1].passage_id for number in last.citations}
        sources = [self._source(n) for n, hit in enumerate(self._hits, start=1) if hit.passage.id in cited]
        language = self._language or "en"
        fitting = (text for text in map(fold_space, headings) if stands_over(text, language, sources, self._termbase))
        self._statements[-1] = replace(last, heading=next(fitting, otherwise))
        return self._statements[-1]

    def _add_quote(self, claim: Claim) -> Statement | None:
        number = supporting(claim, self._hits)
        if number and self._asked is not None:
            quote = fold_space(claim.quote or "")
            strange = self._source(number).strange
            number = 0 if any(fold_space(stretch.reading.text) in quote for stretch in strange) else number
        if not number:
            self._removed.append(Removed(claim.text, "quote"))
            return None
        return self._keep(claim.text, [(self._hits[number - 1], claim.quote or "")])

    def _add_prose(self, claim: Claim) -> Statement | None:
        item = ITEM.match(claim.text)
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
            quotes = [(quote.source.hit, quote.text) for quote in verdict.quotes]
            if (place := self._said_in(text)) is not None:
                self._also_said(place, quotes)
                return None
            if not lead and claim.row is None and self._is_beside_the_question(text, own, verdict.quotes):
                self._removed.append(Removed(text, "unsupported: beside the question"))
                return None
            last = self._statements[-1].citations if self._statements else ()
            told = [one for one in self._citations if one.number in last]
            if (whole := with_what_it_points_to(text, verdict.quotes, told)) is not None:
                return self._put_in_place(text, "wording: points back", lead, whole)
            self._own += 1
            said = lead + (text if claim.row is not None else self._named(text, quotes))
            return self._keep(said, quotes, row=_proven_row(claim.row, lead + text))
        if claim.row is not None and not lead and (kept := standing(_plain_row(claim.row), own, cited)) is not None:
            return self._add_cells(kept, text, verdict)
        quote = self._nearest(text, own, cited)
        self._removed.append(Removed(text, verdict.reason, quoted=quote is not None, quote=words_of(quote)))
        if quote is None or self._was_said(labelled(quote)) or self._is_shown_beside(quote, own):
            return None
        self._replaced += 1
        words = [(quote.source.hit, quote.text)]
        if claim.row is not None:
            said = lead + shown(quote)
            return self._keep(said, words, row=_proven_row(claim.row, said))
        return self._keep(lead + self._named(shown(quote), words), words)

    def _put_in_place(self, text: str, reason: str, lead: str, quote: Quote) -> Statement | None:
        """A quote in the place of a statement."""
        self._removed.append(Removed(text, reason, quoted=True))
        said = shown(quote)
        if self._was_said(said):
            return None
        self._replaced += 1
        words = [(quote.source.hit, quote.text)]
        return self._keep(lead + self._named(said, words), words)

    def _named(self, text: str, quotes: Sequence[tuple[Hit, str]]) -> str:
        """A statement with its country before it, where several were asked for and it names none."""
        return named(text, self._language or "en", [hit for hit, _ in quotes], self._countries)

    def _add_cells(self, kept: Cells, text: str, verdict: Verdict) -> Statement | None:
        """A row of a comparison with the cells that stand; what is left out of it is kept for staff."""
        said = sentence_of(kept.row.header, kept.row.cells)
        if not kept.whole:
            self._removed.append(Removed(text, verdict.reason))
        if self._was_said(said):
            return None
        self._own += 1
        return self._keep(said, [(quote.source.hit, quote.text) for quote in kept.quotes], row=kept.row)

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
        said = labelled(quote) if quote is not None else ""
        if said != text:
            self._removed.append(Removed(text, "no source", quoted=quote is not None, quote=words_of(quote)))
        if quote is None or self._was_said(said):
            return None
        self._replaced += said != text
        self._own += said == text
        text = lead + shown(quote)
        return self._keep(text, [(quote.source.hit, quote.text)], row=_proven_row(row, text))

    def _verdict(self, text: str, own: str, cited: Sequence[Source]) -> Verdict:
        """Each passage that proves the statement alone; else all of them together."""
        if self._language is not None and _is_foreign(text, own, self._language):
            return Verdict("language")
        alone = [verdict for source in cited if (verdict := judge(text, own, [source], self._termbase)).proven]
        if alone:
            return Verdict("", tuple(quote for verdict in alone for quote in verdict.quotes))
        return judge(text, own, cited, self._termbase)

    def _was_said(self, text: str) -> bool:
        return self._said_in(text) is not None

    def _said_in(self, text: str) -> int | None:
        """The place of the statement that says the same in the same words, whatever signs stand between them, or says it and more."""
        said = letters_of(text)
        for place, statement in enumerate(self._statements):
            known = letters_of(unnumbered(statement.text))
            if said == known or (len(said) >= _LEAST_REPEATED and statement.row is None and said in known):
                return place
        return None

    def _also_said(self, place: int, quotes: Sequence[tuple[Hit, str]]) -> None:
        """Cites what was said before by the other passages that say it too."""
        statement = self._statements[place]
        numbers = (*statement.citations, *self._cited(quotes))
        self._statements[place] = replace(statement, citations=tuple(dict.fromkeys(numbers))[:_MOST_CITED])

    def _is_shown_beside(self, quote: Quote, own: str) -> bool:
        """Whether a quote in another language stands beside a statement already, so that it would only be read twice."""
        key = (quote.source.hit.passage.id, fold_space(quote.text))
        return key in self._numbers and not same(quote.source.language, own)

    def _source(self, number: int) -> Source:
        if number not in self._sources:
            self._sources[number] = Source(self._hits[number - 1], self._asked)
        return self._sources[number]

    def _keep(self, text: str, quotes: Sequence[tuple[Hit, str]], *, row: Row | None = None) -> Statement | None:
        numbers = self._cited(quotes)
        statement = Statement(text, tuple(dict.fromkeys(numbers)), row=row)
        self._statements.append(statement)
        return statement

    def _cited(self, quotes: Sequence[tuple[Hit, str]]) -> list[int]:
        """The numbers of quotes, which those that are new get now."""
        numbers = []
        for hit, words in quotes:
            quote = fold_space(words)
            key = (hit.passage.id, quote)
            if key not in self._numbers:
                self._numbers[key] = len(self._citations) + 1
                self._citations.append(citation_of(self._numbers[key], hit, words))
            numbers.append(self._numbers[key])
        return numbers


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


def _plain_row(row: Row) -> Row:
    """A row without marks of emphasis."""
    return Row(row.table, tuple(map(_plain, row.header)), tuple(map(_plain, row.cells)))


def _proven_row(row: Row | None, said: str) -> Row | None:
    if row is None:
        return None
    plain = _plain_row(row)
    return as_said(plain, said) if not ITEM.match(said) else replace(plain, cells=())


def _is_foreign(text: str, own: str, wanted: str) -> bool:
    """Whether a sentence is plainly in another language than the answer; short ones are full of names."""
    letters = sum(sign.isalpha() for sign in text)
    if own.split("-")[0] == wanted.split("-")[0] or letters < _LEAST_LETTERS:
        return False
    return own in _TOLD_BY_SCRIPT and (wanted in _TOLD_BY_SCRIPT or letters > 5 * _LEAST_LETTERS)
