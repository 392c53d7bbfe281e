"""Take the pictures of the README: the real app on its embedded gateway. `python screenshots/take.py [NAME …]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from genesys_tui.cli.app import demo_workplace
from genesys_tui.cli.entrance import Entrance
from genesys_tui.config import load_settings
from genesys_tui.tui.app import GenesysApp

HERE = Path(__file__).parent
WIDE, NARROW = (120, 40), (80, 24)

Steps = Callable[[GenesysApp, Pilot[int]], Awaitable[None]]


async def until(pilot: Pilot[int], met: Callable[[], object], seconds: float = 60) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            raise TimeoutError("the app did not get there")
        await pilot.pause(0.02)


async def ask(app: GenesysApp, pilot: Pilot[int], prompt: str) -> None:
    """Ask, and wait for the end."""
    before = app.chat._talk.last
    app.chat.prompt.text = prompt
    await pilot.press("enter")
    await until(pilot, lambda: app.chat._talk.last is not before and not app.chat.busy)
    await pilot.pause(0.3)


async def chat(app: GenesysApp, pilot: Pilot[int]) -> None:
    """A table answered; code is being written."""
    await ask(app, pilot, "How are the queues doing? Compare them in a table.")
    app.chat.prompt.text = "And how do I read such a stream in Python?"
    await pilot.press("enter")
    await until(pilot, lambda: "return" in app.chat.transcript.text)


async def reply(app: GenesysApp, pilot: Pilot[int]) -> None:
    """A whole reply."""
    await ask(app, pilot, "How are the queues doing? Compare them in a table.")


async def stalled(app: GenesysApp, pilot: Pilot[int]) -> None:
    """In the midst of a silence."""
    await ask(app, pilot, "Greet the customer in five languages")
    app.chat.switch_scenario("stall")
    app.clear_notifications()
    app.chat.prompt.text = "Write a checklist: when do we escalate?"
    await pilot.press("enter")
    await until(pilot, lambda: "stalled for" in app.chat._state.value)
    await pilot.pause(0.3)


async def truncated(app: GenesysApp, pilot: Pilot[int]) -> None:
    """A reply that was cut."""
    await ask(app, pilot, "Summarise the call for the agent who takes over.")


async def wire(app: GenesysApp, pilot: Pilot[int]) -> None:
    """What arrived, an event's data opened."""
    await ask(app, pilot, "Is the stream healthy?")
    await pilot.press("f4")
    await pilot.pause(0.5)
    await pilot.press("home", *["down"] * 8, "enter")


async def history(app: GenesysApp, pilot: Pilot[int]) -> None:
    """Good days and bad."""
    for day, prompt in HISTORY:
        app.chat.switch_scenario(day)
        await ask(app, pilot, prompt)
        app.chat.prompt.text = ""
    app.clear_notifications()
    await pilot.press("f3")
    await pilot.pause(2)


async def parameters(app: GenesysApp, pilot: Pilot[int]) -> None:
    """The dialog."""
    await pilot.press("ctrl+e")
    await until(pilot, lambda: app.screen is not app.chat)
    await pilot.pause(0.5)


async def sign_in(app: GenesysApp, pilot: Pilot[int]) -> None:
    """The form."""
    await pilot.press("f9")
    await until(pilot, lambda: hasattr(app.screen, "keeper") and "Looking" not in str(app.screen.keeper.visual))


HISTORY = (
    ("calm", "How are the queues doing? Compare them in a table."),
    ("calm", "Greet the customer in five languages"),
    ("truncated", "Summarise the call for the agent who takes over"),
    ("rate-limited:1", "Which policy covers the recordings?"),
    ("malformed", "Is the stream healthy?"),
    ("cut", "Write a checklist: when do we escalate?"),
    ("refused", "Read the audit of last week"),
    ("calm", "How do I read such a stream in Python?"),
)


@dataclass(frozen=True)
class Picture:
    """What is shown, on which day, in which look."""

    steps: Steps
    size: tuple[int, int] = WIDE
    theme: str = "genesys-dark"
    scenario: str = "calm"
    rate: float = 80.0


PICTURES = {
    "chat-dark-120x40": Picture(chat),
    "chat-light-80x24": Picture(reply, NARROW, "genesys-light"),
    "stalled-dark-120x40": Picture(stalled),
    "truncated-light-120x40": Picture(truncated, theme="genesys-light", scenario="truncated"),
    "wire-dark-120x40": Picture(wire, scenario="diagnostics"),
    "history-dark-120x40": Picture(history, rate=400),
    "parameters-light-120x40": Picture(parameters, theme="genesys-light"),
    "sign-in-dark-80x24": Picture(sign_in, NARROW),
}


async def take(picture: Picture) -> str:
    """The picture, as SVG. Its files are in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as held:
        os.environ["GENESYS_TUI_HOME"] = home
        settings = load_settings()
        place = demo_workplace(settings, held, picture.scenario, picture.rate)
        door = Entrance(settings, held)
        app = GenesysApp(place.open_desk, place.settings, place.demo, theme=picture.theme, door=door)
        async with app.run_test(size=picture.size) as pilot:
            await until(pilot, lambda: app.chat.desk)
            await picture.steps(app, pilot)
            await pilot.pause()
            # Without it other renderers than browsers run blanks together.
            return app.export_screenshot().replace("<text ", '<text xml:space="preserve" ')


def main() -> None:
    """Take all of them, or those that are named."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS"):
        os.environ.pop(name, None)
    for name in sys.argv[1:] or PICTURES:
        (HERE / f"{name}.svg").write_text(asyncio.run(take(PICTURES[name])), encoding="utf-8")
        print(f"{name}.svg")


if __name__ == "__main__":
    main()
