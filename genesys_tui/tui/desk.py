"""The desk: what the screen works with, opened only after the first frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.tui.messages import DeskOpened, DeskRefused

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.call import Streams
    from genesys_tui.gateway.sequence import ContentMode

GOODBYE = 0.8
"""Seconds that quitting waits for cancelled calls to be recorded."""


class Gateways(Protocol):
    """What the screen needs of a gateway."""

    def reading(self, content_mode: ContentMode) -> Streams:
        """The gateway, with this taken for what a chunk's content is."""

    def models(self) -> tuple[str, ...]:
        """The models it lists, if any; for threads. Raises GenesysError."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A gateway to call and the ledger that keeps the calls."""

    gateway: Gateways
    ledger: Ledger
    start_sign_in: Callable[[], None] | None = None
    """Begins to fetch a token, so that the first call does not wait for it. Returns at once."""

    token_age: Callable[[], float | None] | None = None
    """Seconds since the access token was issued; None while that is not known. Returns at once."""

    secrets: Callable[[], Sequence[str]] = tuple
    """What must be in nothing that leaves this machine. For threads: it may ask the keyring."""


def opened(open_desk: Callable[[], Desk]) -> Message:
    """Open it and begin to sign in; how that went."""
    try:
        desk = open_desk()
        if desk.start_sign_in:
            desk.start_sign_in()
    except GenesysError as error:
        return DeskRefused(error)
    return DeskOpened(desk)


class DemoSwitch(Protocol):
    """What the screen may turn on an embedded gateway."""

    @property
    def scenario(self) -> str:
        """The day it is. Setting an unknown one raises ValueError, which lists the names."""

    @scenario.setter
    def scenario(self, name: str) -> None: ...

    @property
    def scenarios(self) -> Mapping[str, str]:
        """Each name, and a sentence that says what happens."""
