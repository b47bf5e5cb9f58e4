"""Questions that are asked back, over real files and indexes: which country, going abroad or coming in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Answer, Outcome
from bot.assistant import Assistant
from bot.clarifying import in_direction
from bot.store import Store
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase
from retrieval.embedder import SentenceTransformerEmbedder
from tests.bot.conftest import WritingHouse
from tests.bot.folder import fill
from tests.bot.makers import TODAY
from tests.parts import good

DOCUMENTS = {
    "country/kz.md": "---\ntitle: 'Kazakhstan: country card'\nlang: en\ncountries: [KZ]\n---\n# Kazakhstan: country card\n\n## Tax\n\nThe value added tax rate in Kazakhstan is 16 percent.\n\n## Water permits\n\nA water permit takes 40 days everywhere in the region.\n",
    "country/uz.md": "---\ntitle: 'Uzbekistan: country card'\nlang: en\ncountries: [UZ]\n---\n# Uzbekistan: country card\n\n## Tax\n\nUzbekistan charges value added tax at a rate of 12 percent.\n\n## Water permits\n\nA water permit takes 40 days everywhere in the region.\n",
    "country/uz.zh.md": "---\ntitle: 乌兹别克斯坦国别资料\nlang: zh\ncountries: [UZ]\n---\n# 乌兹别克斯坦国别资料\n\n## 签证\n\n乌兹别克斯坦商务签证的费用是80美元。\n",
    "country/kz.zh.md": "---\ntitle: 哈萨克斯坦国别资料\nlang: zh\ncountries: [KZ]\n---\n# 哈萨克斯坦国别资料\n\n## 签证\n\n哈萨克斯坦商务签证的费用是60美元。\n",
    "country/kz.ru.md": "---\ntitle: 'Казахстан: справка'\nlang: ru\ncountries: [KZ]\n---\n# Казахстан: справка\n\n## Земля\n\nСрок аренды земли в Казахстане составляет 25 лет.\n",
    "country/uz.ru.md": "---\ntitle: 'Узбекистан: справка'\nlang: ru\ncountries: [UZ]\n---\n# Узбекистан: справка\n\n## Земля\n\nСрок аренды земли в Узбекистане составляет 49 лет.\n",
    "country/tj.md": "---\ntitle: 'Tajikistan: country card'\nlang: en\ncountries: [TJ]\n---\n# Tajikistan: country card\n\n## Licences\n\nOld mining licences stay valid for 5 years.\n",
    "policy/sco.md": "---\ntitle: Tax meeting\nlang: en\n---\n# Tax meeting\n\nThe tax meeting of the region takes place in May.\n",
    "law/out.md": "---\ntitle: Record of projects going abroad\nlang: en\ncountries: [CN]\ndirection: out\n---\n# Record of projects going abroad\n\nThe commerce office decides on the record of a project within 3 working days.\n",
    "law/in.md": "---\ntitle: Record of projects coming in\nlang: en\ncountries: [CN]\ndirection: in\n---\n# Record of projects coming in\n\nThe commerce office decides on the record of a project within 7 working days.\n",
}  # fmt: skip
VAT = "What is the value added tax rate?"
RECORD = "How many working days does the commerce office need for the record of a project?"


@pytest.fixture(scope="module")
def knowledge(
    tmp_path_factory: pytest.TempPathFactory, packaged_model: SentenceTransformerEmbedder
) -> Iterator[KnowledgeBase]:
    place: Path = tmp_path_factory.mktemp("apart")
    base = KnowledgeBase.open_folder(fill(place / "knowledge", DOCUMENTS), place / "data", embedder=packaged_model)
    assert base.sync().failed == ()
    yield base
    base.close()


@pytest.fixture
def assistant(knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Assistant]:
    store = Store(tmp_path / "bot.sqlite")
    yield Assistant(knowledge, QuotingWriter(), store, today=TODAY)
    store.close()


def check_asked_back(answer: Answer) -> None:
    assert (answer.outcome, answer.statements, answer.citations) == (Outcome.CLARIFY, (), ())
    assert answer.retrieved


@pytest.mark.parametrize(
    ("question", "names", "figures"),
    [
        (VAT, ("Kazakhstan", "Uzbekistan"), ("16 percent", "12 percent")),
        ("商务签证的费用是多少？", ("哈萨克斯坦", "乌兹别克斯坦"), ("60美元", "80美元")),
        ("Каков срок аренды земли?", ("Казахстан", "Узбекистан"), ("25 лет", "49 лет")),
        # What the sentences do not hold of it, both do not.
        ("Какой срок аренды участка земли?", ("Казахстан", "Узбекистан"), ("25 лет", "49 лет")),
    ],
)
async def test_a_country_left_out_is_asked_for_and_each_offer_is_answered(
    assistant: Assistant, question: str, names: tuple[str, str], figures: tuple[str, str]
) -> None:
    back = await assistant.ask(question)
    check_asked_back(back)
    assert all(name in back.text for name in names)
    assert len(back.suggestions) == 2
    for offer in back.suggestions:
        answer = await assistant.ask(offer, conversation_id=back.conversation_id)
        wanted = figures[0] if names[0] in offer and not offer.startswith(names[1]) else figures[1]
        assert answer.outcome is Outcome.ANSWERED
        assert wanted in answer.text
        assert not any(other in answer.text for other in figures if other != wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("the second one", {"12 percent"}), ("both", {"12 percent", "16 percent"}), ("第一个", {"16 percent"})],
)
async def test_what_was_offered_can_be_counted_to(assistant: Assistant, said: str, wanted: set[str]) -> None:
    back = await assistant.ask(VAT)
    answer = await assistant.ask(said, conversation_id=back.conversation_id)
    assert {figure for figure in ("12 percent", "16 percent") if figure in answer.text} == wanted


async def test_the_same_again_in_another_language(assistant: Assistant) -> None:
    first = await assistant.ask("What is the value added tax rate in Kazakhstan?")
    again = await assistant.ask("in Chinese, please", conversation_id=first.conversation_id)
    assert (again.understood_as, again.language) == (first.question, "zh")
    assert "16 percent" in again.text


@pytest.mark.parametrize("said", ["Uzbekistan", "in Uzbekistan", "Uzbekistan, please", "Узбекистан"])
async def test_the_country_alone_is_an_answer_to_what_was_asked_back(assistant: Assistant, said: str) -> None:
    back = await assistant.ask(VAT)
    answer = await assistant.ask(said, conversation_id=back.conversation_id)
    assert "12 percent" in answer.text
    assert answer.understood_as is not None


async def test_what_goes_on_about_a_country_is_not_answered_for_another(assistant: Assistant) -> None:
    alone = await assistant.ask("Do old licences stay valid?")
    assert "5 years" in alone.text
    first = await assistant.ask("What is the value added tax rate in Kazakhstan?")
    second = await assistant.ask("Do old licences stay valid?", conversation_id=first.conversation_id)
    assert second.outcome is Outcome.NOT_COVERED
    assert second.understood_as == "Kazakhstan: Do old licences stay valid?"
    named = await assistant.ask("Do old licences stay valid in Tajikistan?", conversation_id=first.conversation_id)
    assert "5 years" in named.text


async def test_nothing_is_asked_back_twice_in_a_row(assistant: Assistant) -> None:
    back = await assistant.ask(VAT)
    check_asked_back(back)
    again = await assistant.ask(VAT, conversation_id=back.conversation_id)
    assert again.outcome is Outcome.ANSWERED


async def test_small_talk_is_no_question_that_was_asked_back(assistant: Assistant) -> None:
    hello = await assistant.ask("Hello!")
    check_asked_back(await assistant.ask(VAT, conversation_id=hello.conversation_id))


async def test_a_country_that_the_conversation_speaks_of_is_not_asked_for(assistant: Assistant) -> None:
    first = await assistant.ask("How long does a water permit take in Uzbekistan?")
    answer = await assistant.ask(VAT, conversation_id=first.conversation_id)
    assert answer.outcome is Outcome.ANSWERED
    assert (answer.question, answer.understood_as) == (VAT, f"Uzbekistan: {VAT}")
    assert "12 percent" in answer.text
    assert "16 percent" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What is the value added tax rate in Kazakhstan?",  # names its country
        "How long does a water permit take?",  # the same everywhere
        "When does the tax meeting take place?",  # belongs to no country
        "What is the value added tax rate in Central Asia?",  # names a region
        "What is the value added tax rate in both countries?",
        "Give me an overview of the value added tax rate",
        "In which country is the value added tax rate 12 percent?",  # asks for the country
    ],
)
async def test_a_question_with_one_reading_is_not_asked_back(assistant: Assistant, question: str) -> None:
    assert (await assistant.ask(question)).outcome is not Outcome.CLARIFY


async def test_a_direction_left_out_is_asked_for_and_each_offer_is_answered(assistant: Assistant) -> None:
    back = await assistant.ask(RECORD)
    check_asked_back(back)
    abroad, home = back.suggestions
    assert (abroad, home) == (f"Going abroad: {RECORD}", f"Coming to China: {RECORD}")
    out = await assistant.ask(abroad, conversation_id=back.conversation_id)
    assert "3 working days" in out.text
    assert "7 working days" not in out.text
    coming = await assistant.ask(home, conversation_id=back.conversation_id)
    assert "7 working days" in coming.text
    assert "3 working days" not in coming.text


async def test_a_direction_that_is_named_is_not_asked_for(assistant: Assistant) -> None:
    answer = await assistant.ask("How many working days does the commerce office need for a project going abroad?")
    assert answer.outcome is not Outcome.CLARIFY


def test_the_label_of_a_direction_is_taken_off_in_every_language() -> None:
    assert in_direction("走出去：项目备案要几天？") == ("项目备案要几天？", "out")
    assert in_direction("В Китае: сколько дней?") == ("сколько дней?", "in")
    assert in_direction("Going abroad is hard?") == ("Going abroad is hard?", None)


async def test_what_is_asked_back_is_streamed_and_stored(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    store = Store(tmp_path / "stored.sqlite")
    assistant = Assistant(knowledge, QuotingWriter(), store, today=TODAY)
    events = [event async for event in assistant.stream(VAT)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert "".join(event.text for event in events[:-1] if not isinstance(event, Answer)) == answer.text
    assert store.turns(answer.conversation_id, last=1) == [answer]
    assert not store.open_questions()
    store.close()


async def test_a_model_is_not_asked_to_choose_a_country(
    knowledge: KnowledgeBase, writing: WritingHouse, tmp_path: Path
) -> None:
    store = Store(tmp_path / "bot.sqlite")
    writing.server.part = good
    before = len(writing.server.asked)
    assistant = Assistant(knowledge, QuotingWriter(), store, model=writing.model, today=TODAY)
    check_asked_back(await assistant.ask(VAT))
    assert not [each for each in writing.server.asked[before:] if each.kind == "answer"]
    store.close()
