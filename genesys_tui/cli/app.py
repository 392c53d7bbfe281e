"""`genesys-tui` and `demo`: the app, and what it works with."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.options import profile_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genesys_tui.config import Settings
    from genesys_tui.demo import DemoGateway
    from genesys_tui.tui.desk import Desk


def open_app(profile: str | None) -> int:
    """Open the app on a profile; returns the exit code."""
    from genesys_tui.config import load_settings
    from genesys_tui.tui.app import GenesysApp

    settings = load_settings(profile=profile)
    with ExitStack() as held:
        return GenesysApp(lambda: _desk(settings, held), settings).run() or 0


@click.command()
@click.option("--scenario", default="calm", show_default=True, help="See `genesys-tui gateway --help`.")
@click.option("--rate", type=click.FloatRange(0), default=60.0, show_default=True, help="Tokens per second.")
@profile_option
def demo(scenario: str, rate: float, profile: str | None) -> int:
    """Open the app on the embedded gateway. Needs no credentials and no network."""
    from genesys_tui.cli.demo import embedded_gateway
    from genesys_tui.config import load_settings
    from genesys_tui.tui.app import GenesysApp

    with (
        ExitStack() as held,
        embedded_gateway(load_settings(profile=profile), scenario, rate=rate) as (server, settings),
    ):
        app = GenesysApp(lambda: _demo_desk(server, settings, held), settings, DemoDays(server))
        return app.run() or 0


class DemoDays:
    """The embedded gateway's scenarios, for the screen to switch."""

    def __init__(self, server: DemoGateway) -> None:
        self._server = server

    @property
    def scenario(self) -> str:
        """The day it is. Raises ValueError, which lists the names, when set to an unknown one."""
        return self._server.scenario

    @scenario.setter
    def scenario(self, name: str) -> None:
        self._server.scenario = name

    @property
    def scenarios(self) -> Mapping[str, str]:
        """Each name, and a sentence that says what happens."""
        from genesys_tui.demo import SCENARIOS

        return SCENARIOS


def _desk(settings: Settings, held: ExitStack) -> Desk:
    """What the screen works with, on a real gateway. ``held`` lets go of it when the app ends."""
    from genesys_tui.cli.wiring import make_gateway, make_sign_in, make_store, open_ledger
    from genesys_tui.tui.desk import Desk

    sign_in = make_sign_in(settings, make_store(settings, _unheard))
    held.callback(sign_in.close)
    gateway = make_gateway(settings, sign_in)
    return Desk(gateway, held.enter_context(open_ledger(settings, _unheard)), sign_in.start)


def _demo_desk(server: DemoGateway, settings: Settings, held: ExitStack) -> Desk:
    from genesys_tui.cli.wiring import DemoTokens, make_gateway, open_ledger
    from genesys_tui.tui.desk import Desk

    return Desk(make_gateway(settings, DemoTokens(server)), held.enter_context(open_ledger(settings, _unheard)))


def _unheard(_: str) -> None:
    """The screen is drawn on standard error: nothing else may be written there."""
