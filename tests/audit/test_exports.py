"""Exports are whole, can be verified by themselves, and harm nobody who opens them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit.made import FixedSigner, anchors_in, filled, hurried, write
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.audit import export
from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import _record, call_fields, fields_of_stored, jsonl
from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.otlp import otlp_lines
from genesys_tui.audit.projection import UNREADABLE
from genesys_tui.audit.records import RecordedError
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.audit.rows import Interrupted
from genesys_tui.audit.shapes import _KNOWN, encoded
from genesys_tui.audit.spreadsheet import csv_lines, harmless
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

HOSTILE = [
    '=HYPERLINK("http://evil","x")',
    "+1+1|cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    '",=1',
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\u202egnp.exe\u2066",
    "line\nbreak\r\nand\u2028more",
    "nul\0in",
    "half\ud800",
]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        for number, text in enumerate(HOSTILE):
            error = RecordedError(kind="refused", message=text)
            write(ledger, f"r{number}", text, text, model=text, stop_reason=text, status="failed", error=error)
    return tmp_path / "l.db"


def test_a_spreadsheet_holds_no_formula_and_no_control_character(hostile: Path) -> None:
    with History(hostile) as history:
        text = "".join(csv_lines(history))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(HOSTILE)
    for row in rows:
        for name, cell in row.items():
            assert not cell.lstrip(" ").startswith(tuple("=+-@\t\r\n＝＋－＠")), (name, cell)
            assert not set(cell) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066)}
    assert rows[0]["reply"] == "'" + HOSTILE[0]
    assert rows[0]["total_tokens"] == "0"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "3 - 2", "é"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("form", [jsonl, otlp_lines])
def test_json_lines_are_ascii_and_say_what_was_said(form: object, hostile: Path) -> None:
    with History(hostile) as history:
        lines = list(form(history))  # type: ignore[operator]
    for line in lines:
        assert line.isascii()
        assert line.endswith("\n")
        assert line[:-1].isprintable()
    if form is jsonl:
        calls = [json.loads(line) for line in lines if not line.startswith('{"event"')]
        assert [(call["model"], call["content"], call["error"]["message"]) for call in calls] == [
            (t, t, t) for t in HOSTILE
        ]
        assert [call["messages"] for call in calls] == [[{"role": "user", "content": text}] for text in HOSTILE]


def exported(path: Path, wanted: Filter = Filter()) -> Path:  # noqa: B008
    file = path.with_suffix(".jsonl")
    with History(path) as history:
        file.write_text("".join(jsonl(history, wanted)), "ascii")
    return file


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    filled(tmp_path / "l.db", 60, FixedSigner(), tmp_path / "anchors")
    return tmp_path / "l.db"


def check(file: Path) -> Report:
    return verify(file, key=FixedSigner().public, anchors=anchors_in(file.parent / "anchors"))


def test_a_whole_export_is_as_good_as_the_ledger(signed: Path) -> None:
    report, ledger = check(exported(signed)), check(signed)
    assert report.verdict is Verdict.ANCHORED
    assert (report.head, report.events, report.calls, report.signed) == (
        ledger.head,
        ledger.events,
        ledger.calls,
        ledger.signed,
    )


def test_a_part_says_that_it_is_one(signed: Path) -> None:
    report = check(exported(signed, Filter(search="prompt 1")))
    assert report.verdict is Verdict.UNANCHORED
    assert "part of a ledger" in report.sentences[0]
    assert report.calls == 11


CHANGES = {
    "a figure": lambda line: line.replace('"total_tokens":7,', '"total_tokens":8,'),
    "a figure in the line alone": lambda line: line.replace('"total_tokens":7,', '"total_tokens":8,', 1),
    "a figure in the event alone": lambda line: (
        line[:300] + line[300:].replace('"total_tokens":7}', '"total_tokens":8}')
    ),
    "a reply": lambda line: line.replace('"reply 7"', '"never said"'),
    "a prompt": lambda line: line.replace('"prompt 7"', '"never asked"'),
    "a line gone": lambda line: "" if '"prompt 7"' in line else line,
    "a line twice": lambda line: line * 2 if '"prompt 7"' in line else line,
    "a head": lambda line: (
        line.replace('"head":"', '"head":"0', 1).replace("0", "", 0) if '"prompt 7"' in line else line
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_export_is_found_out(change: str, signed: Path) -> None:
    file = exported(signed)
    before = file.read_text()
    after = "".join(CHANGES[change](line) for line in before.splitlines(keepends=True))
    assert after != before
    file.write_text(after)
    assert check(file).verdict in (Verdict.INVALID, Verdict.UNREADABLE)


def test_an_export_that_is_older_than_a_field_stays_good(signed: Path) -> None:
    file = exported(signed)
    before = file.read_text()
    assert '"dialect":"",' in before
    file.write_text(before.replace('"dialect":"",', ""))
    assert check(file).verdict is Verdict.ANCHORED
    file.write_text(before.replace('"total_tokens":7,', "", 1))
    assert check(file).verdict is Verdict.INVALID


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"event":{}}', '{"a":1}\n', "\0\1\2", '{"events":[]}'])
def test_what_is_no_export_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text)
    report = verify(tmp_path / "x")
    assert report.verdict is Verdict.UNREADABLE
    assert report.sentences[0].endswith(".")


def test_what_is_not_there_is_unreadable(tmp_path: Path) -> None:
    assert verify(tmp_path / "nothing").verdict is Verdict.UNREADABLE
    assert verify(tmp_path).verdict is Verdict.UNREADABLE


def test_what_was_lost_is_an_error_and_the_server_has_a_name_and_a_port(tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        lost = {"status": "truncated", "truncated": True}
        write(ledger, "a", stop_reason="disconnected", environment="https://gateway.example/path", **lost)
        write(ledger, "b", stop_reason="length", environment="http://127.0.0.1:8080", **lost)
        write(ledger, "c", stop_reason="stop", environment="mypurecloud.com")
    with History(tmp_path / "l.db") as history:
        spans = [json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"][0] for line in otlp_lines(history)]
    named = [{each["key"]: next(iter(each["value"].values())) for each in span["attributes"]} for span in spans]
    assert [span["status"] for span in spans] == [{"code": 2, "message": "disconnected"}, {}, {}]
    assert [each.get("error.type") for each in named] == ["disconnected", None, None]
    places = [(each["server.address"], each.get("server.port")) for each in named]
    assert places == [("gateway.example", "443"), ("127.0.0.1", "8080"), ("mypurecloud.com", None)]


def test_spans_carry_the_names_of_the_conventions(tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        figures = {"total_tokens": 7, "elapsed_seconds": 1.5, "time_to_first_token_seconds": 0.25}
        write(ledger, "a", dialect="openai", stop_reason="stop", **figures)
        write(ledger, "b", status="failed", error=RecordedError(kind="refused", message="secret words"))
    with History(tmp_path / "l.db") as history:
        spans = [json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"][0] for line in otlp_lines(history)]
    named = [{each["key"]: each["value"] for each in span["attributes"]} for span in spans]
    assert named[0]["gen_ai.operation.name"] == {"stringValue": "chat"}
    assert named[0]["gen_ai.request.model"] == {"stringValue": "gpt-4o-mini"}
    assert named[0]["gen_ai.usage.output_tokens"] == {"intValue": "7"}
    assert named[0]["gen_ai.response.time_to_first_chunk"] == {"doubleValue": 0.25}
    assert named[0]["gen_ai.response.finish_reasons"] == {"arrayValue": {"values": [{"stringValue": "stop"}]}}
    assert named[1]["error.type"] == {"stringValue": "refused"}
    assert [span["status"] for span in spans] == [{}, {"code": 2, "message": "refused"}]
    # Of a record that is older than its dialect nobody knows whom it talked to.
    assert [span.get("gen_ai.provider.name") for span in named] == [{"stringValue": "openai"}, None]
    assert int(spans[0]["endTimeUnixNano"]) - int(spans[0]["startTimeUnixNano"]) == 1_500_000_000
    assert spans[0]["traceId"] == spans[1]["traceId"], "a conversation is a trace"
    assert len(spans[0]["traceId"]) == 32
    assert len({span["spanId"] for span in spans}) == 2
    assert "secret words" not in json.dumps(spans)
    assert "Hello" not in json.dumps(spans)


@pytest.mark.parametrize("many", [0, 10**6], ids=["several processes", "one"])
@pytest.mark.parametrize("wanted", [Filter(), Filter(search="prompt 1")], ids=["all", "a search"])
def test_a_file_is_the_same_however_many_write_it(
    many: int, wanted: Filter, signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MANY", many)
    monkeypatch.setattr(export, "PROCESSORS", 2)
    monkeypatch.setattr(export, "_SPAN", 8)
    told: list[tuple[int, int]] = []
    with History(signed) as history:
        whole, spreadsheet = "".join(jsonl(history, wanted)), "".join(csv_lines(history, wanted))
        last = history.last()
    file = signed.with_suffix(".jsonl")
    export.export_file(signed, file, jsonl, wanted, tell=lambda done, total: told.append((done, total)))
    assert file.read_text("ascii") == whole
    assert file.stat().st_mode & 0o777 == 0o600
    assert told == sorted(told)
    assert told[-1] == (last, last)
    parts = [*export.exported(signed, jsonl, wanted)]
    assert "".join(part.lines for part in parts) == whole
    assert sum(part.calls for part in parts) == sum(line.startswith('{"request_id"') for line in whole.splitlines())
    assert export.export_file(signed, file, csv_lines, wanted, force=True) == sum(part.calls for part in parts)
    assert file.read_bytes().decode() == spreadsheet
    with pytest.raises(LedgerError, match="exists already"):
        export.export_file(signed, file, jsonl, wanted)


@pytest.mark.parametrize("many", [0, 10**6], ids=["several processes", "one"])
def test_an_export_that_is_stopped_leaves_no_file(
    many: int, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MANY", many)
    monkeypatch.setattr(export, "PROCESSORS", 2)
    monkeypatch.setattr(export, "_SPAN", 8)
    folder = tmp_path / "exports"
    folder.mkdir()
    answers = iter([True, True, False])
    with pytest.raises(Interrupted, match="nothing was written"):
        export.export_file(signed, folder / "x.jsonl", jsonl, go_on=lambda: next(answers))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("change", ["'no JSON'", "json_set(payload, '$.record.started_at_us', 1000000000000000000)"])
@pytest.mark.parametrize("many", [0, 10**6], ids=["several processes", "one"])
def test_what_cannot_be_read_is_told_and_leaves_no_file(
    many: int, change: str, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MANY", many)
    monkeypatch.setattr(export, "PROCESSORS", 2)
    monkeypatch.setattr(export, "_SPAN", 8)
    with closing(sqlite3.connect(signed)) as db:
        db.execute("DROP TRIGGER events_stay_so")
        db.execute(f"UPDATE events SET payload = {change} WHERE seq >= 40")
        db.commit()
    folder = tmp_path / "exports"
    folder.mkdir()
    with pytest.raises(LedgerError, match="holds a record that cannot be read"):
        export.export_file(signed, folder / "x.jsonl", jsonl)
    assert list(folder.iterdir()) == []


ODD = st.sampled_from(
    [None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", 'a"\\\u2028é\ud800', [1], {"a": 1}]
)


@given(st.dictionaries(st.sampled_from([*_KNOWN, "error", "elapsed_seconds"]), ODD | st.integers(0, 10**12)), ODD)
def test_a_shape_writes_to_the_letter_what_json_writes(record: dict[str, Any], began: Any) -> None:
    record.pop("parameters", None)  # are JSON themselves, and copied
    payload = json.dumps({"record": {**record, "started_at_us": began}})
    try:
        meant = encoded(fields_of_stored(payload, "", False))[:-1]
    except UNREADABLE:
        with pytest.raises(UNREADABLE):
            _record(payload, "", False)
    else:
        assert _record(payload, "", False) == meant


RECORDS: list[dict[str, Any]] = [
    {},
    {"continues": "a", "environment": "mypurecloud.ie", "input_tokens": 0, "correlation_id": "x\u2028\x7f"},
    {"elapsed_seconds": 1.5, "tokens_per_second": 7.125, "streaming_tokens_per_second": 0.0, "gap_max_seconds": 0.1},
    {"parameters": {"stop": ["é", "\x7f"], "temperature": 0.7, "top_p": 1e-7}, "truncated": True, "attempts": 2},
    {"model": 'a"b\\c%s', "stop_reason": "half\ud800", "total_tokens": 10**30, "stalls": 3},
    {"error": RecordedError(kind="refused", message="no", status_code=404)},
    {"detail": "a detail"},
]


@pytest.mark.parametrize("fields", RECORDS)
def test_a_line_begins_with_the_record_as_it_is(fields: dict[str, Any], tmp_path: Path) -> None:
    """Records are written by shapes; that is only quicker."""
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        write(ledger, "a", **fields)
    with History(tmp_path / "l.db") as history:
        (line,) = (line for line in jsonl(history) if not line.startswith('{"event"'))
        ((rows, texts),) = history.stored()
    meant = call_fields(rows[0], texts)
    told = json.loads(line)
    assert {name: told[name] for name in meant} == json.loads(json.dumps(meant))
    assert list(told)[: len(meant)] == list(meant)
