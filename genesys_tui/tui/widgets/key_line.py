"""The key line: what can be pressed here, as much of it as fits, and what can be pressed everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content

from genesys_tui.tui.naming import bindings_of, key_of, sign_of
from genesys_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from textual.dom import DOMNode

PLACES = ("app.chat", "app.history", "app.wire")
ALWAYS = ("app.help", "app.palette", "app.quit")
FIRST = "chat.stop"
"""What nobody should have to look for."""

ROOMY = 100
"""Cells from which there is room for two between keys, instead of one."""


class Hint(NamedTuple):
    """A key, and what it does."""

    sign: str
    words: str
    key: str
    """As Textual names it."""

    here: bool = False
    """Whether it leads to what is shown already."""

    @property
    def width(self) -> int:
        """Cells."""
        return Content(f"{self.sign} {self.words}".rstrip()).cell_length


MORE = Hint("…", "", "")


def fitted(here: Sequence[Hint], always: Sequence[Hint], width: int) -> tuple[list[Hint], list[Hint]]:
    """What is shown in so many cells: those of the place as far as they fit, and those that are always there."""
    shown, right = list(here), list(always)
    if width_of(right, width) > width:
        right = [hint._replace(words="") for hint in right]
    room = width - width_of(right, width) - 2
    while shown and width_of(_marked(shown, here), width) > room:
        shown.pop()
    return _marked(shown, here), right


def _marked(shown: list[Hint], all_of_them: Sequence[Hint]) -> list[Hint]:
    return [*shown, MORE] if shown and len(shown) < len(all_of_them) else shown


def between(width: int) -> int:
    """Cells between two keys on a line so wide."""
    return 2 if width >= ROOMY else 1


def width_of(hints: Sequence[Hint], width: int) -> int:
    """Cells that they take together on a line so wide."""
    return sum(hint.width for hint in hints) + between(width) * max(0, len(hints) - 1)


class KeyLine(Line):
    """Stands at the foot of a screen. A click on a key presses it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.call_after_refresh(self._tell))

    def on_resize(self) -> None:
        """Show what fits."""
        self._tell()

    def on_click(self, event: events.Click) -> None:
        """Press the key that stands there."""
        place = event.get_content_offset_capture(self).x
        for start, end, key in self._spans:
            if start <= place < end:
                self.app.simulate_key(key)

    def _tell(self) -> None:
        if not self.is_attached or not self.size.width:
            return
        width = self.content_size.width
        left, right = fitted(list(self._of_this_place()), list(self._of_every_place()), width)
        begin, space = width - width_of(right, width), between(width)
        gap = " " * max(0, begin - width_of(left, width))
        content = Content(gap).join(Content(" " * space).join(map(_shown, hints)) for hints in (left, right))
        self._spans = [*_spans(left, 0, space), *_spans(right, begin, space)]
        self.show(content)

    def _of_this_place(self) -> Iterator[Hint]:
        """From what has the focus outwards; within a class in the order that it declares them."""
        active = [each for each in self.screen.active_bindings.values() if each.binding.show and each.enabled]
        active.sort(key=lambda each: each.binding.id != FIRST)
        nodes: dict[DOMNode, list[Binding]] = {}
        for each in active:
            nodes.setdefault(each.node, []).append(each.binding)
        for node, bindings in nodes.items():
            order = [binding.id for binding in bindings_of(type(node))]
            seen: set[str] = set()
            for binding in sorted(bindings, key=lambda each: order.index(each.id) if each.id in order else len(order)):
                if binding.id not in (*PLACES, *ALWAYS) and binding.description and binding.action not in seen:
                    seen.add(binding.action)
                    yield Hint(self.app.get_key_display(binding), binding.description, binding.key)

    def _of_every_place(self) -> Iterator[Hint]:
        names = ALWAYS if self.screen.is_modal else (*PLACES, *ALWAYS)
        words = {binding.id: binding.description for binding in bindings_of(type(self.app))}
        for name in names:
            if name in words:
                here = name == f"app.{self.app.current_mode}"
                yield Hint(sign_of(self.app, name), words[name], key_of(self.app, name), here)


def _spans(hints: Sequence[Hint], start: int, space: int) -> Iterator[tuple[int, int, str]]:
    for hint in hints:
        if hint.key:
            yield start, start + hint.width, hint.key
        start += hint.width + space


def _shown(hint: Hint) -> Content:
    if hint.here:
        return Content.styled(f"{hint.sign} {hint.words}".rstrip(), "reverse $foreground 70%")
    words = f" {hint.words}" if hint.words else ""
    return Content.assemble((hint.sign, "bold $text-accent"), words)
