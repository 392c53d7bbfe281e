"""Papers: certificates and keys in files, made for one test."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

PASSWORD = "canary-0815-password"
NAMES = ("127.0.0.1", "localhost", "gateway.test", "api.nowhere.test", "login.nowhere.test")


@dataclass
class Papers:
    """An authority, and what it issues, as files in a folder."""

    folder: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def bundle(self) -> str:
        """The authority's own certificate."""
        file = self.folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(file))
        return str(file)

    def server(self, version: ssl.TLSVersion | None = None, *, demanding: bool = True) -> ssl.SSLContext:
        """A server's side, which demands a client certificate of the authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*NAMES).configure_cert(context)
        if demanding:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)
        if version:
            context.maximum_version = version
        return context

    def client(self, name: str = "client", *, days: int = 30, locked: bool = False) -> tuple[str, str]:
        """A client's certificate and key; holds for so many days from now."""
        ends = datetime.now(timezone.utc) + timedelta(days=days)
        made = self.authority.issue_cert("client@example.org", not_after=ends, not_before=ends - timedelta(days=365))
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        key.write_bytes(encrypted(made.private_key_pem.bytes()) if locked else made.private_key_pem.bytes())
        return str(certificate), str(key)


def encrypted(pem: bytes) -> bytes:
    """The key, locked with the password."""
    key = serialization.load_pem_private_key(pem, None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )
