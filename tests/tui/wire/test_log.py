"""The wire log keeps what arrived, in bounded memory, and says what it no longer has."""

from __future__ import annotations

import itertools
import json
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.call import Call, Context, Started
from genesys_tui.cli.demo import running_gateway
from genesys_tui.config import load_settings
from genesys_tui.demo import DemoGateway
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Answered, Delta, Heartbeat, Received, Requested
from genesys_tui.gateway.payload import build_stream_payload
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.tui.wire.capture import lines_of, save
from genesys_tui.tui.wire.events import CHUNK, HEARTBEAT
from genesys_tui.tui.wire.log import WireLog
from genesys_tui.tui.wire.logs import KEPT, WireLogs
from genesys_tui.tui.wire.sieve import EVERY, Sieve
from genesys_tui.tui.wire.words import detail_of, line_of, summary_of


class Tokens:
    def __init__(self, demo: DemoGateway) -> None:
        self._demo = demo

    def token(self) -> str:
        return self._demo.mint_token()

    def renew(self, rejected: str) -> str:
        return self._demo.mint_token()


def record() -> Record:
    from datetime import datetime, timezone

    return Record(request_id="r-1", model="m", conversation_id="c", started_at=datetime.now(timezone.utc))


def called(scenario: str, folder: Path, tokens: int = 120, **gateway_: Any) -> tuple[WireLog, Record]:
    """The log of a real call to the embedded gateway."""
    logs = WireLogs()
    payload = load_settings(environ={"GENESYS_TUI_HOME": str(folder)}).payload(
        *build_stream_payload("hello", "m").input.messages
    )
    with (
        DemoGateway(scenario, rate=0, tokens=tokens, **{"pace": 0.02, **gateway_}) as demo,
        Ledger(folder / "ledger.db") as ledger,
    ):
        gateway = Gateway(Endpoint(demo.url), Tokens(demo), retry=RetryPolicy(retries=2, base=0.01))
        for fact in Call(payload, gateway, ledger, Context()).run():
            logs.take(fact)
    return logs.logs[-1], logs.logs[-1].record


def filled(count: int, log: WireLog | None = None, size: int = 100) -> WireLog:
    log = log or WireLog(record())
    log.take(Requested(10.0, 1))
    log.take(Answered(10.5, 200, None))
    for number in range(count):
        log.take(Received(11.0 + number, size))
        log.take(Delta(11.0 + number, "x", number + 1, str(number), False, b"x" * size))
    return log


def test_events_have_their_offset_and_gap() -> None:
    log = filled(2)
    log.take(Heartbeat(12.5, "heartbeat", b"{}"))
    log.take(Delta(14.0, "y", 3, "", False, b"{}"))
    told = [(event.kind, event.at, event.gap, event.tokens) for event in log.events()]
    assert told == [
        ("request", 0.0, None, 0),
        ("answer", 0.5, 0.5, 0),
        ("chunk", 1.0, 0.5, 1),
        ("chunk", 2.0, 1.0, 2),
        ("heartbeat", 2.5, 0.5, 2),
        ("chunk", 4.0, 2.0, 3),  # a heartbeat does not shorten the gap between chunks
    ]


@pytest.mark.parametrize(
    ("scenario", "kinds"),
    [
        ("calm", {"request", "answer", "chunk", "end"}),
        ("done", {"request", "answer", "chunk", "done", "end"}),
        ("heartbeats", {"request", "answer", "chunk", "heartbeat", "end"}),
        ("diagnostics", {"request", "answer", "chunk", "diagnostic", "end"}),
        ("out-of-sequence", {"request", "answer", "chunk", "anomaly", "end"}),
        ("rate-limited:1", {"request", "answer", "chunk", "retry", "end"}),
        ("refused", {"request", "end"}),
    ],
)
def test_every_kind_of_event_of_a_real_call_is_kept(scenario: str, kinds: set[str], tmp_path: Path) -> None:
    log, ended = called(scenario, tmp_path)
    events = list(log.events())
    assert {event.kind for event in events} == kinds
    assert log.counts[CHUNK] == ended.total_chunks
    assert log.counts[HEARTBEAT] == ended.heartbeats
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert all(a.at <= b.at for a, b in itertools.pairwise(events))
    assert events[-1].kind == "end"
    assert ended.status in (log.record.status, "running")


