"""What is pushed to a collector arrives at least once, whatever the collector does."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit.collecting import TAKEN, Answer, TestCollector
from audit.made import hurried, write

from genesys_tui.audit import push as push_module
from genesys_tui.audit.collector import Collector
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.push import Pushed, push
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.errors import LedgerError


@pytest.fixture
def collector() -> Iterator[TestCollector]:
    with TestCollector() as collector:
        yield collector


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(push_module, "BATCH", 10)
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        for number in range(25):
            write(ledger, f"r{number}", "a secret prompt", "a secret reply")
    return tmp_path / "l.db"


def sender(url: str, waits: list[float] | None = None, retries: int = 5) -> Collector:
    return Collector(
        url, {"authorization": "Bearer x"}, retries=retries, wait=(waits if waits is not None else []).append
    )


def test_each_call_is_sent_once_in_batches(path: Path, collector: TestCollector) -> None:
    assert push(path, sender(collector.url)) == Pushed(25, 0, "")
    assert [len(batch) for batch in collector.batches] == [10, 10, 5]
    assert len(set(collector.keys)) == 25
    where, headers = collector.requests[0]
    assert where == "/v1/traces"
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer x"
    assert "secret" not in str(collector.batches)
    assert push(path, sender(collector.url)) == Pushed(0, 0, ""), "and no more"
    with Ledger(path) as ledger:
        write(ledger, "later")
        ledger.start(ledger.get("later").record.model_copy(update={"request_id": "running"}), [])
        assert push(path, sender(collector.url)) == Pushed(1, 0, "")


def test_a_cursor_beyond_the_end_keeps_nothing_back(path: Path, collector: TestCollector) -> None:
    push(path, sender(collector.url))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE cursors SET seq = 99999")
        db.commit()
    assert push(path, sender(collector.url)) == Pushed(25, 0, ""), "rather twice than not at all"
    assert push(path, sender(collector.url)) == Pushed(0, 0, "")


def test_a_call_that_the_table_does_not_show_is_not_gone_past(path: Path, collector: TestCollector) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM calls WHERE start_seq = (SELECT min(start_seq) + 4 FROM calls)")
    with pytest.raises(LedgerError, match="audit rebuild"):
        push(path, sender(collector.url))
    rebuild(path)
    assert push(path, sender(collector.url)).sent == 25


def test_texts_are_sent_where_asked_for(path: Path, collector: TestCollector) -> None:
    push(path, sender(collector.url), text=True)
    assert "a secret prompt" in str(collector.batches)


def test_a_busy_collector_is_asked_again_as_late_as_it_wants(path: Path, collector: TestCollector) -> None:
    collector.answers += [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (502, {"Retry-After": "nonsense"}, b"")]
    waits: list[float] = []
    assert push(path, sender(collector.url, waits)).sent == 25
    assert waits == [7, 2, 4]
    assert len(collector.keys) == len(set(collector.keys)) == 25


def test_a_collector_that_is_down_loses_nothing(path: Path, collector: TestCollector) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{closed.getsockname()[1]}"
    waits: list[float] = []
    with pytest.raises(LedgerError, match=r"cannot be reached .* Nothing is lost"):
        push(path, sender(down, waits, retries=3))
    assert waits == [1, 2, 4]
    collector.answers += [(200, {}, b"")] + [(503, {}, b"")] * 3
    with pytest.raises(LedgerError, match=r"answered 503\. Nothing is lost"):
        push(path, sender(collector.url, retries=2))
    assert len(collector.keys) == 10, "the first batch was taken"
    assert push(path, sender(collector.url)).sent == 15
    assert len(collector.keys) == len(set(collector.keys)) == 25


def test_a_lost_answer_sends_again_under_the_same_key(path: Path, collector: TestCollector) -> None:
    collector.answers += [(0, {}, b"")]
    assert push(path, sender(collector.url)).sent == 25
    assert len(collector.keys) == 35
    assert len(set(collector.keys)) == 25
    first, again = collector.batches[:2]
    assert first == again


def test_what_is_rejected_is_counted_and_not_sent_again(path: Path, collector: TestCollector) -> None:
    partial = b'{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "too old"}}'
    collector.answers += [(200, {}, partial)]
    assert push(path, sender(collector.url)) == Pushed(25, 3, "too old")
    assert push(path, sender(collector.url)).sent == 0


def test_a_batch_that_is_too_large_is_sent_in_parts(path: Path, collector: TestCollector) -> None:
    collector.answers += [lambda spans: (413, {}, b"") if len(spans) > 3 else (200, {}, b"{}")] * 40
    assert push(path, sender(collector.url)).sent == 25
    assert max(len(batch) for batch in collector.batches) <= 3
    assert len(set(collector.keys)) == 25


def refusing(*names: str, status: int = 400, content: bytes = b"") -> Callable[[list[dict[str, Any]]], Answer]:
    """An answer that refuses a batch with one of these calls."""
    return lambda spans: (status, {}, content) if any(f'"{name}"' in json.dumps(spans) for name in names) else TAKEN


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_call_is_found_and_holds_back_only_what_comes_after_it(
    status: int, path: Path, collector: TestCollector
) -> None:
    reason = json.dumps({"code": 3, "message": "bad \x1b[31mspan of Bearer hush-hush, key hush-hush"}).encode()
    collector.answers += [refusing("r13", status=status, content=reason)] * 99
    sending = Collector(collector.url, {"authorization": "Bearer hush-hush"}, wait=[].append)
    for _ in range(2):
        with pytest.raises(
            LedgerError, match=rf"the call r13: it answered {status}: bad .*`audit push --skip r13`"
        ) as e:
            push(path, sending)
        assert "\x1b" not in e.value.message
        assert "hush-hush" not in e.value.message
        assert len(collector.keys) == len(set(collector.keys)) == 13, "all before it, and nothing twice"
    assert push(path, sending, skip=["r13", "r2"]).sent == 12
    assert len(collector.keys) == len(set(collector.keys)) == 24


def test_what_is_skipped_is_counted_as_rejected_and_no_other_is_skipped(path: Path, collector: TestCollector) -> None:
    collector.answers += [refusing("r3", "r20")] * 99
    with pytest.raises(LedgerError, match="the call r20: it answered 400"):
        push(path, sender(collector.url), skip=["r3", "r4"])
    assert len(collector.keys) == len(set(collector.keys)) == 19
    assert push(path, sender(collector.url), skip=["r20"]) == Pushed(5, 1, "it answered 400")
    assert len(collector.keys) == len(set(collector.keys)) == 23


def test_what_is_skipped_is_sent_where_the_collector_takes_it(path: Path, collector: TestCollector) -> None:
    assert push(path, sender(collector.url), skip=["r3"]) == Pushed(25, 0, "")


@pytest.mark.parametrize("change", ["'no JSON'", "json_set(payload, '$.record.started_at_us', 'x')"])
def test_a_damaged_record_is_a_sentence_and_those_before_it_are_sent(
    change: str, path: Path, collector: TestCollector
) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER events_stay_so")
        (end,) = db.execute("SELECT end_seq FROM calls WHERE request_id = 'r13'").fetchone()
        db.execute(f"UPDATE events SET payload = {change} WHERE seq = ?", (end,))
        db.commit()
    with pytest.raises(LedgerError, match=r"The call r13 cannot be sent\. .* holds a record that cannot be read"):
        push(path, sender(collector.url))
    assert len(collector.keys) == 13
    assert push(path, sender(collector.url), skip=["r13"]) == Pushed(12, 1, "its record cannot be read")


@pytest.mark.parametrize("elsewhere", ["http://elsewhere.invalid", "http://["])
@pytest.mark.parametrize("status", [401, 404, 301, 308, 500])
def test_what_another_try_would_not_change_is_a_sentence(
    status: int, elsewhere: str, path: Path, collector: TestCollector
) -> None:
    collector.answers += [(status, {"Location": elsewhere}, b"")]
    waits: list[float] = []
    with pytest.raises(LedgerError, match=f"answered {status}"):
        push(path, sender(collector.url, waits))
    assert waits == []
    assert push(path, sender(collector.url)).sent == 25


def test_each_address_has_a_cursor_of_its_own(path: Path, collector: TestCollector) -> None:
    push(path, sender(collector.url))
    assert push(path, sender(f"{collector.url}/other")).sent == 25
    assert collector.requests[-1][0] == "/other"


@pytest.mark.parametrize("where", ["", "/mine"])
def test_the_query_is_sent_but_neither_told_nor_written_down(where: str, path: Path, collector: TestCollector) -> None:
    collector.answers += [(200, {}, b""), (400, {}, b"no s3cret-key is known"), (503, {}, b"")]
    there = f"{collector.url}{where}?api_key=s3cret-key"
    with pytest.raises(LedgerError) as told:
        push(path, sender(there, retries=0))
    assert told.value.message.startswith(f"The collector at {collector.url}{where or '/v1/traces'} answered 503.")
    assert collector.requests[0][0] == f"{where or '/v1/traces'}?api_key=s3cret-key"
    assert push(path, sender(there)).sent == 15
    assert push(path, sender(f"{collector.url}{where}?api_key=another")).sent == 25, "which may be another's"
    assert b"s3cret-key" not in path.read_bytes()
    collector.answers += [(400, {}, b"no s3cret-key is known")]
    with Ledger(path) as ledger:
        write(ledger, "later")
    with pytest.raises(LedgerError, match="it answered 400: no •••• is known"):
        push(path, sender(there))


def test_a_cursor_with_a_secret_in_its_name_is_found_and_gets_another(path: Path, collector: TestCollector) -> None:
    there = f"{collector.url}/mine?api_key=s3cret-key"
    with closing(sqlite3.connect(path)) as db:
        (seq,) = db.execute("SELECT end_seq FROM calls WHERE request_id = 'r19'").fetchone()
        db.execute("INSERT INTO cursors VALUES (?, ?)", (there, seq))
        db.commit()
    assert b"s3cret-key" in path.read_bytes()
    assert push(path, sender(there)).sent == 5
    assert b"s3cret-key" not in path.read_bytes()
    assert push(path, sender(there)).sent == 0


def test_a_proxy_that_is_none_is_a_sentence_without_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http:/me:s3cret@proxy")
    with pytest.raises(LedgerError, match="HTTPS_PROXY") as told:
        push(path, Collector("http://collector.invalid", {}, retries=0))
    assert "s3cret" not in told.value.message


DEEP = b'{"partialSuccess":' + b"[" * 200_000
ENDLESS = b'{"partialSuccess": {"rejectedSpans": 1e999}}'


@pytest.mark.parametrize("content", [DEEP, ENDLESS, b"[1]", b"\xff", b'{"partialSuccess": {"rejectedSpans": {}}}'])
def test_a_batch_that_was_taken_is_not_sent_again_whatever_the_answer_says(
    content: bytes, path: Path, collector: TestCollector
) -> None:
    collector.answers += [(200, {}, content)]
    assert push(path, sender(collector.url)) == Pushed(25, 0, "")
    assert len(collector.keys) == len(set(collector.keys)) == 25


def test_an_answer_that_breaks_off_was_an_answer(path: Path, collector: TestCollector) -> None:
    collector.answers += [(200, {"Content-Length": "99"}, b"{")]
    assert push(path, sender(collector.url, retries=0)) == Pushed(25, 0, "")


@pytest.mark.parametrize("when", ["\xb2", "9" * 400, "-1", "Fri, 31 Dec 9999 23:59:59 -0000", "1e999", ""])
def test_a_wait_that_is_none_is_no_trouble(when: str, path: Path, collector: TestCollector) -> None:
    collector.answers += [(503, {"Retry-After": when}, b"")]
    assert push(path, sender(collector.url)) == Pushed(25, 0, "")
