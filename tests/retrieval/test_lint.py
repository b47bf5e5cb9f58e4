"""The linter over real files: every kind of finding, and that a good folder has none."""

import datetime as dt
from pathlib import Path

import pytest

from retrieval import KnowledgeFolderError
from retrieval.links import links_in
from retrieval.lint import Severity, check_folder, is_mojibake

TODAY = dt.date(2026, 7, 1)
TEXT = (
    "The customs office charges a duty on every tonne of imported glass. An importer files the declaration within ten "
    "days after arrival, pays the duty at the cash desk of the port, and keeps the receipt for five years. Goods in "
    "transit are free of duty when the carrier shows the seal to the inspector at the border post before departure."
)


def write(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def card(text: str | None = TEXT, **changed: str | None) -> str:
    """A document with a complete card, some fields changed or (None) left out."""
    fields: dict[str, str | None] = {
        "title": "Glass duty", "lang": "en", "topic": "business_law", "countries": "[KZ]", "as_of": "2026-06-30",
        "review_by": "2027-01-31",
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in (fields | changed).items() if value is not None]
    return "\n".join(["---", *lines, "---", "# Glass duty", "", text or "", ""])


def lint(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Severity and message by path."""
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in check_folder(folder, today=TODAY)[1]:
        found.setdefault(finding.path, []).append((finding.severity.value, finding.message))
    return found


def has(findings: list[tuple[str, str]], severity: str, *parts: str) -> bool:
    return any(kind == severity and all(part in message for part in parts) for kind, message in findings)


def test_a_good_folder_has_no_finding(tmp_path: Path) -> None:
    write(tmp_path, "law/glass.md", card())
    write(tmp_path, "README.md", "for staff")
    write(tmp_path, "termbase.csv", "en,zh,ru,category\nduty,关税,пошлина,trade\n")
    assert check_folder(tmp_path, today=TODAY) == (1, [])
    with pytest.raises(KnowledgeFolderError):
        check_folder(tmp_path / "nowhere", today=TODAY)


def test_a_dropped_file_without_a_card_gets_one_warning(tmp_path: Path) -> None:
    write(tmp_path, "law/glass.txt", TEXT)
    assert lint(tmp_path) == {
        "law/glass.txt": [
            ("warning", "no card: title, date and countries are guessed; add front matter or glass.txt.yaml")
        ]
    }


@pytest.mark.parametrize("field", ["topic", "countries", "lang", "as_of", "review_by"])
@pytest.mark.parametrize("value", [None, "", "null"])
def test_a_card_that_lacks_a_field_is_an_error(tmp_path: Path, field: str, value: str | None) -> None:
    write(tmp_path, "law/glass.md", card(**{field: value}))
    assert ("error", f"no '{field}' in the front matter") in lint(tmp_path)["law/glass.md"]


def test_a_sidecar_is_a_card_too(tmp_path: Path) -> None:
    write(tmp_path, "law/glass.txt", TEXT)
    write(
        tmp_path,
        "law/glass.txt.yaml",
        "title: Glass\nlang: en\ncountries: [KZ]\ntopic: business_law\nas_of: 2026-06-30\n",
    )
    assert lint(tmp_path)["law/glass.txt"] == [("error", "no 'review_by' in the front matter")]


@pytest.mark.parametrize(
    ("changed", "severity", "part"),
    [
        ({"status": "in_force", "date_effective": "2027-01-01"}, "error", "date_effective 2027-01-01 is in the future"),
        ({"status": "in_force", "date_expires": "2026-01-01"}, "error", "date_expires 2026-01-01 has passed"),
        ({"review_by": "2026-06-30"}, "warning", "review_by 2026-06-30 has passed"),
        ({"kind": "event"}, "error", "an event needs 'tz'"),
        ({"confidence": "C"}, "warning", "confidence C is public"),
        ({"kind": "law", "source_type": "commentary"}, "warning", "find the official text"),
        ({"status": "superseded", "superseded_by": "[nobody]"}, "error", "superseded_by names 'nobody'"),
        ({"supersedes": "[nobody]"}, "warning", "supersedes names 'nobody'"),
        ({"translation_of": "nobody/zh"}, "warning", "translation_of names 'nobody'"),
        ({"colour": "red"}, "warning", "line 8: unknown field 'colour'"),
        ({"as_of": "yesterday"}, "warning", "line 6: as_of: 'yesterday' is not a date"),
        ({"lang": "zh"}, "warning", "lang is 'zh' but the text reads like 'en'"),
    ],
)
def test_what_a_card_says_wrongly(tmp_path: Path, changed: dict[str, str], severity: str, part: str) -> None:
    write(tmp_path, "law/glass.md", card(**changed))
    assert has(lint(tmp_path)["law/glass.md"], severity, part)


def test_what_cards_say_of_each_other(tmp_path: Path) -> None:
    write(tmp_path, "law/old.md", card(id="old", status="in_force"))
    write(tmp_path, "law/new.md", card(TEXT.upper()[:200], id="new", supersedes="[old]"))
    write(tmp_path, "law/twin.md", card("Quite another text about something else.", id="new"))
    write(tmp_path, "law/new.zh.md", card("玻璃进口须缴纳关税，进口商应在货物到达后十日内申报。", id="new", lang="zh"))
    found = lint(tmp_path)
    assert has(found["law/old.md"], "error", "law/new.md supersedes it")
    assert has(found["law/twin.md"], "error", "same id 'new' and language as law/new.md")
    assert "law/new.zh.md" not in found


def test_files_that_cannot_be_read_are_errors_with_their_reason(tmp_path: Path) -> None:
    write(tmp_path, "law/empty.md", "")
    write(tmp_path, "law/broken.pdf", b"%PDF-1.4 nothing")
    write(tmp_path, "law/program.exe", b"MZ")
    (tmp_path / "law" / "link.md").symlink_to(tmp_path / "law" / "empty.md")
    found = lint(tmp_path)
    assert has(found["law/empty.md"], "error", "empty")
    assert has(found["law/broken.pdf"], "error", "save it again")
    assert has(found["law/program.exe"], "error", ".exe")
    assert has(found["law/link.md"], "error", "is a link")


@pytest.mark.parametrize("name", ["glass.md", "laws/glass.md", "Law/glass.md", "misc/law/glass.md"])
def test_a_file_outside_the_nine_categories(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, card())
    assert has(lint(tmp_path)[name], "warning", "country, policy, law, procedures")


def test_copies_and_near_copies(tmp_path: Path) -> None:
    write(tmp_path, "law/a.md", card())
    write(tmp_path, "policy/copy.md", card())
    write(tmp_path, "law/edited.md", card(TEXT.replace("five years", "six years"), title="Glass duty, edited", id="e"))
    write(tmp_path, "law/other.md", card("Wind farms need a permit of the grid operator. " + TEXT[::-1]))
    found = lint(tmp_path)
    assert has(found["policy/copy.md"], "warning", "is the same file as law/a.md")
    assert has(found["law/edited.md"], "warning", "nearly the same text as law/a.md", "%")
    assert "law/other.md" not in found
    assert "law/a.md" not in found


def test_a_successor_or_a_translation_is_no_copy(tmp_path: Path) -> None:
    write(tmp_path, "law/2020.md", card(id="g2020", status="superseded", superseded_by="[g2025]"))
    write(tmp_path, "law/2025.md", card(TEXT.replace("ten", "nine"), id="g2025", supersedes="[g2020]"))
    write(tmp_path, "law/de.md", card(TEXT.replace("ten", "two"), id="g2025", lang="de", translation_of="g2025/en"))
    assert not any("same" in message for listed in lint(tmp_path).values() for _, message in listed)


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    write(tmp_path, "policy/there is.md", card("Here it is: another matter."))
    links = (
        "[good](../policy/there%20is.md#part) [self](glass.md?x=1) [site](https://example.org/x.md) [mail](mailto:a@b.c)\n"
        "[place](#top) ![picture](no.png) `[code](code.md)` [root](/policy/there%20is.md) [folder](../policy/)\n"
        "[dead](gone.md) [angle](<../policy/also gone.md>) [out](../../../etc/passwd) [zero](a%00b.md)\n"
        "```\n[fenced](fenced.md)\n```\n\n[ref]: ref.md\n"
    )
    write(tmp_path, "law/glass.md", card(TEXT + "\n\n" + links))
    found = [message for _, message in lint(tmp_path)["law/glass.md"]]
    named = [message.split("'")[1] for message in found]
    assert sorted(named) == ["../../etc/passwd", "law/a\0b.md", "law/gone.md", "law/ref.md", "policy/also gone.md"]
    assert any(message.startswith("line 15: links to 'law/gone.md'") for message in found)


def test_a_saved_page_is_not_blamed_for_its_menu(tmp_path: Path) -> None:
    page = f'<html><body><a href="/about">About</a><a href="rates.pdf">Rates</a><p>{TEXT}</p></body></html>'
    assert list(links_in(page, "law/page.html")) == [("law/rates.pdf", 1)]
    assert list(links_in("[x](y.md)", "law/plain.txt")) == []
    assert len(list(links_in("[" * 50_000 + "](" * 50_000, "law/deep.md"))) <= 1


def test_texts_in_no_language(tmp_path: Path) -> None:
    write(tmp_path, "market/signs.md", "qxv zzkrt brmpf wlkj qqq zzz xxy vvb")
    write(tmp_path, "market/figures.md", card("12 34 56\n\n78 90", lang="en").replace("# Glass duty", ""))
    found = lint(tmp_path)
    assert has(found["market/signs.md"], "warning", "its language cannot be told")
    assert has(found["market/figures.md"], "warning", "no words in it")


CHINESE = "企业境外投资应当向商务部门提交备案表，并保存相关资料五年。"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Пошлина взимается с каждой тонны.".encode().decode("cp1251", "ignore"), True),
        ("Пошлина взимается с каждой тонны.".encode().decode("cp1252", "ignore"), True),
        (CHINESE.encode().decode("gb18030", "replace"), True),
        ("The rate is ï»¿5â€“7 per cent", True),
        ("锟斤拷锟斤拷", True),
        ("a lost \ufffd sign", True),
        (CHINESE, False),
        ("平台概况", False),
        ("Пошлина взимается с каждой тонны — «5 %».", False),
        ("Қазақстан Республикасы", False),
        ("مناخ الاستثمار في مصر", False),
        ("Điều 5. Quyền và nghĩa vụ", False),
        ("5 °C ± 2 µm, 3 m², €7 – “ten”…", False),
    ],
)
def test_mojibake(line: str, wrong: bool) -> None:
    assert is_mojibake(line) is wrong


def test_mojibake_in_a_file_is_named_once(tmp_path: Path) -> None:
    bad = CHINESE.encode().decode("gb18030", "replace")
    write(tmp_path, "law/glass.md", card(f"{TEXT}\n\n{bad}\n\n{bad}"))
    (finding,) = lint(tmp_path)["law/glass.md"]
    assert finding[0] == "warning"
    assert finding[1].startswith("2 lines look like text opened in a wrong encoding")


def test_the_termbase_is_looked_through(tmp_path: Path) -> None:
    write(
        tmp_path,
        "termbase.csv",
        "en,zh,ru,category\nDuty,关税,пошлина,x\nduty ,税,сбор,x\nglass,,стекло,x\nonly,two\n\nbank,银行,Банк,x\nriver,河岸,банк,x\n",
    )
    (messages,) = lint(tmp_path).values()
    assert [message for _, message in messages] == [
        "line 3: 'duty' (en) stands on line 2 already; join the two rows",
        "line 4: no term in zh; questions in it do not find the others",
        "line 5: 2 cells where the header has 4; left out",
        "line 8: 'банк' (ru) stands on line 7 already; join the two rows",
    ]
    assert {kind for kind, _ in messages} == {"warning"}
    write(tmp_path, "termbase.csv", b"\xff\xfe\x00 not utf-8 \xff")
    assert has(lint(tmp_path)["termbase.csv"], "error" if False else "warning", "cannot be read")


def test_hostile_names_and_cards_end_no_check(tmp_path: Path) -> None:
    write(tmp_path, "law/<script> \n'\".md", card())
    write(tmp_path, "law/deep.md", "---\na: " + "[" * 5_000 + "\n---\ntext")
    write(tmp_path, "law/deep.txt.yaml", "x")
    count, findings = check_folder(tmp_path, today=TODAY)
    assert count == 3
    assert {finding.path for finding in findings if finding.severity is Severity.ERROR} >= {"law/deep.md"}


def test_the_shipped_folder_has_no_error() -> None:
    folder = Path(__file__).parent.parent.parent / "knowledge"
    _, findings = check_folder(folder, today=dt.date(2026, 11, 21))
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
