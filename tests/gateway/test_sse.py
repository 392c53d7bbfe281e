"""Server-sent events: bytes in, events out, wherever the network cut them."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator

import pytest
from gateway.reference_sse import interpret
from gateway.sse_cases import CASES, Case, Says
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.gateway.sse import Event, EventDecoder, Oversized, Pulse

Item = Event | Pulse | Oversized


def fed(decoder: EventDecoder, pieces: Iterable[bytes]) -> list[Item]:
    return [item for piece in pieces for item in decoder.feed(piece)]


def cut(raw: bytes, size: int) -> list[bytes]:
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def said(items: Iterable[Item]) -> list[Says]:
    return [Says(item.text, item.name, item.id) for item in items if isinstance(item, Event)]


def in_every_line_end(cases: Iterable[Case]) -> Iterator[object]:
    for case in cases:
        for name, end in {"LF": b"\n", "CR": b"\r", "CRLF": b"\r\n"}.items():
            if name == "LF" or case.any_line_end:
                yield pytest.param(case._replace(raw=case.raw.replace(b"\n", end)), id=f"{case.claim} ({name})")


EVERY_CASE = list(in_every_line_end(CASES))


@pytest.mark.parametrize("case", EVERY_CASE)
def test_a_stream_says_the_same_in_pieces_of_any_size(case: Case) -> None:
    for size in (1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 64, 1000, len(case.raw) or 1):
        decoder = EventDecoder()
        assert said(fed(decoder, cut(case.raw, size))) == case.events, f"in pieces of {size}"
        assert decoder.retry_ms == case.retry


@pytest.mark.parametrize("case", EVERY_CASE)
def test_a_stream_says_the_same_cut_in_two_anywhere(case: Case) -> None:
    for place in range(min(len(case.raw), 200) + 1):
        pieces = [case.raw[:place], case.raw[place:]]
        assert said(fed(EventDecoder(), pieces)) == case.events, f"cut at {place}"


@pytest.mark.parametrize("case", EVERY_CASE)
def test_empty_reads_change_nothing(case: Case) -> None:
    pieces = [piece for byte in cut(case.raw[:500], 1) for piece in (b"", byte, b"")]
    assert said(fed(EventDecoder(), pieces)) == said(fed(EventDecoder(), [case.raw[:500]]))


@pytest.mark.parametrize("case", CASES, ids=[case.claim for case in CASES])
def test_the_reference_reads_the_table_as_it_is_written(case: Case) -> None:
    stream = interpret(case.raw)
    assert stream.dispatched == case.events
    assert stream.reconnection_time == case.retry


FRAGMENTS = st.sampled_from(
    b"\r|\n|\r\n|\n\n|:| |data|data:|data: |event:|event: e|id:|id: 1|retry:|retry: 10|\0|x|[DONE]".split(b"|")
    + "\ufeff|ä|🧹".encode().split(b"|")
    + b"\xef\xbb|\xbf|\xf0\x9f|\xc3".split(b"|")
)
STREAMS = st.lists(FRAGMENTS | st.binary(max_size=3), max_size=40).map(b"".join)


@st.composite
def pieces_of_streams(draw: st.DrawFn) -> list[bytes]:
    raw = draw(STREAMS)
    places = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    return [raw[start:end] for start, end in zip([0, *places], [*places, len(raw)], strict=True)]


@given(pieces_of_streams())
@settings(max_examples=700)
def test_any_bytes_in_any_pieces_are_read_as_the_specification_reads_them(pieces: list[bytes]) -> None:
    stream = interpret(b"".join(pieces))
    decoder = EventDecoder()
    assert said(fed(decoder, pieces)) == stream.dispatched
    assert decoder.retry_ms == stream.reconnection_time


@given(pieces_of_streams(), st.integers(1, 40))
@settings(max_examples=700)
def test_what_is_too_large_does_not_depend_on_the_pieces(pieces: list[bytes], most: int) -> None:
    def kinds(pieces: list[bytes]) -> list[object]:
        items = fed(EventDecoder(max_event_bytes=most), pieces)
        return [Oversized if isinstance(item, Oversized) else item for item in items]

    assert kinds(pieces) == kinds([b"".join(pieces)])


def test_an_event_is_out_with_the_byte_that_completes_it() -> None:
    for end in (b"\n\n", b"\r\r"):
        decoder = EventDecoder()
        for byte in cut(b"data: now" + end, 1)[:-1]:
            assert list(decoder.feed(byte)) == []
        assert said(decoder.feed(end[-1:])) == [Says("now")]
    decoder = EventDecoder()
    # CR LF CR is a blank line already; the LF behind it is no third one.
    assert said(decoder.feed(b"data: now\r\n\r")) == [Says("now")]
    assert list(decoder.feed(b"\n")) == []


def test_comments_and_names_without_data_are_signs_of_life() -> None:
    assert fed(EventDecoder(), [b": still here\n\nevent: heartbeat\n\n\n"]) == [Pulse("still here"), Pulse("heartbeat")]


def test_data_stays_the_bytes_it_was() -> None:
    (event,) = fed(EventDecoder(), [b"data: \xff\xfe\n\n"])
    assert isinstance(event, Event)
    assert event.data == b"\xff\xfe"


MOST = 64 * 1024
NEIGHBOUR = b"data: neighbour\n\n"


def endless_line() -> Iterator[bytes]:
    yield b"data: "
    for _ in range(2000):
        yield b"x" * 4096
    yield b"\n\n"


def endless_event() -> Iterator[bytes]:
    for _ in range(200_000):
        yield b"data: short line\n"
    yield b"\n"


def endless_tiny_lines() -> Iterator[bytes]:
    """Each costs little on the wire; kept as objects they would cost much."""
    for _ in range(2000):
        yield b"data:12\n" * 500
    yield b"\n"


def endless_comment() -> Iterator[bytes]:
    yield b": "
    for _ in range(2000):
        yield b"x" * 4096
    yield b"\n\n"


def endless_name() -> Iterator[bytes]:
    yield b"event: "
    for _ in range(2000):
        yield b"\xc3\xa4" * 2048
    yield b"\n\n"


ENDLESS = [endless_line, endless_event, endless_tiny_lines, endless_comment, endless_name]


@pytest.mark.parametrize("stream", ENDLESS)
def test_an_endless_event_is_dropped_in_bounded_memory_and_leaves_its_neighbours(
    stream: Callable[[], Iterator[bytes]],
) -> None:
    decoder = EventDecoder(max_event_bytes=MOST)
    items = fed(decoder, [NEIGHBOUR])
    tracemalloc.start()
    items += fed(decoder, stream())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    items += fed(decoder, [NEIGHBOUR])
    assert said(items) == [Says("neighbour")] * 2
    (dropped,) = (item for item in items if isinstance(item, Oversized))
    assert MOST < dropped.size <= MOST + 4096 + 6
    assert peak < 5 * MOST


def test_endless_short_comments_are_life_and_keep_nothing() -> None:
    decoder = EventDecoder(max_event_bytes=MOST)
    tracemalloc.start()
    beats = sum(isinstance(item, Pulse) for _ in range(50_000) for item in decoder.feed(b": ping\n"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert beats == 50_000
    assert peak < MOST
    assert said(fed(decoder, [NEIGHBOUR])) == [Says("neighbour")]


@pytest.mark.parametrize("most", [7, 100, 5000])
def test_an_event_may_have_exactly_the_limit_in_bytes(most: int) -> None:
    """Line ends included, the blank line not."""
    fits, too_large = (b"data:" + b"x" * (most - 6 + more) + b"\n\n" for more in (0, 1))
    for size in (1, 3, len(too_large)):
        assert len(said(fed(EventDecoder(most), cut(fits, size)))) == 1
        items = fed(EventDecoder(most), cut(too_large + NEIGHBOUR[:7], size))
        assert [type(item) for item in items] == [Oversized]


@pytest.mark.parametrize("stream", ENDLESS)
def test_what_is_dropped_costs_time_in_proportion_to_its_bytes(stream: Callable[[], Iterator[bytes]]) -> None:
    def seconds(pieces: list[bytes]) -> float:
        times = []
        for _ in range(4):
            decoder = EventDecoder(max_event_bytes=2**40)  # nothing is dropped: the worst case
            began = time.thread_time()
            fed(decoder, pieces)
            times.append(time.thread_time() - began)
        return min(times)

    *pieces, end = stream()
    quarter, whole = seconds([*pieces[: len(pieces) // 4], end]), seconds([*pieces, end])
    assert whole < 10 * max(quarter, 0.02), "four times the bytes; sixteen times the time were quadratic"
