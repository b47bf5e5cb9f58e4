import datetime as dt

import pytest

from retrieval.readers.furniture import date_in_head, furniture

ARTICLE = [
    "The pilot zone offers reduced land fees to manufacturers of solar equipment until the end of the year.",
    "Applications are examined within thirty days, and the decision is published on the site of the authority.",
]


def kept(lines: list[str]) -> list[str]:
    dropped = furniture(lines)
    return [line for index, line in enumerate(lines) if index not in dropped and line.strip()]


@pytest.mark.parametrize(
    "tail",
    [
        ["Contact us", "Sales hotline: 010-5555 0199", "E-mail: desk@example.org", "ADDRESS", "12 Harbour Street"],
        ["Contact: Mr Li", "Tel: 0571-88880000, 0571-88880001", "Email: li@example.cn", "Add: 杭州市西湖区88号"],
        [
            "联系我们",
            "电话：010-12345678",
            "邮箱：info@example.cn",
            "地址：北京市朝阳区1号",
            "工作时间",
            "周一至周五 9:00-17:00",
        ],
        ["Контакты", "Телефон: +7 (495) 123-45-67", "Эл. почта: info@example.ru", "Адрес: Москва, Тверская, 1"],
        ["QQ customer service: 123456789", "WeChat: 13800000000", "Working hours", "24 Hours, Monday - Friday"],
    ],
)
def test_a_contact_block_at_the_end_is_dropped_whole(tail: list[str]) -> None:
    assert kept([*ARTICLE, "", *tail]) == ARTICLE


def test_a_contact_block_in_the_middle_takes_no_text_with_it() -> None:
    block = ["Contact us", "Tel: 010-55550199", "Email: desk@example.org"]
    assert kept([ARTICLE[0], *block, "A short line", ARTICLE[1]]) == [ARTICLE[0], "A short line", ARTICLE[1]]


def test_contacts_far_from_both_ends_are_what_the_text_is_about() -> None:
    block = ["Ministry of Trade", "Tel: 010-55550199", "Email: desk@example.org"]
    numbered = [f"{ARTICLE[0]} Case {number}." for number in range(30)]
    assert kept([*numbered, *block, *reversed(numbered)])[30:33] == block


@pytest.mark.parametrize(
    "button",
    ["More", "Share", "Print this page", "Home", "分享到", "打印本页", "上一篇", "Подробнее", "Наверх", ">> More"],
)
def test_buttons_are_dropped(button: str) -> None:
    assert kept([ARTICLE[0], button, ARTICLE[1]]) == ARTICLE


@pytest.mark.parametrize(
    "line",
    [
        "Author: www.example.com",
        "Time:29/07/2021",
        "来源：经济日报",
        "发布时间：2024-05-01 10:00",
        "Источник: РБК",
        "Home > News > Policy",
        "We use cookies to improve your visit. By continuing you accept all cookies.",
    ],
)
def test_lines_about_the_page_are_dropped_at_its_head(line: str) -> None:
    assert kept(["Land fees in the pilot zone", line, *ARTICLE]) == ["Land fees in the pilot zone", *ARTICLE]


def test_a_headline_is_kept_once() -> None:
    assert kept(["News", "Land fees fall", "", "Land fees fall", "Land fees fall", *ARTICLE]) == [
        "Land fees fall",
        *ARTICLE,
    ]


def test_a_teaser_that_the_text_repeats_is_dropped() -> None:
    teaser = "The pilot zone offers reduced land fees to manufacturers of solar equipment."
    full = "The pilot zone offers reduced land fees to manufacturers of solar equipment, the mayor said on Monday."
    assert kept([teaser, full]) == [full]


@pytest.mark.parametrize(
    "line",
    [
        "Contact the customs office before the goods arrive, or the reduced rate is lost.",
        "Telephone companies pay a licence fee of 2 % of their turnover.",
        "More than 300 people attended.",
        "Websites that set cookies must ask for consent under Article 5 of the law.",
        "Address the declaration to the tax service in Astana.",
        "Home appliances: 12 % import duty",
        "Source materials must come from one of the two countries.",
        "Time limits: 30 days",
        "联系电话变更的，企业应当在十日内告知登记机关。",
        "Телефонные компании платят взнос в размере двух процентов.",
    ],
)
def test_sentences_are_never_furniture(line: str) -> None:
    assert kept([ARTICLE[0], line, ARTICLE[1], *ARTICLE, line + " Too."])[1] == line


def test_one_phone_number_alone_is_no_block() -> None:
    assert kept([*ARTICLE, "Hotline of the ministry: 1414"]) == [*ARTICLE, "Hotline of the ministry: 1414"]


def test_a_page_of_nothing_else_is_left_alone() -> None:
    lines = ["Contact us", "Tel: 010-55550199", "Email: desk@example.org"]
    assert kept(lines) == lines


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["A headline", "Time:29/07/2021"], dt.date(2021, 7, 29)),
        (["date 2022-12-15 Daily Online, Beijing"], dt.date(2022, 12, 15)),
        (["标题", "2021年7月29日 来源：新华网"], dt.date(2021, 7, 29)),
        (["Headline", "Published: July 29, 2021"], dt.date(2021, 7, 29)),
        (["Заголовок", "29 июля 2021"], dt.date(2021, 7, 29)),
        (
            ["2023-07-28，正文：住建部召开企业座谈会，就建筑业高质量发展和房地产市场平稳健康发展与企业进行深入交流。"],
            dt.date(2023, 7, 28),
        ),
        (["Headline", "Date: 03/04/2021"], None),
        (
            ["The law of 29 July 2021 on foreign trade enters into force at the beginning of the next calendar year."],
            None,
        ),
        (["Headline", "Date: 2021-02-31"], None),
        (["Headline", "Date: 2999-01-01"], None),
    ],
)
def test_a_date_is_taken_from_the_head_only_where_it_is_the_texts_own(lines: list[str], date: dt.date | None) -> None:
    assert date_in_head(lines) == date
