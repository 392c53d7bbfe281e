"""The gateway's client: one payload in, the facts of its stream out."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator
from contextlib import closing
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Protocol

import httpx

from genesys_tui.errors import GatewayError, SignInError
from genesys_tui.gateway.authorization import authorization
from genesys_tui.gateway.dialects import Dialect
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Answered, Arrival, Ending, Requested, Retry
from genesys_tui.gateway.failures import in_words
from genesys_tui.gateway.models import fetch_models
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.redaction import headers_of
from genesys_tui.gateway.refusals import correlation_id, encoding_of, refusal_of
from genesys_tui.gateway.reply import Reply
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.gateway.scope import Scope
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
        # How the gateway was last asked successfully, by model: one behind it may take what another does not.
        self._understood: dict[str, Dialect] = {}

    def reading(self, content_mode: ContentMode) -> Gateway:
        """The same gateway, but for what a chunk's content is taken for."""
        if content_mode == self.endpoint.content_mode:
            return self
        same = copy(self)
        same.endpoint = replace(self.endpoint, content_mode=content_mode)
        return same

    def models(self) -> tuple[str, ...]:
        """The models the gateway lists; none where it has no list. Raises GatewayError and SignInError."""
        url = self.endpoint.models_url
        if url is None:
            return ()
        token = self._tokens.token()
        try:
            return fetch_models(self.endpoint, url, token)
        except GatewayError as error:
            if error.status_code != 401:
                raise
        try:
            return fetch_models(self.endpoint, url, self._tokens.renew(token))
        except GatewayError as error:
            if error.status_code != 401:
                raise
            raise _refused_again(error, self.endpoint.speaks.advice.still_unauthorized) from error

    def stream(self, payload: Payload, scope: Scope) -> Generator[Arrival, None, Ending]:
        """Send the payload and yield what comes back, as it comes; returns how the reply ended.

        Raises GatewayError or SignInError where there is no usable reply, Cancelled when the scope is cancelled.
        """
        token = scope.run(self._tokens.token)
        dialect = self._understood.get(payload.model, self.endpoint.speaks)
        failures, renewed = 0, False
        for attempt in itertools.count(1):
            yield Requested(self._clock(), attempt)
            try:
                return (yield from self._attempt(payload, dialect, token, scope))
            except GatewayError as error:
                if error.status_code == 401:
                    if renewed:
                        raise _refused_again(error, dialect.advice.still_unauthorized) from error
                    yield Retry(
                        self._clock(), attempt, 0.0, "The credentials were refused (401). Looking for fresh ones."
                    )
                    token, renewed = scope.run(partial(self._tokens.renew, token)), True
                    continue
                if instead := dialect.concession(payload, error):
                    dialect, why = instead
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

    def _attempt(
        self, payload: Payload, dialect: Dialect, token: str, scope: Scope
    ) -> Generator[Arrival, None, Ending]:
        """One request. Raises GatewayError as long as nothing has been answered; from then on it has an ending."""
        # The password of a client certificate's key may be in a keyring that waits to be unlocked.
        tls = scope.run(lambda: self.endpoint.tls)
        transport = ScopedTransport(scope, tls=tls, proxy=self.endpoint.proxy_url)
        with (
            scope.deadline_in(payload.limits.max_stream_duration_seconds),
            httpx.Client(transport=transport, trust_env=False) as client,
            closing(self._send(client, payload, dialect, token)) as response,
        ):
            if not _is_stream(response):
                yield headers_of(response, token, self._clock())
                raise refusal_of(response, scope, token, dialect)
            self._understood[payload.model] = dialect
            named = correlation_id(response, dialect, token)
            yield Answered(self._clock(), response.status_code, named, not dialect.counts_tokens)
            yield headers_of(response, token, self._clock())
            sequence = Sequence(self.endpoint.content_mode, dialect.matrix(payload))
            reply = Reply(response, dialect.reader(payload), sequence, scope, self._clock, token)
            return (yield from reply.read(payload.limits))

    def _send(self, client: httpx.Client, payload: Payload, dialect: Dialect, token: str) -> httpx.Response:
        """The answer, its body not yet read. Raises GatewayError where there is none."""
        limits = payload.limits
        late, silent = limits.max_stream_duration_seconds, limits.timeout_on_inactivity_seconds
        with in_words(
            self.endpoint,
            token,
            late=f"{late:g} s (max_stream_duration_seconds). Try again, or raise that limit.",
            silent=f"{silent:g} s (timeout_on_inactivity_seconds). Try again, or raise that limit.",
        ):
            return client.send(self._request(client, payload, dialect, token), stream=True)

    def _request(self, client: httpx.Client, payload: Payload, dialect: Dialect, token: str) -> httpx.Request:
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


def _refused_again(error: GatewayError, advice: str) -> SignInError:
    return SignInError(
        f"The gateway refused fresh credentials, too. {error.message} {advice}",
        status_code=error.status_code,
        correlation_id=error.correlation_id,
    )
