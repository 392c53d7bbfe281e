"""A file is written whole or not at all, and never over another by mistake."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genesys_tui.audit import export
from genesys_tui.errors import LedgerError


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LedgerError, match="device or a pipe"), export.written_aside(tmp_path / "pipe", force=True):
        pass
    with pytest.raises(LedgerError, match="too long"), export.written_aside(tmp_path / ("x" * 300)):
        pass
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", ["", ".", "..", "/"])
def test_a_folder_is_never_written_over(name: str, force: bool) -> None:
    with pytest.raises(LedgerError, match="is a folder"):
        export.write_file(Path(name), ["x"], force=force)


def test_two_that_write_to_one_name_at_once_are_no_harm_to_each_other(tmp_path: Path) -> None:
    file = tmp_path / "x"
    with pytest.raises(LedgerError, match="exists already"), export.written_aside(file) as first:
        first.write(b"first")
        with export.written_aside(file) as second:
            second.write(b"second")
        assert len([*tmp_path.iterdir()]) == 2, "only its own is cleaned up"
    with export.written_aside(file, force=True) as first:
        export.write_file(file, ["third"], force=True)
        first.write(b"fourth")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"fourth"]


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS])
def test_a_file_system_without_links_will_do(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)
    file = tmp_path / "x"
    export.write_file(file, ["first"])
    with pytest.raises(LedgerError, match="exists already"):
        export.write_file(file, ["second"])
    other = tmp_path / "y"
    with pytest.raises(LedgerError, match="exists already"), export.written_aside(other) as stream:
        stream.write(b"mine")
        other.write_bytes(b"somebody else's")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"x": b"first", "y": b"somebody else's"}
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_name_may_be_as_long_as_the_system_takes_it(tmp_path: Path) -> None:
    file = tmp_path / ("é" * 127)
    export.write_file(file, ["x"])
    assert file.read_bytes() == b"x"


def test_what_a_killed_export_leaves_behind_tells_what_it_is(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; from genesys_tui.audit.export import written_aside\n"
        "with written_aside(pathlib.Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path / "calls.csv")], check=False).returncode == -9
    (left,) = tmp_path.iterdir()
    assert (left.name[:11], left.suffix, left.stat().st_mode & 0o777) == (".calls.csv.", ".part", 0o600)
    export.write_file(tmp_path / "calls.csv", ["x"])
