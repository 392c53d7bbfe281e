"""Redaction: what a gateway or proxy quotes of our own request, without the access token."""

from __future__ import annotations

import re

import httpx

from genesys_tui.gateway.facts import Headers
from genesys_tui.proxy import proxy_secrets
from genesys_tui.secret_forms import forms_of


def redacted(text: str, token: str) -> str:
    """The text, with dots for the token in any of its forms."""
    for form in forms_of(token):
        text = text.replace(form, "••••")
    return text


def without_password(text: str, proxy: httpx.URL | None) -> str:
    """The text, with dots for the password of a proxy, plain, as a URL has it, or as it was sent."""
    for secret in () if proxy is None else proxy_secrets(str(proxy)):
        text = text.replace(secret, "••••")
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
    return tuple((name, "••••" if _SECRET.search(name) else redacted(value, token)[:_LONGEST]) for name, value in lines)
