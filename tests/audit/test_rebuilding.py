"""A browsing table that was tampered with is made anew out of the chain, while others write and read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from audit import forger
from audit.made import MORNING, FixedSigner, filled, hurried, record, write

from genesys_tui.audit import erasure, mending, words
from genesys_tui.audit.browse import Browser
from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.rows import SORTED, Order
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

KEY = FixedSigner().public


@pytest.fixture
def path(tmp_path: Path) -> Path:
    filled(tmp_path / "l.db", 130, FixedSigner())
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        ledger.erase("r0003")
    return tmp_path / "l.db"


def dump(path: Path) -> list[object]:
    """All that is browsed and searched, and how it is made."""
    with closing(sqlite3.connect(path)) as db:
        found: list[object] = db.execute("SELECT * FROM calls ORDER BY start_seq").fetchall()
        found += db.execute("SELECT * FROM projected").fetchall()
        found += db.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'calls' ORDER BY name").fetchall()
        for word in ("prompt 12", "reply 1", "prompt 3"):
            query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid"
            found += db.execute(query, (f'"{word[:3]}" AND "{word[-3:]}"',)).fetchall()
        return found


INJURIES = {
    "a call that is hidden": forger.hide_a_call_from_the_table,
    "a call shown otherwise": forger.show_a_call_otherwise,
    "an end that is hidden": forger.show_a_call_as_running,
    "two ends exchanged": forger.show_two_calls_with_each_others_ends,
    "a call from before": forger.show_a_call_from_before_the_first_event,
    "a call from behind": forger.show_a_call_from_behind_the_last_event,
    "all of it pretended": forger.have_the_table_know_nothing,
    "an erasure pretended": forger.pretend_it_was_erased,
}


@pytest.mark.parametrize("injury", INJURIES)
def test_verify_tells_how_to_mend_it(injury: str, path: Path) -> None:
    before = dump(path)
    INJURIES[injury](path)
    report = verify(path, key=KEY)
    assert report.verdict is Verdict.INVALID
    assert "`genesys-tui audit rebuild` makes the browsing table anew" in report.sentences[1]
    assert rebuild(path) == 130
    assert dump(path) == before
    assert verify(path, key=KEY).verdict is Verdict.UNANCHORED


def test_what_is_wrong_with_the_events_is_not_mended(path: Path) -> None:
    forger.edit_an_event(path)
    report = verify(path, key=KEY)
    assert not any("rebuild" in sentence for sentence in report.sentences)
    rebuild(path)
    assert verify(path, key=KEY).first_bad == report.first_bad


def test_words_that_were_taken_out_of_the_index_are_found_again(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TABLE words")
    rebuild(path)
    with Ledger(path) as ledger:
        assert [call.record.request_id for call in ledger.calls(Filter(search="prompt 12"))][-1] == "r0012"
        assert next(iter(ledger.calls(Filter(search="reply 3"), 1))).record.request_id == "r0039"


def test_an_app_goes_on_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It records and reads between the steps, and what it records is there afterwards."""
    monkeypatch.setattr(words, "STEP", 16)
    browser = Browser(path)
    made: list[int] = []
    with hurried(Ledger(path)) as ledger:
        ledger.start(record("runs", started_at=MORNING - timedelta(days=1)), [{"role": "user", "content": "still"}])
        before = dump(path)

        def work(done: int, total: int) -> None:
            assert 0 < done <= total
            write(ledger, f"new{len(made)}", "asked meanwhile", "told meanwhile")
            made.append(done)
            assert len(browser.page(Filter(), Order(), limit=1000)) == 131 + len(made)

        assert rebuild(path, work) == 131 + len(made)
        assert len(made) > 10, "and it comes to an end"
        assert len(browser.page(Filter(search="meanwhile"), Order(), limit=1000)) == len(made)
        for column in SORTED:
            assert len(browser.page(Filter(), Order(column), limit=1000)) == 131 + len(made)
        assert dump(path)[:131] == before[:131]
        (runs,) = browser.page(Filter(status="running"), Order())
        assert (runs.request_id, runs.end_seq) == ("runs", None)
        ledger.end(record("runs", status="completed"), "no more")
        write(ledger, "after", "asked after it", "told after it")
        assert [row.request_id for row in browser.page(Filter(search="after it"), Order())] == ["after"]
    browser.close()
    assert verify(path).verdict is Verdict.UNANCHORED


def test_what_is_erased_meanwhile_comes_back_in_no_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "STEP", 16)
    with hurried(Ledger(path)) as ledger:
        write(ledger, "secret", "Xylophonist4711", "hello")
        for number in range(20):
            write(ledger, f"more{number}")

        def erase(done: int, total: int) -> None:
            if done > total - 20:  # as another program does, and then waits for this one to give up
                with ledger._db.transaction() as db:
                    erasure.erase(db, ledger._id, "secret", 1)

        with pytest.raises(LedgerError, match="Something was erased meanwhile"):
            rebuild(path, erase)
        ledger._clean()
        assert rebuild(path) == 151
    assert b"xylophonist" not in path.read_bytes().lower()
    assert verify(path).verdict is Verdict.UNANCHORED


