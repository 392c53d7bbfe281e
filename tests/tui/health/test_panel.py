"""The sidebar on good and bad days, over a real socket."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from genesys_tui.tui.health.folded import FoldedHealth
from genesys_tui.tui.health.gauges import Gauge
from genesys_tui.tui.health.panel import Health
from genesys_tui.tui.health.readings import Reading

from ..conftest import MakeStage, Stage

WIDE = (120, 40)


def _sidebar(it: Stage) -> str:
    region = it.app.chat.health.region
    return "\n".join(line[region.x :] for line in it.screen.splitlines())


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("calm", ["completed", "of 2,048", "of 120 s", "TTFT"]),
        ("truncated", ["cut by length"]),
        ("cut", ["connection lost"]),
        ("out-of-sequence", ["completed", "anomalies   7"]),
        ("diagnostics", ["diagnostics 4"]),
        ("rate-limited:1", ["attempts    2"]),
        ("heartbeats", ["heartbeats  "]),
    ],
)
async def test_the_sidebar_tells_how_it_went_in_words(stage: MakeStage, scenario: str, words: list[str]) -> None:
    it = stage(scenario, tokens=120)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await it.until(pilot, lambda: all(each in _sidebar(it) for each in words))
        assert it.app.chat.health.max_scroll_y == 0  # all of it is in sight


class Folded(App[None]):
    def compose(self) -> ComposeResult:
        yield FoldedHealth()


async def test_what_is_urgent_is_not_cut_from_the_folded_line_at_80_columns() -> None:
    bad = {
        "state": Reading("stalled for 121 s", "warning"),
        "rate": Reading("62.1"),
        "elapsed": Reading("121.3 s of 300 s", brief="121.3 s"),
        "TTFT": Reading("10.25 s slow start", brief="10.25 s"),
        "tokens": Reading("~12,345"),
        "silent for": Reading("121 s of 300 s", "warning"),
        "stalls": Reading("2", "warning"),
        "anomalies": Reading("1", "warning"),
        "diagnostics": Reading("0"),
    }
    app = Folded()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(FoldedHealth).read(bad)
        await pilot.pause(0.1)
        shown = app.screen._compositor.render_strips()[0].text
    assert "silent 121 s of 300 s · 2 stalls · 1 anomaly" in shown


async def test_a_burst_shows_no_rate(stage: MakeStage) -> None:
    it = stage(tokens=200)  # as fast as the connection takes them
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        if it.records[0].streaming_tokens_per_second is None:
            assert it.app.chat.health.figure.value.strip() == "—"
            assert "tok/s" not in it.shown
        assert "overall     —" in _sidebar(it)


async def test_a_silence_is_counted_towards_its_limit_while_it_lasts(stage: MakeStage) -> None:
    it = stage("silent", inactivity_timeout=6.0, stall_seconds=0.5)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: "slow start for" in _sidebar(it))
        await it.until(pilot, lambda: "2 s of 6 s" in _sidebar(it))
        await it.until(pilot, lambda: "gives up in" in _sidebar(it))
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)


async def test_the_rate_stays_when_the_reply_has_ended(stage: MakeStage) -> None:
    it = stage(rate=60, tokens=150)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        figure = it.app.chat.health.figure
        await it.until(pilot, lambda: it.app.chat.busy)
        assert figure.value.strip() == "—"  # the first second has none
        await it.until(pilot, lambda: figure.value.strip() != "—")
        await it.until(pilot, lambda: "▇" in _sidebar(it) or "█" in _sidebar(it))
        await it.until(pilot, lambda: not it.app.chat.busy)
        assert 30 < float(figure.value) < 90
        await it.until(pilot, lambda: "tokens/s of the reply" in _sidebar(it))


class _Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Health()


async def test_the_age_of_the_token_is_shown_where_it_is_known() -> None:
    ages: list[float | None] = [None, 3 * 3600 + 300.0]
    app = _Bare()
    async with app.run_test(size=WIDE) as pilot:
        health = app.query_one(Health)
        assert not health.token.display
        health.measure_token(lambda: ages[0])
        assert not health.token.display
        health.measure_token(lambda: ages[1])
        await pilot.pause()
        assert health.token.display
        assert "3 h 05 min" in str(health.token.render())


async def test_only_what_changed_is_painted() -> None:
    app = _Bare()
    painted: list[str] = []
    async with app.run_test(size=WIDE) as pilot:
        health = app.query_one(Health)
        health.read({"state": Reading("streaming"), "chunks": Reading("1")})
        await pilot.pause()
        for gauge in health.query(Gauge):
            gauge.update = lambda *_, name=gauge.label, **how: painted.append(f"{name} {how}")  # type: ignore[method-assign]
        health.read({"state": Reading("streaming"), "chunks": Reading("2")})
        assert painted == ["chunks {'layout': False}"]
