"""`doctor`: everything a call needs, checked one by one; the one that fails is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.exits import exit_code_of
from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.cli.checks import Finding


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@profile_option
def doctor(profile: str | None, form: str) -> int:
    """Check settings, keyring, each hop of the way to the gateway, audit file and terminal.

    The hops are DNS, TCP, proxy, TLS, sign-in and endpoint; none of them costs tokens. Exit codes, by what fails first:
    0 nothing, 1 the network, the gateway or this machine, 2 settings, 4 sign-in, 5 rate limited.
    """
    from genesys_tui.cli.checks import findings
    from genesys_tui.config import load_settings

    settings = load_settings(profile=profile)
    seen: list[Finding] = []
    for finding in findings(settings):
        if form == "text":
            _show(finding, seen[-1] if seen else None)
        seen.append(finding)
    failed = [finding for finding in seen if finding.verdict == "FAIL"]
    if form == "json":
        write(json.dumps(_fields(settings.name, seen, failed), ensure_ascii=True) + "\n")
    elif failed:
        narrate(f"What fails first: {_name(failed[0])}.")
    return exit_code_of(failed[0].kind) if failed else 0


def _show(finding: Finding, before: Finding | None) -> None:
    if finding.way and (before is None or before.way != finding.way):
        write(f"{'':5} to {finding.way}\n")
    time = "" if finding.seconds is None else f"{finding.seconds * 1000:,.0f} ms"
    name = f"  {finding.check}" if finding.way else finding.check
    write(f"{'-' if finding.verdict == 'skipped' else finding.verdict:5} {name:11}{time:>9}  {finding.words}\n")


def _fields(profile: str, seen: list[Finding], failed: list[Finding]) -> dict[str, object]:
    checks = [{**each._asdict(), "verdict": each.verdict.lower()} for each in seen]
    return {"profile": profile, "failed": failed[0].check if failed else None, "checks": checks}


def _name(finding: Finding) -> str:
    return f"{finding.check} on the way to {finding.way}" if finding.way else finding.check
