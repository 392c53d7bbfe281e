"""Signing in: one access token, had from memory, the keyring or Genesys Cloud, whichever is nearest."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from pydantic import SecretStr

from genesys_tui.auth.answer import Answer
from genesys_tui.auth.child import SignInChild
from genesys_tui.auth.credentials import Credentials
from genesys_tui.auth.failure import explain, explain_missing_scopes, explain_refused_token
from genesys_tui.auth.regions import Region, find_api_url
from genesys_tui.auth.store import SecretStore
from genesys_tui.auth.token import READY_TOKEN, Token, fingerprint, ready_token
from genesys_tui.errors import GenesysError, SecretStoreError, SignInError
from genesys_tui.network import Network

CLOSED = "Signing in was stopped. Try again."


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long signing in may take, in seconds."""

    connect: float = 10.0
    request: float = 25.0
    """For each of the two requests, whole."""
    overall: float = 60.0
    """For the child, the import of the SDK included, which takes eight seconds where nothing is compiled yet."""


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(timezone.utc)


class SignIn:
    """Hands out the access token of one client in one place. Any thread may call any method.

    Callers that come while a sign-in is under way share it, its failure included.
    """

    def __init__(
        self,
        credentials: Credentials | Callable[[], Credentials],
        place: Region | str,
        store: SecretStore | None,
        *,
        environ: Mapping[str, str] | None = None,
        timeouts: Timeouts | None = None,
        network: Network | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Touch nothing yet.

        Args:
            credentials: what to sign in with, or how to find it, which is asked only when it is needed. A token in
                GENESYSCLOUD_ACCESS_TOKEN goes before what would be found, not before what is given.
            place: a region (or its name), or a base URL that serves sign-in and API at once.
            store: where the token is kept between runs; None keeps it in memory only.
            environ: the environment; the process's own where none is given.
            timeouts: how long it may take.
            network: proxy and TLS; where none is given, what the environment and the system say.
            clock: tells the time, in UTC.

        Raises:
            ConfigurationError: the place is no region, or is plain http on another machine.
        """
        self.api_url = find_api_url(place)
        self.credentials_source: str | None = None
        """Where the credentials came from, in words, once they were needed."""
        self.origin: str | None = None
        """Where the token at hand came from: ``keyring``, ``sign-in`` or the environment."""
        self.notice: str | None = None
        """What went wrong without failing the sign-in: the token could not be kept, or not be looked for."""
        self._credentials = credentials
        self._store = store
        self._environ = os.environ if environ is None else environ
        self._timeouts = timeouts or Timeouts()
        self._network = network or Network()
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._rejected: set[str] = set()
        self._flight: Future[Token] | None = None
        self._children: set[SignInChild] = set()
        self._closed = False

    def token(self) -> str:
        """The bearer value, signing in where there is none that is fresh.

        Raises:
            SignInError: none could be had; the message says why and what to do.
        """
        return self._have().bearer

    def renew(self, rejected: str) -> str:
        """The bearer value to try after one was answered with a 401: a newer one where there is, else a new one.

        Raises:
            SignInError: as ``token``; or the rejected token came ready from the environment.
        """
        with self._lock:
            self._rejected.add(rejected)
        return self._have().bearer

    @property
    def identity(self) -> Token | None:
        """The token at hand, and so who it belongs to; None before there is one. Never waits."""
        return self._token

    def identify(self) -> Token:
        """The token, and who it belongs to, asked for once more where that is not known yet.

        Raises:
            SignInError: as ``token``; or the token at hand was refused.
        """
        token = self._have()
        if token.organization or token.client_name:
            return token
        answer = self._ask({"access_token": token.value})
        if answer.outcome == "rejected":
            self.renew(token.bearer)
            return self._have()
        if answer.outcome != "signed_in":
            raise explain(answer, self.api_url, self.credentials_source or "environment")
        known = _with_identity(token, answer)
        with self._lock:
            if self._token is token:
                self._token = known
        return known

    def start(self, then: Callable[[GenesysError | None], None] | None = None) -> None:
        """Fetch the token in the background, so that it is there when the first call wants it.

        Args:
            then: told, on the background thread, how it went: None, or why there is no token.
        """

        def work() -> None:
            problem: GenesysError | None = None
            try:
                self._have()
            except GenesysError as error:  # The first call raises it again, to somebody who can show it.
                problem = error
            if then is not None:
                then(problem)

        threading.Thread(target=work, name="sign-in", daemon=True).start()

    def close(self) -> None:
        """Kill a sign-in that is under way, and start no other."""
        with self._lock:
            self._closed = True
            children = list(self._children)
        for child in children:
            child.end(CLOSED)

    def _have(self) -> Token:
        """The token at hand if it is good, else that of the one sign-in under way."""
        with self._lock:
            if self._token is not None and self._good(self._token):
                return self._token
            flight, leading = self._flight, self._flight is None
            if flight is None:
                flight = self._flight = Future()
        if leading:
            return self._lead(flight)
        token = flight.result()
        # It may have begun before this caller's token was rejected, and have found that very one in the keyring.
        return token if self._good(token) else self._have()

    def _lead(self, flight: Future[Token]) -> Token:
        try:
            token = self._fetch()
        except BaseException as error:
            with self._lock:
                self._flight = None
            shared = error if isinstance(error, GenesysError) else SignInError(CLOSED)
            flight.set_exception(shared)
            raise
        with self._lock:
            self._token, self._flight = token, None
        flight.set_result(token)
        return token

    def _good(self, token: Token) -> bool:
        return token.bearer not in self._rejected and token.fresh(self._clock())

    def _fetch(self) -> Token:
        """From the environment, the keyring or Genesys Cloud, in this order."""
        credentials = self._credentials
        if not isinstance(credentials, Credentials):
            ready = ready_token(self._environ)
            if ready is not None:
                return self._take(ready)
            credentials = credentials()
        self.credentials_source = credentials.source
        owner = fingerprint(self.api_url, credentials.client_id)
        token = self._load(owner)
        if token is None:
            token = self._sign_in(credentials, owner)
            self._save(token)
        return token

    def _take(self, ready: Token) -> Token:
        if ready.bearer in self._rejected:
            raise explain_refused_token()
        self.credentials_source = self.origin = f"environment ({READY_TOKEN})"
        return ready

    def _load(self, owner: str) -> Token | None:
        """The token a former run, or another process, left in the keyring."""
        if self._store is None:
            return None
        try:
            entry = self._store.get("access-token", patient=False)
            token = Token.from_json(entry.get_secret_value()) if entry else None
            if token is None or token.owner != owner:
                return None
            if self._good(token):
                self.origin = "keyring"
                return token
            self._store.delete("access-token")
        except SecretStoreError as error:
            self.notice = f"The access token is kept in memory only. {error.message}"
        return None

    def _save(self, token: Token) -> None:
        if self._store is None or token.expires_at is None:
            return
        try:
            self._store.set("access-token", SecretStr(token.to_json()), patient=False)
        except SecretStoreError as error:
            self.notice = f"The access token is kept in memory only. {error.message}"
        else:
            self.notice = None

    def _sign_in(self, credentials: Credentials, owner: str) -> Token:
        issued_at = self._clock()
        answer = self._ask({"client_id": credentials.client_id, "client_secret": credentials.client_secret})
        if answer.outcome != "signed_in" or answer.access_token is None:
            raise explain(answer, self.api_url, credentials.source)
        expires_at = None if answer.expires_in is None else issued_at + timedelta(seconds=answer.expires_in)
        token = _with_identity(Token(answer.access_token, owner, issued_at, expires_at), answer)
        if token.missing_scopes:
            raise explain_missing_scopes(token)
        with self._lock:
            self._rejected.discard(token.bearer)
        self.origin = "sign-in"
        return token

    def _ask(self, request: dict[str, Any]) -> Answer:
        child = SignInChild(self._environ, self._timeouts.overall)
        with self._lock:
            if self._closed:
                raise SignInError(CLOSED)
            self._children.add(child)
        try:
            return child.ask(
                {
                    **request,
                    "api_url": self.api_url,
                    "connect_timeout": self._timeouts.connect,
                    "request_timeout": self._timeouts.request,
                    **self._network.fields(),
                }
            )
        finally:
            with self._lock:
                self._children.discard(child)


def _with_identity(token: Token, answer: Answer) -> Token:
    return replace(
        token,
        organization=answer.organization,
        client_name=answer.client_name,
        scopes=answer.scopes,
        identity_problem=answer.identity_problem,
    )
