"""The whole path of a question, over real files, real indexes and the packaged model."""

import asyncio
import contextlib
import re
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer import Answer, Delta, NoteKind, Outcome
from bot.assistant import LONGEST_QUESTION, clean_question
from bot.errors import QuestionError
from bot.quotations import fold_space
from tests.bot.conftest import House


async def ask(house: House, question: str, *, language: str | None = None) -> Answer:
    answer = await house.assistant.ask(question, language=language)
    check_laws(house, answer)
    return answer


def check_laws(house: House, answer: Answer) -> None:
    """What holds for every answer, whatever was asked."""
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in answer.citations:
        passages = {passage.id: passage for passage in house.knowledge.passages(citation.document_id)}
        assert citation.quote in fold_space(passages[citation.passage_id].text)
    if answer.outcome in {Outcome.ANSWERED, Outcome.PARTIAL}:
        assert answer.statements
        assert all(statement.citations and set(statement.citations) <= set(numbers) for statement in answer.statements)
        assert {n for statement in answer.statements for n in statement.citations} == set(numbers)
        assert sorted({int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)}) == numbers
    else:
        assert (answer.statements, answer.citations) == ((), ())
        assert answer.text


@pytest.mark.parametrize(
    ("question", "language", "document", "words"),
    [
        ("What is the VAT rate in Kazakhstan?", "en", "country/kazakhstan.md", "16 percent"),
        ("What is the value added tax rate in Uzbekistan?", "en", "country/uzbekistan.md", "12 percent"),
        ("How long may citizens of China stay in Uzbekistan without a visa?", "en", "country/uzbekistan.md", "30 days"),
        ("境外投资备案几个工作日办结？", "zh", "procedures/filing.zh.md", "3个工作日"),
        ("办理境外投资备案需要提交哪些材料？", "zh", "procedures/filing.zh.md", "营业执照复印件"),
        (
            "За сколько дней регистрируется предприятие в Узбекистане?",
            "ru",
            "country/uzbekistan.ru.md",
            "два рабочих дня",
        ),
        (
            "От какого налога освобождаются участники свободных зон?",
            "ru",
            "country/uzbekistan.ru.md",
            "земельного налога",
        ),
    ],
)
async def test_a_question_is_answered_in_its_language_with_proof(
    house: House, question: str, language: str, document: str, words: str
) -> None:
    answer = await ask(house, question)
    assert (answer.outcome, answer.language) == (Outcome.ANSWERED, language)
    assert words in answer.text
    assert any(words in citation.quote and citation.document_id == document for citation in answer.citations)


async def test_a_list_is_given_whole(house: House) -> None:
    answer = await ask(house, "Which kinds of investment contract does Kazakhstan offer?")
    items = ("investment agreement", "agreement on investment obligations", "simplified contract")
    for item in items:
        assert item in answer.text
    lines = answer.citations[0].shown.splitlines()
    assert len(lines) > len(items), "an introduction, and each item on a line of its own"
    assert all(any(item in line for line in lines[1:]) for item in items)
    assert " ".join(lines) == answer.citations[0].quote


async def test_a_citation_carries_the_card(house: House) -> None:
    answer = await ask(house, "What is the VAT rate in Kazakhstan?")
    first = answer.citations[0]
    assert (first.title, first.issuer, first.location) == ("Kazakhstan: country card", "Test desk", "§ Tax")
    assert first.source_url == "https://example.org/kz"
    assert answer.retrieved[0] == "country/kazakhstan.md"


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("Who will win the next football World Cup?", "en", "do not cover"),
        ("下一届世界杯足球赛谁会夺冠？", "zh", "没有涉及"),
        ("Кто победит на следующем чемпионате мира по футболу?", "ru", "нет ответа"),
    ],
)
async def test_what_no_document_holds_is_not_covered(house: House, question: str, language: str, text: str) -> None:
    answer = await ask(house, question)
    assert (answer.outcome, answer.language) == (Outcome.NOT_COVERED, language)
    assert text in answer.text
    assert question in [open_one.question for open_one in house.store.open_questions()]


@pytest.mark.parametrize(
    ("question", "title", "held", "missing"),
    [
        ("Which port dues apply in Kazakhstan?", "Kazakhstan: country card", "“Kazakhstan”", "“port”"),
        ("Какова портовая пошлина в Узбекистане?", "Узбекистан", "«Узбекистане»", "«портовая»"),
    ],
)
async def test_a_near_miss_says_what_is_there_and_what_is_not(
    house: House, question: str, title: str, held: str, missing: str
) -> None:
    answer = await ask(house, question)
    assert answer.outcome is Outcome.NOT_COVERED
    assert title in answer.text
    assert 0 < answer.text.index(held) < answer.text.index(missing)


