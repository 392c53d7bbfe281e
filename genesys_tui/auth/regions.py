"""Genesys Cloud's regions, and the hosts that serve them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from genesys_tui.address import is_loopback
from genesys_tui.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Region:
    """One Genesys Cloud region."""

    name: str
    """The AWS name: ``eu-west-1``."""
    domain: str
    """The domain its hosts share: ``mypurecloud.ie``."""

    @property
    def api_url(self) -> str:
        """Where the Platform API is served."""
        return f"https://api.{self.domain}"

    @property
    def login_url(self) -> str:
        """Where access tokens are handed out."""
        return f"https://login.{self.domain}"


REGIONS = (
    Region("us-east-1", "mypurecloud.com"),
    Region("us-east-2", "use2.us-gov-pure.cloud"),
    Region("us-west-2", "usw2.pure.cloud"),
    Region("ca-central-1", "cac1.pure.cloud"),
    Region("mx-central-1", "mxc1.pure.cloud"),
    Region("sa-east-1", "sae1.pure.cloud"),
    Region("eu-west-1", "mypurecloud.ie"),
    Region("eu-west-2", "euw2.pure.cloud"),
    Region("eu-central-1", "mypurecloud.de"),
    Region("eu-central-2", "euc2.pure.cloud"),
    Region("me-central-1", "mec1.pure.cloud"),
    Region("ap-south-1", "aps1.pure.cloud"),
    Region("ap-northeast-1", "mypurecloud.jp"),
    Region("ap-northeast-2", "apne2.pure.cloud"),
    Region("ap-northeast-3", "apne3.pure.cloud"),
    Region("ap-southeast-1", "apse1.pure.cloud"),
    Region("ap-southeast-2", "mypurecloud.com.au"),
)


def find_region(text: str) -> Region:
    """Find the region that an AWS name, a domain or the URL of one of its hosts means.

    ``eu_west_1``, ``mypurecloud.ie`` and ``https://apps.mypurecloud.ie/directory/`` are the same region.

    Raises:
        ConfigurationError: no region goes by that name; the message lists those that do.
    """
    wanted = text.strip().lower()
    host = _split(wanted).hostname or ""
    for region in REGIONS:
        if wanted.replace("_", "-") == region.name or f".{host}".endswith("." + region.domain):
            return region
    choices = ", ".join(f"{region.name} ({region.domain})" for region in REGIONS)
    raise ConfigurationError(f"There is no Genesys Cloud region {text.strip()!r}. Choose one of: {choices}.")


def find_api_url(place: Region | str) -> str:
    """Find the host the SDK is to talk to: a region's, or a base URL that serves sign-in and API at once.

    Raises:
        ConfigurationError: it is neither, or it is plain http on a host that is not this machine.
    """
    if isinstance(place, Region):
        return place.api_url
    if "://" not in place:
        return find_region(place).api_url
    parts = _split(place.strip())
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise ConfigurationError(
            "The base URL cannot be used for signing in. "
            "Give it as https://HOST or http://127.0.0.1:PORT, without a user or password in it."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"Signing in to {host} over plain http would send the client secret unprotected. Use https; "
            "http is for this machine only (http://127.0.0.1:PORT)."
        )
    known = next((region for region in REGIONS if f".{host}".endswith("." + region.domain)), None)
    return known.api_url if known else f"{parts.scheme}://{parts.netloc}"


def login_url(api_url: str) -> str:
    """Say where the SDK signs in for an API host: the same place, but for the ``api.`` in front."""
    return api_url.replace("//api.", "//login.", 1)


def describe_place(api_url: str) -> str:
    """Name an API host as people know it: by its region, where it is one's."""
    for region in REGIONS:
        if api_url == region.api_url:
            return f"{region.name} ({region.domain})"
    return urlsplit(api_url).netloc


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else "//" + text)
        _ = parts.port  # A port that is no number is found only when it is asked for.
    except ValueError:
        raise ConfigurationError(f"{text!r} is neither a region nor a URL. A region looks like eu-west-1.") from None
    return parts
