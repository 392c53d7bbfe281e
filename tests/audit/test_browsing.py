"""Pages, places and counts of a filter are those of all calls, sorted and counted one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from audit.made import MORNING, hurried, record

from genesys_tui.audit import browse
from genesys_tui.audit.browse import Browser
from genesys_tui.audit.events import microseconds
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import SORTED, Interrupted, Key, Order, Row

CALLS = 300
WORDS = ("bu", "da", "buda", "zebra", "Straße", "naïve", 'say "so"', "back\\slash", "a?b", "tab\there")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calls of few models and statuses, some at the same time, some left open, some with hostile words."""
    path = tmp_path_factory.mktemp("browsing") / "l.db"
    chance = random.Random(5)
    with hurried(Ledger(path)) as ledger:
        running = []
        for number in range(CALLS):
            moment = MORNING + timedelta(minutes=number // 3)
            fields: dict[str, Any] = {
                "model": chance.choice(["a", "a", "a", "b"]),
                "started_at": moment,
                "profile": chance.choice(["x", "y"]),
            }
            prompt = " ".join(chance.choices(WORDS, k=3))
            ledger.start(record(f"r{number:03}", status="running", **fields), [{"role": "user", "content": prompt}])
            running.append((f"r{number:03}", fields))
            if chance.random() < 0.9:  # the calls overlap
                request_id, begun = running.pop(chance.randrange(len(running)))
                status = chance.choice(["completed", "failed"])
                ended = record(request_id, status=status, total_tokens=chance.randint(0, 3), **begun)
                ledger.end(ended, " ".join(chance.choices(WORDS, k=3)))
    with Ledger(path):  # which closes those still open, now rather than in a test
        return path


@pytest.fixture
def browser(path: Path) -> Iterator[Browser]:
    browser = Browser(path)
    yield browser
    browser.close()


def everything(path: Path, wanted: Filter, order: Order, until: int) -> list[Row]:
    """The hard way: each row, each text."""
    browser = Browser(path)
    rows = browser.page(Filter(), Order(), limit=10**6)
    browser.close()
    if wanted.status:
        rows = [row for row in rows if row.status == wanted.status]
    if wanted.search:
        found = set()
        with Ledger(path) as ledger:
            for call in ledger.calls():
                texts = [*(message["content"] for message in call.messages), call.reply]
                if any(wanted.search.casefold() in text.casefold() for text in texts):
                    found.add(call.record.request_id)
        rows = [row for row in rows if row.request_id in found]
    rows = [row for row in rows if row.seq <= until]
    return sorted(rows, key=lambda row: row.key(order), reverse=order.descending)


@pytest.mark.parametrize("few", [0, 12_000], ids=["along the index", "by way of the few"])
@pytest.mark.parametrize("status", [None, "failed"])
@pytest.mark.parametrize("column", SORTED)
def test_any_page_of_any_order(
    column: str, status: str | None, few: int, path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "FEW", few)
    chance = random.Random(column)
    wanted = Filter(status=status)
    for down in (True, False):
        order = Order(column, down)
        until = browser.news().last_call - 100
        rows = everything(path, wanted, order, until)
        assert len(rows) > 50
        for _ in range(12):
            place, skip, limit = chance.randrange(len(rows)), chance.choice([0, 0, 1, 40, 200]), chance.choice([1, 30])
            key = rows[place].key(order)
            page = browser.page(wanted, order, after=key, skip=skip, limit=limit, until=until)
            assert page == rows[place + 1 :][skip : skip + limit], (order, place, skip, limit)
            assert browser.page(wanted, order, skip=skip, limit=limit, until=until) == rows[skip : skip + limit]
            assert browser.rank(wanted, order, key, until) == place


@pytest.mark.parametrize("search", [*WORDS, "bu da", "A BU", "STRASSE", "x y", "ze", "nowhere"])
def test_any_page_of_a_search(search: str, path: Path, browser: Browser) -> None:
    chance = random.Random(search)
    for down in (True, False):
        order, wanted = Order("time", down), Filter(search=search)
        until = browser.news().last_call - 60
        rows = everything(path, wanted, order, until)
        assert browser.page(wanted, order, until=until, limit=1000) == rows
        assert browser.tally(wanted, until=until) == (len(rows), True)
        for _ in range(5 if rows else 0):
            place, skip = chance.randrange(len(rows)), chance.choice([0, 7])
            key = rows[place].key(order)
            page = browser.page(wanted, order, after=key, skip=skip, limit=20, until=until)
            assert page == rows[place + 1 :][skip : skip + 20]
            assert browser.rank(wanted, order, key, until) == place


@pytest.mark.parametrize("search", [None, "zebra"])
def test_the_place_of_a_moment_is_before_all_that_began_then(search: str | None, path: Path, browser: Browser) -> None:
    wanted, until = Filter(search=search), browser.news().last_call
    for minutes in (-5, 0, 30, 31.5, 10_000):
        key = Key(microseconds(MORNING + timedelta(minutes=minutes)), -1)
        for down in (True, False):
            order = Order("time", down)
            rows = everything(path, wanted, order, until)
            before = [row for row in rows if (row.key(order) > key if down else row.key(order) < key)]
            assert browser.rank(wanted, order, key, until) == len(before)
            assert browser.page(wanted, order, after=key, until=until, limit=10) == rows[len(before) :][:10]


def test_a_count_ends_at_its_bounds(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert browser.tally(Filter()) == (CALLS, True)
    assert browser.tally(Filter(), most=10) == (10, False)
    assert browser.tally(Filter(), most=CALLS) == (CALLS, True)
    assert browser.count(Filter(), most=10) == 11
    assert browser.tally(Filter(until="2000-01-01")) == (0, True)
    monkeypatch.setattr(browse, "FEW", 0)
    monkeypatch.setattr(browse, "PIECE", 16)
    monkeypatch.setattr(browse, "SOON", -1.0)
    monkeypatch.setattr(browse, "OFTEN", 1)
    exact = browser.tally(Filter(status="failed"))
    assert exact == (len(browser.page(Filter(status="failed"), Order(), limit=1000)), True)
    assert browser.tally(Filter(status="failed"), seconds=0.0) == (0, False)
    assert browser.tally(Filter(search="zebra"), most=20) == (20, False)


def test_a_search_is_sorted_by_time_where_a_clock_ran_ahead(tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        for number in range(10):
            moment = MORNING + timedelta(hours=2, seconds=number)
            ledger.start(record(f"a{number}", started_at=moment), [{"role": "user", "content": "needle"}])
        for number in range(50):
            moment = MORNING + timedelta(minutes=number)
            ledger.start(record(f"r{number}", started_at=moment), [{"role": "user", "content": "needle"}])
    browser, half = Browser(tmp_path / "l.db"), microseconds(MORNING + timedelta(minutes=30))
    for wanted in (Filter(), Filter(search="needle")):
        times = [row.time for row in browser.page(wanted, Order())]
        assert times == sorted(times, reverse=True)
        assert browser.rank(wanted, Order(), Key(half, -1)) == 30
        assert len(browser.page(wanted, Order(), after=Key(half, -1))) == 30
    browser.close()


def test_a_search_that_was_broken_off_breaks_off_nothing_that_is_read_later(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "FEW_WORDS", 0)
    wanted = Filter(search="zebra")
    every = browser.page(wanted, Order())
    with browser.reading() as db:  # broken off at the second of its statements, while the first is not at its end
        db.set_trace_callback(lambda query: browser.interrupt() if "c.start_seq IN (" in query else None)
    with pytest.raises(Interrupted) as kept:  # as a message keeps it, and with it what was being read
        browser.page(wanted, Order())
    with browser.reading() as db:
        db.set_trace_callback(None)
    assert browser.page(wanted, Order()) == every
    assert "interrupted" in kept.value.message
