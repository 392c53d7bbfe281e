"""Probe files: a plan in TOML, with the profile it is for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from genesys_tui.config import Profile, payload_fields
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import build_payload
from genesys_tui.nearest import no_such_key
from genesys_tui.probe.plan import Plan
from genesys_tui.table import Misfit, names, table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PARAMETERS = (
    *("model", "system", "max_tokens", "temperature", "stop", "min_tokens_per_chunk", "max_tokens_per_chunk"),
    *("flush_interval_ms", "include_usage", "enforce_schema", "truncate_on_limit", "max_stream_duration"),
    *("inactivity_timeout", "content_mode", "retries", "stall_seconds"),
)
"""What a file may say of its calls. Never where they go: the token goes with them, and the file may be anybody's."""


class ProbeFile(Plan):
    """A plan, and what its calls are made with."""

    profile: str = ""
    """Empty for the one in use."""

    parameters: dict[str, Any] = Field({})
    """Settings of the profile, for these calls."""

    @property
    def plan(self) -> Plan:
        """The plan alone."""
        return Plan.model_validate({name: getattr(self, name) for name in Plan.model_fields})


def read_file(file: Path) -> ProbeFile:
    """The file, judged. Raises ConfigurationError, which names the place."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        fields = tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is no text in UTF-8 (byte {error.start:,}). Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is no TOML: {error}.") from None
    try:
        found = ProbeFile.model_validate(fields)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_told(error, file, text))) from None
    _judge_parameters(found.parameters, file, text)
    return found


def plan_with(plan: Plan, options: dict[str, Any]) -> Plan:
    """The plan with what was said otherwise: its fields by name, and those of its limits. Raises ConfigurationError."""
    limits = {
        **plan.limits.model_dump(),
        **{name: options[name] for name in plan.limits.model_dump() if name in options},
    }
    fields = {name: options[name] for name in Plan.model_fields if name in options}
    try:
        return Plan.model_validate({**plan.model_dump(), **fields, "limits": limits})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_told(error))) from None


def _judge_parameters(parameters: dict[str, Any], file: Path, text: str) -> None:
    for name in parameters:
        if name not in PARAMETERS:
            where = _place(("parameters", name), file, text)
            if name in names(Profile):
                raise ConfigurationError(f"{where} is the profile's to say: set it there, or give it as an option.")
            raise ConfigurationError(f"{where}: {no_such_key(name, PARAMETERS)}.")
    try:
        profile = table(Profile, parameters)
        build_payload({**payload_fields(profile), "input": {"messages": [{"role": "user", "content": "…"}]}})
    except Misfit as misfit:
        raise ConfigurationError("\n".join(_told(misfit.error, file, text, "parameters"))) from None
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error.message}") from None


def _told(error: ValidationError, file: Path | None = None, text: str = "", *below: str) -> Iterator[str]:
    """A sentence for each problem."""
    problems = error.errors(include_url=False, include_input=False)
    deeper = {problem["loc"][:-1] for problem in problems}
    for problem in problems:
        if problem["type"] == "too_short" and problem["loc"] in deeper:
            continue  # only because of what is wrong with its parts
        loc = (*below, *problem["loc"])
        yield f"{_place(loc, file, text)}: {_reason(problem)}."


def _reason(problem: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        return no_such_key(str(problem["loc"][-1]), _known(problem["loc"]))
    if kind in _TAKES:
        return _TAKES[kind]
    if kind == "too_short":
        return "is empty; name at least one"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        bound = next(iter(context.values()))
        return f"must be {kind.replace('_', ' ').replace('than equal', 'than or equal to')} {bound:,}"
    message: str = problem["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


_TAKES = {
    "tuple_type": 'takes a list, such as ["What is a stall?"]',
    "string_type": "takes text in quotes",
    "int_type": "takes a whole number",
    "float_type": "takes a number",
    "finite_number": "takes a number that is finite",
    "dict_type": "is a table of its own",
    "model_type": "is a table of its own, such as [limits]",
}


def _known(loc: tuple[int | str, ...]) -> list[str]:
    model: Any = ProbeFile
    for part in loc[:-1]:
        model = model.model_fields[part].annotation
    return list(model.model_fields)


def _place(loc: tuple[int | str, ...], file: Path | None, text: str) -> str:
    """``probe.toml, line 7: limits.max_gap``; without a file the name alone."""
    name = ""
    for part in loc:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    if file is None:
        return name.removeprefix("limits.")
    line = _line_of([part for part in loc if isinstance(part, str)], text)
    return f"{file}{f', line {line}' if line else ''}: {name}"


def _line_of(keys: list[str], text: str) -> int:
    """Where a key stands, from 1 on; 0 where it is not written plainly."""
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([A-Za-z0-9_.-]+)\s*\]", line):
            table = header[1].split(".")
            if table == keys:
                return number
        elif (key := re.match(r"""\s*["']?([A-Za-z0-9_.-]+)["']?\s*=""", line)) and [
            *table,
            *key[1].split("."),
        ] == keys:
            return number
    return 0
