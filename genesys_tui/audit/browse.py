"""Browsing: pages, places, counts and totals of the calls that a filter wants, over a connection of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.history import History
from genesys_tui.audit.rows import Interrupted, Key, News, Order, Row
from genesys_tui.audit.selection import Selection, selection
from genesys_tui.errors import LedgerError

PAGE = 256
"""Rows of a page."""

MOST = 100_000
"""Rows that are counted."""

FEW = 12_000
"""Calls that are rather sorted one by one than found along an index."""

CACHE = 16_000
"""Kilobytes of the file that are kept in memory: rows found along one index lie all over another."""

_BY_WORDS = "words AS w CROSS JOIN calls AS c ON c.start_seq = w.rowid >> 1"
# A call stands there twice where words of both its start and its end are found.
_ONCE = "(w.rowid & 1 OR NOT EXISTS (SELECT 1 FROM words AS v WHERE v.words MATCH ? AND v.rowid = w.rowid + 1))"
_COLUMNS = ", ".join(f"c.{'start_seq' if name == 'seq' else name}" for name in Row._fields)


class Plan(NamedTuple):
    """Where calls of a filter are found, as SQL."""

    source: str
    where: str
    values: tuple[Any, ...]
    by_words: bool = False
    """Whether they come out of the index of words, in the order in which calls began."""

    def behind(self, order: Order) -> str:
        """The condition that leaves what comes behind a key, which is to be bound."""
        if self.by_words:
            return f"? IS NOT NULL AND w.rowid {'< 2 * ?' if order.descending else '> 2 * ? + 1'}"
        return f"(c.{order.column}, c.start_seq) {'<' if order.descending else '>'} (?, ?)"

    def ordered(self, order: Order) -> str:
        """The order."""
        way = "DESC" if order.descending else "ASC"
        return f"w.rowid {way}" if self.by_words else f"c.{order.column} {way}, c.start_seq {way}"


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
        with self.reading() as db:
            plan = planned(db, wanted, order, until)
            where, values = plan.where, plan.values
            if after is not None:
                where += f" AND {plan.behind(order)}"
                values += (after.value, after.seq)
            # Built from our own words only: every value is bound.
            query = (
                f"SELECT {_COLUMNS} FROM {plan.source} WHERE {where}"  # noqa: S608
                f" ORDER BY {plan.ordered(order)} LIMIT ? OFFSET ?"
            )
            return [Row(*row) for row in db.execute(query, (*values, limit, skip))]

    def rank(self, wanted: Filter, order: Order, key: Key, until: int | None = None) -> int:
        """How many rows come before that place."""
        with self.reading() as db:
            plan = planned(db, wanted, order, until)
            query = f"SELECT count(*) FROM {plan.source} WHERE {plan.where} AND {plan.behind(order.reversed)}"  # noqa: S608
            found: int = db.execute(query, (*plan.values, key.value, key.seq)).fetchone()[0]
            return found

    def count(self, wanted: Filter, *, most: int = MOST, until: int | None = None) -> int:
        """How many there are; ``most + 1`` where there are more."""
        with self.reading() as db:
            plan = planned(db, wanted, None, until)
            query = f"SELECT count(*) FROM (SELECT 1 FROM {plan.source} WHERE {plan.where} LIMIT ?)"  # noqa: S608
            found: int = db.execute(query, (*plan.values, most + 1)).fetchone()[0]
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


def planned(db: sqlite3.Connection, wanted: Filter, order: Order | None, until: int | None) -> Plan:
    """The cheapest way: along the order's own index, or by way of the few that a condition leaves."""
    asked = selection(wanted)
    where, values = asked.where, asked.values
    if until is not None:
        where, values = f"c.start_seq <= ? AND {where}", (until, *values)
    source = f"calls AS c INDEXED BY calls_by_{order.column}" if order else "calls AS c"
    if few := _few(db, asked):
        return Plan("calls AS c", f"c.start_seq IN ({few[0]}) AND {where}", (*few[1], *values))
    if asked.match and (order is None or order.column == "time"):
        return Plan(_BY_WORDS, f"w.words MATCH ? AND {_ONCE} AND {where}", (asked.match, asked.match, *values), True)
    return Plan(source, where, values)


def _few(db: sqlite3.Connection, asked: Selection) -> tuple[str, tuple[Any, ...]] | None:
    """The condition that leaves the fewest calls, as a list of them; None where all leave many."""
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
        found = db.execute(f"SELECT count(*) FROM ({way} LIMIT ?)", (*values, FEW)).fetchone()[0]  # noqa: S608
        counted.append((found, place))
    found, place = min(counted, default=(FEW, 0))
    return ways[place] if found < FEW else None
