"""Refusals: an answer that is no stream, as an error that says what to do."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import httpx

from genesys_tui.errors import GatewayError, NotAnEventStream, NotServed, RateLimited, Refused, Unavailable
from genesys_tui.gateway.dialects import Advice, Dialect
from genesys_tui.gateway.redaction import redacted
from genesys_tui.gateway.retry import LONGEST_RETRY_AFTER, parse_retry_after
from genesys_tui.gateway.scope import DeadlineReached, Scope

_MOST_BYTES = 64 * 1024
_MOST_SECONDS = 3.0
_MOST_CHARACTERS = 500


def refusal_of(response: httpx.Response, scope: Scope, token: str, dialect: Dialect) -> GatewayError:
    """The error that a non-stream answer stands for. Reads its body, within bounds, and quotes it without the token."""
    # Before anything is cut off: half a token would not be found.
    body = redacted(_read_within_bounds(response, scope).decode("utf-8", "replace"), token).strip()
    fault = _error_in(body) if response.status_code < 300 else None
    said = what_it_says(body, response.headers.get("Content-Type", ""))
    quoted = f" It says: {said}" if said and (fault or not _is_success(response, body)) else ""
    status = _status_of(fault) or response.status_code
    kind, sentence = _kind_and_sentence(response, status, quoted, dialect.advice)
    if fault and status < 300:
        kind, sentence = Refused, f"The gateway answered {status}, but with an error.{quoted} Correct the request."
    error = kind(redacted(sentence, token), status_code=status, correlation_id=correlation_id(response, dialect, token))
    if kind is not NotAnEventStream:  # which may be a reply
        error.said = _strings_in(body)
    if isinstance(error, RateLimited | Unavailable):
        error.retry_after = parse_retry_after(response.headers.get("Retry-After"))
    return error


def correlation_id(response: httpx.Response, dialect: Dialect, token: str) -> str | None:
    """What the gateway's support asks for, where the answer names one; without the token."""
    named = next((name for name in dialect.correlation_headers if name in response.headers), None)
    return None if named is None else _cut(redacted(response.headers[named], token))


def encoding_of(response: httpx.Response) -> str:
    """How the body is compressed; ``identity`` is not at all."""
    encoding: str = response.headers.get("Content-Encoding", "identity")
    return encoding.strip().lower()


def _is_success(response: httpx.Response, body: str) -> bool:
    """Whether it is a 2xx with JSON or events: most likely a reply, which is not to end up in an error."""
    json_said = "json" in response.headers.get("Content-Type", "").lower()
    return response.status_code < 300 and (json_said or body.startswith(("{", "[", "data:", "event:")))


def _error_in(body: str) -> Any:
    """The error object, which some gateways send with a 200."""
    fields = _parsed(body)
    return fields.get("error") if isinstance(fields, dict) else None


def _strings_in(body: str) -> tuple[str, ...]:
    """What an error body says; not what FastAPI repeats of the request, as ``input``."""
    fields = _parsed(body)
    left, found = [body if fields is None else fields], []
    while left:
        each = left.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict):
            left += [value for name, value in each.items() if name != "input"]
        elif isinstance(each, list):
            left += each
    return tuple(found)


def _status_of(fault: Any) -> int | None:
    """The status that an error object names."""
    code = fault.get("code") if isinstance(fault, dict) else None
    return int(str(code)) if re.fullmatch("[45][0-9][0-9]", str(code)) else None


def _kind_and_sentence(
    response: httpx.Response, status: int, quoted: str, advice: Advice
) -> tuple[type[GatewayError], str]:
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
            f"{advice.not_served}"
        )
    if status == 403:
        return Refused, (f"The gateway refused the call (403).{quoted} {advice.forbidden}")
    if status == 429:
        return RateLimited, _rate_limited(parse_retry_after(response.headers.get("Retry-After")), quoted)
    if status in (502, 503, 504):
        return Unavailable, f"The gateway is unavailable ({status}).{quoted} Try again in a while."
    what = " Correct the request." if status < 500 else " Try again, or give support the correlation id."
    if status == 401:
        what = ""  # whoever knows where the credentials are from says what to do
    told = f"{status} {_cut(response.reason_phrase)}" if status == response.status_code else f"with an error ({status})"
    return Refused, f"The gateway answered {told}.{quoted}{what}"


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


def what_it_says(text: str, content_type: str = "") -> str:
    """The message of an error body: Genesys' ``message``, OpenAI's ``error.message``, or the start of plain text."""
    if "html" in content_type.lower() or text[:1] == "<":
        return "an HTML page."
    fields = _parsed(text)
    if not isinstance(fields, dict):
        return _sentence(text)
    inner = fields.get("error")
    said = fields.get("message") or (inner.get("message") if isinstance(inner, dict) else inner)
    return _sentence(said if isinstance(said, str) else text)


def _parsed(text: str) -> Any:
    """The JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _sentence(text: str) -> str:
    text = _cut(text)
    return text if not text or text[-1] in ".!?…" else text + "."


def _cut(text: str) -> str:
    # JSON can escape half a surrogate pair, which nothing can encode.
    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"
