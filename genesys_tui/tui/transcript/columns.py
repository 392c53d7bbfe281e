"""Column widths that the pieces of one table share, and the room they are given."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from genesys_tui.tui.transcript.inline import cells_of

Align: TypeAlias = Literal["left", "center", "right"]

SEPARATOR = 3
"""Cells between two columns: a space, a line, a space."""

_LEAST = 3
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")


def split_row(row: str) -> list[str]:
    """The cells of a row, as inline Markdown."""
    row = row.strip()
    row = row[1:] if row.startswith("|") else row
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(row)]


def alignments(row: str) -> list[Align] | None:
    """How the columns are aligned if the row is the one under a table's header, else None."""
    if "-" not in row or ("|" not in row and ":" not in row):
        return None
    cells = split_row(row)
    if not all(_RULE.fullmatch(cell) for cell in cells):
        return None
    return [
        "center" if cell[0] == cell[-1] == ":" and len(cell) > 1 else "right" if cell[-1] == ":" else "left"
        for cell in cells
    ]


class Columns:
    """The widths of a table's columns, which grow as its rows arrive."""

    def __init__(self, aligns: list[Align]) -> None:
        self.aligns = aligns
        self._wanted = [_LEAST] * len(aligns)
        self._tried = self._wanted
        self._fits: dict[int, tuple[int, ...]] = {}

    def add(self, row: str) -> None:
        """Make room for a whole row."""
        self._set(self._widened(row), None)

    def attempt(self, row: str) -> None:
        """Make room for a row that is still arriving, in place of the last one that was."""
        self._set(None, self._widened(row))

    def settle(self) -> None:
        """Forget the row that was still arriving: it has become something else, or a whole row."""
        self._set(None, None)

    def _widened(self, row: str) -> list[int]:
        cells = split_row(row)
        return [max(wide, cells_of(cell)) for wide, cell in zip(self._wanted, cells, strict=False)] + self._wanted[
            len(cells) :
        ]

    def _set(self, wanted: list[int] | None, tried: list[int] | None) -> None:
        before = (self._wanted, self._tried)
        self._wanted = self._wanted if wanted is None else wanted
        self._tried = self._wanted if tried is None else tried
        if before != (self._wanted, self._tried):
            self._fits.clear()

    def fit(self, width: int) -> tuple[int, ...]:
        """The cells each column gets of a table so wide: what it wants, or less from the widest down."""
        if width not in self._fits:
            self._fits[width] = _fitted(self._tried, width - SEPARATOR * (len(self.aligns) - 1))
        return self._fits[width]


def _fitted(wanted: list[int], room: int) -> tuple[int, ...]:
    """The widths with a common limit, the largest that lets them share the room."""
    if sum(wanted) <= room:
        return tuple(wanted)
    left, limit = room, 1
    for position, wide in enumerate(sorted(wanted)):
        limit = max(left // (len(wanted) - position), 1)
        if wide > limit:
            break
        left -= wide
    return tuple(min(wide, limit) for wide in wanted)
