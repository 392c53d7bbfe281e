"""Browsing: pages, places, counts and totals of the calls that a filter wants, over a connection of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.history import History
from genesys_tui.audit.matches import matches
from genesys_tui.audit.rows import Interrupted, Key, News, Order, Row
from genesys_tui.audit.selection import Selection, selection, within
from genesys_tui.errors import LedgerError

PAGE = 256
"""Rows of a page."""

MOST = 100_000
"""Rows that are counted."""

FEW_WORDS = 2_000
"""The same of calls that a word is looked for in, each of which has to be read."""

FEW = 12_000
"""Calls that are rather sorted one by one than found along an index."""

PIECE = 40_000
"""Events among whose calls is counted, or summed up, in one read: nobody who writes waits long for it."""

SOON = 0.25
"""Seconds that one read for a count may take: longer ones are made in pieces."""

OFTEN = 20_000
"""Steps of SQLite's between two looks at the clock."""

CACHE = 16_000
"""Kilobytes of the file that are kept in memory: rows found along one index lie all over another."""

_COLUMNS = ", ".join(f"c.{'start_seq' if name == 'seq' else name}" for name in Row._fields)


class Part(NamedTuple):
    """Rows that lie together, and in what order, as conditions with their values."""

    where: str
    values: tuple[Any, ...] = ()


ALL = Part("1")


class Plan(NamedTuple):
    """Where calls of a filter are found, as SQL."""

    source: str
    where: str
    values: tuple[Any, ...]
    along: bool
    """Whether they are read along the index of their order."""

    def behind(self, order: Order, key: Key) -> list[Part]:
        """What comes behind a place, in parts that follow each other."""
        way = "<" if order.descending else ">"
        if not self.along:
            return [Part(f"(c.{order.column}, c.start_seq) {way} (?, ?)", key)]
        # As one condition it would be looked for among all that have the same value.
        beside = Part(f"c.{order.column} = ? AND c.start_seq {way} ?", key)
        return [beside, Part(f"c.{order.column} {way} ?", (key.value,))]

    def count(self, db: sqlite3.Connection, part: Part = ALL) -> int:
        """How many there are."""
        query = f"SELECT count(*) FROM {self.source} WHERE {self.where} AND {part.where}"  # noqa: S608
        found: int = db.execute(query, (*self.values, *part.values)).fetchone()[0]
        return found

    def rows(self, db: sqlite3.Connection, part: Part, order: Order, skip: int, limit: int) -> list[Row]:
        """Those behind the first ``skip``, in that order."""
        way = "DESC" if order.descending else "ASC"
        # Built from our own words only: every value is bound.
        query = (
            f"SELECT {_COLUMNS} FROM {self.source} WHERE {self.where} AND {part.where}"  # noqa: S608
            f" ORDER BY c.{order.column} {way}, c.start_seq {way} LIMIT ? OFFSET ?"
        )
        return [Row(*row) for row in db.execute(query, (*self.values, *part.values, limit, skip))]


