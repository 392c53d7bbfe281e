"""The scope of a call: what bounds everything it does, from any thread and by the clock."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


class Cancelled(Exception):
    """The operator stopped the call."""


class DeadlineReached(Exception):
    """The scope's deadline has passed."""


class WaitedEnough(Exception):
    """Nothing happened within the time given. Not TimeoutError: the kernel has one of its own."""


class Scope:
    """Every wait of a call goes through here: it ends at once when cancelled, and at the deadline.

    One thread waits; any thread may cancel. Close it when the call has ended.
    """

    def __init__(self) -> None:
        self.deadline: float | None = None
        """A reading of ``time.perf_counter`` at which every wait ends; None for never."""
        self.cancelled = False
        self._wakes, self._wake = socket.socketpair()
        self._wakes.setblocking(False)
        self._wake.setblocking(False)

    def cancel(self) -> None:
        """Stop whatever the call does. Any thread may call this, more than once, and after the end."""
        self.cancelled = True
        with contextlib.suppress(OSError):  # closed: the call has ended; full: it has been woken
            self._wake.send(b"\0")

    @contextlib.contextmanager
    def deadline_in(self, seconds: float) -> Iterator[None]:
        """Bound what happens inside by this many seconds, or by the outer deadline where that is nearer."""
        before = self.deadline
        end = time.perf_counter() + seconds
        self.deadline = end if before is None else min(before, end)
        try:
            yield
        finally:
            self.deadline = before

    def check(self) -> None:
        """Raise Cancelled or DeadlineReached where it is time."""
        if self.cancelled:
            raise Cancelled
        if self.deadline is not None and time.perf_counter() >= self.deadline:
            raise DeadlineReached

    def sleep(self, seconds: float) -> None:
        """Wait, as far as the scope allows."""
        with contextlib.suppress(WaitedEnough), self.watch(None) as waiter:
            waiter.wait(seconds)

    def run(self, function: Callable[[], T]) -> T:
        """The function's result, computed on a daemon thread: left behind when the scope ends before it does."""
        self.check()
        results: list[T] = []
        errors: list[BaseException] = []
        done, finished = socket.socketpair()

        def work() -> None:
            try:
                results.append(function())
            except BaseException as error:  # noqa: BLE001 - raised again below, on the thread that asked
                errors.append(error)
            finally:
                finished.close()

        threading.Thread(target=work, daemon=True, name="genesys-tui-scoped").start()
        with done, self.watch(done) as waiter:
            waiter.wait(None)
        if errors:
            raise errors[0]
        return results[0]

    def checked(self, items: Iterable[T]) -> Iterator[T]:
        """The items, as far as the scope allows: for a loop that may never wait."""
        for item in items:
            self.check()
            yield item

    def watch(self, sock: socket.socket | None) -> Waiter:
        """A waiter for this socket. Close it before the socket."""
        return Waiter(self, self._wakes, sock)

    def close(self) -> None:
        """Free the wake-up pipe."""
        self._wake.close()
        self._wakes.close()


class Waiter:
    """Waits until a socket is ready, no longer than its scope."""

    def __init__(self, scope: Scope, wakes: socket.socket, sock: socket.socket | None) -> None:
        self._scope = scope
        self._sock = sock
        self._selector = selectors.DefaultSelector()
        self._selector.register(wakes, selectors.EVENT_READ)
        self._writing = False
        if sock is not None:
            self._selector.register(sock, selectors.EVENT_READ)

    def wait(self, timeout: float | None, *, write: bool = False) -> None:
        """Return when the socket can be read (or written).

        Raises Cancelled, DeadlineReached, or WaitedEnough after ``timeout`` seconds.
        """
        scope = self._scope
        if self._sock is not None and write is not self._writing:
            self._selector.modify(self._sock, selectors.EVENT_WRITE if write else selectors.EVENT_READ)
            self._writing = write
        end = None if timeout is None else time.perf_counter() + timeout
        while True:
            scope.check()
            ends = [moment for moment in (end, scope.deadline) if moment is not None]
            left = max(0.0, min(ends) - time.perf_counter()) if ends else None
            ready = self._selector.select(left)
            scope.check()
            if any(key.fileobj is self._sock for key, _ in ready):
                return
            if end is not None and time.perf_counter() >= end:
                raise WaitedEnough

    def close(self) -> None:
        """Forget the socket."""
        self._selector.close()

    def __enter__(self) -> Waiter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
