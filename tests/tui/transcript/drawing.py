"""Sources drawn without an app."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip
from tui.transcript.oracle import blocks_of

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import drawn
from genesys_tui.tui.transcript.palette import LOOKS, Palette

PALETTE = Palette(Style(), {look: Style(meta={"look": look}) for look in LOOKS})


def strips_of(blocks: list[Block], width: int = 60) -> list[Strip]:
    """All lines of the blocks; each is exactly as wide as the page."""
    strips = [strip for block in blocks for strip in drawn(block, width, PALETTE)]
    assert {strip.cell_length for strip in strips} <= {width}
    assert all(sum(cell_len(segment.text) for segment in strip) == width for strip in strips)
    return strips


def lines_of(source: str, width: int = 60) -> list[str]:
    """The lines a whole reply is drawn as, without the blank line above it."""
    return [strip.text.rstrip() for strip in strips_of(blocks_of(source), width)][1:]


def looks_of(source: str) -> dict[str, str]:
    """Words and the look each was drawn with."""
    return {
        segment.text.strip(): segment.style.meta.get("look", "") if segment.style else ""
        for strip in strips_of(blocks_of(source))
        for segment in strip
        if segment.text.strip()
    }
