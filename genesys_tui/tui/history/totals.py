"""The totals: what the calls that are shown come to, in words."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from genesys_tui.audit.rows import Bucket, Totals
from genesys_tui.tui.history.columns import MUTED, about, rate_of, time_of

_BLOCKS = "▁▂▃▄▅▆▇█"
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_UNITS = ((7 * _DAY, "week"), (_DAY, "day"), (3600 * _SECOND, "h"), (60 * _SECOND, "min"), (_SECOND, "s"))


def in_words(totals: Totals, width: int, listed: int = 0) -> Content:
    """The strip, in so many cells. Where more calls are ``listed`` by now, it says of how many of them it tells."""
    if not totals.calls:
        return Content("no calls")
    of = f"of {listed:,} " if listed > totals.calls else ""
    full = _joined(_parts(totals, of), "   ")
    return full if full.cell_length <= width else _joined(_few_parts(totals, of), "  ").truncate(width, ellipsis=True)


def plot(totals: Totals, width: int) -> Content:
    """Calls over time: a block for each bucket, yellow where a tenth was truncated, red where a tenth failed."""
    if not totals.buckets:
        return Content("")
    shown, each_width, begin, end = _fitting(totals, width)
    highest = max(bucket.calls for bucket in shown) or 1
    each = f"  peak {highest:,} in {length(each_width)}"
    content = Content.assemble((begin, MUTED))
    for bucket in shown:
        block = _BLOCKS[round(bucket.calls / highest * 7)] if bucket.calls else " "
        content += Content.styled(block, _style(bucket.truncated, bucket.failed, bucket.calls))
    content += Content.styled(end, MUTED)
    if content.cell_length + len(each) <= width:
        content += Content.styled(each, MUTED)
    return content


def amount(number: int) -> str:
    """A large number in four characters or so."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if number >= size:
            return f"{number / (1000 if unit == 'k' else size):.{0 if unit == 'k' else 1}f} {unit}"
    return f"{number:,}"


def share(some: int, of: int) -> str:
    """A part as a percentage; never 0 where there are some, never 100 where some are missing."""
    percent = 100 * some / of
    if some and percent < 0.1:
        return "<0.1%"
    if some != of and percent > 99.9:
        return ">99.9%"
    return f"{percent:.1f}%" if some and some != of else f"{percent:.0f}%"


def length(micros: int) -> str:
    """How long a bucket is."""
    for size, name in _UNITS:
        if micros % size == 0:
            many = micros // size
            plural = "s" if many != 1 and size >= _DAY else ""
            return f"{many} {name}{plural}"
    return f"{micros / _SECOND:g} s"


def _fitting(totals: Totals, width: int) -> tuple[list[Bucket], int, str, str]:
    """All buckets, neighbours put together until they fit between their labels; how long each is, and the labels."""
    for together in range(1, len(totals.buckets) + 1):
        shown = [_merged(totals.buckets[at : at + together]) for at in range(0, len(totals.buckets), together)]
        each = totals.width * together
        begin, end = f"{_moment(shown[0].start, each)} ", f" {_moment(shown[-1].start, each)}"
        if len(begin) + len(shown) + len(end) <= width:
            break
    return shown, each, begin, end


def _merged(buckets: tuple[Bucket, ...]) -> Bucket:
    calls, truncated, failed = (sum(each) for each in zip(*(bucket[1:] for bucket in buckets), strict=True))
    return Bucket(buckets[0].start, calls, truncated, failed)


def _parts(totals: Totals, of: str) -> list[tuple[str, str, str]]:
    """Value, name, and the value's style."""
    parts = [
        (f"{totals.calls:,}", of + ("calls" if of or totals.calls != 1 else "call"), "bold"),
        (about(totals.estimated) + amount(totals.tokens), "tokens", "bold"),
        (share(totals.truncated, totals.calls), "truncated", "bold $text-warning" if totals.truncated else "bold"),
        (share(totals.failed, totals.calls), "failed", "bold $text-error" if totals.failed else "bold"),
    ]
    if totals.ttft_p50 is not None:
        parts.append(("TTFT", f"p50 {_time(totals.ttft_p50)}, p95 {_time(totals.ttft_p95)}", "bold"))
    if totals.rate_p50 is not None:
        rates = [rate_of(each or 0, about(totals.estimated)) for each in (totals.rate_p50, totals.rate_p95)]
        parts.append(("tok/s", f"p50 {rates[0]}, 95% ≥ {rates[1]}", "bold"))
    return parts


def _few_parts(totals: Totals, of: str) -> list[tuple[str, str, str]]:
    """The same for 80 columns: p50 and p95 with a stroke between, and what failed left to the plot."""
    calls, tokens, (truncated, _, style), _, *measured = _parts(totals, of)
    parts = [calls, tokens, (truncated, "trunc.", style)]
    return parts + [
        (name, words.replace("p50 ", "").replace(", 95% ≥ ", "/").replace(", p95 ", "/"), bold)
        for name, words, bold in measured
    ]


def _joined(parts: list[tuple[str, str, str]], between: str) -> Content:
    return Content(between).join(Content.assemble((value, style), f" {name}") for value, name, style in parts)


def _style(truncated: int, failed: int, calls: int) -> str:
    if failed * 10 >= calls and failed:
        return "$text-error"
    if truncated * 10 >= calls and truncated:
        return "$text-warning"
    return "$text-success"


def _moment(micros: int, width: int) -> str:
    try:
        at = datetime.fromtimestamp(micros / 1e6)
    except (ValueError, OverflowError, OSError):  # no call's, as in a forged table
        return "?"
    return f"{at:%Y-%m-%d}" if width >= _DAY else f"{at:%m-%d %H:%M}" if width >= 60 * _SECOND else f"{at:%H:%M:%S}"


def _time(micros: int | None) -> str:
    return time_of(-1 if micros is None else micros)
