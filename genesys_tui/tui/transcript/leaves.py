"""Leaves: the blocks that hold text, while they are open, and where a long one is cut."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field

from genesys_tui.tui.transcript.columns import Columns

PARAGRAPH = 1200
"""Characters beyond which a paragraph is cut, where it reads best."""
CODE = 2000
"""Characters of a fence to a piece at most."""
CODE_LINES = (12, 30)
"""Lines of a fence to a piece: from the first number on at a blank line, at the second in any case."""
ROWS = 24
"""Rows of a table to a piece."""

_STOP = re.compile(r"[.!?:;]\s|[。！？]|\n")
_SPACE = re.compile(r"\s")


@dataclass(slots=True)
class Paragraph:
    """Lines of inline Markdown."""

    lines: list[str] = field(default_factory=list)
    joined: bool = False
    lazy: bool = False
    """The last line left out the mark of a quote, or the indentation of an item, that it is in."""

    def add(self, line: str, more: bool = False) -> None:
        """Add a line, or more of the last one."""
        if more and self.lines:
            self.lines[-1] += line
        else:
            self.lines.append(line)

    def cut(self) -> str | None:
        """Take a piece off a paragraph that is too long: up to a full stop or a space that no emphasis spans."""
        if sum(map(len, self.lines)) <= PARAGRAPH:
            return None
        text = "\n".join(self.lines)
        # The last line may turn out to be a table's header.
        last = text.rfind("\n") + 1
        at = _best_cut(text[:last] if last > PARAGRAPH // 2 else text)
        self.lines = text[at:].lstrip().split("\n")
        return text[:at].rstrip()


@dataclass(slots=True)
class Code:
    """Lines of a fence, or of an indented block."""

    language: str = ""
    fence: str = ""
    """What opened it; empty for an indented block."""
    indent: int = 0
    """Spaces to take off each line."""
    lines: list[str] = field(default_factory=list)
    joined: bool = False

    def closed_by(self, line: str) -> bool:
        """Whether the line is this fence's end."""
        body = line.strip(" \t")
        return (
            bool(self.fence)
            and len(body) >= len(self.fence)
            and not body.strip(self.fence[0])
            and len(line) - len(line.lstrip(" ")) < 4
        )

    def add(self, line: str, more: bool = False) -> None:
        """Add a line, or more of the last one."""
        if more and self.lines:
            self.lines[-1] += line
        else:
            lead = len(line) - len(line.lstrip(" "))
            self.lines.append(line[min(lead, self.indent) :])

    def cut(self) -> str | None:
        """Take a piece off a fence: whole lines, or so many characters of a line that is very long."""
        least, most = CODE_LINES
        *whole, last = self.lines or [""]
        if whole and (len(whole) >= most or (len(whole) >= least and not whole[-1]) or sum(map(len, whole)) > CODE):
            self.lines = [last]
            return "\n".join(whole)
        if len(last) > CODE:
            self.lines = [last[CODE:]]
            return "\n".join([*whole, last[:CODE]])
        return None


@dataclass(slots=True)
class Table:
    """Rows of a table, the first piece's header among them."""

    columns: Columns
    rows: list[str]
    joined: bool = False
    tentative: bool = False
    """Its next row is still arriving."""

    def add(self, row: str, more: bool = False) -> None:  # noqa: ARG002
        """Add a row; the rest of one that is very long becomes another."""
        (self.columns.attempt if self.tentative else self.columns.add)(row)
        self.rows.append(row)

    def cut(self) -> str | None:
        """Take the rows of a piece off."""
        if len(self.rows) <= ROWS:
            return None
        rows, self.rows = self.rows[:-1], self.rows[-1:]
        return "\n".join(rows)


def tentative(leaf: Paragraph | Code | Table) -> Paragraph | Code | Table:
    """A copy of the leaf to show what is still arriving."""
    twin = copy(leaf)
    if isinstance(twin, Table):
        twin.rows = list(twin.rows)
        twin.tentative = True
    else:
        twin.lines = list(twin.lines)
    return twin


def _best_cut(text: str) -> int:
    """Where to cut the text: behind the last full stop that stands in no markup, else a space, else the end."""
    for pattern in (_STOP, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, len(text) // 2)]
        for end in reversed(ends[-40:]):
            if _balanced(text[:end]):
                return end
    return ends[-1] if ends else len(text)


def _balanced(text: str) -> bool:
    return all(text.count(mark) % 2 == 0 for mark in ("`", "**", "~~")) and text.count("[") == text.count("]")
