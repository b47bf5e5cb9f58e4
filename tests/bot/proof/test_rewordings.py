"""Statements in other words that are turned back into their source's, and those that only look so."""

import pytest

from bot.proof.judge import judge
from bot.proof.rewordings import wordings
from bot.proof.short_names import names_given
from bot.proof.shorter import parts, said_of_each
from bot.proof.sources import Source
from retrieval import Hit
from tests.bot.makers import make_hit

CORVIA = make_hit(
    "Kenya regulates salt projects by the Salt Rules 2024, dated 17 May 2024. The National Salt Authority (NSA) has been the designated "
    "authority of Kenya for salt since 12 June 2024. Under the ferry programme of 2024 Kenya gives no new permits to ports. The Salt Rules "
    "abolished the earlier register of sellers. The seller makes the filing with the port office, which issues the ferry paper about "
    "three working days after a complete form. If the seller is a bank, or if the buyer pays USD 3 million or more, the filing goes to "
    "the Council. Visitors cannot use this procedure. The application must be filed at least 60 days before work begins. Ports of 15 MW or "
    "less are exempt from the paper.\n\nPoint of the ferry rules: Down payment by the buyer; Term: 15 percent\nPoint of the ferry rules: "
    "Start of the sale of papers; Date: 1 February 2027",
    title="Kenya: the ferry rules",
    countries=("KE",),
)
ZH = make_hit(
    "主管部门逾期不作决定的，视为批准。没有方法，项目就不能登记。盐务条例取代了渡轮条例。盐务局2025年10月2日发布盐务指南。中央企业的项目，或者大型项目，由盐务局备案。"
    "《盐务规定》即第37号令，2026年5月5日签署，2026年6月1日公布，自2026年7月1日起施行。",
    title="盐务规则",
    language="zh",
)
RU = make_hit(
    "Сбор платят крупные порты Кении. Порог в 50 тонн не действует для соли и зерна. Программа Кении предусматривала 26 процентов соли и 4,5 ГВт "
    "мощностей. Кения не входит в Союз. Порты мощностью до 30 МВт освобождены от сбора. Лицензию выдаёт Соляное управление в течение 45 дней.",
    title="Кения: справка",
    language="ru",
    countries=("KE",),
)


def proven(text: str, language: str, hit: Hit) -> bool:
    return judge(text, language, [Source(hit, frozenset())], None).proven


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (CORVIA, "en", "Salt projects in Kenya are regulated by the Salt Rules 2024."),
        (CORVIA, "en", "Since 12 June 2024, the designated authority for salt in Kenya has been NSA."),
        (CORVIA, "en", "Kenya grants no new permits to ports under the 2024 ferry programme."),
        (CORVIA, "en", "The earlier register of sellers was abolished by the Salt Rules."),
        (CORVIA, "en", "The port office issues the ferry paper about three working days after a complete form."),
        (CORVIA, "en", "If the buyer pays USD 3 million or more, the filing goes to the Council."),
        (CORVIA, "en", "Visitors can't use this procedure."),
        (CORVIA, "en", "File the application no later than 60 days before work begins."),
        (CORVIA, "en", "Ports of up to 15 MW do not need the paper."),
        (CORVIA, "en", "The buyer's down payment is 15 percent."),
        (CORVIA, "en", "The sale of papers will begin on 1 February 2027."),
        (ZH, "zh", "如果主管部门逾期未作决定，则视为批准。"),
        (ZH, "zh", "若没有方法，项目不得登记。"),
        (ZH, "zh", "渡轮条例已被盐务条例取代。"),
        (ZH, "zh", "2025年10月2日，盐务局发布了盐务指南。"),
        (ZH, "zh", "大型项目，由盐务局备案。"),
        (ZH, "zh", "第37号令于2026年7月1日起施行。"),
        (RU, "ru", "Сбор уплачивают крупные порты."),
        (RU, "ru", "Порог в 50 тонн не распространяется на соль и зерно."),
        (RU, "ru", "Программа предусматривала 4,5 ГВт мощностей."),
        (RU, "ru", "Кения не является членом Союза."),
        (RU, "ru", "Порты до 30 МВт не платят сбора."),
        (RU, "ru", "Лицензию Соляное управление выдаёт в течение 45 дней."),
    ],
)
def test_the_same_in_other_words_is_kept(hit: Hit, language: str, text: str) -> None:
    assert proven(text, language, hit)