@pytest.mark.parametrize(
    "question", ["Quel est le taux de la taxe au Kazakhstan ?", "Kazakistan'da vergi oranı nedir?"]
)
async def test_a_question_in_a_language_we_have_no_words_of_says_in_which_it_can_be_asked(
    house: House, question: str
) -> None:
    answer = await ask(house, question)
    assert answer.outcome is Outcome.NOT_COVERED
    assert "can be asked in: English, Russian, Chinese" in answer.text


async def test_common_words_in_some_document_are_no_near_miss(house: House) -> None:
    answer = await ask(house, "How many days does a football match in Wembley take to register?")
    assert answer.outcome is Outcome.NOT_COVERED
    assert "“" not in answer.text


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is the VAT rate in Brazil?", "Brazil"),
        ("Какова ставка налога на добавленную стоимость в Бразилии?", "Бразилия"),
        ("巴西的增值税税率是多少？", "巴西"),
    ],
)
async def test_a_country_that_is_missing_is_named(house: House, question: str, name: str) -> None:
    answer = await ask(house, question)
    assert answer.outcome is Outcome.NOT_COVERED
    assert name in answer.text


async def test_what_is_quoted_of_another_country_is_told_so_and_labelled(house: House) -> None:
    answer = await ask(house, "How long may one stay in China without a visa?")
    assert "30 days" in answer.text
    assert "Uzbekistan" in answer.text
    assert any("only name China" in note.text for note in answer.notes)


async def test_a_side_with_documents_but_none_on_this_is_missing_too(house: House) -> None:
    answer = await ask(house, "Compare how long one may stay without a visa in Kazakhstan and Uzbekistan.")
    assert answer.outcome is Outcome.PARTIAL
    assert any("Kazakhstan" in note.text for note in answer.notes)
    assert "30 days" in answer.text
    assert all(citation.document_id.startswith("country/uzbekistan") for citation in answer.citations)


async def test_a_comparison_with_one_side_missing_is_partial(house: House) -> None:
    answer = await ask(house, "Compare the value added tax rate in Kazakhstan and Brazil.")
    assert answer.outcome is Outcome.PARTIAL
    assert "16 percent" in answer.text
    assert any("Brazil" in note.text for note in answer.notes)


async def test_a_comparison_quotes_both_sides(house: House) -> None:
    answer = await ask(house, "Compare the value added tax rate in Kazakhstan and Uzbekistan.")
    assert answer.outcome is Outcome.ANSWERED
    assert {"country/kazakhstan.md", "country/uzbekistan.md"} <= {c.document_id for c in answer.citations}


async def test_the_law_in_force_goes_first_and_the_old_one_is_marked(house: House) -> None:
    answer = await ask(house, "What is the deposit on an industrial battery?")
    assert "80 euros" in answer.statements[0].text
    old = {c.number for c in answer.citations if c.document_id == "law/batteries-2020.md"}
    marked = {n for note in answer.notes if note.kind is NoteKind.SUPERSEDED for n in note.citations}
    assert old == marked


async def test_a_law_to_come_is_marked(house: House) -> None:
    answer = await ask(house, "Who must certify an electrolyser above 10 megawatts?")
    assert answer.outcome is Outcome.ANSWERED
    assert [note.kind for note in answer.notes] == [NoteKind.NOT_YET_IN_FORCE]


async def test_a_document_for_staff_is_never_quoted(house: House) -> None:
    answer = await ask(house, "What is the penalty for late zirconium paperwork?")
    assert "777" not in answer.text
    assert "risk/secret.md" not in answer.retrieved


async def test_the_reply_language_can_be_chosen(house: House) -> None:
    answer = await ask(house, "What is the VAT rate in Kazakhstan?", language="ru")
    assert answer.language == "ru"
    assert [note.kind for note in answer.notes] == [NoteKind.OTHER_LANGUAGE]
    refused = await ask(house, "Who will win the next football World Cup?", language="zh")
    assert "没有涉及" in refused.text


