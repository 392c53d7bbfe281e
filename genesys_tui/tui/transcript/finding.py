"""Finding: where a text stands in blocks, drawn or not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from textual.strip import Strip

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.columns import split_row
from genesys_tui.tui.transcript.draw import frames_that_fit
from genesys_tui.tui.transcript.inline import runs


class Hit(NamedTuple):
    """Where the text was found: a block, and characters of its plain text."""

    block: int
    start: int
    end: int


class Span(NamedTuple):
    """A part of a hit on a drawn line of its block."""

    line: int
    start: int
    end: int
    hit: int
    """Its number among the block's hits."""


class Finding:
    """The hits of one text in all blocks, in order; upper and lower case are the same."""

    def __init__(self, text: str) -> None:
        self.hits: list[Hit] = []
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None

    def update(self, blocks: Sequence[Block], start: int = 0) -> None:
        """Look through the blocks from this one on."""
        del self.hits[bisect_left(self.hits, (start,)) :]
        if self._pattern:
            for index in range(start, len(blocks)):
                for match in self._pattern.finditer(plain(blocks[index])):
                    self.hits.append(Hit(index, *match.span()))

    def of(self, block: int) -> tuple[int, list[Hit]]:
        """The hits in a block, and the number of the first of them."""
        first = bisect_left(self.hits, (block,))
        return first, self.hits[first : bisect_left(self.hits, (block + 1,), first)]

    def spans(self, block: Block, hits: Sequence[Hit], strips: Sequence[Strip], width: int) -> list[Span]:
        """The places of a block's hits on its drawn lines."""
        assert self._pattern
        if block.kind == "table":
            return _in_table(self._pattern, len(hits), strips)
        text = plain(block)
        places = _places(block, strips, width)
        spans = []
        for number, hit in enumerate(hits):
            first = sum(not letter.isspace() for letter in text[: hit.start])
            letters = sum(not letter.isspace() for letter in text[hit.start : hit.end])
            lines: dict[int, list[int]] = {}
            for line, column in places[first : first + letters]:
                lines.setdefault(line, []).append(column)
            spans += [Span(line, columns[0], columns[-1] + 1, number) for line, columns in lines.items()]
        return spans


def plain(block: Block) -> str:
    """The text of a block as it is read, without marks."""
    if block.kind in ("paragraph", "heading"):
        return _prose(block.text)
    if block.kind == "table":
        return "\n".join(_prose(cell) for row in block.text.split("\n") for cell in split_row(row))
    return block.text.expandtabs(4)


@lru_cache(20_000)
def _prose(text: str) -> str:
    return "".join(part for part, _ in runs(text))


def _places(block: Block, strips: Sequence[Strip], width: int) -> list[tuple[int, int]]:
    """The line and the character of everything drawn that is no space, in the order of the plain text."""
    frames = sum(frame.indent for frame in frames_that_fit(block.frames, width))
    first = (block.gap >= 0) + (block.kind == "code" and not block.joined and bool(block.detail))
    places = []
    for line in range(first, len(strips)):
        mark = 2 if block.kind == "prompt" or (block.kind == "note" and line == first) else 0
        text = strips[line].text
        places += [(line, at) for at in range(frames + mark, len(text)) if not text[at].isspace()]
    return places


def _in_table(pattern: re.Pattern[str], count: int, strips: Sequence[Strip]) -> list[Span]:
    """What stands on one line of a table; a hit that is wrapped within its column shows at the one before it."""
    spans = [
        Span(line, *match.span(), 0) for line, strip in enumerate(strips) for match in pattern.finditer(strip.text)
    ]
    return [span._replace(hit=min(number, count - 1)) for number, span in enumerate(spans)]
