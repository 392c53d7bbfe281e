"""Findings: a probe's report as the screen shows it."""

from __future__ import annotations

from textual.content import Content

from genesys_tui.endings import seconds
from genesys_tui.probe import table
from genesys_tui.probe.baseline import Comparison
from genesys_tui.probe.report import Report
from genesys_tui.probe.run import Run, Sample
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.health.amounts import bar
from genesys_tui.tui.history.columns import MUTED
from genesys_tui.tui.probe.plot import Point

_BAR = 24
_STYLES = {"completed": "$foreground 50%", "truncated": "$text-warning", "failed": "bold $text-error"}
_MARKS = {"held": "bold $text-success", "broken": "bold $text-error", "unmeasured": "bold $text-warning"}
_MOVES = {"slower": "bold $text-warning", "faster": "bold $text-success"}


def progress(run: Run) -> Content:
    """How far it is, as a bar and in words."""
    done, total = len(run.samples), run.plan.total
    full, rest = bar(done / total, _BAR)
    words = [f"{done:,} of {total:,} call{'s' * (total != 1)}", seconds(run.elapsed, 1)]
    if run.running:
        words.insert(1, f"{run.running} under way")
    return Content.assemble((full, "$primary"), (rest, "$foreground 20%"), "  ", " · ".join(words))


def points_of(report: Report) -> tuple[list[Point | None], list[Point | None]]:
    """For the plots of TTFT and of rate: a place for each call of the plan, in the order in which they began."""
    ttft: list[Point | None] = [None] * report.plan.total
    rate: list[Point | None] = [None] * report.plan.total
    for sample in report.samples:
        ttft[sample.turn.number - 1] = _point(sample, sample.record.time_to_first_token_seconds)
        rate[sample.turn.number - 1] = _point(sample, sample.record.streaming_tokens_per_second)
    return ttft, rate


def measured(report: Report) -> Content:
    """The table of figures."""
    heading, *lines = table.aligned(table.measured(report), table.MEASURED)
    return Content("\n").join([Content.styled(heading, MUTED), *map(Content, lines)])


def judged(report: Report) -> Content:
    """The table of limits; the verdict of each stands out."""
    rows = table.limits(report)
    lines = list(table.aligned(rows, table.LIMITED))
    shown = [Content.styled(lines[0], MUTED)]
    for row, line in zip(rows[1:], lines[1:], strict=True):
        verdict = row.cells[-1]
        shown.append(Content.assemble(line.removesuffix(verdict), (verdict, _MARKS[row.mark])))
    return Content("\n").join(shown)


def remarked(report: Report) -> Content:
    """What is to be known of the figures."""
    words = [table.calls_in_words(report), *table.remarks(report)]
    return Content("\n").join(Content.styled(sanitized_line(line), MUTED) for line in words)


def compared(comparison: Comparison | None, trouble: str = "") -> Content:
    """How far calls moved; nothing where that was not asked."""
    if comparison is None:
        return Content.styled(sanitized_line(trouble), "$text-error")
    heading, *lines = table.compared(comparison)
    styles = [_MOVES.get(movement.verdict, "") for movement in comparison.movements]
    styles += [MUTED] * (len(lines) - len(styles))
    return Content("\n").join([Content.styled(heading, MUTED), *map(Content.styled, lines, styles)])


def _point(sample: Sample, value: float | None) -> Point:
    status = sample.record.status
    if status == "cancelled":
        return Point(None, MUTED)
    if status == "failed":
        return Point(None, _STYLES[status], "×")
    return Point(value, _STYLES.get(status, ""))
