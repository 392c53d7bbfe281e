"""The database: one private file, written by several processes at once, and never by a wrong one."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genesys_tui.audit import projection, schema
from genesys_tui.audit.instances import any_alive
from genesys_tui.errors import LedgerError

PATIENCE = 10.0
"""Seconds to wait for another process that writes."""

WAL_IS_SOUND = sqlite3.sqlite_version_info >= (3, 51, 3) or (
    sqlite3.sqlite_version_info[:2] in ((3, 50), (3, 44))
    and sqlite3.sqlite_version_info >= {50: (3, 50, 7), 44: (3, 44, 6)}[sqlite3.sqlite_version_info[1]]
)
"""Older libraries can corrupt a write-ahead log that two processes share: https://sqlite.org/wal.html#walresetbug"""


class Unwritable(LedgerError):
    """The file itself fails: nothing can be written to it at the moment."""


def journal_mode() -> str:
    """The way to write that is safe with this SQLite."""
    return "WAL" if WAL_IS_SOUND else "TRUNCATE"


class Database:
    """A connection that any thread may use. Raises LedgerError, in sentences."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Read only, with ``closed_because`` saying why, where it cannot be written."""
        self.path = path
        self.closed_because = ""
        """Why nothing can be written, as a sentence; empty where it can."""
        self.journal = ""
        """``WAL`` or ``TRUNCATE``; empty where nothing is written."""
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = self._connect()
        except (OSError, sqlite3.Error) as error:
            raise Unwritable(cannot("opened", path, error)) from error
        self._file = identity(path)

    def _connect(self) -> sqlite3.Connection:
        if not _may_write(self.path):
            self.closed_because = f"The audit file {self.path} may only be read. Make it writable to make calls."
            return connect_to_read(self.path)
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=PATIENCE)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > schema.VERSION:
                self.closed_because = (
                    f"The audit file {self.path} was written by a newer version of this program, and is only read."
                    " Update this program to make calls."
                )
                db.close()
                return connect_to_read(self.path)
            self.journal = self._choose_journal(db)
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA secure_delete=ON")
        except BaseException:  # whatever it is, and raised again: nothing is left open behind it
            db.close()
            raise
        return db

    def _choose_journal(self, db: sqlite3.Connection) -> str:
        """Have the file written in the way that is safe with this SQLite; which one that is, in capitals."""
        now: str = db.execute("PRAGMA journal_mode").fetchone()[0].upper()
        wanted = journal_mode()
        if now != "WAL" and any_alive(self.path.parent / "instances"):
            wanted = "TRUNCATE"  # who uses it now may be one for which only that is safe
        try:
            return str(db.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0]).upper()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise Unwritable(
                f"The audit file {self.path} is in use by a program with a newer SQLite, which writes it in a way that"
                f" is not safe with this one's, {sqlite3.sqlite_version}. Close that program, or update this Python."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: begun IMMEDIATE, so that two writers wait for each other instead of failing."""
        with self._lock:
            if self.closed_because:
                raise Unwritable(self.closed_because)
            # SQLite would go on writing to a file that no longer has a name.
            if identity(self.path) != self._file:
                raise Unwritable(f"The audit file {self.path} was moved or removed while in use. Start again.")
            with self.guard("written") as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:  # whatever it is, and raised again: nothing is left open behind it
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone, and for reads that fit each other: see `snapshot`."""
        with self.guard("read") as db, snapshot(db):
            yield db

    @contextmanager
    def guard(self, what: str) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise Unwritable(cannot(what, self.path, error)) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()


class _Reader(sqlite3.Connection):
    """Reads browsing tables of other versions, too: a column that they lack reads as empty."""

    _lacking: re.Pattern[str] | None = None

    def look(self) -> None:
        """See which columns there are. Raises sqlite3.Error."""
        there = {row[1] for row in self.execute("PRAGMA table_info(calls)")}
        if there and (lacking := [name for name in projection.COLUMNS if name not in there]):
            self._lacking = re.compile(rf"\bc\.({'|'.join(lacking)})\b")

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self._lacking is not None:
            sql = self._lacking.sub(lambda found: projection.empty(found[1]), sql)
        return super().execute(sql, *values)


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Reads that all see the same state of the file. Short ones: meanwhile nobody may be able to write."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")  # nothing was written


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that never writes, for any thread. Raises sqlite3.Error."""
    uri = path.absolute().as_uri()
    # A writer that was killed may have left a journal: who may write cleans up, before reading.
    mode = "mode=rw" if _may_write(path) else "mode=ro"
    about: dict[str, Any] = {"uri": True, "isolation_level": None, "check_same_thread": False, "factory": _Reader}
    db: _Reader = sqlite3.connect(f"{uri}?{mode}", timeout=PATIENCE, **about)
    try:
        db.execute("PRAGMA query_only=ON")
        db.look()
    except sqlite3.OperationalError as error:
        db.close()
        if mode == "mode=rw" or "locked" in str(error):
            raise
        # A write-ahead log cannot be shared where no file may be made.
        db = sqlite3.connect(f"{uri}?immutable=1", **about)
        db.execute("PRAGMA query_only=ON")
        db.look()
    return db


def identity(path: Path) -> tuple[int, int] | None:
    """Which file has this name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _may_write(path: Path) -> bool:
    """Whether the file and, for the journal, its folder may be written."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def cannot(what: str, path: Path, error: Exception) -> str:
    """A sentence for what SQLite or the system says."""
    return f"The audit file {path} cannot be {what}: {error}. Without it no call is made."
