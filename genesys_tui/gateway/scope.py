"""The scope of a call: what bounds everything it does, from any thread and by the clock."""

from __future__ import annotations

import contextlib
import math
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class Cancelled(Exception):
    """The operator stopped the call."""


class DeadlineReached(Exception):
    """The scope's deadline has passed."""


class WaitedEnough(Exception):
    """Nothing happened within the time given. Not TimeoutError: the kernel has one of its own."""


class SelectorPoll:
    """``select.poll`` where there is none, as far as a waiter needs it."""

    def __init__(self) -> None:
        self._selector = selectors.SelectSelector()

    def register(self, fd: int, mask: int) -> None:
        """Look at this one, too."""
        self._selector.register(fd, mask)

    def modify(self, fd: int, mask: int) -> None:
        """Look whether it can be read, or written."""
        self._selector.modify(fd, mask)

    def poll(self, milliseconds: float | None) -> list[tuple[int, int]]:
        """Those that can."""
        ready = self._selector.select(None if milliseconds is None else milliseconds / 1000)
        return [(key.fd, mask) for key, mask in ready]


# Looked at for every piece of a stream: through a selector it costs several times as much.
_poll: Callable[[], Any] = getattr(select, "poll", SelectorPoll)
_READ, _WRITE = (
    (select.POLLIN, select.POLLOUT) if hasattr(select, "poll") else (selectors.EVENT_READ, selectors.EVENT_WRITE)
)


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
        self._fd = None if sock is None else sock.fileno()
        self._poll = _poll()
        self._poll.register(wakes.fileno(), _READ)
        self._writing = False
        if self._fd is not None:
            self._poll.register(self._fd, _READ)

    def wait(self, timeout: float | None, *, write: bool = False) -> None:
        """Return when the socket can be read (or written).

        Raises Cancelled, DeadlineReached, or WaitedEnough after ``timeout`` seconds.
        """
        scope = self._scope
        if self._fd is not None and write is not self._writing:
            self._poll.modify(self._fd, _WRITE if write else _READ)
            self._writing = write
        now = time.perf_counter()
        end = math.inf if timeout is None else now + timeout
        while True:
            scope.check()
            nearest = end if scope.deadline is None else min(end, scope.deadline)
            ready = self._poll.poll(None if nearest == math.inf else max(0.0, nearest - now) * 1000)
            scope.check()
            for fd, _ in ready:
                if fd == self._fd:
                    return
            now = time.perf_counter()
            if now >= end:
                raise WaitedEnough

    def close(self) -> None:
        """Forget the socket."""
        self._poll = _poll()

    def __enter__(self) -> Waiter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
