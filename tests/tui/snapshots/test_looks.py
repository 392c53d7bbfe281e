"""Every screen looks as it was last approved. `pytest tests/tui/snapshots --snapshot-update` approves what it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.call import Ended, Started
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.help import HelpScreen
from genesys_tui.tui.screens.history import HistoryScreen
from genesys_tui.tui.screens.wire import WireScreen

from .conftest import MakeApp, Steps, at_rest, screen_text, until
from .kept import keep_calls, record_of
from .scripted import Script, failed, truncated, whole

if sys.platform == "win32":
    pytest.skip("times of day cannot be fixed", allow_module_level=True)

WIDE, NARROW = (120, 40), (80, 24)
LOOKS = {
    "dark-120x40": (WIDE, "genesys-dark"),
    "light-80x24": (NARROW, "genesys-light"),
    "plain-120x40": (WIDE, ""),
    "dark-80x24": (NARROW, "genesys-dark"),
    "light-120x40": (WIDE, "genesys-light"),
    "plain-80x24": (NARROW, ""),
}


async def opened(pilot: Pilot[Any]) -> GenesysApp:
    app = pilot.app
    assert isinstance(app, GenesysApp)
    await until(pilot, lambda: app.chat.desk and app.chat.prompt.has_focus)
    return app


async def empty(pilot: Pilot[Any]) -> None:
    await opened(pilot)


async def asked(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    app.chat.prompt.text = "How are the queues doing?\nThe last half hour, please."
    await pilot.press("enter")
    await until(pilot, lambda: not app.chat.empty or app.screen is not app.chat)
    if app.screen is not app.chat:  # production is asked about first
        await pilot.press("ctrl+y")
    await until(pilot, lambda: not app.chat.busy and not app.chat.empty)
    app.chat.health.trend.clear()  # it may have been read just before the end


async def replied(pilot: Pilot[Any]) -> None:
    await asked(pilot)
    for slot in range(40):
        pilot.app.chat.health.trend.add(30 + slot % 9 * 4, slot / 2)  # type: ignore[attr-defined]


async def history(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "2024-03-12" in screen_text(app))


async def searching(pilot: Pilot[Any]) -> None:
    await asked(pilot)
    await pilot.press("ctrl+f", *"claims")
    await until(pilot, lambda: " of 2" in screen_text(pilot.app))  # type: ignore[arg-type]


async def selecting(pilot: Pilot[Any]) -> None:
    await asked(pilot)
    pilot.app.chat.transcript.focus()  # type: ignore[attr-defined]
    await pilot.press("v", "down", "down", "shift+down", "shift+down", "shift+down")
    await until(pilot, lambda: "4 lines · Enter copies" in screen_text(pilot.app))  # type: ignore[arg-type]


async def noticed(pilot: Pilot[Any]) -> None:
    await asked(pilot)
    app = pilot.app
    assert isinstance(app, GenesysApp)
    assert app.chat.desk
    words = "The audit file cannot be written. Calls are recorded in /home/op/spool/7f3a.jsonl until it can."
    app.chat.desk.ledger.notice = words
    app.notify("The reply: sent to the terminal (OSC 52); whether it took it, it does not tell.", timeout=600)
    app.notify("The draft cannot be kept.", title="Careful", severity="warning", timeout=600)
    await until(pilot, lambda: "until it can" in " ".join(screen_text(app).split()) and "Careful" in screen_text(app))


async def palette(pilot: Pilot[Any]) -> None:
    await asked(pilot)
    await pilot.press("ctrl+p")
    await until(pilot, lambda: "Ask again" in screen_text(pilot.app))  # type: ignore[arg-type]


async def wire_data(pilot: Pilot[Any]) -> None:
    await wire(pilot)
    await pilot.press("up", "enter")


async def wire(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    record = record_of(app.chat._settings, 0)
    opening = record.model_copy(update={"status": "running"})
    app.chat.wire.take(Started(opening))
    for fact in truncated():
        app.chat.wire.take(fact)
    app.chat.wire.take(Ended(record, ""))
    await pilot.press("f4")
    await until(pilot, lambda: isinstance(app.screen, WireScreen) and "completed" in screen_text(app))


async def helped(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def parameters(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    await pilot.press("ctrl+e")
    await until(pilot, lambda: type(app.screen).__name__ == "ParametersDialog")


async def conversations(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    await pilot.press("ctrl+l")
    await until(pilot, lambda: "12 conversations" in screen_text(app))


async def signing_in(pilot: Pilot[Any]) -> None:
    app = await opened(pilot)
    await pilot.press("f9")
    await until(pilot, lambda: "Will be kept in GNOME Keyring" in screen_text(app))


@dataclass(frozen=True)
class Scene:
    """A state of the app, and how to get there."""

    steps: Steps
    script: Script = whole
    prepare: Callable[..., None] = lambda *_: None
    flags: dict[str, Any] = field(default_factory=dict)


SCENES = {
    "empty": Scene(empty),
    "replied": Scene(replied),
    "truncated": Scene(asked, truncated),
    "failed": Scene(asked, failed, flags={"production": True}),
    "history": Scene(history, prepare=keep_calls),
    "wire": Scene(wire_data),
    "wire-events": Scene(wire),
    "searching": Scene(searching),
    "selecting": Scene(selecting),
    "noticed": Scene(noticed),
    "palette": Scene(palette),
    "help": Scene(helped),
    "parameters": Scene(parameters),
    "conversations": Scene(conversations, prepare=keep_calls),
    "sign-in": Scene(signing_in),
}

SHOTS = [(scene, look) for scene in SCENES for look in LOOKS]


@pytest.mark.parametrize(("scene", "look"), SHOTS)
def test_it_looks_as_approved(
    scene: str, look: str, make_app: MakeApp, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    size, theme = LOOKS[look]
    if not theme:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    told = SCENES[scene]

    async def run_before(pilot: Pilot[Any]) -> None:
        await told.steps(pilot)
        await at_rest(pilot)

    app = make_app(theme, told.script, told.prepare, **told.flags)
    assert snap_compare(app, terminal_size=size, run_before=run_before)
