"""The plot shows each call where it was made, and the worst of several where they do not all fit."""

from __future__ import annotations

from collections.abc import Sequence

from genesys_tui.tui.probe.plot import BROKEN, GUTTER, Point, Scale, drawn

PLAIN = Scale("TTFT", "s")


def _columns(lines: list[str]) -> list[str]:
    """From left to right, each from the bottom up."""
    return ["".join(column) for column in zip(*(line[GUTTER:] for line in reversed(lines[1:])), strict=True)]


def _drawn(
    points: Sequence[Point | None], scale: Scale = PLAIN, width: int = GUTTER + 12, height: int = 5
) -> list[str]:
    lines = [line.plain for line in drawn(points, scale, width, height)]
    assert len(lines) == height
    return [lines[0], *(line.ljust(width) for line in lines[1:])]


def _styles(points: Sequence[Point | None], scale: Scale) -> set[str]:
    return {str(span.style) for line in drawn(points, scale, GUTTER + 12, 5)[1:] for span in line.spans}


def test_a_call_has_a_column_as_high_as_its_measure() -> None:
    first, second, third, *rest = _columns(_drawn([Point(1.0, ""), Point(0.5, ""), Point(0.0, ""), None]))[::3]
    assert len(first.strip()) > len(second.strip()) > 0
    assert third.strip() == "▁", "small is not nothing"
    assert rest == ["    "], "a place for a call to come"


def test_a_call_without_the_measure_has_a_mark_at_the_bottom() -> None:
    columns = _columns(_drawn([Point(1.0, ""), Point(None, "", "×"), Point(None, "")]))[::3]
    assert [column.rstrip() for column in columns[1:3]] == ["×", "·"]


def test_of_more_calls_than_columns_the_worst_are_shown() -> None:
    values = [Point(0.1, "") for _ in range(60)]
    values[31] = Point(9.0, "")
    slow = _columns(_drawn(values))
    assert [place for place, column in enumerate(slow) if len(column.strip()) > 2] == [31 // 5]
    values[31] = Point(None, "", "×")
    assert _columns(_drawn(values))[31 // 5].strip() == "×"

    rates = [Point(50.0, "") for _ in range(60)]
    rates[31] = Point(1.0, "")
    low = _columns(_drawn(rates, Scale("rate", "tok/s", falling=True)))
    assert min(range(12), key=lambda place: len(low[place].strip())) == 31 // 5


def test_the_limit_is_a_line_and_what_breaks_it_stands_out() -> None:
    scale = Scale("TTFT", "s", 1.0)
    lines = _drawn([Point(0.5, "green"), None, None, None], scale)
    assert sum("╌" in line for line in lines) == 1
    assert "1.00 ┤" in "".join(lines)
    assert BROKEN not in _styles([Point(1.0, "green")], scale)
    assert BROKEN in _styles([Point(1.01, "green")], scale)
    assert BROKEN in _styles([Point(0.99, "green")], Scale("rate", "tok/s", 1.0, falling=True))


def test_a_limit_far_above_does_not_press_the_calls_flat() -> None:
    lines = _drawn([Point(0.1, ""), Point(0.05, "")], Scale("TTFT", "s", 60.0))
    assert "limit ≤ 60 s" in lines[0]
    assert not any("╌" in line for line in lines)
    assert len(_columns(lines)[0].strip()) == 4


def test_without_any_measure_there_is_no_figure_but_0() -> None:
    lines = _drawn([Point(None, "", "×"), None])
    assert [line[:GUTTER].strip(" │┤") for line in lines[1:]] == ["", "", "", "0"]


def test_every_room_will_do() -> None:
    points: list[Point | None] = [Point(1.0, ""), Point(None, ""), None]
    for width in (0, 1, GUTTER, GUTTER + 1, 200):
        for height in (0, 1, 2, 40):
            assert drawn(points, Scale("TTFT", "s", 0.5), width, height)
    assert drawn([], PLAIN, 40, 5)
