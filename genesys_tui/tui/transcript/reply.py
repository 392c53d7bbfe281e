"""A reply's text as it streams: pieces of any length in, finished blocks and open ones out."""

from __future__ import annotations

import re
from dataclasses import replace

from genesys_tui.sanitize import sanitized
from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.inline import mended
from genesys_tui.tui.transcript.structure import Structure

LINE = 1000
"""Characters of a line that are looked at together; the rest of a longer one follows in parts."""

# Only marks so far: they may become a rule, a bullet, a heading's underline, a fence. Shown, they would flicker.
_UNDECIDED = re.compile(r"[-=*+_~#>`|: ]+").fullmatch


class Reply:
    """The blocks of a reply. How its text was cut into pieces makes no difference to them."""

    def __init__(self) -> None:
        self._structure = Structure()
        self._rest = ""
        self._within = False
        self._return = False

    @property
    def finished(self) -> list[Block]:
        """The blocks that will not change any more."""
        return self._structure.blocks

    def feed(self, text: str) -> None:
        """Take the next piece."""
        if self._return:
            text = "\r" + text
        # A carriage return is cleaned together with the line feed that may follow it in the next piece.
        self._return = text.endswith("\r")
        self._rest += sanitized(text[:-1] if self._return else text)
        start = 0
        while (end := self._end_of_line(start)) is not None:
            line = self._rest[start:end]
            (self._structure.more if self._within else self._structure.line)(line.removesuffix("\n"))
            self._within = not line.endswith("\n")
            start = end
        self._rest = self._rest[start:]

    def _end_of_line(self, start: int) -> int | None:
        """Where the line that starts here ends, or is cut; None if that is not known yet."""
        end = self._rest.find("\n", start, start + LINE + 1)
        if end >= 0:
            return end + 1
        if len(self._rest) - start <= LINE:
            return None
        space = self._rest.rfind(" ", start + LINE // 2, start + LINE)
        return space + 1 if space >= 0 else start + LINE

    def arriving(self) -> list[Block]:
        """The blocks that may still change, as they look with all that has arrived."""
        structure = self._structure.tentative()
        if self._within:
            structure.more(self._rest)
        elif self._rest and not _UNDECIDED(self._rest):
            structure.line(self._rest)
        structure.finish()
        blocks = structure.blocks
        if blocks and blocks[-1].kind in ("paragraph", "heading"):
            blocks[-1] = replace(blocks[-1], text=mended(blocks[-1].text))
        return blocks

    def finish(self) -> None:
        """Take the end: whatever is open ends here."""
        if self._return:
            self._return = False
            self._rest += sanitized("\r")
        if self._within:
            self._structure.more(self._rest)
        elif self._rest:
            self._structure.line(self._rest)
        self._rest = ""
        self._structure.finish()
