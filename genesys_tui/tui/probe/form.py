"""The probe's form: what is written in its fields, made into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.config import Profile, Settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.probe.file import plan_with, read_file
from genesys_tui.probe.limits import Limits
from genesys_tui.probe.plan import Plan
from genesys_tui.table import table
from genesys_tui.tui.parameters.escapes import escaped, unescaped


class Field(NamedTuple):
    """A line of the form."""

    name: str
    """As the plan, or its limits, call it."""

    label: str
    hint: str


FIELDS = (
    Field("repeat", "repeat", "calls of each prompt"),
    Field("concurrency", "at once", "calls that run together, at most"),
    Field("baseline", "compare with", "earlier calls: 7d, 24h, or since a date"),
    Field("max_ttft_p95", "TTFT p95 ≤", "seconds, for 95 of 100 calls"),
    Field("min_rate_p50", "rate p50 ≥", "tokens per second, for half of them"),
    Field("max_gap", "longest gap ≤", "seconds, in any call"),
    Field("max_truncated", "truncated ≤", "calls"),
    Field("max_failed", "failed ≤", "calls"),
)
FIRST_LIMIT = "max_ttft_p95"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A probe that may be run."""

    plan: Plan
    settings: Settings


class Form:
    """Begins with a plan, takes in a file, and judges what is written."""

    def __init__(self, settings: Settings, plan: Plan | None = None) -> None:
        self._settings = settings
        self._plan = plan or Plan(baseline="7d")

    @property
    def written(self) -> dict[str, str]:
        """What the fields begin with, ``prompts`` with one of them a line."""
        plan = self._plan
        values = {**plan.model_dump(), **plan.limits.model_dump()}
        prompts = "\n".join(map(escaped, plan.prompts))
        return {"prompts": prompts, **{field.name: _shown(values[field.name]) for field in FIELDS}}

    def read(self, path: Path) -> None:
        """Begin with a file instead. Raises ConfigurationError, which names the place."""
        found = read_file(path)
        if found.profile not in ("", self._settings.name):
            raise ConfigurationError(
                f"{path} is for the profile {found.profile}, and this is {self._settings.name}. Start the app with"
                f" --profile {found.profile}, or take that line out of the file."
            )
        fields = {**vars(self._settings.profile), **found.parameters}
        self._settings = replace(self._settings, profile=table(Profile, fields))
        self._plan = found.plan

    def wanted(self, written: Mapping[str, str]) -> Wanted:
        """What the fields ask for. Raises ConfigurationError, a line for each that cannot be used."""
        prompts = tuple(unescaped(line) for line in written["prompts"].splitlines() if line.strip())
        options: dict[str, Any] = {field.name: _meant(field.name, written[field.name]) for field in FIELDS}
        return Wanted(plan_with(Plan(), {"prompts": prompts, **options}), self._settings)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _meant(name: str, text: str) -> Any:
    """A number where it is one; what is left empty asks for nothing, or for what is usual."""
    text = text.strip()
    if not text and name != "baseline":
        return (Limits if name in Limits.model_fields else Plan).model_fields[name].default
    if name == "baseline":
        return text
    try:
        number = float(text)
    except ValueError:
        return text  # which is told to be no number
    return int(text) if text.isascii() and text.lstrip("+-").isdigit() else number
