"""The body: the transfer coding comes off, wherever the network cut it."""

from __future__ import annotations

import selectors
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.gateway import scope as scopes
from genesys_tui.gateway.body import Chunks
from genesys_tui.gateway.scope import Cancelled, Scope, SelectorPoll, WaitedEnough


def coded(*parts: bytes, extension: bytes = b"") -> bytes:
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts) + b"0\r\n\r\n"


def fed(data: bytes, size: int) -> tuple[bytes, Chunks]:
    chunks = Chunks()
    body = b"".join(chunks.feed(data[start : start + size]) for start in range(0, len(data), size))
    return body, chunks


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(1, 60), st.sampled_from([b"", b";a=1", b" "])
)
def test_the_body_does_not_depend_on_the_cuts(parts: list[bytes], size: int, extension: bytes) -> None:
    body, chunks = fed(coded(*parts, extension=extension), size)
    assert body == b"".join(parts)
    assert chunks.ended
    assert not chunks.fault


@pytest.mark.parametrize("size", [1, 3, 100_000])
@pytest.mark.parametrize("digits", [1, 16, 20, 1000])
def test_zeros_before_a_size_change_nothing(digits: int, size: int) -> None:
    data = b"%0*x\r\nhello\r\n%0*x\r\n\r\n" % (digits, 5, digits, 0)
    body, chunks = fed(data, size)
    assert (body, chunks.ended, chunks.fault) == (b"hello", True, "")


@pytest.mark.parametrize("size", [7, 100_000])
def test_a_line_is_bounded_wherever_it_is_cut(size: int) -> None:
    body, chunks = fed(b"0" * 20_000 + b"5\r\nhello\r\n", size)
    assert (body, bool(chunks.fault)) == (b"", True)


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("nonsense", [b"nonsense\r\n", b"-1\r\n", b"\r\n", b"0x5\r\n", b"5 5\r\n"])
def test_what_came_before_nonsense_is_kept(nonsense: bytes, size: int) -> None:
    body, chunks = fed(b"5\r\nhello\r\n" + nonsense, size)
    assert body == b"hello"
    assert chunks.fault
    assert not chunks.ended


def test_a_chunk_that_is_longer_than_it_says_is_nonsense() -> None:
    body, chunks = fed(b"5\r\nhello, world\r\n", 1000)
    assert (body, bool(chunks.fault)) == (b"hello", True)


def test_a_line_that_never_ends_is_not_kept() -> None:
    _, chunks = fed(b"5" * 20_000, 64)
    assert chunks.fault


def test_waiting_is_the_same_where_there_is_no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "_poll", SelectorPoll)
    monkeypatch.setattr(scopes, "_READ", selectors.EVENT_READ)
    monkeypatch.setattr(scopes, "_WRITE", selectors.EVENT_WRITE)
    here, there = socket.socketpair()
    scope = Scope()
    with here, there, scope.watch(here) as waiter:
        with pytest.raises(WaitedEnough):
            waiter.wait(0.01)
        waiter.wait(1, write=True)
        there.send(b"x")
        waiter.wait(1)
        scope.cancel()
        with pytest.raises(Cancelled):
            waiter.wait(1)
    scope.close()