def test_the_data_is_what_the_gateway_sent(tmp_path: Path) -> None:
    log, _ = called("out-of-sequence", tmp_path)
    chunks = [json.loads(event.data) for event in log.events() if event.kind == "chunk"]
    assert [chunk["chunk_id"] for chunk in chunks][:2] == ["c-000001", "c-000002"]
    dropped = [event for event in log.events() if event.kind == "anomaly" and event.data]
    assert {event.note.partition(":")[0] for event in dropped} == {"duplicate_chunk", "after_final", "second_final"}
    assert "(too late)" in detail_of(dropped[1])


def test_memory_is_bounded_and_what_is_gone_is_known() -> None:
    log = filled(12_000, WireLog(record(), most_events=5_000))
    assert 5_000 <= log.last - log.first + 1 <= 6_100
    assert log.first > 1
    assert log.event(log.first - 1) is None
    assert log.event(log.last + 1) is None
    newest = log.event(log.last)
    assert newest is not None
    assert newest.tokens == 12_000
    assert log.counts[CHUNK] == 12_000  # counted all the same


def test_large_events_push_out_old_ones_sooner() -> None:
    log = filled(400, WireLog(record(), most_bytes=2**20), size=50_000)
    assert log.size < 2**20 + 2 * 300_000
    assert log.last - log.first < 40


def test_a_hundred_thousand_events_take_little_memory() -> None:
    tracemalloc.start()
    log = filled(100_000)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert log.first == 1
    assert kept < 100_000 * 170  # of which 100 are the data


def test_only_the_last_few_calls_are_kept() -> None:
    logs = WireLogs()
    for _ in range(KEPT + 3):
        logs.take(Started(record()))
    assert len(logs.logs) == KEPT
    assert logs.forgotten == 3


def test_a_large_call_pushes_out_those_before_it() -> None:
    logs = WireLogs()
    for _ in range(3):
        logs.take(Started(record()))
        filled(200, logs.logs[-1], size=60_000)  # 12 MB
    logs.take(Started(record()))
    assert len(logs.logs) == 2
    assert logs.forgotten == 2


def test_a_sieve_finds_what_it_looks_for_as_it_comes_and_goes() -> None:
    log = WireLog(record(), most_events=3_000)
    every, beats = Sieve(log), Sieve(log, frozenset({HEARTBEAT}))
    for round_ in range(10):
        for number in range(900):
            log.take(Delta(round_ + number / 1000, "x", 1, "", False, b"x"))
        log.take(Heartbeat(round_ + 0.95))
        every.refresh()
        beats.refresh()
        kept = [event.number for event in log.events()]
        assert [every[place] for place in (0, len(every) - 1)] == [kept[0], kept[-1]]
        assert len(every) == len(kept)
        assert [beats[place] for place in range(len(beats))] == [each for each in kept if each % 901 == 0]
        assert beats[beats.index(kept[-1] - 900)] == kept[-1]
    assert Sieve(log, EVERY)[0] == log.first


def test_a_reader_on_another_thread_sees_whole_events() -> None:
    log = WireLog(record(), most_events=2_000)
    log.take(Requested(0.0, 1))
    stop = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        sieve = Sieve(log, frozenset({CHUNK}))
        while not stop.is_set():
            sieve.refresh()
            for place in range(max(0, len(sieve) - 5), len(sieve)):
                event = log.event(sieve[place])
                if event and event.data != str(event.tokens).encode():
                    wrong.append(event)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30_000):
        log.take(Delta(float(number), "x", number, "", False, str(number).encode()))
    stop.set()
    reader.join()
    assert not wrong


