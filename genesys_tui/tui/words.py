"""Words: how a call ended, and its figures, as they are read."""

from __future__ import annotations

from typing import Literal

from genesys_tui.audit.records import Record

Severity = Literal["muted", "success", "warning", "error"]
"""Each has a colour in every theme: ``$text-…``."""

CONTINUE_KEY = "ctrl+g"
_SEVERITIES: dict[str, Severity] = {"completed": "success", "truncated": "warning", "failed": "error"}
_ORDINARY_REASONS = ("completed", "stop", "end_turn")
_OBSERVED = (
    ("stalls", "stall", "stalls"),
    ("diagnostics", "diagnostic", "diagnostics"),
    ("sequence_anomalies", "sequence anomaly", "sequence anomalies"),
)


def colour_of(severity: Severity) -> str:
    """The style that shows it; nothing for a widget's own muted one, which is no colour but a blend."""
    return "" if severity == "muted" else f"bold $text-{severity}"


def severity_of(record: Record) -> Severity:
    """How much an ending wants to be looked at."""
    return _SEVERITIES.get(record.status, "muted")


def ending_of(record: Record) -> str:
    """How it ended, in two to four words."""
    if record.status == "completed":
        return "completed" if record.stop_reason in _ORDINARY_REASONS else f"completed: {record.stop_reason}"
    if record.status == "truncated":
        known = {"disconnected": "connection lost", "timeout": "timed out"}
        return known.get(record.stop_reason, f"cut by {record.stop_reason}")
    if record.status == "failed":
        return record.error.kind.replace("_", " ") if record.error else record.stop_reason
    return {"cancelled": "cancelled by you"}.get(record.status, record.status)


def note_of(record: Record, *, can_continue: bool = False) -> str:
    """What is written under a reply: how it ended, why, its figures, and what can be done."""
    if record.status == "failed":
        return _failure(record)
    ending = ending_of(record)
    if record.truncated and record.detail:
        ending += f": {record.detail.removeprefix('the connection was lost: ').removeprefix('the connection ')}"
    note = " · ".join([ending, *_figures(record)])
    return f"{note} — {CONTINUE_KEY} continues" if can_continue else note


def seconds(value: float | None, digits: int = 2) -> str:
    """A time, as precisely as it means something."""
    if value is None:
        return "—"
    if value < 0.1 and digits > 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.{digits}f} s" if value < 100 else f"{value // 60:.0f} min {value % 60:02.0f} s"


def rate(value: float | None) -> str:
    """Tokens per second, without a unit."""
    return "—" if value is None else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _failure(record: Record) -> str:
    error = record.error
    sentence = error.message if error else record.detail or record.stop_reason
    after = f" after {record.attempts} attempts" if record.attempts > 1 else ""
    known = f" (correlation id {record.correlation_id})" if record.correlation_id else ""
    return f"failed{after}: {sentence}{known}"


def _figures(record: Record) -> list[str]:
    figures = [f"{record.total_tokens:,} tokens" if record.total_tokens != 1 else "1 token"]
    if record.streaming_tokens_per_second is not None:
        figures.append(f"{rate(record.streaming_tokens_per_second)} tok/s")
    if record.time_to_first_token_seconds is not None:
        figures.append(f"TTFT {seconds(record.time_to_first_token_seconds)}")
    for field, one, many in _OBSERVED:
        if count := getattr(record, field):
            figures.append(f"{count:,} {one if count == 1 else many}")
    if record.attempts > 1:
        figures.append(f"{record.attempts} attempts")
    return figures
