"""A collector: takes spans over OTLP/HTTP, or says what is wrong with it."""

from __future__ import annotations

import gzip
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from genesys_tui.address import is_loopback
from genesys_tui.errors import ConfigurationError, LedgerError
from genesys_tui.tls import tls_context

TIMEOUT = 10.0
"""Seconds for one request."""
LONGEST_WAIT = 300.0
"""Seconds between two tries, whatever the collector asks for."""
_AGAIN = (429, 502, 503, 504)


class Answer(NamedTuple):
    """What the collector made of a batch."""

    rejected: int = 0
    why: str = ""
    """Of the rejected ones. Text from outside."""


class TooLarge(Exception):
    """413: fewer at once."""


class _NotFollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """What is sent is for this address alone."""


class Collector:
    """One address, asked again while it is busy or down, ``retries`` times."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        retries: int = 5,
        wait: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``tell`` hears why it is waited for. Raises ConfigurationError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(f"{url!r} is no address of a collector: give one such as http://localhost:4318.")
        if parts.username or parts.password:
            raise ConfigurationError("A password stands on no command line: put it into OTEL_EXPORTER_OTLP_HEADERS.")
        self.url = url if parts.path.rstrip("/") else f"{url.rstrip('/')}/v1/traces"
        self._headers = headers
        self._retries = retries
        self._wait = wait
        self._tell = tell
        handlers: list[urllib.request.BaseHandler] = [_NotFollowed()]
        if is_loopback(parts.hostname):
            handlers.append(urllib.request.ProxyHandler({}))
        if parts.scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=tls_context()))
        self._open = urllib.request.build_opener(*handlers).open

    def send(self, request: dict[str, Any]) -> Answer:
        """Send a batch until it is taken. Raises LedgerError where it is not, and TooLarge."""
        body = gzip.compress(json.dumps(request, separators=(",", ":")).encode(), 6)
        for attempt in range(self._retries + 1):
            try:
                return self._once(body)
            except urllib.error.HTTPError as error:
                with error:
                    why, seconds = f"answered {error.code}", _retry_after(error.headers.get("Retry-After"))
                if error.code == 413:
                    raise TooLarge from None
                if error.code not in _AGAIN:
                    raise LedgerError(
                        f"The collector at {self.url} {why}. Check its address and OTEL_EXPORTER_OTLP_HEADERS;"
                        " nothing is lost, and the next push goes on from here."
                    ) from None
            except (OSError, HTTPException) as error:
                why, seconds = f"cannot be reached ({getattr(error, 'reason', error)})", None
            if attempt < self._retries:
                pause = min(LONGEST_WAIT, 2.0**attempt if seconds is None else seconds)
                self._tell(f"The collector {why}; trying again in {pause:.0f} s.")
                self._wait(pause)
        raise LedgerError(f"The collector at {self.url} {why}. Nothing is lost: the next push goes on from here.")

    def _once(self, body: bytes) -> Answer:
        headers = {**self._headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
        asked = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 - http or https: see above
        with self._open(asked, timeout=TIMEOUT) as answer:
            text = answer.read(1_000_000)
        try:
            partial = json.loads(text or b"{}").get("partialSuccess") or {}
            return Answer(int(partial.get("rejectedSpans", 0)), str(partial.get("errorMessage", "")))
        except (ValueError, AttributeError, TypeError):
            return Answer()  # a collector that answers in protobuf took all of it


def headers_in(text: str) -> dict[str, str]:
    """The headers in OTEL_EXPORTER_OTLP_HEADERS: ``name=value,name=value``, percent-encoded."""
    pairs = (each.partition("=") for each in text.split(",") if "=" in each)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _retry_after(text: str | None) -> float | None:
    """Seconds, from a number of them or a date; None where it says neither."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
