"""`audit push`: calls, sent to an OpenTelemetry collector."""

from __future__ import annotations

import os

import click

from genesys_tui.cli.audit.filters import opened
from genesys_tui.cli.audit.progress import Progress
from genesys_tui.cli.streams import narrate
from genesys_tui.sanitize import sanitized_line


@click.command()
@click.option(
    "--otlp", "url", required=True, help="Where the collector takes OTLP/HTTP, such as http://localhost:4318."
)
@click.option("--with-text", is_flag=True, help="Send prompts and replies, too.")
@click.option("--retries", type=click.IntRange(0), default=5, show_default=True, help="Tries after the first.")
@click.option("--skip", metavar="REQUEST_ID", multiple=True, help="Go past this call if it is refused, for good.")
def push(url: str, with_text: bool, retries: int, skip: tuple[str, ...]) -> int:
    """Send what ended since the last push, as spans. Run it as often as you like, such as from cron.

    The ledger remembers for each address how far it came: a collector that is down loses nothing, and a call that is
    sent twice carries the same ids and the same genesys.dedupe_key. Headers, such as for a token, come from
    OTEL_EXPORTER_OTLP_HEADERS; with them, plain http leads to this machine only. Exit code 1 where calls wait, or were
    rejected.

    A batch that the collector refuses for what is in it (400, 413, 422) is sent in parts, until the call it refuses is
    alone. There the push stops and names the call: nothing is left out unless --skip, which may be given several times,
    says so, and then only where the collector still refuses it.
    """
    from genesys_tui.audit.collector import Collector
    from genesys_tui.audit.headers import VARIABLE, headers_in
    from genesys_tui.audit.push import push as send

    headers = headers_in(os.environ.get(VARIABLE, ""))
    collector = Collector(url, headers, retries=retries, tell=narrate)
    with opened() as ledger, Progress("Sending") as progress:
        done = send(ledger.path, collector, text=with_text, skip=skip, tell=progress)
    narrate(f"{done.sent:,} call{' was' if done.sent == 1 else 's were'} sent to {collector.there.shown}.")
    if done.rejected:
        why = sanitized_line(done.why) or "it gave no reason"
        narrate(f"Of them, {done.rejected:,} did not arrive, being rejected or skipped for good: {why}")
    return 1 if done.rejected else 0
