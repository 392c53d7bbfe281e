"""The SDK's HTTP requests, sent by httpx within limits.

The SDK's own client has no timeout, ignores proxies and sleeps through rate limits. This one sends each request once,
follows no redirect, takes no more than a megabyte and no longer than it is told. Used only inside the sign-in child.
"""

from __future__ import annotations

import concurrent.futures
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from genesys_tui.address import is_loopback
from genesys_tui.errors import ConfigurationError
from genesys_tui.network import Network
from genesys_tui.tls import explain_alert, trusting_nobody

MAX_BODY = 1 << 20
"""Bytes of an answer that are read: the real ones have under a hundred thousand."""


class TransportError(Exception):
    """A request that got no usable answer."""

    def __init__(
        self,
        kind: Literal["unreachable", "timeout", "tls", "client_certificate", "proxy", "configuration", "html"],
        detail: str,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, in the shape the SDK reads."""

    status: int
    reason: str
    data: str
    headers: Mapping[str, str]

    def getheaders(self) -> Mapping[str, str]:
        """All headers; looking one up ignores case."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """One header."""
        return self.headers.get(name, default)


class Transport:
    """Sends single requests to one host, each within ``request_timeout`` seconds."""

    def __init__(self, url: str, network: Network, *, connect_timeout: float, request_timeout: float) -> None:
        import httpx

        loopback = is_loopback(urlsplit(url).hostname or "")
        proxy = network.proxy or None
        self._request_timeout = request_timeout
        self.last: Response | None = None
        """The answer before any other: the SDK drops all of it but the token."""
        try:
            tls = network.tls.context() if httpx.URL(url).scheme == "https" else trusting_nobody()
        except ConfigurationError as error:
            raise TransportError("configuration", error.message) from None
        try:
            self._client = httpx.Client(
                proxy=None if loopback else proxy,
                trust_env=not loopback and proxy is None,
                verify=tls,
                timeout=httpx.Timeout(request_timeout, connect=connect_timeout),
                follow_redirects=False,
            )
        except httpx.InvalidURL:  # quotes half a password where that holds a slash
            raise TransportError("proxy", "its address is no URL") from None
        except (ValueError, ImportError) as error:
            raise TransportError("proxy", str(error)) from None

    def send(self, method: str, url: str, headers: Mapping[str, str], content: str | None) -> Response:
        """Send one request and read its whole answer.

        Raises:
            TransportError: no answer, too much of one, or not in time.
        """
        answer: concurrent.futures.Future[Response] = concurrent.futures.Future()

        def work() -> None:
            try:
                answer.set_result(self._exchange(method, url, headers, content))
            except Exception as error:  # noqa: BLE001 - it is raised again, in the thread that waits.
                answer.set_exception(error)

        # httpx's timeouts begin anew with every byte, and none covers a name server that is silent: this one does.
        threading.Thread(target=work, name="sign-in request", daemon=True).start()
        try:
            self.last = answer.result(self._request_timeout)
        except concurrent.futures.TimeoutError:
            raise TransportError("timeout", f"no whole answer within {self._request_timeout:g} s") from None
        return self.last

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], content: str | None) -> Response:
        import httpx

        headers = {**headers, "Accept-Encoding": "identity"}
        try:
            with self._client.stream(method, url, headers=headers, content=content) as response:
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise TransportError("html", "a compressed answer, which was not asked for")
                body = bytearray()
                for part in response.iter_raw():
                    body += part
                    if len(body) > MAX_BODY:
                        raise TransportError("html", f"an answer of more than {MAX_BODY:,} bytes")
                text = body.decode("utf-8", "replace")
                return Response(response.status_code, response.reason_phrase, text, response.headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise explain(error, urlsplit(url).hostname or "") from None


def explain(error: Exception, host: str = "") -> TransportError:
    """Sort out what httpx raised: late, refused by the proxy, not to be trusted, or not there."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return TransportError("timeout", "no answer in time")
    if isinstance(error, httpx.ProxyError):
        return TransportError("proxy", str(error))
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            if alert := explain_alert(host, cause):
                return TransportError("client_certificate", alert)
            return TransportError("tls", getattr(cause, "verify_message", "") or cause.reason or str(cause))
        cause = cause.__cause__ or cause.__context__
    return TransportError("unreachable", str(error))


def sdk_http_client(transport: Transport) -> Any:
    """Dress a transport as the SDK's AbstractHttpClient. Imports the SDK."""
    from PureCloudPlatformClientV2.abstract_http_client import AbstractHttpClient
    from PureCloudPlatformClientV2.rest import ApiException

    class HttpxClient(AbstractHttpClient):  # type: ignore[misc] # the SDK has no types
        def request(self, http_request_options: Any) -> Response:
            options = http_request_options
            query = f"?{urlencode(options.query_params)}" if options.query_params else ""
            content = None
            if options.post_params:
                content = urlencode(options.post_params)
            elif options.body:
                content = json.dumps(options.body)
            response = transport.send(options.method, options.url + query, options.headers, content)
            if not 200 <= response.status < 300:
                raise ApiException(http_resp=response)
            return response

    return HttpxClient()
