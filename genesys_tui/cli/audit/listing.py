"""`audit list`: calls as a table, or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from genesys_tui.cli.audit.filters import Filtered, filter_options, make_filter, opened
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call


@click.command("list", cls=Filtered)
@filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def list_calls(limit: int, form: str, **wanted: Any) -> None:
    """List calls, the newest first."""
    from genesys_tui.audit.export import jsonl_lines

    with opened() as ledger:
        calls = [*ledger.calls(make_filter(wanted), limit + 1)]
        for line in jsonl_lines(calls[:limit]) if form == "jsonl" else _table(calls[:limit]):
            write(line)
    if not calls:
        narrate("No call fits.")
    if len(calls) > limit:
        narrate(f"There are more than these {limit:,}: --limit shows them.")


def _table(calls: Iterable[Call]) -> Iterable[str]:
    from genesys_tui.sanitize import sanitized_line

    yield f"{'time':19}  {'request':8}  {'status':9}  {'stop reason':14}  "
    yield f"{'tokens':>7}  {'tok/s':>7}  {'TTFT':>7}  model\n"
    for call in calls:
        record = call.record
        rate, ttft = record.streaming_tokens_per_second, record.time_to_first_token_seconds
        about = "~" if record.tokens_estimated else ""
        yield (
            f"{record.started_at.astimezone():%Y-%m-%d %H:%M:%S}  {sanitized_line(record.request_id)[:8]:8}  "
            f"{record.status:9}  {sanitized_line(record.stop_reason)[:14]:14}  {f'{about}{record.total_tokens}':>7}  "
            f"{'' if rate is None else f'{about}{rate:.1f}':>7}  {'' if ttft is None else f'{ttft:.2f} s':>7}  "
            f"{sanitized_line(record.model)[:40]}\n"
        )
