"""Ingest: CPU time per event, of our whole path and of the peers', reading the same bytes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.beside.peers import Peer, peer
from bench.beside.source import EVENTS, Source
from bench.beside.table import curl_version, table, times, verdict

OURS, CURL, SKETCH = "genesys-tui", "curl -N", "the sketch"
PACE = 0.0005
"""Seconds between segments: no client needs as long for one event."""

FEW = 200
"""Events of the run that tells what starting costs."""

TO_REACH = {("segment", CURL): 2.3, ("segment", "openai-python"): 0.42, ("segment", "httpx-sse"): 1.0}
TO_REACH |= {("bulk", "openai-python"): 0.08, ("bulk", "httpx-sse"): 0.6}
"""At most, of the gateway's own chunks."""


@dataclass(frozen=True)
class Way:
    """How the events are sent."""

    name: str
    pace: float
    events: int
    runs: int


def ways(quick: bool) -> list[Way]:
    """One event a segment, and as many as fit."""
    share = 4 if quick else 1
    runs = 3 if quick else 5
    return [Way("segment", PACE, 16_000 // share, runs), Way("bulk", 0.0, 100_000 // share, runs)]


def ingest(quick: bool = False) -> str:
    """The tables."""
    source = Source()
    theirs = peer("ingest", "openai", "httpx-sse", "pydantic", "httpx")
    parts = []
    for dialect in EVENTS:
        commands = _commands(dialect, source.url, theirs)
        for way in ways(quick):
            cost = _measure(source, dialect, way, commands)
            parts.append(_told(dialect, way, cost))
    return "\n\n".join([*parts, _with(theirs)])


def cpu(command: Sequence[str]) -> float:
    """Seconds of CPU time that the command takes, in user and kernel."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _commands(dialect: str, url: str, theirs: Peer | str) -> dict[str, list[str]]:
    """By client; the number of events is still to be added to a Python one."""
    script = str(Path(__file__).with_name("clients.py"))
    commands = {OURS: [sys.executable, script, "ours", dialect, url]}
    if curl_version():
        # An empty header, or it would wait for a "100 Continue".
        commands[CURL] = ["curl", "-N", "-s", "-S", "-o", os.devnull, "-H", "Expect:", "-d", "{}", url]
    if isinstance(theirs, Peer):
        for name in ("openai-python", "httpx-sse"):
            commands[name] = [theirs.python, script, name, dialect, url]
        commands[SKETCH] = [theirs.python, script, "sketch", dialect, url]
    return commands


def _measure(source: Source, dialect: str, way: Way, commands: dict[str, list[str]]) -> dict[str, float]:
    """Microseconds per event by client: the median of runs that take turns."""
    seen: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(way.runs + 1):
        for name, command in commands.items():
            few, many = (_once(source, dialect, way.pace, command, count) for count in (FEW, FEW + way.events))
            if number:  # the first warms up
                seen[name].append((many - few) / way.events * 1e6)
    return {name: statistics.median(costs) for name, costs in seen.items()}


def _once(source: Source, dialect: str, pace: float, command: list[str], count: int) -> float:
    source.play((EVENTS[dialect](number) for number in range(1, count + 1)), pace)
    return cpu(command if command[0] == "curl" else [*command, str(count)])


def _told(dialect: str, way: Way, cost: dict[str, float]) -> str:
    how = "one event a TCP segment" if way.pace else "64 KB of events at a time"
    what = "the gateway's chunks" if dialect == "genesys" else "chat completions"
    size = len(EVENTS[dialect](1000))
    rows = []
    for name, each in sorted(cost.items(), key=lambda item: item[1]):
        most = TO_REACH.get((way.name, name)) if dialect == "genesys" else None
        ratio = cost[OURS] / each
        ours = "" if name == OURS else verdict(ratio, most) if most else times(ratio)
        rows.append((f"**{name}**" if name == OURS else name, f"{each:.2f} µs", ours))
    title = f"Ingest, {what} ({size} bytes an event), {how}: CPU time per event, median of {way.runs} runs in turn"
    return f"{title}\n\n" + table(("client", "per event", "genesys-tui takes"), rows)


def _with(theirs: Peer | str) -> str:
    if isinstance(theirs, str):
        return theirs
    named = ", ".join(f"{name} {version}" for name, version in theirs.versions.items())
    return f"With {named}; curl {curl_version() or 'not found'}."
