"""An estimate is marked wherever calls are compared: in the list, the table, its totals and a spreadsheet."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import write

from genesys_tui.audit import comparison
from genesys_tui.audit.browse import Browser
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import History
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.rows import Order
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.audit.totals import totals
from genesys_tui.audit.verification import verify
from genesys_tui.cli.audit.listing import _table
from genesys_tui.tui.history.columns import BY_NAME, rate_of, time_of
from genesys_tui.tui.history.totals import in_words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger(tmp_path / "l.db") as ledger:
        write(ledger, "counted", total_tokens=41, streaming_tokens_per_second=50.0)
        write(ledger, "guessed", total_tokens=42, streaming_tokens_per_second=60.0, tokens_estimated=True)
    return tmp_path / "l.db"


@pytest.fixture
def browser(path: Path) -> Iterator[Browser]:
    with closing(Browser(path)) as browser:
        yield browser


def cells(browser: Browser) -> list[tuple[str, str]]:
    rows = browser.page(EVERYTHING, Order("tokens", descending=False))
    return [(BY_NAME["tokens"].write(row), BY_NAME["rate"].write(row)) for row in rows]


def test_in_the_list(path: Path) -> None:
    with Ledger(path) as ledger:
        lines = list(_table(ledger.calls()))
    guessed, counted = (line for line in lines if "gpt-4o-mini" in line)
    assert ("~42 " in guessed, "~60.0 " in guessed, "~" in counted) == (True, True, False)


def test_in_the_table(browser: Browser) -> None:
    assert cells(browser) == [("41", "50.0"), ("~42", "~60.0")]


def test_in_its_totals(browser: Browser) -> None:
    some = totals(browser, EVERYTHING, go_on=lambda: True)
    assert some.estimated == 1
    for width in (200, 60):
        assert in_words(some, width).plain.count("~") == 3, "the tokens, and both rates"
    none = totals(browser, Filter(search="nowhere"), go_on=lambda: True)
    assert none.estimated == 0


def test_in_a_spreadsheet(path: Path) -> None:
    with closing(History(path)) as history:
        rows = list(csv.DictReader(io.StringIO("".join(csv_lines(history)), newline="")))
    assert [row["tokens_estimated"] for row in rows] == ["False", "True"]


def test_a_table_that_knew_no_estimates_learns_of_them(path: Path, browser: Browser) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ALTER TABLE calls DROP COLUMN estimated")
        db.execute("UPDATE projected SET version = 2")
    with Ledger(path):
        pass
    assert cells(browser) == [("41", "50.0"), ("~42", "~60.0")]


def test_what_the_table_says_of_it_is_verified(path: Path) -> None:
    assert verify(path).verdict is Verdict.UNANCHORED
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute(comparison._DIFFERENT, (1, 99)).fetchall() == [], "SQLite sees it by itself"
        for estimated in (0, 2, None):
            db.execute("UPDATE calls SET estimated = ? WHERE request_id = 'guessed'", (estimated,))
            assert len(list(comparison.different(db, 1, 99))) == 1


def test_percentiles_read_as_one_of_the_rows_does(tmp_path: Path) -> None:
    with Ledger(tmp_path / "p.db") as ledger:
        for number, ttft in enumerate((0.0078, 0.0997, 0.306, 0.3149, 0.346, 9.996)):
            rate = (0.05, 9.94, 59.916, 59.98, 99.94, 1234.4)[number]
            write(ledger, f"r{number}", streaming_tokens_per_second=rate, time_to_first_token_seconds=ttft)
            with closing(Browser(tmp_path / "p.db")) as browser:
                rows = browser.page(EVERYTHING, Order("time"))
                some = totals(browser, EVERYTHING, go_on=lambda: True)
            shown = {BY_NAME[name].write(row) for row in rows for name in ("ttft", "rate")}
            told = [some.ttft_p50, some.ttft_p95, some.rate_p50, some.rate_p95]
            assert {*map(time_of, told[:2]), *map(rate_of, told[2:])} <= shown
