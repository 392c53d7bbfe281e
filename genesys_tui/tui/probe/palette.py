"""The palette's line for probes, and the way from there to a running one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.probe.form import Wanted


def commands(app: GenesysApp) -> Iterator[SystemCommand]:
    """For the palette."""
    yield SystemCommand("Run a probe…", "Prompts again and again, and the streams judged", partial(ask, app))


def ask(app: GenesysApp, before: Wanted | None = None) -> None:
    """Ask what is to be probed, and by which limits; begin with what was wanted before."""
    from genesys_tui.tui.probe.dialog import ProbeDialog

    if app.chat.desk is None:
        app.notify("The gateway is not open yet. Try again in a moment.", severity="warning", markup=False)
        return
    settings = before.settings if before else app.chat.profile_settings
    # Refused before all is filled in; production is asked about after it, with what is known then.
    if not settings.profile.read_only or app.chat.may_send(partial(ask, app)):
        app.push_screen(ProbeDialog(settings, before.plan if before else None), partial(_asked, app))


def _asked(app: GenesysApp, wanted: Wanted | None) -> None:
    if wanted is not None and app.chat.may_send(partial(_open, app, wanted), partial(ask, app, wanted)):
        _open(app, wanted)


def _open(app: GenesysApp, wanted: Wanted) -> None:
    from genesys_tui.tui.probe.screen import ProbeScreen

    if app.chat.desk is not None:
        app.push_screen(ProbeScreen(wanted, app.chat.desk))
