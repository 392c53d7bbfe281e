"""Failures: what ends a request before its answer, as an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from genesys_tui.errors import ProxyRefused, TimedOut, Unreachable
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.redaction import redacted, without_password
from genesys_tui.gateway.scope import DeadlineReached


@contextmanager
def in_words(endpoint: Endpoint, token: str, late: str, silent: str = "") -> Iterator[None]:
    """Raise GatewayError for whatever ends a request to the endpoint; it quotes neither token nor proxy password.

    ``late`` is the end of a sentence, how long an answer was waited for, and the advice behind it: "15 s. Try again.";
    ``silent`` the same for silence that lasts, where another limit bounds that.
    """
    host, proxy = httpx.URL(endpoint.base_url).host, endpoint.proxy_url
    try:
        yield
    except DeadlineReached:
        raise TimedOut(f"{host} gave no answer within {late}") from None
    except (httpx.ReadTimeout, httpx.WriteTimeout):
        raise TimedOut(f"{host} gave no answer within {silent or late}") from None
    except httpx.TransportError as error:
        # A status line that is none is quoted whole, and may quote what was sent.
        said = redacted(without_password(str(error), proxy), token)
        if isinstance(error, httpx.ProxyError):
            raise ProxyRefused(
                f"The proxy does not lead to {host}: it answered {said}. Check the setting proxy or HTTPS_PROXY, and "
                "the user and password in it."
            ) from None
        raise Unreachable(
            f"The connection to {host} ended before there was an answer ({said}). Try again; if it stays so, "
            "check base_url and any proxy between."
        ) from None
