"""Reports: all there is to say of a probe, for whichever form it is written in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from genesys_tui.audit.records import RecordedError
from genesys_tui.probe.baseline import Comparison
from genesys_tui.probe.figures import Figures, figures_of
from genesys_tui.probe.judgement import Verdict, judged
from genesys_tui.probe.plan import Plan
from genesys_tui.probe.run import Run, Sample

Outcome = Literal["held", "broken", "unmeasured", "interrupted", "stopped"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found, so far or in the end."""

    id: str
    plan: Plan
    profile: str
    environment: str
    model: str
    started_at: datetime
    elapsed: float
    """Seconds."""

    samples: tuple[Sample, ...]
    """In the order in which they ended."""

    figures: Figures
    verdicts: tuple[Verdict, ...]
    comparison: Comparison | None
    interrupted: bool
    """Whether the operator ended it."""

    stopped_by: RecordedError | None
    """What ended it otherwise."""

    @property
    def outcome(self) -> Outcome:
        """What it comes to. A limit that no call could be measured by has not held."""
        if self.stopped_by is not None:
            return "stopped"
        if self.interrupted:
            return "interrupted"
        outcomes = {verdict.outcome for verdict in self.verdicts}
        return "broken" if "broken" in outcomes else "unmeasured" if "unmeasured" in outcomes else "held"

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of the limits that were broken."""
        return tuple(verdict.limit for verdict in self.verdicts if verdict.outcome == "broken")

    @property
    def failures(self) -> list[tuple[str, int, str]]:
        """Kinds of errors, how many calls failed with each, and what the first of those was told; the most first."""
        errors = [sample.record.error for sample in self.samples if sample.record.error is not None]
        said = {error.kind: error.message for error in reversed(errors)}
        return [(kind, count, said[kind]) for kind, count in Counter(error.kind for error in errors).most_common()]

    @property
    def sentence(self) -> str:
        """The outcome in words. May quote an error: clean it before showing."""
        done = f"after {self.figures.calls:,} of {self.plan.total:,} call{'s' * (self.plan.total != 1)}"
        if self.stopped_by is not None:
            return f"Stopped {done}: {self.stopped_by.message}"
        if self.interrupted:
            return f"Interrupted {done}."
        not_held = [verdict for verdict in self.verdicts if verdict.outcome != "held"]
        if not not_held:
            return "All limits held." if len(self.verdicts) > 1 else "The limit held."
        names = {outcome: [each.what for each in not_held if each.outcome == outcome] for outcome in _OUTCOMES}
        return " ".join(
            f"{_OUTCOMES[outcome]}: {', '.join(names[outcome])}." for outcome in _OUTCOMES if names[outcome]
        )


_OUTCOMES = {"broken": "Broken", "unmeasured": "Not measured"}


def report_of(run: Run, comparison: Comparison | None = None) -> Report:
    """The report of a run as far as it is."""
    samples = tuple(run.samples)
    figures = figures_of(sample.record for sample in samples)
    return Report(
        id=run.id,
        plan=run.plan,
        profile=run.settings.name,
        environment=run.settings.context().environment,
        model=run.settings.profile.model,
        started_at=run.started_at,
        elapsed=run.elapsed,
        samples=samples,
        figures=figures,
        verdicts=judged(run.plan.limits, figures),
        comparison=comparison,
        interrupted=run.cancelled,
        stopped_by=run.stopped_by,
    )
