"""What a passage must be about, and must have, to cover a question."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.knowledge_base import KnowledgeBase
from tests.retrieval.works import write

TODAY = dt.date(2026, 11, 21)
FOLDER = {
    "country/uzbekistan.md": "title: Uzbekistan entry rules\ncountries: [UZ]\nlanguage: en\n---\n# Entry\n\n"
    "Citizens of China can enter Uzbekistan without a visa since 1 June 2025. A stay is limited to 30 days.\n",
    "country/kazakhstan.md": "title: Kazakhstan investment contracts\ncountries: [KZ]\nlanguage: en\n---\n# Contracts\n\n"
    "Kazakhstan offers an investment agreement for large projects.\n",
    "policy/serbia.md": "title: China and Serbia, free trade agreement\ncountries: [RS]\nlanguage: en\n---\n# Dates\n\n"
    "The free trade agreement between China and Serbia is in force since 1 July 2024.\n",
    "law/order.md": "title: Order No. 12 on drones\nlanguage: en\n---\n# Drones\n\n"
    "Article 15 of Order No. 12 sets up a register of drones.\n\n## Permit\n\n"
    "The drone permit is issued by the aviation office within ten days.\n\n## Licence\n\n"
    "The pilot licence costs 45 euros and is issued within a month.\n",
    "law/orchard.md": "title: Orchards\nlanguage: en\n---\n# Orchards\n\n"
    "An environmental licence for a cement factory is granted by the ministry of ecology after a public hearing.\n",
    "history/wood.md": "title: Wood\nlanguage: en\n---\n# Wood\n\nThe Austrian government taxed pine wood in 1850.\n",
    "law/laos.md": "title: 老挝投资促进法\ncountries: [LA]\nlanguage: zh\n---\n# 老挝\n\n老挝的新投资法2024年规定了鼓励目录。\n",
    "country/viet-nam.md": "title: Viet Nam\ncountries: [VN]\nlanguage: en\n---\n# Law\n\n"
    "Viet Nam has a new Law on Investment, in force since 1 March 2026.\n",
    "finance/banks.md": "title: 绿色投资原则\nlanguage: zh\n---\n# 银行\n\n绿色投资原则由银行自愿签署，哪一部门都不强制。\n",
    "law/zh.md": "title: 港口\nlanguage: zh\n---\n# 港口\n\n阿克套港由国家海运公司经营，全年开放。\n",
}


@pytest.fixture(scope="module")
def base(
    tmp_path_factory: pytest.TempPathFactory, packaged_model: SentenceTransformerEmbedder
) -> Iterator[KnowledgeBase]:
    """A few documents behind the real model."""
    place = tmp_path_factory.mktemp("retriever")
    for name, text in FOLDER.items():
        write(place / "knowledge", name, f"---\n{text}")
    base = KnowledgeBase.open_folder(place / "knowledge", place / "data", embedder=packaged_model)
    base.sync()
    yield base
    base.close()


def covered(base: KnowledgeBase, question: str) -> bool:
    return base.search(question, today=TODAY).covered


def test_a_passage_that_names_a_country_by_its_adjective_is_about_it(base: KnowledgeBase) -> None:
    found = base.search("What did the Austrian government tax in 1850?", today=TODAY)
    assert found.question.countries == found.hits[0].countries == {"AT"}
    assert found.covered


def test_a_document_on_another_country_that_names_the_one_asked_for_answers_but_says_so(base: KnowledgeBase) -> None:
    about = base.search("Can citizens of China enter Uzbekistan without a visa?", today=TODAY)
    in_passing = base.search("Which visas are needed to enter China?", today=TODAY)
    assert about.covered
    assert not about.only_named
    assert in_passing.covered
    assert in_passing.only_named == {"CN"}


def test_a_name_in_passing_is_not_enough_for_what_the_document_hardly_bears_out(base: KnowledgeBase) -> None:
    assert not covered(base, "What is the customs stay of citizens in the ports of China?")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Since when is the free trade agreement of China with Serbia in force?", True),
        ("What free trade agreement does China have with Kazakhstan?", False),
        ("中国与哈萨克斯坦的自贸协定是什么？", False),
        ("What investment agreement can a company from China sign in Kazakhstan?", True),
        ("Compare the agreements of Kazakhstan and Serbia", True),
    ],
)
def test_what_two_countries_agreed_upon_stands_where_both_are_named(
    base: KnowledgeBase, question: str, expected: bool
) -> None:
    assert covered(base, question) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does Article 15 of Order No. 12 set up?", True),
        ("What does Article 99 of Order No. 12 set up?", False),
        ("What does Article 12 of Order No. 12 set up?", False),
        ("What does Article 99 or Article 15 of Order No. 12 set up?", True),
        ("Что устанавливает статья 99 приказа № 12 о дронах?", False),
    ],
)
def test_an_article_that_is_asked_for_by_its_number_must_be_there(
    base: KnowledgeBase, question: str, expected: bool
) -> None:
    assert covered(base, question) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much does the pilot licence cost?", True),
        ("How much does the cement factory pay for the environmental licence?", False),
        ("Who grants the environmental licence for a cement factory?", True),
    ],
)
def test_what_tells_no_amount_does_not_answer_a_question_of_money(
    base: KnowledgeBase, question: str, expected: bool
) -> None:
    assert covered(base, question) is expected


def test_a_passage_in_another_language_must_bear_out_more_where_there_are_some_in_its_own(
    base: KnowledgeBase, tmp_path: Path, packaged_model: SentenceTransformerEmbedder
) -> None:
    question = "无人机登记册由谁维护？"  # the order sets up the register, and does not say who keeps it
    for name in FOLDER:
        if "language: zh" not in FOLDER[name]:
            write(tmp_path / "knowledge", name, f"---\n{FOLDER[name]}")
    without = KnowledgeBase.open_folder(tmp_path / "knowledge", tmp_path / "data", embedder=packaged_model)
    without.sync()
    alone = covered(without, question)
    without.close()
    assert (alone, covered(base, question)) == (True, False)


def test_a_country_whose_documents_are_all_in_another_language_asks_for_no_more(base: KnowledgeBase) -> None:
    question = (
        "Which incentives does the investment law of Laos give?"  # .3 below what is asked beside English ones on Laos
    )
    assert covered(base, question)


def test_what_hardly_touches_a_question_goes_behind_what_covers_it_however_alike_in_language(
    base: KnowledgeBase,
) -> None:
    found = base.search("飞行员执照由银行还是国家颁发？", today=TODAY)
    assert found.covered
    assert found.hits[0].passage.document_id == "law/order.md"
    assert {"finance/banks.md", "law/zh.md"} <= {hit.passage.document_id for hit in found.hits[2:]}
