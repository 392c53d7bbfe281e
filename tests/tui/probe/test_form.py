"""The form makes a plan of what is written, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.config import Settings, load_settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.probe.plan import Plan
from genesys_tui.tui.probe.form import Form


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, environ={"GENESYS_TUI_HOME": str(tmp_path)})


def test_what_it_begins_with_is_a_plan(settings: Settings) -> None:
    form = Form(settings)
    assert form.wanted(form.written).plan == Plan(baseline="7d")


def test_what_is_written_counts_and_what_is_empty_asks_for_nothing(settings: Settings) -> None:
    form = Form(settings)
    written = {"prompts": "one\n\n two\\nlines \n", "repeat": " 3 ", "max_gap": "1.5", "max_ttft_p95": "2"}
    empty = {"concurrency": "", "baseline": "", "max_failed": "", "max_truncated": ""}
    plan = form.wanted({**form.written, **written, **empty}).plan
    assert plan.prompts == ("one", " two\nlines ")
    assert (plan.repeat, plan.concurrency, plan.baseline) == (3, 1, "")
    assert (plan.limits.max_gap, plan.limits.max_ttft_p95, plan.limits.max_failed) == (1.5, 2, 0)
    assert plan.limits.max_truncated is None


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("repeat", "x", "repeat: takes a whole number."),
        ("repeat", "1.5", "repeat: takes a whole number."),
        ("repeat", "0", "repeat: must be greater than or equal to 1."),
        ("max_gap", "nan", "max_gap: takes a number that is finite."),
        ("max_gap", "2s", "max_gap: takes a number."),
        ("max_failed", "-1", "max_failed: must be greater than or equal to 0."),
        ("prompts", " \n", "prompts: is empty; name at least one."),
        (
            "baseline",
            "soon",
            "baseline: 'soon' is no moment. Give a date (2026-11-22, yesterday) or an age (7d, 24h, 30m).",
        ),
    ],
)
def test_what_cannot_be_used_is_told(name: str, text: str, told: str, settings: Settings) -> None:
    form = Form(settings)
    with pytest.raises(ConfigurationError) as caught:
        form.wanted({**form.written, name: text})
    assert caught.value.message == told


def test_a_file_fills_it_and_what_is_written_then_beats_the_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('prompts = ["a\\nb"]\nrepeat = 4\n[limits]\nmax_gap = 2.5\n[parameters]\nmax_tokens = 9\n')
    form = Form(settings)
    form.read(file)
    assert form.written["prompts"] == "a\\nb"
    assert (form.written["repeat"], form.written["max_gap"], form.written["baseline"]) == ("4", "2.5", "")
    wanted = form.wanted({**form.written, "repeat": "5"})
    assert (wanted.plan.prompts, wanted.plan.repeat, wanted.plan.limits.max_gap) == (("a\nb",), 5, 2.5)
    assert wanted.settings.profile.max_tokens == 9


def test_a_file_for_another_profile_is_not_run_with_this_one(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('profile = "lab"\n')
    with pytest.raises(ConfigurationError, match="--profile lab"):
        Form(settings).read(file)
    file.write_text(f'profile = "{settings.name}"\n')
    Form(settings).read(file)
