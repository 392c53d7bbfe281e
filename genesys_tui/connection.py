"""The connection: a profile's settings made into a sign-in and a gateway.

The store is the profile's part of the keyring; it is touched when a secret is needed, not before.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from genesys_tui.auth import SecretStore, SignIn
    from genesys_tui.auth.api_key import ApiKey
    from genesys_tui.gateway.client import Gateway, TokenSource
    from genesys_tui.gateway.endpoint import Endpoint
    from genesys_tui.network import Network


def make_sign_in(settings: Settings, store: SecretStore) -> SignIn:
    """The profile's sign-in, untouched. Raises ConfigurationError."""
    from genesys_tui.auth import SignIn, find_credentials

    credentials = partial(find_credentials, os.environ, store)
    return SignIn(credentials, settings.sign_in_place, store, network=make_network(settings, store))


def make_tokens(settings: Settings, store: SecretStore) -> SignIn | ApiKey:
    """What the profile's gateway wants to see: an access token or a key, untouched. Raises ConfigurationError."""
    if not wants_key(settings):
        return make_sign_in(settings, store)
    from genesys_tui.auth.api_key import ApiKey

    return ApiKey(store, os.environ, optional=make_endpoint(settings, store).is_local)


def wants_key(settings: Settings) -> bool:
    """Whether the profile's gateway wants a key, and no OAuth client."""
    from genesys_tui.gateway.dialects import DIALECTS

    return DIALECTS[settings.profile.dialect].credentials == "api_key"


def make_network(settings: Settings, store: SecretStore) -> Network:
    """How the profile's connections are made."""
    from genesys_tui.auth.key_password import find_key_password
    from genesys_tui.network import Network

    return Network.of_profile(settings.profile, partial(find_key_password, os.environ, store))


def make_endpoint(settings: Settings, store: SecretStore) -> Endpoint:
    """Where the profile's gateway is. Raises ConfigurationError."""
    from genesys_tui.auth.regions import find_api_url
    from genesys_tui.gateway.dialects import DIALECTS
    from genesys_tui.gateway.endpoint import Endpoint

    profile, network = settings.profile, make_network(settings, store)
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


def make_gateway(settings: Settings, store: SecretStore, tokens: TokenSource) -> Gateway:
    """The profile's gateway. Raises ConfigurationError."""
    from genesys_tui.gateway.client import Gateway
    from genesys_tui.gateway.retry import RetryPolicy

    return Gateway(make_endpoint(settings, store), tokens, retry=RetryPolicy(settings.profile.retries))
