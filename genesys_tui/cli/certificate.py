"""The client certificate's password: asked for, tried, and put into the keyring."""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING

import click

from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from genesys_tui.auth import SecretStore
    from genesys_tui.config import Settings


def keep_password(settings: Settings, store: SecretStore) -> None:
    """Ask for the password and keep it, once it has opened the key. Raises ConfigurationError or SecretStoreError."""
    from pydantic import SecretStr

    from genesys_tui.client_certificate import ClientCertificate

    profile = settings.profile
    if not profile.client_certificate:
        raise ConfigurationError(
            f"The profile {settings.name} has no client_certificate. Set it first: `genesys-tui config set "
            "client_certificate FILE`."
        )
    certificate = ClientCertificate(profile.client_certificate, profile.client_key)
    if not certificate.wants_password:
        raise ConfigurationError("The key of the client certificate is not encrypted: it wants no password.")
    password = SecretStr(_asked())
    certificate.show(ssl.create_default_context(), lambda: password)
    store.set("key-password", password)


def _asked() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Password of the key", hide_input=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\r\n")