def test_what_is_shown_of_an_event_is_clean() -> None:
    log = WireLog(record())
    log.take(Delta(1.0, "", 1, "", False, b'{"content": "a\\u001b[2Jb\\u2028c", "metadata": {"x": "\\u202e"}}'))
    log.take(Heartbeat(1.0, "\x1b]0;owned\x07", b"\x1b[31m\xff"))
    for event in log.events():
        for text in (summary_of(event), line_of(event)):
            assert not any(ord(each) < 32 or each in "\x7f\u2028\u202e" for each in text), text
        assert not any(each in detail_of(event) for each in "\x1b\x07\u202e\u2028")
    assert '"a' in summary_of(next(log.events()))


def test_a_huge_event_is_quoted_not_read() -> None:
    log = WireLog(record())
    log.take(Delta(1.0, "", 1, "", False, b'{"content": "' + b"x" * 8_000_000 + b'"}'))
    (event,) = log.events()
    assert len(summary_of(event)) <= 400
    assert len(detail_of(event)) < 20_000
    assert "8.0 MB in all" in detail_of(event)


def test_a_capture_has_every_event_with_its_time_and_bytes(tmp_path: Path) -> None:
    log, ended = called("malformed", tmp_path)
    head, *lines = [json.loads(line) for line in lines_of(log)]
    assert head["request_id"] == ended.request_id
    assert len(lines) == log.last
    for line, event in zip(lines, log.events(), strict=True):
        assert line["data"].encode("utf-8", "surrogateescape") == event.data
        assert line["at"] == pytest.approx(event.at, abs=1e-5)
    assert any("\udcff" in line["data"] for line in lines)  # bytes that are no UTF-8 survive
    file = save(log, tmp_path / "captures")
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_text("ascii").splitlines()) == log.last + 1


@pytest.mark.parametrize(
    "scenario", ["calm", "heartbeats", "malformed", "diagnostics", "out-of-sequence", "done", "cut"]
)
def test_a_capture_played_back_is_the_same_call_again(scenario: str, tmp_path: Path) -> None:
    log, ended = called(scenario, tmp_path / "first")
    file = save(log, tmp_path / "captures")
    again, replayed = called("calm", tmp_path / "second", replay=file)
    assert [(event.kind, event.data) for event in again.events()] == [(e.kind, e.data) for e in log.events()]
    same = ("status", "stop_reason", "truncated", "total_tokens", "total_chunks", "diagnostics", "sequence_anomalies")
    assert [getattr(replayed, name) for name in same] == [getattr(ended, name) for name in same]


def test_a_capture_is_played_at_its_own_pace(tmp_path: Path) -> None:
    file = tmp_path / "slow.jsonl"
    events = [(0.0, "answer", ""), (0.1, "chunk", " Hi"), (0.9, "chunk", " there"), (0.9, "end", "")]
    fields = [
        {"at": at, "kind": kind, "event": "message", "data": json.dumps(chunk(text)) if text else ""}
        for at, kind, text in events
    ]
    file.write_text("".join(json.dumps(each) + "\n" for each in [{"capture": "genesys-tui"}, *fields]))
    _, ended = called("calm", tmp_path, replay=file, pace=0.5)
    assert ended.gap_max_seconds == pytest.approx(0.4, abs=0.15)
    assert ended.status == "truncated"  # it had no final chunk


def chunk(text: str) -> dict[str, object]:
    return {"chunk_id": text, "content": text, "tokens_generated": len(text), "is_complete": False}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1"),
        ("{}\n", "first line"),
        ('{"capture": "genesys-tui"}\n[]\n', "line 2"),
        ('{"capture": "genesys-tui"}\n{"at": 1}\n', "line 2"),
    ],
)
def test_what_is_no_capture_is_refused_in_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        running_gateway("calm", replay=file).__enter__()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        running_gateway("calm", replay=tmp_path / "none").__enter__()
