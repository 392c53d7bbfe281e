"""Proofs: the texts of a run of events, compared with what the events' payloads prove."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from genesys_tui.audit.schema import BESIDE_CALLS
from genesys_tui.audit.texts import prove

_TEXTS = b'"texts":{'
_ONLY = {part.encode(): b'"texts":{"%b":"' % part.encode() for part in ("prompt", "reply", "said")}
"""How the proof of a text begins that is the only one of its event; the payload ends with it."""

_IN_ORDER = (
    "SELECT seq, iif(typeof(part) = 'text', part, '?'), CAST(salt AS BLOB), body FROM texts"
    " WHERE seq BETWEEN ? AND ? ORDER BY seq, part"
)


HASHED = '"text":"hash"'
"""How the settings in a payload say that of prompts and replies only the hash is kept."""

NEVER = 2**62


class Flaw(NamedTuple):
    """A text that is not as its event says."""

    seq: int
    part: str
    gone: bool
    """Whether it is not there: fine where an erasure says so. Otherwise it is another one."""


def hashed_from(db: sqlite3.Connection) -> int:
    """The event from which on only the hashes of texts may be kept, since the settings said so; far away where never.

    Later settings may say otherwise, and yet another program still keeps to those that it began with.
    """
    query = (
        f"SELECT min(seq) FROM events WHERE {BESIDE_CALLS}"  # noqa: S608
        " AND kind = 'config' AND instr(payload, ?)"
    )
    return db.execute(query, (HASHED,)).fetchone()[0] or NEVER


def flaws(db: sqlite3.Connection, first: int, payloads: Sequence[bytes], hashed: int = NEVER) -> Iterator[Flaw]:
    """What is wrong with the texts of the events from ``first`` on, all of which are there.

    The connection's texts are bytes. ``hashed``: the event from which on a hash is enough.
    """
    rows = db.execute(_IN_ORDER, (first, first + len(payloads) - 1)).fetchall()
    for place in _odd(first, payloads, rows):
        seq = first + place
        yield from _flaws_of(seq, payloads[place], db.execute(_IN_ORDER, (seq, seq)).fetchall(), seq > hashed)


def _odd(first: int, payloads: Sequence[bytes], texts: Iterable[tuple[int, bytes, bytes, bytes | None]]) -> list[int]:
    """The places of events that have anything but one text, of which they end with the proof."""
    single = bytearray(len(payloads))
    odd = []
    for seq, part, salt, body in texts:
        place = seq - first
        known = body is not None and part in _ONLY
        if known and payloads[place].endswith(_ONLY[part] + prove(salt, body).encode() + b'"}}'):  # type: ignore[arg-type]
            single[place] = 1
        else:
            odd.append(place)
    place = single.find(0)
    while place >= 0:
        if _TEXTS in payloads[place]:
            odd.append(place)
        place = single.find(0, place + 1)
    return sorted({*odd})


def _flaws_of(
    seq: int, payload: bytes, texts: Iterable[tuple[int, bytes, bytes, bytes | None]], hashed: bool
) -> Iterator[Flaw]:
    """Compare the texts of one event with the proofs at the end of its payload."""
    place = payload.rfind(_TEXTS)
    proofs = payload[place:] if place >= 0 else b""
    missing = {part for part in _ONLY if b'"%b":"' % part in proofs}
    for _, part, salt, body in texts:
        # Of what the program itself says there is more than the hash in any case.
        if body is None:
            fits = hashed and part != b"said"
        else:
            fits = b'"%b":"%b"' % (part, prove(salt, body).encode()) in proofs
        if part not in missing or not fits:
            yield Flaw(seq, part.decode("utf-8", "replace"), gone=False)
        missing.discard(part)
    for part in sorted(missing):
        yield Flaw(seq, part.decode(), gone=True)
