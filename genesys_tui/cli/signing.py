"""Signing: the ledger's key and its last head, in the keyring, where whoever changes the file does not reach."""

from __future__ import annotations

import base64
import os
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from genesys_tui.errors import LedgerError, SecretStoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeVar

    from genesys_tui.auth import SecretStore
    from genesys_tui.auth.store import Item
    from genesys_tui.config import Settings

    T = TypeVar("T")


def make_signer(settings: Settings) -> KeyringSigner | None:
    """The signer of the profile's ledger, untouched. None for the embedded gateway, which needs no keyring."""
    from genesys_tui.address import is_loopback

    host = urlsplit(settings.profile.base_url).hostname or ""
    return None if settings.name == "demo" and is_loopback(host) else KeyringSigner(settings.home.ledger)


PATIENCE = 10.0
"""Seconds to wait for another program that makes a key."""


class KeyringSigner:
    """Key and head of one ledger. Nothing waits for a keyring to be unlocked; everything raises LedgerError."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._known: list[SecretStore] = []

    def seed(self) -> bytes:
        """The Ed25519 private key, 32 bytes; made at the first use."""
        from filelock import FileLock

        known = self.known_seed()
        if known is not None:
            return known
        try:
            self._ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Two programs that make a key at once would each sign with one that the other replaced.
            with FileLock(self._ledger.with_name("signing.lock"), timeout=PATIENCE, mode=0o600):
                known = self.known_seed()
                if known is None:
                    known = os.urandom(32)
                    self._set("signing-key", base64.b64encode(known).decode())
        except OSError as error:
            raise LedgerError(
                f"No signing key can be made: {self._ledger.parent} cannot be written ({error.strerror or error})."
            ) from error
        return known

    def known_seed(self) -> bytes | None:
        """The private key, where one was made."""
        text = self._get("signing-key")
        if text is None:
            return None
        try:
            seed = base64.b64decode(text, validate=True)
        except ValueError:
            seed = b""
        if len(seed) != 32:
            raise LedgerError("The keyring's signing key of the audit file is damaged. Delete it; another is made.")
        return seed

    def keep(self, note: str) -> None:
        """Keep this anchor in place of the one before."""
        self._set("ledger-head", note)

    def kept(self) -> str | None:
        """The anchor that is kept."""
        return self._get("ledger-head")

    def _get(self, item: Item) -> str | None:
        for store in self._stores():
            if (value := _asked(partial(store.get, item, patient=False))) is not None:
                return value.get_secret_value()
        return None

    def _set(self, item: Item, value: str) -> None:
        _asked(partial(self._stores()[0].set, item, value, patient=False))

    def _stores(self) -> list[SecretStore]:
        """Where the ledger's own are: under its real path; and under the one that it was given, as they once were."""
        from genesys_tui.auth import SecretStore

        if not self._known:  # each file has a key of its own: another home folder is another ledger
            paths = dict.fromkeys((self._ledger.resolve(), self._ledger.absolute()))
            self._known = [SecretStore(f"ledger-{sha256(os.fsencode(path)).hexdigest()[:8]}") for path in paths]
        return self._known


def _asked(ask: Callable[[], T]) -> T:
    from genesys_tui.auth.backend import WITHOUT_KEYRING

    try:
        return ask()
    except SecretStoreError as error:
        raise LedgerError(error.message.replace(f", or {WITHOUT_KEYRING}", "")) from None
