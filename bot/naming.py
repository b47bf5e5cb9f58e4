"""What of a document's card and headings may be said in our own voice: as a label, a name in a note, a next question.

A quote stands under its source's name; a label or a suggestion is ours. So a title or heading that speaks to an assistant,
leads elsewhere, or orders something that is not what is spoken of, is none: then another name is taken, or none at all.
"""

import re
from pathlib import PurePosixPath

from bot.proof.orders import is_order, is_to_the_writer
from bot.proof.reading import Reading, read
from bot.replies import reply
from bot.unlinked import leads_out

_TELEPHONE = re.compile(
    r"\+\s?\d[\d\s().-]{5,}\d"
    r"|\b(?:call|dial|phone|telephone|tel|whatsapp|sms|тел|телефон\w*|звони\w*|позвони\w*)\b[^\w+]{0,4}\+?\(?\d[\d\s().-]{2,}"
    r"|(?:电话|致电|拨打|来电|手机|微信)[^\w+]{0,3}\+?\d[\d\s-]{3,}",
    re.IGNORECASE,
)


def may_be_said(text: str, language: str) -> bool:
    """Whether a title or heading speaks to no assistant and has no address or telephone number in it."""
    return not _is_unfit(text, read(text, language))


def may_stand_beside(text: str, language: str, *, spoken_of: str) -> bool:
    """Whether a title or heading may stand as a label or in a question of ours.

    Args:
        spoken_of: an order shares a word with it, or is no label: "Apply for a visa" over what is told of visas.
    """
    reading = read(text, language)
    if _is_unfit(text, reading):
        return False
    is_question = text.rstrip(" »”\"'").endswith(("?", "？"))
    return is_question or not is_order(reading) or bool(reading.content & read(spoken_of, language).content)


def is_order_to_us(text: str, language: str) -> bool:
    """Whether words of a card speak to whoever writes the answer; then they are not even shown as a card's."""
    return is_to_the_writer(read(text, language))


def name_of(title: str, document_id: str, language: str, *, told_in: str) -> str:
    """The name a document is called by: its title, else its file's name; where neither may be said, words of ours.

    Args:
        language: of the document.
        told_in: the language in which it is named.
    """
    for name in (title, PurePosixPath(document_id).stem):
        if name and not is_to_the_writer(read(name, language)) and _TELEPHONE.search(name) is None:
            return name
    return reply("unnamed_document", told_in)


def _is_unfit(text: str, reading: Reading) -> bool:
    return is_to_the_writer(reading) or leads_out(text) or _TELEPHONE.search(text) is not None
