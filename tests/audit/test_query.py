"""A filter is a line that one can type."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.query import QueryError, parse, unparse

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", Filter()),
        ("   ", Filter()),
        ("status:truncated", Filter(status="truncated")),
        ("STATUS:failed model:gpt*", Filter(status="failed", model="gpt*")),
        ("since:7d", Filter(since="2026-11-15T12:00:00+00:00")),
        ("until:2026-11-22T10:00Z", Filter(until="2026-11-22T10:00:00+00:00")),
        ("since:24h until:30m", Filter(since="2026-11-21T12:00:00+00:00", until="2026-11-22T11:30:00+00:00")),
        ("tokens:100 stop:length", Filter(min_tokens=100, stop_reason="length")),
        ('"not found"', Filter(search="not found")),
        ("not found", Filter(search="not found")),
        ('say "a \\"b\\" c"', Filter(search='say a "b" c')),
        ('model:"my model"', Filter(model="my model")),
        ("http://example.com", Filter(search="http://example.com")),
        ("C:\\temp", Filter(search="C:\\temp")),
        ("10:30", Filter(search="10:30")),
        ('"status:failed"', Filter(search="status:failed")),
        ("conversation:c1 profile:lab x", Filter(conversation_id="c1", profile="lab", search="x")),
    ],
)
def test_a_line_is_read(line: str, wanted: Filter) -> None:
    assert parse(line, NOW) == wanted


@pytest.mark.parametrize(("word", "days"), [("today", 0), ("yesterday", 1), ("Yesterday", 1)])
def test_a_day_begins_at_midnight_here(word: str, days: int) -> None:
    day = NOW.astimezone().date() - timedelta(days=days)
    assert parse(f"since:{word}", NOW) == parse(f"since:{day.isoformat()}", NOW)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("status:done", "There is no status 'done'; there are: completed, truncated, cancelled, failed, running."),
        ("status:truncted", "There is no status 'truncted'. Is truncated meant?"),
        ("kind:probes", "There is no kind 'probes'. Is probe meant?"),
        ("since:soon", "'soon' is no moment. Give a date (2026-11-22, yesterday) or an age (7d, 24h, 30m)."),
        ("since:999999w", "'999999w' is no moment. Give a date (2026-11-22, yesterday) or an age (7d, 24h, 30m)."),
        ("stauts:failed", "There is no stauts: to filter by. Is status: meant? Quotes make it text."),
        ('stauts:"failed"', "There is no stauts: to filter by. Is status: meant?"),
        ("colour:red", "There is no colour: to filter by. There are: status, model,"),
        ("since:7d until:8d", "No call can fit: `until` is no later than `since`."),
        ("since:2026-11-22 until:2026-11-22", "No call can fit: `until` is no later than `since`."),
        ('"open', 'A quotation mark is open. Close the text with a second ".'),
        ("model:a model:b", "model: is there twice. Keep one of them."),
        ("tokens:many", "tokens: takes a number, such as tokens:100 for at least 100, and not 'many'."),
        ("-status:completed", 'A filter knows no "not": status: says what calls must be. Quotes make it text.'),
        ("status:failed,truncated", "A filter knows no \"or\": status: takes one value, and not 'failed,truncated'."),
        ('model:""', "model: needs a value."),
    ],
)
def test_what_cannot_be_read_is_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(QueryError) as told:
        parse(line, NOW)
    assert told.value.message.startswith(sentence)


TEXT = st.text(min_size=1).filter(
    lambda text: text.strip() == text and "  " not in text and text.split() == text.split(" ")
)


@given(model=TEXT, search=TEXT, tokens=st.integers(0, 10**9))
def test_a_filter_is_written_as_it_is_read(model: str, search: str, tokens: int) -> None:
    wanted = Filter(model=model, search=search, min_tokens=tokens, status="failed", since="2026-11-15T12:00:00+00:00")
    assert parse(unparse(wanted), NOW) == wanted


@given(st.text())
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        parse(line)
    except QueryError as error:
        assert error.message.endswith(".")