def test_stopped_it_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "STEP", 16)
    before = dump(path)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(path, stop)
    assert dump(path) == before
    with closing(sqlite3.connect(path)) as db:
        assert not db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%anew%'").fetchall()


INJURED_WORDS = {
    "gone": ("DROP TABLE words", ()),
    # More levels than SQLite bears.
    "damaged": ("UPDATE words_data SET block = ? WHERE id = 10", (b"\0\0\0\1\x8f\x52" + bytes(4100),)),
}


@pytest.mark.parametrize("how", INJURED_WORDS)
def test_rows_stay_while_only_the_words_are_made_anew(how: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that runs can end meanwhile; and stopped at once, every call is still shown."""
    monkeypatch.setattr(words, "STEP", 16)
    with hurried(Ledger(path)) as ledger:
        ledger.start(record("runs", started_at=MORNING - timedelta(days=1)), [{"role": "user", "content": "still"}])
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(*INJURED_WORDS[how])
        assert verify(path).verdict is Verdict.INVALID

        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rebuild(path, stop)
        assert len([*ledger.calls()]) == 131
        ended: list[int] = []

        def end(done: int, total: int) -> None:
            if not ended:
                ledger.end(record("runs", status="completed"), "no more")
            ended.append(done)

        assert rebuild(path, end) == 131
        assert len(ended) > 5
        assert [call.record.request_id for call in ledger.calls(Filter(search="no more"))] == ["runs"]
    assert verify(path).verdict is Verdict.UNANCHORED


def test_a_table_that_is_gone_is_there_as_soon_as_it_is_made(path: Path) -> None:
    with hurried(Ledger(path)) as ledger:
        ledger.start(record("runs", started_at=MORNING - timedelta(days=1)), [{"role": "user", "content": "still"}])
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("DROP TABLE calls")
        ended: list[int] = []

        def look(done: int, total: int) -> None:
            if not ended:
                ledger.end(record("runs", status="completed"), "no more")
            ended.append(done)
            assert len([*ledger.calls()]) == 131

        assert rebuild(path, look) == 131
        assert ended
    assert verify(path).verdict is Verdict.UNANCHORED


def test_it_is_done_once_at_a_time_and_to_a_ledger_alone(path: Path, tmp_path: Path) -> None:
    def again(done: int, total: int) -> None:
        with pytest.raises(LedgerError, match="being rebuilt already"):
            rebuild(path)

    assert rebuild(path, again) == 130
    with pytest.raises(LedgerError, match="There is no audit file"):
        rebuild(tmp_path / "nothing.db")
    (tmp_path / "text").write_text("no ledger, but long enough to be one" * 100)
    with pytest.raises(LedgerError):
        rebuild(tmp_path / "text")


def test_a_table_of_which_nothing_is_right_is_mended_in_steps(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that stand in each other's way, too; and a call that ends while it is missing is recorded whole."""
    monkeypatch.setattr(mending, "EVENTS", 16)
    monkeypatch.setattr(mending, "ROWS", 4)
    with hurried(Ledger(path)) as ledger:
        ledger.start(record("runs", started_at=MORNING - timedelta(days=1)), [{"role": "user", "content": "still"}])
        before = dump(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("UPDATE calls SET request_id = '-' || request_id, end_seq = -end_seq")
            db.execute("UPDATE calls SET tokens = 1, erased = 1 - erased")
        assert verify(path).verdict is Verdict.INVALID
        behind: list[int] = []
        assert rebuild(path, lambda done, _: behind.append(done)) == 131
        assert len(behind) > 10
        assert behind == sorted(behind)
        assert dump(path) == before
        ledger.end(record("runs", status="completed"), "no more")
    assert verify(path).verdict is Verdict.UNANCHORED


def test_rows_with_one_name_under_an_index_that_is_gone_are_told_apart(path: Path) -> None:
    before = dump(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP INDEX calls_by_request_id")
        db.execute("DROP INDEX calls_by_end")
        db.execute("DROP INDEX calls_by_model")
        db.execute("CREATE INDEX calls_by_model ON calls (model) WHERE model = 'other'")
        db.execute("UPDATE calls SET request_id = 'r0005', end_seq = 12")
    assert verify(path).verdict is Verdict.INVALID
    assert rebuild(path) == 130
    assert dump(path) == before


def test_two_calls_of_one_name_are_no_obstacle(path: Path) -> None:
    with forger.opened(path) as db:
        events = "SELECT start_seq FROM calls WHERE request_id = 'r0007'"
        (start,) = db.execute(events).fetchone()
        query = "UPDATE events SET payload = json_set(payload, '$.record.request_id', 'r0001') WHERE seq IN (?, ?)"
        db.execute(query, (start, start + 1))
    assert verify(path, key=KEY).verdict is Verdict.INVALID
    assert rebuild(path) == 129
    assert verify(path, key=KEY).verdict is Verdict.INVALID
