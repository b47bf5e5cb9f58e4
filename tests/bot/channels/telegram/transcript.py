"""The transcript of the fake Bot API as a picture for the README: ``python -m tests.bot.channels.telegram.transcript DATA OUT.png``.

It asks the real server over the documents to start with, and draws what Telegram would show: text and entities as they
were read from what was sent, not what was meant.
"""

import argparse
import html
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.server import serving
from tests.bot.channels.telegram.fake_api import TOKEN, Call, FakeTelegram, Json

QUESTIONS = {7: "Which groups of goods does CBAM cover?", 8: "境外投资备案需要哪些材料？"}
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
_STYLE = """
body { margin: 0; display: flex; background: #e7ebf0; font: 15px/1.4 "Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", sans-serif }
main { width: 430px; padding: 18px 16px; box-sizing: border-box } main + main { border-left: 1px solid #cfd8e0 }
.asked, .said { padding: 8px 12px; border-radius: 14px; white-space: pre-wrap; overflow-wrap: anywhere; width: fit-content }
.asked { background: #d6f5c8; margin: 0 0 10px auto } .said { background: #fff; max-width: 400px }
a { color: #1f6fb5; text-decoration: none }
blockquote { margin: 3px 0; padding: 4px 22px 4px 9px; background: #eef5fb; border-left: 3px solid #4a96d2; border-radius: 4px;
  font-size: 14px; position: relative } blockquote span { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden }
blockquote.folded::after { content: "⌄"; position: absolute; right: 7px; bottom: 1px; color: #4a96d2 }
.row { display: flex; gap: 5px; margin-top: 5px; max-width: 424px } .row span { flex: 1; background: #b9c9d6; color: #fff; border-radius: 9px;
  padding: 7px 8px; text-align: center; font-size: 13.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.row span { background: #7d9ab0 }
"""
_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "blockquote": ("<blockquote><span>", "</span></blockquote>"),
    "expandable_blockquote": ('<blockquote class="folded"><span>', "</span></blockquote>"),
}


def main() -> None:
    """Asks, and draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    settings = {"DRAGOMAN_TELEGRAM_TOKEN": TOKEN, "DRAGOMAN_PUBLIC_URL": "https://ask.example.org"}
    with FakeTelegram().running() as telegram:
        with serving(Path("knowledge"), given.data, DRAGOMAN_TELEGRAM_BASE_URL=telegram.url, **settings):
            for chat_id, question in QUESTIONS.items():
                telegram.say(question, chat_id)
            while not all(telegram.sent(chat_id) for chat_id in QUESTIONS):
                time.sleep(0.1)
        chats = "".join(
            f'<main><div class="asked">{html.escape(question)}</div>{"".join(map(drawn, telegram.sent(chat_id)))}</main>'
            for chat_id, question in QUESTIONS.items()
        )
    page = f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{chats}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        shown = browser.new_page(viewport={"width": 862, "height": 400}, device_scale_factor=1.5)
        shown.set_content(page)
        shown.screenshot(path=given.out, full_page=True)
        browser.close()


def drawn(call: Call) -> str:
    """A message with its buttons."""
    rows = call.params.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = "".join(f'<div class="row">{"".join(map(_button, row))}</div>' for row in rows)
    return f'<div class="said">{"".join(_pieces(call))}</div>{buttons}'


def _button(button: Json) -> str:
    arrow = " ↗" if "url" in button else ""
    return f"<span>{html.escape(button['text'])}{arrow}</span>"


def _pieces(call: Call) -> Iterator[str]:
    written, position = call.text.encode("utf-16-le"), 0
    for entity in call.entities:
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        yield html.escape(written[position:start].decode("utf-16-le"))
        opening, closing = _TAGS.get(entity.type, (f'<a href="{html.escape(entity.url)}">', "</a>"))
        yield opening + html.escape(written[start:end].decode("utf-16-le")) + closing
        position = end
    yield html.escape(written[position:].decode("utf-16-le"))


if __name__ == "__main__":
    main()
