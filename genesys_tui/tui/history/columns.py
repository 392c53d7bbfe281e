"""The columns: what of a call stands in a row of the table, where, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from genesys_tui.audit.rows import Row
from genesys_tui.endings import rate, seconds
from genesys_tui.sanitize import sanitized_line

LONGEST = 200
"""Characters of a text that are looked at: no cell shows more."""

ERASED = "erased"
"""What a row says of a call whose texts were erased."""

MUTED = "$foreground 60%"
"""What stands back, in contents."""


class Column(NamedTuple):
    """A column of the table."""

    name: str
    """What it sorts by: one of the projection's columns."""

    title: str
    width: int
    write: Callable[[Row], str]
    right: bool = False
    stretches: float = 0
    """Its share of the room that is left over."""

    starts_down: bool = False
    """Whether the most is looked for first."""


def moment(micros: int) -> str:
    """A moment in local time, to the second; with its year where that is not this one."""
    try:
        at = datetime.fromtimestamp(micros / 1e6)
    except (ValueError, OverflowError, OSError):
        return str(micros)
    return _this_year(at) if at.year == datetime.now().year else f"{at:%Y-%m-%d %H:%M}"


def time_of(micros: int) -> str:
    """A measured time; a dash where nothing was measured."""
    return seconds(micros / 1e6 if micros >= 0 else None)


def rate_of(thousandths: int, about: str = "") -> str:
    """Tokens per second; ``about`` stands before a figure."""
    return about + rate(thousandths / 1000) if thousandths >= 0 else rate(None)


def about(estimated: int) -> str:
    """What stands before figures some of which are estimates."""
    return "~" if estimated else ""


def _this_year(at: datetime) -> str:
    return f"{at.month:02}-{at.day:02} {at.hour:02}:{at.minute:02}:{at.second:02}"


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    return sanitized_line(text[:LONGEST])


def _stop(row: Row) -> str:
    """Why it ended; before it, that what was said is gone."""
    return _line(f"{ERASED}, {row.stop_reason}" if row.erased else row.stop_reason)


COLUMNS: Sequence[Column] = (
    Column("time", "time", 16, lambda row: moment(row.time), starts_down=True),
    Column("model", "model", 12, lambda row: _line(row.model), stretches=2),
    Column("status", "status", 9, lambda row: _line(row.status)),
    Column("stop_reason", "stop", 10, lambda row: _stop(row), stretches=1),
    Column("tokens", "tokens", 7, lambda row: f"{about(row.estimated)}{row.tokens:,}", right=True, starts_down=True),
    Column("rate", "tok/s", 6, lambda row: rate_of(row.rate, about(row.estimated)), right=True, starts_down=True),
    Column("ttft", "TTFT", 7, lambda row: time_of(row.ttft), right=True, starts_down=True),
    Column("gap", "gap max", 8, lambda row: time_of(row.gap), right=True, starts_down=True),
    Column("attempts", "tries", 6, lambda row: f"{row.attempts:,}", right=True, starts_down=True),
    Column("profile", "profile", 10, lambda row: _line(row.profile), stretches=1),
    Column("conversation", "convers.", 9, lambda row: _line(row.conversation)[:8]),
)
BY_NAME = {column.name: column for column in COLUMNS}


def written(column: Column, row: Row) -> str:
    """What stands in its cell; the value as it is where it is none that a call can have, as in a forged table."""
    try:
        return column.write(row)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return sanitized_line(str(getattr(row, column.name))[:LONGEST])


def widths(room: int) -> list[int]:
    """How wide each is in so many cells; where not all of them fit, the first ones share what is left by the others.

    A cell stands before the first and behind each; where some are out of sight, the last cell says so.
    """
    least = [column.width for column in COLUMNS]
    needed = [1 + end + number for number, end in enumerate(accumulate(least), 1)]  # for so many columns
    fitting = len(least) if needed[-1] <= room else sum(each <= room for each in needed)
    left = max(0, room - needed[max(0, fitting - 1)])
    shares = sum(column.stretches for column in COLUMNS[:fitting])
    given = [int(left * column.stretches / shares) if shares else 0 for column in COLUMNS[:fitting]]
    return [width + min(24, more) for width, more in zip(least, [*given, *[0] * (len(least) - fitting)], strict=True)]


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly so many cells."""
    if text.isascii():
        if len(text) > width:
            return text[: width - 1] + "…"
        return text.rjust(width) if right else text.ljust(width)
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - size) + text if right else text + " " * (width - size)
