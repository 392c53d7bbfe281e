"""Keys: the bindings of the app by their ids, and what `[keys]` in config.toml makes of them."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, Keys

from genesys_tui.nearest import nearest

_PACKAGE = "genesys_tui.tui"
_MODIFIERS = frozenset(("alt", "ctrl", "hyper", "meta", "shift", "super"))
_NAMES = frozenset(key.value.rpartition("+")[2] for key in Keys) | set(REPLACED_KEYS)
_NEVER = {
    "alt+enter": "many terminals send it as enter",
    "ctrl+i": "terminals send it as tab",
    "ctrl+m": "terminals send it as enter",
}


class Place(NamedTuple):
    """A screen, a widget or the app, and its own bindings."""

    name: str
    bindings: tuple[Binding, ...]


def places() -> list[Place]:
    """Everything of ours that has bindings. Imports all of the screen: not before the first frame."""
    package = importlib.import_module(_PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        importlib.import_module(module.name)
    return [
        Place(node.__qualname__, tuple(map(_as_binding, vars(node).get("BINDINGS", ()))))
        for node in sorted(set(_descendants(DOMNode)), key=lambda node: node.__qualname__)
        if node.__module__.startswith(f"{_PACKAGE}.") and vars(node).get("BINDINGS")
    ]


def keymap_of(keys: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What Textual takes as a keymap, and a sentence for every entry that is none."""
    keymap: dict[str, str] = {}
    problems: list[str] = []
    for name, value in keys.items():
        wanted = _listed(value)
        reasons = [reason for key in wanted if (reason := _refusal(key))]
        if not wanted:
            reasons = ['Give a key, such as "ctrl+x", or a list of keys.']
        if reasons:
            problems.append(f"keys.{name}: {' '.join(reasons)}")
        else:
            keymap[name] = ",".join(map(normal, wanted))
    return keymap, problems


def misfits(keymap: Mapping[str, str], where: Iterable[Place]) -> list[str]:
    """A sentence for every id that no binding has, and for every key that two bindings of one place would share."""
    where = list(where)
    known = {binding.id for place in where for binding in place.bindings if binding.id}
    problems = [
        f"keys.{name}: there is no such binding.{_nearest(name, known)}" for name in sorted(set(keymap) - known)
    ]
    for place in where:
        problems += _shared(keymap, place)
    return problems


def _nearest(name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    return f" Is it {' or '.join(near)}?" if near else " `genesys-tui config keys` lists them."


def normal(key: str) -> str:
    """A key as Textual names it: modifiers in order, characters by name."""
    if len(key) == 1:
        return _named(key)
    *modifiers, last = key.strip().split("+")
    last = _named(last) if len(last) == 1 else last.lower()
    return "+".join([*sorted(modifier.strip().lower() for modifier in modifiers), last])


def _shared(keymap: Mapping[str, str], place: Place) -> list[str]:
    owners: dict[str, str] = {}
    problems = []
    for binding in place.bindings:
        name = binding.id or binding.action
        for key in keymap.get(binding.id or "", binding.key).split(","):
            other = owners.setdefault(normal(key), name)
            if other != name and {other, name} & set(keymap):
                problems.append(f"keys: {key} is the key of both {other} and {name}; only one of them can have it.")
    return problems


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value == "," else [key.strip() for key in value.split(",") if key.strip()]
    if isinstance(value, list) and all(isinstance(key, str) and key for key in value):
        return value
    return []


def _refusal(key: str) -> str:
    """Why it cannot be a key; nothing where it can."""
    if reason := _NEVER.get(normal(key)):
        return f"{key!r} cannot be told from another key: {reason}."
    if len(key) == 1 and key.isprintable():
        return ""
    *modifiers, last = normal(key).split("+")
    if set(modifiers) <= _MODIFIERS and (last in _NAMES or _is_character(last)):
        return ""
    return f"{key!r} is no key. Keys look like ctrl+x, f5 or shift+home."


def _is_character(name: str) -> bool:
    try:
        unicodedata.lookup(KEY_NAME_REPLACEMENTS.get(name, name).replace("_", " "))
    except KeyError:
        return len(name) == 1 and name.isprintable()
    return True


def _named(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _as_binding(binding: BindingType) -> Binding:
    return binding if isinstance(binding, Binding) else Binding(*binding)


def _descendants(node: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for child in node.__subclasses__():
        yield child
        yield from _descendants(child)
