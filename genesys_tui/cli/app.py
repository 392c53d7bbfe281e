"""The app: opened on a profile or the embedded gateway, with what it works with."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genesys_tui.config import Settings
    from genesys_tui.demo import DemoGateway
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.desk import Desk
    from genesys_tui.tui.signin.door import Workplace


def open_app(profile: str | None) -> int:
    """Open the app on a profile; returns the exit code."""
    from genesys_tui.cli.entrance import Entrance
    from genesys_tui.config import load_settings
    from genesys_tui.tui.app import GenesysApp

    _require_terminal()
    settings = load_settings(profile=profile)
    with ExitStack() as held:
        entrance = Entrance(settings, held)
        return _exit_code(GenesysApp(entrance.open_desk, settings, door=entrance))


def open_demo(profile: str | None, scenario: str, rate: float, dialect: str | None) -> int:
    """Open the app on the embedded gateway; returns the exit code."""
    from genesys_tui.cli.entrance import Entrance
    from genesys_tui.config import load_settings
    from genesys_tui.tui.app import GenesysApp

    _require_terminal()
    settings = load_settings({"dialect": dialect}, profile=profile)
    with ExitStack() as held:
        entrance = Entrance(settings, held)
        place = demo_workplace(settings, held, scenario, rate)
        return _exit_code(GenesysApp(place.open_desk, place.settings, place.demo, door=entrance))


def _exit_code(app: GenesysApp) -> int:
    """Run it; 1 after a crash."""
    result = app.run()
    return (app.return_code or 0) if result is None else result


def _require_terminal() -> None:
    """Without a keyboard the app could not even be quit."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():  # Textual draws on standard error
        raise ConfigurationError("The app needs a terminal. `genesys-tui ask` works anywhere.")


def demo_workplace(settings: Settings, held: ExitStack, scenario: str = "calm", rate: float = 60.0) -> Workplace:
    """An embedded gateway that runs until ``held`` closes, and how to work there. Raises ConfigurationError."""
    from genesys_tui.cli.demo import leading_to, running_gateway
    from genesys_tui.tui.signin.door import Workplace

    server = held.enter_context(running_gateway(scenario, rate=rate))
    there = leading_to(server, settings)
    return Workplace(there, cache(lambda: _demo_desk(server, there, held)), DemoDays(server))


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


def _demo_desk(server: DemoGateway, settings: Settings, held: ExitStack) -> Desk:
    from genesys_tui.cli.wiring import DemoTokens, make_store, open_ledger
    from genesys_tui.connection import make_gateway
    from genesys_tui.tui.desk import Desk

    gateway = make_gateway(settings, make_store(settings, _unheard), DemoTokens(server))
    return Desk(gateway, held.enter_context(open_ledger(settings, _unheard)))


def _unheard(_: str) -> None:
    """The screen is drawn on standard error: nothing else may be written there."""
