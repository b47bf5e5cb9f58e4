"""What the proof keeps and what it catches, over every sentence of the knowledge folder; and the time it takes."""

import itertools
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.beyond import added, swapped
from benchmarks.exchanges import exchanges
from benchmarks.misplaced import misplaced
from benchmarks.mutants import LANGUAGES, Mutant, Truth, mutants, passages, truths
from benchmarks.paraphrases import ACROSS, FALSE, TRUE, read_wordings
from benchmarks.row import Row
from benchmarks.texts import KNOWLEDGE
from bot.citations import Prover
from bot.proof.judge import judge, nearest
from bot.proof.reading import read
from bot.proof.sources import Source
from bot.writers import Claim
from retrieval import TERMBASE_FILE, Hit, Termbase, Translator
from retrieval.dictionary import Dictionaries
from retrieval.lexicon import load_lexicon

_WANTED = {"figure": 0.99, "date": 0.99, "country": 0.99, "negation added": 0.95} | dict.fromkeys(
    ("countries exchanged", "figures exchanged", "names exchanged", "words shuffled", "clauses reversed", "restriction dropped",
     "superlative added", "quotation forged", "another subject", "fragment"),
    0.95,
) | dict.fromkeys(("question made a statement", "item without its introduction"), 0.99)  # fmt: skip
_BEYOND = {"claims added": 0.99, "nouns swapped": 0.95}
_KEPT = 0.97
_LEAST_MUTANTS = 2_000
_ANSWERS = 150
_ITEM = re.compile(r"^\d{1,2}[.)、]\s*")


def measure(*, show: int = 0) -> list[Row]:
    """A row a language and kind; ``show`` prints so many of those that were judged wrongly."""
    terms, _ = Termbase.load(KNOWLEDGE / TERMBASE_FILE)
    termbase = Dictionaries(terms, load_lexicon())
    hits = passages(KNOWLEDGE)
    rows: list[Row] = []
    for language in LANGUAGES:
        rows += _language(hits, language, termbase, show=show)
    return [
        *rows,
        *_across(hits, termbase, show=show),
        *_free_wording(hits, termbase, show=show),
        *_time_added(hits, termbase),
    ]


def _across(hits: Sequence[Hit], termbase: Translator, *, show: int) -> list[Row]:
    """Sentences of a document beside its twin in another language: what is kept, and what of their mutants is caught.

    Twins are no translations word by word, so that not every sentence of one is said in the other.
    """
    shelves: dict[str, dict[str, list[Hit]]] = {}
    for hit in hits:
        work = hit.passage.document_id.rsplit("/", 1)[-1].split(".")[0]
        shelves.setdefault(work, {}).setdefault(hit.passage.language, []).append(hit)
    sources = {hit.passage.id: Source(hit, frozenset()) for hit in hits}
    asked = kept = made = caught = 0
    beyond: Counter[str] = Counter()
    through: Counter[str] = Counter()
    for shelf in shelves.values():
        for language, other in itertools.permutations(shelf, 2):
            said = [t for t in truths(shelf[language], language, chance=random.Random(3)) if not t.reworded]
            beside = [sources[hit.passage.id] for hit in shelf[other]]
            for one in said:
                truth = replace(one, text=_ITEM.sub("", one.text))  # as the proof gets it
                asked += 1
                chance = random.Random(truth.text)  # the same mutants, whatever else is kept
                if not any(judge(truth.text, language, [source], termbase).proven for source in beside):
                    continue
                kept += 1
                for mutant in mutants(truth, language, chance):
                    proven = any(judge(mutant.text, language, [source], termbase).proven for source in beside)
                    made, caught = made + 1, caught + (not proven)
                    if proven and show:
                        print(f"across {language} {mutant.kind}: {mutant.text!r}", file=sys.stderr)
                for kind, texts in (("claims added", added), ("nouns swapped", swapped)):
                    for text in texts(truth.text, language):
                        proven = any(judge(text, language, [source], termbase).proven for source in beside)
                        beyond[kind] += 1
                        through[kind] += proven
                        if proven and show:
                            print(f"across {language} {kind}: {text!r}", file=sys.stderr)
    shares = {kind: 1 - through[kind] / max(1, count) for kind, count in beyond.items()}
    return [
        *(
            Row(
                f"proof, across languages: {kind} caught",
                f"{100 * share:.2f} % of {beyond[kind]}",
                wanted=f"{100 * _BEYOND[kind]:.0f} %",
                good=share >= _BEYOND[kind],
            )
            for kind, share in shares.items()
        ),
        Row("proof, across languages: sentences of a twin kept", f"{kept} of {asked}"),
        Row("proof, across languages: mutants of these caught", f"{100 * caught / max(1, made):.2f} % of {made}"),
    ]


