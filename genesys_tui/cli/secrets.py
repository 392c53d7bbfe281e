"""The secrets that are known here: what must be in no bundle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from genesys_tui.errors import SecretStoreError

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
    """Of the environment, the profile's proxy and the keyring, where that answers at once."""
    found = [environ.get(name, "") for name in _VARIABLES]
    for proxy in (settings.profile.proxy, environ.get("HTTPS_PROXY", ""), environ.get("https_proxy", "")):
        found += _password_in(proxy)
    try:
        kept = [store.get(item, patient=False) for item in _ITEMS]
    except SecretStoreError:  # what is not known cannot have been sent
        kept = []
    for entry in filter(None, kept):
        found += _values_of(entry.get_secret_value())
    return tuple(filter(None, found))


def _password_in(proxy: str) -> list[str]:
    try:
        password = urlsplit(proxy).password or ""
    except ValueError:
        return []
    return [password, unquote(password)]


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
