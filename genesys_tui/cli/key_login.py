"""Signing in with an API key: `login --api-key`, and what `status` says of one."""

from __future__ import annotations

from contextlib import closing

from genesys_tui.auth.api_key import ApiKey, cleaned, require_keyring, save_api_key
from genesys_tui.auth.store import SecretStore
from genesys_tui.cli.streams import narrate
from genesys_tui.cli.wiring import make_store
from genesys_tui.config import Settings, load_settings
from genesys_tui.connection import make_endpoint, make_gateway, make_tokens
from genesys_tui.errors import CredentialsRejected, NotAnEventStream, NotServed
from genesys_tui.gateway.client import Gateway, TokenSource
from genesys_tui.sanitize import sanitized_line
from genesys_tui.setting import write_setting


class _Given:
    """A key that is not kept yet."""

    def __init__(self, key: str) -> None:
        self._key = key

    def token(self) -> str:
        return self._key

    def renew(self, rejected: str) -> str:  # noqa: ARG002
        raise CredentialsRejected(
            "The gateway refused the API key (401). Copy it again from where it was issued.", status_code=401
        )


def keep_key(profile: str | None, base_url: str | None, key: str, *, check: bool) -> None:
    """Try the key, put it into the keyring, and remember where it is for. Raises GenesysError."""
    remembered = {"base_url": base_url, "dialect": "openai"}
    settings = load_settings(remembered, profile=profile, may_be_new=True)
    secret = cleaned(key, "login")
    store = make_store(settings)
    make_endpoint(settings, store)  # raises where there is no gateway to send it to
    require_keyring(store)  # before the key is sent anywhere
    if check:
        _try(settings, store, _Given(secret.get_secret_value()))
    save_api_key(store, secret)
    for name, value in remembered.items():
        if value is not None:
            write_setting(settings.home.config_file, settings.name, name, value)
    narrate(f"Kept in {store.describe()}, for profile {settings.name}.")


def key_rows(settings: Settings) -> dict[str, str]:
    """What there is to tell, with the models as proof that the key is taken. Raises GenesysError."""
    store = make_store(settings)
    tokens = make_tokens(settings, store)
    assert isinstance(tokens, ApiKey)
    with closing(tokens):
        tokens.token()
        models = _models(make_gateway(settings, store, tokens))
    return {
        "profile": settings.name,
        "gateway": make_endpoint(settings, store).url,
        "credentials": tokens.credentials_source or "none needed",
        "models": models,
    }


def _try(settings: Settings, store: SecretStore, tokens: TokenSource) -> None:
    """Raises GenesysError where the gateway does not take the key."""
    narrate("Trying the key …")
    narrate(f"The gateway lists {_models(make_gateway(settings, store, tokens))}.")


def _models(gateway: Gateway) -> str:
    """How many there are, or why that is not known. Raises SignInError, and GatewayError."""
    try:
        names = gateway.models()
    except (NotServed, NotAnEventStream):
        return "no models, so whether it takes the key shows with the first call"
    some = ", ".join(map(sanitized_line, names[:3]))
    return f"{len(names)} models{f' ({some}, …)' if len(names) > 3 else f' ({some})' if some else ''}"
