"""What was erased is nowhere; that there was something, and how it went, is still there, and proved."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import FixedSigner, hurried, record, write

from genesys_tui.audit import database, erasure, scrubbing
from genesys_tui.audit.export import jsonl_lines
from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.otlp import otlp_lines
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.audit.records import Observation, RecordedError
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

SECRETS = ["Xylophonist-47110815", "QuetzalcoatlusNorthropi", "Zymurgy4711Wissenschaft", "Dvorak#Schluesselwort"]


@pytest.fixture(params=["WAL", "TRUNCATE"])
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAL_IS_SOUND", request.param == "WAL")


def said_of(ledger: Ledger, name: str, size: int = 1) -> None:
    """A call in which each of the secrets is said somewhere."""
    prompt, reply, error, seen = (f"{secret} " * size for secret in SECRETS)
    ledger.start(record(name), [{"role": "user", "content": prompt}])
    observation = Observation(what="diagnostic", at=0.5, name="message", detail=seen)
    failed = RecordedError(kind="refused", message=error)
    ledger.end(record(name, status="failed", error=failed, observations=(observation,), detail=seen), reply)


def occurrences(folder: Path) -> list[tuple[str, str]]:
    found = []
    for file in folder.rglob("*"):
        content = file.read_bytes().lower() if file.is_file() else b""
        found += [(file.name, secret) for secret in SECRETS if secret.lower().encode() in content]
    return found


@pytest.mark.parametrize("size", [1, 40, 3000], ids=["short", "a page", "many pages"])
def test_erased_text_is_in_no_file(size: int, journal: None, tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with hurried(Ledger(path, signer=FixedSigner(), anchor=tmp_path / "anchors")) as ledger:
        for number in range(60):
            write(
                ledger,
                f"a{number}",
                "An ordinary prompt " * (number % 9 * 30),
                "An ordinary reply " * (number % 7 * 40),
            )
        said_of(ledger, "secret", size)
        for number in range(60):
            write(
                ledger,
                f"b{number}",
                "An ordinary prompt " * (number % 8 * 30),
                "An ordinary reply " * (number % 5 * 60),
            )
        assert occurrences(tmp_path), "the test looks where it is"
        ledger.erase("secret")
        assert occurrences(tmp_path) == [], "at once, with the ledger still open"
        with History(path) as history:
            for name, form in {"j": jsonl, "c": csv_lines, "o": otlp_lines}.items():
                (tmp_path / name).write_text("".join(form(history)))
            (tmp_path / "t").write_text("".join(otlp_lines(history, text=True)))
        (tmp_path / "k").write_text("".join(jsonl_lines(ledger.calls())))
        for secret in SECRETS:
            assert list(ledger.calls(Filter(search=secret))) == []
        assert len(list(ledger.calls(Filter(search="ordinary")))) == 117, "three said nothing"
    assert occurrences(tmp_path) == []
    assert verify(path, key=FixedSigner().public).verdict is Verdict.UNANCHORED
    assert verify(tmp_path / "j", key=FixedSigner().public).erased == 1


def test_an_erased_call_keeps_its_figures(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        said_of(ledger, "a")
        ledger.erase("a")
        call = ledger.get("a")
        assert call.erased
        assert (call.messages, call.reply, call.record.observations) == ([], "", ())
        assert call.record.error == RecordedError(kind="refused", message="What was said in this call was erased.")


def test_what_cannot_be_erased_is_a_sentence(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        ledger.start(record("running"), [])
        write(ledger, "a")
        ledger.erase("a")
        for name, why in {"running": "still running", "a": "erased already", "nobody": "No call has"}.items():
            with pytest.raises(LedgerError, match=why):
                ledger.erase(name)


def test_no_copy_stays_where_rows_moved(tmp_path: Path) -> None:
    """SQLite leaves them behind where it balances its pages, and overwrites only the last one."""
    for seed in (2, 3):
        chance = random.Random(seed)
        path = tmp_path / f"{seed}.db"
        with hurried(Ledger(path)) as ledger:
            said = {}
            for number in range(600):
                said[f"r{number}"] = f"{chance.getrandbits(128):032x}" * chance.randint(1, 20)
                write(ledger, f"r{number}", said[f"r{number}"], said[f"r{number}"][::-1])
            for name in chance.sample(sorted(said), 300):
                with ledger._db.transaction() as db:
                    erasure.erase(db, ledger._id, name, 1)
                del said[name]
            ledger._clean()
        content = path.read_bytes()
        chance = random.Random(seed)
        for number in range(600):
            text = f"{chance.getrandbits(128):032x}" * chance.randint(1, 20)
            for part in (text[:32], text[::-1][:32]):
                assert (part.encode() in content) == (f"r{number}" in said)
        assert verify(path).verdict is Verdict.UNANCHORED


def test_what_is_erased_while_texts_are_copied_is_not_in_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "STEP", 16)
    path = tmp_path / "l.db"
    with hurried(Ledger(path)) as ledger:
        for number in range(40):
            write(ledger, f"a{number}", "ordinary", "nothing else")
        said_of(ledger, "first")
        said_of(ledger, "second")
        left = ["second"]

        def tell(share: float) -> None:
            if share > 0.8 and left:
                with ledger._db.transaction() as db:
                    erasure.erase(db, ledger._id, left.pop(), 1)

        ledger.erase("first", tell=tell)
        assert not left
        assert occurrences(tmp_path) == []
        write(ledger, "after")
    assert verify(path).verdict is Verdict.UNANCHORED


def trigrams(path: Path) -> set[str]:
    """All that the pages of the index hold of the first secret, marked as deleted or not."""
    secret = SECRETS[0].casefold()
    with closing(sqlite3.connect(path)) as db:
        pages = b"".join(block for (block,) in db.execute("SELECT block FROM words_data"))
    return {secret[place : place + 3] for place in range(8) if secret[place : place + 3].encode() in pages}


def test_what_was_erased_by_a_program_that_was_killed_is_cleaned_by_the_next(
    journal: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.db"
    with hurried(Ledger(path)) as ledger:
        for number in range(40):
            write(ledger, f"a{number}", "ordinary", "nothing else")
        said_of(ledger, "secret")
        monkeypatch.setattr(erasure, "purge", lambda *_: None)
        ledger.erase("secret")
        monkeypatch.undo()
    assert trigrams(path)
    with hurried(Ledger(path)) as ledger:
        end = time.monotonic() + 30
        while trigrams(path) and time.monotonic() < end:
            time.sleep(0.05)
        assert len(list(ledger.calls(Filter(search="ordinary")))) == 40
    assert trigrams(path) == set()


def test_there_is_no_end_to_what_can_be_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index gets more levels with each cleaning, and is made anew before SQLite bears no more."""
    monkeypatch.setattr(erasure, "MOST_LEVELS", 20)
    path = tmp_path / "l.db"
    levels = []
    with hurried(Ledger(path)) as ledger:
        for number in range(300):
            write(ledger, f"r{number:03}", f"prompt {number} " * 20, "a reply " * 40)
        for number in range(60):
            ledger.erase(f"r{number:03}")
            with ledger._db.reading() as db:
                levels.append(erasure._levels(db))
        assert 10 < max(levels) <= 24
        assert levels != sorted(levels), "it was made anew on the way"
        assert len(list(ledger.calls(Filter(search="prompt")))) == 240
    assert verify(path).verdict is Verdict.UNANCHORED


