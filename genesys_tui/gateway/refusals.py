"""Refusals: an answer that is no stream, as an error that says what to do."""

from __future__ import annotations

import json
from contextlib import suppress

import httpx

from genesys_tui.errors import GatewayError, NotAnEventStream, NotServed, RateLimited, Refused, Unavailable
from genesys_tui.gateway.retry import LONGEST_RETRY_AFTER, parse_retry_after
from genesys_tui.gateway.scope import DeadlineReached, Scope

CORRELATION_HEADER = "ININ-Correlation-Id"
_MOST_BYTES = 64 * 1024
_MOST_SECONDS = 3.0
_MOST_CHARACTERS = 500


def refusal_of(response: httpx.Response, scope: Scope) -> GatewayError:
    """The error that a non-stream answer stands for. Reads its body, within bounds."""
    said = _what_it_says(_read_within_bounds(response, scope), response.headers.get("Content-Type", ""))
    quoted = f" It says: {said}" if said else ""
    status = response.status_code
    known = {"status_code": status, "correlation_id": response.headers.get(CORRELATION_HEADER)}
    if status in (200, 201):
        kind = response.headers.get("Content-Type") or "no content type"
        return NotAnEventStream(
            f"The gateway answered with {kind} instead of a stream of server-sent events.{quoted} "
            "Check base_url and endpoint: a proxy or sign-in page may stand before the gateway.",
            **known,
        )
    if 300 <= status < 400:
        where = response.headers.get("Location", "nowhere")[:_MOST_CHARACTERS]
        return Refused(
            f"The gateway redirects to {where}, which is not followed: the access token would go along. "
            "If that is where the gateway lives, set base_url to it.",
            **known,
        )
    if status == 404:
        return NotServed(
            f"{response.request.url.path} is not served at {response.request.url.host} (404).{quoted} "
            "This path is not part of the public Platform API: set base_url and endpoint to where your organization's "
            "gateway is, or try `genesys-tui demo`.",
            **known,
        )
    if status == 403:
        return Refused(
            f"The gateway refused the call (403).{quoted} A role of this OAuth client lacks a permission: "
            "add it under Admin › Integrations › OAuth.",
            **known,
        )
    retry_after = parse_retry_after(response.headers.get("Retry-After"))
    if status == 429:
        return _with_retry_after(RateLimited(_rate_limited(retry_after, quoted), **known), retry_after)
    if status in (502, 503, 504):
        message = f"The gateway is unavailable ({status}).{quoted} Try again in a while."
        return _with_retry_after(Unavailable(message, **known), retry_after)
    what = "Correct the request." if status < 500 else "Try again, or give support the correlation id."
    return Refused(f"The gateway answered {status} {response.reason_phrase}.{quoted} {what}", **known)


def _with_retry_after(error: RateLimited | Unavailable, seconds: float | None) -> GatewayError:
    error.retry_after = seconds
    return error


def _rate_limited(retry_after: float | None, quoted: str) -> str:
    if retry_after is None:
        return f"The gateway's rate limit is reached (429).{quoted} Try again in a while."
    too_long = ", longer than is waited for" if retry_after > LONGEST_RETRY_AFTER else ""
    return (
        f"The gateway's rate limit is reached (429); it asks to wait {retry_after:.0f} s{too_long}.{quoted} "
        "Try again then."
    )


def _read_within_bounds(response: httpx.Response, scope: Scope) -> bytes:
    """The beginning of the body, however much it drips."""
    body = b""
    # Whatever ends the reading, what has come is what there is to quote.
    with suppress(httpx.HTTPError, DeadlineReached), scope.deadline_in(_MOST_SECONDS):
        for data in response.iter_bytes():
            body += data
            if len(body) >= _MOST_BYTES:
                break
    return body[:_MOST_BYTES]


def _what_it_says(body: bytes, content_type: str) -> str:
    """The message of an error body: Genesys' ``message``, OpenAI's ``error.message``, or the start of plain text."""
    text = body.decode("utf-8", "replace").strip()
    if "html" in content_type.lower() or text[:1] == "<":
        return "an HTML page."
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _shortened(text)
    if not isinstance(fields, dict):
        return _shortened(text)
    inner = fields.get("error")
    said = fields.get("message") or (inner.get("message") if isinstance(inner, dict) else inner)
    return _shortened(said) if isinstance(said, str) else _shortened(text)


def _shortened(text: str) -> str:
    # JSON can escape half a surrogate pair, which nothing can encode.
    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    if len(text) > _MOST_CHARACTERS:
        return text[:_MOST_CHARACTERS] + "…"
    return text if not text or text[-1] in ".!?…" else text + "."
