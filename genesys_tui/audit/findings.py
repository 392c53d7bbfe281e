"""Findings: what verification saw, put together into one verdict."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from genesys_tui.audit import projection
from genesys_tui.audit.chain import NOTHING
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.merkle import Tree, root_of
from genesys_tui.audit.notes import Key, Note, parse_note
from genesys_tui.audit.ranges import Moment, Range, erasure_in
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.sanitize import sanitized_line

HONESTLY = "This proves that what was recorded has not changed since it was anchored, not that everything was recorded."

REBUILD = "`genesys-tui audit rebuild` makes the browsing table anew out of them."


_BESIDE = (
    "SELECT start_seq FROM calls"
    " WHERE start_seq < 1 OR start_seq > (SELECT min(seq, (SELECT max(seq) FROM events)) FROM projected) LIMIT 1000"
)
"""Rows before the first event, and behind the last one that the table knows."""


class Unreadable(Exception):
    """It cannot be checked at all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known from elsewhere."""

    key: Key | None = None
    anchors: tuple[Note, ...] = ()


@dataclass(slots=True)
class Ledgered:
    """What the ranges told so far."""

    last: int
    evidence: Evidence
    size: int = 0
    wholes: Tree = field(default_factory=Tree)
    """The tree over whole ranges."""

    head: bytes = NOTHING
    ledger: bytes = b""
    kinds: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    shown: list[tuple[int, str]] = field(default_factory=list)
    """Problems of the browsing table alone, which come after those of the ledger itself."""

    contradictions: list[str] = field(default_factory=list)
    gone: set[tuple[int, str]] = field(default_factory=set)
    erased: set[tuple[int, int]] = field(default_factory=set)
    notes: list[tuple[int, Note]] = field(default_factory=list)
    """The signed checkpoints, and where they stand."""

    signed: int = 0
    signed_through: int = 0
    foreign: int = 0
    """Checkpoints with a signature, but none by the key."""

    compared: bool = True
    """Whether the browsing table was compared: not where there is none of this version."""

    met: set[int] = field(default_factory=set)
    """Sizes of anchors that agreed."""

    partial: bool = False
    """Whether only some events are at hand, as in a filtered export."""

    @property
    def events(self) -> int:
        """How many were checked."""
        return sum(self.kinds.values())

    def add(self, checked: Range) -> None:
        """Take in the next range."""
        if checked.before != self.head and not checked.problems:
            self.problems.append((checked.first, "the event does not follow the one before"))
        self.ledger = self.ledger or checked.ledger
        self.problems += checked.problems
        self.shown += checked.shown
        self.gone |= set(checked.gone)
        self.erased |= set(checked.erased)
        for kind, count in checked.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for moment in checked.moments:
            self._compare(moment)
        if checked.whole:
            self.wholes.add(checked.subtrees[0])
        self.size = checked.last
        self.head = checked.head

    def _compare(self, moment: Moment) -> None:
        """Compare a checkpoint in the ledger, and the anchors of this size, with what the ledger was then."""
        root = root_of([*self.wholes.subtrees, *moment.subtrees])
        if moment.checkpoint:
            self._compare_checkpoint(moment, root)
        for note in self.evidence.anchors:
            if note.size == moment.size:
                if (note.root, note.head) == (root, moment.head):
                    self.met.add(note.size)
                else:
                    self.contradictions.append(f"event {note.size:,} is not the one that was anchored")

    def _compare_checkpoint(self, moment: Moment, root: bytes) -> None:
        seq = moment.size + 1
        try:
            note = parse_note(json.loads(moment.checkpoint)["note"])
        except UNREADABLE:
            self.problems.append((seq, "the checkpoint cannot be read"))
            return
        if (note.size, note.root, note.head) != (moment.size, root, moment.head):
            self.problems.append((seq, "the checkpoint is of other events"))
        if note.signatures:
            self.notes.append((seq, note))
        elif self.notes:
            self.problems.append((seq, "the checkpoint is not signed, but those before it are"))

    def compare_table(self, db: sqlite3.Connection, last: int) -> None:
        """See that the browsing table says of the same calls that they were erased, and shows none beside the events.

        Meanwhile there may be more.
        """
        known = projection.through(db)
        if lost := projection.lost(db):
            self.shown.append((0, lost))
            known = -1
        later = "SELECT seq, payload FROM events WHERE seq > ? AND kind = 'erase'"
        unknown = set()
        for seq, payload in db.execute(later, (min(last, known),)).fetchall():
            with contextlib.suppress(*UNREADABLE):
                call = erasure_in(payload)
                self.erased.add(call)
                if seq > known:
                    unknown.add(call[0])
        self.compared = known >= 0
        if not self.compared:
            return
        odd = [sanitized_line(name) for name in projection.odd_indexes(db)]
        self.shown += [(0, f"the index {name} of the browsing table is gone, changed or unknown") for name in odd]
        rows = {row[0] for row in db.execute("SELECT start_seq FROM calls WHERE erased IS NOT 0")}
        beside = db.execute(_BESIDE).fetchall()
        for start in sorted((rows ^ {start for start, _ in self.erased}) - unknown):
            self.shown.append((start, "the browsing table is wrong about what was erased"))
        self.shown += [(0, f"the browsing table shows a call that was never recorded, as {seq:,}") for (seq,) in beside]

    def look_for_remains(self, db: sqlite3.Connection) -> None:
        """See that there are no events and texts beside those that were checked, nor texts that were erased."""
        if db.execute("SELECT 1 FROM events WHERE seq < 1").fetchone():
            self.problems.append((0, "there are events before the first one"))
        if db.execute("SELECT 1 FROM texts WHERE seq < 1 OR seq > (SELECT max(seq) FROM events)").fetchone():
            self.problems.append((0, "there are texts of events that are not there"))
        for both in sorted(self.erased):
            if db.execute("SELECT 1 FROM texts WHERE seq IN (?, ?)", both).fetchone():
                self.problems.append((both[0], "what was said in the call was erased, and is there"))


def judged(found: Ledgered) -> Report:
    """The verdict."""
    _judge_texts(found)
    _judge_key(found)
    _judge_anchors(found)
    only_shown = bool(found.shown) and not found.problems
    found.problems = found.problems or found.shown
    newest = max(found.met, default=0)
    unanchored = found.events - newest if not found.partial else found.events
    if found.problems:
        verdict = Verdict.INVALID
    elif found.contradictions:
        verdict = Verdict.DIVERGED
    else:
        verdict = Verdict.UNANCHORED if unanchored or not found.met else Verdict.ANCHORED
    return Report(
        verdict,
        tuple(_sentences(found, verdict, unanchored, only_shown=only_shown)),
        events=found.events,
        calls=found.kinds.get("start", 0),
        erased=len(found.erased),
        checkpoints=found.kinds.get("checkpoint", 0),
        signed=found.signed,
        anchors=len(found.met),
        unanchored=unanchored,
        first_bad=min((seq for seq, _ in found.problems if seq), default=None),
        ledger=found.ledger.hex(),
        head=found.head.hex(),
    )


def _judge_texts(found: Ledgered) -> None:
    erased = {seq for both in found.erased for seq in both}
    found.problems += [
        (seq, f"its {part} is gone, and no erasure says so") for seq, part in found.gone if seq not in erased
    ]


def _judge_key(found: Ledgered) -> None:
    key = found.evidence.key
    if key is None:
        return
    ours = [(seq, note) for seq, note in found.notes if any(each[1][:4] == key.id for each in note.signatures)]
    found.foreign = len(found.notes) - len(ours)
    # The newest good one speaks for all before it: they are among the events that it signs.
    while ours and not ours[-1][1].signed_by(key):
        found.problems.append((ours.pop()[0], "the checkpoint's signature is not good"))
    found.signed = len(ours)
    found.signed_through = ours[-1][1].size if ours else 0
    if found.kinds.get("start") and not found.signed and not found.partial:
        found.problems.append((0, f"no checkpoint is signed with the key {key.id.hex()}"))


def _judge_anchors(found: Ledgered) -> None:
    for note in found.evidence.anchors:
        if note.ledger != found.ledger:
            found.contradictions.append(f"the anchor is of another ledger, {note.ledger.hex()[:8]}…")
        elif note.size > found.size and not found.partial:
            found.contradictions.append(f"{note.size:,} events were anchored, and there are {found.size:,}")
        elif found.evidence.key and note.signed_by(found.evidence.key) is False:
            found.contradictions.append(f"the signature of the anchor of {note.size:,} events is not good")


def _sentences(found: Ledgered, verdict: Verdict, unanchored: int, *, only_shown: bool) -> Iterable[str]:
    if verdict is Verdict.INVALID:
        seq, what = min(found.problems, key=lambda each: (not each[0], each))
        what = f"Event {seq:,}: {what}" if seq else what[0].upper() + what[1:]
        more = f" There are {len(found.problems) - 1:,} more such findings." if len(found.problems) > 1 else ""
        yield f"{what}.{more}"
        if only_shown:
            yield f"The events themselves fit each other. {REBUILD}"
    elif verdict is Verdict.DIVERGED:
        yield (
            f"The ledger agrees with itself, but not with what was kept elsewhere: {found.contradictions[0]}."
            " It was cut, replaced or rewritten."
        )
    elif verdict is Verdict.ANCHORED:
        yield "Every event is the one that was recorded, and the head is the one that was kept elsewhere."
    elif found.met:
        noun = "event is" if unanchored == 1 else "events are"
        yield f"Every event fits the one before it; the last {unanchored:,} {noun} not anchored yet."
    else:
        yield "Every event fits the one before it, but nothing from elsewhere was at hand to compare the ledger with."
    yield _about_signatures(found)
    if not found.compared and verdict.value <= 10:
        yield "The browsing table was not compared, since it is of another version: the program makes it anew."
    yield HONESTLY


def _about_signatures(found: Ledgered) -> str:
    count = found.kinds.get("checkpoint", 0)
    if not found.evidence.key:
        signatures = "without a key no signature was checked"
    elif found.signed:
        signatures = f"{found.signed:,} are signed with the key, up to event {found.signed_through:,}"
        if found.foreign:
            signatures += f"; {found.foreign:,} are signed with another key"
    else:
        signatures = "none is signed with the key"
    return f"{count:,} checkpoint{'' if count == 1 else 's'}: {signatures}."
