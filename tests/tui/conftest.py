"""The real app on the real gateway client, over a real socket to the embedded gateway, with a real ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.config import load_settings
from genesys_tui.demo import SCENARIOS, DemoGateway
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk


@dataclass
class Switch:
    """The embedded gateway's day."""

    demo: DemoGateway
    scenarios: Mapping[str, str] = field(default_factory=lambda: SCENARIOS)

    @property
    def scenario(self) -> str:
        return self.demo.scenario

    @scenario.setter
    def scenario(self, name: str) -> None:
        self.demo.scenario = name


@dataclass
class Tokens:
    demo: DemoGateway

    def token(self) -> str:
        return self.demo.mint_token()

    def renew(self, rejected: str) -> str:
        return self.demo.mint_token()


@dataclass
class Stage:
    """An app, what it talks to and what it writes."""

    app: GenesysApp
    demo: DemoGateway
    ledger: Ledger

    @property
    def records(self) -> list[Record]:
        """The newest first."""
        return [call.record for call in self.ledger.calls()]

    @property
    def shown(self) -> str:
        """All of the transcript."""
        return self.app.chat.transcript.text

    def shows(self, reply: str) -> bool:
        """Whether all words of a Markdown reply are in the transcript, however they are drawn."""
        return set(re.findall(r"[^\W_]{3,}", reply)) <= set(re.findall(r"[^\W_]{3,}", self.shown))

    @property
    def screen(self) -> str:
        """What the terminal shows."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def until(self, pilot: Pilot[Any], met: Callable[[], Any], seconds: float = 20) -> None:
        """Wait until it is so."""
        for _ in range(int(seconds / 0.02)):
            if met():
                return
            await pilot.pause(0.02)
        raise AssertionError(f"not within {seconds} s; the screen shows:\n{self.screen}")

    async def ready(self, pilot: Pilot[Any]) -> None:
        await self.until(pilot, lambda: self.app.chat.desk)

    async def send(self, pilot: Pilot[Any], prompt: str) -> None:
        self.app.chat.prompt.text = prompt
        await pilot.press("enter")

    async def ask(self, pilot: Pilot[Any], prompt: str = "hello") -> None:
        """Send a prompt and wait for the end of its reply."""
        before = len(self.records)
        await self.send(pilot, prompt)
        await self.until(pilot, lambda: len(self.records) > before and not self.app.chat.busy)


MakeStage = Callable[..., Stage]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[MakeStage]:
    """Make a stage for a scenario; ``rate`` 0 is as fast as possible."""
    opened: list[DemoGateway] = []
    ledgers: list[Ledger] = []

    def make(scenario: str = "calm", *, rate: float = 0, tokens: int | None = None, **flags: Any) -> Stage:
        demo = DemoGateway(scenario, rate=rate, tokens=tokens, pace=0.05)
        opened.append(demo.__enter__())
        settings = load_settings({"base_url": demo.url, **flags}, environ={"GENESYS_TUI_HOME": str(tmp_path)})
        ledger = Ledger(settings.home.ledger)
        ledgers.append(ledger)
        gateway = Gateway(Endpoint(demo.url), Tokens(demo), retry=RetryPolicy(retries=1, base=0.01))
        return Stage(GenesysApp(lambda: Desk(gateway, ledger), settings, Switch(demo)), demo, ledger)

    yield make
    for demo in opened:
        demo.__exit__(None, None, None)
    for ledger in ledgers:
        ledger.close()


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's clipboard out."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_TTY", "nowhere")
