"""A knock: a request without content, which costs nothing, and tells whether the gateway is there and lets us in."""

from __future__ import annotations

from contextlib import closing

import httpx

from genesys_tui.gateway.authorization import authorization
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.failures import in_words
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.refusals import refusal_of
from genesys_tui.gateway.scope import Scope

PATIENCE = 15.0
"""Seconds."""

_SERVED = (400, 405, 411, 413, 415, 422, 500)
"""What a gateway may answer to a request without content: it is there, and the credentials are not its objection."""


def knock(endpoint: Endpoint, token: str, *, patience: float = PATIENCE) -> int:
    """The status that is answered, within ``patience`` seconds.

    Raises GatewayError where it shows that no call could be made.
    """
    with closing(Scope()) as scope:
        transport = ScopedTransport(scope, tls=endpoint.tls, proxy=endpoint.proxy_url)
        with scope.deadline_in(patience), httpx.Client(transport=transport, trust_env=False) as client:
            late = f"{patience:g} s. Try again; if it stays so, ask who runs the gateway."
            with in_words(endpoint, token, late), closing(_answer(client, endpoint, token, patience)) as response:
                if response.status_code < 300 or response.status_code in _SERVED:
                    return response.status_code
                raise refusal_of(response, scope, token, endpoint.speaks)


def _answer(client: httpx.Client, endpoint: Endpoint, token: str, patience: float) -> httpx.Response:
    headers = {
        **authorization(token, endpoint.speaks),
        "Content-Type": "application/json",
        "User-Agent": "genesys-tui",
    }
    request = client.build_request("POST", endpoint.url, content=b"{}", headers=headers, timeout=patience)
    return client.send(request, stream=True)
