"""`config`: what it takes from a command line, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.conftest import Run


@pytest.mark.parametrize("proxy", ["http://u:hunter22@proxy.example:3128", "u:hunter22@proxy.example:3128"])
def test_a_password_is_not_taken_from_a_command_line(proxy: str, run: Run, environ: dict[str, str]) -> None:
    done = run("config", "set", "proxy", proxy)
    assert done.returncode == 2
    assert "Put the proxy with its password into the file that `genesys-tui config path` names" in done.stderr
    assert "hunter22" not in done.stderr
    file = Path(environ["GENESYS_TUI_HOME"]) / "config.toml"
    assert not file.exists()
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'[profiles.default]\nproxy = "{proxy}"\n')
    shown = run("config", "show").stdout
    assert "••••@proxy.example:3128" in shown
    assert "hunter22" not in shown
    assert run("config", "set", "proxy", "http://u@proxy.example:3128").returncode == 0


def test_the_ids_of_all_bindings_are_listed_as_config_toml_takes_them(run: Run, environ: dict[str, str]) -> None:
    listed = run("config", "keys").stdout
    assert '"app.history" = "f3"' in listed
    file = Path(environ["GENESYS_TUI_HOME"]) / "config.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(listed)
    assert run("config", "show").returncode == 0


@pytest.mark.parametrize("zeros", [400, 5000])
def test_a_number_without_end_is_refused_in_a_sentence(zeros: int, run: Run) -> None:
    done = run("config", "set", "temperature", "1" + "0" * zeros)
    assert done.returncode == 2
    assert done.stderr == "genesys-tui: parameters.temperature: input should be a finite number.\n"


def test_a_region_that_is_none_is_refused_with_those_that_are(run: Run, environ: dict[str, str]) -> None:
    done = run("config", "set", "region", "eu-west-9")
    assert done.returncode == 2
    assert "There is no Genesys Cloud region 'eu-west-9'. Choose one of: us-east-1 " in done.stderr
    assert not (Path(environ["GENESYS_TUI_HOME"]) / "config.toml").exists()
    assert run("config", "set", "region", "eu_west_1").returncode == 0


@pytest.mark.parametrize(
    ("setting", "title", "command"),
    [("audit.mode", "audit", "show"), ("ui.theme", "ui", "show"), ("keys.app.history", "keys", "keys")],
)
def test_a_setting_of_no_profile_is_said_to_stand_in_the_file(
    setting: str, title: str, command: str, run: Run, environ: dict[str, str]
) -> None:
    done = run("config", "set", setting, "x")
    assert done.returncode == 2
    file = f"{environ['GENESYS_TUI_HOME']}/config.toml"
    place = f"Edit {file}: it stands there under [{title}], as `genesys-tui config {command}` prints it."
    assert done.stderr == f"genesys-tui: {setting} belongs to no profile. {place}\n"
    assert f"[{title}]" in run("config", command).stdout
    assert "There is no setting 'audit.colour'" in run("config", "set", "audit.colour", "x").stderr
