"""A line of an export holds what would be written there, and nothing else, whatever somebody makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.audit.export import export_file
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Observation, RecordedError
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.audit.texts import Keeping
from genesys_tui.audit.verification import verify

from .made import FixedSigner, anchors_in, hurried, record, write

Line = dict[str, Any]
FORGED = [{"role": "user", "content": "FORGED"}]
SALT = "5a" * 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with calls of every kind, and its anchors."""
    folder = tmp_path_factory.mktemp("lines")

    def opened(text: Keeping) -> Ledger:
        return hurried(Ledger(folder / "l.db", text=text, signer=FixedSigner(), anchor=folder / "anchors"))

    with opened("none") as ledger:
        write(ledger, "none")
    with opened("full") as ledger:
        write(ledger, "plain", elapsed_seconds=1.5, parameters={"temperature": 0.7})
        error = RecordedError(kind="refused", message="no")
        seen = (Observation(what="retry", at=0.5, name="again", detail="é"),)
        write(ledger, "failed", status="failed", detail="why", error=error, observations=seen)
        write(ledger, "erased", detail="why", error=error)
        ledger.erase("erased")
        ledger.start(record("recovered", status="running"), [])
    with opened("hash") as ledger:
        write(ledger, "hashed")
        ledger.start(record("open", status="running"), [{"role": "user", "content": "Hi"}])
    return folder


def lines_of(folder: Path, wanted: Filter = EVERYTHING) -> list[str]:
    out = folder / "honest.jsonl"
    export_file(folder / "l.db", out, jsonl, wanted, force=True)
    return out.read_text().splitlines()


def check(folder: Path, lines: list[str]) -> Report:
    file = folder / "changed.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return verify(file, key=FixedSigner().public, anchors=anchors_in(folder / "anchors"))


def forged(folder: Path, call: str, change: Callable[[str], str], wanted: Filter = EVERYTHING) -> Report:
    """What is found in an export, the line of one call changed."""
    lines = lines_of(folder, wanted)
    (place,) = (number for number, line in enumerate(lines) if line.startswith(f'{{"request_id":"{call}"'))
    changed = change(lines[place])
    assert changed != lines[place]
    return check(folder, [*lines[:place], *changed.splitlines(), *lines[place + 1 :]])


def with_fields(**fields: Any) -> Callable[[str], str]:
    return lambda line: compact({**json.loads(line), **fields})


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def with_event(place: int, **fields: Any) -> Callable[[str], str]:
    def change(line: str) -> str:
        parsed = json.loads(line)
        parsed["events"][place].update(fields)
        return compact(parsed)

    return change


def test_an_honest_export_is_valid(folder: Path) -> None:
    report = check(folder, lines_of(folder))
    assert (report.verdict, report.calls, report.erased) == (Verdict.ANCHORED, 7, 1)


@pytest.mark.parametrize("call", ["none", "plain", "failed", "erased", "recovered", "hashed", "open"])
def test_a_line_that_is_only_written_otherwise_is_valid(call: str, folder: Path) -> None:
    report = forged(folder, call, lambda line: json.dumps(json.loads(line), sort_keys=True, indent=None))
    assert report.verdict is Verdict.ANCHORED


UNPROVEN = {
    "a prompt": {"messages": FORGED},
    "a reply": {"content": "FORGED"},
    "a detail": {"detail": "FORGED"},
    "a detail, as it was said": {"detail": "FORGED", "said": '{"detail": "FORGED"}'},
    "what was said": {"said": '{"error": "FORGED"}'},
    "nothing said": {"said": ""},
    "an observation": {"observations": [{"what": "retry", "at": 0.5, "name": "FORGED", "detail": ""}]},
    "a field that nobody knows": {"forged": 1},
    "a line without a number": {"total_tokens": None},
    "a truth for a number": {"attempts": False},
    "a fraction for a number": {"attempts": 0.0},
    "another ledger": {"ledger": "00" * 16},
}


@pytest.mark.parametrize("call", ["none", "plain", "erased", "open", "hashed"])
@pytest.mark.parametrize("change", UNPROVEN)
def test_what_no_proof_speaks_for_is_not_in_a_line(change: str, call: str, folder: Path) -> None:
    assert forged(folder, call, with_fields(**UNPROVEN[change])).verdict is Verdict.INVALID


def beside_it(line: str) -> str:
    """The events of the call on lines of their own; what stood with them is gone."""
    return "\n".join(compact({"event": event}) for event in json.loads(line)["events"])


def both(line: str) -> str:
    """An event beside the fields of a call."""
    return compact({**json.loads(line), "content": "FORGED", "event": json.loads(line)["events"][0]})


def twice(line: str) -> str:
    return f'{{"content":"FORGED",{line[1:]}'


def twice_within(line: str) -> str:
    return line.replace('"payload":{', '"payload":{"at":1,', 1)


def end_first(line: str) -> str:
    """The end before the start."""
    parsed = json.loads(line)
    return compact({**parsed, "events": parsed["events"][::-1]})


TRICKS: dict[str, Callable[[str], str]] = {
    "events beside calls": beside_it,
    "an event and a call": both,
    "a key twice": twice,
    "a key twice in a payload": twice_within,
    "an end before its start": end_first,
    "the ledger in capitals": lambda line: compact({**json.loads(line), "ledger": json.loads(line)["ledger"].upper()}),
    "an event more in it": with_event(0, forged=1),
    "a salt of nothing": with_event(0, salts={"reply": SALT}),
    "a salt of what nobody knows": with_event(0, salts={"other": SALT}),
    "no events": with_fields(events=[]),
    "a huge number": with_event(0, seq=2**64),
    "no number": with_event(0, seq=True),
    "a number below all": with_event(0, seq=-1),
    "a huge time": lambda line: line.replace('"started_at_us":', '"started_at_us":9999999'),
    "deep": lambda line: f'{{"a":{"[" * 100_000}{"]" * 100_000},{line[1:]}',
    "no object": lambda line: '["event"]',
    "a word": lambda line: '"event"',
}


@pytest.mark.parametrize("call", ["none", "plain", "erased"])
@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_switches_a_check_off(trick: str, call: str, folder: Path) -> None:
    assert forged(folder, call, TRICKS[trick]).verdict in (Verdict.INVALID, Verdict.UNREADABLE)


def test_an_end_of_another_call_is_none_of_this_one(folder: Path) -> None:
    lines = lines_of(folder)
    places = [
        number for number, line in enumerate(lines) if line.startswith(('{"request_id":"pl', '{"request_id":"fa'))
    ]
    first, second = (json.loads(lines[place]) for place in places)
    first["events"][1], second["events"][1] = second["events"][1], first["events"][1]
    for place, theirs, events in ((places[0], second, first["events"]), (places[1], first, second["events"])):
        lines[place] = compact({**theirs, "events": events})
    report = check(folder, lines)
    assert report.verdict is Verdict.INVALID
    assert "not those of one call" in report.sentences[0]
