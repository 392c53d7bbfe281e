"""Ledgers for tests: filled with calls, and signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.notes import Key, Note, notes_in, public_key
from genesys_tui.audit.records import Record

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=timezone.utc)


@dataclass
class FixedSigner:
    """A key, and a place for the newest anchor."""

    key: bytes = b"k" * 32
    note: str | None = None
    slow: float = 0.0

    def seed(self) -> bytes:
        return self.key

    def known_seed(self) -> bytes | None:
        return self.seed()

    def keep(self, note: str) -> None:
        self.note = note

    def kept(self) -> str | None:
        return self.note

    @property
    def public(self) -> Key:
        return public_key(self.key)


def record(request_id: str, **fields: Any) -> Record:
    fields = {"model": "gpt-4o-mini", "conversation_id": "c", "started_at": MORNING} | fields
    return Record(request_id=request_id, **fields)


def write(ledger: Ledger, request_id: str, prompt: str = "Hi", reply: str = "Hello", **fields: Any) -> Record:
    """A call from start to end."""
    ledger.start(record(request_id, **{**fields, "status": "running"}), [{"role": "user", "content": prompt}])
    ended = record(request_id, **{"status": "completed", **fields})
    ledger.end(ended, reply)
    return ended


def hurried(ledger: Ledger) -> Ledger:
    """The same ledger, without a wait for the disk: what is tested is not what it survives."""
    with ledger._db.guard("written") as db:  # not while its own thread cleans up in a transaction
        db.execute("PRAGMA synchronous=OFF")
    return ledger


def filled(path: Path, calls: int, signer: FixedSigner | None = None, anchor: Path | None = None) -> None:
    """A ledger of so many calls, with a checkpoint after each twenty and at the end."""
    with hurried(Ledger(path, signer=signer, anchor=anchor)) as ledger:
        for number in range(calls):
            moment = MORNING + timedelta(minutes=number)
            write(
                ledger, f"r{number:04}", f"prompt {number}", f"reply {number}", started_at=moment, total_tokens=number
            )
            if number % 20 == 19:
                ledger.checkpoints.write()


def anchors_in(file: Path) -> list[Note]:
    return list(notes_in(file.read_text()))
