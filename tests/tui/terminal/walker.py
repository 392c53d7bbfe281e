"""The real app, which walks through itself: every mode, every key offered there, every command of the palette.

usage: walker.py SCENARIO REPORT. Wherever something takes text, something hostile is pasted. REPORT lists, as JSON, the
screens that were seen, what of them a click would do, and the fields that took a paste as it came.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from textual import events
from textual.binding import Binding
from textual.widgets import Input, TextArea

from genesys_tui.cli.app import demo_workplace
from genesys_tui.cli.entrance import Entrance
from genesys_tui.config import load_settings
from genesys_tui.demo.hostility import HOSTILE_TEXTS
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.guard.permission import permitted
from genesys_tui.tui.probe import palette
from genesys_tui.tui.probe.dialog import ProbeDialog
from genesys_tui.tui.probe.screen import ProbeScreen
from genesys_tui.tui.screens.history import HistoryScreen

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
            await self.walk_to_a_call()
            for key in self.walk_keys():
                self.switch_mode(mode)
                await self.walk_to_a_call()
                await self.walk_press(key)
                await self.walk_paste()
                await self.walk_back()
        self.switch_mode("chat")
        await self.walk_ask("say it again " + HOSTILE)  # or there is nothing to fork and to export
        for command in list(self.get_system_commands(self.screen)):
            if command.title.startswith(("Quit", "Theme", "Screenshot", "Try")):
                continue
            self.switch_mode("chat")
            command.callback()
            await self.walk_look()
            await self.walk_paste()
            await self.walk_back()
        self.switch_mode("chat")
        await self.walk_reasoning()
        await self.walk_probe()
        await self.walk_production()
        Path(sys.argv[2]).write_text(
            json.dumps({name: sorted(getattr(self, name)) for name in ("seen", "clicks", "unclean")})
        )
        self.exit(0)

    async def walk_reasoning(self) -> None:
        self.chat.transcript.begin("think")
        self.chat.transcript.think(HOSTILE)
        self.chat.transcript.append("thought")
        self.chat.transcript.end("", "muted")
        self.chat.action_reasoning()
        await self.walk_look()
        await self.walk_back()

    async def walk_probe(self) -> None:
        palette.ask(self)
        await self.walk_until(lambda: isinstance(self.screen, ProbeDialog) and self.screen.query("#prompts"))
        prompts = self.screen.query_one("#prompts", TextArea)
        prompts.text = ""
        prompts.focus()
        self.post_message(events.Paste(HOSTILE))
        await self.walk_sleep(PAUSE * 4)
        await self.walk_press("f5")
        await self.walk_until(lambda: isinstance(self.screen, ProbeScreen) and self.screen.report)
        await self.walk_press("s")
        await self.walk_paste()
        await self.walk_back()

    async def walk_production(self) -> None:
        chat, settings = self.chat, self.chat.profile_settings
        guarded = replace(settings, profile=replace(settings.profile, production=True, model=HOSTILE))
        permitted(chat, guarded, lambda: None, lambda: None, rest="")
        await self.walk_look()
        await self.walk_back()

    async def walk_to_a_call(self) -> None:
        """Most keys of the history want one, and what was pasted into its filter finds none."""
        if isinstance(screen := self.screen, HistoryScreen):
            screen.filter_line.use("")
            screen.table.focus()
            await self.walk_until(lambda: screen.table.row)

    async def walk_until(self, met: Callable[[], object]) -> None:
        for _ in range(100):
            if met():
                return
            await self.walk_sleep(PAUSE)
        raise AssertionError(f"never met at {self.screen}")

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
