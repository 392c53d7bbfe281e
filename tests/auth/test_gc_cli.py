"""The profiles of the gc command line are read, judged, and never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest
from secret_service import SecretService

from genesys_tui.auth import SecretStore, load_credentials
from genesys_tui.auth.gc_cli import best_first, gc_file, read_gc_profiles
from genesys_tui.cli.main import _run
from genesys_tui.config import load_settings
from genesys_tui.errors import ConfigurationError

CANARY = "canary-0815-secret"

CONFIG = f"""
[DEFAULT]
access_token = ""
client_credentials = "id-1"
client_secret = "{CANARY}"
environment = "mypurecloud.de"

[implicit]
environment = "mypurecloud.ie"
grant_type = "3"

[moon]
client_credentials = "id-3"
client_secret = "{CANARY}"
environment = "moon.example"

[lab]
client_credentials = "id-4"
client_secret = "s-4"
environment = "use2.us-gov-pure.cloud"
"""


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GENESYS_TUI_HOME", str(tmp_path))
    file = gc_file()
    file.parent.mkdir()
    file.write_text(CONFIG)
    return file


def test_profiles_with_credentials_are_read_and_the_others_explained(file: Path) -> None:
    found = read_gc_profiles(file)
    told = [(each.name, each.region, each.credentials.client_id) for each in found.usable]
    assert told == [("DEFAULT", "eu-central-1", "id-1"), ("lab", "us-east-2", "id-4")]
    assert found.usable[0].credentials.client_secret.get_secret_value() == CANARY
    assert "'implicit' of gc cannot be used. It has no client id and secret" in found.skipped[0]
    assert "'moon' of gc cannot be used. There is no Genesys Cloud region" in found.skipped[1]
    assert CANARY not in f"{found}"
    assert [each.name for each in best_first(found.usable, "lab")] == ["lab", "DEFAULT"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "gc has no profiles on this machine"),
        ("", "There is no profile in it."),
        (f"[a]\nclient_secret = {CANARY}", "is not TOML"),
        (f'[a]\nclient_credentials = 3\nclient_secret = "{CANARY}"', "Its settings are not text."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_without_quoting_it(file: Path, content: str | None, words: str) -> None:
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        read_gc_profiles(file)
    assert words in caught.value.message
    assert CANARY not in caught.value.message


def test_import_gc_puts_the_secret_into_the_keyring_and_nowhere_else(
    file: Path, secret_service: SecretService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["config", "import-gc"]) == 0
    credentials = load_credentials(SecretStore("default"))
    assert (credentials.client_id, credentials.client_secret.get_secret_value()) == ("id-1", CANARY)
    assert load_settings().profile.region == "eu-central-1"
    said = capsys.readouterr()
    assert "kept in SecretService Keyring" in said.err
    assert CANARY not in said.out + said.err
    file.unlink()
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and CANARY.encode() in each.read_bytes()]


def test_import_gc_asks_which_where_that_is_not_clear(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["config", "import-gc", "--profile", "new"]) == 2
    assert "there are: DEFAULT, lab." in capsys.readouterr().err
