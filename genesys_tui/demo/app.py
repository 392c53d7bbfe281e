"""The app: the gateway's paths, served over one State."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import openai
from .accounts import API_KEY, CLIENT_ID, CLIENT_SECRET, EXPIRES_IN
from .payload import read_payload
from .refusals import refuse, refuse_payload, refuse_scenario, refuse_sign_in, refuse_token
from .state import RequestSeen, State
from .style import GENESYS, Dialect
from .writing import EventStream

COMPLETION_PATH = "/api/v2/ai/generative/completions/stream"

_ORGANIZATION = {"id": "5b1f0c52-8a0e-4f2b-9a53-6d1c9f0e7a11", "name": "Demo Contact Centre"}
_IDENTITY = {
    "organization": _ORGANIZATION,
    "homeOrganization": _ORGANIZATION,
    "authorizedScope": ["ai:generative:read", "ai:generative:write"],
    "OAuthClient": {
        "id": CLIENT_ID,
        "name": "Demo OAuth client",
        "authorizedGrantType": "CLIENT_CREDENTIALS",
        "scope": ["ai:generative:read", "ai:generative:write"],
        "state": "active",
        "organization": _ORGANIZATION,
    },
}


def create_app(state: State) -> ASGIApp:
    """The gateway as an ASGI app; every answer of it carries a correlation id."""

    async def complete(request: Request) -> Response:
        return await _complete(request, state, GENESYS)

    async def complete_openai(request: Request) -> Response:
        return await _complete(request, state, openai.DIALECT)

    async def models(request: Request) -> Response:
        bearer = _bearer(request)
        if not _lets_in(state, openai.DIALECT, bearer):
            return refuse_token(request, presented=bool(bearer))
        return JSONResponse(openai.list_models())

    async def token(request: Request) -> Response:
        return await _sign_in(request, state)

    async def me(request: Request) -> Response:
        bearer = _bearer(request)
        if not state.accounts.accepts(bearer):
            return refuse_token(request, presented=bool(bearer))
        return JSONResponse(_IDENTITY)

    routes = [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/api/v2/tokens/me", me, methods=["GET"]),
        Route(COMPLETION_PATH, complete, methods=["POST"]),
        Route(openai.PATH, complete_openai, methods=["POST"]),
        Route(openai.MODELS_PATH, models, methods=["GET"]),
    ]
    return _correlated(Starlette(routes=routes, exception_handlers={HTTPException: _refuse_path}))


def _correlated(app: ASGIApp) -> ASGIApp:
    async def correlated(scope: Scope, receive: Receive, send: Send) -> None:
        scope["correlation_id"] = str(uuid.uuid4())

        async def send_correlated(message: Message) -> None:
            if message["type"] == "http.response.start":
                dialect = openai.DIALECT if scope["path"].startswith(openai.PREFIX) else GENESYS
                name = dialect.correlation_header.lower().encode()
                message["headers"] = [*message["headers"], (name, scope["correlation_id"].encode())]
            await send(message)

        await app(scope, receive, send_correlated)

    return correlated


def _refuse_path(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        message = f"The method {request.method} is not allowed on {request.url.path}."
        return refuse(request, 405, "method.not.allowed", message, headers=error.headers)
    return refuse(request, 404, "not.found", f"The path {request.url.path} is not served here.")


async def _sign_in(request: Request, state: State) -> Response:
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    if form.get("grant_type") != ["client_credentials"]:
        return refuse_sign_in("unsupported_grant_type", "only client_credentials is served here")
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if scheme.lower() != "basic" or not colon:
        return refuse_sign_in("invalid_request", "the client id and secret belong in a Basic authorization header")
    if client_id != CLIENT_ID:
        return refuse_sign_in("invalid_client", "client not found in this region: check the client id and the region")
    if secret != CLIENT_SECRET:
        return refuse_sign_in("invalid_client", "authentication failed")
    return JSONResponse({"access_token": state.accounts.mint(), "token_type": "bearer", "expires_in": EXPIRES_IN})


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _lets_in(state: State, dialect: Dialect, bearer: str) -> bool:
    return state.accounts.accepts(bearer) or (dialect.open_to_all and bearer in ("", API_KEY))


def _note(request: Request, state: State, body: object) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"][-4:]
    state.remember(RequestSeen(request.method, request.url.path, headers, body))


async def _complete(request: Request, state: State, dialect: Dialect) -> Response:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    _note(request, state, body)
    bearer = _bearer(request)
    if not _lets_in(state, dialect, bearer):
        return refuse_token(request, presented=bool(bearer))
    payload, faults = dialect.read(body)
    completion, more = read_payload(payload, request_id=request.headers.get(dialect.request_id_header, ""))
    faults += more
    try:
        day = state.day(completion.request_id, request.headers.get("x-demo-scenario"))
    except ValueError as error:
        return refuse(request, 400, "bad.request", str(error))
    # With a count, each request of its share is refused; without one, only tokens from before the first refusal are.
    if day.name == "expired-token" and (state.accounts.expire(bearer) or day.count is not None):
        state.accounts.revoke(bearer)
        return refuse_token(request, presented=True)
    refusal = refuse_scenario(request, day.name)
    if refusal is not None:
        return refusal
    if faults and completion.enforce_schema:
        return refuse_payload(request, faults)
    return EventStream(state, day.name, completion, dialect.style(completion))
