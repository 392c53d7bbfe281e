"""A block: some hundred events side by side in arrays, a third of the memory they take as objects."""

from __future__ import annotations

from array import array

from genesys_tui.tui.wire.events import WireEvent

FULL_EVENTS = 1024
FULL_BYTES = 256 * 1024


class Block:
    """Events in the order they came, from the number ``first`` on."""

    __slots__ = ("_at", "_data", "_ends", "_gaps", "_notes", "_tokens", "codes", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self.codes = bytearray()
        """The kind of each."""
        self._at = array("d")
        self._gaps = array("d")
        self._tokens = array("q")
        self._ends = array("Q")
        self._data = bytearray()
        self._notes: dict[int, str] = {}

    def add(self, at: float, gap: float, code: int, tokens: int, data: bytes, note: str) -> None:
        """One more. A gap below 0 is none."""
        if note:
            self._notes[len(self.codes)] = note
        self._at.append(at)
        self._gaps.append(gap)
        self._tokens.append(tokens)
        self._data += data
        self._ends.append(len(self._data))
        self.codes.append(code)

    @property
    def full(self) -> bool:
        """Whether another one should be begun."""
        return len(self.codes) >= FULL_EVENTS or len(self._data) >= FULL_BYTES

    @property
    def size(self) -> int:
        """Bytes of data."""
        return len(self._data)

    def event(self, number: int) -> WireEvent:
        """One of them, by its number."""
        index = number - self.first
        gap = self._gaps[index]
        start = self._ends[index - 1] if index else 0
        return WireEvent(
            number,
            self._at[index],
            None if gap < 0 else gap,
            self.codes[index],
            self._tokens[index],
            self._notes.get(index, ""),
            bytes(self._data[start : self._ends[index]]),
        )
