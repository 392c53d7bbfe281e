"""`audit rebuild`: the browsing table, made anew out of the ledger."""

from __future__ import annotations

import click

from genesys_tui.cli.audit.progress import Progress
from genesys_tui.cli.interruption import interruptible
from genesys_tui.cli.streams import narrate


@click.command()
def rebuild() -> None:
    """Make the table that is browsed and searched anew, where `audit verify` finds it wrong.

    It comes out of the ledger's events, which stay as they are. Apps may run meanwhile, and wait now and then for a
    moment: two or three seconds, at most, with a million calls.
    """
    from genesys_tui.audit.rebuilding import rebuild as make_anew
    from genesys_tui.config import load_settings

    settings = load_settings(may_be_new=True)
    with interruptible(), Progress("Rebuilding") as progress:
        calls = make_anew(settings.home.ledger, tell=progress)
    narrate(f"The browsing table and the search index were made anew, of {calls:,} call{'' if calls == 1 else 's'}.")
