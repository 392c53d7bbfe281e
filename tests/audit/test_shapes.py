"""Records are written by shapes, which is only quicker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from audit.made import hurried, write
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import _record, call_fields, fields_of_stored, jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import RecordedError
from genesys_tui.audit.shapes import _KNOWN, encoded

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
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        write(ledger, "a", **fields)
    with History(tmp_path / "l.db") as history:
        (line,) = (line for line in jsonl(history) if not line.startswith('{"event"'))
        ((rows, texts),) = history.stored()
    meant = call_fields(rows[0], texts)
    told = json.loads(line)
    assert {name: told[name] for name in meant} == json.loads(json.dumps(meant))
    assert list(told)[: len(meant)] == list(meant)
