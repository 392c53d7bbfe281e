"""The table: a report for people. Holds untrusted text: clean it before showing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from genesys_tui.endings import rate, seconds
from genesys_tui.probe.baseline import Comparison, Movement
from genesys_tui.probe.figures import Spread
from genesys_tui.probe.report import Report
from genesys_tui.probe.shift import FEWEST, Shift

FEWEST_FOR_P95 = 20
MEASURED = (-11, 5, 9, 9, 11)
LIMITED = (-16, -12, 12, -12)
MOVED = (-8, 20, 7, -18, -28)
"""Cells of each column, by table; a negative width is of a column that begins at its left."""

OUTCOMES = {"held": "held", "broken": "BROKEN", "unmeasured": "not measured"}


class Row(NamedTuple):
    """Cells of a line. The mark says what the line is about: an outcome, or nothing."""

    cells: tuple[str, ...]
    mark: str = ""


def table_of(report: Report) -> Iterator[str]:
    """The lines, without line breaks."""
    yield (
        f"{report.profile} · {report.model} · {report.started_at.astimezone():%Y-%m-%d %H:%M:%S} · "
        f"{seconds(report.elapsed, 1)} · probe {report.id[:8]}"
    )
    yield calls_in_words(report)
    yield ""
    yield from aligned(measured(report), MEASURED)
    yield from remarks(report)
    yield ""
    yield from aligned(limits(report), LIMITED)
    if report.comparison:
        yield ""
        yield from compared(report.comparison)
    yield ""
    yield report.sentence


def remarks(report: Report) -> Iterator[str]:
    """What is to be known of the figures: why calls failed, and what a failed or a rare one means to them."""
    figures = report.figures
    for kind, count, said in report.failures:
        if report.stopped_by is None or kind != report.stopped_by.kind:  # which is told at the end
            yield f"{count:,} × {kind.replace('_', ' ')}: {said}"
    if figures.failed:
        yield "A failed call has no stream, so these figures know nothing of it; it counts under failed calls."
    if figures.ttft is not None and figures.ttft.count < FEWEST_FOR_P95:
        yield f"Of fewer than {FEWEST_FOR_P95} calls, p95 is the slowest one."


def calls_in_words(report: Report) -> str:
    """How many calls of how many, and how they ended."""
    figures, total = report.figures, report.plan.total
    calls = "call" if total == 1 else "calls"
    parts = [f"{figures.calls:,} {calls}" if figures.calls == total else f"{figures.calls:,} of {total:,} {calls}"]
    for count, name in (
        (figures.completed, "completed"),
        (figures.truncated, "truncated"),
        (figures.failed, "failed"),
        (figures.cancelled, "cancelled"),
        (figures.retried, "retried"),
        (figures.stalls, "stalls"),
    ):
        if count or name == "completed":
            parts.append(f"{count:,} {name}")
    return " · ".join(parts)


def measured(report: Report) -> list[Row]:
    """How each measure is spread; the heading first."""
    figures = report.figures
    return [
        Row(("measure", "calls", "p50", "p95", "max")),
        _spread("TTFT", figures.ttft),
        _spread("longest gap", figures.gap),
        _spread("duration", figures.elapsed),
        _rates(figures.rate, "~" if figures.estimated else ""),
    ]


def limits(report: Report) -> list[Row]:
    """Each limit, what was found, and whether it held; the heading first."""
    rows = [Row(("limit", "wanted", "found", "verdict"))]
    for verdict in report.verdicts:
        cells = (verdict.what, verdict.wanted, verdict.found_in_words, OUTCOMES[verdict.outcome])
        rows.append(Row(cells, verdict.outcome))
    return rows


def compared(comparison: Comparison) -> Iterator[str]:
    """How far the calls moved, and what they are compared with."""
    yield in_words(comparison)
    movements = comparison.movements
    yield from aligned([Row(cells(movement)) for movement in movements], MOVED)
    if any(movement.shift is None for movement in movements):
        yield f"It takes {FEWEST[0]} measured calls, and {FEWEST[1]} earlier ones, to tell more."


def in_words(comparison: Comparison) -> str:
    """What a report is compared with."""
    count = f"{comparison.calls:,} call{'s' * (comparison.calls != 1)}"
    of = f" of {comparison.runs:,} probe{'s' * (comparison.runs != 1)}" if comparison.among == "probes" else ""
    return f"Compared with {count}{of} of this profile and model since {comparison.since.astimezone():%Y-%m-%d %H:%M}:"


def cells(movement: Movement) -> tuple[str, ...]:
    """One line of a comparison: what, from and to, how far, how sure, and what that means."""
    show = seconds if movement.what == "TTFT" else rate
    name = "TTFT" if movement.what == "TTFT" else "tokens/s"
    moved = f"{show(movement.before)} → {show(movement.now)}"
    if movement.shift is None:
        return (name, moved, "too few calls to tell")
    change, low, high = _changes(movement.shift)
    meaning = "within noise" if movement.verdict == "noise" else f"{movement.verdict}, by more than noise"
    return (name, moved, change, f"({low} to {high})", meaning)


def _changes(moved: Shift) -> tuple[str, ...]:
    """As percentages; from fourfold on as multiples."""
    if moved.high >= 3:
        return tuple(f"×{1 + each:,.3g}" for each in moved)
    return tuple(f"{each * 100:+.0f} %" if abs(each) >= 0.0995 else f"{each * 100:+.1f} %" for each in moved)


def _spread(name: str, spread: Spread | None) -> Row:
    if spread is None:
        return Row((name, "0", "—", "—", "—"))
    return Row((name, f"{spread.count:,}", seconds(spread.p50), seconds(spread.p95), seconds(spread.worst)))


def _rates(spread: Spread | None, about: str) -> Row:
    """Of a rate the low end is the bad one: 95 of 100 calls are at least this fast."""
    if spread is None:
        return Row(("tokens/s", "0", "—", "—", "—"))
    p50, p95, worst = (f"{about}{rate(value)}" for value in (spread.p50, spread.p95, spread.worst))
    return Row(("tokens/s", f"{spread.count:,}", p50, f"≥ {p95}", f"min {worst}"))


def aligned(rows: list[Row], widths: tuple[int, ...]) -> Iterator[str]:
    """The rows as lines; the last cell of a short one may take the room of those it has not."""
    for row in rows:
        placed = (
            cell.rjust(width) if width > 0 else cell.ljust(-width)
            for cell, width in zip(row.cells, widths, strict=False)
        )
        yield "  ".join(placed).rstrip()