class Browser:
    """Reads while others write. Any thread may ask; everything raises LedgerError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._history: History | None = None
        self._opening = threading.Lock()

    def news(self) -> News:
        """How far the ledger has got."""
        with self.reading() as db:
            last_call = db.execute("SELECT max(start_seq) FROM calls").fetchone()[0] or 0
            return News(last_call, db.execute("SELECT max(seq) FROM events").fetchone()[0] or 0)

    def page(
        self,
        wanted: Filter,
        order: Order,
        *,
        after: Key | None = None,
        skip: int = 0,
        limit: int = PAGE,
        until: int | None = None,
    ) -> list[Row]:
        """Rows in that order behind a place in it, ``skip`` of them left out; of calls that began ``until`` then."""
        asked = selection(wanted)
        with self.reading() as db:
            plan = planned(db, asked, order, until)
            if plan is None:
                down = order.descending
                with closing(matches(db, asked, _COLUMNS, descending=down, after=after, until=until)) as found:
                    return [Row(*row) for row in islice(found, skip, skip + limit)]
            rows: list[Row] = []
            for part in plan.behind(order, after) if after else [ALL]:
                some = plan.rows(db, part, order, skip, limit - len(rows))
                rows += some
                if len(rows) == limit:
                    break
                skip = 0 if some or not skip else skip - plan.count(db, part)
            return rows

    def rank(self, wanted: Filter, order: Order, key: Key, until: int | None = None) -> int:
        """How many rows come before that place."""
        asked, back = selection(wanted), order.reversed
        with self.reading() as db:
            plan = planned(db, asked, order, until)
            if plan is None:
                return sum(1 for _ in matches(db, asked, "1", descending=back.descending, after=key, until=until))
            return sum(plan.count(db, part) for part in plan.behind(back, key))

    def count(self, wanted: Filter, *, most: int = MOST, until: int | None = None) -> int:
        """How many there are; ``most + 1`` where there are more."""
        count, exact = self.tally(wanted, most=most, until=until)
        return count if exact else most + 1

    def tally(
        self, wanted: Filter, *, most: int = MOST, until: int | None = None, seconds: float = inf
    ) -> tuple[int, bool]:
        """How many there are, up to ``most`` and as far as so many seconds suffice; and whether that is all."""
        asked, deadline = selection(wanted), monotonic() + seconds
        with self.reading() as db:
            few = _few(db, asked, words=FEW)
            first, last = db.execute("SELECT min(start_seq), max(start_seq) FROM calls").fetchone()
        if few or not asked.needle:
            where, values = f"+c.start_seq <= ? AND {asked.where}", (_until(until), *asked.values)
            if few:
                where, values = f"c.start_seq IN ({few[0]}) AND {where}", (*few[1], *values)
            found = self._counted(where, values, most, min(deadline, monotonic() + SOON))
            if found is not None:
                return min(found, most), found <= most
        count, end = 0, min(last or 0, _until(until))
        while end >= (first or 1):
            begin = max(first, end - PIECE + 1)
            found = self._counted(*within(asked, begin, end), most - count, deadline)
            if found is None:
                return count, False
            count += found
            if count > most:
                return most, False
            end = begin - 1
        return count, True

    def _counted(self, where: str, values: tuple[Any, ...], most: int, deadline: float) -> int | None:
        """How many there are, up to one more than ``most``; None where that took too long."""
        query = f"SELECT count(*) FROM (SELECT 1 FROM calls AS c WHERE {where} LIMIT ?)"  # noqa: S608
        try:
            with self.reading() as db:
                db.set_progress_handler(lambda: monotonic() > deadline, OFTEN)
                try:
                    found: int = db.execute(query, (*values, most + 1)).fetchone()[0]
                finally:
                    db.set_progress_handler(None, 0)
        except Interrupted:
            if monotonic() < deadline:
                raise
            return None
        return found

    def interrupt(self) -> None:
        """Break off what is being read. Any thread may call this."""
        if self._history is not None:
            self._history.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        if self._history is not None:
            self._history.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone; opened at the first use."""
        with self._opening:
            if self._history is None:
                self._history = History(self._path)
                with self._history.reading() as db:
                    db.execute(f"PRAGMA cache_size=-{CACHE}")
        try:
            with self._history.reading() as db:
                yield db
        except LedgerError as error:
            if str(error.__cause__) == "interrupted":
                raise Interrupted(error.message) from error
            raise


def _until(until: int | None) -> int:
    return 2**62 if until is None else until


def planned(db: sqlite3.Connection, asked: Selection, order: Order, until: int | None) -> Plan | None:
    """The cheapest way: along the order's own index, or by way of the few that a condition leaves.

    None where that is the index of words, in the order in which calls began: it is that of time but for clocks that
    were set, and of many nobody could wait for the first.
    """
    where, values = asked.where, asked.values
    if until is not None:  # with a plus, since it leaves nearly all: no index is to be chosen for it
        where, values = f"+c.start_seq <= ? AND {where}", (until, *values)
    by_words = asked.match and order.column == "time"
    if few := _few(db, asked, words=FEW_WORDS if by_words else FEW):
        return Plan("calls AS c", f"c.start_seq IN ({few[0]}) AND {where}", (*few[1], *values), along=False)
    return None if by_words else Plan(f"calls AS c INDEXED BY calls_by_{order.column}", where, values, along=True)


def _few(db: sqlite3.Connection, asked: Selection, *, words: int) -> tuple[str, tuple[Any, ...]] | None:
    """The condition that leaves the fewest calls, as a list of them; None where all leave many.

    ``words``: how many are too many where the index of words finds them.
    """
    spans = [each for each in asked.single if each[0].startswith("c.time ")]  # two ends of one span
    single: list[tuple[tuple[str, ...], tuple[Any, ...]]] = [
        ((how,), (value,)) for how, value in asked.single if (how, value) not in spans
    ]
    if spans:
        single.append((tuple(how for how, _ in spans), tuple(value for _, value in spans)))
    # Built from our own words only: every value is bound.
    ways = [(f"SELECT c.start_seq FROM calls AS c WHERE {' AND '.join(how)}", values) for how, values in single]  # noqa: S608
    if asked.match:
        ways.append(("SELECT rowid >> 1 FROM words WHERE words MATCH ?", (asked.match,)))
    counted = []
    for place, (way, values) in enumerate(ways):
        most = words if way.endswith("MATCH ?") else FEW
        found = db.execute(f"SELECT count(*) FROM ({way} LIMIT ?)", (*values, most)).fetchone()[0]  # noqa: S608
        if found < most:
            counted.append((found, place))
    return ways[min(counted)[1]] if counted else None
