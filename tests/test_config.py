"""Settings: defaults < config.toml < environment < flags, and where each one came from."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.config import Profile, load_settings, read_config
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import Message, Payload, build_payload
from genesys_tui.home import Home
from genesys_tui.setting import write_setting

CONFIG = """\
# What the whole team uses.
profile = "work"

[profiles.work]
region = "mypurecloud.de"  # Frankfurt
model = "gpt-4o"
max_tokens = 512

[profiles.lab]
base_url = "http://127.0.0.1:8000"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    return file


def test_without_a_file_everything_is_a_default() -> None:
    settings = load_settings()
    assert (settings.name, settings.profile, dict(settings.origins)) == ("default", Profile(), {})


def test_each_layer_goes_over_the_one_below_and_says_so(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.name == "work"
    assert (settings.profile.region, settings.profile.max_tokens) == ("mypurecloud.de", 512)
    assert dict(settings.origins) == dict.fromkeys(("region", "model", "max_tokens"), str(config))

    monkeypatch.setenv("GENESYS_ENVIRONMENT", "usw2.pure.cloud")
    settings = load_settings({"max_tokens": 9, "model": None, "temperature": 0.0})
    assert (settings.profile.region, settings.profile.max_tokens) == ("usw2.pure.cloud", 9)
    assert (settings.profile.model, settings.profile.temperature) == ("gpt-4o", 0)
    assert dict(settings.origins) == {
        "region": "environment (GENESYS_ENVIRONMENT)",
        "model": str(config),
        "max_tokens": "command line",
        "temperature": "command line",
    }
    assert load_settings({"region": "eu-west-1"}).origins["region"] == "command line"


def test_the_names_of_other_tools_are_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "eu-west-2")
    assert load_settings().profile.region == "eu-west-2"
    assert load_settings().origins["region"] == "environment (GENESYSCLOUD_REGION)"
    monkeypatch.setenv("GENESYS_ENVIRONMENT", "eu-west-1")
    assert load_settings().profile.region == "eu-west-1", "ours first"
    monkeypatch.setenv("GENESYS_ENVIRONMENT", "")
    assert load_settings().profile.region == "eu-west-2", "an empty one is none"


