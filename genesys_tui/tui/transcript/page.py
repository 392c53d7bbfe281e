"""The page: all blocks of a transcript as one column of lines, drawn where the reader looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.cache import LRUCache
from textual.strip import Strip

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import drawn, estimate
from genesys_tui.tui.transcript.heights import Heights
from genesys_tui.tui.transcript.palette import Palette

_KEPT = 300
"""Drawn blocks to keep."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    block: Block
    widths: tuple[int, ...]
    """The page's, then those of the table's columns."""
    palette: Palette
    strips: list[Strip]
    kept: int
    """How many of them, from the first on, the drawing before had too."""


class Page:
    """Blocks, their heights and their drawings. A place on it is a block's index and a line within the block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.heights = Heights()
        self.width = 0
        self.palette: Palette | None = None
        self.refitted = False
        """A block was drawn again although it is the same: its table's columns took other widths."""
        self._drawings: LRUCache[int, _Drawing] = LRUCache(_KEPT)

    def replace(self, start: int, blocks: Iterable[Block]) -> int | None:
        """Put these blocks in place of all from `start` on. The first that differs, or None if none does."""
        new = list(blocks)
        old = self.blocks[start:]
        same = 0
        while same < min(len(new), len(old)) and new[same] == old[same] and new[same].kind != "table":
            same += 1
        if same == len(new) == len(old):
            return None
        self.blocks[start + same :] = new[same:]
        self.heights.replace(start + same, [estimate(block, self.width) for block in new[same:]])
        return start + same

    def prepend(self, blocks: list[Block], drop: int) -> None:
        """Put these blocks in place of the first ones; what is drawn of the others stays."""
        self.blocks[:drop] = blocks
        self.heights.prepend([estimate(block, self.width) for block in blocks], drop)
        drawings = {index: self._drawings.get(index) for index in list(self._drawings.keys())}
        self._drawings.clear()
        for index, drawing in drawings.items():
            if drawing is not None and index >= drop:
                self._drawings[index + len(blocks) - drop] = drawing

    def resize(self, width: int) -> None:
        """Take another width; all heights are estimates again."""
        self.width = width
        self.heights.replace(0, [estimate(block, width) for block in self.blocks])

    def strips(self, index: int) -> list[Strip]:
        """The lines of a block, drawn if need be. Its height becomes exact."""
        if self.palette is None:
            return []
        block = self.blocks[index]
        widths = (self.width, *(block.columns.fit(self.width) if block.columns else ()))
        drawing = self._drawings.get(index)
        if (
            drawing is None
            or drawing.block is not block
            or drawing.widths != widths
            or drawing.palette is not self.palette
        ):
            strips, kept = drawn(block, self.width, self.palette), 0
            if drawing is not None:
                self.refitted |= drawing.block is block
                kept = _reuse(drawing.strips, strips)
            drawing = _Drawing(block, widths, self.palette, strips, kept)
            self._drawings.discard(index)  # what is cached is not replaced
            self._drawings[index] = drawing
        self.heights[index] = len(drawing.strips)
        return drawing.strips

    def kept(self, index: int) -> int:
        """How many of the block's lines are as they were before it last changed."""
        drawing = self._drawings.get(index)
        return drawing.kept if drawing else 0

    def walk(self, place: tuple[int, int], lines: int) -> tuple[int, int]:
        """The place so many lines further down, or up if negative, past blocks of exact height."""
        index, offset = place
        if not self.blocks:
            return 0, 0
        offset += lines
        while offset < 0 and index > 0:
            index -= 1
            offset += len(self.strips(index))
        while offset >= (height := len(self.strips(index))) and index < len(self.blocks) - 1:
            offset -= height
            index += 1
        return index, max(0, min(offset, height - 1))

    def line(self, place: tuple[int, int]) -> int:
        """The line of a place."""
        return self.heights.top(place[0]) + place[1]

    def last(self) -> tuple[int, int]:
        """The place of the last line."""
        if not self.blocks:
            return 0, 0
        return len(self.blocks) - 1, max(0, len(self.strips(len(self.blocks) - 1)) - 1)


def _reuse(old: list[Strip], new: list[Strip]) -> int:
    """Put the old strips in place of equal new ones, with all that was worked out about them. How many, up to the
    first that differs.
    """
    kept = 0
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        if before == after:
            new[number] = before
            kept += kept == number
    return kept
