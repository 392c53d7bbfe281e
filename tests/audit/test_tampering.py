"""Who changes the ledger is found out; and by what, and by what not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit import forger
from audit.made import FixedSigner, anchors_in, filled, hurried, write

from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.audit.verification import verify

ANCHORED, UNANCHORED = Verdict.ANCHORED, Verdict.UNANCHORED
INVALID, DIVERGED = Verdict.INVALID, Verdict.DIVERGED

# What is found out by the chain alone, by the key as well, and by anchors as well.
TABLE: dict[forger.Attack, tuple[Verdict, Verdict, Verdict]] = {
    forger.edit_an_event: (INVALID, INVALID, INVALID),
    forger.edit_an_event_and_its_head: (INVALID, INVALID, INVALID),
    forger.edit_and_chain_anew: (INVALID, INVALID, INVALID),
    forger.edit_and_make_checkpoints_unsigned: (UNANCHORED, INVALID, INVALID),
    forger.edit_and_sign_with_another_key: (UNANCHORED, INVALID, INVALID),
    forger.edit_and_pretend_the_signature: (UNANCHORED, INVALID, INVALID),
    forger.edit_and_drop_later_checkpoints: (UNANCHORED, UNANCHORED, DIVERGED),
    forger.delete_an_event: (INVALID, INVALID, INVALID),
    forger.delete_a_call_and_chain_anew: (INVALID, INVALID, INVALID),
    forger.insert_a_call_and_chain_anew: (INVALID, INVALID, INVALID),
    forger.swap_two_events: (INVALID, INVALID, INVALID),
    forger.cut_the_tail: (UNANCHORED, UNANCHORED, DIVERGED),
    forger.put_an_older_copy_back: (UNANCHORED, UNANCHORED, DIVERGED),
    forger.replace_it_with_another_ledger: (UNANCHORED, INVALID, INVALID),
    forger.replace_it_with_an_unsigned_one: (UNANCHORED, INVALID, INVALID),
    forger.edit_a_reply: (INVALID, INVALID, INVALID),
    forger.edit_a_reply_and_its_salt: (INVALID, INVALID, INVALID),
    forger.edit_a_reply_its_proof_and_chain_anew: (INVALID, INVALID, INVALID),
    forger.remove_a_text: (INVALID, INVALID, INVALID),
    forger.hide_a_call_from_the_table: (INVALID, INVALID, INVALID),
    forger.show_a_call_otherwise: (INVALID, INVALID, INVALID),
    forger.show_a_call_as_running: (INVALID, INVALID, INVALID),
    forger.show_two_calls_with_each_others_ends: (INVALID, INVALID, INVALID),
    forger.show_a_call_from_behind_the_last_event: (INVALID, INVALID, INVALID),
    forger.show_a_call_from_before_the_first_event: (INVALID, INVALID, INVALID),
    forger.have_the_table_know_nothing: (INVALID, INVALID, INVALID),
    forger.pretend_it_was_erased: (INVALID, INVALID, INVALID),
    forger.change_the_kind: (INVALID, INVALID, INVALID),
    forger.put_an_erased_text_back: (INVALID, INVALID, INVALID),
    forger.keep_an_event_as_bytes: (INVALID, INVALID, INVALID),
    forger.keep_a_head_as_text: (INVALID, INVALID, INVALID),
    forger.keep_a_kind_as_bytes: (INVALID, INVALID, INVALID),
    forger.add_a_call_before_the_first: (INVALID, INVALID, INVALID),
    forger.add_a_text_of_no_event: (INVALID, INVALID, INVALID),
    forger.add_a_view: (INVALID, INVALID, INVALID),
    forger.make_a_table_otherwise: (INVALID, INVALID, INVALID),
    forger.make_the_table_without_its_key: (INVALID, INVALID, INVALID),
    forger.set_a_trap_for_calls_to_come: (INVALID, INVALID, INVALID),
    forger.hide_a_call_from_an_index: (INVALID, INVALID, INVALID),
    forger.edit_and_drop_all_checkpoints: (UNANCHORED, INVALID, INVALID),
    forger.drop_a_guard: (INVALID, INVALID, INVALID),
    forger.weaken_a_guard: (INVALID, INVALID, INVALID),
    forger.put_a_list_in_its_place: (INVALID, INVALID, INVALID),
    forger.put_a_word_in_place_of_its_record: (INVALID, INVALID, INVALID),
    forger.put_what_is_no_json_in_its_place: (INVALID, INVALID, INVALID),
    forger.pretend_it_was_erased_of_a_list: (INVALID, INVALID, INVALID),
    # What is added at the end, and what is done with the program itself, is a record like any other.
    forger.append_a_call: (UNANCHORED, UNANCHORED, UNANCHORED),
    forger.erase_with_the_program: (UNANCHORED, UNANCHORED, UNANCHORED),
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed and anchored ledger, and a copy of it from before its end."""
    folder = tmp_path_factory.mktemp("original")
    signer = FixedSigner()
    filled(folder / "older.db", 60, signer, folder / "anchors")
    shutil.copy(folder / "older.db", folder / "ledger.db")
    with hurried(Ledger(folder / "ledger.db", signer=signer, anchor=folder / "anchors")) as ledger:
        for number in range(60, 130):
            write(ledger, f"r{number:04}", f"prompt {number}", f"reply {number}")
    return folder


