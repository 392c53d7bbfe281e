"""The wiring: a profile's settings made into a ledger and a store whose waiting is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from genesys_tui.cli.streams import narrate
from genesys_tui.config import Settings

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.auth import SecretStore
    from genesys_tui.demo import DemoGateway


Tell = Callable[[str], None]


def open_ledger(settings: Settings, tell: Tell = narrate) -> Ledger:
    """The audit file. Raises LedgerError."""
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.cli.signing import make_signer

    audit = settings.audit
    ledger = Ledger(
        settings.home.ledger,
        text=audit.text,
        mode=audit.mode,
        signer=make_signer(settings),
        anchor=Path(audit.anchor).expanduser() if audit.anchor else None,
    )
    if ledger.notice:
        tell(ledger.notice)
    if ledger.recovered:
        calls = "call was" if ledger.recovered == 1 else "calls were"
        tell(f"{ledger.recovered} {calls} left open by a program that died, and closed as interrupted.")
    return ledger


@contextlib.contextmanager
def recording(settings: Settings) -> Iterator[Ledger]:
    """The audit file, for calls to come; what its checkpoints lacked is told once it is closed. Raises LedgerError."""
    ledger = open_ledger(settings)
    try:
        with ledger:
            yield ledger
    finally:
        if trouble := ledger.checkpoints.trouble:
            narrate(f"The audit file's last checkpoint is not signed, or not kept as it should be. {trouble}")


def make_store(settings: Settings, tell: Tell = narrate) -> SecretStore:
    """The profile's part of the keyring."""
    from genesys_tui.auth import SecretStore

    return SecretStore(settings.name, on_waiting=tell)


class DemoTokens:
    """Tokens of the embedded gateway, which needs no sign-in of its own owner."""

    def __init__(self, demo: DemoGateway) -> None:
        self._demo = demo
        self._token: str | None = None

    def token(self) -> str:
        """The token at hand."""
        if self._token is None:
            self._token = self._demo.mint_token()
        return self._token

    def renew(self, rejected: str) -> str:
        """Another one."""
        if self._token == rejected:
            self._token = None
        return self.token()
