"""The app as the snapshots want it: no clock, port or home folder shows."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.audit.ledger import Ledger
from genesys_tui.config import Settings, Ui, load_settings
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.mailbox import Mailbox
from genesys_tui.tui.signin.door import Attempt, Workplace
from genesys_tui.tui.signin.form import Form, GcForm

from .scripted import Script, Scripted, whole

Steps = Callable[[Pilot[Any]], Awaitable[None]]


class Doorway:
    """A door that nobody goes through."""

    by_key = ""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def listen(self, deliver: Mailbox) -> None: ...

    def keeper(self, *, again: bool = False) -> str:
        return "GNOME Keyring"

    def attempt(self, form: Form) -> Attempt:
        raise NotImplementedError

    def enter(self, admission: Any) -> Workplace:
        raise NotImplementedError

    def keep(self, admission: Any) -> str:
        raise NotImplementedError

    def gc_forms(self) -> Sequence[GcForm]:
        return ()

    def demo(self) -> Workplace:
        raise NotImplementedError

    def sign_out(self) -> str:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are the same everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


MakeApp = Callable[..., GenesysApp]


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[MakeApp]:
    """Make an app in a theme; ``prepare`` fills its ledger first."""
    ledgers: list[Ledger] = []

    def make(
        theme: str,
        script: Script = whole,
        prepare: Callable[[Settings, Ledger], None] = lambda *_: None,
        **flags: Any,
    ) -> GenesysApp:
        settings = load_settings(
            {"base_url": "https://llm-gateway.example.com", "models": ("gpt-4o-mini", "claude-sonnet"), **flags},
            environ={"GENESYS_TUI_HOME": str(tmp_path)},
        )
        settings = replace(settings, ui=Ui(reduced_motion=True))
        ledger = Ledger(settings.home.ledger)
        ledgers.append(ledger)
        prepare(settings, ledger)
        return GenesysApp(lambda: Desk(Scripted(script), ledger), settings, theme=theme, door=Doorway(settings))

    yield make
    for ledger in ledgers:
        ledger.close()


def screen_text(app: GenesysApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[Any], met: Callable[[], Any], seconds: float = 30) -> None:
    for _ in range(int(seconds / 0.02)):
        if met():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"not within {seconds} s; the screen shows:\n{screen_text(pilot.app)}")  # type: ignore[arg-type]


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait until four looks in a row, a twentieth of a second apart, see the same."""
    looks: list[str] = []
    for _ in range(400):
        looks.append(screen_text(pilot.app))  # type: ignore[arg-type]
        if len(looks) >= 4 and len(set(looks[-4:])) == 1:
            return
        await pilot.pause(0.05)
    raise AssertionError("the screen does not come to rest")
