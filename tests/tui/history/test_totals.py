"""The plot shows every call, with labels for what it shows."""

from __future__ import annotations

from datetime import datetime

import pytest

from genesys_tui.audit.rows import Bucket, Totals
from genesys_tui.tui.history.totals import plot

HOUR = 3_600_000_000
BEGAN = int(datetime(2026, 3, 1, 8).timestamp() * 1e6) // HOUR * HOUR


def totals(*calls: int) -> Totals:
    buckets = tuple(Bucket(BEGAN + n * HOUR, many, 0, 0) for n, many in enumerate(calls))
    return Totals(sum(calls), buckets=buckets, width=HOUR)


def drawn(of: Totals, width: int) -> tuple[str, str, str]:
    """The first label, the bars, the last label with what follows."""
    text = plot(of, width).plain
    assert len(text) <= width
    return text[:11], text[12 : text.rindex(" 03-")], text[text.rindex(" 03-") + 1 :]


def test_what_fits_is_shown_bar_by_bar() -> None:
    first, bars, last = drawn(totals(8, 0, 4, 8), 80)
    assert (first, bars) == ("03-01 08:00", "█ ▅█")
    assert last == "03-01 11:00  peak 8 in 1 h"


@pytest.mark.parametrize("width", range(30, 80))
def test_neighbours_are_put_together_until_the_oldest_calls_fit_too(width: int) -> None:
    first, bars, last = drawn(totals(90, *[1] * 58, 70), width)
    assert first == "03-01 08:00", "the oldest calls have a bar, and its label is theirs"
    assert bars[0] == "█"
    assert len(bars) > 1
    assert last[:11] > first


def test_a_moment_that_is_none_is_no_crash() -> None:
    forged = totals(1)._replace(buckets=(Bucket(10**30, 1, 0, 0),))
    assert "█" in plot(forged, 80).plain