def test_an_index_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with hurried(Ledger(path)) as ledger:
        for number in range(30):
            write(ledger, f"r{number:02}", f"prompt {number}")
    for mend in (rebuild, lambda path: Ledger(path).close()):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            # More levels than SQLite bears.
            db.execute("UPDATE words_data SET block = ? WHERE id = 10", (b"\0\0\0\1\x8f\x52" + bytes(4100),))
        report = verify(path)
        assert (report.verdict, report.sentences[0]) == (Verdict.INVALID, "The search index is damaged.")
        mend(path)
        with Ledger(path) as ledger:
            assert [call.record.request_id for call in ledger.calls(Filter(search="prompt 17"))] == ["r17"]
            write(ledger, f"more{mend}")
        assert verify(path).verdict is Verdict.UNANCHORED


def test_several_are_erased_at_once_as_far_as_they_can_be(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with hurried(Ledger(path)) as ledger:
        for name in ("a", "b", "c"):
            said_of(ledger, name)
        with pytest.raises(LedgerError, match="No call has"):
            ledger.erase("a", "b", "nobody", "c")
        assert [call.erased for call in ledger.calls()] == [False, True, True]
        ledger.erase("a", "c", "b")  # what somebody else erased is no obstacle
    assert occurrences(tmp_path) == []
    assert trigrams(path) == set()


def test_the_others_of_a_conversation_are_those_that_can_be_erased(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        for name in ("first", "erased", "second"):
            write(ledger, name)
        ledger.erase("erased")
        ledger.start(record("running"), [{"role": "user", "content": "Hi"}])
        write(ledger, "alone", conversation_id="")
        write(ledger, "alone, too", conversation_id="")
        write(ledger, "half", conversation_id="x\udc00")
        write(ledger, "whole", conversation_id="x?")
        write(ledger, "another half", conversation_id="x\udc01")
        write(ledger, "the same half", conversation_id="x\udc00")
        names = ("first", "erased", "running", "alone", "half", "whole", "nobody")
        assert {name: ledger.others_of(name) for name in names} == {
            "first": ["second"],
            "erased": ["second", "first"],
            "running": ["second", "first"],
            "alone": [],
            "half": ["the same half"],
            "whole": [],
            "nobody": [],
        }


def test_the_others_of_a_conversation_are_found_without_their_texts(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        for name in ("first", "second"):
            write(ledger, name)
        asked: list[str] = []
        with ledger._db.reading() as db:
            db.set_trace_callback(asked.append)
        assert ledger.others_of("first") == ["second"]
        assert asked, "the test looks where it is"
        assert not [each for each in asked if "texts" in each]


@pytest.mark.parametrize("keeping", ["hash", "none"])
def test_texts_that_are_not_to_be_kept_are_never_written(keeping: str, journal: None, tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", text=keeping) as ledger:  # type: ignore[arg-type]
        write(ledger, "a", SECRETS[0], SECRETS[1])
        assert (ledger.get("a").messages, ledger.get("a").reply) == ([], "")
        assert occurrences(tmp_path) == []
        with ledger._db.reading() as db:
            salts = db.execute("SELECT count(*) FROM texts").fetchone()[0]
        assert salts == (2 if keeping == "hash" else 0), "with the salt somebody who has the text can prove it"
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED


def test_a_program_that_is_killed_while_pages_are_given_up_leaves_that_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "STEP", 16)
    path = tmp_path / "l.db"
    with hurried(Ledger(path)) as ledger:
        for number in range(60):
            write(ledger, f"a{number:02}", "ordinary", "nothing else")
        said_of(ledger, "secret")

        def stop(share: float) -> None:
            if share > 0.75:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ledger.erase("secret", tell=stop)
        with ledger._db.reading() as db:
            assert db.execute(f"SELECT count(*) FROM {scrubbing.GONE}").fetchone() > (0,)
        assert len([*ledger.calls(Filter(search="nothing else"))]) == 60, "none is missing meanwhile"
    assert verify(path).verdict is Verdict.UNANCHORED
    with hurried(Ledger(path)) as ledger:
        end = time.monotonic() + 30
        while occurrences(tmp_path) and time.monotonic() < end:
            time.sleep(0.05)
        ledger.erase("a07")
        with ledger._db.reading() as db:
            assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (scrubbing.GONE,)).fetchone()
    assert occurrences(tmp_path) == []
