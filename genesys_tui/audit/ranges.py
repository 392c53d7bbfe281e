"""Ranges: a run of a ledger's events, checked by itself."""

from __future__ import annotations

import json
import operator
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from genesys_tui.audit import comparison, projection
from genesys_tui.audit.chain import DOMAIN, NOTHING
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.merkle import levels_of, subtrees_of
from genesys_tui.audit.proofs import flaws

RANGE = 2**15
"""Events. A power of two: a full range is one subtree of the Merkle tree."""

_PAGE = 128
"""Events that are read at a time: few enough to stay in the processor's cache while they are looked at."""

_OF_CALLS = frozenset((b"start", b"end", b"recovered"))
_Row = tuple[bytes, bytes, bytes, int]
"""Of an event: kind, payload, head, and whether SQLite has them as text, text and bytes."""


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

    torn: bool = False
    """Whether events are missing."""

    moments: list[Moment] = field(default_factory=list)
    gone: list[tuple[int, str]] = field(default_factory=list)
    """Texts that are not there: their event and part. Fine where an erasure says so."""

    erased: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each call whose texts were erased, as the events of this range say."""

    @property
    def whole(self) -> bool:
        """Whether it is one subtree."""
        return self.last - self.first + 1 == RANGE and len(self.subtrees) == 1


def check_range(db: sqlite3.Connection, first: int, last: int, wanted: list[int], hashed: int) -> Range:
    """Check the events from ``first`` to ``last``, remembering the moments of these sizes.

    ``hashed``: the event from which on a hash is enough of a text.
    """
    found = Range(first, last)
    row = db.execute("SELECT CAST(payload AS BLOB) FROM events WHERE seq = 1").fetchone()
    try:
        found.ledger = bytes.fromhex(json.loads(row[0])["ledger"])
    except UNREADABLE:
        found.problems.append((1, "the first event does not say which ledger this is"))
    if first > 1:
        row = db.execute("SELECT CAST(head AS BLOB) FROM events WHERE seq = ?", (first - 1,)).fetchone()
        found.before = row[0] if row else NOTHING
    db.text_factory = bytes  # what was hashed
    try:
        _check_chain(db, found, {*wanted}, hashed)
    finally:
        db.text_factory = str
    _check_projection(db, found)
    return found


def _check_chain(db: sqlite3.Connection, found: Range, wanted: set[int], hashed: int) -> None:
    leaves: list[bytes] = []
    query = (
        "SELECT kind, payload, head, typeof(kind) = 'text' AND typeof(payload) = 'text' AND typeof(head) = 'blob'"
        " FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
    )
    found.head = found.before
    # In short reads: a long one would keep others from writing.
    for page in range(found.first, found.last + 1, _PAGE):
        until = min(page + _PAGE - 1, found.last)
        rows = db.execute(query, (page, until)).fetchall()
        if len(rows) != until - page + 1:
            found.problems.append((_gap(db, page, until), "events are missing"))
            found.torn = True
            return
        leaves += _check_page(found, page, rows, wanted)
        for flaw in flaws(db, page, [row[1] for row in rows], hashed):
            if flaw.gone:
                found.gone.append((flaw.seq, flaw.part))
            else:
                found.problems.append((flaw.seq, f"its {flaw.part} is not the text that was recorded"))
    if found.last in wanted:
        found.moments.append(Moment(found.last, (), found.head))
    levels = levels_of(leaves)
    found.subtrees = subtrees_of(levels, len(leaves))
    found.moments = [
        each._replace(subtrees=subtrees_of(levels, min(len(leaves), each.size - found.first + 1)))
        for each in found.moments
    ]


def _check_page(found: Range, page: int, rows: list[_Row], wanted: set[int]) -> list[bytes]:
    """Check events that follow each other, from ``page`` on; returns their leaves."""
    heads = [found.head, *[row[2] for row in rows]]
    if {*map(type, heads)} != {bytes}:  # somebody wrote a number there, which is the hash of nothing
        heads = [head if isinstance(head, bytes) else b"" for head in heads]
    leaves = [sha256(b"\0" + row[1]).digest() for row in rows]
    _check_heads(found, page, heads, leaves)
    _check_kinds(found, page, rows)
    others = [place for place, row in enumerate(rows) if row[0] not in _OF_CALLS]
    for size in sorted(wanted.intersection(range(page - 1, page + len(rows) - 1))):
        if rows[size + 1 - page][0] != b"checkpoint":
            found.moments.append(Moment(size, (), heads[size + 1 - page]))
    if not all(row[3] for row in rows):
        kept = "the event is kept in another form than the one in which it was recorded"
        found.problems += [(page + place, kept) for place, row in enumerate(rows) if not row[3]]
    for place in others:
        _take_in(found, page + place, *rows[place][:2], heads[place])
    found.head = heads[-1]
    return leaves


def _check_heads(found: Range, page: int, heads: list[bytes], leaves: list[bytes]) -> None:
    """Compare events with their heads; the first head is the one before them."""
    start = DOMAIN + found.ledger
    numbered = zip(range(page, page + len(leaves)), heads, leaves, strict=False)
    meant = [sha256(start + seq.to_bytes(8, "big") + last + leaf).digest() for seq, last, leaf in numbered]
    if heads[1:] != meant:
        wrong = (page + place for place, head in enumerate(meant) if heads[place + 1] != head)
        found.problems += [(each, "the event is not the one that was recorded, or not in its place") for each in wrong]


def _check_kinds(found: Range, page: int, rows: list[_Row]) -> None:
    """Compare the kinds of rows with those in their payloads, and count them."""
    # There they stand behind a time, which has had sixteen digits since 2001.
    alike = Counter([(row[0], row[1][22:46]) for row in rows])
    for (kind, begins), count in alike.items():
        mark = b',"kind":"%b"' % kind
        if not begins.startswith(mark):
            found.problems += [
                (page + place, "the event is of another kind than its row says")
                for place, row in enumerate(rows)
                if (row[0], row[1][22:46]) == (kind, begins) and mark not in row[1][:60]
            ]
        name = kind.decode("utf-8", "replace")
        found.kinds[name] = found.kinds.get(name, 0) + count


def _take_in(found: Range, seq: int, kind: bytes, payload: bytes, before: bytes) -> None:
    """Remember what an event says that is not of a call."""
    if kind == b"checkpoint":
        found.moments.append(Moment(seq - 1, (), before, payload.decode("utf-8", "replace")))
    elif kind == b"erase":
        try:
            found.erased.append(erasure_in(payload))
        except UNREADABLE:
            found.problems.append((seq, "the erasure cannot be read"))


def erasure_in(payload: str | bytes) -> tuple[int, int]:
    """Start and end of the call whose erasure an event tells. Raises one of UNREADABLE."""
    fields = json.loads(payload)
    return operator.index(fields["start"]), operator.index(fields["last"])


def _gap(db: sqlite3.Connection, first: int, last: int) -> int:
    """The first event that is not there."""
    there = {seq for (seq,) in db.execute("SELECT seq FROM events WHERE seq BETWEEN ? AND ?", (first, last))}
    return next(seq for seq in range(first, last + 2) if seq not in there)


def _check_projection(db: sqlite3.Connection, found: Range) -> None:
    known = min(found.last, projection.through(db))
    if known < found.first or projection.lost(db):
        return  # it knows nothing of them yet, and will be brought up to date
    span = (found.first, known)
    found.shown += [(seq, "the browsing table shows this call otherwise") for seq in comparison.different(db, *span)]
    later = db.execute("SELECT kind FROM events WHERE seq BETWEEN ? AND ?", (known + 1, found.last)).fetchall()
    counts = Counter(found.kinds) - Counter(kind for (kind,) in later)
    begun = db.execute("SELECT count(*) FROM calls WHERE start_seq BETWEEN ? AND ?", span).fetchone()[0]
    if begun != counts["start"]:
        found.shown.append((found.first, "the browsing table does not show every call"))
    # Those that are shown fit an end of their own, so that one that is shown as running is missing here.
    ended = db.execute("SELECT count(*) FROM calls WHERE end_seq BETWEEN ? AND ?", span).fetchone()[0]
    if ended != counts["end"] + counts["recovered"]:
        found.shown.append((found.first, "the browsing table does not show how every call ended"))
