"""The network under httpx, with every wait inside a call's scope.

httpx offers no way to end a blocked connect, handshake or read from another thread: closing its response or client
waits for the same lock or does not wake the reader. So its sockets do not block; they wait here.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import httpcore
import httpx

from genesys_tui.errors import NotAdmitted, Unreachable, Untrusted
from genesys_tui.gateway.scope import Scope, WaitedEnough
from genesys_tui.tls import explain_alert, trusting_nobody

READ_SIZE = 64 * 1024
"""Bytes read at once, at most."""

_LONGEST_HEAD = 128 * 1024  # more than the HTTP library takes
_HEAD_END = re.compile(rb"\A\r?\n|\n\r?\n")  # what that library takes for it

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class ScopedTransport(httpx.HTTPTransport):
    """httpx's own transport over a scoped network, for one call: its connections end with the scope."""

    def __init__(self, scope: Scope, *, tls: ssl.SSLContext | None, proxy: httpx.URL | None = None) -> None:
        """``tls`` is None where nothing is encrypted. It is never a way to trust everybody."""
        super().__init__(
            verify=tls or trusting_nobody(), proxy=None if proxy is None else httpx.Proxy(proxy), trust_env=False
        )
        # httpx has no argument for httpcore's (public) network backend; this is where it would arrive.
        self._pool._network_backend = ScopedNetwork(scope)


