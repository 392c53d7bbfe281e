"""Another program edits the text; whatever it does, the text is not lost and its file is."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from genesys_tui.errors import ConfigurationError
from genesys_tui.tui.prompt.external import edited, editor_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the editors are shell scripts")


def _script(tmp_path: Path, body: str) -> list[str]:
    file = tmp_path / "fake editor"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o700)
    return [str(file)]


def test_the_program_gets_a_private_file_which_is_gone_afterwards(tmp_path: Path) -> None:
    command = _script(tmp_path, f'ls -l "$1" > "{tmp_path}/mode"; echo "$1" > "{tmp_path}/name"; echo " more" >> "$1"')
    assert edited("text\n", command) == "text\n more\n"
    assert (tmp_path / "mode").read_text().startswith("-rw------- ")
    file = Path((tmp_path / "name").read_text().strip())
    assert not file.exists()
    assert not file.parent.exists()


def test_the_line_break_that_editors_add_is_not_taken_for_text(tmp_path: Path) -> None:
    assert edited("text", _script(tmp_path, 'printf "other\\n" > "$1"')) == "other"


@pytest.mark.parametrize("body", ["exit 3", 'echo broken > "$1"; exit 1', 'rm "$1"'])
def test_a_failure_is_a_sentence(tmp_path: Path, body: str) -> None:
    with pytest.raises(ConfigurationError, match="as it was"):
        edited("text", _script(tmp_path, body))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "VISUAL or"),
        ({"EDITOR": "no-such-editor-anywhere -w"}, "not installed"),
        ({"VISUAL": "vi 'open"}, "quotes"),
    ],
)
def test_a_missing_editor_is_a_sentence(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        editor_command(environ)


def test_visual_goes_before_editor_and_may_have_arguments(tmp_path: Path) -> None:
    (program,) = _script(tmp_path, "true")
    assert editor_command({"VISUAL": f"'{program}' --wait", "EDITOR": "ed"}) == [program, "--wait"]
    assert stat.S_IMODE(Path(program).stat().st_mode) & 0o100
