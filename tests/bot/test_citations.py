"""Nothing reaches a reader that its passage does not say."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.citations import Prover, prove
from bot.proof.judge import judge
from bot.proof.sources import Source
from bot.quotations import fold_space
from bot.writers import Claim
from tests.bot.makers import make_hit, make_question

TEXT = "The VAT rate is 16 percent.  It applies\nfrom 1 January 2026. It is unlawful under the code to evade it."
HIT = make_hit(TEXT, title="Kazakhstan: country card", headings=("Tax", "Value added tax"))
RATE = "The VAT rate is 16 percent."


def proven(text: str, *, hits: tuple[int, ...] = (1,), quote: str | None = None) -> bool:
    statements, citations = prove([Claim(text, hits, quote=quote if quote is not None else text)], [HIT])
    assert bool(statements) == bool(citations)
    return bool(statements)


def test_a_verbatim_sentence_is_proven() -> None:
    (statement,), (citation,) = prove([Claim(RATE, (1,), quote=RATE)], [HIT])
    assert (statement.text, statement.citations) == (RATE, (1,))
    assert (citation.number, citation.document_id, citation.passage_id) == (1, "law/act.md", "law/act.md#1")
    assert (citation.quote, citation.location) == (RATE, "§ Tax › Value added tax")


def test_white_space_does_not_count() -> None:
    assert proven("It applies from 1 January 2026.")
    (_,), (citation,) = prove(
        [Claim("It  applies\nfrom 1 January 2026.", (1,), quote="It applies\n from 1 January 2026.")], [HIT]
    )
    assert citation.quote == "It applies from 1 January 2026."


@pytest.mark.parametrize(
    "text",
    [
        "The VAT rate is 12 percent.",
        "The VAT rate is 16 percent",  # a quote of whole words is a quote
        "the vat rate is 16 percent.",
        "The VAT rate is not 16 percent.",
        "The VAT rate is 16 percent. It is low.",
    ],
)
def test_only_verbatim_words_are_proven(text: str) -> None:
    assert proven(text) is (fold_space(text) in fold_space(TEXT))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It is lawful under the code to evade it.", "lawful under the code to evade it."),
        ("lawful under the code", "lawful under the code"),
        ("6 percent.", "6 percent."),
        ("The VAT rate is 1", "The VAT rate is 1"),
        ("percent.", ""),
        ("", ""),
        ("   ", "  "),
    ],
)
def test_a_quote_is_whole_words(text: str, quote: str) -> None:
    assert not proven(text, quote=quote)


def test_chinese_has_no_spaces_between_words() -> None:
    hit = make_hit("企业应当在30日内办理备案。逾期不办的，处以罚款。", language="zh")
    statements, _ = prove([Claim("应当在30日内办理备案。", (1,), quote="应当在30日内办理备案。")], [hit])
    assert len(statements) == 1


@pytest.mark.parametrize("numbers", [(), (0,), (-1,), (2,), (99,), (-7, 0, 1000)])
def test_numbers_that_were_never_handed_out_prove_nothing(numbers: tuple[int, ...]) -> None:
    assert not proven(RATE, hits=numbers)


def test_one_good_number_among_unknown_ones_is_enough() -> None:
    assert proven(RATE, hits=(0, 7, 1))


def test_a_claim_without_a_quote_is_read_beside_its_passage() -> None:
    (statement,), (citation,) = prove([Claim("VAT is 16%.", (1,))], [HIT])
    assert (statement.text, citation.quote) == ("VAT is 16%.", RATE)
    assert prove([Claim("The minister resigned over the harvest.", (1,))], [HIT]) == ((), ())


@pytest.mark.parametrize(
    "label",
    [
        "Tax",
        "Value added tax",
        "Kazakhstan: country card",
        "Kazakhstan: country card › Tax",
        "Kazakhstan: country card › Tax › Value added tax",
        "Kazakhstan: country…",
    ],
)
def test_a_label_may_be_title_and_headings(label: str) -> None:
    assert proven(f"{label}: {RATE}", quote=RATE)


@pytest.mark.parametrize(
    "before",
    [
        "Uzbekistan: ",
        "tax: ",
        "Ta: ",
        "Tax › Uzbekistan: ",
        "Tax ",
        "un",
        "Kazakhstan: ",
        "The law no longer says: ",
        "Not so: ",
        "Uzbek…: ",
        "› : ",
    ],
)
def test_a_label_may_be_nothing_else(before: str) -> None:
    assert not proven(before + RATE, quote=RATE)


def test_nothing_may_follow_the_quote() -> None:
    assert not proven(f"{RATE} Never.", quote=RATE)


def test_numbers_follow_the_order_of_appearance() -> None:
    other = make_hit("Customs duty is 5 percent.", document_id="law/duty.md")
    unused = make_hit("Nothing of this is asked.", document_id="law/none.md")
    claims = [
        Claim("Customs duty is 5 percent.", (3,), quote="Customs duty is 5 percent."),
        Claim("An invented sentence.", (2,), quote="An invented sentence."),
        Claim(RATE, (2,), quote=RATE),
    ]
    statements, citations = prove(claims, [unused, HIT, other])
    assert [statement.citations for statement in statements] == [(1,), (2,)]
    assert [(c.number, c.document_id) for c in citations] == [(1, "law/duty.md"), (2, "law/act.md")]


def test_the_same_quote_keeps_its_number() -> None:
    claims = [Claim(RATE, (1,), quote=RATE), Claim(f"Tax: {RATE}", (1,), quote=f" {RATE}")]
    statements, citations = prove(claims, [HIT])
    assert [statement.citations for statement in statements] == [(1,), (1,)]
    assert len(citations) == 1


def test_the_same_words_in_two_passages_are_two_sources() -> None:
    twin = make_hit(TEXT, ordinal=2)
    claims = [Claim(RATE, (1,), quote=RATE), Claim(RATE, (2,), quote=RATE)]
    _, citations = prove(claims, [HIT, twin])
    assert [(c.number, c.passage_id) for c in citations] == [(1, "law/act.md#1"), (2, "law/act.md#2")]


@given(
    start=st.integers(0, len(TEXT) - 1),
    length=st.integers(1, len(TEXT)),
    position=st.integers(0, len(TEXT)),
    inserted=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=5),
)
def test_a_changed_quote_is_dropped(start: int, length: int, position: int, inserted: str) -> None:
    quote = TEXT[start : start + length]
    changed = quote[: position % len(quote)] + inserted + quote[position % len(quote) :]
    assume(fold_space(changed) not in fold_space(TEXT))
    assert not proven(changed)


@given(text=st.text(max_size=60), quote=st.text(max_size=60), number=st.integers(-3, 4))
def test_whatever_a_writer_claims_a_shown_quote_stands_in_its_passage(text: str, quote: str, number: int) -> None:
    claims = [Claim(text, (number,), quote=quote), Claim(f"Tax: {quote}", (number,), quote=quote)]
    statements, citations = prove(claims, [HIT])
    for citation in citations:
        assert citation.quote in fold_space(TEXT)
    for statement in statements:
        assert all(1 <= n <= len(citations) for n in statement.citations)
        assert fold_space(statement.text).endswith(citations[statement.citations[0] - 1].quote)


LEVIES = (
    make_hit(
        "The levy in Fimoria is 14 percent since 1 May 2025. Before that date it was 9 percent. It is paid monthly.",
        document_id="country/fimoria.md",
        title="Fimoria: levies",
        countries=["KZ"],
    ),
    make_hit(
        "The levy is 19 percent. Ferries pay 3 percent.",
        document_id="country/galenia.md",
        title="Galenia: levies",
        countries=["UZ"],
    ),
)


def said_of(*claims: tuple[str, int], countries: tuple[str, ...] = ()) -> list[str]:
    prover = Prover(LEVIES, language="en", question=make_question("What is the levy on ferries?", countries=countries))
    for text, number in claims:
        prover.add(Claim(text, (number,)))
    return [statement.text for statement in prover.statements]


def test_what_points_back_stands_behind_what_it_points_to() -> None:
    first, before = "The levy in Fimoria is 14 percent since 1 May 2025.", "Before that date it was 9 percent."
    assert said_of((first, 1), (before, 1)) == [first, before]
    assert said_of(("Ferries pay 3 percent.", 2), (before, 1)) == ["Ferries pay 3 percent.", f"{first} {before}"]
    assert said_of(("It is paid monthly.", 1)) == [f"{first} {before} It is paid monthly."]


def test_a_statement_names_its_country_where_several_were_asked_for() -> None:
    both = ("KZ", "UZ")
    assert said_of(("Ferries pay 3 percent.", 2), countries=both) == ["Uzbekistan: Ferries pay 3 percent."]
    assert said_of(("Ferries pay 3 percent.", 2), countries=("UZ",)) == ["Ferries pay 3 percent."]


def test_facts_of_two_documents_make_no_sentence() -> None:
    for text in (
        "The levy is 19 percent, and it is paid monthly.",
        "The levy is 19 percent; before that date it was 9 percent.",
    ):
        verdict = judge(text, "en", [Source(hit, frozenset()) for hit in LEVIES], None)
        assert not verdict.proven


def test_the_source_that_is_named_must_be_the_one_that_proves() -> None:
    sources = [Source(hit, frozenset()) for hit in LEVIES]
    assert judge("According to “Galenia: levies”, ferries pay 3 percent.", "en", sources, None).proven
    assert not judge("According to “Fimoria: levies”, ferries pay 3 percent.", "en", sources, None).proven
