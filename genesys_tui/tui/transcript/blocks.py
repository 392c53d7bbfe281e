"""The blocks a transcript is made of: what each one is, and what it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from genesys_tui.tui.transcript.columns import Columns

Kind: TypeAlias = Literal["paragraph", "heading", "code", "table", "rule", "prompt", "note"]
Severity: TypeAlias = Literal["success", "warning", "error", "muted"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A quote or a list item around a block."""

    marker: str = ""
    """The item's bullet or number; empty for a quote, and below the item's first block."""
    indent: int = 2
    """Cells that the marker, or the quote's bar, takes from the block."""
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the transcript that is drawn by itself: a paragraph, a piece of a long fence, some rows of a table."""

    kind: Kind
    text: str
    """Its source, cleaned: inline Markdown, code, or a table's rows, a line each."""
    frames: tuple[Frame, ...] = ()
    """What it stands in, outermost first."""
    gap: int = -1
    """How many of the frames go on through a blank line above it; -1 without such a line."""
    joined: bool = False
    """It goes on with the block before it: the next piece of the same fence, table or paragraph."""
    detail: str = ""
    """The heading's level, the fence's language or the note's severity."""
    arriving: bool = False
    """Code whose last line is not whole yet."""
    columns: Columns | None = field(default=None, compare=False)
    """What the pieces of one table share."""
    before: Block | None = field(default=None, compare=False, repr=False)
    """The piece of the same fence before this one."""
