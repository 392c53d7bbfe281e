"""The real app, which walks through itself: every mode, every key offered there, every command of the palette.

usage: walker.py SCENARIO REPORT. Wherever something takes text, something hostile is pasted. REPORT lists, as JSON, the
screens that were seen, what of them a click would do, and the fields that took a paste as it came.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from textual import events
from textual.binding import Binding
from textual.widgets import Input, TextArea

from genesys_tui.cli.app import demo_workplace
from genesys_tui.cli.entrance import Entrance
from genesys_tui.config import load_settings
from genesys_tui.demo.hostility import HOSTILE_TEXTS
from genesys_tui.tui.app import GenesysApp

HOSTILE = "".join(HOSTILE_TEXTS)
LEFT_OUT = ("quit", "suspend", "edit_elsewhere")
"""Actions that leave the app."""

PAUSE = 0.12


class Walking(GenesysApp):
    """Begins to walk once calls can be made."""

    def on_desk_opened(self) -> None:
        self.seen: set[str] = set()
        self.clicks: set[str] = set()
        self.unclean: set[str] = set()
        self.run_worker(self.walk_all())

    async def walk_all(self) -> None:
        from asyncio import sleep

        self.walk_sleep = sleep
        await self.walk_ask("say " + HOSTILE)
        await self.walk_ask("/scenario " + HOSTILE)
        for mode in list(self._modes):
            self.switch_mode(mode)
            await self.walk_look()
            for key in self.walk_keys():
                self.switch_mode(mode)
                await self.walk_press(key)
                await self.walk_paste()
                await self.walk_back()
        self.switch_mode("chat")
        for command in list(self.get_system_commands(self.screen)):
            if command.title.startswith(("Quit", "Theme", "Screenshot", "Try")):
                continue
            self.switch_mode("chat")
            command.callback()
            await self.walk_look()
            await self.walk_paste()
            await self.walk_back()
        Path(sys.argv[2]).write_text(
            json.dumps({name: sorted(getattr(self, name)) for name in ("seen", "clicks", "unclean")})
        )
        self.exit(0)

    def walk_keys(self) -> list[str]:
        return [
            key
            for key, active in self.screen.active_bindings.items()
            if active.enabled and active.binding.id and not self.walk_leads_out(active.binding)
        ]

    def walk_leads_out(self, binding: Binding) -> bool:
        return any(action in binding.action for action in LEFT_OUT)

    async def walk_ask(self, prompt: str) -> None:
        self.chat.prompt.focus()
        self.chat.prompt.text = ""
        self.post_message(events.Paste(prompt))
        await self.walk_sleep(PAUSE * 4)
        await self.walk_press("enter")
        while self.chat.busy:
            await self.walk_sleep(PAUSE)
        await self.walk_look()

    async def walk_press(self, key: str) -> None:
        self.simulate_key(key)
        await self.walk_look()

    async def walk_paste(self) -> None:
        """Into every field in turn; then Enter, for what is said about it."""
        fields = [each for each in self.screen.query("*") if isinstance(each, Input | TextArea) and each.focusable]
        for field in fields:
            if field is not self.chat.prompt:
                field.focus()
                await self.walk_sleep(0.02)
                self.post_message(events.Paste(HOSTILE))
                await self.walk_sleep(0.05)
                if "\x1b" in (field.value if isinstance(field, Input) else field.text):
                    self.unclean.add(f"{type(self.screen).__name__}: {type(field).__name__}")
        if fields and self.screen is not self.chat:
            await self.walk_press("enter")

    async def walk_back(self) -> None:
        for _ in range(8):
            if len(self.screen_stack) == 1:
                return
            if type(self.screen).__name__ == "SignInScreen":
                await self.walk_sleep(0.5)
            await self.walk_press("escape")

    async def walk_look(self) -> None:
        await self.walk_sleep(PAUSE)
        self.seen.add(type(self.screen).__name__)
        for strip in self.screen._compositor.render_strips():
            for segment in strip:
                if segment.style is not None:
                    met = [str(value) for key, value in segment.style.meta.items() if "click" in key]
                    self.clicks.update([*met, *filter(None, [segment.style.link])])


def main() -> None:
    with ExitStack() as held:
        settings = load_settings()
        place = demo_workplace(settings, held, sys.argv[1], 0)
        door = Entrance(place.settings, held)
        app = Walking(place.open_desk, place.settings, place.demo, door=door)
        app.run()
        sys.exit(app.return_code)


if __name__ == "__main__":
    main()
