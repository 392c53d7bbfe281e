"""The secrets that are known here: what must be in no bundle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies

from genesys_tui.auth.credentials import SECRET_FILE
from genesys_tui.errors import SecretStoreError
from genesys_tui.proxy import proxy_secrets

if TYPE_CHECKING:
    from genesys_tui.auth import SecretStore
    from genesys_tui.auth.store import Item
    from genesys_tui.config import Settings

_VARIABLES = (
    *("GENESYS_CLIENT_SECRET", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"),
    *("OPENAI_API_KEY", "GENESYS_CLIENT_KEY_PASSWORD"),
)
_ITEMS: tuple[Item, ...] = ("client-secret", "access-token", "api-key", "key-password")


def known_secrets(settings: Settings, store: SecretStore, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Of the environment and its files, the proxies and the keyring, where that answers at once."""
    found = [environ.get(name, "") for name in _VARIABLES]
    found.append(_in_file(environ.get(SECRET_FILE, "")))
    proxies = [value for name, value in environ.items() if name.lower().endswith("_proxy")]
    for proxy in (settings.profile.proxy, *proxies, *getproxies().values()):
        found += proxy_secrets(proxy)
    for item in _ITEMS:
        # One that is not known here cannot have been sent; the others can.
        with suppress(SecretStoreError):
            if entry := store.get(item, patient=False):
                found += _values_of(entry.get_secret_value())
    return tuple(filter(None, found))


def _in_file(path: str) -> str:
    """The secret that a file holds; nothing where there is none to be read, and so none that was sent."""
    with suppress(OSError, ValueError, RuntimeError):
        return Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
    return ""


def _values_of(entry: str) -> list[str]:
    """The entry, or what its JSON holds: credentials and tokens are kept with what belongs to them."""
    try:
        fields = json.loads(entry)
    except ValueError:
        return [entry]
    if not isinstance(fields, dict):
        return [entry]
    secret = ("client_secret", "value", "access_token")
    return [value for name, value in fields.items() if isinstance(value, str) and name in secret]
