"""Redaction: what a gateway or proxy quotes of our own request, without the access token."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import httpx

from genesys_tui.gateway.facts import Headers

_SHORTEST = 8
"""Characters. A shorter token would be found in anything."""


def redacted(text: str, token: str) -> str:
    """The text, with dots for the token, plain or as a URL writes it."""
    if len(token) < _SHORTEST:
        return text
    text = text.replace(token, "••••")
    return text.replace(quote(token, safe=""), "••••") if "%" in text else text


def without_password(text: str, proxy: httpx.URL | None) -> str:
    """The text, with dots for the password of a proxy, plain or as it was sent."""
    if proxy is None or not proxy.password:
        return text
    pair = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    return redacted(text.replace(pair, "••••"), proxy.password)


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
    return tuple((name, "••••" if _SECRET.search(name) else redacted(value, token)[:_LONGEST]) for name, value in lines)
