"""The endpoint: where a gateway is and how it talks."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import httpx

from genesys_tui.address import is_loopback
from genesys_tui.dialect import DialectName
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.dialects import DIALECTS, Dialect
from genesys_tui.gateway.sequence import ContentMode
from genesys_tui.proxy import proxy_for
from genesys_tui.tls import tls_context


@dataclass(frozen=True)
class Endpoint:
    """Where a gateway is and how it talks."""

    base_url: str
    path: str = ""
    """Empty for the dialect's own."""

    dialect: DialectName = "genesys"
    content_mode: ContentMode = "delta"
    proxy: str | None = field(default=None, repr=False)  # it may hold a password
    """An http:// address; None for what the environment says."""

    trust: Callable[[], ssl.SSLContext] = field(default=tls_context, repr=False)
    """Makes the TLS context; called once, for the first https call."""

    def __post_init__(self) -> None:
        require_safe_url(self.base_url)
        # Without its slash it would become part of the host: a token could go anywhere.
        if self.path and not (self.path.startswith("/") and self.path.isprintable()):
            raise ConfigurationError(f"endpoint: {self.path!r} is no path; begin it with a slash.")
        _ = self.proxy_url

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
        return self.speaks.url(self.base_url, self.path)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(httpx.URL(self.base_url).host)

    @property
    def models_url(self) -> str | None:
        """Where the models are listed; None where they cannot be asked for."""
        return self.speaks.models_url(self.base_url, self.path)

    @cached_property
    def proxy_url(self) -> httpx.URL | None:
        """The proxy that leads there. Raises ConfigurationError, which never quotes it."""
        to = httpx.URL(self.base_url)
        proxy = proxy_for(to.scheme, to.host, self.proxy)
        if proxy is None:
            return None
        try:
            url = httpx.URL(proxy)
        except (httpx.InvalidURL, UnicodeError):
            url = httpx.URL()
        if url.scheme != "http" or not url.host or (url.port or 0) > 65535:
            raise ConfigurationError("proxy: give it as http://HOST:PORT; no other kind of proxy is supported.")
        return url

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS context; None where none is needed. Made once: it costs 17 ms. Raises GenesysError."""
        if httpx.URL(self.base_url).scheme != "https":
            return None
        return self.trust()


def require_safe_url(url: str) -> None:
    """Raise ConfigurationError unless a token may be sent there: over https, or to this machine."""
    # Read by the one that will connect: two readers of an address may see two hosts.
    try:
        parts = httpx.URL(url)
        host = parts.host
    except (httpx.InvalidURL, UnicodeError):  # the latter for punycode that is none
        parts, host = httpx.URL(), ""
    if parts.scheme not in ("http", "https") or not host or (parts.port or 0) > 65535 or set("?# ") & set(url):
        raise ConfigurationError(f"base_url: {url!r} is no http(s) address such as https://api.mypurecloud.com.")
    if parts.userinfo:
        raise ConfigurationError("base_url: leave user name and password out of it; use `genesys-tui login`.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"base_url: plain http would show the access token to the network up to {host}. Use https."
        )
