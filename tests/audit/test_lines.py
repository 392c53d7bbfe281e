"""A line of an export holds what would be written there, and nothing else, whatever somebody makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.audit import exported
from genesys_tui.audit.export import export_file
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.lines import Line, read_line
from genesys_tui.audit.records import Observation, RecordedError
from genesys_tui.audit.report import Report, Verdict
from genesys_tui.audit.shapes import DEFAULTS
from genesys_tui.audit.texts import Keeping
from genesys_tui.audit.verification import verify

from .made import FixedSigner, anchors_in, filled, hurried, record, write

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


SOME = Filter(status="completed")


def test_a_text_that_is_taken_out_of_a_part_is_missed(folder: Path) -> None:
    lines = lines_of(folder, SOME)
    assert check(folder, lines).verdict is Verdict.UNANCHORED
    assert sum('"kind":"config"' in line for line in lines) == 1
    report = forged(folder, "plain", with_fields(content=""), SOME)
    assert report.verdict is Verdict.INVALID
    assert "its reply is not there" in report.sentences[0]


def test_a_part_from_before_settings_went_with_it_has_to_be_made_anew(folder: Path) -> None:
    lines = [line for line in lines_of(folder, SOME) if '"kind":"config"' not in line]
    report = check(folder, lines)
    assert report.verdict is Verdict.INVALID
    assert "make it anew" in report.sentences[0]
    texts = [line for line in lines if '"request_id":"hashed"' not in line]
    assert check(folder, texts).verdict is Verdict.UNANCHORED


@pytest.mark.parametrize("wanted", [EVERYTHING, SOME], ids=["all", "a part"])
def test_no_more_events_are_held_than_have_to_wait(wanted: Filter, tmp_path: Path) -> None:
    filled(tmp_path / "l.db", 60)
    read = given = most = 0

    def lines() -> Iterator[Line]:
        nonlocal read
        for text in lines_of(tmp_path, wanted):
            line = read_line(text.encode())
            read += len(line.events)
            yield line

    for _ in exported._in_order(lines()):
        given += 1
        most = max(most, read - given)
    assert given == read > 100
    assert most <= 2


@pytest.mark.parametrize("keeping", ["full", "hash"])
def test_two_halves_of_a_character_are_the_character(keeping: Keeping, tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db", text=keeping, signer=FixedSigner(), anchor=tmp_path / "anchors")) as ledger:
        write(ledger, "one", "a\ud83d\ude00", "\ud83d\ude00z", model="\ud83d\ude00", detail="\ud83d\ude00\ud83d")
        call = ledger.get("one")
    assert (call.record.model, call.record.detail) == ("😀", "😀\ud83d")
    if keeping == "full":
        assert (call.messages[0]["content"], call.reply) == ("a😀", "😀z")
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED
    assert check(tmp_path, lines_of(tmp_path)).verdict is Verdict.ANCHORED


ODD = [None, True, False, 0, 1, -1, 2**63, 10**30, 1.5, 1e300, "", "x", "0", "\ud800", [], [[]], {}, {"a": []}]
"""Values to put in place of others."""


def changed_at_random(line: str, chance: random.Random) -> str:
    """A line in which one value is another one, is gone, or there once more under another name."""
    parsed = json.loads(line)
    holder, key = chance.choice([*places_in(parsed)])
    value = holder[key]
    alike = [value + 1, -value, float(value)] if type(value) is int and value < 2**63 else []
    if isinstance(value, str) and value:
        alike = [value + "x", value[:-1], value.upper(), value.swapcase(), [value]]
    change = chance.random()
    if change < 0.15:
        del holder[key]
    elif change < 0.3 and isinstance(holder, dict):
        other = chance.choice(["event", "content", "said", "texts", "detail", "start", "salts", f"{key}x"])
        holder[other] = chance.choice([*ODD, value])
    else:
        holder[key] = chance.choice(alike * 4 + ODD)
    return compact(parsed)


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, each in [*value.items()] if isinstance(value, dict) else [*enumerate(value)]:
        yield value, key
        if isinstance(each, dict | list):
            yield from places_in(each)


def meaning(line: str) -> str:
    """A line whatever the order of its keys; what it does not say of a record is what goes without saying."""
    parsed = json.loads(line)
    return json.dumps({**DEFAULTS, **parsed} if "request_id" in parsed else parsed, sort_keys=True)


@pytest.mark.parametrize("wanted", [EVERYTHING, SOME], ids=["all", "a part"])
def test_any_value_that_is_another_is_found_and_nothing_is_raised(wanted: Filter, folder: Path) -> None:
    chance = random.Random(7)
    lines = lines_of(folder, wanted)
    honest = check(folder, lines).verdict
    assert honest in (Verdict.ANCHORED, Verdict.UNANCHORED)
    for _ in range(500):
        place = chance.randrange(len(lines))
        line = changed_at_random(lines[place], chance)
        found = check(folder, [*lines[:place], line, *lines[place + 1 :]])
        if meaning(line) == meaning(lines[place]):
            assert found.verdict is honest, line
        else:
            assert found.verdict in (Verdict.INVALID, Verdict.UNREADABLE), (lines[place], line, found)
            assert found.sentences[0].isprintable()
