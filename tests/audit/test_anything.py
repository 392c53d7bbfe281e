"""Whatever is changed in the file of a signed and anchored ledger, verification does not call it what was recorded."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit.forger import opened
from audit.made import FixedSigner, anchors_in, filled, hurried, write

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.audit.verification import verify

TABLES = ("events", "texts", "calls", "projected")
ROUNDS = 40


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger with something of every kind in it."""
    folder = tmp_path_factory.mktemp("anything")
    path = folder / "l.db"
    filled(path, 12, FixedSigner(), folder / "anchors")
    with hurried(Ledger(path, text="hash", signer=FixedSigner(), anchor=folder / "anchors")) as ledger:
        write(ledger, "hashed")
        write(ledger, "estimated", tokens_estimated=True, probe="p1")
        ledger.erase("r0003")
        ledger.start(write(ledger, "whole").model_copy(update={"request_id": "running", "status": "running"}), [])
        ledger.checkpoints.write()
    return folder


def checked(folder: Path) -> Report:
    return verify(folder / "l.db", key=FixedSigner().public, anchors=anchors_in(folder / "anchors"))


@pytest.mark.parametrize("seed", range(8))
def test_a_change_of_any_cell_is_found_or_means_the_same(seed: int, original: Path, tmp_path: Path) -> None:
    assert checked(original).verdict is Verdict.ANCHORED
    chance = random.Random(seed)
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        shutil.copytree(original, folder)
        with opened(folder / "l.db") as db:
            told = change(db, chance)
        report = checked(folder)
        if report.verdict is Verdict.ANCHORED:
            assert not told or any("was not compared" in sentence for sentence in report.sentences), (told, report)


def change(db: sqlite3.Connection, chance: random.Random) -> str:
    """Change one cell, or take a row away; what that was, empty where it means the same as before."""
    table = chance.choice(TABLES)
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    rows = db.execute(f"SELECT * FROM {table}").fetchall()
    row = chance.choice(rows)
    at = " AND ".join(f"{name} IS ?" for name in columns)
    if chance.random() < 0.15:
        db.execute(f"DELETE FROM {table} WHERE {at}", row)
        # Without its state the table is made anew; which calls run no event says.
        return f"{table} without {row}" if table != "projected" else ""
    place = chance.randrange(len(columns))
    value = chance.choice([*others(row[place]), chance.choice(rows)[place]])
    try:
        db.execute(f"UPDATE {table} SET {columns[place]} = ? WHERE {at}", (value, *row))
    except sqlite3.IntegrityError:
        return ""  # SQLite does not have it
    now = [each for each in db.execute(f"SELECT * FROM {table}").fetchall() if each not in rows]
    if not now or same(table, columns[place], row, now[0]):
        return ""
    return f"{table}.{columns[place]} {row[place]!r} -> {now[0][place]!r} of {row}"


def others(value: Any) -> Iterator[Any]:
    """Values of every class of storage."""
    yield from (None, "", "x", b"x", 0, 1, -1, 7, 2**40, 0.5, 1e300)
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value, float(value), str(value))
    if isinstance(value, str):
        yield from (value + " ", value[:-1], value.upper(), value.encode(), value.replace("0", "1"))
    if isinstance(value, bytes):
        yield from (value[:-1], bytes(len(value)), value.decode("latin-1"), value.hex())


def same(table: str, column: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether everybody reads the same, as it is or as bytes."""
    if table == "texts" and column in ("salt", "body"):
        # Without its text nobody can say whether a salt is the right one.
        return [as_bytes(each) for each in before] == [as_bytes(each) for each in after] or before[3] is after[
            3
        ] is None
    if (table, column) == ("calls", "erased"):
        return before[-1] == 1 and after[-1] != 0  # true is true
    # The table's state: rows of which it claims not to know are found by themselves.
    return table == "projected" and column == "seq"


def as_bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value
