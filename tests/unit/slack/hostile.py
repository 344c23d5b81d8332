"""Texts that people should not be able to do harm with."""

from __future__ import annotations

HOSTILE = (
    "",
    " ",
    "\x00\x07\x1b[31m",
    "<!channel> <@U0MARIA> <https://evil.example|click> *bold* _it_ `code` &amp; :wave:",
    "\u202eright to left\u202c שלום مرحبا",
    "Zoe\u0308 👩\u200d👩\u200d👧 🏥" * 40,
    "e" + "\u0301" * 3_000,
    "A" * 40_000,
    "word " * 8_000,
    "\ud800 half of a pair",
    "🏥" * 20_000,
    "\n" * 5_000,
)
