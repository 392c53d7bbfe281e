"""`doctor`: everything a call needs, checked one by one, each with what to do."""

from __future__ import annotations

import os
import shutil
import ssl
import sys
from collections.abc import Callable
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import click

from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import write
from genesys_tui.config import Settings
from genesys_tui.errors import GenesysError, SecretStoreError


class Finding(NamedTuple):
    """What a check saw."""

    verdict: Literal["ok", "note", "FAIL"]
    words: str


@click.command()
@profile_option
def doctor(profile: str | None) -> int:
    """Check settings, keyring, sign-in, proxy, endpoint, audit file and terminal. Exit code 1 where one fails."""
    from genesys_tui.config import load_settings

    settings = load_settings(profile=profile)
    checks: dict[str, Callable[[Settings], Finding]] = {
        "settings": _settings,
        "keyring": _keyring,
        "sign-in": _sign_in,
        "proxy": _proxy,
        "endpoint": _endpoint,
        "audit file": _ledger,
        "terminal": _terminal,
    }
    all_good = True
    for name, check in checks.items():
        try:
            finding = check(settings)
        except GenesysError as error:
            finding = Finding("FAIL", error.message)
        all_good = all_good and finding.verdict != "FAIL"
        write(f"{finding.verdict:5} {name:11} {finding.words}\n")
    return 0 if all_good else 1


def _settings(settings: Settings) -> Finding:
    from genesys_tui.gateway.payload import Message

    settings.payload(Message(role="user", content="hello"))
    changed = ", ".join(f"{name} from {origin}" for name, origin in settings.origins.items())
    return Finding("ok", f"profile {settings.name}; {changed or 'all defaults'}")


def _keyring(settings: Settings) -> Finding:
    """A note only: with credentials from elsewhere nothing but the token's life between runs depends on it."""
    from genesys_tui.cli.wiring import make_store

    try:
        return Finding("ok", make_store(settings).describe())
    except SecretStoreError as error:
        return Finding("note", error.message)


def _sign_in(settings: Settings) -> Finding:
    from genesys_tui.cli.wiring import make_sign_in

    sign_in = make_sign_in(settings)
    try:
        token = sign_in.identify()
    finally:
        sign_in.close()
    who = " of ".join(filter(None, [token.client_name, token.organization])) or token.identity_problem or "somebody"
    return Finding("ok", f"signed in as {who}, with credentials from {sign_in.credentials_source}")


def _proxy(settings: Settings) -> Finding:
    from genesys_tui.cli.wiring import make_endpoint

    endpoint = make_endpoint(settings)
    proxy = endpoint.proxy_url
    if proxy is None:
        return Finding("ok", "none")
    _reach(proxy.host, proxy.port or 80)
    return Finding("ok", f"{proxy.host}:{proxy.port or 80} answers")


def _endpoint(settings: Settings) -> Finding:
    """Without a call, which would cost tokens: a connection, and TLS where it is used."""
    from genesys_tui.cli.wiring import make_endpoint

    endpoint = make_endpoint(settings)
    parts = urlsplit(endpoint.url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if endpoint.proxy_url is not None:
        return Finding("ok", f"{endpoint.url}, through the proxy; not tried")
    _reach(host, port, endpoint.tls if parts.scheme == "https" else None)
    return Finding("ok", f"{endpoint.url} accepts connections{' over trusted TLS' if parts.scheme == 'https' else ''}")


def _reach(host: str, port: int, tls: ssl.SSLContext | bool | None = None) -> None:
    """Connect, and shake hands where there is TLS. Raises Unreachable in words."""
    from genesys_tui.gateway.network import ScopedNetwork
    from genesys_tui.gateway.scope import Scope

    scope = Scope()
    try:
        stream = ScopedNetwork(scope).connect_tcp(host, port, timeout=10.0)
        if isinstance(tls, ssl.SSLContext):
            stream = stream.start_tls(tls, host, timeout=10.0)
        stream.close()
    finally:
        scope.close()


def _ledger(settings: Settings) -> Finding:
    from genesys_tui.cli.wiring import open_ledger

    with open_ledger(settings) as ledger:
        return Finding("ok", f"{ledger.path}, {ledger.describe()}")


def _terminal(_: Settings) -> Finding:
    columns, lines = shutil.get_terminal_size()
    term = os.environ.get("TERM", "not set")
    encoding = sys.stdout.encoding or "unknown"
    words = f"TERM {term}, {columns}×{lines}, {encoding}{', in tmux' if os.environ.get('TMUX') else ''}"
    if term in ("dumb", "not set"):
        return Finding("FAIL", f"{words}. The app needs a terminal that can move its cursor; `ask` works anywhere.")
    if "utf" not in encoding.lower():
        return Finding("FAIL", f"{words}. Set a UTF-8 locale, such as LANG=C.UTF-8.")
    return Finding("ok", words)
