"""Help: the keys of what has the focus, read from its bindings, and a paragraph about it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of

USUAL = "Moving and editing"


class Chapter(NamedTuple):
    """One place with keys: a widget, a screen, the app."""

    title: str
    about: str
    """A paragraph; may be empty."""

    keys: tuple[tuple[str, str], ...]
    """The keys of a binding as the terminal shows them, and what they do."""


def chapters(screen: Screen[object]) -> list[Chapter]:
    """From what has the focus outwards to the app, then the keys that every editor or list has.

    A place is left out where nothing is to be said of it.
    """
    by_node: dict[DOMNode, list[ActiveBinding]] = {}
    usual: list[ActiveBinding] = []
    for active in screen.active_bindings.values():
        if not active.binding.system and _words(active.binding):
            # Bindings of ours have ids; those of Textual's widgets have none.
            (by_node.setdefault(active.node, []) if active.binding.id else usual).append(active)
    told = {screen.focused, screen, screen.app, *by_node}
    outwards = [node for node in (screen.focused or screen).ancestors_with_self if node in told]
    found = [Chapter(_title(node), _about(node), _keys(by_node.get(node, []), screen)) for node in outwards]
    found.append(Chapter(USUAL, "", _keys(usual, screen)))
    return [chapter for chapter in found if chapter.about or chapter.keys]


class HelpScreen(Modal[None]):
    """The chapters, over the screen they are about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="help.close"),
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > VerticalScroll {
            width: 78;
            max-width: 94%;
            height: auto;
            max-height: 90%;
            background: $panel;
            border: round $primary 70%;
            padding: 1 2 0 2;
            scrollbar-size: 1 1;
        }
        & Static { height: auto; width: 1fr; padding-bottom: 1; }
    }
    """

    def __init__(self, told: list[Chapter]) -> None:
        super().__init__()
        self._told = told

    def compose(self) -> ComposeResult:
        """One after the other."""
        with VerticalScroll() as page:
            page.border_title = "Help"
            page.border_subtitle = Content(f"{sign_of(self, 'help.close')} closes")
            for chapter in self._told:
                yield Static(_content(chapter), markup=False)


def _keys(active: list[ActiveBinding], screen: Screen[object]) -> tuple[tuple[str, str], ...]:
    keys: dict[str, tuple[str, list[str]]] = {}
    for each in active:
        _, displays = keys.setdefault(each.binding.action, (_words(each.binding), []))
        display = screen.app.get_key_display(each.binding)
        if display not in displays:
            displays.append(display)
    return tuple((" ".join(displays), words) for words, displays in keys.values())


def _words(binding: Binding) -> str:
    if not binding.description:
        return ""
    return f"{binding.description}: {binding.tooltip}" if binding.tooltip else binding.description


def _title(node: DOMNode) -> str:
    if given := node.BINDING_GROUP_TITLE:
        return given
    if node is node.app:
        return "Everywhere"
    name = type(node).__name__.removesuffix("Screen")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()


def _about(node: DOMNode) -> str:
    """What it says of itself; else the first paragraph of its class's docstring, where the class is ours."""
    if node is node.app:
        return ""
    if node.HELP:
        return " ".join(node.HELP.split())
    ours = (cls for cls in type(node).__mro__ if cls.__module__.startswith("genesys_tui."))
    doc = next((inspect.cleandoc(cls.__doc__) for cls in ours if cls.__doc__), "")
    return " ".join(doc.partition("\n\n")[0].split())


def _content(chapter: Chapter) -> Content:
    return Content("\n").join(_lines(chapter))


def _lines(chapter: Chapter) -> Iterator[Content]:
    yield Content.styled(chapter.title, "bold $text-primary")
    if chapter.about:
        yield Content(chapter.about)
    width = min(22, max((len(keys) for keys, _ in chapter.keys), default=0))
    for keys, words in chapter.keys:
        yield Content.assemble((f"{keys:>{width}}  ", "bold"), words)
