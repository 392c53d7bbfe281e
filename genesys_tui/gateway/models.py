"""The models that a gateway lists, where it has such a list."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import httpx

from genesys_tui.errors import NotAnEventStream
from genesys_tui.gateway.authorization import authorization
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.failures import in_words
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.refusals import refusal_of
from genesys_tui.gateway.scope import Scope

PATIENCE = 10.0
"""Seconds for all of it."""

MOST_BYTES = 8 * 1024 * 1024
MOST_MODELS = 2000
_LONGEST_NAME = 256


def fetch_models(endpoint: Endpoint, url: str, token: str) -> tuple[str, ...]:
    """The names at the URL, in the gateway's order. Raises GatewayError, and SignInError for what is no token."""
    late = f"{PATIENCE:g} s. Name the model yourself."
    with closing(Scope()) as scope, scope.deadline_in(PATIENCE), in_words(endpoint, token, late):
        body = _get(endpoint, url, token, scope)
    names = _names_in(body)
    if names is None:
        raise NotAnEventStream(f"{url} answered with something that is no list of models. Name the model yourself.")
    return names


def _get(endpoint: Endpoint, url: str, token: str, scope: Scope) -> bytes:
    transport = ScopedTransport(scope, tls=endpoint.tls, proxy=endpoint.proxy_url)
    headers = {
        **authorization(token, endpoint.speaks),
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "genesys-tui",
    }
    with (
        httpx.Client(transport=transport, trust_env=False) as client,
        client.stream("GET", url, headers=headers, timeout=PATIENCE) as response,
    ):
        if response.status_code != 200:
            raise refusal_of(response, scope, token, endpoint.speaks)
        return _read(response)


def _read(response: httpx.Response) -> bytes:
    body = b""
    for data in response.iter_raw():
        body += data
        if len(body) > MOST_BYTES:
            break
    return body


def _names_in(body: bytes) -> tuple[str, ...] | None:
    try:
        fields: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    entries = fields.get("data") if isinstance(fields, dict) else fields
    if not isinstance(entries, list):
        return None
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    usable = (name for name in names if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME)
    return tuple(dict.fromkeys(usable))[:MOST_MODELS]
