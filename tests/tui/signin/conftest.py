"""The real app behind its real door: the SDK's child, the embedded gateway, and a keyring good or bad."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from secret_service import SecretService, missing_programs
from textual.pilot import Pilot

from genesys_tui.auth.backend import forget_backend
from genesys_tui.cli.entrance import Entrance
from genesys_tui.config import load_settings
from genesys_tui.demo import DemoGateway
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.signin.screen import SignInScreen


@dataclass
class House:
    """An app, its door and the gateway behind it."""

    app: GenesysApp
    door: Entrance
    demo: DemoGateway

    @property
    def screen(self) -> str:
        """What the terminal shows, on one line."""
        return " ".join("\n".join(strip.text for strip in self.app.screen._compositor.render_strips()).split())

    @property
    def form(self) -> SignInScreen:
        assert isinstance(self.app.screen, SignInScreen)
        return self.app.screen

    @property
    def signing_in(self) -> bool:
        return isinstance(self.app.screen, SignInScreen)

    async def until(self, pilot: Pilot[Any], met: Callable[[], Any], seconds: float = 30) -> None:
        for _ in range(int(seconds / 0.02)):
            if met():
                return
            await pilot.pause(0.02)
        raise AssertionError(f"not within {seconds} s; the screen shows:\n{self.screen}")

    async def arrive(self, pilot: Pilot[Any]) -> None:
        """Wait for the form to take keys."""
        await self.until(pilot, lambda: self.signing_in and self.app.screen.focused)

    async def sees(self, pilot: Pilot[Any], words: str) -> None:
        await self.until(pilot, lambda: words in self.screen)

    def type(self, client_id: str, secret: str, base_url: str | None = None) -> None:
        fields = self.form.fields
        fields.client_id.value, fields.client_secret.value = client_id, secret
        fields.base_url.value = self.demo.url if base_url is None else base_url

    @property
    def told(self) -> str:
        return " ".join(notification.message for notification in self.app._notifications)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No keyring but the one a test starts."""
    for name in list(os.environ):
        if name.startswith(("PYTHON_KEYRING", "KEYRING_", "XDG_")) or name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    forget_backend()
    yield
    forget_backend()


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
        yield service


Build = Callable[[], House]


@pytest.fixture
def build() -> Iterator[Build]:
    """Build a house as `genesys-tui` does; to be called again for the next start."""
    with ExitStack() as held:
        demo = held.enter_context(DemoGateway(rate=0, tokens=10))

        def make() -> House:
            settings = load_settings()
            door = Entrance(settings, held)
            return House(GenesysApp(door.open_desk, settings, door=door), door, demo)

        yield make
