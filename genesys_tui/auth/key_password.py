"""The password of a client certificate's key: where it is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import SecretStr

from genesys_tui.client_certificate import PASSWORD_VARIABLE

if TYPE_CHECKING:
    from genesys_tui.auth.store import SecretStore


def find_key_password(environ: Mapping[str, str], store: SecretStore) -> SecretStr | None:
    """In the environment, else in the keyring; None where it is in neither. Raises SecretStoreError."""
    if password := environ.get(PASSWORD_VARIABLE):
        return SecretStr(password)
    return store.get("key-password")
