"""The ledger: every call's record, on disk before its request leaves.

One SQLite file, shared by every running front end. A call's start is inserted once and its end written once; a call
whose process died is closed by whoever opens the ledger next.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from genesys_tui.audit.instances import Instance, is_alive
from genesys_tui.audit.records import Record
from genesys_tui.errors import LedgerError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    seq        INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    instance   TEXT NOT NULL,
    started_at TEXT NOT NULL,
    model      TEXT NOT NULL,
    status     TEXT NOT NULL,
    record     TEXT NOT NULL,
    prompt     TEXT NOT NULL,
    reply      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS calls_by_status ON calls (status);
CREATE INDEX IF NOT EXISTS calls_by_start ON calls (started_at);
"""

_WAL_IS_SOUND = sqlite3.sqlite_version_info >= (3, 51, 3) or (
    sqlite3.sqlite_version_info[:2] in ((3, 50), (3, 44))
    and sqlite3.sqlite_version_info >= {50: (3, 50, 7), 44: (3, 44, 6)}[sqlite3.sqlite_version_info[1]]
)
"""Older libraries can corrupt a write-ahead log that two processes share: https://sqlite.org/wal.html#walresetbug"""

_SEARCHED = (
    "(SELECT group_concat(json_extract(value, '$.content'), char(10)) FROM json_each(prompt))",
    "reply",
    "json_extract(record, '$.error.message')",
)


class Call(NamedTuple):
    """One call as the ledger holds it."""

    record: Record
    messages: list[dict[str, str]]
    """What was asked: role and content of each message."""

    reply: str


class Filter(NamedTuple):
    """Which calls are wanted. None and empty ask for nothing."""

    since: str | None = None
    """ISO 8601, inclusive."""

    until: str | None = None
    """ISO 8601, exclusive."""

    model: str | None = None
    """May hold ``*``."""

    status: str | None = None
    search: str | None = None
    """Part of a prompt, a reply, or a recorded error, in capitals or not."""


EVERYTHING = Filter()


