"""OpenMetrics: a report as metrics, for Prometheus' textfile collector or a push gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genesys_tui.probe.figures import Spread
from genesys_tui.probe.report import Report
from genesys_tui.sanitize import sanitized

_PREFIX = "genesys_probe_"


def openmetrics_of(report: Report) -> str:
    """The exposition. https://prometheus.io/docs/specs/om/open_metrics_spec/"""
    return "\n".join([*_lines(report), "# EOF"]) + "\n"


def _lines(report: Report) -> Iterator[str]:
    figures, whose = report.figures, {"profile": report.profile, "model": report.model}
    yield from _family("started_timestamp_seconds", "When the probe began.", "seconds")
    yield _sample("started_timestamp_seconds", whose, round(report.started_at.timestamp(), 3))
    yield from _family("elapsed_seconds", "How long the probe took.", "seconds")
    yield _sample("elapsed_seconds", whose, round(report.elapsed, 3))
    yield from _family("complete", "1 where all calls were made, 0 where the probe ended early.")
    yield _sample("complete", whose, int(not report.interrupted and report.stopped_by is None))
    yield from _family("calls", "Calls by how they ended.")
    for status in ("completed", "truncated", "failed", "cancelled"):
        yield _sample("calls", {**whose, "status": status}, getattr(figures, status))
    yield from _family("calls_retried", "Calls that took more than one attempt.")
    yield _sample("calls_retried", whose, figures.retried)
    yield from _family("stalls", "Silences that were longer than the profile's threshold.")
    yield _sample("stalls", whose, figures.stalls)
    yield from _spread("time_to_first_token_seconds", "Time to first token.", "seconds", figures.ttft, whose)
    yield from _spread("longest_gap_seconds", "Longest gap between chunks of a call.", "seconds", figures.gap, whose)
    yield from _spread("call_duration_seconds", "How long calls took.", "seconds", figures.elapsed, whose)
    rates = "Tokens per second while streaming; quantile 0.05 is what 95 of 100 calls reach, 0 the slowest."
    yield from _spread("tokens_per_second", rates, "", figures.rate, whose, falling=True)
    yield from _limits(report, whose)


def _limits(report: Report, whose: Mapping[str, str]) -> Iterator[str]:
    if report.verdicts:
        yield from _family("limit", "The bound of each limit.")
        for verdict in report.verdicts:
            yield _sample("limit", {**whose, "limit": verdict.limit}, verdict.bound)
        yield from _family("limit_held", "1 where the limit held, 0 where it was broken or no call could be measured.")
        for verdict in report.verdicts:
            yield _sample("limit_held", {**whose, "limit": verdict.limit}, int(verdict.outcome == "held"))


def _spread(
    name: str, about: str, unit: str, spread: Spread | None, whose: Mapping[str, str], *, falling: bool = False
) -> Iterator[str]:
    """A gauge for each quantile: a summary would want a sum that is of no use here."""
    if spread is None:
        return
    quantiles = {
        "0.5": spread.p50,
        **({"0.05": spread.p95, "0": spread.worst} if falling else {"0.95": spread.p95, "1": spread.worst}),
    }
    yield from _family(name, about, unit)
    for quantile, value in quantiles.items():
        yield _sample(name, {**whose, "quantile": quantile}, value)


def _family(name: str, about: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {_PREFIX}{name} gauge"
    if unit:
        yield f"# UNIT {_PREFIX}{name} {unit}"
    yield f"# HELP {_PREFIX}{name} {about}"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{_PREFIX}{name}{{{written}}} {value!r}"


def _escaped(text: str) -> str:
    return sanitized(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
