"""The endpoint: where a gateway is and how it talks."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.dialects import DIALECTS, Dialect
from genesys_tui.gateway.sequence import ContentMode


@dataclass(frozen=True)
class Endpoint:
    """Where a gateway is and how it talks."""

    base_url: str
    path: str = ""
    """Empty for the dialect's own."""

    dialect: str = "genesys"
    content_mode: ContentMode = "delta"
    proxy: str | None = None
    trust: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)
    """Makes the TLS context; called once, for the first https call."""

    def __post_init__(self) -> None:
        require_safe_url(self.base_url)

    @property
    def speaks(self) -> Dialect:
        """The dialect. Raises ConfigurationError for one that is not known."""
        try:
            return DIALECTS[self.dialect]
        except KeyError:
            raise ConfigurationError(
                f"dialect: there is no {self.dialect!r}; choose one of {', '.join(DIALECTS)}."
            ) from None

    @property
    def url(self) -> str:
        """Where payloads are sent."""
        return self.base_url.rstrip("/") + (self.path or self.speaks.default_endpoint)

    @cached_property
    def tls(self) -> ssl.SSLContext | bool:
        """The TLS context; False where none is needed. Made once: it costs 17 ms."""
        return self.trust() if self.base_url.startswith("https://") else False


def require_safe_url(url: str) -> None:
    """Raise ConfigurationError unless a token may be sent there: over https, or to this machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"base_url: {url!r} is no http(s) address such as https://api.mypurecloud.com.")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("base_url: leave user name and password out of it; use `genesys-tui login`.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigurationError(
            f"base_url: plain http would show the access token to the network up to {parts.hostname}. Use https."
        )


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by name or number."""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())
