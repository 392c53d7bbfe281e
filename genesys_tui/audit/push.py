"""Pushing: what a collector does not know yet, sent from a durable cursor, at least once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from genesys_tui.audit import log, otlp
from genesys_tui.audit.collector import Collector, TooLarge
from genesys_tui.audit.database import Database
from genesys_tui.audit.history import History
from genesys_tui.errors import LedgerError

BATCH = 200
"""Calls in one request."""


class Pushed(NamedTuple):
    """How it went."""

    sent: int
    rejected: int
    why: str
    """Of those rejected last. Text from outside."""


def push(
    path: Path, collector: Collector, *, text: bool = False, tell: Callable[[int, int], None] = lambda _, __: None
) -> Pushed:
    """Send every call that ended since the last push to this address. Raises LedgerError; the cursor stays in place.

    The cursor moves when a batch was taken: who is killed in between sends that batch again, with the same ids.
    """
    database = Database(path)
    try:
        with History(path) as history:
            return _push(database, history, collector, text, tell)
    finally:
        database.close()


def waiting(history: History, url: str) -> int:
    """How many calls a collector has not been sent."""
    with history.reading() as db:
        count: int = db.execute("SELECT count(*) FROM calls WHERE end_seq > ?", (_cursor(db, url),)).fetchone()[0]
        return count


def _cursor(db: sqlite3.Connection, url: str) -> int:
    """The last event that was sent there. Not one that there is none of: then all of them are sent again."""
    (seq,) = db.execute("SELECT seq FROM cursors WHERE name = ?", (url,)).fetchone() or (0,)
    return seq if isinstance(seq, int) and 0 <= seq <= log.last(db)[0] else 0


def _push(
    database: Database, history: History, collector: Collector, text: bool, tell: Callable[[int, int], None]
) -> Pushed:
    sent, rejected, why, batch = 0, 0, "", BATCH
    total = waiting(history, collector.url)
    with history.reading() as db:
        cursor = _cursor(db, collector.url)
    while True:
        rows, texts = history.ended_after(cursor, batch)
        if not rows:
            return Pushed(sent, rejected, why)
        try:
            answer = collector.send(otlp.request(otlp.span_of(history.ledger, row, texts, text=text) for row in rows))
        except TooLarge:
            if batch == 1:
                raise LedgerError(f"The collector at {collector.url} takes not even one call at a time.") from None
            batch = max(1, batch // 2)
            continue
        if answer.rejected:
            rejected, why = rejected + answer.rejected, answer.why
        sent += len(rows)
        cursor = rows[-1][1]
        _keep(database, collector.url, cursor)
        tell(sent, max(total, sent))


def _keep(database: Database, url: str, seq: int) -> None:
    with database.transaction() as db:
        db.execute(
            "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq ="
            " CASE WHEN seq > ? THEN excluded.seq ELSE max(seq, excluded.seq) END",
            (url, seq, log.last(db)[0]),
        )
