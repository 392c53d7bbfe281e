"""`audit erase`: what was said, removed for good."""

from __future__ import annotations

import sys

import click

from genesys_tui.cli.audit.filters import opened
from genesys_tui.cli.audit.progress import Progress
from genesys_tui.cli.streams import narrate
from genesys_tui.sanitize import sanitized_line


@click.command()
@click.argument("request_id")
@click.option("--conversation", is_flag=True, help="Erase every ended call of its conversation: later ones repeat it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(request_id: str, conversation: bool, yes: bool) -> None:
    """Erase prompt, reply, error text and diagnostics of a call. That it was made, and its figures, stay.

    There is no way back. The ledger still verifies, and says that it was erased.
    """
    with opened() as ledger:
        named = ledger.get(request_id)
        record = named.record
        others = ledger.others_of(record.request_id)
        done_already = named.erased and conversation and others
        chosen = [*([] if done_already else [record.request_id]), *(others if conversation else [])]
        if not yes:
            _confirm(record.request_id, len(chosen))
        with Progress("Erasing") as progress:
            ledger.erase(*chosen, tell=lambda share: progress(round(share * 100), 100))
    narrate(f"Erased what was said in {len(chosen):,} call{'' if len(chosen) == 1 else 's'}.")
    if others and not conversation:
        again = f"`audit erase --conversation {sanitized_line(record.request_id)[:8]}` erases them, too."
        narrate(
            f"{len(others):,} other call{'' if len(others) == 1 else 's'} of the conversation may repeat it: {again}"
            " Exports that were made before keep it."
        )


def _confirm(request_id: str, count: int) -> None:
    """Have the beginning of the id typed. Raises Abort, and UsageError where nobody can."""
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is there to confirm it: give --yes.")
    wanted = sanitized_line(request_id)[:8]
    calls = "this call" if count == 1 else f"these {count:,} calls"
    narrate(f"What was said in {calls} will be gone for good.")
    if click.prompt(f"Type {wanted} to erase it", default="", show_default=False, err=True) != wanted:
        raise click.Abort
