"""The gateway's client: one payload in, the facts of its stream out."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Protocol

import httpx

from genesys_tui.errors import GatewayError, ProxyRefused, SignInError, TimedOut, Unreachable
from genesys_tui.gateway.dialects import Dialect
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Answered, Ending, Fact, Requested, Retry
from genesys_tui.gateway.models import fetch_models
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.redaction import headers_of, without_password
from genesys_tui.gateway.refusals import correlation_id, encoding_of, refusal_of
from genesys_tui.gateway.reply import Reply
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.gateway.scope import DeadlineReached, Scope
from genesys_tui.gateway.sequence import ContentMode, Sequence
from genesys_tui.gateway.unpack import CAN_UNPACK

CONNECT_TIMEOUT = 10.0
"""Seconds for each address of the host."""


class TokenSource(Protocol):
    """Where access tokens come from. Both calls may take long; a cancelled call leaves them behind."""

    def token(self) -> str:
        """A token that should be good; empty where none is needed. Raises SignInError."""

    def renew(self, rejected: str) -> str:
        """Another one, after a 401 for ``rejected``. Raises SignInError."""


class Gateway:
    """Makes calls. Safe to share between threads; each call has a scope and a connection of its own."""

    def __init__(
        self,
        endpoint: Endpoint,
        tokens: TokenSource,
        *,
        retry: RetryPolicy | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.endpoint = endpoint
        self._tokens = tokens
        self._retry = retry or RetryPolicy()
        self._clock = clock

    def reading(self, content_mode: ContentMode) -> Gateway:
        """The same gateway, but for what a chunk's content is taken for."""
        if content_mode == self.endpoint.content_mode:
            return self
        endpoint = replace(self.endpoint, content_mode=content_mode)
        return Gateway(endpoint, self._tokens, retry=self._retry, clock=self._clock)

    def models(self) -> tuple[str, ...]:
        """The models the gateway lists; none where it has no list. Raises GatewayError and SignInError."""
        if self.endpoint.models_url is None:
            return ()
        token = self._tokens.token()
        with closing(Scope()) as scope:
            return fetch_models(self.endpoint, authorization(token, self.endpoint.speaks), token, scope)

    def stream(self, payload: Payload, scope: Scope) -> Generator[Fact, None, Ending]:
        """Send the payload and yield what comes back, as it comes; returns how the reply ended.

        Raises GatewayError or SignInError where there is no usable reply, Cancelled when the scope is cancelled.
        """
        token = scope.run(self._tokens.token)
        failures, renewed = 0, False
        for attempt in itertools.count(1):
            yield Requested(self._clock(), attempt)
            try:
                return (yield from self._attempt(payload, token, scope))
            except GatewayError as error:
                if error.status_code == 401:
                    if renewed:
                        raise _refused_again(error, self.endpoint.speaks.advice.still_unauthorized) from error
                    yield Retry(
                        self._clock(), attempt, 0.0, "The credentials were refused (401). Looking for fresh ones."
                    )
                    token, renewed = scope.run(partial(self._tokens.renew, token)), True
                    continue
                if instead := self.endpoint.speaks.concession(payload, error):
                    payload, without = instead
                    why = f"The gateway does not take {without}. Asking once more without."
                    yield Retry(self._clock(), attempt, 0.0, why)
                    continue
                failures += 1
                wait = self._retry.wait(error, failures)
                if wait is None:
                    raise
                yield Retry(self._clock(), attempt, wait, error.message)
                scope.sleep(wait)
                token = scope.run(self._tokens.token)  # the old one may have expired meanwhile
        raise AssertionError("unreachable")

    def _attempt(self, payload: Payload, token: str, scope: Scope) -> Generator[Fact, None, Ending]:
        """One request. Raises GatewayError as long as nothing has been answered; from then on it has an ending."""
        # The password of a client certificate's key may be in a keyring that waits to be unlocked.
        tls = scope.run(lambda: self.endpoint.tls) if self.endpoint.base_url.startswith("https") else False
        transport = ScopedTransport(scope, verify=tls, proxy=self.endpoint.proxy_url)
        with (
            scope.deadline_in(payload.limits.max_stream_duration_seconds),
            httpx.Client(transport=transport, trust_env=False) as client,
            closing(self._send(client, payload, token)) as response,
        ):
            dialect = self.endpoint.speaks
            if not _is_stream(response):
                yield headers_of(response, token, self._clock())
                raise refusal_of(response, scope, token, dialect)
            named = correlation_id(response, dialect, token)
            yield Answered(self._clock(), response.status_code, named, not dialect.counts_tokens)
            yield headers_of(response, token, self._clock())
            sequence = Sequence(self.endpoint.content_mode, dialect.matrix(payload))
            reply = Reply(response, dialect.reader(payload), sequence, scope, self._clock, token)
            return (yield from reply.read(payload.limits))

    def _send(self, client: httpx.Client, payload: Payload, token: str) -> httpx.Response:
        """The answer, its body not yet read. Raises GatewayError where there is none."""
        request = self._request(client, payload, token)
        host, limits = request.url.host, payload.limits
        try:
            return client.send(request, stream=True)
        except DeadlineReached:
            seconds = limits.max_stream_duration_seconds
            raise TimedOut(_no_answer(host, seconds, "max_stream_duration_seconds")) from None
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            seconds = limits.timeout_on_inactivity_seconds
            raise TimedOut(_no_answer(host, seconds, "timeout_on_inactivity_seconds")) from None
        except httpx.ProxyError as error:
            said = without_password(str(error), self.endpoint.proxy_url)
            raise ProxyRefused(
                f"The proxy does not lead to {host}: it answered {said}. Check the setting proxy or HTTPS_PROXY, and "
                "the user and password in it."
            ) from None
        except httpx.TransportError as error:
            raise Unreachable(
                f"The connection to {host} ended before there was an answer ({error}). Try again; if it stays so, "
                "check base_url and any proxy between."
            ) from error

    def _request(self, client: httpx.Client, payload: Payload, token: str) -> httpx.Request:
        dialect = self.endpoint.speaks
        return client.build_request(
            "POST",
            self.endpoint.url,
            content=dialect.body(payload),
            headers={
                **authorization(token, dialect),
                "Content-Type": "application/json",
                "Accept": "text/event-stream",
                # A compressed stream is a buffered one.
                "Accept-Encoding": "identity",
                "User-Agent": "genesys-tui",
                **dialect.headers(payload),
            },
            timeout=httpx.Timeout(payload.limits.timeout_on_inactivity_seconds, connect=CONNECT_TIMEOUT),
        )


def _is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    readable = encoding_of(response) in CAN_UNPACK
    return response.status_code in (200, 201) and kind == "text/event-stream" and readable


def _no_answer(host: str, seconds: float, limit: str) -> str:
    return f"{host} gave no answer within {seconds:g} s ({limit}). Try again, or raise that limit."


def authorization(token: str, dialect: Dialect) -> dict[str, str]:
    """The header that carries a token; none where none is needed. Raises SignInError, which does not quote it."""
    if not token and dialect.credentials == "api_key":
        return {}
    # The HTTP library would refuse it, too, in an error that quotes it.
    if not re.fullmatch("[!-~]+", token):
        raise SignInError("The access token holds characters that no token has. Sign in again: `genesys-tui login`.")
    return {"Authorization": f"Bearer {token}"}


def _refused_again(error: GatewayError, advice: str) -> SignInError:
    return SignInError(
        f"The gateway refused fresh credentials, too. {error.message} {advice}",
        status_code=error.status_code,
        correlation_id=error.correlation_id,
    )
