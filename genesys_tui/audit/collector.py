"""A collector: takes spans over OTLP/HTTP, or says what is wrong with it."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.destination import destination
from genesys_tui.audit.headers import VARIABLE, require_sendable
from genesys_tui.errors import LedgerError
from genesys_tui.incident.redaction import Redaction
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tls import tls_context

TIMEOUT = 10.0
"""Seconds for one request."""
LONGEST_WAIT = 300.0
"""Seconds between two tries, whatever the collector asks for."""
_MOST = 1_000_000
"""Bytes of an answer."""
_LONGEST = 300
"""Characters of what others say."""
_BECAUSE_OF_THE_BATCH = (400, 413, 422)
_AGAIN = (429, 502, 503, 504)


class Answer(NamedTuple):
    """What the collector made of a batch."""

    rejected: int = 0
    why: str = ""
    """Of the rejected ones. Text from outside."""


class Refused(Exception):
    """400, 413 or 422: because of what is in the batch. Its text says what was answered, without a secret."""


class _NotFollowed(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> None:
        """What is sent is for this address alone; where else it should go is not even read."""

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


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
        require_sendable(headers)
        self.there = destination(url, secret=bool(headers))
        self._headers = headers
        self._retries = retries
        self._wait = wait
        self._tell = tell
        handlers: list[urllib.request.BaseHandler] = [_NotFollowed()]
        if self.there.is_near:
            handlers.append(urllib.request.ProxyHandler({}))
        if self.there.url.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=tls_context()))
        self._open = urllib.request.build_opener(*handlers).open

    def send(self, request: dict[str, Any]) -> Answer:
        """Send a batch until it is taken. Raises LedgerError where it is not, and Refused."""
        body = gzip.compress(json.dumps(request, separators=(",", ":")).encode(), 6)
        for attempt in range(self._retries + 1):
            try:
                return self._once(body)
            except urllib.error.HTTPError as error:
                with error:
                    why, seconds = f"answered {error.code}", _retry_after(error.headers.get("Retry-After"))
                    if error.code in _BECAUSE_OF_THE_BATCH:
                        raise Refused(why + self._said(error)) from None
                if error.code not in _AGAIN:
                    raise LedgerError(
                        f"The collector at {self.there.shown} {why}. Check its address and {VARIABLE};"
                        " nothing is lost, and the next push goes on from here."
                    ) from None
            except (OSError, HTTPException) as error:
                said = sanitized_line(str(getattr(error, "reason", error)))[:_LONGEST]
                why, seconds = f"cannot be reached ({said})", None
            except ValueError:  # of a proxy's address, which may hold a password
                raise LedgerError(
                    f"Nothing can be sent to the collector at {self.there.shown}. Check HTTPS_PROXY and HTTP_PROXY."
                ) from None
            if attempt < self._retries:
                pause = min(LONGEST_WAIT, 2.0**attempt if seconds is None else seconds)
                self._tell(f"The collector {why}; trying again in {pause:.0f} s.")
                self._wait(pause)
        raise LedgerError(
            f"The collector at {self.there.shown} {why}. Nothing is lost: the next push goes on from here."
        )

    def _said(self, error: urllib.error.HTTPError) -> str:
        """What it says of its refusal, behind a colon."""
        try:
            text = _content(error).decode("utf-8", "replace")
        except (OSError, HTTPException):
            return ""
        with contextlib.suppress(*UNREADABLE):
            text = str(json.loads(text)["message"])
        line = self._shown(text)
        return f": {line}" if line else ""

    def _shown(self, text: str) -> str:
        """What it says, as a line without what was sent to it as a secret."""
        values = [*self._headers.values(), *(value for _, value in parse_qsl(urlsplit(self.there.url).query))]
        secrets = {part for value in values for part in (value, *value.split())}
        return Redaction(secrets)(sanitized_line(text))[:_LONGEST]

    def _once(self, body: bytes) -> Answer:
        headers = {**self._headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
        asked = urllib.request.Request(self.there.url, body, headers, method="POST")  # noqa: S310 - http or https: see above
        with self._open(asked, timeout=TIMEOUT) as answer:
            if answer.headers.get_content_type() == "text/html":
                raise LedgerError(
                    f"What is at {self.there.shown} answered with a web page, as a proxy or a sign-in does, not as a"
                    " collector. Check its address; nothing is lost, and the next push goes on from here."
                )
            # It took the batch: whatever is wrong with the rest of its answer, to send it again would be no help.
            try:
                partial = json.loads(_content(answer) or b"{}").get("partialSuccess") or {}
                return Answer(
                    max(0, int(partial.get("rejectedSpans", 0))), self._shown(str(partial.get("errorMessage", "")))
                )
            except (*UNREADABLE, OSError, HTTPException):
                return Answer()  # such as one in protobuf


def _content(answer: HTTPResponse | urllib.error.HTTPError) -> bytes:
    """What it holds, as far as it comes in time."""
    content, end = b"", time.monotonic() + TIMEOUT
    while len(content) < _MOST and time.monotonic() < end and (more := answer.read1(_MOST)):
        content += more
    return content


def _retry_after(text: str | None) -> float | None:
    """Seconds, from a number of them or a date; None where it says neither."""
    if not text:
        return None
    if text.isascii() and text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
