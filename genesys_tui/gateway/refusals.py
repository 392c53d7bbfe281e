"""Refusals: an answer that is no stream, as an error that says what to do."""

from __future__ import annotations

import json
from contextlib import suppress

import httpx

from genesys_tui.errors import GatewayError, NotAnEventStream, NotServed, RateLimited, Refused, Unavailable
from genesys_tui.gateway.redaction import redacted
from genesys_tui.gateway.retry import LONGEST_RETRY_AFTER, parse_retry_after
from genesys_tui.gateway.scope import DeadlineReached, Scope

CORRELATION_HEADER = "ININ-Correlation-Id"
_MOST_BYTES = 64 * 1024
_MOST_SECONDS = 3.0
_MOST_CHARACTERS = 500


def refusal_of(response: httpx.Response, scope: Scope, token: str) -> GatewayError:
    """The error that a non-stream answer stands for. Reads its body, within bounds, and quotes it without the token."""
    # Before anything is cut off: half a token would not be found.
    body = redacted(_read_within_bounds(response, scope).decode("utf-8", "replace"), token)
    said = _what_it_says(body.strip(), response.headers.get("Content-Type", ""))
    quoted = f" It says: {said}" if said else ""
    kind, sentence = _kind_and_sentence(response, quoted)
    error = kind(redacted(sentence, token), status_code=response.status_code, correlation_id=correlation_id(response))
    if isinstance(error, RateLimited | Unavailable):
        error.retry_after = parse_retry_after(response.headers.get("Retry-After"))
    return error


def correlation_id(response: httpx.Response) -> str | None:
    """What Genesys support asks for, where the answer names one."""
    named = response.headers.get(CORRELATION_HEADER)
    return None if named is None else _cut(named)


def encoding_of(response: httpx.Response) -> str:
    """How the body is compressed; ``identity`` is not at all."""
    encoding: str = response.headers.get("Content-Encoding", "identity")
    return encoding.strip().lower()


def _kind_and_sentence(response: httpx.Response, quoted: str) -> tuple[type[GatewayError], str]:
    status = response.status_code
    if status < 300:
        return NotAnEventStream, _not_a_stream(response, quoted)
    if status < 400:
        return Refused, (
            f"The gateway redirects to {_cut(response.headers.get('Location', 'nowhere'))}, which is not followed: "
            "the access token would go along. If that is where the gateway lives, set base_url to it."
        )
    if status == 404:
        return NotServed, (
            f"{response.request.url.path} is not served at {response.request.url.host} (404).{quoted} "
            "This path is not part of the public Platform API: set base_url and endpoint to where your organization's "
            "gateway is, or try `genesys-tui demo`."
        )
    if status == 403:
        return Refused, (
            f"The gateway refused the call (403).{quoted} A role of this OAuth client lacks a permission: "
            "add it under Admin › Integrations › OAuth."
        )
    if status == 429:
        return RateLimited, _rate_limited(parse_retry_after(response.headers.get("Retry-After")), quoted)
    if status in (502, 503, 504):
        return Unavailable, f"The gateway is unavailable ({status}).{quoted} Try again in a while."
    what = "Correct the request." if status < 500 else "Try again, or give support the correlation id."
    return Refused, f"The gateway answered {status} {_cut(response.reason_phrase)}.{quoted} {what}"


def _not_a_stream(response: httpx.Response, quoted: str) -> str:
    kind = _cut(response.headers.get("Content-Type") or "no content type")
    packed = "" if encoding_of(response) == "identity" else f", compressed as {_cut(encoding_of(response))},"
    return (
        f"The gateway answered {response.status_code} with {kind}{packed} instead of a stream of server-sent events."
        f"{quoted} Check base_url and endpoint: a proxy or sign-in page may stand before the gateway."
    )


def _rate_limited(retry_after: float | None, quoted: str) -> str:
    if retry_after is None:
        return f"The gateway's rate limit is reached (429).{quoted} Try again in a while."
    too_long = ", longer than is waited for" if retry_after > LONGEST_RETRY_AFTER else ""
    return (
        f"The gateway's rate limit is reached (429); it asks to wait {retry_after:.0f} s{too_long}.{quoted} "
        "Try again then."
    )


def _read_within_bounds(response: httpx.Response, scope: Scope) -> bytes:
    """The beginning of the body, however much it drips. A compressed one is not worth unpacking."""
    body = b""
    if encoding_of(response) != "identity":
        return body
    # Whatever ends the reading, what has come is what there is to quote.
    with suppress(httpx.HTTPError, DeadlineReached), scope.deadline_in(_MOST_SECONDS):
        for data in response.iter_raw():
            body += data
            if len(body) >= _MOST_BYTES:
                break
    return body[:_MOST_BYTES]


def _what_it_says(text: str, content_type: str) -> str:
    """The message of an error body: Genesys' ``message``, OpenAI's ``error.message``, or the start of plain text."""
    if "html" in content_type.lower() or text[:1] == "<":
        return "an HTML page."
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _sentence(text)
    if not isinstance(fields, dict):
        return _sentence(text)
    inner = fields.get("error")
    said = fields.get("message") or (inner.get("message") if isinstance(inner, dict) else inner)
    return _sentence(said if isinstance(said, str) else text)


def _sentence(text: str) -> str:
    text = _cut(text)
    return text if not text or text[-1] in ".!?…" else text + "."


def _cut(text: str) -> str:
    # JSON can escape half a surrogate pair, which nothing can encode.
    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"
