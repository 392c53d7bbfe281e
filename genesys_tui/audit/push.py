"""Pushing: what a collector does not know yet, sent from a durable cursor, at least once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.audit import log, otlp
from genesys_tui.audit.collector import Answer, Collector, Refused
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.database import Database
from genesys_tui.audit.destination import Destination
from genesys_tui.audit.history import History, Texts
from genesys_tui.audit.reading import damaged
from genesys_tui.errors import LedgerError
from genesys_tui.sanitize import sanitized_line

BATCH = 200
"""Calls in one request."""


class Pushed(NamedTuple):
    """How it went."""

    sent: int
    rejected: int
    why: str
    """Of those rejected last. Text from outside."""


def push(
    path: Path,
    collector: Collector,
    *,
    text: bool = False,
    skip: Collection[str] = (),
    tell: Callable[[int, int], None] = lambda _, __: None,
) -> Pushed:
    """Send every call that ended since the last push to this address. Raises LedgerError; the cursor stays in place.

    The cursor moves when a batch was taken: who is killed in between sends that batch again, with the same ids. A batch
    that is refused is sent in parts, until the refused call is alone: there it ends, or goes on behind it where its
    request id is in ``skip``.
    """
    database = Database(path)
    try:
        _rename(database, collector.there)
        with History(path) as history:
            return _push(database, history, collector, text, skip, tell)
    finally:
        database.close()


def waiting(history: History, name: str) -> int:
    """How many calls a collector has not been sent."""
    with history.reading() as db:
        count: int = db.execute("SELECT count(*) FROM calls WHERE end_seq > ?", (_cursor(db, name),)).fetchone()[0]
        return count


def _cursor(db: sqlite3.Connection, name: str) -> int:
    """The last event that was sent there. Not one that there is none of: then all of them are sent again."""
    (seq,) = db.execute("SELECT seq FROM cursors WHERE name = ?", (name,)).fetchone() or (0,)
    return seq if isinstance(seq, int) and 0 <= seq <= log.last(db)[0] else 0


def _push(
    database: Database,
    history: History,
    collector: Collector,
    text: bool,
    skip: Collection[str],
    tell: Callable[[int, int], None],
) -> Pushed:
    sent, rejected, why, batch = 0, 0, "", BATCH
    total = waiting(history, collector.there.name)
    with history.reading() as db:
        cursor = _cursor(db, collector.there.name)
    while True:
        rows, texts = history.ended_after(cursor, batch)
        if not rows:
            return Pushed(sent, rejected, why)
        try:
            answer = _send(history, collector, rows, texts, text)
        except (Refused, _Unreadable) as refused:
            if len(rows) > 1:
                batch = len(rows) // 2
                continue
            answer, batch = _past(history, collector, rows[0][0], refused, skip), BATCH
        if answer.rejected:
            rejected, why = rejected + min(answer.rejected, len(rows)), answer.why
        sent += len(rows)
        cursor = rows[-1][1]
        _keep(database, collector.there.name, cursor)
        tell(sent, max(total, sent))


class _Unreadable(Exception):
    """Something in the batch is no record."""


def _send(history: History, collector: Collector, rows: list[Any], texts: Texts, text: bool) -> Answer:
    try:
        request = otlp.request(otlp.span_of(history.ledger, row, texts, text=text) for row in rows)
    except UNREADABLE:
        raise _Unreadable from None
    return collector.send(request)


def _past(history: History, collector: Collector, start: int, why: Exception, skip: Collection[str]) -> Answer:
    """Go past the call that began there, if that was asked for. Raises LedgerError."""
    with history.reading() as db:
        request_id = str(db.execute("SELECT request_id FROM calls WHERE start_seq = ?", (start,)).fetchone()[0])
    reason = f"it {why}" if isinstance(why, Refused) else "its record cannot be read"
    if request_id in skip:
        return Answer(1, reason)
    shown = sanitized_line(request_id)
    past = f"It waits with those after it; `audit push --skip {shown}` goes past it, for good."
    if isinstance(why, Refused):
        raise LedgerError(
            f"The collector at {collector.there.shown} takes no batch that holds the call {shown}: {reason}"
            f"{'' if reason.endswith('.') else '.'} If it takes no other either, check its address. {past}"
        )
    raise LedgerError(f"The call {shown} cannot be sent. {damaged().message} {past}")


def _rename(database: Database, there: Destination) -> None:
    """Give a cursor of before its name of now, without a secret in it."""
    if there.former == there.name:
        return
    with database.transaction() as db:
        db.execute("UPDATE OR IGNORE cursors SET name = ? WHERE name = ?", (there.name, there.former))
        db.execute("DELETE FROM cursors WHERE name = ?", (there.former,))


def _keep(database: Database, name: str, seq: int) -> None:
    with database.transaction() as db:
        db.execute(
            "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq ="
            " CASE WHEN seq > ? THEN excluded.seq ELSE max(seq, excluded.seq) END",
            (name, seq, log.last(db)[0]),
        )
