"""The network: how a profile's connections are made, for sign-in and stream alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from genesys_tui.tls import Tls, expanded

if TYPE_CHECKING:
    from genesys_tui.config import Profile

_FILES = ("ca_bundle", "client_certificate", "client_key")


@dataclass(frozen=True)
class Network:
    """Through which proxy, with which TLS."""

    proxy: str = field(default="", repr=False)  # it may hold a password
    """Its URL; empty for what HTTPS_PROXY and NO_PROXY say. This machine is never asked through a proxy."""

    tls: Tls = field(default_factory=Tls)

    @classmethod
    def of_profile(cls, profile: Profile, password: Callable[[], SecretStr | None]) -> Network:
        """As a profile says; ``password`` finds the one of its client certificate's key."""
        files = (profile.ca_bundle, profile.client_certificate, profile.client_key)
        return cls(profile.proxy, Tls(profile.trust, *files, password))

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Network:
        """What another process's ``fields`` say."""
        password = fields.get("key_password")
        known = None if password is None else SecretStr(password)
        chosen = {name: fields[name] for name in ("trust", *_FILES) if fields.get(name)}
        return cls(fields.get("proxy") or "", Tls(**chosen, password=lambda: known))

    def fields(self) -> dict[str, Any]:
        """Itself, for another process; with the key's password where the key wants one.

        Raises ConfigurationError or SecretStoreError where that cannot be had.
        """
        tls = self.tls
        # Another process may have another home folder.
        files = {name: str(expanded(getattr(tls, name))) if getattr(tls, name) else "" for name in _FILES}
        password = tls.password() if _wants_password(tls) else None
        return {**files, "trust": tls.trust, "proxy": self.proxy, "key_password": password}


def _wants_password(tls: Tls) -> bool:
    if not tls.client_certificate:
        return False
    from genesys_tui.client_certificate import ClientCertificate

    return ClientCertificate(tls.client_certificate, tls.client_key).wants_password
