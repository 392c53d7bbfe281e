"""Fuzzing, guided by coverage: what reaches a line, or a kind of reply, that nothing reached before is built upon."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from faults.streams import SEEDS, in_pieces, mutated
from faults.verdict import WAYS, judge

import genesys_tui.gateway

_WATCHED = str(Path(genesys_tui.gateway.__file__).parent)


class Coverage:
    """Counts the branches of ``gateway/`` that were taken, each once; where Python cannot tell branches, the lines."""

    def __init__(self) -> None:
        self.seen: set[tuple[object, ...]] = set()

    def __enter__(self) -> Coverage:
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            monitoring.use_tool_id(monitoring.COVERAGE_ID, "fuzzing")
            monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.BRANCH, self._branch)
            monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, self._line)
            monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.BRANCH | monitoring.events.LINE)
            monitoring.restart_events()  # what an earlier run in this process had seen
        else:
            sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
            sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
        else:
            sys.settrace(None)

    def _branch(self, code: CodeType, start: int, end: int) -> Any:
        if not code.co_filename.startswith(_WATCHED):
            return sys.monitoring.DISABLE
        # Not disabled: that would silence the branch's other side as well.
        self.seen.add((code, start, end))
        return None

    def _line(self, code: CodeType, number: int) -> Any:
        if code.co_filename.startswith(_WATCHED):
            self.seen.add((code, number))
        return sys.monitoring.DISABLE  # once is enough: what was seen costs nothing from then on

    def _called(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._traced if frame.f_code.co_filename.startswith(_WATCHED) else None

    def _traced(self, frame: FrameType, event: str, argument: object) -> Any:
        self.seen.add((frame.f_code, frame.f_lineno))
        return self._traced


@dataclass
class Found:
    """What a run of the fuzzer came to."""

    streams: int = 0
    corpus: list[bytes] = field(default_factory=list)
    places: int = 0
    """Branches and lines."""

    kinds: int = 0
    """Kinds of reply."""

    longest: float = 0.0
    """Seconds that the slowest stream took."""

    megabytes: list[float] = field(default_factory=list)
    """Resident memory, at ten moments."""


def fuzz(streams: int, seed: int, *, most: int = 5000) -> Found:
    """Judge that many streams, and keep up to ``most`` to build upon. Raises AssertionError, the stream in it."""
    chance, found, kinds = random.Random(seed), Found(corpus=list(SEEDS)), set[object]()
    with Coverage() as coverage:
        for number in range(streams):
            first = number < len(SEEDS) * len(WAYS)
            raw = SEEDS[number % len(SEEDS)] if first else mutated(chance.choice(found.corpus), found.corpus, chance)
            way = WAYS[number // len(SEEDS)] if first else chance.choice(WAYS)
            places, began = len(coverage.seen), time.perf_counter()
            try:
                kind = judge(raw, in_pieces(raw, chance), way)
            except Exception as error:
                raise AssertionError(f"stream {number} of seed {seed}, {way}: {raw!r}") from error
            found.longest = max(found.longest, time.perf_counter() - began)
            if (len(coverage.seen) > places or kind not in kinds) and len(found.corpus) < most:
                found.corpus.append(raw)
            kinds.add(kind)
            if number % max(1, streams // 10) == 0:
                found.megabytes.append(resident())
    found.megabytes.append(resident())
    found.streams, found.places, found.kinds = streams, len(coverage.seen), len(kinds)
    return found


def resident() -> float:
    """MB of this process."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS:")) / 1000
