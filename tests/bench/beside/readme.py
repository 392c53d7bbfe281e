"""The README's figures: what a run printed, between two marks of its subject."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).parents[3] / "README.md"


def marks(subject: str) -> tuple[str, str]:
    """What stands before and behind a subject's figures."""
    return f"<!-- measured: {subject} -->", f"<!-- /measured: {subject} -->"


def keep(subject: str, said: str, readme: Path = README) -> None:
    """Put what was said in the place of what stands there. Raises ValueError where there is no such place."""
    begin, end = marks(subject)
    text = readme.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{readme.name} has no place for {subject!r}: {begin} … {end}")
    readme.write_text(f"{before}{begin}\n{said.strip()}\n{end}{after}", encoding="utf-8")
