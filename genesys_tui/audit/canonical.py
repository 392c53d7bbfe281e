"""Canonical JSON: the one way to write a value down, so that its hash means something.

Equals RFC 8785 for keys in ASCII and no floats, but for two things: an integer from 2**53 on keeps every digit, where
the RFC writes the nearest double, and half a character is escaped, where the RFC refuses it. Neither matters to a hash:
it is taken over this text as it stands, and whoever makes it anew needs integers of any size. Times are integers, in
microseconds.
"""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_FLOATS = frozenset((str, int, bool, type(None)))
_NOT_ASCII = re.compile("[^\x00-\x7e]")


def canonical(value: Any) -> str:
    """The value as canonical JSON. Raises TypeError for a float, and for what JSON does not know."""
    refuse_floats(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if text.isascii() or not _SURROGATE.search(text):
        return text
    # Half a character cannot be written as UTF-8, but as an escape.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", paired(text))


def paired(text: str) -> str:
    """The same text, where two halves of a character follow each other made one: whoever parses its JSON does so."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def refuse_floats(value: Any) -> None:
    """Raise TypeError where there is a float anywhere: its digits depend on who writes it."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float, and the ledger keeps none")
    if isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            if type(each) not in _NO_FLOATS:
                refuse_floats(each)


def in_ascii(text: str) -> str:
    """The same JSON with every character outside of ASCII escaped: nothing in it can steer a terminal."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _NOT_ASCII.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
