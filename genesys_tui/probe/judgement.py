"""Judgement: which limits held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from genesys_tui.probe.figures import Figures, Spread
from genesys_tui.probe.limits import Limits

Outcome = Literal["held", "broken", "unmeasured"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit, and what was found."""

    limit: str
    """Its name among the limits: ``max_gap``."""

    what: str
    """In words: ``longest gap``."""

    bound: float
    found: float | None
    """None where no call has the measure."""

    unit: Literal["s", "tok/s", ""]
    estimated: bool = False
    """Whether what was found is an estimate."""

    @property
    def at_least(self) -> bool:
        """Whether more is better."""
        return self.limit.startswith("min_")

    @property
    def outcome(self) -> Outcome:
        """A bound that is met exactly holds. What was not measured has neither held nor been broken."""
        if self.found is None:
            return "unmeasured"
        kept = self.found >= self.bound if self.at_least else self.found <= self.bound
        return "held" if kept else "broken"

    @property
    def wanted(self) -> str:
        """``≤ 2 s``."""
        bound = int(self.bound) if self.bound == int(self.bound) else self.bound
        return f"{'≥' if self.at_least else '≤'} {bound:,}{self.unit and f' {self.unit}'}"

    @property
    def found_in_words(self) -> str:
        """``3.01 s``; a dash for nothing."""
        if self.found is None:
            return "—"
        digits = {"s": 3, "tok/s": 2, "": 0}[self.unit]
        return f"{'~' * self.estimated}{self.found:,.{digits}f} {self.unit}".rstrip()


class _Measure(NamedTuple):
    what: str
    unit: Literal["s", "tok/s", ""]
    find: Callable[[Figures], float | None]


_MEASURES = {
    "max_ttft_p95": _Measure("TTFT p95", "s", lambda figures: _of(figures.ttft, "p95")),
    "min_rate_p50": _Measure("rate p50", "tok/s", lambda figures: _of(figures.rate, "p50")),
    "max_gap": _Measure("longest gap", "s", lambda figures: _of(figures.gap, "worst")),
    "max_truncated": _Measure("truncated calls", "", lambda figures: figures.truncated),
    "max_failed": _Measure("failed calls", "", lambda figures: figures.failed),
}
"""By limit."""


def judged(limits: Limits, figures: Figures) -> tuple[Verdict, ...]:
    """A verdict for each limit that asks for something."""
    return tuple(
        Verdict(
            limit,
            measure.what,
            bound,
            measure.find(figures),
            measure.unit,
            figures.estimated and measure.unit == "tok/s",
        )
        for limit, measure in _MEASURES.items()
        if (bound := getattr(limits, limit)) is not None
    )


def _of(spread: Spread | None, which: Literal["p50", "p95", "worst"]) -> float | None:
    return None if spread is None else getattr(spread, which)
