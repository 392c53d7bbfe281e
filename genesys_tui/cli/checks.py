"""The checks: everything a call needs, looked at one by one, each with how long it took and what to do."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from genesys_tui.errors import GenesysError, SecretStoreError

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.gateway.endpoint import Endpoint

Verdict = Literal["ok", "note", "FAIL", "skipped"]


class Finding(NamedTuple):
    """What a check saw."""

    check: str
    verdict: Verdict
    words: str
    seconds: float | None = None
    kind: str = ""
    """The kind of the error, where it failed."""

    way: str = ""
    """Of a hop: the host that it is on the way to."""


class Seen(NamedTuple):
    """What a check says of itself."""

    words: str
    verdict: Verdict = "ok"


def findings(settings: Settings) -> Iterator[Finding]:
    """All checks, in the order in which a call needs what they look at."""
    yield _checked("settings", lambda: _settings(settings), timed=False)
    yield _checked("keyring", lambda: _keyring(settings))
    yield from _reached(settings)
    yield _checked("audit file", lambda: _ledger(settings))
    yield _checked("terminal", _terminal, timed=False)


def _checked(name: str, check: Callable[[], Seen], *, timed: bool = True) -> Finding:
    began = time.perf_counter()
    try:
        seen, kind = check(), ""
    except GenesysError as error:
        seen, kind = Seen(error.message, "FAIL"), error.kind
    return Finding(name, seen.verdict, seen.words, time.perf_counter() - began if timed else None, kind)


def _settings(settings: Settings) -> Seen:
    from genesys_tui.gateway.payload import Message

    settings.payload(Message(role="user", content="hello"))
    changed = ", ".join(f"{name} from {origin}" for name, origin in settings.origins.items())
    return Seen(f"profile {settings.name}; {changed or 'all defaults'}")


def _keyring(settings: Settings) -> Seen:
    """A note only: with credentials from elsewhere nothing but the token's life between runs depends on it."""
    from genesys_tui.auth.api_key import without_keyring
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.connection import wants_key

    try:
        return Seen(make_store(settings).describe())
    except SecretStoreError as error:
        told = without_keyring(error) if wants_key(settings) else error
        return Seen(told.message, "note")


# The way to the gateway.


def _reached(settings: Settings) -> Iterator[Finding]:
    """To where one signs in, in, and to the gateway: the same way twice is walked once."""
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.connection import make_endpoint

    try:
        endpoint = make_endpoint(settings, make_store(settings))
        places = _places(settings, endpoint)
    except GenesysError as error:
        yield Finding("settings", "FAIL", error.message, None, error.kind)
        return
    token: list[str] = []
    reached = True
    for number, place in enumerate(places):
        for finding in _walked(place):
            yield finding
            reached = reached and finding.verdict != "FAIL"
        if number == 0 and reached:
            yield _checked("sign-in", lambda: _sign_in(settings, token))
        elif number == 0:
            yield Finding("sign-in", "skipped", "not tried")
    if reached and token:
        yield _checked("endpoint", lambda: _endpoint(settings, endpoint, token[0]))
    else:
        yield Finding("endpoint", "skipped", f"not tried: {endpoint.url}")


def _places(settings: Settings, endpoint: Endpoint) -> list[Endpoint]:
    """Where the ways lead to."""
    from dataclasses import replace

    from genesys_tui.auth.regions import find_api_url, login_url

    if endpoint.speaks.credentials != "oauth":
        return [endpoint]
    signing_in = replace(endpoint, base_url=login_url(find_api_url(settings.sign_in_place)))
    same = urlsplit(signing_in.base_url).netloc == urlsplit(endpoint.base_url).netloc
    return [endpoint] if same else [signing_in, endpoint]


def _walked(place: Endpoint) -> Iterator[Finding]:
    """The hops, those behind a failure as skipped."""
    from genesys_tui.gateway.hops import HOPS, Way

    host = urlsplit(place.base_url).hostname or ""
    left = list(HOPS)
    for hop in Way(place.base_url, place.proxy_url, lambda: place.tls).walk():
        if hop.name in left:
            left.remove(hop.name)
        if hop.error:
            yield Finding(hop.name, "FAIL", hop.error.message, hop.seconds, hop.error.kind, host)
            break
        yield Finding(hop.name, "ok", hop.words, hop.seconds, "", host)
    for name in left:
        yield Finding(name, "skipped", "not tried", None, "", host)


def _sign_in(settings: Settings, token: list[str]) -> Seen:
    from genesys_tui.auth import SignIn
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.connection import make_tokens

    tokens = make_tokens(settings, make_store(settings))
    try:
        if not isinstance(tokens, SignIn):
            token.append(tokens.token())
            return Seen(f"an API key from {tokens.credentials_source}" if token[0] else "none needed on this machine")
        who = tokens.identify()
        token.append(who.bearer)
    finally:
        tokens.close()
    name = " of ".join(filter(None, [who.client_name, who.organization])) or who.identity_problem or "somebody"
    return Seen(f"signed in as {name}, with credentials from {tokens.credentials_source}")


def _endpoint(settings: Settings, endpoint: Endpoint, token: str) -> Seen:
    """Without a call, which would cost tokens."""
    from genesys_tui.gateway.knock import knock

    if settings.profile.read_only:
        return Seen(f"not tried: the profile is read-only; {endpoint.url}", "skipped")
    status = knock(endpoint, token)
    return Seen(f"{endpoint.url} is served; it answers {status} to a request without content")


# This machine.


def _ledger(settings: Settings) -> Seen:
    from genesys_tui.cli.wiring import open_ledger

    with open_ledger(settings) as ledger:
        tried = ledger.checkpoints.tried()
        verdict: Verdict = "FAIL" if tried.unkept else "note" if tried.unsigned else "ok"
        return Seen(f"{ledger.path}, {ledger.describe()}, {tried.words}", verdict)


def _terminal() -> Seen:
    columns, lines = shutil.get_terminal_size()
    term = os.environ.get("TERM", "not set")
    encoding = sys.stdout.encoding or "unknown"
    words = f"TERM {term}, {columns}×{lines}, {encoding}{', in tmux' if os.environ.get('TMUX') else ''}"
    if term in ("dumb", "not set"):
        return Seen(f"{words}. The app needs a terminal that can move its cursor; `ask` works anywhere.", "FAIL")
    if "utf" not in encoding.lower():
        return Seen(f"{words}. Set a UTF-8 locale, such as LANG=C.UTF-8.", "FAIL")
    return Seen(words)
