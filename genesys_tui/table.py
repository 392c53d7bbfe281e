"""Tables of config.toml as frozen dataclasses: what is plainly right is taken as it is, all else pydantic judges.

Pydantic alone would take a third of the time to the first frame, and nearly every file is plainly right. Every field
has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from genesys_tui.nearest import no_such_key

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

T = TypeVar("T")

_MOST_EXACT = 2**53
"""From here on an integer may be too large for a float."""


class Limit(NamedTuple):
    """What a value may be, by pydantic's names; to annotate a field with."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    min_length: int | None = None

    def allows(self, value: Any) -> bool:
        """Whether the value keeps to it."""
        return (
            (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.min_length is None or len(value) >= self.min_length)
        )


class Misfit(ValueError):
    """Values that make no such table. Its text is a sentence for each of them."""

    def __init__(self, error: ValidationError, kind: type[Any]) -> None:
        super().__init__(in_words(error, kind))
        self.error = error

    @property
    def names(self) -> set[str]:
        """The settings that do not fit."""
        return {str(problem["loc"][0]) for problem in self.error.errors() if problem["loc"]}


class _Doubtful(Exception):
    """The value is not plainly right."""


def names(kind: type[Any]) -> list[str]:
    """The settings of such a table, in order."""
    return [each.name for each in fields(kind)]


def table(kind: type[T], values: Mapping[str, Any]) -> T:
    """The values as such a table. Raises Misfit."""
    try:
        made: T = _taken(kind, values)
    except _Doubtful:
        made = _judged(kind, values)
    return made


def in_words(error: ValidationError, kind: type[Any] | None = None) -> str:
    """A sentence per invalid field: where it is, what is wrong with it. Never the value, which may be a secret.

    Where the table's ``kind`` is known, a key that it has not is answered with those that it has.
    """
    problems = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        what = problem["msg"].removeprefix("Value error, ")
        if kind and problem["type"] == "extra_forbidden":
            what = no_such_key(str(problem["loc"][-1]), _names_at(kind, problem["loc"][:-1]))
        problems.append(f"{where}: {what[:1].lower()}{what[1:]}" if where else what)
    return "; ".join(problems) + "."


def _names_at(kind: Any, place: tuple[int | str, ...]) -> list[str]:
    for part in place:
        kind = _hints(kind)[str(part)]
    return names(kind)


def _taken(kind: Any, value: Any) -> Any:
    """The value as pydantic would take it, where that goes without saying."""
    origin, parts = get_origin(kind), get_args(kind)
    if _is_table(kind):
        hints = _hints(kind)
        if isinstance(value, Mapping) and value.keys() <= hints.keys():
            return kind(**{name: _taken(hints[name], each) for name, each in value.items()})
    elif origin is Annotated:
        taken = _taken(parts[0], value)
        if all(limit.allows(taken) for limit in parts[1:]):
            return taken
    elif origin is Literal:
        if type(value) is str and value in parts:
            return value
    elif origin is tuple:
        if type(value) in (list, tuple):
            return tuple(_taken(parts[0], each) for each in value)
    elif origin is dict:
        if type(value) is dict:
            return {_taken(parts[0], name): _taken(parts[1], each) for name, each in value.items()}
    elif kind is Any or type(value) is kind:
        return value
    elif kind is float and type(value) is int and abs(value) < _MOST_EXACT:
        return float(value)
    raise _Doubtful


def _is_table(kind: Any) -> bool:
    return is_dataclass(kind)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _judged(kind: Any, values: Mapping[str, Any]) -> Any:
    from pydantic import ValidationError

    try:
        return _made(kind, _model(kind).model_validate(values))
    except ValidationError as error:
        raise Misfit(error, kind) from None


@cache
def _model(kind: Any) -> type[BaseModel]:
    """The same table as pydantic knows it."""
    from pydantic import create_model

    defaults = {each.name: getattr(kind(), each.name) for each in fields(kind)}
    shape: dict[str, Any] = {name: (_hint(hint), defaults[name]) for name, hint in _hints(kind).items()}
    return create_model(kind.__name__, __config__={"extra": "forbid"}, **shape)


def _hint(hint: Any) -> Any:
    from pydantic import Field

    if _is_table(hint):
        return _model(hint)
    if get_origin(hint) is Annotated:
        inner, *limits = get_args(hint)
        wanted = {name: each for limit in limits for name, each in limit._asdict().items() if each is not None}
        return Annotated[inner, Field(**wanted)]
    return hint


def _made(kind: Any, model: BaseModel) -> Any:
    """What the model holds."""
    hints = _hints(kind)
    held = {name: getattr(model, name) for name in model.model_fields_set}
    return kind(**{name: _made(hints[name], each) if _is_table(hints[name]) else each for name, each in held.items()})
