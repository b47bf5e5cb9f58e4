"""Saved mails: subject, date and text. Who wrote to whom is left out, and so are attachments."""

import datetime as dt
import email
from email import policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from retrieval.document import Block
from retrieval.readers.cleaning import fold, strip_hidden
from retrieval.readers.decoding import DecodingError, decode
from retrieval.readers.source import Content, Source
from retrieval.readers.text import plain_blocks
from retrieval.readers.web import fragment_blocks

_MOST_NAMED = 10


def read_mail(source: Source) -> Content:
    """Reads a mail in the form that most programs save: its plain text, or else its page."""
    try:
        message = email.message_from_bytes(source.data, policy=policy.default)
        if not message.keys():
            raise source.refused("it has no head of a mail; save it again as .eml, or as .txt.")
        body = message.get_body(preferencelist=("plain", "html"))
        blocks = [] if body is None else _blocks(body)
        if not blocks and (page := message.get_body(preferencelist=("html",))) is not None:
            blocks = _blocks(page)
        attached = [
            fold(strip_hidden(part.get_filename() or "")) or "without a name" for part in message.iter_attachments()
        ]
        subject = fold(strip_hidden(str(message.get("subject", ""))))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise source.refused("its parts are damaged; save it again as .eml, or as .txt.") from None
    more = f" and {len(attached) - _MOST_NAMED} more" if len(attached) > _MOST_NAMED else ""
    names = ", ".join(attached[:_MOST_NAMED])
    return Content(
        blocks=tuple(blocks),
        title=subject or None,
        published=_day(message),
        warnings=(f"attachments are not read: {names}{more}; put them here as files",) if attached else (),
        names_parts=bool(subject),
    )


def _blocks(part: MIMEPart) -> list[Block]:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return []
    try:
        text = strip_hidden(decode(data, declared=part.get_content_charset()).text)
    except DecodingError:
        return []
    return fragment_blocks(text) if part.get_content_subtype() == "html" else plain_blocks(text.split("\n"))


def _day(message: EmailMessage) -> dt.date | None:
    try:
        return parsedate_to_datetime(str(message["date"])).date() if message["date"] else None
    except (ValueError, TypeError):
        return None
