"""The form judges what is written by the models of the profile and the payload, and keeps what was not touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.audit.records import Record
from genesys_tui.config import Settings, load_settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import Message
from genesys_tui.tui.parameters.escapes import escaped, unescaped
from genesys_tui.tui.parameters.form import Form, judged, recorded, save


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("max_tokens", "0", "greater than or equal to 1"),
        ("max_tokens", "many", "valid integer"),
        ("max_tokens", "", "valid integer"),
        ("temperature", "2.5", "less than or equal to 2"),
        ("temperature", "nan", "finite"),
        ("model", "", "at least 1 character"),
        ("model", "m" * 257, "at most 256"),
        ("stop", "\n".join("abcdefghijklmnopq"), "at most 16"),
        ("max_stream_duration", "0", "greater than 0"),
        ("inactivity_timeout", "-1", "greater than 0"),
        ("flush_interval_ms", "x", "valid integer"),
        ("system", "\udc80", "no text"),
    ],
)
def test_a_field_that_cannot_be_used_says_why(settings: Settings, field: str, text: str, reason: str) -> None:
    form = Form(settings)
    judgement = form.judge({**form.written, field: text})
    assert judgement.settings is None
    assert list(judgement.reasons) == [field]
    assert reason in judgement.reasons[field]


def test_every_wrong_field_is_told_at_once(settings: Settings) -> None:
    form = Form(settings)
    judgement = form.judge({**form.written, "max_tokens": "x", "temperature": "3", "min_tokens_per_chunk": "99"})
    assert set(judgement.reasons) == {"max_tokens", "temperature", "max_tokens_per_chunk"}


def test_what_is_written_reaches_the_payload(settings: Settings) -> None:
    form = Form(settings)
    written = {
        **form.written,
        "max_tokens": " 12 ",
        "stop": "END\n\\n\\n\n\n",
        "system": "Be\nbrief.",
        "include_usage": False,
    }
    changed = form.judge(written).settings
    assert changed is not None
    payload = changed.payload(Message(role="user", content="hi"))
    assert payload.parameters.max_tokens == 12
    assert payload.parameters.stop == ("END", "\n\n")
    assert payload.input.messages[0] == Message(role="system", content="Be\nbrief.")
    assert not payload.stream_config.completion_directives.include_usage
    assert changed.origins["max_tokens"] == "this conversation"


def test_what_is_only_shown_cleaned_stays_what_it_was(settings: Settings) -> None:
    dirty = judged(settings, {"system": "a\x1b[2Jb", "stop": ("\x00", "\u202e")}).settings
    assert dirty is not None
    form = Form(dirty)
    assert "\x1b" not in str(form.written)
    changed = form.judge({**form.written, "max_tokens": "5"}).settings
    assert changed is not None
    assert (changed.profile.system, changed.profile.stop) == ("a\x1b[2Jb", ("\x00", "\u202e"))


@given(st.text())
def test_escapes_lose_nothing_and_fit_on_a_line(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert escaped(text).isprintable()


def test_a_backslash_that_escapes_nothing_is_one() -> None:
    assert unescaped(r"\d\U99999999\\n") == r"\d\U99999999\n"


def test_saving_writes_what_differs_and_the_next_start_reads_it(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('# mine\n[profiles.default]\nmodel = "kept"  # why\n')
    before = load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)})
    changes: dict[str, Any] = {
        "temperature": 0.25,
        "stop": ('a"\\', "\n\n"),
        "system": "two\nlines \x7f",
        "enforce_schema": False,
    }
    changed = judged(before, changes).settings
    assert changed is not None
    assert save(changed, before).profile == changed.profile
    text = (tmp_path / "config.toml").read_text()
    assert "# mine" in text
    assert "max_tokens" not in text
    assert load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}).profile == changed.profile


def test_there_is_nowhere_to_save_without_a_profile(settings: Settings, tmp_path: Path) -> None:
    elsewhere = load_settings(profile="demo", may_be_new=True, environ={"GENESYS_TUI_HOME": str(tmp_path)})
    with pytest.raises(ConfigurationError, match="no profile demo"):
        save(elsewhere, elsewhere)


def test_a_record_tells_the_settings_of_its_call(settings: Settings) -> None:
    then = judged(settings, {"max_tokens": 7, "stop": (), "max_stream_duration": 9.0, "flush_interval_ms": 3}).settings
    assert then is not None
    payload = then.payload(Message(role="user", content="hi"))
    parameters = {**payload.parameters.model_dump(mode="json"), "stream_config": payload.stream_config.model_dump()}
    record = Record(
        request_id="r",
        model="other",
        conversation_id="c",
        started_at=datetime.now(timezone.utc),
        parameters=parameters,
    )
    profile = recorded(settings, record, "Be brief.").profile
    assert profile == replace(then.profile, model="other", system="Be brief.")
    strange = record.model_copy(update={"parameters": {"max_tokens": -5, "stream_config": None}})
    assert recorded(settings, strange, "") == settings
