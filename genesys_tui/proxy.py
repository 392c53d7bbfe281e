"""Proxies: which one leads to an address."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from genesys_tui.address import is_loopback


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
