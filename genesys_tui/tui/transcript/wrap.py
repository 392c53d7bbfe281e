"""Runs of text, broken into lines that fit a width."""

from __future__ import annotations

import re
from itertools import pairwise

from rich.cells import cell_len, chop_cells

from genesys_tui.tui.transcript.inline import Run

_WIDE = (
    "\u2e80-\u2fff\u3003-\u3007\u3012-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
_CLOSING = "\u3001\u3002\u3009\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\u30fc\u2026"
# A word and the spaces behind it. A line may break behind any character of the scripts that write without spaces, but
# not before closing punctuation.
_WORD = re.compile(
    rf"(?:[{_WIDE}](?![\u0300-\u036f\u3099\u309a\ufe0f])[{_CLOSING}]*|[^ {_WIDE}]+|[^ ][^ {_WIDE}]*) *| +"
)


def wrapped(parts: list[Run], width: int) -> list[list[Run]]:
    """The runs on lines of at most `width` cells; a word that is wider is cut. There is at least one line."""
    width = max(width, 2)
    text = "".join(part for part, _ in parts)
    if "\n" not in text and cell_len(text) <= width:
        return [parts]
    return _sliced(parts, text, _breaks(text, width))


def folded(parts: list[Run], width: int) -> list[list[Run]]:
    """The runs on lines that are filled to the last cell, as code is: no word moves to the next line."""
    width = max(width, 2)
    text = "".join(part for part, _ in parts)
    if cell_len(text) <= width:
        return [parts]
    starts, start = [], 0
    for line in chop_cells(text, width):
        start += len(line)
        starts.append(start)
    return _sliced(parts, text, starts[:-1])


def _breaks(text: str, width: int) -> list[int]:
    """Where lines begin, but for the first."""
    out: list[int] = []
    start = 0
    for line in text.split("\n"):
        if start:
            out.append(start)
        if cell_len(line) > width:
            out += _line_breaks(line, width, start)
        start += len(line) + 1
    return out


def _line_breaks(line: str, width: int, start: int) -> list[int]:
    out: list[int] = []
    used = 0
    for match in _WORD.finditer(line):
        word = match.group()
        wide = cell_len(word.rstrip(" "))
        if used and used + wide > width:
            out.append(start + match.start())
            used = 0
        if wide > width:
            at = start + match.start()
            *whole, rest = chop_cells(word.rstrip(" "), width)
            for part in whole:
                at += len(part)
                out.append(at)
            used = cell_len(rest) + len(word) - len(word.rstrip(" "))
        else:
            used += wide + len(word) - len(word.rstrip(" "))
    return out


def _sliced(parts: list[Run], text: str, starts: list[int]) -> list[list[Run]]:
    """The runs, cut at the offsets; spaces and the line feed at a line's end are dropped."""
    lines: list[list[Run]] = []
    bounds = [0, *starts, len(text)]
    part, begun = 0, 0
    for start, end in pairwise(bounds):
        end = start + len(text[start:end].rstrip(" \n"))
        line: list[Run] = []
        while part < len(parts) and begun + len(parts[part][0]) <= start:
            begun += len(parts[part][0])
            part += 1
        here, at = part, begun
        while here < len(parts) and at < end:
            content, looks = parts[here]
            if piece := content[max(start - at, 0) : end - at]:
                line.append((piece, looks))
            at += len(content)
            here += 1
        lines.append(line)
    return lines