def verdicts(folder: Path) -> tuple[Report, Report, Report]:
    file, key = folder / "ledger.db", FixedSigner().public
    return verify(file), verify(file, key=key), verify(file, key=key, anchors=anchors_in(folder / "anchors"))


def test_an_untouched_ledger_is_valid(original: Path) -> None:
    chain, checkpoints, anchored = verdicts(original)
    assert (chain.verdict, checkpoints.verdict, anchored.verdict) == (UNANCHORED, UNANCHORED, ANCHORED)
    assert (anchored.calls, anchored.unanchored, anchored.first_bad) == (130, 0, None)
    assert checkpoints.signed == checkpoints.checkpoints > 4
    assert "not that everything was recorded" in anchored.sentences[-1]


@pytest.mark.parametrize("attack", TABLE, ids=lambda attack: attack.__name__)
def test_what_finds_it_out_and_what_does_not(attack: forger.Attack, original: Path, tmp_path: Path) -> None:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    attack(tmp_path / "ledger.db")
    found = verdicts(tmp_path)
    assert tuple(report.verdict for report in found) == TABLE[attack], found
    for report in found:
        named = re.match(r"Event ([\d,]+): ", report.sentences[0])
        assert report.first_bad == (int(named[1].replace(",", "")) if named else None)


@pytest.mark.parametrize("mend", [rebuild, lambda path: Ledger(path).close()], ids=["rebuild", "next start"])
@pytest.mark.parametrize("attack", [forger.make_the_table_without_its_key, forger.set_a_trap_for_calls_to_come])
def test_a_table_that_is_made_otherwise_is_made_anew(
    attack: forger.Attack, mend: Callable[[Path], object], original: Path, tmp_path: Path
) -> None:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "ledger.db"
    attack(path)
    mend(path)
    assert verify(path).verdict is UNANCHORED


def test_a_call_that_is_shown_as_running_gets_no_second_end(original: Path, tmp_path: Path) -> None:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "ledger.db"
    forger.show_a_call_as_running(path)
    with Ledger(path) as ledger:
        assert ledger.recovered == 0
    assert verify(path).verdict is INVALID
    rebuild(path)
    assert verify(path).verdict is UNANCHORED


def test_the_first_bad_event_is_named(original: Path, tmp_path: Path) -> None:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    forger.edit_an_event(tmp_path / "ledger.db")
    report = verify(tmp_path / "ledger.db")
    assert report.first_bad == 42
    assert report.sentences[0].startswith("Event 42: ")


def test_what_came_after_the_newest_anchor_is_counted(original: Path, tmp_path: Path) -> None:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    forger.append_a_call(tmp_path / "ledger.db")
    assert verdicts(tmp_path)[2].unanchored == 1


def test_honest_ledgers_raise_no_alarm(tmp_path: Path) -> None:
    """Fifty ledgers of any kind; ``tests/soak`` makes a thousand."""
    for number in range(50):
        honest_ledger(tmp_path, number)


def honest_ledger(folder: Path, number: int) -> None:
    """A ledger as programs leave it, verified with all there is."""
    import random

    chance = random.Random(number)
    path, anchors = folder / f"{number}.db", folder / f"{number}.anchors"
    signer = FixedSigner()
    keeping = chance.choice(["full", "full", "hash", "none"])
    names = 0
    for _ in range(chance.randint(1, 3)):
        with hurried(Ledger(path, text=keeping, signer=signer, anchor=anchors)) as ledger:
            for _ in range(chance.randint(0, 12)):
                names += 1
                odd = "".join(chance.choices('aé🧹\0\x1b"\\\u2028\ud800\ude00=,\n', k=chance.randint(1, 8)))
                status = chance.choice(["completed", "failed", "truncated"])
                tokens = chance.choice([0, 7, 10**30])
                write(ledger, f"r{names}", odd, odd * 3, status=status, model=odd, stop_reason=odd, total_tokens=tokens)
                if chance.random() < 0.2:
                    ledger.erase(f"r{names}")
                if chance.random() < 0.2:
                    ledger.checkpoints.write()
    report = verify(path, key=signer.public, anchors=anchors_in(anchors) if anchors.exists() else [])
    assert report.verdict is (ANCHORED if names else UNANCHORED), (number, report)
    assert report.calls == names
    export = path.with_suffix(".jsonl")
    with History(path) as history:
        export.write_text("".join(jsonl(history)), "ascii")
    again = verify(export, key=signer.public, anchors=anchors_in(anchors) if anchors.exists() else [])
    assert (again.verdict, again.head, again.events) == (report.verdict, report.head, report.events), (number, again)
