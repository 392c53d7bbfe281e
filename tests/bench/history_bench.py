"""How fast the history is over a large ledger; beside it Textual's DataTable at 10,000 rows.

    python tests/bench/history_bench.py [LEDGER]

Without a ledger, `ledger_million.py` makes one of 100,000 calls first. Everything runs in the real app.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import SORTED, Key, Order
from genesys_tui.config import load_settings
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.history.news import Anchor
from genesys_tui.tui.screens.history import HistoryScreen

SIZE = (120, 40)
FRAME = 1 / 60
SCROLLED = 600
"""Rows, one in each frame."""
PEER = 10_000
"""Rows of the DataTable."""


def tell(what: str, seconds: float, more: str = "") -> None:
    """A line of the table."""
    print(f"{what:44} {seconds * 1000:9.1f} ms  {more}", flush=True)


def memory() -> float:
    """Megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def until(pilot: Pilot[Any], met: Callable[[], Any], seconds: float = 120) -> float:
    """Wait until it is so; how long that took."""
    began = time.perf_counter()
    while not met():
        if time.perf_counter() - began > seconds:
            raise TimeoutError(pilot.app.screen)
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


async def history(path: Path) -> None:
    """Everything about our own table."""
    with tempfile.TemporaryDirectory() as home, Ledger(path) as ledger:
        settings = load_settings({"base_url": "http://127.0.0.1:9"}, environ={"GENESYS_TUI_HOME": home})
        app = GenesysApp(lambda: Desk(None, ledger), settings)  # type: ignore[arg-type]
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.chat.desk)
            await pilot.pause(0.5)
            before = memory()
            app.action_look("history")
            opening = await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and _settled(app.screen))
            tell("opening the screen, to its first rows", opening)
            screen = app.screen
            assert isinstance(screen, HistoryScreen)
            tell("… to the exact count and all totals", await until(pilot, lambda: screen.table.listing.exact))
            print(f"{'calls':44} {screen.table.listing.count:9,}")
            await _pages(pilot, screen)
            await _orders(pilot, screen)
            await _filters(pilot, screen)
            await _scroll(pilot, screen)
            print(f"{'memory added':44} {memory() - before:9.1f} MB")


def _settled(screen: HistoryScreen) -> bool:
    """Whether what was asked for is shown, with every row in sight."""
    if not screen.is_mounted or screen._reader is None or screen._number != screen._shown or not screen._shown:
        return False
    table = screen.table
    last = min(table.listing.count, table.top + table.room)
    return all(table.listing.row(number) is not None for number in range(table.top, last))


async def _pages(pilot: Pilot[Any], screen: HistoryScreen) -> None:
    table, took = screen.table, []
    for place in range(1, 20):
        table.scroll_to(y=table.listing.count * (place * 7 % 20) // 20, animate=False, force=True)
        took.append(await until(pilot, lambda: _settled(screen)))
    tell("any page (19, anywhere): median", statistics.median(took), f"worst {max(took) * 1000:.0f} ms")
    table.action_last()
    tell("the last page", await until(pilot, lambda: _settled(screen)))
    row = table.listing.row(table.listing.count // 2) or table.row
    assert row
    screen.list_anew(screen._asked, Anchor(Key(row.time, -1)), going=True)
    tell("going to a date", await until(pilot, lambda: _settled(screen)))


async def _orders(pilot: Pilot[Any], screen: HistoryScreen) -> None:
    took = []
    for column in SORTED:
        for down in (True, False):
            screen.list_anew(screen._asked._replace(order=Order(column, down)))
            took.append(await until(pilot, lambda: _settled(screen)))
    tell("sorting (11 columns, both ways): median", statistics.median(took), f"worst {max(took) * 1000:.0f} ms")


async def _filters(pilot: Pilot[Any], screen: HistoryScreen) -> None:
    screen.list_anew(screen._asked._replace(order=Order()))
    await until(pilot, lambda: _settled(screen))
    for line in (
        "status:truncated",
        "model:mistral*",
        "status:failed model:mistral*",
        "since:2024-02-01 until:2024-02-02",
        "profile:nope",
        "baba",
        '"bu da"',
        "zzzzzq",
        "status:failed ba",
    ):
        screen.filter_line.use(line)
        await asyncio.sleep(0)
        number = screen._number
        began = time.perf_counter()
        await until(pilot, lambda number=number: screen._number > number and _settled(screen))  # type: ignore[misc]
        listing = screen.table.listing
        tell(f"filter {line}", time.perf_counter() - began, f"{listing.count:,}{'' if listing.exact else '+'} rows")
    number = screen._number
    screen.filter_line.use("")
    await until(pilot, lambda: screen._number > number and _settled(screen))


async def _scroll(pilot: Pilot[Any], screen: HistoryScreen) -> None:
    table = screen.table
    table.scroll_to(y=table.listing.count // 3, animate=False, force=True)
    await until(pilot, lambda: _settled(screen))
    table._point(table.top + table.room - 1)
    late, empty, lags = 0, 0, []
    due = time.perf_counter()
    for _ in range(SCROLLED):
        due += FRAME
        table.action_point(1)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        lag = time.perf_counter() - due
        lags.append(lag)
        late += lag > FRAME
        empty += table.row is None
    worst = f"{late} late frames of {SCROLLED}, {empty} rows not there in time, worst {max(lags) * 1000:.0f} ms"
    tell("scrolling 60 rows a second: median lag", statistics.median(lags), worst)
    began = time.perf_counter()
    for _ in range(50):
        table.action_page(1)
        await pilot.pause()
    tell("a page down", (time.perf_counter() - began) / 50)


class Peer(App[None]):
    """Textual's own table, of so many rows."""

    def compose(self) -> ComposeResult:
        yield DataTable()


async def peer() -> None:
    """The same with a DataTable."""
    before = memory()
    app = Peer()
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(DataTable)
        table.add_columns(*SORTED)
        rows = [tuple(f"{column} {number}" for column in SORTED) for number in range(PEER)]
        began = time.perf_counter()
        table.add_rows(rows)
        await pilot.pause()
        tell(f"DataTable: opening {PEER:,} rows", time.perf_counter() - began)
        began = time.perf_counter()
        table.sort(table.ordered_columns[4].key)
        await pilot.pause()
        tell(f"DataTable: sorting {PEER:,} rows", time.perf_counter() - began)
        print(f"{'DataTable: memory added':44} {memory() - before:9.1f} MB")


def main() -> None:
    """Run all of it."""
    print(f"{date.today()}, Python {platform.python_version()}, {platform.machine()}, a screen of 120×40")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "ledger.db"
        if not path.exists():
            script = Path(__file__).with_name("ledger_million.py")
            subprocess.run([sys.executable, str(script), "100000", folder], check=True)
        asyncio.run(history(path))
    asyncio.run(peer())


if __name__ == "__main__":
    main()
