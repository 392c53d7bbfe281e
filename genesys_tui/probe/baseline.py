"""Baselines: earlier calls of the same profile and model, to compare a probe with."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.query import read_moment
from genesys_tui.audit.records import Record
from genesys_tui.probe.figures import STREAMED, percentile
from genesys_tui.probe.run import Run
from genesys_tui.probe.shift import FEWEST, Shift, shift

MOST = 5_000
"""Earlier calls that are looked at, the newest."""

_HOUR = 3600 * 1_000_000
_SHARED = 3
"""Calls that a run must have to be one whose median says something."""


class Earlier(NamedTuple):
    """An earlier call. None where it has no such measure."""

    run: str
    """The calls of a probe belong together; so do others that were made in the same hour."""

    probe: bool
    ttft: float | None
    """Seconds."""

    rate: float | None
    """Tokens per second."""


@dataclass(frozen=True, slots=True)
class Movement:
    """How far one measure moved."""

    what: Literal["TTFT", "rate"]
    before: float | None
    """The median of the earlier calls; None where none was measured. Seconds, or tokens per second."""

    now: float | None
    shift: Shift | None
    """None where there are too few calls to tell."""

    @property
    def verdict(self) -> Literal["slower", "faster", "noise", "too few"]:
        """What that means."""
        if self.shift is None:
            return "too few"
        if self.shift.is_noise:
            return "noise"
        return "slower" if (self.shift.change > 0) == (self.what == "TTFT") else "faster"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A probe beside the calls before it."""

    since: datetime
    among: Literal["probes", "calls"]
    """Which calls: those of probes where they are enough to tell, else all."""

    calls: int
    """How many."""

    runs: int
    """Of how many probes; among calls, the hours of those that no probe made count as well."""

    movements: tuple[Movement, ...]


def compared(run: Run, path: Path) -> Comparison | None:
    """A run beside earlier calls in the ledger at that path; None where its plan asks for none. Raises LedgerError."""
    if not run.plan.baseline:
        return None
    since = read_moment(run.plan.baseline, run.started_at)
    earlier = _earlier(run, path, since)
    probes = [call for call in earlier if call.probe]
    enough = sum(call.ttft is not None for call in probes) >= FEWEST[1]
    return comparison(since, probes if enough else earlier, [sample.record for sample in run.samples], probes=enough)


def comparison(since: datetime, earlier: list[Earlier], later: Iterable[Record], *, probes: bool) -> Comparison:
    """Records beside earlier calls. Only those whose stream is measured count."""
    streamed = [record for record in later if record.status in STREAMED]
    movements = (
        _movement("TTFT", earlier, [record.time_to_first_token_seconds for record in streamed]),
        _movement("rate", earlier, [record.streaming_tokens_per_second for record in streamed]),
    )
    runs = len({call.run for call in earlier})
    return Comparison(since, "probes" if probes else "calls", len(earlier), runs, movements)


def _movement(what: Literal["TTFT", "rate"], earlier: list[Earlier], later: list[float | None]) -> Movement:
    now = [value for value in later if value is not None]
    runs: defaultdict[str, list[float]] = defaultdict(list)
    for call in earlier:
        if (value := call.ttft if what == "TTFT" else call.rate) is not None:
            runs[call.run].append(value)
    before = [value for values in runs.values() for value in values]
    medians = [statistics.median(values) for values in runs.values() if len(values) >= _SHARED]
    return Movement(what, _p50(what, before), _p50(what, now), shift(before, now, medians))


def _p50(what: str, values: list[float]) -> float | None:
    """As the figures have it."""
    return percentile(sorted(values, reverse=what == "rate"), 50) if values else None


def _earlier(run: Run, path: Path, since: datetime) -> list[Earlier]:
    """Calls of the same profile and model that were made since then and before the run, the newest first."""
    from genesys_tui.audit.browse import PAGE, Browser
    from genesys_tui.audit.rows import Order

    profile, model = run.settings.name, run.settings.profile.model
    wanted = Filter(since.isoformat(), run.started_at.isoformat(), model, profile=profile)
    found: list[Earlier] = []
    browser, after = Browser(path), None
    try:
        while len(found) < MOST:
            rows = browser.page(wanted, Order(), after=after)
            for row in rows:
                # A star in a name is a pattern to the filter.
                if (row.profile, row.model) == (profile, model) and row.status in STREAMED and row.probe != run.id:
                    name = row.probe or str(row.time // _HOUR)
                    found.append(Earlier(name, bool(row.probe), _measured(row.ttft, 1e6), _measured(row.rate, 1e3)))
            if len(rows) < PAGE:
                break
            after = rows[-1].key(Order())
    finally:
        browser.close()
    return found[:MOST]


def _measured(value: int, parts: float) -> float | None:
    return None if value < 0 else value / parts
