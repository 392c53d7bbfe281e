"""Escapes: text with its invisible characters spelled out, so that it can be seen and typed on one line."""

from __future__ import annotations

import re

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}
_MEANT = {spelled[1]: character for character, spelled in _NAMED.items()}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([ntr\\]))")


def escaped(text: str) -> str:
    """The text on one line, made of printable characters."""
    return "".join(_NAMED.get(letter) or (letter if letter.isprintable() else _numbered(letter)) for letter in text)


def unescaped(line: str) -> str:
    """What such a line spells. A backslash before anything else is a backslash."""
    return _ESCAPE.sub(_meant, line)


def _numbered(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _meant(match: re.Match[str]) -> str:
    short, long, named = match.groups()
    code = int(short or long or "0", 16)
    if named:
        return _MEANT[named]
    return chr(code) if code < 0x110000 else match[0]
