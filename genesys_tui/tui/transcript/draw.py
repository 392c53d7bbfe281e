"""Drawing: a block and a width in, strips out."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from genesys_tui.tui.transcript.blocks import Block, Frame
from genesys_tui.tui.transcript.fences import highlighted
from genesys_tui.tui.transcript.inline import Run, runs
from genesys_tui.tui.transcript.palette import Palette
from genesys_tui.tui.transcript.tables import table
from genesys_tui.tui.transcript.wrap import folded, wrapped

_NARROWEST = 20
"""Cells a block keeps for itself, however deep it stands."""
_MARKS = {"success": "✓", "warning": "!", "error": "✗", "muted": "·"}


def drawn(block: Block, width: int, palette: Palette) -> list[Strip]:
    """The lines of a block, each exactly `width` cells."""
    frames = frames_that_fit(block.frames, width)
    room = max(width - sum(frame.indent for frame in frames), 2)
    quoted = ("quote",) if any(frame.quote for frame in frames) else ()
    fill = {"code": ("code",), "prompt": ("prompt",)}.get(block.kind, quoted)
    strips: list[Strip] = []
    if block.gap >= 0:
        bars = _prefix(frames[: max(0, block.gap - len(block.frames) + len(frames))], False)
        strips.append(_strip(bars, width, (), palette))
    for number, line in enumerate(_body(block, room, quoted)):
        strips.append(_strip(_prefix(frames, number == 0) + line, width, fill, palette))
    return strips


def estimate(block: Block, width: int) -> int:
    """About how many lines the block will be."""
    room = max(width - 2 * len(block.frames), 10)
    text = block.text
    lines = text.count("\n") + 1
    if block.kind in ("code", "table"):
        lines += (not block.joined) + (len(text) // room if len(text) > lines * room else 0)
    elif block.kind in ("paragraph", "prompt"):
        lines = max(lines if block.kind == "prompt" else 1, -(-len(text) // room))
    return lines + (block.gap >= 0)


def frames_that_fit(frames: tuple[Frame, ...], width: int) -> tuple[Frame, ...]:
    """The innermost frames that leave the block some room."""
    while frames and sum(frame.indent for frame in frames) > width - _NARROWEST:
        frames = frames[1:]
    return frames


def _prefix(frames: tuple[Frame, ...], first: bool) -> list[Run]:
    """What stands left of a line: bars, and on the first the markers."""
    out: list[Run] = []
    for frame in frames:
        if frame.quote:
            out.append(("│ ", ("quote-bar",)))
        else:
            out.append(((frame.marker if first else "").rjust(frame.indent - 1) + " ", ("marker",)))
    return out


def _strip(line: list[Run], width: int, fill: tuple[str, ...], palette: Palette) -> Strip:
    length = sum(cell_len(text) for text, _ in line)
    segments = _segments([*line, (" " * max(0, width - length), fill)], palette)
    strip = Strip(segments, max(length, width))
    return strip if length <= width else strip.crop(0, width)


def _segments(line: list[Run], palette: Palette) -> list[Segment]:
    """The runs with their styles; neighbours of one style as one, for each costs something whenever it is painted."""
    segments: list[Segment] = []
    for text, looks in line:
        style = palette[looks]
        if text and segments and segments[-1].style is style and (segments[-1].text + text).isascii():
            segments[-1] = Segment(segments[-1].text + text, style)  # others may join into fewer cells
        elif text:
            segments.append(Segment(text, style))
    return segments


def _body(block: Block, room: int, looks: tuple[str, ...]) -> list[list[Run]]:
    kind = block.kind
    if kind == "code":
        return _code(block, room)
    if kind == "table":
        return [_with(line, looks) for line in table(block, room)]
    if kind == "rule":
        return [[("─" * room, ("rule",))]]
    if kind == "heading":
        return _heading(block, room)
    if kind == "prompt":
        plain: list[Run] = [(block.text.expandtabs(4), ("prompt",))]
        return [[("▌ ", ("prompt", "prompt-bar")), *line] for line in wrapped(plain, room - 2)]
    if kind == "note":
        note: list[Run] = [(f"{_MARKS[block.detail]} {block.text}", (f"note-{block.detail}",))]
        return wrapped(note, room)
    return wrapped(_with(runs(block.text), looks), room)


def _with(line: list[Run], looks: tuple[str, ...]) -> list[Run]:
    return [(text, looks + own) for text, own in line] if looks else line


def _heading(block: Block, room: int) -> list[list[Run]]:
    """The heading, underlined by its level."""
    looks = ("heading", f"heading-{block.detail}")
    lines = wrapped(_with(runs(block.text), looks), room)
    line = {"1": "━", "2": "─"}.get(block.detail)
    if line and block.text:
        longest = max(sum(cell_len(text) for text, _ in parts) for parts in lines)
        lines.append([(line * longest, ("heading-line",))])
    return lines


def _code(block: Block, room: int) -> list[list[Run]]:
    """A piece of code on a ground of its own, under the name of its language."""
    edge: Run = (" ", ("code",))
    lines = [[edge, *part] for line in highlighted(block) for part in folded(line, room - 2)]
    if not block.joined and block.detail:
        name = set_cell_size(block.detail, min(cell_len(block.detail), room - 2))
        lines.insert(0, [edge, (name, ("code", "code-label"))])
    return lines


def warm_up() -> None:
    """Import what the first reply would wait for: the Markdown parser, and the lexers that are asked for most."""
    runs("*warm*")
    for language in ("python", "json", "bash"):
        highlighted(Block("code", "1", detail=language))
