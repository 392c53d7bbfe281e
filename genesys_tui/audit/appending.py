"""Appending: events of calls, in the transaction at hand, where they may be; from a program or from a spool."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.audit import log, projection
from genesys_tui.audit.chain import NOTHING
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.proofs import NEVER, hashed_from
from genesys_tui.audit.spool import Spool
from genesys_tui.audit.texts import Text, prove
from genesys_tui.errors import LedgerError


class Entry(NamedTuple):
    """An event to come."""

    kind: str
    at: int
    """Microseconds since 1970."""

    fields: dict[str, Any]
    texts: list[Text]

    @property
    def request_id(self) -> str:
        """Of its call."""
        found: str = self.fields["record"]["request_id"]
        return found

    def written(self) -> dict[str, Any]:
        """As it waits in a spool."""
        texts = [[each.part, each.salt.hex(), each.body, each.proof] for each in self.texts]
        return {"kind": self.kind, "at": self.at, "fields": self.fields, "texts": texts}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Entry:
        """One that waited in a spool. Raises one of UNREADABLE."""
        texts = [Text(part, bytes.fromhex(salt), body, proof) for part, salt, body, proof in written["texts"]]
        if written["kind"] not in ("start", "end") or not all(map(_is_sound, texts)):
            raise ValueError(written["kind"])
        return cls(written["kind"], written["at"], {**written["fields"], "spooled": True}, texts)


def _is_sound(text: Text) -> bool:
    """Whether it is one that can be proved."""
    if text.part not in ("prompt", "reply", "said"):
        return False
    if text.body is None:
        return len(text.salt) == len(bytes.fromhex(text.proof)) == 32
    return text.proof == prove(text.salt, text.body.encode("utf-8", "surrogatepass"))


class Appender:
    """Appends to one ledger, and says under which settings."""

    def __init__(self, path: Path, ledger: bytes, settings: dict[str, Any]) -> None:
        self._path, self._ledger, self._settings = path, ledger, settings
        self._told: tuple[int, bytes, dict[str, Any] | None] = (0, NOTHING, None)
        """An event and the head there, and the newest settings up to it: as long as the head is that one, they are."""

    def append(self, db: sqlite3.Connection, entry: Entry) -> None:
        """Append an event of a call. Raises LedgerError where it may not be."""
        projection.catch_up(db)  # with what a program of before wrote meanwhile
        row = _row_of(db, entry.request_id)
        fields = entry.fields
        if entry.kind == "start":
            if row:
                raise LedgerError(f"The request id {entry.request_id} is already recorded. Use another one.")
            self._tell(db, self._settings)
        else:
            if row is None or row[1] is not None:
                raise LedgerError(f"The call {entry.request_id} is not open in the audit file {self._path}.")
            fields = {**fields, "start": row[0]}
        log.append(db, self._ledger, entry.kind, entry.at, fields, entry.texts)

    def take_in(self, db: sqlite3.Connection, spool: Spool) -> int:
        """Append what waits in a spool; what had been taken in before stays out. How many lines cannot be read."""
        projection.catch_up(db)
        damaged = 0
        for line in spool.lines():
            db.execute("SAVEPOINT line")
            try:
                self._take_in(db, Entry.read(line or {}))
            except (*UNREADABLE, LedgerError, sqlite3.IntegrityError):
                db.execute("ROLLBACK TO line")
                damaged += 1
            db.execute("RELEASE line")
        return damaged

    def _take_in(self, db: sqlite3.Connection, entry: Entry) -> None:
        row = _row_of(db, entry.request_id)
        if entry.kind == "end" and row is None:  # its start was written to a file that is gone
            opening = {**entry.fields["record"], "status": "running"}
            fields = {"owner": "", "record": opening, "spooled": True}
            log.append(db, self._ledger, "start", entry.at, fields)
        if any(text.body is None for text in entry.texts) and hashed_from(db) == NEVER:  # as it was elsewhere
            self._tell(db, {**self._settings, "text": "hash"})
        if row is None or (entry.kind == "end" and row[1] is None):
            self.append(db, entry)

    def _tell(self, db: sqlite3.Connection, settings: dict[str, Any]) -> None:
        """Write down under which settings calls are recorded from here on, where they changed."""
        seq, head, known = self._told
        if db.execute("SELECT head FROM events WHERE seq = ?", (seq,)).fetchone() != (head,):
            seq, known = 0, None
        if newer := log.newest(db, "config", after=seq):
            known = newer.payload["settings"]
        if known != settings:
            log.append(db, self._ledger, "config", time.time_ns() // 1000, {"settings": settings})
        self._told = (*log.last(db), settings)


def _row_of(db: sqlite3.Connection, request_id: str) -> tuple[int, int | None] | None:
    row: tuple[int, int | None] | None = db.execute(
        "SELECT start_seq, end_seq FROM calls WHERE request_id = ?", (projection.storable(request_id),)
    ).fetchone()
    return row
