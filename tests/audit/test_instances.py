"""Who is alive is known to all, and the dead leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from genesys_tui.audit.instances import Instance, is_alive

ALIVE = """
import sys
from pathlib import Path
from genesys_tui.audit.instances import Instance
instance = Instance(Path(sys.argv[1]))
print(instance.name, flush=True)
sys.stdin.read()
"""

COMING_AND_GOING = """
import sys, time
from pathlib import Path
from genesys_tui.audit.instances import Instance, is_alive
folder, until = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
lives = 0
while time.monotonic() < until:
    instance = Instance(folder)
    assert all(is_alive(folder, instance.name) for _ in range(3)), "taken for dead"
    others = [file.stem for file in folder.glob("*.lock")]
    for each in others:
        is_alive(folder, each)
    assert is_alive(folder, instance.name), "taken away"
    instance.close()
    assert not is_alive(folder, instance.name), "alive without a file"
    lives += 1
print(lives, flush=True)
"""


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_who_starts_takes_away_what_the_dead_left(tmp_path: Path) -> None:
    processes = [started(ALIVE, tmp_path) for _ in range(4)]
    names = [line_of(process) for process in processes]
    assert all(is_alive(tmp_path, name) for name in names)
    for process in processes[1:]:
        process.kill()
        process.communicate()
    assert len([*tmp_path.iterdir()]) == 4
    with_one = Instance(tmp_path)
    assert {file.stem for file in tmp_path.iterdir()} == {names[0], with_one.name}, "but not the living"
    assert [is_alive(tmp_path, name) for name in names] == [True, False, False, False]
    with_one.close()
    processes[0].communicate("")
    assert not is_alive(tmp_path, names[0])
    assert list(tmp_path.iterdir()) == []


def test_nobody_who_starts_is_taken_away_by_others_that_start(tmp_path: Path) -> None:
    processes = [started(COMING_AND_GOING, tmp_path, 3) for _ in range(4)]
    for process in processes:
        assert line_of(process) == "ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        lives, trouble = process.communicate()
        assert (process.returncode, trouble) == (0, "")
        assert int(lives) > 0
    Instance(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_on_a_file_that_is_gone_is_no_life(tmp_path: Path) -> None:
    name = "0" * 32
    lock = FileLock(tmp_path / f"{name}.lock")
    lock.acquire()
    assert is_alive(tmp_path, name)
    (tmp_path / f"{name}.lock").unlink()
    assert not is_alive(tmp_path, name)
    assert list(tmp_path.iterdir()) == []
    lock.release()


@pytest.mark.parametrize("name", ["../victim/uv", "/etc/x", "x" * 300, "a\0b", "", "ABCDEF" * 6])
def test_a_name_that_a_ledger_says_leads_to_no_other_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "instances").mkdir()
    victim = tmp_path / "victim" / "uv.lock"
    victim.write_text("mine")
    assert not is_alive(tmp_path / "instances", name)
    assert not is_alive(tmp_path / "instances", str(victim.with_suffix("")))
    assert victim.read_text() == "mine"


def test_an_instance_may_be_closed_by_another_thread(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    thread = threading.Thread(target=instance.close)
    thread.start()
    thread.join()
    assert not is_alive(tmp_path, instance.name)


@pytest.mark.parametrize(("hours", "left"), [(0, True), (30, False)])
def test_what_died_before_it_had_a_name_goes_after_a_day(hours: int, left: bool, tmp_path: Path) -> None:
    file = tmp_path / "x.new"
    file.touch()
    then = time.time() - hours * 3600
    os.utime(file, (then, then))
    Instance(tmp_path).close()
    assert file.exists() is left
