"""A call's place in the chain: its events, the head after them, and which checkpoint covers it."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from genesys_tui.audit import log, projection
from genesys_tui.audit.notes import parse_note
from genesys_tui.audit.schema import BESIDE_CALLS
from genesys_tui.errors import LedgerError


class Place(NamedTuple):
    """Where a call stands in the ledger."""

    start: int
    """The sequence number of its first event."""

    end: int | None
    """Of its last; None while it runs."""

    head: str
    """The chain's head after its last event, in hexadecimal."""

    proofs: dict[str, str]
    """The salted hash of each text, by part: ``prompt``, ``reply``, ``said``. In hexadecimal."""

    checkpoint: int | None = None
    """The sequence number of the first checkpoint behind it; None where there is none yet."""

    signed: bool = False
    """Whether that one is signed. Whether rightly so, `audit verify` tells."""


def place_of(db: sqlite3.Connection, request_id: str) -> Place:
    """Where the call stands. Raises LedgerError."""
    row = db.execute(
        "SELECT start_seq, end_seq FROM calls WHERE request_id = ?", (projection.storable(request_id),)
    ).fetchone()
    if row is None:
        raise LedgerError(f"No call has the request id {request_id}. See `genesys-tui audit list`.")
    start, end = row
    proofs: dict[str, str] = {}
    for seq in (start, end):
        if seq is not None and (event := log.read(db, seq)):
            proofs |= event.payload.get("texts", {})
    head = db.execute("SELECT lower(hex(head)) FROM events WHERE seq = ?", (end or start,)).fetchone()[0]
    covering = _checkpoint_behind(db, end or start)
    if covering is None:
        return Place(start, end, head, proofs)
    return Place(start, end, head, proofs, covering[0], bool(parse_note(covering[1]).signatures))


def _checkpoint_behind(db: sqlite3.Connection, seq: int) -> tuple[int, str] | None:
    query = (
        f"SELECT seq, payload FROM events WHERE {BESIDE_CALLS}"  # noqa: S608
        " AND kind = 'checkpoint' AND seq > ? ORDER BY seq LIMIT 1"
    )
    row = db.execute(query, (seq,)).fetchone()
    return row and (row[0], json.loads(row[1])["note"])
