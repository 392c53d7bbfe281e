"""The wiring: a profile's settings made into a ledger, a sign-in and a gateway."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from genesys_tui.cli.streams import narrate
from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.auth import SecretStore, SignIn
    from genesys_tui.auth.api_key import ApiKey
    from genesys_tui.demo import DemoGateway
    from genesys_tui.gateway.client import Gateway, TokenSource
    from genesys_tui.gateway.endpoint import Endpoint
    from genesys_tui.network import Network


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


def make_store(settings: Settings, tell: Tell = narrate) -> SecretStore:
    """The profile's part of the keyring."""
    from genesys_tui.auth import SecretStore

    return SecretStore(settings.name, on_waiting=tell)


def make_sign_in(settings: Settings, store: SecretStore | None = None) -> SignIn:
    """The profile's sign-in, untouched. Raises ConfigurationError."""
    from genesys_tui.auth import SignIn, find_credentials

    store = store or make_store(settings)
    return SignIn(
        partial(find_credentials, os.environ, store),
        settings.sign_in_place,
        store,
        network=make_network(settings, store),
    )


def make_tokens(settings: Settings, store: SecretStore | None = None) -> SignIn | ApiKey:
    """What the profile's gateway wants to see: an access token or a key, untouched. Raises ConfigurationError."""
    if not wants_key(settings):
        return make_sign_in(settings, store)
    from genesys_tui.auth.api_key import ApiKey

    return ApiKey(store or make_store(settings), os.environ, optional=make_endpoint(settings).is_local)


def wants_key(settings: Settings) -> bool:
    """Whether the profile's gateway wants a key, and no OAuth client."""
    from genesys_tui.gateway.dialects import DIALECTS

    return DIALECTS[settings.profile.dialect].credentials == "api_key"


def make_network(settings: Settings, store: SecretStore | None = None) -> Network:
    """How the profile's connections are made."""
    from genesys_tui.auth.key_password import find_key_password
    from genesys_tui.network import Network

    return Network.of_profile(settings.profile, partial(find_key_password, os.environ, store or make_store(settings)))


def make_endpoint(settings: Settings) -> Endpoint:
    """Where the profile's gateway is. Raises ConfigurationError."""
    from genesys_tui.auth.regions import find_api_url
    from genesys_tui.gateway.dialects import DIALECTS
    from genesys_tui.gateway.endpoint import Endpoint

    profile, network = settings.profile, make_network(settings)
    if not profile.base_url and not DIALECTS[profile.dialect].at_the_region:
        raise ConfigurationError(
            f"base_url: the dialect {profile.dialect} is not spoken at a region's API host. Say where the gateway is, "
            "such as http://127.0.0.1:11434 or https://llm.example.com/v1."
        )
    return Endpoint(
        profile.base_url or find_api_url(profile.region),
        profile.endpoint,
        profile.dialect,
        profile.content_mode,
        proxy=network.proxy or None,
        trust=network.tls.context,
    )


def make_gateway(settings: Settings, tokens: TokenSource) -> Gateway:
    """The profile's gateway. Raises ConfigurationError."""
    from genesys_tui.gateway.client import Gateway
    from genesys_tui.gateway.retry import RetryPolicy

    return Gateway(make_endpoint(settings), tokens, retry=RetryPolicy(settings.profile.retries))


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
