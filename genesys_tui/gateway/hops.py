"""Hops: the way to a host, walked step by step, each timed, as far as it leads."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import httpcore
import httpx

from genesys_tui.errors import ConfigurationError, GenesysError, NotAdmitted, ProxyRefused, Unreachable
from genesys_tui.gateway.network import ScopedNetwork
from genesys_tui.gateway.redaction import without_password
from genesys_tui.gateway.scope import Scope
from genesys_tui.proxy import proxy_pair

HopName = Literal["dns", "tcp", "proxy", "tls"]
HOPS: tuple[HopName, ...] = ("dns", "tcp", "proxy", "tls")

PATIENCE = 10.0
"""Seconds for each."""

SECOND_THOUGHTS = 0.3
"""Seconds in which a TLS 1.3 server may still refuse the client certificate: it does so behind the handshake."""

_LONGEST_HEAD = 16 * 1024


class Hop(NamedTuple):
    """A step of the way."""

    name: HopName
    seconds: float | None
    """None where there was nothing to do."""

    words: str
    """What was seen. It holds names from outside."""

    error: GenesysError | None = None
    """Why the way ends here."""


class Way:
    """Leads to the host of a URL, through a proxy where there is one."""

    def __init__(
        self,
        url: str,
        proxy: httpx.URL | None,
        tls: Callable[[], ssl.SSLContext | None],
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._url = httpx.URL(url)
        self._proxy = proxy
        self._tls = tls
        self._clock = clock
        self._stream: httpcore.NetworkStream | None = None
        self._encrypted: float | None = None
        self._end = _host_and_port(self._url)
        self._first = _host_and_port(proxy) if proxy else self._end
        """Where to connect to."""

    def walk(self) -> Iterator[Hop]:
        """The hops in order, the last of them perhaps with an error; nothing stays open behind it."""
        scope = Scope()
        network = ScopedNetwork(scope)
        steps: dict[HopName, Callable[[ScopedNetwork], str]] = {
            "dns": self._look_up,
            "tcp": self._connect,
            "proxy": self._pass_proxy,
            "tls": self._encrypt,
        }
        try:
            for name, step in steps.items():
                hop = self._take(name, lambda step=step: step(network))  # type: ignore[misc]  # mypy: a default
                yield hop
                if hop.error:
                    return
        finally:
            if self._stream:
                self._stream.close()
            scope.close()

    def _take(self, name: HopName, step: Callable[[], str]) -> Hop:
        began = self._clock()
        try:
            words = step()
        except GenesysError as error:
            return Hop(name, self._clock() - began, "", self._in_words(name, error))
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            broken = Unreachable(f"The connection to {self._first[0]} ended ({error}). Try again.")
            return Hop(name, self._clock() - began, "", self._in_words(name, broken))
        ended = self._encrypted or self._clock()
        nothing = (name == "proxy" and not self._proxy) or (name == "tls" and self._url.scheme != "https")
        return Hop(name, None if nothing else ended - began, words)

    def _look_up(self, network: ScopedNetwork) -> str:
        host, port = self._first
        addresses = list(dict.fromkeys(str(address[0]) for _, address in network.resolve(host, port)))
        if addresses == [host]:
            return f"{host} is an address"
        return f"{host} is {', '.join(addresses[:3])}{', …' if len(addresses) > 3 else ''}"

    def _connect(self, network: ScopedNetwork) -> str:
        host, port = self._first
        self._stream = network.connect_tcp(host, port, timeout=PATIENCE)
        return f"{host}:{port} accepts connections"

    def _pass_proxy(self, _: ScopedNetwork) -> str:
        if self._proxy is None:
            return "none: straight to the host"
        assert self._stream is not None
        host, port = self._end
        answer = _asked_for_tunnel(self._stream, host, port, self._proxy)
        status = answer.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")[2]
        status = without_password(status, self._proxy)
        if not status.startswith("2"):
            raise ProxyRefused(
                f"The proxy does not lead to {host}:{port}: it answered {status.strip() or 'nothing that is HTTP'}. "
                "Check the setting proxy or HTTPS_PROXY, and the user and password in it."
            )
        return f"opens a tunnel to {host}:{port}"

    def _encrypt(self, _: ScopedNetwork) -> str:
        context = self._tls()
        if context is None:
            return "none: plain http, on this machine"
        assert self._stream is not None
        self._stream = self._stream.start_tls(context, self._end[0], PATIENCE)
        self._encrypted = self._clock()
        self._await_second_thoughts()
        return _certificate_in_words(self._stream.get_extra_info("ssl_object"))

    def _await_second_thoughts(self) -> None:
        """Raise where the server refuses behind the handshake. What it says besides is no business of the way."""
        assert self._stream is not None
        try:
            self._stream.read(1, timeout=SECOND_THOUGHTS)
        except httpcore.ReadTimeout:
            return
        except httpcore.NetworkError as error:
            raise NotAdmitted(
                f"{self._end[0]} ended the connection behind the handshake ({error}). "
                "If it demands a client certificate, set client_certificate."
            ) from error

    def _in_words(self, name: HopName, error: GenesysError) -> GenesysError:
        """Say that it was the proxy, where it was."""
        if self._proxy and name in ("dns", "tcp") and not isinstance(error, ConfigurationError):
            return ProxyRefused(f"The way leads through a proxy. {error.message} The proxy is in the setting proxy.")
        return error


def _host_and_port(url: httpx.URL) -> tuple[str, int]:
    return url.host, url.port or (443 if url.scheme == "https" else 80)


def _asked_for_tunnel(stream: httpcore.NetworkStream, host: str, port: int, proxy: httpx.URL) -> bytes:
    """The head of the proxy's answer."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
    if pair := proxy_pair(str(proxy)):
        head += f"Proxy-Authorization: Basic {pair}\r\n"
    stream.write(f"{head}\r\n".encode(), PATIENCE)
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _LONGEST_HEAD:
        data = stream.read(4096, PATIENCE)
        if not data:
            break
        answer += data
    return answer


def _certificate_in_words(sock: Any) -> str:
    shown = sock.getpeercert() or {}
    issuer = {name: value for part in shown.get("issuer", ()) for name, value in part}
    by = issuer.get("organizationName") or issuer.get("commonName")
    parts = [sock.version() or "TLS", f"certificate by {by}" if by else "", _until(shown.get("notAfter", ""))]
    return ", ".join(filter(None, parts))


def _until(moment: str) -> str:
    return f"until {time.strftime('%Y-%m-%d', time.gmtime(ssl.cert_time_to_seconds(moment)))}" if moment else ""
