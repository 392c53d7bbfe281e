"""Proxies: which one leads to an address."""

from __future__ import annotations

import base64
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

from genesys_tui.address import is_loopback
from genesys_tui.secret_forms import forms_of


def proxy_for(scheme: str, host: str, chosen: str | None = None) -> str | None:
    """The chosen proxy, else the one that HTTPS_PROXY and NO_PROXY name. This machine is never asked through one."""
    if is_loopback(host):
        return None
    if chosen:
        return chosen
    if proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def proxy_pair(proxy: str) -> str:
    """User and password of a proxy's URL, as ``Proxy-Authorization: Basic`` has them; empty where it names none."""
    user, password = _user_and_password(proxy)
    pair = f"{unquote(user)}:{unquote(password)}".encode("utf-8", "surrogateescape")
    return base64.b64encode(pair).decode() if user or password else ""


def proxy_secrets(proxy: str) -> list[str]:
    """What nobody may quote of a proxy's URL: its password in all forms, and the pair as it is sent."""
    pair, written = proxy_pair(proxy), _user_and_password(proxy)[1]
    # Some quote it without its padding. The longest first: one may hold another.
    forms = {*forms_of(unquote(written)), *forms_of(written), pair.rstrip("=")}
    return sorted(forms - {""}, key=len, reverse=True)


def _user_and_password(proxy: str) -> tuple[str, str]:
    """As the URL has them. Its rest may be none: a wrong URL has a password all the same."""
    user, _, password = proxy.partition("://")[2 if "://" in proxy else 0].rpartition("@")[0].partition(":")
    return user, password
