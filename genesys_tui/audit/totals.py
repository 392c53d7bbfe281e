"""Totals: what the calls of a filter come to, read in short pieces so that nobody who writes waits for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from genesys_tui.audit.browse import PIECE, Browser
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.rows import Bucket, Order, Totals
from genesys_tui.audit.selection import Selection, selection, within

_MEASURED = (("ttft", 1_000), ("rate", 100))
"""Columns that are shown as percentiles, and how finely values below 100,000 are told apart; above it a tenth as fine.

That is what a row of the table shows of them, so that no percentile contradicts the rows.
"""

_WIDTHS = tuple(
    seconds * 1_000_000 for seconds in (1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
)


class Sums:
    """Totals as they grow."""

    def __init__(self, first: int, last: int, columns: int) -> None:
        """``first`` and ``last``: the moments between which the calls were made; ``columns``: buckets at most."""
        self.width = _width(last - first, columns)
        self._first = first // self.width * self.width
        self._last = last
        self._sums = [0, 0, 0, 0, 0]
        self._buckets: dict[int, tuple[int, int, int]] = {}
        self._bins: dict[str, Counter[int]] = {name: Counter() for name, _ in _MEASURED}

    def add(self, bucket: int, sums: tuple[int, int, int, int, int]) -> None:
        """Calls, tokens, truncated, failed and estimated ones of one bucket."""
        self._sums = [mine + more for mine, more in zip(self._sums, sums, strict=True)]
        calls, truncated, failed = self._buckets.get(bucket, (0, 0, 0))
        self._buckets[bucket] = (calls + sums[0], truncated + sums[2], failed + sums[3])

    def measure(self, column: str, value: int, calls: int) -> None:
        """So many calls with about this value."""
        self._bins[column][value] += calls

    @property
    def totals(self) -> Totals:
        """What they come to so far."""
        starts = range(self._first, self._last + 1, self.width) if self._sums[0] else ()
        return Totals(
            *(self._sums[0], self._sums[1], self._sums[2], self._sums[3]),
            _percentile(self._bins["ttft"], 0.50),
            _percentile(self._bins["ttft"], 0.95),
            _percentile(self._bins["rate"], 0.50),
            _percentile(self._bins["rate"], 0.05),
            tuple(Bucket(start, *self._buckets.get(start // self.width, (0, 0, 0))) for start in starts),
            self.width,
            self._sums[4],
        )


def totals(
    browser: Browser, wanted: Filter, *, columns: int = 60, until: int | None = None, go_on: Callable[[], bool]
) -> Totals:
    """Of all calls of the filter that began ``until`` then, or of some where ``go_on`` says no. Raises LedgerError."""
    ends = [browser.page(wanted, Order("time", down), limit=1, until=until) for down in (False, True)]
    if not ends[0] or not ends[1]:
        return Totals()
    sums = Sums(ends[0][0].time, ends[1][0].time, columns)
    first, last = _span(browser, wanted, until)
    asked = selection(wanted)
    for start in range(first, last + 1, PIECE):
        if not go_on():
            break
        _add_piece(browser, asked, (start, min(last, start + PIECE - 1)), sums)
    return sums.totals


def _add_piece(browser: Browser, asked: Selection, piece: tuple[int, int], sums: Sums) -> None:
    where, values = within(asked, *piece)
    # Built from our own words only: every value is bound.
    with browser.reading() as db:
        query = (
            f"SELECT c.time / {sums.width}, count(*), sum(c.tokens), sum(c.status = 'truncated'),"  # noqa: S608
            f" sum(c.status = 'failed'), sum(c.estimated) FROM calls AS c NOT INDEXED WHERE {where} GROUP BY 1"
        )
        for bucket, *more in db.execute(query, values):
            sums.add(bucket, (more[0], more[1], more[2], more[3], more[4]))
    for column, fine in _MEASURED:
        with browser.reading() as db:
            step = f"(CASE WHEN c.{column} < 100000 THEN {fine} ELSE {10 * fine} END)"
            query = (
                f"SELECT (c.{column} + {step} / 2) / {step} * {step}, count(*) FROM calls AS c NOT INDEXED"  # noqa: S608
                f" WHERE {where} AND c.{column} >= 0 GROUP BY 1"
            )
            for value, calls in db.execute(query, values):
                sums.measure(column, value, calls)


def _span(browser: Browser, wanted: Filter, until: int | None) -> tuple[int, int]:
    """Between which sequence numbers the calls of a filter start."""
    asked = selection(wanted)
    moments = [(how, value) for how, value in asked.single if how.startswith("c.time")]
    where = " AND ".join(["1", *(how for how, _ in moments)])
    with browser.reading() as db:
        if not moments:
            first, last = db.execute("SELECT min(start_seq), max(start_seq) FROM calls").fetchone()
        else:
            query = f"SELECT min(start_seq), max(start_seq) FROM calls AS c WHERE {where}"  # noqa: S608
            first, last = db.execute(query, [value for _, value in moments]).fetchone()
    return first or 0, min(last or 0, until if until is not None else last or 0)


def _percentile(bins: Counter[int], share: float) -> int | None:
    """The smallest value that at least this share of the calls does not exceed."""
    needed = share * sum(bins.values())
    seen = 0
    for value in sorted(bins):
        seen += bins[value]
        if seen >= needed:
            return value
    return None


def _width(length: int, columns: int) -> int:
    """How long buckets are so that no more than so many are enough."""
    fitting = (width for width in _WIDTHS if length // width + 2 <= columns)
    week = _WIDTHS[-1]
    return next(fitting, week * (length // week // max(1, columns - 2) + 1))
