"""Exports verified: JSON lines, without the ledger they came from."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from genesys_tui.audit.chain import NOTHING, head_of, leaf_of
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.findings import Evidence, Ledgered, Unreadable, judged
from genesys_tui.audit.lines import Event, Line, NoLine, read_line
from genesys_tui.audit.merkle import Tree
from genesys_tui.audit.ranges import Moment, Range, erasure_in
from genesys_tui.audit.report import Report, Verdict

_NOT_HERE = (
    "its {} is not there, nor are settings that say that only its hash was kept;"
    " where an older version of this program made this export, make it anew"
)
_PART = "This is a part of a ledger: each event fits the head that stands beside it, which only the whole confirms."


class _Told(NamedTuple):
    """An event, and what its line says of it."""

    event: Event
    ledger: bytes
    erased: bool | None


def verify_export(path: Path, evidence: Evidence, tell: Callable[[int, int], None]) -> Report:
    """Check an export in JSON lines. Raises Unreadable."""
    ledger = _ledger_of(path)
    with closing(_lines(path, tell)) as lines:
        events = _in_order(lines)
        first = next(events)
        found = Ledgered(0, evidence, partial=first.event.seq != 1)
        whole = _Whole(ledger, first.event.seq, evidence, partial=found.partial)
        whole.take(first)
        for event in events:
            whole.take(event)
    found.add(whole.range())
    report = judged(found)
    if not found.partial:
        return report
    said = report.sentences[0] if report.verdict in (Verdict.INVALID, Verdict.DIVERGED) else _PART
    return report.saying(said, *report.sentences[1:])


def _ledger_of(path: Path) -> bytes:
    """The id of its ledger: a part may begin with lines that do not say it. Raises Unreadable."""
    empty = True
    with closing(_lines(path, lambda _, __: None)) as lines:
        for line in lines:
            if line.ledger:
                return line.ledger
            empty = False
    why = "it holds no events" if empty else "it holds no call"
    raise Unreadable(f"{why}. Name a ledger, or an export in JSON lines.")


def _lines(path: Path, tell: Callable[[int, int], None]) -> Generator[Line, None, None]:
    size, done = path.stat().st_size, 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            done += len(line)
            if number % 1000 == 0:
                tell(done, size)
            try:
                yield read_line(line)
            except NoLine as error:
                which = f", from line {number + 1:,} on" if number else ""
                raise Unreadable(f"it is no export in JSON lines{which} ({error}).") from None
    tell(size, size)


def _in_order(lines: Iterable[Line]) -> Iterator[_Told]:
    """By sequence number: a call's end stands beside its start, before what happened meanwhile.

    Calls come in the order of their starts. So what is before a call's start is behind all that is still to come.
    """
    waiting: list[tuple[int, int, _Told]] = []
    seq = count = 0
    partial = None
    for line in lines:
        if partial is None:
            partial = line.events[0].seq != 1
        for event in line.events:
            count += 1
            heapq.heappush(waiting, (event.seq, count, _Told(event, line.ledger, line.erased)))
        begun = line.events[0].seq if partial and line.erased is not None else 0
        while waiting and waiting[0][0] <= max(seq + 1, begun):
            seq, _, told = heapq.heappop(waiting)
            yield told
    while waiting:
        yield heapq.heappop(waiting)[2]


class _Whole:
    """All events as one range."""

    def __init__(self, ledger: bytes, first: int, evidence: Evidence, *, partial: bool) -> None:
        self._found = Range(first, first, ledger)
        self._partial = partial
        self._heads = {note.size: note.head for note in evidence.anchors if note.ledger == ledger}
        self._tree = Tree()
        self._head = NOTHING
        self._next = first
        self._begun = False
        self._hashes = False
        """Whether a hash is enough of a text by now."""

        self._said_erased: set[int] = set()

    def take(self, told: _Told) -> None:
        """Take in the next event."""
        event, found = told.event, self._found
        seq = event.seq
        leaf = leaf_of(event.written.encode())
        self._compare_place(event, leaf)
        if told.ledger not in (b"", found.ledger) or (seq == 1 and event.kind != "open"):
            found.problems.append((seq, "the line is of another ledger"))
        found.problems += [(seq, what) for what in event.wrong]
        found.gone += [(seq, part) for part in event.gone]
        if event.hashed and not self._hashes:
            sentence = _NOT_HERE if self._partial else "its {} is not the text that was recorded"
            found.problems += [(seq, sentence.format(part)) for part in event.hashed]
        if event.kind == "start":
            if told.erased:
                self._said_erased.add(seq)
        elif event.kind == "config":
            self._hashes = self._hashes or _says_hash(event)
        elif event.kind == "erase":
            self._take_erasure(event)
        found.kinds[event.kind] = found.kinds.get(event.kind, 0) + 1
        self._tree.add(leaf)
        self._head, self._next, found.last, self._begun = event.head, seq + 1, seq, True

    def range(self) -> Range:
        """What was found."""
        found = self._found
        if found.last in self._heads and not self._partial:
            found.moments.append(Moment(found.last, tuple(self._tree.subtrees), self._head))
        found.head, found.subtrees = self._head, tuple(self._tree.subtrees)
        for start in sorted(self._said_erased ^ {start for start, _ in found.erased}):
            found.problems.append((start, "its line is wrong about whether it was erased"))
        return found

    def _compare_place(self, event: Event, leaf: bytes) -> None:
        """Compare an event with its heads, and with what came before it."""
        found, seq = self._found, event.seq
        if seq < self._next or (seq > self._next and not self._partial):
            found.problems.append((min(seq, self._next), "events are missing, or there twice"))
        follows = seq == self._next and self._begun if self._partial else True
        if follows and event.before != self._head:
            found.problems.append((seq, "the event does not follow the one before"))
        if event.head != head_of(found.ledger, seq, event.before, leaf):
            found.problems.append((seq, "the event is not the one that was recorded, or not in its place"))
        if self._partial:
            if event.head != self._heads.get(seq, event.head):
                found.problems.append((seq, "the event is not the one that was anchored"))
        elif seq - 1 in self._heads or event.kind == "checkpoint":
            checkpoint = event.written if event.kind == "checkpoint" else ""
            found.moments.append(Moment(seq - 1, tuple(self._tree.subtrees), self._head, checkpoint))

    def _take_erasure(self, event: Event) -> None:
        try:
            self._found.erased.append(erasure_in(event.written))
        except UNREADABLE:
            self._found.problems.append((event.seq, "the erasure cannot be read"))


def _says_hash(event: Event) -> bool:
    settings = event.payload.get("settings")
    return isinstance(settings, dict) and settings.get("text") == "hash"
