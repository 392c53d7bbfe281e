"""`audit bundle`: what a vendor's ticket about a call needs, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from genesys_tui.cli.audit.output import OutputFile
from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import narrate, write


@click.command()
@click.argument("request_id")
@click.option("-o", "--output", type=OutputFile(), help="The file; one in this folder without it.")
@click.option("--with-text", is_flag=True, help="Put prompt and reply into it, too.")
@profile_option
def bundle(request_id: str, output: Path | None, with_text: bool, profile: str | None) -> None:
    """Put together an incident bundle of one call: a zip for a ticket. The beginning of its request id will do.

    In it: the record, the correlation ids, when things happened, the call's place in the audit file, and versions. The
    app's own (F6) has headers and events of the last calls as well, while the app runs (as many as F4 keeps); of
    earlier ones the record only. No credential is in either.
    """
    from genesys_tui.cli.secrets import known_secrets
    from genesys_tui.cli.wiring import make_store, open_ledger
    from genesys_tui.config import load_settings
    from genesys_tui.incident.archive import save
    from genesys_tui.incident.bundle import bundle_of
    from genesys_tui.incident.case import case_of
    from genesys_tui.incident.redaction import Redaction

    settings = load_settings(profile=profile)
    with open_ledger(settings) as ledger:
        case = case_of(ledger, request_id)
    redaction = Redaction(known_secrets(settings, make_store(settings)))
    made = bundle_of(case, redaction, with_texts=with_text)
    file = save(made, output or Path.cwd() / made.name)
    for part in made.parts:
        narrate(f"{part.name:16} {len(part.text.encode()):>10,} bytes")
    write(f"{file}\n")
