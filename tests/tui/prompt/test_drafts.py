"""A draft outlives its app, and belongs to one app at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genesys_tui.tui.prompt.drafts import Draft, Drafts
from genesys_tui.tui.prompt.keeper import DraftFound, DraftNotKept, Keeper

BLOCK = {"[pasted 2 lines · 1 KB]": "a\nb\x1b é"}
DRAFT = Draft("see [pasted 2 lines · 1 KB]\nline two", BLOCK)


def test_a_draft_and_its_blocks_are_found_by_the_next_app(tmp_path: Path) -> None:
    first = Drafts(tmp_path)
    first.keep(Draft("see"))
    first.keep(DRAFT)
    first.close()
    second = Drafts(tmp_path)
    assert second.adopt() == (DRAFT, 0)
    second.keep(Draft("see"))
    assert not list(tmp_path.rglob("*.block"))
    second.keep(Draft())
    second.close()
    assert not list(tmp_path.iterdir())


def test_drafts_are_for_their_owner_only(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.keep(DRAFT)
    for file in (tmp_path / "drafts").rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file


def test_two_apps_do_not_touch_each_others_draft(tmp_path: Path) -> None:
    first, second = Drafts(tmp_path), Drafts(tmp_path)
    first.keep(Draft("one"))
    assert second.adopt() == (Draft(), 0)
    second.keep(Draft("two"))
    first.close()
    second.close()
    third, fourth = Drafts(tmp_path), Drafts(tmp_path)
    assert third.adopt() == (Draft("two"), 1)
    assert fourth.adopt() == (Draft("one"), 0)


def test_the_newest_is_found_first(tmp_path: Path) -> None:
    for age, text in enumerate(("new", "old", "older")):
        drafts = Drafts(tmp_path)
        drafts.keep(Draft(text))
        drafts.close()
        written = next(file for file in tmp_path.rglob("draft.txt") if file.read_text() == text)
        os.utime(written, (1e9 - age, 1e9 - age))
    apps = [Drafts(tmp_path) for _ in range(4)]
    assert [app.adopt() for app in apps] == [(Draft("new"), 2), (Draft("old"), 1), (Draft("older"), 0), (Draft(), 0)]


def test_a_draft_waits_for_the_profile_that_it_was_written_for(tmp_path: Path) -> None:
    first = Drafts(tmp_path, "prod")
    first.keep(DRAFT)
    first.close()
    for name in ("demo", ""):
        other = Drafts(tmp_path, name)
        assert other.adopt() == (Draft(), 0)
        assert other.elsewhere() == ["prod"]
    second = Drafts(tmp_path, "prod")
    assert second.adopt() == (DRAFT, 0)
    assert Drafts(tmp_path, "demo").elsewhere() == [], "its app runs"
    second.profile = "lab"
    second.keep(DRAFT)
    second.close()
    assert Drafts(tmp_path, "demo").elsewhere() == ["lab"]
    next(tmp_path.rglob("profile")).unlink()
    assert Drafts(tmp_path, "demo").adopt() == (DRAFT, 0), "nobody's is lost to nobody"


def test_a_killed_app_leaves_its_draft_whole(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from genesys_tui.tui.prompt.drafts import Draft, Drafts\n"
        "drafts = Drafts(pathlib.Path(sys.argv[1])); n = 0\n"
        "while True:\n"
        "    n += 1; drafts.keep(Draft(f'{n} ' * 20_000)); print(n, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as child:
        assert child.stdout
        for _ in range(20):
            child.stdout.readline()
        assert Drafts(tmp_path).adopt() == (Draft(), 0), "its app still runs"
        child.kill()
        child.wait()
    text = Drafts(tmp_path).adopt()[0].text
    assert len(set(text.split())) == 1
    assert len(text.split()) == 20_000


def _until(met: list[object], count: int = 1) -> None:
    end = time.monotonic() + 10
    while len(met) < count:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_keeper_does_not_lose_what_it_found_before_it_was_received(tmp_path: Path) -> None:
    before = Drafts(tmp_path)
    before.keep(DRAFT)
    before.close()
    told: list[object] = []
    keeper = Keeper(tmp_path, told.append)
    keeper.start()
    _until(told)
    assert isinstance(told[0], DraftFound)
    assert told[0].draft == DRAFT
    keeper.close(Draft("typed meanwhile"))
    assert Drafts(tmp_path).adopt()[0] == Draft(f"{DRAFT.text}\n\ntyped meanwhile", BLOCK)


def test_the_keeper_writes_the_last_draft_when_it_closes(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, [].append)
    keeper.keep(Draft("a"))
    keeper.close(Draft("ab"))
    assert Drafts(tmp_path).adopt()[0].text == "ab"


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev/null folder")
def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told: list[object] = []
    keeper = Keeper(tmp_path / "file", told.append)
    keeper.start()
    keeper.keep(Draft("a"))
    _until(told, 2)
    keeper.close(Draft("ab"))
    assert [type(each) for each in told] == [DraftFound, DraftNotKept]
