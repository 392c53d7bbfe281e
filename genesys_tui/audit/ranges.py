"""Ranges: a run of a ledger's events, checked by itself."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from genesys_tui.audit import projection
from genesys_tui.audit.chain import DOMAIN, NOTHING
from genesys_tui.audit.merkle import levels_of, subtrees_of
from genesys_tui.audit.texts import prove

RANGE = 2**15
"""Events. A power of two: a full range is one subtree of the Merkle tree."""

_PAGE = 4096
_TEXTS = b'"texts":{'
_NO_TEXTS = b""
_PARTS = {part: b'"%b":"' % part.encode() for part in ("prompt", "reply", "said")}


class Moment(NamedTuple):
    """The tree within a range at some event: what a note says is compared with it."""

    size: int
    subtrees: tuple[bytes, ...]
    """Those of the range alone."""

    head: bytes
    checkpoint: str = ""
    """The payload, where the event after this moment is a checkpoint."""


@dataclass(slots=True)
class Range:
    """What a range holds, and what is wrong with it."""

    first: int
    last: int
    ledger: bytes = b""
    """The id, in the range that holds the first event."""

    before: bytes = NOTHING
    """The head before it."""

    head: bytes = NOTHING
    """The head after it."""

    subtrees: tuple[bytes, ...] = ()
    kinds: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Sequence number, and what is wrong there."""

    shown: list[tuple[int, str]] = field(default_factory=list)
    """The same of the browsing table."""

    moments: list[Moment] = field(default_factory=list)
    gone: list[tuple[int, str]] = field(default_factory=list)
    """Texts that are not there: their event and part. Fine where an erasure says so."""

    erased: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each call whose texts were erased, as the events of this range say."""

    @property
    def whole(self) -> bool:
        """Whether it is one subtree."""
        return self.last - self.first + 1 == RANGE and len(self.subtrees) == 1


def check_range(db: sqlite3.Connection, first: int, last: int, wanted: list[int]) -> Range:
    """Check the events from ``first`` to ``last``, remembering the moments of these sizes."""
    found = Range(first, last)
    row = db.execute("SELECT CAST(payload AS BLOB) FROM events WHERE seq = 1").fetchone()
    try:
        found.ledger = bytes.fromhex(json.loads(row[0])["ledger"])
    except (TypeError, ValueError, KeyError):
        found.problems.append((1, "the first event does not say which ledger this is"))
    if first > 1:
        row = db.execute("SELECT CAST(head AS BLOB) FROM events WHERE seq = ?", (first - 1,)).fetchone()
        found.before = row[0] if row else NOTHING
    _check_chain(db, found, {*wanted})
    _check_projection(db, found)
    return found


def _check_chain(db: sqlite3.Connection, found: Range, wanted: set[int]) -> None:
    rows: list[Any] = []
    leaves: list[bytes] = []
    query = (
        "SELECT seq, kind, CAST(payload AS BLOB), CAST(head AS BLOB) FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
    )
    before = found.before
    # In short reads: a long one would keep others from writing.
    for page in range(found.first, found.last + 1, _PAGE):
        until = min(page + _PAGE - 1, found.last)
        texts = _texts(db, page, until)
        rows = db.execute(query, (page, until)).fetchall()
        if _missing(found, rows, page, until):
            return
        new = [sha256(b"\0" + row[2]).digest() for row in rows]
        _check_heads(found, rows, new, before)
        for seq, kind, payload, _ in rows:
            ending, kept = texts.pop(seq, (_NO_TEXTS, ()))
            if not payload.endswith(ending) if kept else _TEXTS in payload:
                _check_texts(found, seq, payload, kept)
            if kind == "erase":
                fields = json.loads(payload)
                found.erased.append((fields["start"], fields["last"]))
            if seq - 1 in wanted or kind == "checkpoint":
                checkpoint = payload.decode("utf-8", "replace") if kind == "checkpoint" else ""
                found.moments.append(
                    Moment(seq - 1, (), before if seq == page else rows[seq - page - 1][3], checkpoint)
                )
        found.problems += [(seq, "there is text of an event that has none") for seq in texts]
        leaves += new
        before = rows[-1][3] if rows else before
    found.head = before
    if found.last in wanted:
        found.moments.append(Moment(found.last, (), before))
    levels = levels_of(leaves)
    found.subtrees = subtrees_of(levels, len(leaves))
    found.moments = [
        each._replace(subtrees=subtrees_of(levels, min(len(leaves), each.size - found.first + 1)))
        for each in found.moments
    ]


def _check_heads(found: Range, rows: list[Any], leaves: list[bytes], before: bytes) -> None:
    """Compare a page of events with their heads, and their kinds with their payloads."""
    seq = rows[0][0] if rows else found.first
    heads = [row[3] for row in rows]
    start = DOMAIN + found.ledger
    meant = [
        sha256(start + (seq + place).to_bytes(8, "big") + last + leaf).digest()
        for place, (last, leaf) in enumerate(zip([before, *heads], leaves, strict=False))
    ]
    if heads != meant:
        wrong = (row[0] for row, head in zip(rows, meant, strict=True) if row[3] != head)
        found.problems += [(each, "the event is not the one that was recorded, or not in its place") for each in wrong]
    kinds = Counter(row[1] for row in rows)
    marks = {kind: b',"kind":"%b"' % kind.encode() for kind in kinds}
    found.problems += [
        (row[0], "the event is of another kind than its row says") for row in rows if marks[row[1]] not in row[2][:60]
    ]
    for kind, count in kinds.items():
        found.kinds[kind] = found.kinds.get(kind, 0) + count


def _missing(found: Range, rows: list[Any], page: int, until: int) -> bool:
    """Whether events are not there that should be; then nothing more can be said of the page."""
    if len(rows) == until - page + 1:
        return False
    there = {row[0] for row in rows}
    gap = next(seq for seq in range(page, until + 1) if seq not in there)
    found.problems.append((gap, "events are missing"))
    return True


def _texts(db: sqlite3.Connection, first: int, last: int) -> dict[int, tuple[bytes, tuple[Any, ...]]]:
    """By event: how its payload ends if the texts are the ones recorded, and the texts."""
    query = "SELECT seq, part, salt, CAST(body AS BLOB) FROM texts WHERE seq BETWEEN ? AND ? ORDER BY seq, part"
    found: dict[int, tuple[bytes, tuple[Any, ...]]] = {}
    for seq, part, salt, body in db.execute(query, (first, last)).fetchall():
        proof = b"" if body is None else b'"%b":"%b"' % (part.encode(), prove(salt, body).encode())
        if seq in found:
            ending, kept = found[seq]
            found[seq] = (b"%b,%b}}" % (ending[:-2], proof), (*kept, (part, proof)))
        else:
            found[seq] = (b'"texts":{%b}}' % proof, ((part, proof),))
    return found


def _check_texts(found: Range, seq: int, payload: bytes, texts: Sequence[tuple[str, bytes]]) -> None:
    """Compare the texts of an event, one by one, with their proofs at the end of its payload."""
    place = payload.rfind(_TEXTS)
    proofs = payload[place:] if place >= 0 else b""
    missing = {part for part, mark in _PARTS.items() if mark in proofs}
    for part, proof in texts:
        if part not in missing or proof not in proofs:  # an empty one is of a text of which only the hash is kept
            found.problems.append((seq, f"its {part} is not the text that was recorded"))
        missing.discard(part)
    found.gone += [(seq, part) for part in sorted(missing)]


def _check_projection(db: sqlite3.Connection, found: Range) -> None:
    if projection.through(db) < found.first:
        return  # it knows nothing of them yet, and will be brought up to date
    span = (found.first, found.last)
    found.shown += [(seq, "the browsing table shows this call otherwise") for seq in projection.different(db, *span)]
    rows = db.execute("SELECT count(*) FROM calls WHERE start_seq BETWEEN ? AND ?", span).fetchone()[0]
    if rows != found.kinds.get("start", 0):
        found.shown.append((found.first, "the browsing table does not show every call"))
