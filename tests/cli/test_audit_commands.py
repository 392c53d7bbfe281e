"""`audit`, `config`, `gateway`: the rest of the command line."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest
from audit.made import write
from cli.conftest import Run

from genesys_tui.audit.ledger import Ledger


@pytest.fixture
def history(run: Run) -> list[dict[str, object]]:
    """Three calls: completed, truncated, failed; the newest first."""
    for arguments in (["hello"], ["--max-tokens", "5", "make a table of zebras"], ["--scenario", "refused", "x"]):
        run("ask", "--demo", "--rate", "0", *arguments)
    return [json.loads(line) for line in run("audit", "list", "--format", "jsonl").stdout.splitlines()]


def test_the_history_is_listed_filtered_shown_and_exported(
    run: Run, history: list[dict[str, object]], tmp_path: Path
) -> None:
    assert [call["status"] for call in history] == ["failed", "truncated", "completed"]

    table = run("audit", "list").stdout.splitlines()
    assert [line.split()[3] for line in table[1:]] == ["failed", "truncated", "completed"]
    assert len(run("audit", "list", "--status", "truncated").stdout.splitlines()) == 2
    assert len(run("audit", "list", "--search", "ZEBRAS").stdout.splitlines()) == 2
    assert len(run("audit", "list", "--since", "1h", "--model", "gpt*").stdout.splitlines()) == 4
    assert len(run("audit", "list", "--until", "1h").stdout.splitlines()) == 1
    assert len(run("audit", "list", "--limit", "1").stdout.splitlines()) == 2

    page = run("audit", "show", str(history[1]["request_id"])[:8]).stdout
    assert "cut by length" in page
    assert "make a table of zebras" in page
    shown = json.loads(run("audit", "show", str(history[0]["request_id"]), "--format", "json").stdout)
    assert shown.pop("ledger")["end"] > 0
    assert shown == history[0]

    file = tmp_path / "calls.jsonl"
    done = run("audit", "export", "-o", str(file))
    assert (done.returncode, done.stderr) == (0, f"Written to {file}: 3 calls.\n")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    calls = [{name: call[name] for name in history[0]} for call in lines if "event" not in call]
    assert calls == history[::-1], "an export is in the order of time"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run("audit", "export", "-o", str(file))
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert run("audit", "export", "-o", str(file), "--force").returncode == 0

    none = run("audit", "export", "--model", "nobody", "-o", str(tmp_path / "none.csv"))
    assert (none.returncode, none.stderr) == (0, f"Written to {tmp_path / 'none.csv'}: no call.\n")
    none = run("audit", "export", "--model", "nobody")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "No call fits.\n")


def test_nothing_found_is_said_beside_the_list(run: Run, history: list[dict[str, object]]) -> None:
    none = run("audit", "list", "--model", "nobody")
    assert (none.returncode, len(none.stdout.splitlines()), none.stderr) == (0, 1, "No call fits.\n")
    none = run("audit", "list", "--model", "nobody", "--format", "jsonl")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "No call fits.\n")


@pytest.mark.parametrize("command", ["list", "export"])
def test_a_word_by_itself_is_asked_to_be_searched_for(command: str, run: Run) -> None:
    done = run("audit", command, "two", "wo\x1b[31mrds")
    assert done.returncode == 2
    assert "belongs to no option. To look for a text, put --search before it." in done.stderr
    assert "\x1b" not in done.stderr


def test_what_the_options_of_a_reader_mean(run: Run, history: list[dict[str, object]]) -> None:
    """A day by its name, a dash for standard output, and yes and no in words."""
    assert len(run("audit", "list", "--since", "yesterday").stdout.splitlines()) == 4
    written = run("audit", "export", "-o", "-")
    assert written.stdout == run("audit", "export").stdout != ""
    assert "Written" not in written.stderr
    page = run("audit", "show", str(history[1]["request_id"])).stdout
    truncated = next(line.split() for line in page.splitlines() if line.startswith("truncated"))
    assert truncated == ["truncated", "yes"]
    assert "False" not in page


def test_a_time_that_ends_before_it_begins_is_a_mistake_in_the_command(run: Run) -> None:
    for command in ("list", "export"):
        done = run("audit", command, "--since", "2026-11-22", "--until", "2026-11-21")
        assert done.returncode == 2
        assert "`until` is no later than `since`" in done.stderr


def test_no_request_id_at_all_is_a_mistake_in_the_command(run: Run) -> None:
    done = run("audit", "show", "")
    assert done.returncode == 2
    assert "REQUEST_ID" in done.stderr


def test_a_damaged_ledger_is_not_taken_for_an_export(run: Run, environ: dict[str, str]) -> None:
    ledger = Path(environ["GENESYS_TUI_HOME"]) / "ledger.db"
    ledger.parent.mkdir(parents=True)
    ledger.write_bytes(b"not a database, whatever it was\n" * 9)
    done = run("audit", "verify")
    assert done.returncode == 50
    assert "it is the ledger, and damaged" in done.stdout
    assert "JSON" not in done.stdout
    assert "no export in JSON lines" in run("audit", "verify", str(ledger)).stdout


def test_what_is_not_there_is_a_sentence(run: Run) -> None:
    done = run("audit", "show", "nothing")

    assert done.returncode == 1
    assert "No call has the request id nothing" in done.stderr


def test_a_closed_pipe_is_no_traceback(command: Sequence[str], environ: dict[str, str], run: Run) -> None:
    run("ask", "--demo", "--rate", "0", "hello")
    with subprocess.Popen(
        [*command, "audit", "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_settings_are_set_shown_and_listed(run: Run, environ: dict[str, str]) -> None:
    assert run("config", "set", "max_tokens", "99", "--profile", "lab").returncode == 0
    assert run("config", "set", "stop", '["A"]', "--profile", "lab").returncode == 0
    assert run("config", "path").stdout.strip() == f"{environ['GENESYS_TUI_HOME']}/config.toml"
    shown = run("--profile", "lab", "config", "show").stdout
    assert "max_tokens = 99" in shown
    assert 'stop = ["A"]' in shown
    file = Path(environ["GENESYS_TUI_HOME"], "config.toml")
    file.write_text(file.read_text() + '\n[audit]\nmode = "best-effort"\n\n[keys]\n"chat.cancel" = "ctrl+x"\n')
    tables = run("config", "show").stdout.split("\n\n")
    assert [table.split("\n")[0] for table in tables] == ["[profiles.default]", "[ui]", "[audit]", "[keys]"]
    assert re.search(f'mode = "best-effort" +# {file}', tables[2])
    assert re.search('text = "full" +# default', tables[2])
    assert '"chat.cancel" = "ctrl+x"' in tables[3]
    assert run("config", "profiles").stdout.split("\n")[:2] == ["* default", "  lab"]
    refused = run("config", "set", "max_tokens", "many")
    assert refused.returncode == 2
    assert "max_tokens" in refused.stderr
    assert run("config", "set", "colour", "red").returncode == 2


def test_the_gateway_serves_until_it_is_interrupted(command: Sequence[str], environ: dict[str, str]) -> None:
    with subprocess.Popen(
        [*command, "gateway", "--port", "0", "--scenario", "refused"], stdout=subprocess.PIPE, env=environ, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/nothing", timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_help_names_every_scenario(run: Run) -> None:
    from genesys_tui.demo import SCENARIOS

    assert all(name in run("gateway", "--help").stdout for name in SCENARIOS)


@pytest.mark.parametrize(
    ("name", "form", "begins", "told"),
    [
        ("x.csv", None, '"request_id",', ""),
        ("X.CSV", None, '"request_id",', ""),
        ("x.txt", None, '{"event"', ""),
        ("x.json", None, '{"event"', ""),
        ("x.csv", "csv", '"request_id",', ""),
        ("x.txt", "csv", '"request_id",', ""),
        ("x.jsonl", "otlp", '{"resourceSpans"', ""),
        ("x.csv", "jsonl", '{"event"', "It is jsonl, as --format says, though its name ends in .csv.\n"),
        ("x.csv", "otlp", '{"resourceSpans"', "It is otlp, as --format says, though its name ends in .csv.\n"),
        ("x.jsonl", "csv", '"request_id",', "It is csv, as --format says, though its name ends in .jsonl.\n"),
    ],
)
def test_the_format_follows_the_ending_where_it_is_not_given(
    name: str, form: str | None, begins: str, told: str, run: Run, environ: dict[str, str], tmp_path: Path
) -> None:
    with Ledger(Path(environ["GENESYS_TUI_HOME"]) / "ledger.db") as ledger:
        write(ledger, "a")
    file = tmp_path / name
    done = run("audit", "export", "-o", str(file), *(["--format", form] if form else []))
    assert (done.returncode, done.stderr) == (0, f"Written to {file}: 1 call.\n{told}")
    assert file.read_text().startswith(begins)


@pytest.mark.parametrize("flags", [[], ["--force"]])
@pytest.mark.parametrize("name", ["", ".", "..", "/", "nowhere/"])
def test_a_folder_is_no_file_to_write(name: str, flags: list[str], run: Run) -> None:
    for command in (["export", *flags], ["bundle", "x"]):
        done = run("audit", *command, "-o", name)
        assert done.returncode == 2
        assert ("is a folder" if name else "names no file") in done.stderr
        assert "--force to" not in done.stderr
