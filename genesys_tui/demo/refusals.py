"""Refusals: the answers that are not a stream, in the words of Genesys Cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from .openai import PREFIX
from .payload import Fault

PERMISSION = "ai:generative:write"
PORTAL = """<!doctype html>
<html lang="en"><head><title>Guest network</title></head>
<body><h1>Welcome to the guest network</h1><p>Accept the terms to go on.</p>
<form action="/accept"><button>Accept</button></form></body></html>
"""


def refuse(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An answer with the error body of the Platform API, or OpenAI's on its paths."""
    if request.url.path.startswith(PREFIX):
        return JSONResponse(_openai_error(status, code, message, faults), status, headers)
    body = {
        "message": message,
        "code": code,
        "status": status,
        "contextId": request.scope["correlation_id"],
        "details": [{"errorCode": "invalid", "fieldName": fault.field} for fault in faults],
        "errors": [{"message": f"{fault.field} {fault.message}", "code": code, "status": status} for fault in faults],
    }
    return JSONResponse(body, status, headers)


def _openai_error(status: int, code: str, message: str, faults: Sequence[Fault]) -> dict[str, object]:
    kind = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(status)
    param = faults[0].field.rpartition(".")[2] if faults else None
    kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refuse_sign_in(error: str, description: str) -> JSONResponse:
    """A 400 as the sign-in host answers it."""
    return JSONResponse({"error": error, "description": description, "error_description": description}, 400)


def refuse_token(request: Request, *, presented: bool) -> JSONResponse:
    """401, for a bearer token that is not valid or was not there."""
    if presented:
        return refuse(request, 401, "bad.credentials", "Invalid login credentials.")
    message = "No authentication bearer token specified in authorization header."
    return refuse(request, 401, "authentication.required", message)


def refuse_payload(request: Request, faults: Sequence[Fault]) -> JSONResponse:
    """400, naming every fault of a payload."""
    sentence = "; ".join(f"{fault.field} {fault.message}" for fault in faults)
    return refuse(request, 400, "bad.request", f"The request is not valid: {sentence}.", faults=faults)


def refuse_scenario(request: Request, name: str) -> Response | None:
    """The answer of a scenario that has no stream, or None."""
    if name == "rate-limited":
        message = "Rate limit exceeded the maximum. Retry the request in [1] seconds"
        return refuse(request, 429, "too.many.requests", message, headers={"Retry-After": "1"})
    if name == "unavailable":
        return refuse(request, 503, "service.unavailable", "The service is temporarily unavailable. Try again later.")
    if name == "refused":
        message = f"Unable to perform the requested action. You are missing the following permission(s): {PERMISSION}"
        return refuse(request, 403, "missing.any.permissions", message)
    if name == "not-found":
        return refuse(request, 404, "not.found", f"The path {request.url.path} is not served here.")
    if name == "html":
        return HTMLResponse(PORTAL)
    if name == "redirect":
        return RedirectResponse(f"http://127.0.0.1:9{request.url.path}", 307)
    return None
