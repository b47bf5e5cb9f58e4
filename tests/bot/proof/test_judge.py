"""The verdict on a statement beside one passage: what is kept, and what is caught."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mutants import LANGUAGES, mutants, passages, truths
from benchmarks.texts import KNOWLEDGE
from bot.answer import Statement
from bot.citations import Prover
from bot.proof.judge import has_link, judge
from bot.proof.sources import Source
from bot.quotations import fold_space
from bot.writers import Claim
from retrieval import TERMBASE_FILE, Hit, Termbase
from tests.bot.makers import make_hit

EN = make_hit(
    "The VAT rate in Kazakhstan is 16 percent since 1 January 2026. Corporate income tax is 20 percent; for banks it is 25 "
    "percent. A foreign investor may apply to the Ministry of Industry within 30 working days. Small firms need not register "
    "for VAT, but must keep books.",
    title="Kazakhstan: taxes",
    countries=["KZ"],
)
ZH = make_hit(
    "自2026年7月1日起，中方投资额3亿美元以上的项目由国家发展改革委核准。企业应当在30个工作日内提交备案材料。外资企业不得经营烟草批发。",
    title="境外投资备案指南",
    language="zh",
    document_id="procedures/odi.zh.md",
    countries=["CN"],
)
RU = make_hit(
    "Ставка НДС в Казахстане с 1 января 2026 года составляет 16 процентов. Инвестор может подать заявление в течение 30 рабочих "
    "дней. Малые предприятия не обязаны регистрироваться.",
    title="Казахстан: налоги",
    language="ru",
    document_id="country/kz.ru.md",
    countries=["KZ"],
)


@pytest.fixture(scope="module")
def termbase() -> Termbase:
    return Termbase.load(KNOWLEDGE / TERMBASE_FILE)[0]


def reason(text: str, language: str, hit: Hit, termbase: Termbase | None = None) -> str:
    return judge(text, language, [Source(hit)], termbase).reason


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (EN, "en", "Since January 1, 2026 the VAT rate in Kazakhstan is 16%."),
        (EN, "en", "Corporate income tax is 20%; for banks it is 25%."),
        (EN, "en", "Small companies need not register for VAT, but must keep books."),
        (EN, "en", "A foreign investor can apply to the Ministry of Industry in no more than 30 business days."),
        (ZH, "zh", "企业须在三十个工作日以内递交备案材料。"),
        (ZH, "zh", "自2026年7月1日起，中方投资额达到3亿美元以上的项目，由国家发展改革委核准。"),
        (RU, "ru", "НДС в Казахстане с 01.01.2026 равен 16 %."),
        (RU, "ru", "Малые фирмы не обязаны регистрироваться."),
    ],
)
def test_the_same_in_other_words_is_kept(hit: Hit, language: str, text: str) -> None:
    assert reason(text, language, hit) == ""


@pytest.mark.parametrize(
    ("hit", "language", "text", "kind"),
    [
        (EN, "en", "Kazakhstan applies a VAT rate of 20 percent.", "figure"),
        (EN, "en", "Corporate income tax is 25 percent; for banks it is 20 percent.", "figure"),
        (EN, "en", "Kazakhstan applies a VAT rate of 16 percent since 1 January 2025.", "date"),
        (EN, "en", "Uzbekistan applies a VAT rate of 16 percent.", "country"),
        (EN, "en", "A foreign investor may apply to the Ministry of Industry within 30 days.", "figure"),
        (EN, "en", "A foreign investor must apply to the Ministry of Industry within 30 working days.", "cue"),
        (EN, "en", "A foreign investor may apply to the Ministry of Energy within 30 working days.", "name"),
        (EN, "en", "A foreign investor may not apply to the Ministry of Industry.", "cue"),
        (EN, "en", "Small firms need not register for VAT and need not keep books.", "cue"),
        (EN, "en", "Small firms need to register for VAT.", "cue"),
        (EN, "en", "VAT in Kazakhstan is 16 percent, which encourages smuggling across the southern border.", "unsupported"),
        (EN, "en", "The tax office closes on public holidays and on Fridays.", "unsupported"),
        (EN, "en", "The VAT rate in Kazakhstan is 16 percent, see https://tax.example", "link"),
        (ZH, "zh", "企业应当在20个工作日内提交备案材料。", "figure"),
        (ZH, "zh", "企业可以在30个工作日内提交备案材料。", "cue"),
        (ZH, "zh", "外资企业可以经营烟草批发。", "cue"),
        (ZH, "zh", "自2026年8月1日起，中方投资额3亿美元以上的项目由国家发展改革委核准。", "date"),
        (ZH, "zh", "中方投资额3亿美元以下的项目由国家发展改革委核准。", "figure"),
        (RU, "ru", "Ставка НДС в Узбекистане составляет 16 процентов.", "country"),
        (RU, "ru", "Малые предприятия обязаны регистрироваться.", "cue"),
        (RU, "ru", "Инвестор должен подать заявление в течение 30 рабочих дней.", "cue"),
        (RU, "ru", "Инвестор может подать заявление в течение 30 месяцев.", "figure"),
    ],
)  # fmt: skip
def test_what_was_changed_is_caught(hit: Hit, language: str, text: str, kind: str) -> None:
    assert reason(text, language, hit).startswith(kind), reason(text, language, hit)


@pytest.mark.parametrize(
    ("text", "language", "hit", "kept"),
    [
        ("哈萨克斯坦自2026年1月1日起增值税税率为16%。", "zh", EN, True),
        ("哈萨克斯坦自2026年1月1日起增值税税率为12%。", "zh", EN, False),
        ("乌兹别克斯坦自2026年1月1日起增值税税率为16%。", "zh", EN, False),
        ("В Казахстане с 1 января 2026 года ставка НДС — 16 процентов.", "ru", EN, True),
        ("В Казахстане с 1 февраля 2026 года ставка НДС — 16 процентов.", "ru", EN, False),
        ("The VAT rate in Kazakhstan is 16 percent from 1 January 2026.", "en", RU, True),
        ("The VAT rate in Kazakhstan is not 16 percent from 1 January 2026.", "en", RU, False),
        ("The VAT rate in Kazakhstan is 18 percent from 1 January 2026.", "en", RU, False),
        ("Bribery of customs officers is common.", "en", RU, False),
    ],
)
def test_across_languages_facts_and_terms_are_compared(
    text: str, language: str, hit: Hit, kept: bool, termbase: Termbase
) -> None:
    assert (reason(text, language, hit, termbase) == "") is kept, reason(text, language, hit, termbase)


@pytest.mark.parametrize(
    "text", ["see https://a.example", "www.a.example", "a@b.org", "[x](y)", "![x]", "<b>", "evil.com", "javascript:x"]
)
def test_a_link_is_seen(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize("text", ["16 percent.", "e.g. steel", "No. 5, Art. 3", "U.S. firms", "数据（3）", "1.5 km"])
def test_what_is_no_link_is_none(text: str) -> None:
    assert not has_link(text)


SAMPLE = 120
WANTED = {"figure": 0.96, "date": 0.96, "country": 0.96, "negation added": 0.9}


@pytest.mark.parametrize("language", LANGUAGES)
def test_true_sentences_of_the_folder_are_kept_and_changed_ones_caught(language: str, termbase: Termbase) -> None:
    """A sample of what ``python -m benchmarks proof`` measures in full."""
    chance = random.Random(11)
    hits = [
        hit
        for hit in passages(KNOWLEDGE, only=f".{language}." if language != "en" else "")
        if hit.passage.language == language
    ]
    said = list(truths(hits, language, chance=chance))
    chosen = chance.sample(said, min(SAMPLE, len(said)))
    kept = sum(not reason(truth.text, language, truth.hit, termbase) for truth in chosen)
    assert kept >= 0.97 * len(chosen)
    judged: dict[str, list[bool]] = {}
    for truth in chosen:
        for mutant in mutants(truth, language, chance):
            judged.setdefault(mutant.kind, []).append(bool(reason(mutant.text, language, truth.hit, termbase)))
    assert sum(map(len, judged.values())) > SAMPLE
    for kind, least in WANTED.items():
        assert sum(judged[kind]) >= least * len(judged[kind]), kind


@settings(max_examples=40)
@given(
    text=st.text(max_size=80)
    | st.sampled_from(["The VAT rate is 16 percent.", "Banks pay 25 percent.", "[1] {x} | y"]),
    numbers=st.lists(st.integers(-2, 5), max_size=4),
)
def test_whatever_a_model_says_each_statement_has_a_quote_that_stands_in_its_passage(
    text: str, numbers: list[int]
) -> None:
    prover = Prover([EN, ZH, RU], language="en")
    statement = prover.add(Claim(text, tuple(numbers)))
    held = {hit.passage.id: fold_space(hit.passage.text) for hit in (EN, ZH, RU)}
    assert statement is None or isinstance(statement, Statement)
    assert all(citation.quote in held[citation.passage_id] for citation in prover.citations)
    assert all(one.citations for one in prover.statements)


def test_a_row_for_less_does_not_prove_what_is_said_of_more() -> None:
    text = "投资额不足3亿美元的项目由省级部门备案。\n\n投资额3亿美元以上的项目由国家部门备案。"
    source = Source(make_hit(text, language="zh", title="备案"), frozenset())
    assert not judge("投资额3亿美元以上的项目由省级部门备案。", "zh", [source], None).proven
    assert judge("投资额不足3亿美元的项目，由省级部门备案。", "zh", [source], None).proven
