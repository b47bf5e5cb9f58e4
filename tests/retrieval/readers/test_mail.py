import datetime as dt
from email.message import EmailMessage

import pytest

from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.mail import read_mail
from retrieval.readers.source import Content, Source


def read(data: bytes) -> Content:
    return read_mail(Source("events/a.eml", data, ReadLimits()))


def mail(text: str | None, page: str | None = None, charset: str = "utf-8") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Пошлина на турбины"
    message["From"] = "Anna Private <anna@private.example>"
    message["To"] = "desk@house.example"
    message["Date"] = "Mon, 06 May 2024 10:00:00 +0800"
    if text is not None:
        message.set_content(text, charset=charset)
    if page is not None and text is not None:
        message.add_alternative(page, subtype="html")
    elif page is not None:
        message.set_content(page, subtype="html")
    return message


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "gb18030"])
def test_subject_date_and_text_are_read_and_people_left_out(charset: str) -> None:
    content = read(mail("Пошлина снижена до трёх процентов с первого мая этого года.\n", charset=charset).as_bytes())
    assert content.title == "Пошлина на турбины"
    assert content.published == dt.date(2024, 5, 6)
    assert [block.text for block in content.blocks] == ["Пошлина снижена до трёх процентов с первого мая этого года."]


def test_a_mail_that_is_only_a_page_is_read_as_one() -> None:
    content = read(mail(None, "<h1>Duty</h1><p>Three percent.</p><script>x()</script>").as_bytes())
    assert [(block.kind.value, block.text) for block in content.blocks] == [
        ("heading", "Duty"),
        ("paragraph", "Three percent."),
    ]


def test_attachments_are_named_and_not_opened() -> None:
    message = mail("See the table.", "<p>See the table.</p>")
    message.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="rates.zip")
    content = read(message.as_bytes())
    assert content.warnings == ("attachments are not read: rates.zip; put them here as files",)
    assert [block.text for block in content.blocks] == ["See the table."]


def test_what_is_no_mail_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="no head of a mail"):
        read(b"\n\nHello")


def test_a_mail_of_many_nested_parts_is_refused_in_words() -> None:
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(3_000)
    )
    with pytest.raises(UnreadableFileError, match="its parts are damaged"):
        read(b"Subject: x\n" + parts)