async def test_a_conversation_goes_on_under_its_name(house: House) -> None:
    first = await ask(house, "What is the VAT rate in Kazakhstan?")
    second = await house.assistant.ask(
        "What is the corporate income tax in Kazakhstan?", conversation_id=first.conversation_id
    )
    assert [turn.id for turn in house.store.turns(first.conversation_id)] == [first.id, second.id]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "empty_question"),
        (" \n\t\u3000 ", "empty_question"),
        ("\x00\x01\x02\x7f", "empty_question"),
        ("\u200b\u202e\ufeff", "empty_question"),
        ("😀🎉🤷‍♀️", "no_words"),
        ("?!… — «»", "no_words"),
        ("word " * 20_000, "too_long"),
        ("字" * 100_000, "too_long"),
        ("x" * (LONGEST_QUESTION + 1), "too_long"),
    ],
)
async def test_a_question_that_is_none_is_told_so(house: House, question: str, code: str) -> None:
    with pytest.raises(QuestionError) as told:
        await house.assistant.ask(question)
    assert told.value.code == code
    assert told.value.message


@pytest.mark.parametrize(
    ("question", "letters"), [("字" * 3_000, "个字符"), ("вопрос " * 1_000, "знаков"), ("word " * 1_000, "characters")]
)
def test_the_refusal_is_in_the_language_of_the_question(question: str, letters: str) -> None:
    with pytest.raises(QuestionError, match=letters):
        clean_question(question, language=None)


def test_control_characters_are_dropped_and_joiners_kept() -> None:
    assert clean_question("VAT\x00rate\u202e in\nKazakhstan\ud800?", language=None) == "VAT rate in Kazakhstan ?"
    assert clean_question("می\u200cخواهم", language=None) == "می\u200cخواهم"


@pytest.mark.parametrize(
    "question",
    [
        "ما هو معدل ضريبة القيمة المضافة في كازاخستان؟",
        "מהו שיעור המע״מ?",
        "ภาษีมูลค่าเพิ่มคือเท่าไร",
        "α β γ δ;",
        "१६ प्रतिशत",
        "\x07 What is \x1b[31m the VAT rate in Kazakhstan?",
        "'; DROP TABLE passages; --",
        'title:(VAT AND "rate") OR *:* ~10^2',
        "a",
        "1",
        "x" * LONGEST_QUESTION,
        "{countries} %s {0} [1]",
    ],
)
async def test_strange_questions_get_a_clear_answer(house: House, question: str) -> None:
    answer = await ask(house, question)
    assert answer.outcome in {Outcome.ANSWERED, Outcome.NOT_COVERED, Outcome.PARTIAL}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.text(max_size=80)
    | st.text("VAT rate Kazakhstan 16 备案材料 налог \u0000\u202e[](){}*?~^:\"'\\", max_size=60)
)
async def test_any_text_gets_an_answer_or_a_question_error(house: House, question: str) -> None:
    with contextlib.suppress(QuestionError):
        check_laws(house, await house.assistant.ask(question))


def test_examples_are_in_the_language_of_the_reader(house: House) -> None:
    assert any("境外投资备案办事指南" in example for example in house.assistant.examples("zh"))
    assert not any("Staff only" in example for example in house.assistant.examples("en"))


async def test_a_stream_gives_the_words_first_and_the_answer_last_and_once(house: House) -> None:
    events = [event async for event in house.assistant.stream("What is the VAT rate in Kazakhstan?")]
    *deltas, answer = events
    assert isinstance(answer, Answer)
    assert "".join(delta.text for delta in deltas if isinstance(delta, Delta)) == answer.text
    assert house.store.answer(answer.id) == answer


async def test_a_stream_that_is_closed_early_stores_nothing(house: House) -> None:
    stream = house.assistant.stream("What is the VAT rate in Kazakhstan?", conversation_id="left-early")
    assert isinstance(await anext(stream), Delta)
    await stream.aclose()
    assert house.store.turns("left-early") == []


async def test_whoever_ends_it_while_it_is_stored_can_forget_it_afterwards(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, keeping, may_keep = house.store.keep, threading.Event(), threading.Event()

    def slowly(answer: Answer) -> None:
        keeping.set()
        may_keep.wait(timeout=10)
        keep(answer)

    monkeypatch.setattr(house.store, "keep", slowly)
    asking = asyncio.create_task(house.assistant.ask("Hello!", conversation_id="ended"))
    await asyncio.to_thread(keeping.wait, 10)
    asking.cancel()
    asyncio.get_running_loop().call_later(0.2, may_keep.set)
    await asyncio.gather(asking, return_exceptions=True)
    assert asking.cancelled()
    assert house.store.forget("ended") == 1, "it was stored before it ended, so that there is something to forget"
    assert not house.store.turns("ended")
