"""Redaction: what a gateway or proxy quotes of our own request, without the access token."""

from __future__ import annotations

import re

import httpx

from genesys_tui.gateway.facts import Headers
from genesys_tui.proxy import proxy_secrets
from genesys_tui.secret_forms import DOTS, SHORTEST, dotted, escaped


def redacted(text: str, token: str) -> str:
    """The text, with dots for the token in any of its forms."""
    return dotted(text, token)


_ESCAPE = re.compile(rb"\\(?:u00[2-7]|/)")
"""One that ASCII does not need in JSON; tokens are ASCII."""


class DataRedaction:
    """Looks for a token in an event's data, plain or as JSON may escape it, and puts dots in its place."""

    def __init__(self, token: str) -> None:
        self._token = token if len(token) >= SHORTEST else ""
        self._plain = self._token.encode()

    def wanted(self, data: bytes) -> bool:
        """Whether it is there."""
        if not self._token:
            return False
        return self._plain in data or (_ESCAPE.search(data) is not None and self._written().search(data) is not None)

    def __call__(self, data: bytes) -> bytes:
        """The data without it."""
        return self._written().sub(DOTS.encode(), data) if self._token else data

    def _written(self) -> re.Pattern[bytes]:
        return re.compile(escaped(self._token).pattern.encode())  # which Python remembers


def without_password(text: str, proxy: httpx.URL | None) -> str:
    """The text, with dots for the password of a proxy, plain, as a URL has it, or as it was sent."""
    for secret in () if proxy is None else proxy_secrets(str(proxy)):
        text = text.replace(secret, DOTS)
    return text


_SECRET = re.compile("auth|cookie|token(?!s\\b)|key|secret|signature|credential|session|password", re.IGNORECASE)
"""In a header's name."""

_LONGEST = 300
"""Characters of a header's value that are kept."""


def headers_of(response: httpx.Response, token: str, at: float) -> Headers:
    """The heads of a request and its answer; every name, and the values that are nobody's secret."""
    asked, answered = (_redacted(head, token) for head in (response.request.headers, response.headers))
    return Headers(at, response.status_code, asked, answered)


def _redacted(headers: httpx.Headers, token: str) -> tuple[tuple[str, str], ...]:
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]
    return tuple((name, DOTS if _SECRET.search(name) else redacted(value, token)[:_LONGEST]) for name, value in lines)
