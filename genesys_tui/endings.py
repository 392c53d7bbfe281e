"""Endings in words: what is written under a reply."""

from __future__ import annotations

from genesys_tui.audit.records import Record


def ending_in_words(record: Record) -> str:
    """How a call ended and how fast it was, on one line. May quote the gateway: to be cleaned before it is shown."""
    return " · ".join([_how(record), *figures_in_words(record)])


def figures_in_words(record: Record) -> list[str]:
    """The figures worth telling; what was not measured is left out."""
    figures = []
    if record.total_tokens:
        figures.append(f"{record.total_tokens:,} tokens")
    if record.streaming_tokens_per_second is not None:
        figures.append(f"{record.streaming_tokens_per_second:.1f} tok/s")
    if record.time_to_first_token_seconds is not None:
        figures.append(f"TTFT {record.time_to_first_token_seconds:.2f} s")
    if record.status != "failed":
        figures.append(f"{record.elapsed_seconds:.1f} s")
    if record.stalls:
        figures.append("1 stall" if record.stalls == 1 else f"{record.stalls} stalls")
    if record.attempts > 1:
        figures.append(f"{record.attempts} attempts")
    return figures


def _how(record: Record) -> str:
    match record.status:
        case "completed":
            return "completed" if record.stop_reason == "completed" else f"completed ({record.stop_reason})"
        case "truncated" if record.detail:
            return f"cut: {record.detail}"
        case "truncated" if record.stop_reason in ("length", "max_tokens"):
            return f"cut by max_tokens ({record.parameters.get('max_tokens', '?')})"
        case "truncated":
            return f"cut by the gateway ({record.stop_reason})"
        case "cancelled":
            return "cancelled by you"
        case "failed" if record.error is not None:
            return f"failed: {record.error.message}"
        case "failed":
            return f"failed: {record.detail or record.stop_reason}"
    return record.status
