"""The card of a document: what is right is kept, what is wrong is named with its line and the allowed values."""

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.metadata import (
    Access,
    FrontMatterError,
    Metadata,
    Status,
    check_fields,
    contradictions,
    missing_fields,
    read_fields,
    split_front_matter,
)

TODAY = dt.date(2026, 11, 21)


def card(source: str) -> tuple[Metadata, list[str]]:
    metadata, findings = check_fields(read_fields(source))
    return metadata, [str(finding) for finding in findings]


def test_front_matter_is_cut_off_and_the_text_is_left_as_it_is() -> None:
    fields, text = split_front_matter("---\ntitle: Card\nlang: en\n---\n# Text\n\n---\nnot a fence\n")
    assert dict(fields.values) == {"title": "Card", "lang": "en"}
    assert dict(fields.lines) == {"title": 2, "lang": 3}
    assert text == "# Text\n\n---\nnot a fence\n"


@pytest.mark.parametrize("text", ["# Text\n", "--- \n", "---\n\nA rule, then text.\n", "----\ntitle: x\n----\n", ""])
def test_a_text_without_front_matter_is_all_text(text: str) -> None:
    fields, rest = split_front_matter(text)
    assert (dict(fields.values), rest) == ({}, text)


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    fields, text = split_front_matter("\ufeff---\r\ntitle: Card\r\n---\r\nText\r\n")
    assert (fields.values["title"], text) == ("Card", "Text\r\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("---\ntitle: Card\nText goes on.\n", "no second --- line"),
        ("---\ntitle: Card\nnote: a: b\n---\n", "line 3: the front matter is not valid YAML"),
        ("---\n- a\n- b\n---\n", "list of 'field: value' lines"),
        ("---\nonly words\n---\n", "list of 'field: value' lines"),
    ],
)
def test_front_matter_that_cannot_be_read_says_where(text: str, complaint: str) -> None:
    with pytest.raises(FrontMatterError, match=complaint):
        split_front_matter(text)


def test_yaml_that_would_run_code_is_refused() -> None:
    with pytest.raises(FrontMatterError):
        read_fields("title: !!python/object/apply:os.system ['true']")


@given(st.text(max_size=80))
def test_any_front_matter_is_read_or_refused_in_our_words(source: str) -> None:
    with suppress(FrontMatterError):
        fields, _ = split_front_matter(f"---\n{source}\n---\ntext")
        check_fields(fields)


def test_every_kind_of_field_is_understood() -> None:
    metadata, findings = card(
        "id: kz\ntitle: 'Kazakhstan: card'\nlang: zh\ncountries: [KZ, NO, CN-BJ]\nregion: CENTRAL_ASIA\ntopic: risk_prevention\n"
        "status: in_force\nauthority: 2\ndate_issued: 2026-01-05\naccess: staff\nsource_url: https://example.org/a?b=c\n"
        "supersedes: old\nstage: design\nversion: 1.10\n"
    )
    assert findings == []
    assert metadata == Metadata(
        title="Kazakhstan: card",
        key="kz",
        language="zh",
        countries=("KZ", "NO", "CN-BJ"),  # YAML alone would read Norway as False
        region=("CENTRAL_ASIA",),
        topic="risk_prevention",
        status=Status.IN_FORCE,
        authority=2,
        date_issued=dt.date(2026, 1, 5),
        access=Access.STAFF,
        source_url="https://example.org/a?b=c",
        supersedes=("old",),
        extra=(("stage", "design"),),
        version="1.10",  # and this as 1.1
    )


@pytest.mark.parametrize(
    ("field", "allowed"),
    [
        ("status: valid", "in_force"),
        ("date_issued: 5 January 2026", "2026-07-31"),
        ("date_expires: 2026-02-30", "is not a date"),
        ("countries: [Kazakhstan]", "ISO 3166"),
        ("countries: XX", "ISO 3166"),
        ("lang: english language", "en, zh or ru"),
        ("authority: 9", "1 \\(law\\) to 8"),
        ("region: MARS", "CORRIDOR_<name>"),
        ("source_url: javascript:alert(1)", "https://"),
        ("topic: everything", "business_law"),
        ("title: [a, b]", "one value, not a list"),
        ("colour: red", "unknown field 'colour'"),
    ],
)
def test_a_wrong_value_is_left_out_and_said_with_its_line(field: str, allowed: str) -> None:
    metadata, findings = check_fields(read_fields(f"id: x\n{field}\n"))
    assert metadata == Metadata(key="x")
    (finding,) = findings
    assert finding.line == 2
    with pytest.raises(AssertionError, match=allowed):
        raise AssertionError(str(finding))


def test_a_wrong_access_closes_the_document() -> None:
    metadata, findings = card("access: secret\n")
    assert metadata.access is Access.STAFF, "a slip of the pen must not publish what was meant to be closed"
    assert "public, member, staff" in findings[0]


def test_the_folder_gives_the_topic_that_the_card_does_not() -> None:
    assert check_fields(read_fields(""), category="law")[0].topic == "business_law"
    assert check_fields(read_fields("topic: finance"), category="law")[0].topic == "finance"
    assert check_fields(read_fields(""), category="unknown")[0].topic is None


def test_the_date_shown_is_the_one_it_was_issued_else_the_next_best() -> None:
    issued, as_of = dt.date(2026, 1, 1), dt.date(2026, 6, 1)
    assert Metadata(date_issued=issued, as_of=as_of).date == issued
    assert Metadata(as_of=as_of).date == as_of
    assert Metadata().date is None


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        (Metadata(status=Status.IN_FORCE, date_effective=dt.date(2027, 1, 1)), "in the future"),
        (Metadata(status=Status.IN_FORCE, date_expires=dt.date(2026, 1, 1)), "has passed"),
        (Metadata(status=Status.IN_FORCE, superseded_by=("new",)), "superseded_by names new"),
        (Metadata(review_by=dt.date(2026, 1, 1)), "review_by 2026-01-01 has passed"),
        (Metadata(date_effective=dt.date(2027, 1, 2), date_expires=dt.date(2027, 1, 1)), "before date_effective"),
    ],
)
def test_what_cannot_all_be_true_is_said(metadata: Metadata, complaint: str) -> None:
    assert [complaint in str(finding) for finding in contradictions(metadata, TODAY)] == [True]


def test_a_sound_card_has_no_contradiction() -> None:
    sound = Metadata(status=Status.IN_FORCE, date_effective=TODAY, date_expires=TODAY, review_by=TODAY)
    assert contradictions(sound, TODAY) == ()


def test_what_an_editor_should_add_is_named() -> None:
    missing = [str(finding) for finding in missing_fields(Metadata(), ["topic", "region", "as_of"])]
    assert missing == ["no 'lang' in the front matter", "no 'review_by' in the front matter"]
