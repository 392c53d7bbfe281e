"""Mending: rows of the browsing table that are not what the ledger says, put right where they stand.

Others read and write meanwhile: no transaction here is long, and none leaves a call that ended looking as if it ran.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from genesys_tui.audit import comparison, log, projection
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.database import Database
from genesys_tui.audit.schema import BESIDE_CALLS

EVENTS = 4096
"""Events that are looked at in one read."""

ROWS = 1024
"""Rows that are mended in one transaction."""

_PLACES = ", ".join("?" * len(projection.COLUMNS))
# Built from our own words only: every value is bound.
_PUT = (
    f"INSERT OR REPLACE INTO calls (start_seq, end_seq, {', '.join(projection.COLUMNS)})"  # noqa: S608
    f" VALUES (?, ?, {_PLACES})"
)
_NOT_ENDED = (
    "SELECT e.seq FROM events AS e LEFT JOIN calls AS c ON c.start_seq = e.seq"
    " WHERE e.seq BETWEEN ? AND ? AND e.kind = 'start' AND c.end_seq IS NULL"
)
_ENDS = (
    "SELECT seq, CASE WHEN json_valid(payload) THEN json_extract(payload, '$.start') END FROM events"
    " WHERE seq BETWEEN ? AND ? AND kind IN ('end', 'recovered') ORDER BY seq"
)


def mend(database: Database, tell: Callable[[int], None]) -> None:
    """Have every call in the table, as the ledger's events say it. ``tell`` hears through which event it was looked."""
    with database.transaction() as db:
        if projection.lost_words(db):
            projection.create_words(db)
        projection.prepare(db)
        projection.catch_up(db)  # at once: whoever writes meanwhile must find the calls that run
        last = log.last(db)[0]
    _index_anew(database)
    suspects = _suspects(database, last, tell)
    ends = _ends(database, set(suspects), last)
    for first in range(0, len(suspects), ROWS):
        with database.transaction() as db:
            _put(db, suspects[first : first + ROWS], ends, last)
    with database.transaction() as db:
        _put_right_what_was_erased(db)
        db.execute("DELETE FROM calls WHERE start_seq < 1 OR start_seq > ?", (log.last(db)[0],))


def _index_anew(database: Database) -> None:
    with database.transaction() as db:
        for name in projection.odd_indexes(db):
            db.execute(f"DROP INDEX IF EXISTS {projection.quoted(name)}")
    for statement in projection.INDEXES:
        name = projection.name_of(statement)
        with database.transaction() as db:
            db.execute(f"DROP INDEX IF EXISTS {name}")
            try:
                db.execute(statement)
            except sqlite3.IntegrityError:  # several rows claim to be the same: all are missing then, and put again
                column = statement[statement.index("(") + 1 : statement.index(")")]
                several = f"SELECT {column} FROM calls GROUP BY {column} HAVING count(*) > 1"  # noqa: S608
                db.execute(f"DELETE FROM calls WHERE {column} IN ({several})")  # noqa: S608
                db.execute(statement)


def _suspects(database: Database, last: int, tell: Callable[[int], None]) -> list[int]:
    """Where the calls start that are missing, shown otherwise, or as if they ran."""
    found: set[int] = set()
    for first in range(1, last + 1, EVENTS):
        span = first, min(first + EVENTS - 1, last)
        with database.reading() as db:
            found.update(comparison.different(db, *span))
            found.update(seq for (seq,) in db.execute(_NOT_ENDED, span))
        tell(span[1])
    return sorted(found)


def _ends(database: Database, starts: set[int], last: int) -> dict[int, int]:
    """With which events those calls ended, as far as they did."""
    found: dict[int, int] = {}
    for first in range(min(starts, default=last), last + 1, EVENTS):
        with database.reading() as db:
            _add_ends(db, found, starts, (first, min(first + EVENTS - 1, last)))
    return found


def _add_ends(db: sqlite3.Connection, found: dict[int, int], starts: set[int], span: tuple[int, int]) -> None:
    for seq, start in db.execute(_ENDS, span):
        if start in starts:
            found.setdefault(start, seq)


def _put(db: sqlite3.Connection, starts: Sequence[int], ends: dict[int, int], last: int) -> None:
    """Put the rows of these calls; also of one that ended since, behind the ``last`` event that was looked at."""
    _add_ends(db, ends, {*starts}, (last + 1, log.last(db)[0]))
    db.executemany("DELETE FROM calls WHERE start_seq = ?", [(start,) for start in starts])
    db.executemany(_PUT, _rows(db, starts, ends))


def _rows(db: sqlite3.Connection, starts: Sequence[int], ends: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    """The rows of those that are calls and can be read."""
    query = "SELECT e.payload FROM events AS e, events AS s WHERE e.seq = ? AND s.seq = ? AND s.kind = 'start'"
    for start in starts:
        end = ends.get(start)
        if event := db.execute(query, (end or start, start)).fetchone():
            with contextlib.suppress(*UNREADABLE):
                yield start, end, *projection.row_of(json.loads(event[0])["record"])


def _put_right_what_was_erased(db: sqlite3.Connection) -> None:
    erased = set()
    for (payload,) in db.execute(f"SELECT payload FROM events WHERE {BESIDE_CALLS} AND kind = 'erase'"):  # noqa: S608
        with contextlib.suppress(*UNREADABLE):
            erased.add(projection.began(json.loads(payload)))
    shown = {start for (start,) in db.execute("SELECT start_seq FROM calls WHERE erased IS NOT 0")}
    wrong = [(int(start in erased), start) for start in erased ^ shown]
    db.executemany("UPDATE calls SET erased = ? WHERE start_seq = ?", wrong)
