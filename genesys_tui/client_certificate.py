"""The client certificate: shown to servers that demand one."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from genesys_tui.errors import ConfigurationError
from genesys_tui.tls import expanded

if TYPE_CHECKING:
    from pydantic import SecretStr

PASSWORD_VARIABLE = "GENESYS_CLIENT_KEY_PASSWORD"  # noqa: S105 - the name of a variable

_HOW = f"`genesys-tui config key-password` puts it into the keyring; {PASSWORD_VARIABLE} holds it where there is none."


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate and its key, both in PEM. Every method raises ConfigurationError, naming setting and file."""

    certificate: str
    key: str = ""
    """Its file; empty where the certificate's has it, too."""

    @property
    def wants_password(self) -> bool:
        """Whether the key is encrypted."""
        return b"ENCRYPTED" in self._key_pem()

    def expires(self) -> datetime:
        """Until when the certificate holds."""
        return self._validity()[1]

    def show(self, context: ssl.SSLContext, password: Callable[[], SecretStr | None]) -> None:
        """Have the context show it. The password is asked for where the key is encrypted."""
        self._require_valid(datetime.now(timezone.utc))
        secret = password() if self.wants_password else None
        if secret is None and self.wants_password:
            raise ConfigurationError(
                f"client_key: the key in {self._key_file} is encrypted, and its password is not known. {_HOW}"
            )
        given = secret.get_secret_value() if secret else ""
        try:
            # Always a function: without one, OpenSSL itself would ask for a password on the terminal.
            context.load_cert_chain(expanded(self.certificate), expanded(self._key_file), password=lambda: given)
        except ssl.SSLError as error:
            raise ConfigurationError(self._why_not(error, bool(secret))) from None
        except (OSError, ValueError) as error:  # the latter for a password that is too long
            raise ConfigurationError(f"client_key: {self._key_file} cannot be used ({error}).") from None

    def _why_not(self, error: ssl.SSLError, locked: bool) -> str:
        if "MISMATCH" in (error.reason or "").upper().replace(" ", "_"):
            return (
                f"client_key: the key in {self._key_file} does not belong to the certificate in {self.certificate}. "
                "Name the two files that were made together."
            )
        if locked:
            return f"client_key: the password that is known does not open the key in {self._key_file}. {_HOW}"
        return f"client_key: the key in {self._key_file} cannot be used ({error.reason or error}). Export it as PEM."

    def _require_valid(self, now: datetime) -> None:
        begins, ends = self._validity()
        if now > ends:
            raise ConfigurationError(
                f"client_certificate: the certificate in {self.certificate} expired on {ends:%Y-%m-%d}. "
                "Ask for a new one."
            )
        if now < begins:
            raise ConfigurationError(
                f"client_certificate: the certificate in {self.certificate} counts from {begins:%Y-%m-%d %H:%M} UTC "
                "only. Check this machine's clock."
            )

    def _validity(self) -> tuple[datetime, datetime]:
        from cryptography import x509

        try:
            found = x509.load_pem_x509_certificate(_read("client_certificate", self.certificate))
        except ValueError:
            raise ConfigurationError(
                f"client_certificate: there is no certificate in {self.certificate}. Name its PEM file."
            ) from None
        return found.not_valid_before_utc, found.not_valid_after_utc

    @property
    def _key_file(self) -> str:
        return self.key or self.certificate

    def _key_pem(self) -> bytes:
        pem = _read("client_key" if self.key else "client_certificate", self._key_file)
        block = re.search(b"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?-----END", pem, re.DOTALL)
        if block is None:
            raise ConfigurationError(f"client_key: there is no private key in {self._key_file}. Name its PEM file.")
        return block[0]


def _read(setting: str, file: str) -> bytes:
    try:
        return expanded(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{setting}: {file} cannot be read ({error.strerror}). Check its path and its permissions."
        ) from None
