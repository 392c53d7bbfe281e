"""A run makes the calls of its plan, records each, and ends when it is told to."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe.bench import Tokens
from probe.conftest import MakeBench

from genesys_tui.audit.conversations import Conversations
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.records import Record
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify
from genesys_tui.errors import ConfigurationError, LedgerError, SignInError
from genesys_tui.probe.report import report_of
from genesys_tui.tui.prompt.earlier import EarlierRead, read_earlier


def test_every_call_of_the_plan_is_made_and_recorded_once(bench: MakeBench) -> None:
    place = bench()
    report = place.report(prompts=["one", "two"], repeat=5, concurrency=3)

    asked = [call.messages[-1]["content"] for call in place.ledger.calls()]
    assert sorted(asked) == ["one"] * 5 + ["two"] * 5
    assert len({sample.record.request_id for sample in report.samples}) == 10
    assert sorted(sample.turn.number for sample in report.samples) == list(range(1, 11))
    assert {(sample.turn.prompt, sample.turn.round) for sample in report.samples} == {
        (prompt, round_) for prompt in (1, 2) for round_ in range(1, 6)
    }


def test_no_more_calls_run_at_once_than_are_allowed(bench: MakeBench) -> None:
    place = bench(rate=400, tokens=40)
    run = place.run(repeat=9, concurrency=3)
    most = 0

    def watch() -> None:
        nonlocal most
        while run._elapsed is None:
            most = max(most, place.demo.open_streams)
            time.sleep(0.002)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    assert len(list(run.calls())) == 9
    watching.join(10)
    assert 2 <= most <= 3


def test_a_probe_is_marked_in_what_is_hashed_and_the_ledger_verifies(bench: MakeBench, tmp_path: Path) -> None:
    place = bench()
    report = place.report(repeat=2)
    with place.ledger._db.reading() as db:
        starts = [row[0] for row in db.execute("SELECT payload FROM events WHERE kind = 'start'")]
    assert len(starts) == 2
    assert all(f'"probe":"{report.id}"' in payload for payload in starts)
    place.ledger.close()
    assert verify(place.ledger.path).verdict is Verdict.UNANCHORED


def test_probes_are_found_by_their_kind_and_are_no_conversations(bench: MakeBench) -> None:
    place = bench()
    report = place.report(prompts=["asked by a probe"], repeat=2)
    ordinary = Record(request_id="o", model="m", conversation_id="talk", started_at=report.started_at)
    place.ledger.start(ordinary, [{"role": "user", "content": "asked by somebody"}])
    place.ledger.end(ordinary.model_copy(update={"status": "completed"}), "reply")

    found = {kind: [call.record.probe for call in place.ledger.calls(Filter(kind=kind))] for kind in ("probe", "call")}
    assert found == {"probe": [report.id] * 2, "call": [""]}
    assert len(list(place.ledger.calls(Filter(kind="probe", search="by a PROBE")))) == 2
    assert [listed.title for listed in Conversations(place.ledger).listed()] == ["asked by somebody"]
    assert [listed.title for listed in Conversations(place.ledger).listed("asked")] == ["asked by somebody"]
    earlier = read_earlier(place.ledger)
    assert isinstance(earlier, EarlierRead)
    assert earlier.prompts == ["asked by somebody"]


def test_a_conversation_that_goes_on_from_a_probe_is_one(bench: MakeBench) -> None:
    place = bench()
    begun = place.report(prompts=["first"], repeat=1).samples[0].record
    going_on = Record(request_id="next", model="m", conversation_id=begun.conversation_id, started_at=begun.started_at)
    place.ledger.start(going_on, [{"role": "user", "content": "second"}])
    place.ledger.end(going_on.model_copy(update={"status": "completed"}), "reply")

    (listed,) = Conversations(place.ledger).listed()
    assert (listed.id, listed.calls) == (begun.conversation_id, 2)


def test_cancelling_ends_it_with_what_it_has(bench: MakeBench) -> None:
    """Calls under way end as cancelled, none is made after that, and all of them are recorded."""
    place = bench(rate=100, tokens=40)
    run = place.run(repeat=50, concurrency=2)
    for done, _ in enumerate(run.calls(), 1):
        if done == 2:
            run.cancel()
    report = report_of(run)
    assert report.outcome == "interrupted"
    assert report.figures.calls == len(list(place.ledger.calls())) < 8
    assert report.figures.completed + report.figures.cancelled == report.figures.calls
    assert not list(place.ledger.calls(Filter(status="running")))


def test_leaving_the_calls_alone_cancels_them(bench: MakeBench) -> None:
    place = bench(rate=100, tokens=40)
    run = place.run(repeat=50, concurrency=2)
    calls = run.calls()
    next(calls)
    calls.close()  # type: ignore[attr-defined]
    assert run.running == 0
    assert not list(place.ledger.calls(Filter(status="running")))


def test_a_cancelled_run_makes_no_call(bench: MakeBench) -> None:
    place = bench()
    run = place.run(repeat=5)
    run.cancel()
    assert list(run.calls()) == []
    assert list(place.ledger.calls()) == []


class NoTokens(Tokens):
    def token(self) -> str:
        raise SignInError("The client is not known here. Check the region.")


def test_the_first_call_that_cannot_sign_in_ends_it(bench: MakeBench) -> None:
    """A wrong secret is not tried a hundred times."""
    place = bench()
    run = place.run(tokens=NoTokens(place.demo), repeat=100, concurrency=2)
    calls = list(run.calls())
    report = report_of(run)
    assert len(calls) <= 2
    assert report.outcome == "stopped"
    assert report.stopped_by is not None
    assert report.stopped_by.kind == "sign_in"
    assert "The client is not known here." in report.sentence


def test_without_a_record_no_call_is_made(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    place = bench()
    run = place.run(repeat=20)

    def refuse(*_: Any) -> None:
        raise LedgerError("The disk is full.")

    for done, _ in enumerate(run.calls(), 1):
        if done == 3:
            monkeypatch.setattr(place.ledger, "start", refuse)
    report = report_of(run)
    assert 3 <= report.figures.calls < 20
    assert (report.outcome, report.stopped_by and report.stopped_by.kind) == ("stopped", "ledger")


def test_a_bug_in_a_call_is_a_bug_of_the_run(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    place = bench()
    run = place.run(repeat=20, concurrency=2)

    def break_down(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(place.ledger, "start", break_down)
    with pytest.raises(ZeroDivisionError):
        list(run.calls())


def test_what_makes_no_payload_is_refused_before_any_call(bench: MakeBench) -> None:
    place = bench()
    profile = replace(place.settings.profile, max_tokens=0)
    place.settings = replace(place.settings, profile=profile)
    with pytest.raises(ConfigurationError, match="max_tokens"):
        place.run()
