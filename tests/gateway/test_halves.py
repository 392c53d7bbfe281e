"""Characters whose two JSON escapes come in two chunks, in either dialect, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from fakes import call_to, run
from gateway.raw_server import DONE, OK, RawServer

from genesys_tui.audit.ledger import Ledger
from genesys_tui.dialect import DIALECT_NAMES
from genesys_tui.gateway.buffer import StreamBuffer
from genesys_tui.gateway.facts import Diagnostic

Serve = Callable[..., RawServer]

WRITTEN: dict[str, Callable[[int, str], str]] = {
    "genesys": lambda n, text: f'data: {{"chunk_id": "{n}", "content": "{text}", "tokens_generated": {n}}}\n\n',
    "openai": lambda n, text: f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{text}"}}}}]}}\n\n',
}
"""By dialect: a chunk whose content is this, escapes and all."""

CONTENTS: dict[str, tuple[Sequence[str], str]] = {
    "split over two chunks": ([r"a \ud83d", r"\ude00 b"], "a 😀 b"),
    "in capitals": ([r"a \uD83D", r"\uDE00 b"], "a 😀 b"),
    "alone in their chunks": (["a", r"\ud83d", r"\ude00", "b"], "a😀b"),
    "twice": ([r"\ud83d", r"\ude00\ud83d", r"\ude01"], "😀😁"),
    "with a whole one beside it": ([r"\ud83d\ude00\ud83d", r"\ude01\ud83d\ude02"], "😀😁😂"),
    "a first half that stays alone": ([r"a\ud83d", "b"], "ab"),
    "a first half, and much later a second": ([r"a\ud83d", "b", r"\ude00c"], "ab\ufffdc"),
    "a second half alone": ([r"a\ude00b"], "a\ufffdb"),
    "a first half in the midst": ([r"a\ud83db"], "a\ufffdb"),
    "only written like one": ([r"\\ud83d", r"\\ude00"], r"\ud83d\ude00"),
    "at the very end": ([r"a\ud83d"], "a"),
}


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize("name", CONTENTS)
def test_no_chunk_is_lost_and_halves_are_joined(name: str, dialect: str, serve: Serve, ledger: Ledger) -> None:
    contents, text = CONTENTS[name]
    events = [WRITTEN[dialect](n, content).encode() for n, content in enumerate(contents, 1)]
    outcome = run(call_to(serve([OK, *events, DONE]).url, ledger, dialect=dialect))
    assert outcome.content == text
    assert outcome.record.status == "completed"
    # In one of the dialects a half alone is an empty delta, which is a sign of life.
    assert outcome.record.total_chunks + outcome.record.heartbeats == len(contents)
    assert outcome.of(Diagnostic) == []
    assert ledger.get(outcome.record.request_id).reply == text


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_a_chunk_whose_bytes_are_no_utf8_ends_the_wait_for_the_other_half(
    dialect: str, serve: Serve, ledger: Ledger
) -> None:
    first, between, second = (
        WRITTEN[dialect](n, content).encode() for n, content in enumerate([r"a\ud83d", "BYTE", r"\ude00c"], 1)
    )
    outcome = run(
        call_to(serve([OK, first, between.replace(b"BYTE", b"b\xff"), second, DONE]).url, ledger, dialect=dialect)
    )
    assert outcome.content == "ab\ufffd\ufffdc"


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_cumulative_content_may_be_cut_there(dialect: str, serve: Serve, ledger: Ledger) -> None:
    contents = [r"a\ud83d", r"a\ud83d\ude00", r"a\ud83d\ude00 b\ud83d", r"a\ud83d\ude00 b\ud83d\ude01"]
    events = [WRITTEN[dialect](n, content).encode() for n, content in enumerate(contents, 1)]
    outcome = run(call_to(serve([OK, *events, DONE]).url, ledger, dialect=dialect, content_mode="cumulative"))
    assert outcome.content == "a😀 b😁"
    assert outcome.record.sequence_anomalies == 0


def test_elsewhere_in_a_chunk_a_half_costs_only_itself(serve: Serve, ledger: Ledger) -> None:
    event = rb'data: {"chunk_id": "\ud83d", "content": "a", "tokens_generated": 1, "metadata": {"\ude00": 1}}' + b"\n\n"
    outcome = run(call_to(serve([OK, event, DONE]).url, ledger))
    assert (outcome.content, outcome.of(Diagnostic)) == ("a", [])


def test_the_librarys_buffer_joins_them_too() -> None:
    buffer = StreamBuffer()
    events = "".join(WRITTEN["genesys"](n, content) for n, content in enumerate([r"\ud83d", r"\ude00"], 1))
    assert "".join(chunk.content for chunk in buffer.feed(events.encode())) == "😀"
    assert buffer.rejected == 0
