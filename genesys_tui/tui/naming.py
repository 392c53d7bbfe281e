"""Naming keys: what sentences call the key of a binding, as it is or as `[keys]` in config.toml made it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

_NAMES = {
    "escape": "Escape",
    "enter": "Enter",
    "pageup": "page up",
    "pagedown": "page down",
    "delete": "Delete",
    "backspace": "Backspace",
    **{key: key for key in ("up", "down", "left", "right")},
}


def key_of(node: DOMNode, binding_id: str, *beside: type[DOMNode]) -> str:
    """The first key of a binding of this node, or of what it stands in, or ``beside`` it, as Textual names it."""
    remapped = node.app._keymap.get(binding_id)
    return (remapped or binding_of(node, binding_id, *beside).key).split(",")[0]


def name_of(node: DOMNode, binding_id: str, *beside: type[DOMNode]) -> str:
    """The same as a sentence names it: ``Escape``, ``F3``, ``ctrl+g``, ``/``."""
    return named(key_of(node, binding_id, *beside))


def sign_of(node: DOMNode, binding_id: str) -> str:
    """The same where there is little room, as the key line and Textual show it: ``esc``, ``f3``, ``^g``."""
    binding = binding_of(node, binding_id)
    if remapped := node.app._keymap.get(binding_id):
        binding = binding.with_key(remapped.split(",")[0], key_display=None)
    elif "," in binding.key:
        binding = binding.with_key(binding.key.split(",")[0])
    return node.app.get_key_display(binding)


def named(key: str) -> str:
    """A key, as Textual names it, in words."""
    *modifiers, last = key.split("+")
    is_function_key = last.startswith("f") and last[1:].isdigit()
    return "+".join([*modifiers, last.upper() if is_function_key else _NAMES.get(last) or format_key(last)])


def binding_of(node: DOMNode, binding_id: str, *beside: type[DOMNode]) -> Binding:
    """A binding, whether it is offered at the moment or not, before it is remapped. Raises KeyError."""
    for place in (*beside, *map(type, node.ancestors_with_self)):
        for binding in bindings_of(place):
            if binding.id == binding_id:
                return binding
    raise KeyError(binding_id)


def bindings_of(place: type[DOMNode]) -> Iterator[Binding]:
    """Those of a class, then those of what it is made from."""
    for each in place.__mro__:
        for binding in vars(each).get("BINDINGS", ()):
            yield binding if isinstance(binding, Binding) else Binding(*binding)
