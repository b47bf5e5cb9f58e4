"""Numbered steps stand in the order of the passage they come from, whatever order a writer gave them."""

from bot.answer import Citation, Statement
from bot.proof.steps import in_order, left_out

TEXT = "First file the form. Then pay the fee. Last take the card."
QUOTES = ("First file the form.", "Then pay the fee.", "Last take the card.")


def cited(number: int, quote: str, passage: str = "p") -> Citation:
    return Citation(number, "d", passage, "Title", "en", "", quote)


def test_reversed_steps_are_put_right_and_numbered_anew() -> None:
    statements = [Statement(f"{3 - n}. {quote}", (n + 1,)) for n, quote in enumerate(reversed(QUOTES))]
    citations = [cited(n + 1, quote) for n, quote in enumerate(reversed(QUOTES))]
    ordered, renumbered = in_order([Statement("Three steps.", (1,)), *statements], citations, {"p": TEXT})
    assert [one.text for one in ordered[1:]] == [f"{n}. {quote}" for n, quote in enumerate(QUOTES, start=1)]
    by_number = {one.number: one.quote for one in renumbered}
    assert [by_number[one.citations[0]] for one in ordered[1:]] == list(QUOTES)
    seen = [number for one in ordered for number in one.citations]
    assert list(dict.fromkeys(seen)) == sorted(set(seen))


def test_a_step_that_fell_leaves_no_hole() -> None:
    ordered, _ = in_order(
        [Statement(f"1. {QUOTES[0]}", (1,)), Statement(f"3. {QUOTES[2]}", (2,))],
        [cited(1, QUOTES[0]), cited(2, QUOTES[2])],
        {"p": TEXT},
    )
    assert [one.text[:2] for one in ordered] == ["1.", "2."]


def test_steps_of_several_passages_and_what_is_no_step_stay() -> None:
    statements = [Statement("1. One.", (1,), heading="A"), Statement("2. Two.", (2,)), Statement("Else.", (1,))]
    citations = [cited(1, "One.", "p"), cited(2, "Two.", "q")]
    assert in_order(statements, citations, {"p": "One.", "q": "Two."}) == (tuple(statements), tuple(citations))


LIST = "An investment goes through four steps:\n\n1. Decide on the project.\n2. File with the commission.\n3. File with the department.\n4. Register at a bank."


def test_steps_that_a_writer_left_out_are_found() -> None:
    told = [Statement("1. Decide on the project.", (1,)), Statement("2. Register at a bank.", (2,))]
    citations = [cited(1, "1. Decide on the project."), cited(2, "4. Register at a bank.")]
    missing = left_out(told, citations, {"p": LIST})
    assert missing == [("p", "2. File with the commission."), ("p", "3. File with the department.")]


def test_one_step_alone_and_a_list_with_other_numbers_miss_nothing() -> None:
    one = [Statement("1. Decide on the project.", (1,))]
    assert left_out(one, [cited(1, "1. Decide on the project.")], {"p": LIST}) == []
    two = [*one, Statement("2. File with the commission.", (2,))]
    citations = [cited(1, "1. Decide on the project."), cited(2, "3. File with the commission.")]
    assert left_out(two, citations, {"p": "1. Decide on the project.\n3. File with the commission."}) == []
