"""Texts that people should not be able to do harm with."""

from __future__ import annotations

HOSTILE = {
    "empty": "",
    "blank": " ",
    "controls": "\x00\x07\x1b[31m",
    "markup": "<!channel> <@U0MARIA> <https://evil.example|click> *bold* _it_ `code` &amp; :wave:",
    "right to left": "\u202eright to left\u202c שלום مرحبا",
    "emoji": "Zoe\u0308 👩\u200d👩\u200d👧 🏥" * 40,
    "combining": "e" + "\u0301" * 3_000,
    "one long word": "A" * 40_000,
    "many words": "word " * 8_000,
    "half a pair": "\ud800 half of a pair",
    "many emoji": "🏥" * 20_000,
    "many lines": "\n" * 5_000,
}
