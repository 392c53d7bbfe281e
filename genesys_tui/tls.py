"""TLS: whom to trust and who this is, for sign-in and stream alike."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic import SecretStr

Trust = Literal["openssl", "system", "certifi"]

_ALERTS = {
    "CERTIFICATE_REQUIRED": "demands a client certificate, and none was shown. Set client_certificate to its PEM file.",
    "HANDSHAKE_FAILURE": "refused the TLS handshake. If it demands a client certificate, set client_certificate.",
    "CERTIFICATE_EXPIRED": "refused the client certificate: it has expired. Ask for a new one.",
    "CERTIFICATE_REVOKED": "refused the client certificate: it was revoked. Ask for a new one.",
    "ACCESS_DENIED": "knows the client certificate, and refuses its owner. Ask those who run the gateway.",
    **dict.fromkeys(
        ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "UNSUPPORTED_CERTIFICATE", "DECRYPT_ERROR"),
        "refused the client certificate: it was not issued by an authority that is trusted there. Check the file that "
        "client_certificate names.",
    ),
}
"""What a server's alert says, by the end of OpenSSL's word for it."""


@dataclass(frozen=True)
class Tls:
    """Whom to trust, and which certificate to show. Files are read when a context is made."""

    trust: Trust = "openssl"
    """``openssl``: what SSL_CERT_FILE, SSL_CERT_DIR or Python's OpenSSL name, else certifi; ``system``: the operating
    system's."""

    ca_bundle: str = ""
    """A PEM file to trust instead; empty for none."""

    client_certificate: str = ""
    """A PEM file; empty to show none."""

    client_key: str = ""
    """Its key's PEM file; empty where the certificate's has it."""

    password: Callable[[], SecretStr | None] = field(default=lambda: None, repr=False)
    """The key's password, asked for where the key is encrypted only; None where none is known."""

    def context(self) -> ssl.SSLContext:
        """What a connection needs. Raises ConfigurationError, naming setting and file."""
        context = self._trusting()
        if self.client_certificate:
            from genesys_tui.client_certificate import ClientCertificate

            ClientCertificate(self.client_certificate, self.client_key).show(context, self.password)
        return context

    def _trusting(self) -> ssl.SSLContext:
        if self.ca_bundle:
            return _trusting_only(self.ca_bundle)
        if self.trust == "system":
            import truststore

            return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        import certifi

        if self.trust == "certifi":
            return ssl.create_default_context(cafile=certifi.where())
        context = ssl.create_default_context()
        # A Python that brings its own OpenSSL (python.org on macOS) may know no authority at all.
        if not context.cert_store_stats()["x509_ca"] and not _knows_authorities():
            context.load_verify_locations(certifi.where())
        return context


def tls_context() -> ssl.SSLContext:
    """What is trusted where no profile says otherwise."""
    return Tls().context()


def trusting_nobody() -> ssl.SSLContext:
    """For connections that are not encrypted: should one be after all, no certificate holds."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def explain_alert(host: str, error: ssl.SSLError) -> str:
    """What a server that ended the handshake holds against the client certificate; empty where it is something else."""
    alert = (error.reason or "").upper().replace(" ", "_").rpartition("ALERT_")[2]
    return f"{host} {_ALERTS[alert]}" if alert in _ALERTS else ""


def expanded(file: str) -> Path:
    """The file an operator means: ``~`` is the home folder."""
    try:
        return Path(file).expanduser()
    except RuntimeError:  # of a user there is not
        return Path(file)


def _knows_authorities() -> bool:
    """Whether OpenSSL has a file or folders of authorities. It reads a folder only when it meets a certificate."""
    paths = ssl.get_default_verify_paths()
    folders = os.environ.get(paths.openssl_capath_env, paths.openssl_capath).split(os.pathsep)
    return paths.cafile is not None or any(_holds_anything(Path(folder)) for folder in folders if folder)


def _holds_anything(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except PermissionError:  # what cannot be listed may be read all the same
        return True
    except OSError:
        return False


def _trusting_only(ca_bundle: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=expanded(ca_bundle))
    except OSError as error:
        reason = "it is no PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(
            f"ca_bundle: the certificates to trust cannot be read from {ca_bundle} ({reason}). Name a PEM file."
        ) from None