def test_the_profile_is_the_one_asked_for(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYS_TUI_PROFILE", "lab")
    assert load_settings().profile.base_url == "http://127.0.0.1:8000"
    assert load_settings(profile="work").name == "work"
    assert load_settings(profile="default").profile == Profile()
    with pytest.raises(
        ConfigurationError, match=r"no profile 'nope' in .*config.toml; there are: default, lab, work\."
    ):
        load_settings(profile="nope")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profile = ", "cannot be read"),
        ("[profiles.default]\nmodel = 'a'\nmodel = 'b'", "cannot be read"),
        ("proflies = 'x'", "proflies: there is no such key; there are: profiles, profile, "),
        ("ui.reduced_motoin = true", "ui.reduced_motoin: there is no such key; there are: reduced_motion, theme, "),
        ("profile = 7", "profile: input should be a valid string"),
        ("profiles = 7", "profiles: input should be a valid dict"),
        ("[profiles]\ndefault = 7", "profiles.default: input should be a valid dict"),
        ("[profiles.default]\nregoin = 'x'", "regoin: there is no such key; there are: region, base_url, "),
        ("[profiles.default]\nmax_tokens = 'many'", "max_tokens: input should be a valid integer"),
        ("[profiles.default]\ntemperature = 1" + "0" * 400, "temperature: input should be a valid number"),
        ("[profiles.default]\ntemperature = 1" + "0" * 5000, "cannot be read: "),
        ("[profiles.default]\nretries = -1", "retries: input should be greater than or equal to 0"),
        ("[profiles.default]\ndialect = 'telnet'", "dialect: input should be "),
        ("[profiles.default]\nmodel = ''", "model: string should have at least 1 character"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_field(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_settings()
    assert words in told.value.message
    assert str(tmp_path / "config.toml") in told.value.message


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"config\.toml cannot be read"):
        load_settings()
    (tmp_path / "config.toml").unlink()
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"config\.toml cannot be read"):
        load_settings()


def test_a_flag_that_cannot_be_used_names_the_command_line(config: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"temperature: .* \(profile work; command line\)"):
        load_settings({"temperature": "hot"})


def test_a_profile_becomes_a_payload() -> None:
    settings = load_settings({"system": "Be brief.", "max_tokens": 7, "stop": ("x",), "inactivity_timeout": 3.5})
    payload = settings.payload(Message(role="user", content="Hi"))
    assert [(message.role, message.content) for message in payload.input.messages] == [
        ("system", "Be brief."),
        ("user", "Hi"),
    ]
    assert (payload.parameters.max_tokens, payload.parameters.stop) == (7, ("x",))
    assert payload.limits.timeout_on_inactivity_seconds == 3.5
    with pytest.raises(ConfigurationError, match=r"parameters\.temperature"):
        load_settings({"temperature": 3.0}).payload(Message(role="user", content="Hi"))


def test_a_profiles_defaults_are_the_payloads() -> None:
    message = Message(role="user", content="Hi")

    def without_id(payload: Payload) -> dict[str, Any]:
        return payload.model_dump(exclude={"request_id"})

    plain = build_payload({"model": "gpt-4o-mini", "input": {"messages": [message]}})
    assert without_id(load_settings().payload(message)) == without_id(plain)


def test_the_record_says_which_profile_and_where() -> None:
    context = load_settings({"stall_seconds": 5}).context("conversation", "call")
    assert (context.profile, context.environment, context.stall_seconds) == ("default", "us-east-1", 5)
    assert (context.conversation_id, context.continues) == ("conversation", "call")
    assert load_settings({"base_url": "http://127.0.0.1:1"}).context().environment == "http://127.0.0.1:1"


def test_one_folder_instead_of_the_platforms(tmp_path: Path) -> None:
    home = Home.of({"GENESYS_TUI_HOME": str(tmp_path)})
    assert (home.config_file, home.ledger) == (tmp_path / "config.toml", tmp_path / "ledger.db")
    elsewhere = Home.of({})
    assert "genesys-tui" in str(elsewhere.config_file)
    assert "genesys-tui" in str(elsewhere.ledger)


def test_writing_a_setting_leaves_the_rest_as_it_is(config: Path) -> None:
    write_setting(config, "work", "max_tokens", "1024")
    assert config.read_text("utf-8") == CONFIG.replace("512", "1024")
    write_setting(config, "lab", "model", "gpt-4o")
    write_setting(config, "new one", "temperature", "0")
    assert config.read_text("utf-8").startswith(CONFIG.replace("512", "1024").rstrip())
    assert load_settings(profile="lab").profile.model == "gpt-4o"
    assert load_settings(profile="new one").profile.temperature == 0
    assert [file.name for file in config.parent.iterdir()] == ["config.toml"], "nothing is left beside it"


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        ("model", "gpt-4o", "gpt-4o"),
        ("model", "4", "4"),
        ("model", "true", "true"),
        ("model", '"quoted"', "quoted"),
        ("model", 'it\'s "here" \\ 🧹', 'it\'s "here" \\ 🧹'),
        ("system", "", ""),
        ("system", "two\nlines", "two\nlines"),
        ("stop", '["a", "\\n\\n"]', ("a", "\n\n")),
        ("stop", "[]", ()),
        ("max_tokens", "7", 7),
        ("temperature", "0.25", 0.25),
        ("include_usage", "false", False),
        ("base_url", "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_what_is_written_is_what_is_read(setting: str, text: str, value: object, tmp_path: Path) -> None:
    write_setting(tmp_path / "new" / "config.toml", "default", setting, text)
    settings = load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path / "new")})
    assert getattr(settings.profile, setting) == value


@pytest.mark.parametrize(
    ("setting", "text", "words"),
    [
        ("regoin", "x", "There is no setting 'regoin'; there are: region, "),
        ("max_tokens", "many", "max_tokens: input should be a valid integer"),
        ("stop", "a", "stop: input should be a valid tuple"),
        ("content_mode", "sideways", "content_mode: input should be 'delta' or 'cumulative'"),
    ],
)
def test_what_cannot_be_used_is_not_written(setting: str, text: str, words: str, config: Path) -> None:
    with pytest.raises(ConfigurationError) as told:
        write_setting(config, "work", setting, text)
    assert words in told.value.message
    assert config.read_text("utf-8") == CONFIG


def test_a_file_may_hold_a_password_and_is_its_owners_only(config: Path) -> None:
    config.write_text('[profiles.work]\nproxy = "http://u:a-password@proxy.example:3128"\n')
    for mode in (0o600, 0o644):
        config.chmod(mode)
        (config.parent / "config.toml.new").write_text("left behind by one that was killed")
        (config.parent / "config.toml.new").chmod(0o644)
        write_setting(config, "work", "max_tokens", "7")
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        assert "a-password" in config.read_text()


def test_a_broken_file_is_not_written_over(tmp_path: Path) -> None:
    for broken in ("profile = ", "profiles = 7", "[profiles.x]\ntemperature = 1" + "0" * 5000):
        (tmp_path / "config.toml").write_text(broken)
        with pytest.raises(ConfigurationError):
            write_setting(tmp_path / "config.toml", "default", "model", "x")
        assert (tmp_path / "config.toml").read_text() == broken


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none.toml") == {}
