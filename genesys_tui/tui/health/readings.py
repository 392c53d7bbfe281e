"""Readings: a call's figures as the gauges show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genesys_tui.endings import ending_of, rate, seconds
from genesys_tui.tui.health.amounts import NEAR, of_elapsed, of_seconds, size
from genesys_tui.tui.health.limits import Limits
from genesys_tui.tui.health.state import state_of
from genesys_tui.tui.health.vitals import Vitals
from genesys_tui.tui.words import Severity, severity_of

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record


class Reading(NamedTuple):
    """What one gauge shows."""

    value: str = "—"
    severity: Severity = "muted"
    share: float | None = None
    """Of its limit, 0 to 1, where it has one."""

    brief: str = ""
    """The same where there is less room; empty for ``value``."""


Readings = dict[str, Reading]
"""By gauge; see ``health.panel.GROUPS``."""

READY = Reading("ready", "success")
_MEANINGFUL = 1.0
"""Seconds below which tokens over elapsed time is the network's speed, not the model's."""


def live_readings(vitals: Vitals) -> Readings:
    """Of a call that runs."""
    now, limits = vitals.figures, vitals.limits
    overall = now.tokens_per_second if now.elapsed >= _MEANINGFUL else None
    return {
        "state": Reading(*state_of(vitals)),
        "rate": Reading(_about(rate(now.current_tokens_per_second), now.estimated)),
        "elapsed": _elapsed(now.elapsed, limits.duration),
        "TTFT": _first_token(now.time_to_first_token, vitals.stall_seconds),
        "tokens": _tokens(now.tokens, limits.max_tokens, now.estimated),
        "overall": _per_second(overall, now.estimated),
        "median": Reading(seconds(now.gap_p50)),
        "p95": Reading(seconds(now.gap_p95)),
        "longest": _gap(now.gap_max, vitals.stall_seconds),
        "silent for": _silence(vitals),
        "alive": _alive(now.since_heartbeat),
        "stalls": _counted(now.stalls),
        "chunks": Reading(f"{now.chunks:,}"),
        "bytes": Reading(size(now.bytes)),
        "heartbeats": Reading(f"{now.heartbeats:,}"),
        "diagnostics": _counted(now.diagnostics),
        "anomalies": _counted(now.anomalies),
        "attempts": _attempts(now.attempts, vitals.retry_in),
    }


def final_readings(record: Record, stall_seconds: float = 2.0) -> Readings:
    """Of a call that has ended."""
    limits = Limits.of(record)
    overall = record.tokens_per_second if record.elapsed_seconds >= _MEANINGFUL else None
    return {
        "state": Reading(ending_of(record), severity_of(record)),
        "rate": Reading(_about(rate(record.streaming_tokens_per_second), record.tokens_estimated)),
        "elapsed": _elapsed(record.elapsed_seconds, limits.duration),
        "TTFT": _first_token(record.time_to_first_token_seconds, stall_seconds),
        "tokens": _tokens(record.total_tokens, limits.max_tokens, record.tokens_estimated),
        "overall": _per_second(overall or None, record.tokens_estimated),
        "median": Reading(seconds(record.gap_p50_seconds)),
        "p95": Reading(seconds(record.gap_p95_seconds)),
        "longest": _gap(record.gap_max_seconds, stall_seconds),
        "silent for": Reading(),
        "alive": Reading(""),
        "stalls": _counted(record.stalls),
        "chunks": Reading(f"{record.total_chunks:,}"),
        "bytes": Reading(size(record.total_bytes)),
        "heartbeats": Reading(f"{record.heartbeats:,}"),
        "diagnostics": _counted(record.diagnostics),
        "anomalies": _counted(record.sequence_anomalies),
        "attempts": _attempts(record.attempts, None),
    }


def _elapsed(elapsed: float, limit: float | None) -> Reading:
    share = elapsed / limit if limit else None
    return Reading(of_elapsed(elapsed, limit), _nearness(share), share, seconds(elapsed, 1))


def _tokens(count: int, limit: int | None, estimated: bool) -> Reading:
    share = count / limit if limit else None
    said = _about(f"{count:,}", estimated and count > 0)
    return Reading(f"{said} of {limit:,}" if limit else said, _nearness(share), share, said)


def _about(figure: str, estimated: bool) -> str:
    """An estimate says that it is one."""
    return f"~{figure}" if estimated and figure != "—" else figure


def _nearness(share: float | None) -> Severity:
    return "warning" if share is not None and share >= NEAR else "muted"


def _first_token(ttft: float | None, threshold: float) -> Reading:
    slow = ttft is not None and ttft > threshold
    return Reading(f"{seconds(ttft)} slow start", "warning", None, seconds(ttft)) if slow else Reading(seconds(ttft))


def _gap(gap: float | None, threshold: float) -> Reading:
    stalled = gap is not None and gap > threshold
    return Reading(f"{seconds(gap)} stalled", "warning") if stalled else Reading(seconds(gap))


def _silence(vitals: Vitals) -> Reading:
    silent, limit = vitals.figures.silent_for, vitals.limits.inactivity
    if silent is None or silent < 1.0:
        return Reading()
    severity: Severity = "warning" if silent > vitals.stall_seconds else "muted"
    if limit and silent >= NEAR * limit:
        severity = "error"
    return Reading(of_seconds(silent, limit), severity, silent / limit if limit else None)


def _alive(since: float | None) -> Reading:
    if since is None:
        return Reading("")
    return Reading(f"alive, last heartbeat {'now' if since < 1 else f'{of_seconds(since, None)} ago'}", "success")


def _per_second(value: float | None, estimated: bool) -> Reading:
    return Reading() if value is None else Reading(f"{_about(rate(value), estimated)} tok/s")


def _counted(count: int) -> Reading:
    return Reading(f"{count:,}", "warning" if count else "muted")


def _attempts(count: int, retry_in: float | None) -> Reading:
    if retry_in is not None:
        return Reading(f"{count}, next in {of_seconds(retry_in + 0.999, None)}", "warning")
    return Reading(str(count) if count else "—", "warning" if count > 1 else "muted")
