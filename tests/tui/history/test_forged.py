"""A table of calls that another hand wrote is drawn as it is."""

from __future__ import annotations

import pytest

from genesys_tui.tui.history.columns import COLUMNS, written
from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage
from .made import fill

VALUES = ["12[red]\x1b[2J", 10**18, -(10**18), b"\xff\x1b", 1e308, None]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_no_value_in_any_column_crashes_the_history(stage: MakeStage, value: object) -> None:
    it = stage()
    fill(it.ledger, 5)
    async with it.app.run_test(size=(160, 40)) as pilot:
        await it.ready(pilot)
        with it.ledger._db.transaction() as db:
            for column in COLUMNS:
                newest = "(SELECT max(start_seq) FROM calls)"
                assert db.execute(f"UPDATE calls SET {column.name} = ? WHERE start_seq = {newest}", (value,)).rowcount
        await pilot.press("f3")
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        for _ in COLUMNS:
            await pilot.press("s", "end")
            await pilot.pause(0.05)
            await pilot.press("x")
            if it.app.screen is not screen:
                await pilot.press("escape")
        assert it.app.screen is screen
        assert "\x1b" not in it.screen


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_a_cell_shows_what_is_there(stage: MakeStage, value: object) -> None:
    from genesys_tui.audit.browse import Browser
    from genesys_tui.audit.filters import EVERYTHING
    from genesys_tui.audit.rows import Order

    it = stage()
    fill(it.ledger, 1)
    (row,) = Browser(it.ledger.path).page(EVERYTHING, Order(), limit=1)
    for column in COLUMNS:
        cell = written(column, row._replace(**{column.name: value}))  # type: ignore[arg-type]
        assert not set("\x1b\n") & set(cell), column.name
    assert written(COLUMNS[4], row._replace(tokens="12[red]\x1b[2J")).startswith("12[red]")  # type: ignore[arg-type]
