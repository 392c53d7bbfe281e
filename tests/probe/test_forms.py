"""The forms of a report are read by programs that are not ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, TestSuite
from probe.bench import failed, record, reported
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from genesys_tui.audit.records import RecordedError
from genesys_tui.config import Settings
from genesys_tui.probe.baseline import Earlier, comparison
from genesys_tui.probe.document import document_of
from genesys_tui.probe.judgement import Verdict
from genesys_tui.probe.junit import junit_of
from genesys_tui.probe.openmetrics import openmetrics_of
from genesys_tui.probe.report import Report
from genesys_tui.probe.table import table_of

HOSTILE = 'a"b\\c\nd<e>&\x1b]0;x\x07\uffff\u202e{}'
LIMITS = {"max_ttft_p95": 2.0, "min_rate_p50": 30.0, "max_gap": 2.0, "max_truncated": 1, "max_failed": 0}
Make = Callable[..., Report]


@pytest.fixture
def made(settings: Settings) -> Make:
    """A report of calls, of which one limit or another may be broken."""

    def make(records: list[Any], model: str = "gpt-4o-mini", **fields: Any) -> Report:
        profile = replace(settings.profile, model=model)
        mine = type(settings)(model if model == HOSTILE else "lab", profile, {}, settings.home)
        report = reported(mine, records, limits=LIMITS)
        names = {name: getattr(report, name) for name in Report.__dataclass_fields__}
        return Report(**{**names, **fields})

    return make


def _suite(report: Report) -> TestSuite:
    """As the parser reads it."""
    text = junit_of(report)
    assert text.isascii()
    (suite,) = JUnitXml.fromstring(text.encode())
    return suite


def _families(report: Report) -> list[Any]:
    return list(text_string_to_metric_families(openmetrics_of(report)))  # type: ignore[no-untyped-call]


def _metrics(report: Report) -> dict[tuple[str, ...], float]:
    """By name and the labels that are not the same in all; as the parser reads them."""
    found: dict[tuple[str, ...], float] = {}
    for family in _families(report):
        assert family.documentation
        for sample in family.samples:
            more = tuple(value for label, value in sample.labels.items() if label not in ("profile", "model"))
            key = (sample.name.removeprefix("genesys_probe_"), *more)
            found[key] = sample.value
    return found


def test_junit_has_a_case_for_each_limit_and_one_for_the_probe(made: Make) -> None:
    suite = _suite(made([record(number) for number in range(3)]))
    assert (suite.tests, suite.failures, suite.errors) == (6, 0, 0)
    assert [case.name for case in suite][:3] == ["all calls were made", "TTFT p95 ≤ 2 s", "rate p50 ≥ 30 tok/s"]
    assert all(case.is_passed for case in suite)


def test_in_junit_a_broken_limit_fails_and_an_unmeasured_one_is_an_error(made: Make) -> None:
    suite = _suite(made([failed(1), failed(2)]))
    results = {case.name.partition(" ≤")[0].partition(" ≥")[0]: case.result for case in suite}
    assert (suite.failures, suite.errors) == (1, 3)
    assert [type(each) for each in results["failed calls"]] == [Failure]
    assert "2, where ≤ 0 was wanted" in results["failed calls"][0].message
    assert [type(each) for each in results["TTFT p95"]] == [Error]
    assert results["truncated calls"] == []


@pytest.mark.parametrize("cut", [{"interrupted": True}, {"stopped_by": RecordedError(kind="sign_in", message=HOSTILE)}])
def test_in_junit_a_probe_that_ended_early_is_an_error(cut: dict[str, Any], made: Make) -> None:
    suite = _suite(made([record()], **cut))
    assert suite.errors == 1
    assert [type(each) for each in next(iter(suite)).result] == [Error]


def test_openmetrics_has_the_figures(made: Make) -> None:
    slow = record(3, time_to_first_token_seconds=9.0, streaming_tokens_per_second=10.0, stalls=2, attempts=2)
    metrics = _metrics(made([record(1), record(2), slow, failed(4)]))
    assert metrics["calls", "completed"] == 3
    assert metrics["calls", "failed"] == 1
    assert metrics["calls_retried",] == 1
    assert metrics["stalls",] == 2
    assert metrics["time_to_first_token_seconds", "0.5"] == 0.3
    assert metrics["time_to_first_token_seconds", "1"] == 9.0
    assert metrics["tokens_per_second", "0.5"] == 60.0
    assert metrics["tokens_per_second", "0"] == 10.0
    assert metrics["limit", "max_gap"] == 2.0
    assert metrics["limit_held", "max_gap"] == 1
    assert metrics["limit_held", "max_failed"] == 0
    assert metrics["complete",] == 1


def test_openmetrics_of_nothing_but_failures_has_no_figures(made: Make) -> None:
    metrics = _metrics(made([failed(1)]))
    assert ("time_to_first_token_seconds", "0.5") not in metrics
    assert metrics["limit_held", "max_ttft_p95"] == 0


def test_whatever_names_and_errors_hold_both_are_read(made: Make) -> None:
    report = made([failed(1, message=HOSTILE + "\ud800")], HOSTILE)
    assert _suite(report).failures == 1
    families = _families(report)
    assert {sample.labels["model"].startswith('a"b\\c\nd<e>&') for family in families for sample in family.samples}
    assert "\x1b" not in junit_of(report) + openmetrics_of(report)
    assert json.loads(document_of(report))["model"] == HOSTILE


def test_the_document_is_json_and_holds_each_call(made: Make) -> None:
    earlier = [Earlier("run", True, 0.3 + number / 100, 60.0 + number) for number in range(20)]
    records = [record(number, time_to_first_token_seconds=0.6 + number / 100) for number in range(6)]
    beside = comparison(datetime(2026, 1, 1, tzinfo=timezone.utc), earlier, records, probes=True)
    document = json.loads(document_of(made(records, comparison=beside)))
    assert document["outcome"] == "held"
    assert [call["request_id"] for call in document["calls"]] == [f"r{number}" for number in range(6)]
    assert document["time_to_first_token_seconds"] == {"calls": 6, "p50": 0.62, "p95": 0.65, "max": 0.65}
    ttft, rate = document["baseline"]["movements"]
    assert (ttft["verdict"], rate["verdict"]) == ("slower", "slower")
    low, high = ttft["change_95_percent"]
    assert 0 < low < ttft["change"] < high


def test_the_table_says_how_failed_calls_count(made: Make) -> None:
    table = "\n".join(table_of(made([record(1), failed(2, message="No way there."), failed(3, "rate_limited")])))
    assert "3 calls · 1 completed · 2 failed" in table
    assert "1 × unreachable: No way there." in table
    assert "A failed call has no stream" in table
    assert "Of fewer than 20 calls, p95 is the slowest one." in table
    assert "Broken: failed calls." in table


def test_an_estimate_says_that_it_is_one(made: Make) -> None:
    guessed = made([record(1, tokens_estimated=True)])
    assert "~60.00 tok/s" in "\n".join(table_of(guessed))
    assert "≥ ~60.0" in "\n".join(table_of(guessed))
    assert "0.300 s" in "\n".join(table_of(guessed))
    assert json.loads(document_of(guessed))["tokens_estimated"] is True
    assert "~" not in "\n".join(table_of(made([record(1)])))


@pytest.mark.parametrize(
    ("bound", "words"),
    [(1_000_000.0, "1,000,000"), (2.0, "2"), (2.5, "2.5"), (1234567.25, "1,234,567.25"), (0.001, "0.001")],
)
def test_a_limit_is_told_to_its_last_digit(bound: float, words: str) -> None:
    verdict = Verdict("min_rate_p50", "rate p50", bound, None, "tok/s")
    assert verdict.wanted == f"≥ {words} tok/s"
