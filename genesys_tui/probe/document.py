"""The document: a report as one JSON object. Prompts and replies are not in it; the ledger has them."""

from __future__ import annotations

import json
from typing import Any

from genesys_tui.probe.baseline import Comparison
from genesys_tui.probe.figures import Spread
from genesys_tui.probe.report import Report

_OF_A_CALL = {
    *("request_id", "started_at", "status", "stop_reason", "truncated", "total_tokens", "elapsed_seconds"),
    *("time_to_first_token_seconds", "streaming_tokens_per_second", "gap_p50_seconds", "gap_p95_seconds"),
    *("gap_max_seconds", "stalls", "total_chunks", "tokens_estimated", "attempts", "correlation_id", "error"),
}


def document_of(report: Report) -> str:
    """The text, in ASCII."""
    return json.dumps(fields_of(report), ensure_ascii=True, indent=2) + "\n"


def fields_of(report: Report) -> dict[str, Any]:
    """The object. Times are in seconds, rates in tokens per second."""
    figures, plan = report.figures, report.plan
    return {
        "probe": report.id,
        "outcome": report.outcome,
        "sentence": report.sentence,
        "profile": report.profile,
        "environment": report.environment,
        "model": report.model,
        "started_at": report.started_at.isoformat(),
        "elapsed_seconds": round(report.elapsed, 3),
        "plan": {"prompts": len(plan.prompts), "repeat": plan.repeat, "concurrency": plan.concurrency},
        "calls_planned": plan.total,
        "calls_ended": figures.calls,
        **{name: getattr(figures, name) for name in ("completed", "truncated", "failed", "cancelled", "retried")},
        "stalls": figures.stalls,
        "total_tokens": figures.tokens,
        "time_to_first_token_seconds": _times(figures.ttft),
        "longest_gap_seconds": _times(figures.gap),
        "elapsed_seconds_of_calls": _times(figures.elapsed),
        "streaming_tokens_per_second": _rates(figures.rate),
        "tokens_estimated": figures.estimated,
        "limits": [
            {"limit": each.limit, "bound": each.bound, "found": each.found, "verdict": each.outcome}
            for each in report.verdicts
        ],
        "baseline": _compared(report.comparison),
        "error": report.stopped_by and report.stopped_by.model_dump(mode="json"),
        "calls": [
            {**sample.turn._asdict(), **sample.record.model_dump(mode="json", include=_OF_A_CALL)}
            for sample in report.samples
        ],
    }


def _times(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    return {"calls": spread.count, "p50": spread.p50, "p95": spread.p95, "max": spread.worst}


def _rates(spread: Spread | None) -> dict[str, Any] | None:
    """``p95_at_least``: 95 of 100 calls are as fast as that."""
    if spread is None:
        return None
    return {"calls": spread.count, "p50": spread.p50, "p95_at_least": spread.p95, "min": spread.worst}


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    moved = [
        {
            "measure": "time_to_first_token_seconds" if each.what == "TTFT" else "streaming_tokens_per_second",
            "p50_before": each.before,
            "p50": each.now,
            "change": round(each.shift.change, 4) if each.shift else None,
            "change_95_percent": [round(each.shift.low, 4), round(each.shift.high, 4)] if each.shift else None,
            "verdict": each.verdict,
        }
        for each in comparison.movements
    ]
    about = {"since": comparison.since.isoformat(), "among": comparison.among, "calls": comparison.calls}
    return {**about, "runs": comparison.runs, "movements": moved}
