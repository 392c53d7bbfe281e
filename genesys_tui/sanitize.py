"""The sanitiser: text from outside, made harmless to show in a terminal.

Without state, a code point at a time, so that an escape sequence split over two chunks does not slip through. The
record keeps the original; only what is shown is cleaned.
"""

from __future__ import annotations

import re

_REMOVED = (
    0x00AD,  # soft hyphen
    0x034F,  # combining grapheme joiner
    *range(0x115F, 0x1161),  # Hangul fillers
    0x180E,
    0x200B,  # zero-width space; ZWNJ and ZWJ stay: Persian, Indic scripts and emoji need them
    *range(0x2060, 0x2066),  # invisible operators
    0x3164,
    0xFEFF,  # byte order mark
    0xFFA0,
    *range(0xE0000, 0xE1000),  # tags and supplementary variation selectors
)
_REPLACED = (
    *range(0x80, 0xA0),  # C1 controls; U+0085 is one
    *(0x061C, 0x200E, 0x200F),  # bidi marks
    *range(0x202A, 0x202F),  # bidi embeddings and overrides
    *range(0x2066, 0x2070),  # bidi isolates and deprecated controls
    *range(0xFFF9, 0xFFFC),  # interlinear annotations
)

_TABLE: dict[int, int | str | None] = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(_REPLACED, 0xFFFD),
    **dict.fromkeys(_REMOVED, None),
    0x2028: "\n",
    0x2029: "\n",
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),  # lone surrogates
}

_PRINTABLE = re.compile("[\u034f\u115f\u1160\u3164\uffa0\U000e0000-\U000e0fff]")
"""What of the table ``str.isprintable()`` lets through."""


def sanitized(text: str) -> str:
    """The text with every character that could steer a terminal made visible, replaced or removed.

    CR LF becomes LF; tabs and line feeds stay.
    """
    if text.isprintable() and not _PRINTABLE.search(text):
        return text
    return text.replace("\r\n", "\n").translate(_TABLE)


def sanitized_line(text: str) -> str:
    """The same on one line: for tables, titles and notices."""
    return " ".join(sanitized(text).split())
