"""`[ui]`, `[keys]` and `production`: read, judged, and written without losing a comment."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from genesys_tui.config import Ui, load_settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.setting import write_setting, write_ui


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_they_are_read(file: Path) -> None:
    file.write_text(
        '[ui]\ntheme = "nord"\nreduced_motion = true\nenter = "newline"\n'
        '[keys]\n"app.help" = ["f1", "f12"]\n[profiles.default]\nproduction = true\n'
    )
    settings = load_settings()
    assert settings.ui == Ui(theme="nord", reduced_motion=True, enter="newline")
    assert settings.keys == {"app.help": ["f1", "f12"]}
    assert settings.profile.production


def test_without_a_file_they_have_defaults() -> None:
    settings = load_settings()
    assert (settings.ui, dict(settings.keys), settings.profile.production) == (Ui(), {}, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[ui]\nenter = "both"', "ui.enter: "),
        ("[ui]\nreduced_motion = 7", "ui.reduced_motion: "),
        ("[ui]\ntheem = 1", "ui.theem: "),
        ("ui = 3", "ui: "),
    ],
)
def test_what_cannot_be_used_is_named(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert words in caught.value.message


def test_writing_keeps_comments_and_the_rest(file: Path) -> None:
    file.write_text('# ours\n[ui]\nenter = "newline"  # as in an editor\n')
    write_ui(file, "theme", "nord")
    assert file.read_text() == '# ours\n[ui]\nenter = "newline"  # as in an editor\ntheme = "nord"\n'
    with pytest.raises(ConfigurationError):
        write_ui(file, "enter", "both")


def test_two_threads_lose_nothing_of_each_other(file: Path) -> None:
    writers = [
        threading.Thread(target=write_setting, args=(file, f"p{number}", "model", f"m{number}")) for number in range(8)
    ] + [threading.Thread(target=write_ui, args=(file, "theme", "nord"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert load_settings().ui.theme == "nord"
    assert [load_settings(profile=f"p{number}").profile.model for number in range(8)] == [f"m{n}" for n in range(8)]
