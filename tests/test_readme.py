"""The README: what it says was measured was."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.beside.readme import README, keep, marks
from bench.side_by_side import SUBJECTS


@pytest.mark.parametrize("subject", [*SUBJECTS, "soak"])
def test_every_subject_has_figures_and_says_where_they_are_from(subject: str) -> None:
    begin, end = marks(subject)
    figures = README.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]
    assert any(letter.isdigit() for letter in figures)
    assert "CPython 3." in figures


def test_figures_take_the_place_of_those_before(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    begin, end = marks("start")
    readme.write_text(f"# It\n{begin}\n{end}\nand more\n")
    for said in ("| 1 |\n", "| 2 |\n"):
        keep("start", said, readme)
        assert readme.read_text() == f"# It\n{begin}\n{said}{end}\nand more\n"
    with pytest.raises(ValueError, match="no place for 'growth'"):
        keep("growth", "| 3 |", readme)
