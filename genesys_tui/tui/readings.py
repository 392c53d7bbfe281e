"""Readings: a call's figures as the gauges show them."""

from __future__ import annotations

import math
from typing import NamedTuple

from genesys_tui.audit.records import Record
from genesys_tui.endings import ending_of, rate, seconds
from genesys_tui.metrics import Snapshot
from genesys_tui.tui.courier import Vitals
from genesys_tui.tui.words import Severity, severity_of


class Reading(NamedTuple):
    """What one gauge shows."""

    value: str = "—"
    severity: Severity = "muted"


Readings = dict[str, Reading]
"""By gauge; see ``widgets.health.GAUGES``."""

READY = Reading("ready", "success")


def live_readings(vitals: Vitals) -> Readings:
    """Of a call that runs."""
    now = vitals.figures
    return {
        "state": _state(vitals),
        "rate": Reading(rate(now.current_tokens_per_second)),
        "elapsed": Reading(seconds(now.elapsed, 1)),
        "TTFT": Reading(seconds(now.time_to_first_token)),
        "tokens": Reading(f"{now.tokens:,}"),
        "overall": _per_second(now.tokens_per_second),
        "median": Reading(seconds(now.gap_p50)),
        "p95": Reading(seconds(now.gap_p95)),
        "longest": Reading(seconds(now.gap_max)),
        "silent for": Reading(seconds(now.silent_for, 1), "warning" if vitals.stalled else "muted"),
        "stalls": _counted(now.stalls),
        "chunks": Reading(f"{now.chunks:,}"),
        "heartbeats": Reading(f"{now.heartbeats:,}"),
        "diagnostics": _counted(now.diagnostics),
        "anomalies": _counted(now.anomalies),
        "attempts": _attempts(now.attempts),
    }


def final_readings(record: Record) -> Readings:
    """Of a call that has ended."""
    return {
        "state": Reading(ending_of(record), severity_of(record)),
        "rate": Reading(rate(record.streaming_tokens_per_second)),
        "elapsed": Reading(seconds(record.elapsed_seconds, 1)),
        "TTFT": Reading(seconds(record.time_to_first_token_seconds)),
        "tokens": Reading(f"{record.total_tokens:,}"),
        "overall": _per_second(record.tokens_per_second or None),
        "median": Reading(seconds(record.gap_p50_seconds)),
        "p95": Reading(seconds(record.gap_p95_seconds)),
        "longest": Reading(seconds(record.gap_max_seconds)),
        "silent for": Reading(),
        "stalls": _counted(record.stalls),
        "chunks": Reading(f"{record.total_chunks:,}"),
        "heartbeats": Reading(f"{record.heartbeats:,}"),
        "diagnostics": _counted(record.diagnostics),
        "anomalies": _counted(record.sequence_anomalies),
        "attempts": _attempts(record.attempts),
    }


def _state(vitals: Vitals) -> Reading:
    now = vitals.figures
    if vitals.retry_in is not None:
        return Reading(f"trying again in {math.ceil(vitals.retry_in)} s", "warning")
    if not now.answered:
        return Reading(_before_the_answer(now))
    if vitals.stalled:
        return Reading(f"silent for {seconds(now.silent_for, 1)}", "warning")
    return Reading("streaming", "success") if now.chunks else Reading("open, no chunk yet")


def _before_the_answer(now: Snapshot) -> str:
    return "waiting for an answer" if now.attempts else "signing in"


def _per_second(value: float | None) -> Reading:
    return Reading() if value is None else Reading(f"{rate(value)} tok/s")


def _counted(count: int) -> Reading:
    return Reading(f"{count:,}", "warning" if count else "muted")


def _attempts(count: int) -> Reading:
    return Reading(str(count) if count else "—", "warning" if count > 1 else "muted")
