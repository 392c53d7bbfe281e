"""The models that a gateway lists, where it has such a list."""

from __future__ import annotations

import json
from typing import Any

import httpx

from genesys_tui.errors import NotAnEventStream, TimedOut, Unreachable
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.refusals import refusal_of
from genesys_tui.gateway.scope import DeadlineReached, Scope

PATIENCE = 10.0
"""Seconds for all of it."""

MOST_BYTES = 8 * 1024 * 1024
MOST_MODELS = 2000
_LONGEST_NAME = 256


def fetch_models(endpoint: Endpoint, headers: dict[str, str], token: str, scope: Scope) -> tuple[str, ...]:
    """The names, in the gateway's order; none where the dialect knows no list.

    Raises GatewayError, which never quotes the token, and Cancelled.
    """
    url = endpoint.models_url
    if url is None:
        return ()
    host = httpx.URL(url).host
    try:
        with scope.deadline_in(PATIENCE):
            body = _get(url, endpoint, headers, token, scope)
    except (DeadlineReached, httpx.TimeoutException):
        raise TimedOut(f"{host} did not list its models within {PATIENCE:g} s. Name the model yourself.") from None
    except httpx.TransportError as error:
        raise Unreachable(f"{host} cannot be asked for its models ({error}). Try again.") from error
    names = _names_in(body)
    if names is None:
        raise NotAnEventStream(f"{url} answered with something that is no list of models. Name the model yourself.")
    return names


def _get(url: str, endpoint: Endpoint, headers: dict[str, str], token: str, scope: Scope) -> bytes:
    transport = ScopedTransport(scope, verify=endpoint.tls, proxy=endpoint.proxy_url)
    headers = {**headers, "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "genesys-tui"}
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
