"""Addresses are found however they are written, ordinary texts hold none, and what goes out makes no link anywhere."""

import re

import pytest

from bot.answer import Answer, Citation, Outcome, Statement
from bot.channels.telegram.render import answer_messages
from bot.printing import answer_text
from bot.unlinked import PARTING, leads_out, unlinked

LINKED = re.compile(r"https?://|www\.|(?<![\w/])[@#/$]\w|\w\.[^\W\d]{2,}")
"""What clients make links of without being asked."""
ADDRESSES = (
    "gnerc.energy", "evil.me", "t.me", "permit.work", "gnerc.work/permit", "@evilbot", "@ministry_of_economy", "#permit", "/start", "evil。com",
    "evil．com", "evil․com", "ｅｖｉｌ.ｃｏｍ", "hxxp://evil.zz", "//evil.zz/a", "tg://resolve?domain=evil", "mailto:evil", "203.0.113.5/evil",
    "http:\\\\evil.zz", "ht\u200btps://evil.zz", "e\u200bvil.com", "[portal](evil)", "![x](evil.png)", "<img src=evil>", "<script>evil()", "evil.com.", "EVIL.COM",
    "Evil.Com", "evil.com.See", "javascript:evil", "data:text/html,evil", "evil.xn--p1ai", "evil@mail.ge", "минэк.рф", "商务部.中国", "163.com",
)  # fmt: skip
HIDDEN = ("evil[.]com", "evil (dot) com", "evil(.)io", "evil%2Ecom", "&#104;ttps", "[evil]: x")
PLAIN = (
    "No. 837/2025", "e.g. this, i.e. that", "ст.15", "report.pdf", "3.5 percent", "1,234.56", "U.S. steel", "т.е. так", "5 млн.руб.", "the rules.Next",
    "at 10:30 a.m.", "and/or", "км/ч", "25.11.2025", "HS 8507.60", "GB/T 24001", "第3.2.1节", "Fee: 5,000", "data: 5", "C# and F#", "#1", "a < b",
    "Co., Ltd.", "USD/EUR", "24/7", "1.2.3.4", "Article 3(a)", "и/или", "支持WTO。CBAM是", "5.kW",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_found_and_parted(address: str) -> None:
    assert leads_out(f"File it at {address} in time.")
    parted = unlinked(f"File it at {address} in time.")
    assert parted.replace(PARTING, "") == f"File it at {address} in time."
    assert PARTING in parted
    assert unlinked(parted) == parted


@pytest.mark.parametrize("address", HIDDEN)
def test_an_address_that_only_people_see_is_found(address: str) -> None:
    assert leads_out(f"See {address}" if not address.startswith("[") else address)


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_writing_is_no_address(text: str) -> None:
    assert not leads_out(f"It says {text} here.")
    assert unlinked(text) == text


def quoting(words: str) -> Answer:
    citation = Citation(1, "law/act.md", "law/act.md#1", "See evil.me", "en", "§ 1", words, issuer="@office")
    return Answer(
        "a", "c", "Where?", Outcome.ANSWERED, "en", unlinked(f"{words} [1]"), (Statement(unlinked(words), (1,)),), (citation,)
    )  # fmt: skip


def test_telegram_makes_no_link_of_a_quote() -> None:
    words = "It is filed at evil-portal.example/apply, with @evilbot, by /start or at https://solar-permits.shop?x=1."
    messages = answer_messages(
        quoting(words), language="en", link=lambda *_: "https://house.example/sources/law/act.md"
    )
    for message in messages:
        shown = re.sub(r"<[^>]*>", "", message.part.html)
        assert "evil" in shown
        assert LINKED.search(shown) is None


def test_a_terminal_makes_no_link_of_a_quote() -> None:
    words = "It is filed at https://solar-permits.shop?x=1."
    body = {
        "text": unlinked(words), "language": "en", "notes": [], "statements": [],
        "citations": [{"number": 1, "title": "A", "issuer": None, "date": None, "location": "", "document_id": "law/act.md", "quote": words}],
    }  # fmt: skip
    assert "https://" not in answer_text(body)
    assert "solar-permits.shop" not in answer_text(body)
