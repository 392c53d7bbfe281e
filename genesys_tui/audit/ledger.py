"""The ledger: every call's record, on disk before its request leaves, and never changed.

One SQLite file, shared by every running front end. Each call is two events in a chain of hashes: its start, and its
end, which whoever opens the ledger next writes for a process that died.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from genesys_tui.audit import erasure, log, projection, reading
from genesys_tui.audit.appending import Appender, Entry
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.checkpoints import Checkpoints, Signer
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.database import Database, Unwritable
from genesys_tui.audit.events import fields_of, record_of, said_in
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.instances import Instance, is_alive
from genesys_tui.audit.reading import Call
from genesys_tui.audit.records import Record
from genesys_tui.audit.selection import teach
from genesys_tui.audit.spool import DAMAGED, Spool, left_behind
from genesys_tui.audit.texts import Keeping, texts_of
from genesys_tui.errors import LedgerError

__all__ = ["EVERYTHING", "Call", "Filter", "Ledger"]

Mode = Literal["required", "best-effort"]


class Ledger:
    """The audit file. Any thread may use it; every write is durable when its method returns."""

    def __init__(
        self,
        path: Path,
        *,
        text: Keeping = "full",
        mode: Mode = "required",
        signer: Signer | None = None,
        anchor: Path | None = None,
    ) -> None:
        """Open or create it, and close what dead processes left open. Raises LedgerError.

        Args:
            path: the file. Beside it stand ``instances`` and, where it could not be written, ``spool``.
            text: what to keep of prompts and replies.
            mode: whether a call that cannot be recorded is refused, or recorded in the spool.
            signer: keeps the key for checkpoints, and the newest of them.
            anchor: a file elsewhere, to which each checkpoint is appended.
        """
        self.path = path
        self.notice = ""
        """What the operator must know as long as it is so, as a sentence: the ledger is not written as it should be."""
        self.recovered = 0
        """How many calls of dead processes were closed on opening."""
        self._keeping, self._mode = text, mode
        self._db = Database(path)
        self._unclean = False  # whether an erasure was not finished
        self._lost: dict[str, None] = {}  # what of spools could not be read, as sentences
        self._instance: Instance | None = None
        self._turn = threading.RLock()
        """Held from a look at the spool until what waited there is forgotten."""
        try:
            with self._db.guard("opened") as db:
                teach(db)
            if self._db.closed_because:
                self.notice = self._db.closed_because
            else:
                self._prepare(anchor)
        except BaseException:  # whatever it is, and raised again: nothing is left open behind it
            self._db.close()
            if self._instance is not None:
                self._instance.close()
            raise
        self._checkpoints = Checkpoints(self._db, signer, anchor)
        if self._unclean:
            threading.Thread(target=self._clean_aside, name="cleaning", daemon=True).start()

    def start(self, record: Record, messages: list[dict[str, str]]) -> None:
        """Write down that a call is about to be made. Raises LedgerError; then it must not be made."""
        texts = texts_of({"prompt": canonical(messages)}, self._keeping)
        owner = self._instance.name if self._instance else ""
        self._write(Entry("start", _now(), {"owner": owner, "record": fields_of(record)}, texts))

    def end(self, record: Record, reply: str) -> None:
        """Write down how a started call ended. Raises LedgerError, also where it had ended already."""
        texts = texts_of({"reply": reply, "said": said_in(record)}, self._keeping)
        self._write(Entry("end", _now(), {"record": fields_of(record)}, texts))

    def erase(self, *request_ids: str, tell: Callable[[float], None] = lambda _: None) -> None:
        """Remove for good what was said in ended calls; that they were made, and how they went, stays.

        ``tell`` hears how far the cleaning is, from 0 to 1. Raises LedgerError.
        """
        try:
            for request_id in request_ids:
                call = self.get(request_id)
                try:
                    with self._db.transaction() as db:
                        erasure.erase(db, self._id, call.record.request_id, _now())
                except erasure.ErasedAlready:
                    if len(request_ids) == 1:
                        raise
                self._checkpoints.news(1)
        finally:
            self._clean(tell)

    def others_of(self, request_id: str) -> list[str]:
        """The other calls of its conversation that ``erase`` takes, the newest first. Raises LedgerError."""
        with self._db.reading() as db:
            return reading.others_of(db, request_id)

    def get(self, request_id: str) -> Call:
        """One call, by its request id or the beginning of it. Raises LedgerError for none or several."""
        with self._db.reading() as db:
            return reading.get(db, request_id)

    def place_of(self, request_id: str) -> reading.Place:
        """Where a call stands in the chain. Raises LedgerError."""
        with self._db.reading() as db:
            return reading.place_of(db, request_id)

    def calls(self, wanted: Filter = EVERYTHING, limit: int | None = None) -> Iterator[Call]:
        """The calls that match, the newest first. Reads as it is iterated."""
        below = 2**61
        while limit is None or limit > 0:
            page = 256 if limit is None else min(256, limit)
            with self._db.reading() as db:
                found = reading.newest_first(db, wanted, below, page)
            yield from (each.call for each in found)
            if len(found) < page:
                return
            below = found[-1].seq
            limit = None if limit is None else limit - page

    def describe(self) -> str:
        """How many calls it holds and how it is written, for `doctor`; how its checkpoints are kept, they say."""
        with self._db.reading() as db:
            count = db.execute("SELECT count(*) FROM calls").fetchone()[0]
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]
        calls = "call" if count == 1 else "calls"
        kept = len([*(self.path.parent / "spool").glob(f"*{DAMAGED}")])
        damaged = f"; {kept:,} spool file{'' if kept == 1 else 's'} beside it could not be read" if kept else ""
        return f"{count:,} {calls}, journal mode {mode} (SQLite {sqlite3.sqlite_version}){damaged}"

    @property
    def checkpoints(self) -> Checkpoints:
        """What the ledger says of itself, and signs."""
        return self._checkpoints

    def close(self) -> None:
        """Take in what waits, write a last checkpoint, and let go of the file."""
        if self._instance is not None and self._spool:
            with contextlib.suppress(LedgerError):  # then whoever opens the ledger next does
                self._empty_spool()
        self._checkpoints.close()
        self._db.close()
        if self._instance is not None:
            self._instance.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, anchor: Path | None) -> None:
        try:
            self._instance = Instance(self.path.parent / "instances")
        except OSError as error:
            raise LedgerError(f"The audit file {self.path} cannot be opened: {error}. Check the folder.") from error
        self._spool = Spool(self.path.parent / "spool" / f"{self._instance.name}.jsonl")
        about = {"journal": self._db.journal, "sqlite": sqlite3.sqlite_version}
        settings = {"text": self._keeping, "mode": self._mode, "anchored": anchor is not None}
        left = left_behind(self._spool.file.parent, self._instance.folder)
        with self._db.transaction() as db:
            try:
                self._id = log.prepare(db, _now(), about)
                projection.prepare(db)
                projection.prepare_indexes(db)
                projection.catch_up(db)
                self._appender = Appender(self.path, self._id, {**settings, **about})
                damaged = [self._appender.take_in(db, spool) for spool in left]
                self._unclean = erasure.unfinished(db)
                self.recovered = self._recover(db)
            except (*UNREADABLE, LedgerError) as error:
                why = error.message if isinstance(error, LedgerError) else "it holds a record that cannot be read"
                raise LedgerError(
                    f"The audit file {self.path} cannot be opened: {why}. Restore the file from a copy."
                ) from None
        for spool, count in zip(left, damaged, strict=True):
            self._lose(spool.taken_in(count))
        self.notice = " ".join(self._lost)

    def _write(self, entry: Entry) -> None:
        """Into the ledger, behind what waits in the spool; or, where that cannot be, into the spool."""
        with self._turn:
            try:
                with self._db.transaction() as db:
                    before = log.last(db)[0]
                    damaged = self._appender.take_in(db, self._spool) if self._spool else None
                    self._appender.append(db, entry)
                    news = log.last(db)[0] - before
            except Unwritable as error:
                self._put_aside(entry, error)
                return
            if damaged is not None:
                self._lose(self._spool.taken_in(damaged))
            self.notice = " ".join(self._lost)
        self._checkpoints.news(news)

    def _put_aside(self, entry: Entry, error: Unwritable) -> None:
        """Into the spool: in best-effort mode anything, else only the end of a call, which has been made."""
        if self._instance is None or (self._mode == "required" and entry.kind == "start"):
            raise error
        self._spool.add(entry.written())
        self.notice = (
            f"The audit file cannot be written. Calls are recorded in {self._spool.file} until it can."
            f" {error.message.removesuffix(' Without it no call is made.')}"
        )
        if self._mode == "required":
            raise LedgerError(f"{error.message} How this call ended is kept in {self._spool.file} until it can be.")

    def _clean(self, tell: Callable[[float], None] = lambda _: None) -> None:
        """Finish what was begun with an erasure, now or by a program that was ended before."""
        with self._db.reading() as db:
            unfinished = erasure.unfinished(db)
        if unfinished:
            erasure.purge(self._db, tell)

    def _clean_aside(self) -> None:
        with contextlib.suppress(LedgerError):  # then whoever opens the ledger next does
            self._clean()

    def _lose(self, sentence: str) -> None:
        if sentence:
            self._lost[sentence] = None

    def _empty_spool(self) -> None:
        with self._turn:
            with self._db.transaction() as db:
                damaged = self._appender.take_in(db, self._spool)
            self._lose(self._spool.taken_in(damaged))
        self._checkpoints.news(1)

    def _recover(self, db: sqlite3.Connection) -> int:
        """Close the calls whose process died."""
        assert self._instance is not None
        query = (
            "SELECT e.seq, e.payload FROM calls AS c JOIN events AS e ON e.seq = c.start_seq WHERE c.end_seq IS NULL"
            " ORDER BY e.seq"
        )
        opened = [each for row in db.execute(query).fetchall() for each in _opened(*row)]
        alive = {name for name in {owner for _, owner, _ in opened} if is_alive(self._instance.folder, name)}
        left = [(seq, record) for seq, owner, record in opened if owner not in alive]
        # Of one that has ended the table is wrong: `verify` tells.
        ended = log.ended_after(db, left[0][0]) if left else set()
        left = [(seq, record) for seq, record in left if seq not in ended]
        for seq, record in left:
            ending = {"status": "failed", "stop_reason": "interrupted", "detail": "the program ended mid-call"}
            record = record.model_copy(update=ending)
            texts = texts_of({"said": said_in(record)}, self._keeping)
            fields = {"record": fields_of(record), "start": seq}
            log.append(db, self._id, "recovered", _now(), fields, texts)
        return len(left)


def _opened(seq: int, payload: str) -> Iterator[tuple[int, str, Record]]:
    """Who began a call, and its record; nothing where they cannot be read, of which `verify` tells."""
    with contextlib.suppress(*UNREADABLE):
        fields = json.loads(payload)
        yield seq, str(fields["owner"]), record_of(fields["record"])


def _now() -> int:
    return time.time_ns() // 1000
