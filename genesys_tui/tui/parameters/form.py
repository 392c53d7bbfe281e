"""The form: what is written in the fields, judged as it is typed, made into settings, saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from genesys_tui.audit.records import Record
from genesys_tui.config import DEFAULT_PROFILE, Profile, Settings, payload_fields, read_config
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import Message, Payload
from genesys_tui.setting import write_setting
from genesys_tui.table import Misfit, names, table
from genesys_tui.tui.parameters.fields import FIELDS, Written

_FIELD_OF = {
    "max_stream_duration_seconds": "max_stream_duration",
    "timeout_on_inactivity_seconds": "inactivity_timeout",
    "chunk_matrix": "max_tokens_per_chunk",  # where its parts do not go together
    "content": "system",
}
"""Where a setting has another name in the payload."""

_SUBJECT = re.compile("Value error, |(Input|String|Tuple|List) (?=should )| after validation")
"""What pydantic says that stands beside the field already."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of the fields."""

    settings: Settings | None
    """What they make; None where one of them cannot be used."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    """By field: why it cannot be used."""


class Form:
    """Fields to be filled in, beginning with the settings there are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.written: dict[str, Written] = {each.name: each.write(settings.profile) for each in FIELDS}
        """What the editors begin with."""

    def changes(self, written: Mapping[str, Written]) -> dict[str, Any]:
        """The values that were changed, not judged yet. What is only shown cleaned stays what it was."""
        return {
            each.name: each.read(written[each.name])
            for each in FIELDS
            if each.name in written and written[each.name] != self.written[each.name]
        }

    def judge(self, written: Mapping[str, Written]) -> Judgement:
        """Whether the fields can be used, and if not, why."""
        return judged(self._settings, self.changes(written))


def judged(settings: Settings, changes: Mapping[str, Any]) -> Judgement:
    """The settings with these changes, as the profile's and the payload's own models see them."""
    values = {**vars(settings.profile), **changes}
    reasons: dict[str, str] = {}
    try:
        profile = table(Profile, values)
    except Misfit as misfit:
        reasons = _reasons(misfit.error)
        # Without these the rest can still be judged.
        profile = table(Profile, {**values, **{name: getattr(settings.profile, name) for name in reasons}})
    messages = [Message(role="user", content="…")]
    try:
        if profile.system:
            messages.insert(0, Message(role="system", content=profile.system))
        Payload.model_validate({**payload_fields(profile), "input": {"messages": messages}})
    except ValidationError as error:
        reasons = {**_reasons(error), **reasons}
    if reasons:
        return Judgement(None, reasons)
    origins = {**settings.origins, **dict.fromkeys(changes, "this conversation")}
    return Judgement(replace(settings, profile=profile, origins=origins))


def recorded(settings: Settings, record: Record, system: str) -> Settings:
    """The settings a call was made with, as far as its record tells; those there are where it cannot be used."""
    told = {**record.parameters, **(record.parameters.get("stream_config") or {})}
    for part in ("chunk_matrix", "completion_directives", "gateway_constraints"):
        told |= told.get(part) or {}
    told |= {name: told[other] for other, name in _FIELD_OF.items() if other in told and name != "max_tokens_per_chunk"}
    told |= {"model": record.model, "system": system}
    known = {each.name: told[each.name] for each in FIELDS if each.name in told}
    changes = {name: value for name, value in known.items() if value != _plain(getattr(settings.profile, name))}
    return judged(settings, changes).settings or settings


def why_not_saved(settings: Settings) -> str:
    """Why there is no profile to save to; empty where there is one. Raises ConfigurationError."""
    written = read_config(settings.home.config_file).get("profiles", {})
    if settings.name in (DEFAULT_PROFILE, *written):
        return ""
    return f"There is no profile {settings.name} to save to."


def save(settings: Settings, before: Settings) -> Settings:
    """Write what differs from the profile into its file; returns the profile's settings after it.

    Raises ConfigurationError.
    """
    import tomlkit

    if why_not := why_not_saved(before):
        raise ConfigurationError(why_not)
    file = before.home.config_file
    names = [each.name for each in FIELDS if getattr(settings.profile, each.name) != getattr(before.profile, each.name)]
    for name in names:
        write_setting(file, before.name, name, tomlkit.item(_plain(getattr(settings.profile, name))).as_string())
    return replace(before, profile=settings.profile, origins={**before.origins, **dict.fromkeys(names, str(file))})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _reasons(error: ValidationError) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        where = [_FIELD_OF.get(str(part), str(part)) for part in problem["loc"]]
        name = next((part for part in reversed(where) if part in names(Profile)), "model")
        reasons.setdefault(name, _SUBJECT.sub("", problem["msg"]).partition(", unable")[0])
    return reasons