class Ledger:
    """The audit file. Any thread may use it; every write is durable when its method returns."""

    def __init__(self, path: Path) -> None:
        """Open or create it, and close what dead processes left open. Raises LedgerError."""
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._instance = Instance(path.parent / "instances")
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(_cannot("opened", path, error)) from error
        with self._guard("opened") as db:
            db.execute(f"PRAGMA journal_mode={'WAL' if _WAL_IS_SOUND else 'TRUNCATE'}")
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
            db.create_function("folded", 1, lambda text: text and text.casefold(), deterministic=True)
        self._file = _identity(path)
        self.recovered = self._recover()
        """How many calls of dead processes were closed on opening."""

    def start(self, record: Record, messages: list[dict[str, str]]) -> None:
        """Write down that a call is about to be made. Raises LedgerError; then it must not be made."""
        row = (
            record.request_id,
            self._instance.name,
            record.started_at.isoformat(),
            record.model,
            record.status,
            record.model_dump_json(),
            json.dumps(messages, ensure_ascii=False),
        )
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM calls WHERE request_id = ?", row[:1]).fetchone():
                raise LedgerError(f"The request id {record.request_id} is already recorded. Use another one.")
            db.execute(
                "INSERT INTO calls (request_id, instance, started_at, model, status, record, prompt)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def end(self, record: Record, reply: str) -> None:
        """Write down how a started call ended. Raises LedgerError, also where it had ended already."""
        with self._transaction() as db:
            if not _close(db, record, reply):
                raise LedgerError(f"The call {record.request_id} is not open in the audit file {self.path}.")

    def get(self, request_id: str) -> Call:
        """One call, by its request id or the beginning of it. Raises LedgerError for none or several."""
        query = (
            "SELECT record, prompt, reply FROM calls WHERE substr(request_id, 1, length(?1)) = ?1"
            " ORDER BY length(request_id) LIMIT 2"  # the whole id before those that only begin with it
        )
        with self._guard("read") as db:
            calls = [_call(row) for row in db.execute(query, (request_id,))]
        if not calls:
            raise LedgerError(f"No call has the request id {request_id}. See `genesys-tui audit list`.")
        if len(calls) > 1 and calls[0].record.request_id != request_id:
            raise LedgerError(f"Several calls begin with {request_id}. Give more of the request id.")
        return calls[0]

    def calls(self, wanted: Filter = EVERYTHING, limit: int | None = None) -> Iterator[Call]:
        """The calls that match, the newest first. Reads as it is iterated."""
        where, values = _where(wanted)
        columns = "record, prompt, reply, seq"
        # Built from our own words only: every value is bound.
        query = f"SELECT {columns} FROM calls WHERE {where} AND seq < ? ORDER BY seq DESC LIMIT ?"  # noqa: S608
        below = 2**62
        while limit is None or limit > 0:
            page = 256 if limit is None else min(256, limit)
            with self._guard("read") as db:
                rows = db.execute(query, (*values, below, page)).fetchall()
            yield from map(_call, rows)
            if len(rows) < page:
                return
            below = rows[-1][-1]
            limit = None if limit is None else limit - page

    def describe(self) -> str:
        """How many calls it holds and how it is written, for `doctor`."""
        with self._guard("read") as db:
            count = db.execute("SELECT count(*) FROM calls").fetchone()[0]
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]
        return f"{count:,} calls, journal mode {mode} (SQLite {sqlite3.sqlite_version})"

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()
        self._instance.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self) -> int:
        """Close the calls whose process died."""
        with self._transaction() as db:
            closed = 0
            query = "SELECT record, prompt, reply, instance FROM calls WHERE status = 'running'"
            rows = db.execute(query).fetchall()
            alive = {name: is_alive(self._instance.folder, name) for name in {row[-1] for row in rows}}
            for row in rows:
                if alive[row[-1]]:
                    continue
                record = _call(row).record.model_copy(
                    update={"status": "failed", "stop_reason": "interrupted", "detail": "the program ended mid-call"}
                )
                closed += _close(db, record, "")
            return closed

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: begun IMMEDIATE, so that two writers wait for each other instead of failing."""
        with self._guard("written") as db:
            # SQLite would go on writing to a file that no longer has a name.
            if _identity(self.path) != self._file:
                raise LedgerError(f"The audit file {self.path} was moved or removed while in use. Start again.")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _guard(self, what: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise LedgerError(_cannot(what, self.path, error)) from error


def _close(db: sqlite3.Connection, record: Record, reply: str) -> bool:
    """Turn an open call into an ended one; False where it is not open."""
    changed = db.execute(
        "UPDATE calls SET status = ?, record = ?, reply = ? WHERE request_id = ? AND status = 'running'",
        (record.status, record.model_dump_json(), reply, record.request_id),
    )
    return changed.rowcount == 1


def _call(row: tuple[str, ...]) -> Call:
    try:
        return Call(Record.model_validate_json(row[0]), json.loads(row[1]), row[2])
    except ValueError:
        raise LedgerError("The audit file holds a record that cannot be read. Restore the file from a copy.") from None


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file has this name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _where(wanted: Filter) -> tuple[str, list[str]]:
    conditions = {
        "started_at >= ?": wanted.since,
        "started_at < ?": wanted.until,
        "model GLOB ?": wanted.model and wanted.model.replace("[", "[[]").replace("?", "[?]"),
        "status = ?": wanted.status,
    }
    used = {condition: value for condition, value in conditions.items() if value}
    where, values = list(used), list(used.values())
    if wanted.search:
        where.append("(" + " OR ".join(f"instr(folded({text}), ?)" for text in _SEARCHED) + ")")
        values += [wanted.search.casefold()] * len(_SEARCHED)
    return " AND ".join(where) or "1", values


def _cannot(what: str, path: Path, error: Exception) -> str:
    return f"The audit file {path} cannot be {what}: {error}. Without it no call is made."