@pytest.mark.parametrize(
    ("hit", "language", "text"),
    [
        (CORVIA, "en", "The Salt Rules 2024 are regulated by salt projects in Kenya."),
        (CORVIA, "en", "Salt projects in Kenya were regulated by the Salt Rules 2024."),
        (CORVIA, "en", "Salt projects in Egypt are regulated by the Salt Rules 2024."),
        (CORVIA, "en", "Since 12 June 2024, the designated authority for salt in Kenya has been the port office."),
        (CORVIA, "en", "Ports grant no new permits to Kenya under the 2024 ferry programme."),
        (CORVIA, "en", "The Salt Rules were abolished by the earlier register of sellers."),
        (CORVIA, "en", "The Salt Rules were abolished."),
        (CORVIA, "en", "The seller issues the ferry paper about three working days after a complete form."),
        (CORVIA, "en", "The seller issues the ferry paper."),
        (CORVIA, "en", "If the buyer pays less than USD 3 million, the filing goes to the Council."),
        (CORVIA, "en", "The filing goes to the Council."),
        (CORVIA, "en", "Visitors can use this procedure."),
        (CORVIA, "en", "File the application no later than 60 days after work begins."),
        (CORVIA, "en", "Ports do not need the paper."),
        (CORVIA, "en", "The seller's down payment is 15 percent."),
        (CORVIA, "en", "The sale of papers began on 1 February 2026."),
        (ZH, "zh", "如果主管部门逾期作出决定，则视为批准。"),
        (ZH, "zh", "如果企业逾期未作决定，则视为批准。"),
        (ZH, "zh", "若没有方法，项目就能登记。"),
        (ZH, "zh", "盐务条例已被渡轮条例取代。"),
        (ZH, "zh", "2026年5月5日，盐务局发布了盐务指南。"),
        (ZH, "zh", "项目由盐务局备案。"),
        (ZH, "zh", "第37号令于2026年6月1日起施行。"),
        (RU, "ru", "Сбор уплачивают порты."),
        (RU, "ru", "Порог в 50 тонн распространяется на соль и зерно."),
        (RU, "ru", "Программа предусматривала 26 процентов мощностей."),
        (RU, "ru", "Кения является членом Союза."),
        (RU, "ru", "Порты свыше 30 МВт не платят сбора."),
        (RU, "ru", "Лицензия выдаёт Соляное управление в течение 30 дней."),
    ],
)
def test_what_only_looks_the_same_falls(hit: Hit, language: str, text: str) -> None:
    assert not proven(text, language, hit)


def test_no_name_is_put_before_a_step_as_if_it_took_it() -> None:
    hit = make_hit(
        "The seller takes two steps:\n\n1. Check the port.\n2. If there is a loss, give notice.", title="Saltco: cover"
    )
    assert not proven("Saltco checks the port.", "en", hit)
    assert not proven("If there is a loss, Saltco gives notice.", "en", hit)


def test_two_countries_in_one_sentence_are_held_against_a_document_each() -> None:
    hits = [
        make_hit(
            f"The licence is valid for {years} years.",
            title=f"{name}: rules",
            document_id=f"{code}.md",
            countries=(code,),
        )
        for years, name, code in ((25, "Kenya", "KE"), (20, "Egypt", "EG"))
    ]
    sources = [Source(hit, frozenset()) for hit in hits]
    said = "The licence is valid for 25 years in Kenya and 20 years in Egypt."
    assert {quote.source.hit.passage.document_id for quote in judge(said, "en", sources, None).quotes} == {
        "KE.md",
        "EG.md",
    }
    other = "The licence is valid for 20 years in Kenya and 25 years in Egypt."
    assert not judge(other, "en", sources, None).proven


def test_what_holds_back_one_thing_said_is_not_lost_with_the_other() -> None:
    assert "The port is open" not in parts("The port is open and was built by Saltco only if the Council agrees.", "en")
    assert "The port has been open since 2 May 2024." in parts(
        "The port was built in 2020 and has been open since 2 May 2024.", "en"
    )
    assert not list(said_of_each("The fee is 5 and 10 percent respectively", "en"))
    assert not parts("Салт и Порт получают 5 процентов и 10 процентов соответственно.", "ru")


def test_a_short_name_is_one_only_if_the_text_says_so() -> None:
    text = "The National Salt Authority (NSA) and the Ministry of Ports (Kenya) met. A value added tax (VAT) is paid."
    assert ("National Salt Authority", "NSA") in names_given(text, "Notes")
    assert ("value added tax", "VAT") in names_given(text, "Notes")
    assert all(short != "Kenya" for _, short in names_given(text, "Notes"))


def test_of_one_sentence_only_so_many_are_made() -> None:
    text = "The port's ferry's seller's buyer's paper's fee's rate is set by the Council's Salt Office's rules in 2024 by law."
    assert len(wordings(text, "en")) <= 10


@pytest.mark.parametrize(
    "text",
    [
        "The port covers three groups of goods:\n" + "salt and grain of the north\n" * 30 + ";",
        "The salt is kept " + "by the port " * 80,
        "Under " + "Law No. 5 of 2020 on Salt " * 35 + "x",
        "if " + "salt, or if " * 80,
        "Salt " * 190 + "(NSA)",
    ],
)
def test_a_line_without_end_is_read_to_its_end(text: str) -> None:
    """A rule that went back and forth over it would never come to this line."""
    assert not proven(text[:390], "en", CORVIA)
    assert parts(text, "en") == ()
    assert names_given(text * 2, text) is not None
