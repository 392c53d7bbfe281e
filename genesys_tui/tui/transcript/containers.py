"""Containers: the quotes and list items that blocks stand in, while they are open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from genesys_tui.tui.transcript.blocks import Frame

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_BULLETS = "•◦▪"
_QUOTE = Frame(quote=True)


@lru_cache(256)
def _item(marker: str, indent: int) -> Frame:
    return Frame(marker, indent)


@dataclass(slots=True)
class Container:
    """An open quote or list item."""

    sort: str
    """`>`, the bullet, or what stands behind the number."""
    number: int = 0
    indent: int = 0
    """Cells a line needs in front to be in this item."""
    order: int = 0
    """Which container it is, counted from the reply's start."""
    group: int = 0
    """The first item of the same list; a quote's own order."""
    shown: bool = False
    empty: bool = True


def frames_of(
    containers: Sequence[Container], text: str, paragraph: bool, joined: bool
) -> tuple[tuple[Frame, ...], str]:
    """The containers as frames, the markers of the new ones shown; and the text without a task's box.

    Only a paragraph may begin with such a box.
    """
    frames: list[Frame] = []
    level = 0
    for container in containers:
        if container.sort == ">":
            frames.append(_QUOTE)
            continue
        bullet = _BULLETS[level % 3] if container.sort in "-+*" else f"{container.number}{container.sort}"
        level += 1
        marker = "" if container.shown or joined else bullet
        if container is containers[-1] and marker and paragraph and (task := _TASK.match(text)):
            marker = "☐" if task[1] == " " else "☑"
            text = text[task.end() :]
        frames.append(_item(marker, len(bullet) + 1))
    return tuple(frames), text


def gap_between(before: Sequence[Container] | None, now: Sequence[Container], blank: bool) -> int:
    """How many frames go on through the blank line between two blocks, or -1 without one.

    Within a list or a quote there is one where the source has one, elsewhere always.
    """
    if before is None:
        return 0
    common = 0
    while common < min(len(now), len(before)) and now[common].order == before[common].order:
        common += 1
    related = bool(now and before) and now[0].group == before[0].group
    return common if blank or not related else -1


def untabbed(line: str) -> str:
    """The line with the tabs in front of its text as spaces."""
    if "\t" not in line[: len(line) - len(line.lstrip(" \t"))]:
        return line
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(4) + body


def behind_quote(body: str) -> str:
    """What stands behind a quote's mark and its space."""
    rest = body[1:]
    if rest.startswith("\t"):
        return "  " + rest[1:]
    return untabbed(rest[1:] if rest.startswith(" ") else rest)