def _free_wording(hits: Sequence[Hit], termbase: Translator, *, show: int) -> list[Row]:
    """Statements written by hand: true ones that a passage of their document proves, false ones that none does."""
    rows = []
    for name, statements, is_true in (
        ("true", TRUE + read_wordings(true=True), True),
        ("true, other language", ACROSS, True),
        ("false", FALSE + read_wordings(true=False), False),
    ):
        right = quoted = 0
        for document, language, text in statements:
            sources = [Source(hit, frozenset()) for hit in hits if hit.passage.document_id == document]
            verdicts = [judge(text, language, [source], termbase) for source in sources]
            proven = any(verdict.proven for verdict in verdicts)
            quoted += not proven and any(nearest(text, language, [source], termbase) for source in sources)
            right += proven is is_true
            if proven is not is_true and show:
                print(f"by hand, {name}: {text!r} ({sorted({v.reason for v in verdicts})})", file=sys.stderr)
        rows.append(
            Row(
                f"proof, free wording by hand, {name}: judged rightly",
                f"{right} of {len(statements)}, {quoted} more quoted",
            )
        )
    return rows


def _time_added(hits: Sequence[Hit], termbase: Translator) -> list[Row]:
    """What the proof of an answer of five statements takes: eight passages, half of the statements reworded, one false."""
    chance = random.Random(5)
    taken = []
    said = [truth for language in LANGUAGES for truth in truths(list(hits), language, chance=chance)]
    for _ in range(_ANSWERS):
        first = chance.choice(said)
        near = [hit for hit in hits if hit.passage.language == first.hit.passage.language]
        passages_given = [first.hit, *chance.sample(near, 7)]
        own = [truth for truth in said if truth.hit is first.hit][:4]
        claims = [Claim(truth.text, (1,)) for truth in own] + [Claim(chance.choice(said).text, (2, 3))]
        read.cache_clear()  # as for passages never seen before
        started = time.perf_counter()
        prover = Prover(passages_given, language=first.hit.passage.language, termbase=termbase)
        for claim in claims:
            prover.add(claim)
        taken.append(time.perf_counter() - started)
    cut = sorted(taken)[int(0.95 * len(taken))]
    return [
        Row(
            "proof, added to an answer of five statements, median",
            f"{1000 * statistics.median(taken):.1f} ms",
            wanted="< 50 ms",
            good=statistics.median(taken) < 0.05,
        ),
        Row("proof, added to an answer of five statements, 95th percentile", f"{1000 * cut:.1f} ms"),
    ]


def _language(hits: Sequence[Hit], language: str, termbase: Translator, *, show: int) -> list[Row]:
    chance = random.Random(7)
    said = list(truths(list(hits), language, chance=chance))
    judged: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    sources = {
        hit.passage.id: Source(hit, frozenset()) for hit in hits
    }  # the hardest case: a question that shares no word
    taken = []

    def note(kind: str, text: str, reason: str, *, good: bool) -> None:
        judged[kind] += 1
        if not good:
            wrong[kind] += 1
            shown[kind] += 1
            if shown[kind] <= show:
                print(f"{language} {kind}: {text!r} ({reason})", file=sys.stderr)

    def verdict(truth: Truth, text: str, hit: Hit) -> str:
        started = time.perf_counter()
        source = sources[hit.passage.id]
        found = judge(text, language, [source if source.hit is hit else Source(hit, frozenset())], termbase)
        taken.append(time.perf_counter() - started)
        return found.reason

    for truth in said:
        reason = verdict(truth, truth.text, truth.hit)
        note("kept, reworded" if truth.reworded else "kept, verbatim", truth.text, reason, good=not reason)
        if truth.reworded:
            quote = nearest(truth.text, language, [sources[truth.hit.passage.id]], termbase) if reason else None
            note("kept or quoted, reworded", truth.text, reason, good=not reason or quote is not None)
    made: list[Mutant] = []
    rounds = 0
    while len(made) < _LEAST_MUTANTS * 1.1 and rounds < 8:
        rounds += 1
        seen = {(mutant.kind, mutant.text) for mutant in made}
        for truth in said:
            made += [m for m in mutants(truth, language, chance) if (m.kind, m.text) not in seen]
    for truth in said:
        made += exchanges(truth, language, chance)
        made += misplaced(truth, language, random.Random(truth.text))
    for mutant in made:
        reason = verdict(mutant.truth, mutant.text, mutant.truth.hit)
        note(mutant.kind, mutant.text, "proven", good=bool(reason))
    own = [hit for hit in hits if hit.passage.language == language]
    for truth in said:
        other = chance.choice(
            [
                h
                for h in own
                if h.metadata.topic != truth.hit.metadata.topic
                and not set(h.metadata.countries) & set(truth.hit.metadata.countries)
            ]
            or own
        )
        reason = verdict(truth, truth.text, other)
        note("citation shuffled", truth.text, "proven", good=bool(reason))
    rows = []
    for kind in judged:
        share = 1 - wrong[kind] / judged[kind]
        wanted = _KEPT if kind.startswith("kept") else _WANTED.get(kind)
        rows.append(
            Row(
                f"proof, {language}: {kind}",
                f"{100 * share:.2f} % of {judged[kind]}",
                wanted=f"{100 * wanted:.0f} %" if wanted else "-",
                good=share >= wanted if wanted else None,
            )
        )
    rows.append(
        Row(
            f"proof, {language}: mutants in all",
            str(len(made)),
            wanted=str(_LEAST_MUTANTS),
            good=len(made) >= _LEAST_MUTANTS,
        )
    )
    rows.append(Row(f"proof, {language}: a statement, median", f"{1000 * statistics.median(taken):.2f} ms"))
    return rows


if __name__ == "__main__":
    from benchmarks.row import table

    print(table(measure(show=int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
