"""`probe`: prompts run against a profile, and its streams judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genesys_tui.cli.ask import cancelled_by_signals, opened_gateway
from genesys_tui.cli.options import given, profile_option, setting_options
from genesys_tui.cli.permission import require_permission, yes_option
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.gateway.client import Gateway
    from genesys_tui.probe.plan import Plan
    from genesys_tui.probe.report import Report
    from genesys_tui.probe.run import Run, Sample


@click.command()
@click.argument("file", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@click.option("--prompt", "prompts", multiple=True, help="What to ask; may be given several times.")
@click.option("--repeat", type=int, help="Calls of each prompt; 10 where nothing is said.")
@click.option("--concurrency", type=int, help="Calls that run at once, at most; 1 where nothing is said.")
@click.option("--max-ttft-p95", type=float, help="Seconds to the first token that 95 of 100 calls may take.")
@click.option("--min-rate-p50", type=float, help="Tokens per second that half of the calls must reach.")
@click.option("--max-gap", type=float, help="Seconds between two chunks, of any call.")
@click.option("--max-truncated", type=int, help="Truncated calls.")
@click.option("--max-failed", type=int, help="Failed calls; 0 where nothing is said.")
@click.option("--baseline", help="Compare with the calls since then: an age such as 7d, or a date.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "junit", "openmetrics"]),
    default="table",
    show_default=True,
)
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
@click.option("--demo", is_flag=True, help="Probe the embedded gateway; needs nothing.")
@click.option("--scenario", help="The embedded gateway's bad day; see `genesys-tui gateway --help`.")
@click.option("--rate", type=click.FloatRange(0), default=60.0, help="Its tokens per second; 0: as fast as it can.")
@yes_option
@profile_option
@setting_options
def probe(
    file: Path | None,
    form: str,
    quiet: bool,
    demo: bool,
    scenario: str | None,
    rate: float,
    yes: bool,
    profile: str | None,
    **flags: Any,
) -> int:
    """Run prompts against a profile and judge the streams. Options beat FILE.toml.

    The report goes to standard output, progress to standard error. Times and rates are those of calls that were
    answered; a failed call has none, and counts under --max-failed. Each call is in the audit history: `genesys-tui
    audit list --kind probe`.

    Exit codes: 0 every limit held, 1 one was broken or could not be measured; where the probe could not be run as those
    of `ask`: 2 usage or configuration, 4 sign-in, 130 interrupted.
    """
    from genesys_tui.config import load_settings

    plan, named, parameters = _planned(file, given(flags))
    there = None if demo or scenario else named  # the embedded gateway needs no profile of the file's
    settings = load_settings(parameters, profile=profile or there or None)
    with opened_gateway(settings, scenario or ("calm" if demo else None), rate) as (gateway, settings):
        require_permission(settings, yes=yes)
        report = _run(plan, settings, gateway, form, quiet=quiet)
    if form != "table":
        narrate(report.sentence)
    return _exit_code(report)


def _planned(file: Path | None, options: dict[str, Any]) -> tuple[Plan, str, dict[str, Any]]:
    """The plan, the profile that the file is for, and what the calls are made with. Raises ConfigurationError."""
    from genesys_tui.probe.file import ProbeFile, plan_with, read_file
    from genesys_tui.probe.limits import Limits
    from genesys_tui.probe.plan import Plan

    found = read_file(file) if file else ProbeFile()
    plan = plan_with(found.plan, options)
    settings = {
        name: value for name, value in options.items() if name not in {*Plan.model_fields, *Limits.model_fields}
    }
    return plan, found.profile, {**found.parameters, **settings}


def _run(plan: Plan, settings: Settings, gateway: Gateway, form: str, *, quiet: bool) -> Report:
    """Make the calls and write the report. A signal ends the calls; none ends the report."""
    from genesys_tui.cli.wiring import recording
    from genesys_tui.probe.baseline import compared
    from genesys_tui.probe.report import report_of
    from genesys_tui.probe.run import Run

    with recording(settings) as ledger:
        run = Run(plan, settings, gateway, ledger)
        with cancelled_by_signals(run):
            for _ in _told(run, quiet=quiet):
                pass
            report = report_of(run, compared(run, ledger.path))
            for line in _written(report, form):
                write(line)
    return report


def _told(run: Run, *, quiet: bool) -> Iterator[Sample]:
    """The calls, with a bar at a terminal and a line for each elsewhere."""
    from genesys_tui.cli.audit.progress import Progress
    from genesys_tui.endings import ending_in_words
    from genesys_tui.sanitize import sanitized_line

    lines = not quiet and not sys.stderr.isatty()
    with Progress("probing") as bar:
        for done, sample in enumerate(run.calls(), 1):
            if lines:
                narrate(f"{done} of {run.plan.total}: {sanitized_line(ending_in_words(sample.record))}")
            elif not quiet:
                bar(done, run.plan.total)
            yield sample


def _written(report: Report, form: str) -> Iterator[str]:
    if form == "json":
        from genesys_tui.probe.document import document_of

        yield document_of(report)
    elif form == "junit":
        from genesys_tui.probe.junit import junit_of

        yield junit_of(report)
    elif form == "openmetrics":
        from genesys_tui.probe.openmetrics import openmetrics_of

        yield openmetrics_of(report)
    else:
        from genesys_tui.probe.table import table_of
        from genesys_tui.sanitize import sanitized

        yield from (sanitized(line).replace("\n", " ") + "\n" for line in table_of(report))


def _exit_code(report: Report) -> int:
    from genesys_tui.cli.exits import exit_code_of

    if report.stopped_by is not None:
        return exit_code_of(report.stopped_by.kind)
    return {"held": 0, "interrupted": 130}.get(report.outcome, 1)
