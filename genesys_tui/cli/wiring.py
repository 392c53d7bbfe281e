"""The wiring: a profile's settings made into a ledger, a sign-in and a gateway."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from genesys_tui.cli.streams import narrate
from genesys_tui.config import Settings

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.auth import SecretStore, SignIn
    from genesys_tui.demo import DemoGateway
    from genesys_tui.gateway.client import Gateway, TokenSource
    from genesys_tui.gateway.endpoint import Endpoint


Tell = Callable[[str], None]


def open_ledger(settings: Settings, tell: Tell = narrate) -> Ledger:
    """The audit file. Raises LedgerError."""
    from genesys_tui.audit.ledger import Ledger

    ledger = Ledger(settings.home.ledger)
    if ledger.recovered:
        calls = "call was" if ledger.recovered == 1 else "calls were"
        tell(f"{ledger.recovered} {calls} left open by a program that died, and closed as interrupted.")
    return ledger


def make_store(settings: Settings, tell: Tell = narrate) -> SecretStore:
    """The profile's part of the keyring."""
    from genesys_tui.auth import SecretStore

    return SecretStore(settings.name, on_waiting=tell)


def sign_in_place(settings: Settings) -> str:
    """Where to sign in: the region, or a gateway on this machine that serves sign-in as well."""
    from genesys_tui.address import is_loopback

    base_url = settings.profile.base_url
    local = bool(base_url) and is_loopback(urlsplit(base_url).hostname or "")
    return base_url if local else settings.profile.region


def make_sign_in(settings: Settings, store: SecretStore | None = None) -> SignIn:
    """The profile's sign-in, untouched. Raises ConfigurationError."""
    from genesys_tui.auth import SignIn, find_credentials

    store = store or make_store(settings)
    return SignIn(
        partial(find_credentials, os.environ, store),
        sign_in_place(settings),
        store,
        proxy=settings.profile.proxy or None,
        ca_bundle=settings.profile.ca_bundle or None,
    )


def make_endpoint(settings: Settings) -> Endpoint:
    """Where the profile's gateway is. Raises ConfigurationError."""
    from genesys_tui.auth import find_region
    from genesys_tui.gateway.endpoint import Endpoint
    from genesys_tui.tls import tls_context

    profile = settings.profile
    base_url = profile.base_url or find_region(profile.region).api_url
    return Endpoint(
        base_url,
        profile.endpoint,
        profile.dialect,
        profile.content_mode,
        proxy=profile.proxy or environment_proxy(base_url),
        trust=partial(tls_context, profile.ca_bundle or None),
    )


def make_gateway(settings: Settings, tokens: TokenSource) -> Gateway:
    """The profile's gateway. Raises ConfigurationError."""
    from genesys_tui.gateway.client import Gateway
    from genesys_tui.gateway.retry import RetryPolicy

    return Gateway(make_endpoint(settings), tokens, retry=RetryPolicy(settings.profile.retries))


def environment_proxy(url: str) -> str | None:
    """The proxy that the environment names for this address; none for this machine."""
    from urllib.request import getproxies, proxy_bypass

    from genesys_tui.address import is_loopback

    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


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
