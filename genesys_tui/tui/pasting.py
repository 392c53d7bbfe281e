"""Pasting: what is pasted is text, to its end, and presses no key.

Textual reads an escape character within a paste as the beginning of a key: of a coloured log it sends the first line.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

ESCAPE, SHOWN = "\x1b", "\u241b"


class Pastes:
    """What a terminal sends, its pastes without escape characters. They may come in any pieces."""

    def __init__(self) -> None:
        self._before = ""  # what came last outside of a paste: a beginning may be cut
        self._held = ""  # what came last within one: its end may be cut
        self._within = False

    def cleaned(self, data: str) -> str:
        """The same as far as it can be told, with the symbol for each escape within a paste."""
        data, self._held = self._held + data, ""
        said = []
        while data:
            if self._within:
                pasted, end, data = data.partition(BRACKETED_PASTE_END)
                self._within = not end
                if self._within and (cut := _cut(pasted)):
                    pasted, self._held = pasted[:-cut], pasted[-cut:]
                said += [pasted.replace(ESCAPE, SHOWN), end]
            else:
                place = (self._before + data).find(BRACKETED_PASTE_START)
                self._within = place >= 0
                until = place + len(BRACKETED_PASTE_START) - len(self._before) if self._within else len(data)
                said.append(data[:until])
                self._before = "" if self._within else (self._before + data)[1 - len(BRACKETED_PASTE_START) :]
                data = data[until:]
        return "".join(said)


def _cut(pasted: str) -> int:
    """How many characters at the end may be the beginning of a paste's end."""
    longest = len(BRACKETED_PASTE_END) - 1
    return next((size for size in range(longest, 0, -1) if pasted.endswith(BRACKETED_PASTE_END[:size])), 0)


def paste_text_only() -> None:
    """Have every terminal of this process do so."""
    fed = XTermParser.feed

    def feed(parser: XTermParser, data: str) -> Iterable[Message]:
        pastes: Pastes = parser.__dict__.setdefault("_pastes", Pastes())
        cleaned = pastes.cleaned(data)
        return fed(parser, cleaned) if cleaned or not data else ()  # nothing at all would be the end of the file

    XTermParser.feed = feed  # type: ignore[method-assign,assignment]
