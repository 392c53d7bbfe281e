"""Marking: the code blocks of a transcript, one of which can be marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import frames_that_fit


@dataclass(frozen=True, slots=True)
class Mark:
    """A code block: the blocks it is drawn in."""

    start: int
    end: int
    """The block behind it."""
    number: int
    """Which one it is, from 1 on."""
    count: int

    @property
    def label(self) -> str:
        """Which one of how many."""
        return f"code {self.number:,} of {self.count:,}"

    @staticmethod
    def line(block: Block, offset: int) -> int:
        """The line of the code at an offset of its block; -1 for the blank one above it."""
        return offset - (block.gap >= 0)

    @staticmethod
    def column(block: Block, width: int) -> int:
        """The cell of the code's left edge on a page so wide."""
        return sum(frame.indent for frame in frames_that_fit(block.frames, width))


def marks(blocks: Sequence[Block]) -> list[Mark]:
    """All code blocks, in order."""
    starts = [index for index, block in enumerate(blocks) if block.kind == "code" and not block.joined]
    return [Mark(start, _end(blocks, start), n, len(starts)) for n, start in enumerate(starts, 1)]


def _end(blocks: Sequence[Block], index: int) -> int:
    index += 1
    while index < len(blocks) and blocks[index].kind == "code" and blocks[index].joined:
        index += 1
    return index
