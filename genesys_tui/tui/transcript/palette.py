"""The looks of a transcript: names on one side, styles of the theme on the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

LOOKS = (
    "prompt",
    "prompt-bar",
    "heading",
    "heading-1",
    "heading-2",
    "heading-line",
    "strong",
    "emphasis",
    "struck",
    "inline-code",
    "link",
    "address",
    "marker",
    "quote",
    "quote-bar",
    "rule",
    "table-header",
    "table-line",
    "code",
    "code-label",
    "code-comment",
    "code-keyword",
    "code-name",
    "code-number",
    "code-string",
    "note-success",
    "note-warning",
    "note-error",
    "note-muted",
    "hit",
    "hit-current",
    "mark",
    "cursor",
    "selected",
    "unseen",
)
"""The names, each the end of a component class of the widget."""


class Palette:
    """Styles by the names of looks."""

    def __init__(self, base: Style, looks: Mapping[str, Style]) -> None:
        self.base = base
        self._looks = dict(looks)
        self._mixed: dict[tuple[str, ...], Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and (self.base, self._looks) == (other.base, other._looks)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, names: tuple[str, ...]) -> Style:
        """The looks on top of each other, and of the widget's own style."""
        if (style := self._mixed.get(names)) is None:
            style = self.base
            for name in names:
                if look := self._looks.get(name):
                    style += look
            self._mixed[names] = style
        return style

    def alone(self, name: str) -> Style:
        """A look to be laid over others, on the ground that they have."""
        return self._looks.get(name, Style.null())


def palette_of(widget: Widget) -> Palette:
    """The palette that the theme and the style sheets give the widget's component classes."""
    ground = widget.background_colors[1]
    looks: dict[str, Style] = {}
    code = ground
    for name in LOOKS:
        styles = widget.get_component_styles(f"transcript--{name}")
        below = code if name.startswith("code-") else ground
        if styles.has_rule("background"):
            below = below + styles.background if styles.background.a < 1 else styles.background
            code = below if name == "code" else code
        color = styles.color if styles.has_rule("color") or styles.has_rule("auto_color") else None
        if color is not None and styles.auto_color:
            color = below.get_contrast_text(color.a)
        if color is not None and color.a < 1:
            color = below + color
        looks[name] = styles.text_style + Style(
            color=color.rich_color if color else None,
            bgcolor=below.rich_color if styles.has_rule("background") else None,
        )
    return Palette(widget.rich_style, looks)


LOOK_CSS = """
Transcript {
    & > .transcript--prompt { text-style: bold; background: $foreground 6%; }
    & > .transcript--prompt-bar { color: $primary; }
    & > .transcript--heading { text-style: bold; color: $text-primary; }
    & > .transcript--heading-line { color: $primary; }
    & > .transcript--strong { text-style: bold; }
    & > .transcript--emphasis { text-style: italic; }
    & > .transcript--struck { text-style: strike; }
    & > .transcript--inline-code { color: $text-accent; background: $surface; }
    & > .transcript--link { text-style: underline; color: $text-secondary; }
    & > .transcript--address { color: $text-muted; }
    & > .transcript--marker { color: $text-primary; }
    & > .transcript--quote { text-style: italic; }
    & > .transcript--quote-bar { color: $secondary; }
    & > .transcript--rule { color: $foreground 30%; }
    & > .transcript--table-header { text-style: bold; }
    & > .transcript--table-line { color: $foreground 30%; }
    & > .transcript--code { background: $surface; }
    & > .transcript--code-label { color: $text-muted; text-style: italic; }
    & > .transcript--code-comment { color: $text-muted; text-style: italic; }
    & > .transcript--code-keyword { color: $text-accent; }
    & > .transcript--code-name { color: $text-secondary; }
    & > .transcript--code-number { color: $text-warning; }
    & > .transcript--code-string { color: $text-success; }
    & > .transcript--note-success { color: $text-success; }
    & > .transcript--note-warning { color: $text-warning; text-style: bold; }
    & > .transcript--note-error { color: $text-error; text-style: bold; }
    & > .transcript--note-muted { color: $text-muted; }
    & > .transcript--hit { color: $text-warning; text-style: bold underline; }
    & > .transcript--hit-current { color: $text-warning; text-style: bold underline reverse; }
    & > .transcript--selected { background: $primary 35%; }
    &:nocolor > .transcript--selected { text-style: reverse; }
    & > .transcript--cursor { color: $primary; text-style: bold; }
    &:nocolor > .transcript--cursor { text-style: bold underline; }
    & > .transcript--mark { color: $text-accent; text-style: bold; }
    & > .transcript--unseen { background: $primary; color: $text; text-style: bold; }
}
"""
"""How they look unless a theme says otherwise."""
