"""`audit`: the recorded calls, listed, shown, exported, verified, rebuilt, erased and passed on."""

from __future__ import annotations

import click

from genesys_tui.cli.audit.bundle import bundle
from genesys_tui.cli.audit.erase import erase
from genesys_tui.cli.audit.export import export
from genesys_tui.cli.audit.listing import list_calls
from genesys_tui.cli.audit.push import push
from genesys_tui.cli.audit.rebuild import rebuild
from genesys_tui.cli.audit.show import show
from genesys_tui.cli.audit.verify import head, verify


@click.group()
def audit() -> None:
    """The recorded calls: every call has one record, whatever its end."""


for command in (list_calls, show, bundle, export, verify, head, rebuild, erase, push):
    audit.add_command(command)
