"""Repaint: of what changed on the screen, only that is drawn.

Textual draws, for each change, every widget within the rectangle around all of them: with a transcript and gauges
beside it that is the whole screen, for a line and three digits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Chops = list[dict[int, Strip | None]]
"""For each line of the screen, the pieces of it, by the column each begins at; None where it is not drawn."""


def repaint_what_changed() -> None:
    """Have every screen of this process do so."""
    Compositor.render_partial_update = _partial_update  # type: ignore[method-assign,assignment]


def _partial_update(compositor: Compositor) -> ChopsUpdate | None:
    regions = set(compositor._dirty_regions)
    compositor._dirty_regions.clear()
    height = len(compositor.cuts)
    spans = [span for span in compositor._regions_to_spans(regions) if 0 <= span[0] < height]
    if not spans:
        return None
    return ChopsUpdate(_chops(compositor, spans), spans, [cuts[1:] for cuts in compositor.cuts])


def _chops(compositor: Compositor, spans: Sequence[tuple[int, int, int]]) -> Chops:
    """Draw what shows within these spans: of lines, from a column to before another; widgets from front to back."""
    cuts = compositor.cuts
    chops: Chops = [dict.fromkeys(line[:-1]) for line in cuts]
    missing = _pieces(cuts, spans)
    for widget, (region, clip) in compositor.visible_widgets.items():
        if not missing:
            break
        shown = region.intersection(clip)
        lines = [y for y in shown.line_range if _any_within(missing.get(y, ()), shown.x, shown.right)]
        if not lines:
            continue
        top, bottom = lines[0], lines[-1] + 1
        strips = widget.render_lines(Region(shown.x - region.x, top - region.y, shown.width, bottom - top))
        drawn = dict(zip(range(top, bottom), strips, strict=False))
        for y in filter(drawn.__contains__, lines):  # a widget may draw fewer lines than it was asked for
            line = cuts[y]
            within = line[bisect_left(line, shown.x) : bisect_left(line, shown.right) + 1]
            pieces = drawn[y].divide([cut - shown.x for cut in within[1:]])
            for cut, piece in zip(within, pieces, strict=False):  # the last cut is the widget's end
                if chops[y][cut] is None:
                    chops[y][cut] = piece
            missing[y] = [cut for cut in missing[y] if chops[y][cut] is None]
            if not missing[y]:
                del missing[y]
    return chops


def _pieces(cuts: Sequence[Sequence[int]], spans: Iterable[tuple[int, int, int]]) -> dict[int, list[int]]:
    """The beginnings of the pieces that lie in the spans, by line."""
    pieces: dict[int, list[int]] = {}
    for y, start, end in spans:
        line = cuts[y]
        pieces.setdefault(y, []).extend(begin for begin, behind in pairwise(line) if begin < end and behind > start)
    return pieces


def _any_within(cuts: Iterable[int], start: int, end: int) -> bool:
    return any(start <= cut < end for cut in cuts)
