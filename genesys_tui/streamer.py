"""The library's front: a signed-in client, a payload, and a generator of reply text."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.auth import Credentials, SecretStore, SignIn, find_credentials
from genesys_tui.auth.api_key import ApiKey
from genesys_tui.call import Context, Ended, Records
from genesys_tui.config import Settings, load_settings
from genesys_tui.connection import make_gateway, make_network, make_tokens, wants_key
from genesys_tui.dialect import DialectName
from genesys_tui.errors import ConfigurationError
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.client import TokenSource
from genesys_tui.gateway.facts import Delta
from genesys_tui.gateway.payload import Payload, build_payload
from genesys_tui.guard import require_sending
from genesys_tui.metrics import Snapshot

AuditEntry = Record
"""The record of a call, under the name that the tutorial gives it."""

UiCallback = Callable[[str, dict[str, Any]], object]
"""Told of each delta: its text, and ``chunk_index`` (from 0), ``tokens_generated``, ``tokens_per_second`` (None while
there is too little to tell), ``elapsed`` and ``time_to_first_token`` in seconds."""


def initialize_genesys_client(
    client_id: str | None = None,
    client_secret: str | None = None,
    environment: str | None = None,
    *,
    profile: str | None = None,
) -> SignIn | ApiKey:
    """A client that signs in when it is first used; the API key, where nothing is given and the profile wants one.

    Args:
        client_id: with ``client_secret``, the OAuth client; else GENESYS_CLIENT_ID and its kin, else the keyring.
        client_secret: see ``client_id``.
        environment: the region: an AWS name, a domain, or a base URL that serves sign-in and API at once. Else
            GENESYS_ENVIRONMENT, else what the profile's settings say.
        profile: whose settings and keyring entries are used; else the one that the app would use.

    Raises:
        ConfigurationError: there is no such region, or no such profile.
        SignInError: half of the credentials was given.
    """
    settings = load_settings(profile=profile)
    store = SecretStore(settings.name)
    if client_id is None and client_secret is None and not environment:
        return make_tokens(settings, store)
    credentials: Credentials | Callable[[], Credentials] = partial(find_credentials, os.environ, store)
    if client_id is not None or client_secret is not None:
        credentials = Credentials.of(client_id or "", SecretStr(client_secret or ""), "arguments")
    return SignIn(credentials, environment or settings.sign_in_place, store, network=make_network(settings, store))


class GenesysLLMStreamer:
    """Makes calls and records each, whatever its end. One request per call, but for retries before it is answered."""

    def __init__(
        self,
        client: TokenSource,
        base_url: str | None = None,
        *,
        endpoint: str | None = None,
        dialect: DialectName | None = None,
        ledger: Records | None = None,
        profile: str | None = None,
    ) -> None:
        """Open nothing yet. What is not given is what the profile's settings say.

        Args:
            client: see ``initialize_genesys_client``; or anything with its ``token`` and ``renew``. A sign-in to
                Genesys Cloud is of no use to a gateway that wants an API key: such a one gets the profile's.
            base_url: where the gateway is; else what the settings say, else the client's region.
            endpoint: the gateway's path; an empty one is the dialect's own.
            dialect: how the gateway talks; ``openai`` for one that is OpenAI-compatible.
            ledger: where calls are recorded; else the audit file that the app and the command line use.
            profile: whose settings count; else those of the one that the app would use.

        Raises:
            ConfigurationError: the base URL is none, or would send the token unprotected; there is no such profile,
                or nothing may be sent with it.
        """
        given = {"base_url": base_url or None, "endpoint": endpoint, "dialect": dialect}
        settings = load_settings(given, profile=profile)
        require_sending(settings)
        self._settings, store = _leading_somewhere(settings, client), SecretStore(settings.name)
        if isinstance(client, SignIn) and wants_key(self._settings):
            client = make_tokens(self._settings, store)
        self._gateway = make_gateway(self._settings, store, client)
        self._ledger = ledger

    def stream_completion(
        self, payload: Payload | Mapping[str, Any], ui_callback: UiCallback | None = None
    ) -> Generator[str, None, AuditEntry]:
        """Yield the reply as it arrives; the generator's return value is the audit entry.

        A call that fails yields nothing more and returns its entry, with ``status`` and ``error``. Closing the
        generator cancels the call.

        Raises:
            ConfigurationError: the payload cannot be used; nothing was sent.
            LedgerError: the call cannot be recorded; nothing was sent.
        """
        return self._stream(_validated(payload), self._settings.context(), None, ui_callback)

    def continue_completion(
        self, payload: Payload | Mapping[str, Any], entry: AuditEntry, text: str, ui_callback: UiCallback | None = None
    ) -> Generator[str, None, AuditEntry]:
        """Go on with a truncated reply: what follows ``text``, without what the gateway repeats of it.

        Args:
            payload: what was asked at first.
            entry: the audit entry of the truncated call.
            text: the whole reply so far.
            ui_callback: as for ``stream_completion``.
        """
        context = self._settings.context(entry.conversation_id, entry.request_id)
        return self._stream(_validated(payload), context, text, ui_callback)

    def _stream(
        self, payload: Payload, context: Context, before: str | None, ui_callback: UiCallback | None
    ) -> Generator[str, None, AuditEntry]:
        if self._ledger is None:
            self._ledger = _opened_ledger(self._settings)
        exchange = Exchange(payload, self._gateway, self._ledger, context, before=before)
        index = 0
        # Closed here, whatever happens: a record must not wait for the garbage collector.
        with closing(exchange.run()) as facts:
            for fact in facts:
                if isinstance(fact, Delta):
                    if ui_callback is not None:
                        ui_callback(fact.content, _figures(exchange.snapshot(), index, fact.tokens_generated))
                    index += 1
                    if fact.content:
                        yield fact.content
                elif isinstance(fact, Ended):
                    return fact.record
        raise AssertionError("a call always ends")


def _leading_somewhere(settings: Settings, client: TokenSource) -> Settings:
    """With the client's region for a base URL, where there is none."""
    if settings.profile.base_url:
        return settings
    base_url = getattr(client, "api_url", None)
    if not base_url:
        raise ConfigurationError("base_url: this client names no region of its own; say where the gateway is.")
    return replace(settings, profile=replace(settings.profile, base_url=base_url))


def _opened_ledger(settings: Settings) -> Ledger:
    audit = settings.audit
    anchor = Path(audit.anchor).expanduser() if audit.anchor else None
    return Ledger(settings.home.ledger, text=audit.text, mode=audit.mode, anchor=anchor)


def _validated(payload: Payload | Mapping[str, Any]) -> Payload:
    return payload if isinstance(payload, Payload) else build_payload(dict(payload))


def _figures(now: Snapshot, index: int, tokens: int) -> dict[str, Any]:
    return {
        "chunk_index": index,
        "tokens_generated": tokens,
        "tokens_per_second": now.streaming_tokens_per_second,
        "elapsed": now.elapsed,
        "time_to_first_token": now.time_to_first_token,
    }
