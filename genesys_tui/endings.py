"""Endings in words: what is written under a reply. May quote the gateway: to be cleaned before it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record


_ORDINARY_REASONS = ("completed", "stop", "end_turn")
_OBSERVED = (
    ("stalls", "stall", "stalls"),
    ("diagnostics", "diagnostic", "diagnostics"),
    ("sequence_anomalies", "sequence anomaly", "sequence anomalies"),
)


def ending_of(record: Record) -> str:
    """How it ended, in two to four words."""
    if record.status == "completed":
        return "completed" if record.stop_reason in _ORDINARY_REASONS else f"completed: {record.stop_reason}"
    if record.status == "truncated":
        known = {"disconnected": "connection lost", "timeout": "timed out"}
        by = "the gateway" if record.stop_reason in _ORDINARY_REASONS else record.stop_reason
        return known.get(record.stop_reason, f"cut by {by}")
    if record.status == "failed":
        return record.error.kind.replace("_", " ") if record.error else record.stop_reason
    return {"cancelled": "cancelled by you"}.get(record.status, record.status)


def ending_in_words(record: Record) -> str:
    """How it ended, why, and its figures, on one line."""
    if record.status == "failed":
        return _failure(record)
    ending = ending_of(record)
    if record.truncated and record.detail:
        ending += f": {record.detail.removeprefix('the connection was lost: ').removeprefix('the connection ')}"
    return " · ".join([ending, *_figures(record)])


def seconds(value: float | None, digits: int = 2) -> str:
    """A time, as precisely as it means something."""
    if value is None:
        return "—"
    if value < 0.0995 and digits > 1:
        return f"{value * 1000:.0f} ms"
    if value < 100:
        return f"{value:.{digits}f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s"


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
    about = "~" if record.tokens_estimated else ""
    more = "more " if record.continues else ""  # behind the reply of an earlier call
    figures = [f"{about}{record.total_tokens:,} {more}{'token' if record.total_tokens == 1 else 'tokens'}"]
    if record.streaming_tokens_per_second is not None:
        figures.append(f"{about}{rate(record.streaming_tokens_per_second)} tok/s")
    if record.time_to_first_token_seconds is not None:
        figures.append(f"TTFT {seconds(record.time_to_first_token_seconds)}")
    for field, one, many in _OBSERVED:
        if count := getattr(record, field):
            figures.append(f"{count:,} {one if count == 1 else many}")
    if record.attempts > 1:
        figures.append(f"{record.attempts} attempts")
    return figures
