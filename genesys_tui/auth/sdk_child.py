"""The sign-in child: one request on stdin, the Genesys SDK, one answer on stdout.

The SDK takes 1.5 seconds and 220 MB to import and starts threads that watch files, so it lives in this process and
ends with it. The request is one line of JSON: ``api_url``, ``client_id`` and ``client_secret`` (or an ``access_token``,
to ask only whose it is), ``connect_timeout``, ``request_timeout``, and the fields of a ``network.Network``. The answer
is the JSON of an ``answer.Answer``.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import itertools
import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import getproxies

from genesys_tui.auth.transport import Transport, TransportError, sdk_http_client
from genesys_tui.network import Network
from genesys_tui.proxy import proxy_secrets
from genesys_tui.secret_forms import dotted

CORRELATION_HEADER = "ININ-Correlation-Id"
MAX_TEXT = 200
"""Characters of what a server says. Our own sentences, which name files, may take five times as many."""


def main() -> None:
    """Read the request, write the answer, and end at once, whatever threads the SDK has started."""
    code = 1
    try:
        # What the SDK or its imports print must not be taken for the answer.
        with os.fdopen(os.dup(1), "wb") as out:
            os.dup2(2, 1)
            request = json.loads(sys.stdin.buffer.readline())
            threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
            # The import makes millions of objects that all stay: collecting amid them only costs time.
            gc.disable()
            out.write(b"\n" + json.dumps(ask(request)).encode() + b"\n")
        code = 0
    finally:
        os._exit(code)


def _end_with_parent() -> None:
    """The parent holds stdin open while it wants the answer. However it ends, this process ends with it."""
    sys.stdin.buffer.read()
    # The parent would have removed this home. It is empty; a home that is not stays as it is.
    with contextlib.suppress(OSError):
        Path.home().rmdir()
    os._exit(1)


def ask(request: Mapping[str, Any]) -> dict[str, Any]:
    """Sign in (or only ask whose token it is), and say how it went. A failure is an answer too."""
    secrets = _secrets_of(request)
    try:
        answer = _sign_in(request)
    except TransportError as error:
        answer = {"outcome": error.kind, "detail": error.detail}
    except UnicodeEncodeError:
        answer = {"outcome": "non_ascii"}
    except Exception as error:  # noqa: BLE001 - the SDK raises what it likes, and this is the edge.
        answer = _explain(error)
    for key in ("detail", "error", "identity_problem", "organization", "client_name", "correlation_id"):
        if answer.get(key) is not None:
            own = answer["outcome"] in ("configuration", "client_certificate")
            answer[key] = _plain(answer[key], secrets, 5 * MAX_TEXT if own else MAX_TEXT)
    return answer


def _secrets_of(request: Mapping[str, Any]) -> list[str]:
    """What no answer may quote: each secret, and as a header had it; those of proxies, too. The longest first."""
    plain = [request[key] for key in ("client_secret", "access_token", "key_password") if request.get(key)]
    pair = f"{request.get('client_id')}:{request.get('client_secret')}".encode()
    proxies = [request.get("proxy") or "", *getproxies().values()]
    sent = [base64.b64encode(pair).decode(), *itertools.chain.from_iterable(map(proxy_secrets, proxies))]
    return sorted([*plain, *sent], key=len, reverse=True)


def _sign_in(request: Mapping[str, Any]) -> dict[str, Any]:
    transport = Transport(
        request["api_url"],
        Network.of(request),
        connect_timeout=request["connect_timeout"],
        request_timeout=request["request_timeout"],
    )
    import PureCloudPlatformClientV2 as sdk  # noqa: N813

    client = sdk.ApiClient(host=request["api_url"])
    client.gateway_configuration = None
    client.set_http_client(sdk_http_client(transport))
    if request.get("access_token"):
        client.access_token = request["access_token"]
        return {"outcome": "signed_in", **_identity(sdk, client, raise_refusal=True)}
    try:
        client.get_client_credentials_token(request["client_id"], request["client_secret"])
    except json.JSONDecodeError:
        return {"outcome": "html", "status_code": transport.last.status if transport.last else None}
    except (KeyError, TypeError, IndexError):
        return {"outcome": "no_token"}
    token = client.access_token
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token or " " in token:
        return {"outcome": "no_token"}
    expires_in = _expires_in(transport)
    return {"outcome": "signed_in", "access_token": token, "expires_in": expires_in, **_identity(sdk, client)}


def _expires_in(transport: Transport) -> float | None:
    """The SDK drops it, so it is read from the answer itself."""
    assert transport.last is not None
    seconds = json.loads(transport.last.data).get("expires_in")
    return float(seconds) if isinstance(seconds, (int, float)) and 0 < seconds < 1e9 else None


def _identity(sdk: Any, client: Any, *, raise_refusal: bool = False) -> dict[str, Any]:
    """Ask whose token it is. Not to know is no failure: the token is good without."""
    try:
        me = sdk.TokensApi(client).get_tokens_me()
        scopes = [scope for scope in me.authorized_scope or () if isinstance(scope, str)]
        organization = me.organization.name if me.organization else None
        client_name = me.o_auth_client.name if me.o_auth_client else None
        problem = None if organization or client_name else "tokens/me named neither organization nor client"
        return {
            "organization": organization,
            "client_name": client_name,
            "scopes": scopes,
            "identity_problem": problem,
        }
    except sdk.rest.ApiException as error:
        if raise_refusal and error.status == 401:
            raise
        return {"identity_problem": f"tokens/me answered {error.status}"}
    except TransportError as error:
        return {"identity_problem": f"tokens/me: {error.detail}"}
    except Exception as error:  # noqa: BLE001 - the SDK's models raise what they like at what they do not expect.
        return {"identity_problem": f"tokens/me could not be read ({type(error).__name__})"}


def _explain(error: Exception) -> dict[str, Any]:
    """Sort out an HTTP status that is no 2xx; anything else is named by its type."""
    status = getattr(error, "status", None)
    if not isinstance(status, int):
        return {"outcome": "other", "detail": type(error).__name__}
    body, headers = getattr(error, "body", None), getattr(error, "headers", None) or {}
    try:
        fields = json.loads(body or "")
    except ValueError:
        fields = None
    known = fields if isinstance(fields, dict) else {}
    detail = str(known.get("description") or known.get("error_description") or known.get("message") or "")
    word = known.get("error")
    outcome = "other"
    if status == 429 or "rate limit" in detail.lower():
        outcome = "rate_limited"
    elif status == 401 or (status == 400 and word):
        outcome = "rejected"
    elif 300 <= status < 400 or (fields is None and status < 500):
        outcome = "html"
    return {
        "outcome": outcome,
        "status_code": status,
        "error": word if isinstance(word, str) else None,
        "detail": detail or None,
        "correlation_id": headers.get(CORRELATION_HEADER),
    }


def _plain(text: Any, secrets: list[str], most: int = MAX_TEXT) -> str:
    """Make untrusted text safe to show: one short line, and no secret that a server echoes."""
    text = str(text)
    for secret in secrets:
        text = dotted(text, secret)
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:most]
