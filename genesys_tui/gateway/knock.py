"""A knock: a request without content, which costs nothing, and tells whether the gateway is there and lets us in."""

from __future__ import annotations

from contextlib import closing

import httpx

from genesys_tui.errors import ProxyRefused, TimedOut, Unreachable
from genesys_tui.gateway.client import authorization
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.redaction import without_password
from genesys_tui.gateway.refusals import refusal_of
from genesys_tui.gateway.scope import Scope

PATIENCE = 15.0
"""Seconds."""

_SERVED = (400, 405, 411, 413, 415, 422, 500)
"""What a gateway may answer to a request without content: it is there, and the credentials are not its objection."""


def knock(endpoint: Endpoint, token: str) -> int:
    """The status that is answered. Raises GatewayError where it shows that no call could be made."""
    scope = Scope()
    transport = ScopedTransport(scope, verify=endpoint.tls, proxy=endpoint.proxy_url)
    try:
        with scope.deadline_in(PATIENCE), httpx.Client(transport=transport, trust_env=False) as client:
            return _answer(client, endpoint, token, scope)
    finally:
        scope.close()


def _answer(client: httpx.Client, endpoint: Endpoint, token: str, scope: Scope) -> int:
    dialect = endpoint.speaks
    headers = {**authorization(token, dialect), "Content-Type": "application/json", "User-Agent": "genesys-tui"}
    request = client.build_request("POST", endpoint.url, content=b"{}", headers=headers, timeout=PATIENCE)
    host = request.url.host
    try:
        response = client.send(request, stream=True)
    except httpx.TimeoutException:
        raise TimedOut(
            f"{host} gave no answer within {PATIENCE:g} s. Try again, or ask who runs the gateway."
        ) from None
    except httpx.ProxyError as error:
        said = without_password(str(error), endpoint.proxy_url)
        raise ProxyRefused(f"The proxy does not lead to {host}: it answered {said}.") from None
    except httpx.TransportError as error:
        raise Unreachable(f"The connection to {host} ended before there was an answer ({error}). Try again.") from None
    with closing(response):
        if response.status_code < 300 or response.status_code in _SERVED:
            return response.status_code
        raise refusal_of(response, scope, token, dialect)
