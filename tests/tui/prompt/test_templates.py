"""Templates are files with clean names; their variables are asked for once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from genesys_tui.errors import ConfigurationError
from genesys_tui.tui.prompt.templates import Templates, clean, filled, variables


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Call summary", "Call summary"),
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\boot", "boot"),
        ("/abs", "abs"),
        (".hidden", "hidden"),
        ("a\x00b\x1b[2J\n", "a b 2J"),
        ("Zusammenfassung – Übung 第1", "Zusammenfassung Übung 第1"),
        ("nul", "_nul"),
        ("com1.x", "_com1.x"),
        ("x" * 200, "x" * 60),
        ("../..", ""),
        ("   ", ""),
    ],
)
def test_names_cannot_leave_the_folder(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned
    assert clean(cleaned) == cleaned


def test_a_template_is_saved_and_read_again(tmp_path: Path) -> None:
    templates = Templates(tmp_path / "templates")
    assert templates.names() == []
    assert templates.save("../Greet: all", "Hello {{name}}\n\nBye") == "Greet all"
    (file,) = (tmp_path / "templates").iterdir()
    assert file.name == "Greet all.md"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert templates.names() == ["Greet all"]
    assert templates.read("Greet all") == "Hello {{name}}\n\nBye"


def test_a_template_is_not_overwritten(tmp_path: Path) -> None:
    templates = Templates(tmp_path)
    templates.save("one", "first")
    with pytest.raises(ConfigurationError, match="already"):
        templates.save("one", "second")
    assert templates.read("one") == "first"
    with pytest.raises(ConfigurationError, match="name"):
        templates.save("..", "third")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe")
    for name in ("bad", "gone"):
        with pytest.raises(ConfigurationError, match=name):
            Templates(tmp_path).read(name)


def test_variables_are_filled_in_one_go() -> None:
    text = "{{a}} {{ b }} {{a}} {{}} {{ {x} }} {{c"
    assert variables(text) == ["a", "b"]
    assert filled(text, {"a": "{{b}}", "b": "2"}) == "{{b}} 2 {{b}} {{}} {{ {x} }} {{c"
    assert filled(text, {}) == text
