"""The client id and secret: where they are found, kept and forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from genesys_tui.auth.store import Item, SecretStore
from genesys_tui.errors import CredentialsMissing, SignInError

OWN_ID, OWN_SECRET = "GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"
SECRET_FILE = "GENESYS_CLIENT_SECRET_FILE"  # noqa: S105 - the name of a variable.
_KEPT: tuple[Item, ...] = ("access-token", "client-secret", "api-key")
ALIAS_ID, ALIAS_SECRET = "GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"


class Credentials(BaseModel):
    """What an OAuth client of the client-credentials kind signs in with. Make one with ``Credentials.of``."""

    # An error of pydantic's shows the value it refuses, unless told not to.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str
    client_secret: SecretStr
    source: str
    """Where they came from, in words: ``keyring``."""

    @classmethod
    def of(cls, client_id: str, client_secret: str | SecretStr, source: str) -> Credentials:
        """Strip and check an id and a secret.

        Raises:
            SignInError: one is blank or holds what no credential can hold. It names the field, and never shows a value.
        """
        secret = client_secret.get_secret_value() if isinstance(client_secret, SecretStr) else client_secret
        return cls(
            client_id=_clean("client id", client_id, source),
            client_secret=SecretStr(_clean("client secret", secret, source)),
            source=source,
        )


def find_credentials(environ: Mapping[str, str], store: SecretStore) -> Credentials:
    """Find credentials: in the environment, in a secret file that it names, or in the keyring; the first of them wins.

    An id and a secret never come from two places: a half that stands alone is an error, not a reason to look further.

    Raises:
        CredentialsMissing: there are none, or only half of them.
        SignInError: they cannot be used, or the secret file or the keyring cannot be read.
    """
    found = _from_own_variables(environ) or _from_alias_variables(environ) or load_credentials(store)
    if found is not None:
        return found
    raise CredentialsMissing(
        f"There are no credentials for the profile {store.profile!r}. Run `genesys-tui login`, "
        f"or set {OWN_ID} and {OWN_SECRET}, or try `genesys-tui demo`, which needs none."
    )


def load_credentials(store: SecretStore) -> Credentials | None:
    """Read the credentials the keyring keeps; None where it keeps none."""
    entry = store.get("client-secret")
    if entry is None:
        return None
    try:
        pair = json.loads(entry.get_secret_value())
        client_id, client_secret = str(pair["client_id"]), str(pair["client_secret"])
    except (ValueError, TypeError, KeyError):
        client_id = client_secret = ""
    if not client_id:
        raise SignInError(
            f"The keyring's entry for the profile {store.profile!r} cannot be read as credentials. "
            "Run `genesys-tui login` to write it again."
        )
    return Credentials.of(client_id, client_secret, "keyring")


def save_credentials(store: SecretStore, credentials: Credentials) -> None:
    """Keep the id and the secret in the keyring, in one entry, so that the two never come apart."""
    pair = {"client_id": credentials.client_id, "client_secret": credentials.client_secret.get_secret_value()}
    store.set("client-secret", SecretStr(json.dumps(pair, separators=(",", ":"))))
    # What an older secret bought is not to outlive it.
    store.delete("access-token")


def forget_credentials(store: SecretStore) -> bool:
    """Drop the credentials, the token they bought, and an API key. False where there was none of them."""
    gone = [store.delete(item) for item in _KEPT]
    return any(gone)


def _from_own_variables(environ: Mapping[str, str]) -> Credentials | None:
    client_id, secret, path = environ.get(OWN_ID), environ.get(OWN_SECRET), environ.get(SECRET_FILE)
    if not (client_id or secret or path):
        return None
    if not client_id:
        raise CredentialsMissing(
            f"{OWN_SECRET if secret else SECRET_FILE} is set but {OWN_ID} is not. Set {OWN_ID} too."
        )
    if secret:
        return Credentials.of(client_id, secret, f"environment ({OWN_SECRET})")
    if path:
        return Credentials.of(client_id, _read_secret(path), f"file {path}")
    raise CredentialsMissing(f"{OWN_ID} is set but {OWN_SECRET} is not. Set {OWN_SECRET}, or {SECRET_FILE}, too.")


def _from_alias_variables(environ: Mapping[str, str]) -> Credentials | None:
    client_id, secret = environ.get(ALIAS_ID), environ.get(ALIAS_SECRET)
    if client_id and secret:
        return Credentials.of(client_id, secret, f"environment ({ALIAS_SECRET})")
    if not (client_id or secret):
        return None
    present, absent = (ALIAS_ID, ALIAS_SECRET) if client_id else (ALIAS_SECRET, ALIAS_ID)
    raise CredentialsMissing(f"{present} is set but {absent} is not. Set {absent} too.")


def _read_secret(path: str) -> str:
    """Read a container's or systemd's credential file. Only the line break at its end is not part of the secret."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SignInError(
            f"The secret file {path} of {SECRET_FILE} cannot be read ({error.strerror}). "
            "Check its path and its permissions."
        ) from None
    except UnicodeDecodeError:
        raise SignInError(
            f"The secret file {path} of {SECRET_FILE} is not text. Write the secret into it as UTF-8."
        ) from None
    if not text.strip():
        raise SignInError(f"The secret file {path} of {SECRET_FILE} is empty. Write the client secret into it.")
    return text.rstrip("\r\n")


def _clean(field: str, value: str, source: str) -> str:
    """Strip a value, and see that it can travel in an Authorization header."""
    value = value.strip()
    if not value:
        problem = "is blank"
    elif not value.isascii():
        problem = "holds characters that are not ASCII, perhaps from a copied dash or quote"
    elif not value.isprintable() or " " in value:
        problem = "holds a space, a line break or a control character"
    elif field == "client id" and ":" in value:
        problem = "holds a colon; perhaps the secret was pasted with it"
    else:
        return value
    raise SignInError(f"The {field} from the {source} {problem}. Copy it again from Admin › Integrations › OAuth.")