class ScopedNetwork(httpcore.NetworkBackend):
    """Opens connections, as far as the scope allows. Raises Unreachable in words."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Try each address of the host in turn."""
        del local_address  # never asked for
        failure: Exception = OSError("it has no address")
        for family, address in self.resolve(host, port):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for option in socket_options or ():
                    sock.setsockopt(*option)
                self._connect(sock, address, timeout)
                return ScopedStream(sock, self._scope, host)
            except (OSError, WaitedEnough) as error:
                sock.close()
                failure = error
            except BaseException:  # whatever it is, and raised again: nothing is left open behind it
                sock.close()
                raise
        raise Unreachable(_why_not_connected(host, port, failure))

    def resolve(self, host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
        """The host's addresses, each with its family. Raises Unreachable."""

        def look_up() -> list[tuple[socket.AddressFamily, Any]]:
            return [(found[0], found[4]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

        try:
            ipaddress.ip_address(host)
        except ValueError:
            pass
        else:
            return look_up()
        try:
            return self._scope.run(look_up)  # a name server may take its time, and cannot be interrupted
        except (OSError, UnicodeError) as error:  # a name with an empty or overlong label is no Unicode
            raise Unreachable(
                f"The host {host} could not be found ({getattr(error, 'strerror', None) or error}). "
                "Check its spelling in base_url, your network, or set a proxy."
            ) from error

    def _connect(self, sock: socket.socket, address: Any, timeout: float | None) -> None:
        with contextlib.suppress(BlockingIOError):
            sock.connect(address)
        with self._scope.watch(sock) as waiter:
            waiter.wait(timeout, write=True)
        if problem := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(problem, os.strerror(problem))


class ScopedStream(httpcore.NetworkStream):
    """A connection that never blocks outside its scope."""

    def __init__(self, sock: socket.socket, scope: Scope, host: str) -> None:
        self._sock = sock
        self._scope = scope
        self._host = host
        self._waiter = scope.watch(sock)
        self._in_head = True
        self._held = b""  # arrived behind a head

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived, b"" at the end. Raises httpcore.ReadTimeout after ``timeout`` seconds of silence.

        An answer's head comes by itself and whole, so that whoever reads its body can do so with ``read_on``.
        """
        if not self._in_head:
            return self.read_on(timeout, max_bytes)
        data, self._held = self._held, b""
        while (end := _HEAD_END.search(data)) is None and len(data) < _LONGEST_HEAD:
            more = self._receive(max_bytes, timeout)
            data += more
            if not more:
                break
        if end is not None:
            data, self._held = data[: end.end()], data[end.end() :]
        # Behind one that is only informational another follows.
        self._in_head = end is not None and data[8:10] == b" 1"
        return data

    def read_on(self, timeout: float | None, max_bytes: int = READ_SIZE) -> bytes:
        """What follows that which was read, as ``read`` gives it."""
        if self._held:
            data, self._held = self._held, b""
            return data
        return self._receive(max_bytes, timeout)

    def _receive(self, max_bytes: int, timeout: float | None) -> bytes:
        data: bytes = self._perform(
            lambda: self._sock.recv(max_bytes), timeout, httpcore.ReadTimeout, httpcore.ReadError, first_wait=True
        )
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        view = memoryview(buffer)
        while view:
            sent = self._perform(
                lambda rest=view: self._sock.send(rest),  # type: ignore[misc]  # mypy: a default in a lambda
                timeout,
                httpcore.WriteTimeout,
                httpcore.WriteError,
            )
            view = view[sent:]

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted. Raises Untrusted for a certificate that does not hold."""
        if isinstance(self._sock, ssl.SSLSocket):
            raise Untrusted("A proxy that is itself reached over https is not supported: give its http:// address.")
        wrap = partial(ssl_context.wrap_socket, self._sock, do_handshake_on_connect=False)
        with self._waiter:
            # Wrapping reads already where the connection was reset meanwhile.
            sock = self._perform(
                partial(wrap, server_hostname=server_hostname), timeout, httpcore.ConnectTimeout, httpcore.ConnectError
            )
        stream = ScopedStream(sock, self._scope, server_hostname or self._host)
        try:
            stream._perform(sock.do_handshake, timeout, httpcore.ConnectTimeout, httpcore.ConnectError)
        except BaseException:  # whatever it is, and raised again: nothing is left open behind it
            stream.close()
            raise
        return stream

    def close(self) -> None:
        """Close the connection, without a TLS farewell that could block."""
        self._waiter.close()
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection."""
        if info == "ssl_object" and isinstance(self._sock, ssl.SSLSocket):
            return self._sock
        if info == "socket":
            return self._sock
        if info == "is_readable":
            # Asked before a kept-alive connection is used again; a scoped one never is.
            return False
        return None

    def _perform(
        self,
        action: Callable[[], Any],
        timeout: float | None,
        timed_out: type[Exception],
        failed: type[Exception],
        *,
        first_wait: bool = False,
    ) -> Any:
        """The action's result, repeated whenever the socket says "not yet"."""
        self._scope.check()
        write = False
        try:
            if first_wait and not (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
                self._waiter.wait(timeout)
            while True:
                try:
                    return action()
                except (ssl.SSLWantReadError, BlockingIOError) as not_yet:
                    write = isinstance(not_yet, BlockingIOError) and not first_wait
                except ssl.SSLWantWriteError:
                    write = True
                self._waiter.wait(timeout, write=write)
        except WaitedEnough as error:
            raise timed_out(f"nothing for {timeout:g} s") from error
        except ssl.SSLCertVerificationError as error:
            raise Untrusted(_why_not_trusted(self._host, error)) from error
        except ssl.SSLError as error:
            # Behind the head the server has let us in: what it says then is why it broke off.
            if self._in_head and (alert := explain_alert(self._host, error)):
                raise NotAdmitted(alert) from error
            raise failed(f"TLS with {self._host} failed: {error.reason or error}") from error
        except OSError as error:
            raise failed(error.strerror or str(error)) from error


def _why_not_connected(host: str, port: int, failure: Exception) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return f"Nothing answers at {host}:{port} (connection refused). Check base_url, or start the gateway there."
    if isinstance(failure, TimeoutError | WaitedEnough):
        return f"{host}:{port} did not accept a connection in time. Check base_url, your network, or set a proxy."
    return f"{host}:{port} could not be reached ({failure}). Check base_url and your network, or set a proxy."


def _why_not_trusted(host: str, error: ssl.SSLCertVerificationError) -> str:
    return (
        f"The certificate of {host} is not trusted: {error.verify_message or error.reason}. "
        "If your network inspects TLS, set ca_bundle to its certificate file, or trust to system."
    )
