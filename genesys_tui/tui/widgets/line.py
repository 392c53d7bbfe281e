"""A line: text that changes often, and costs a repaint only when it does."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """One line of fixed size, whatever it shows."""

    DEFAULT_CSS = """
    Line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, content: Content | str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._shown = Content(content) if isinstance(content, str) else content
        super().__init__(self._shown, id=id, classes=classes, markup=False)

    def show(self, content: Content) -> None:
        """Show this instead."""
        if not content.is_same(self._shown):
            self._shown = content
            self.update(content, layout=False)
