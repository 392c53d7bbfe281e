"""The fields: which settings the dialog offers, in which order, and how each is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from genesys_tui.config import Profile
from genesys_tui.sanitize import sanitized
from genesys_tui.tui.parameters.escapes import escaped, unescaped

Written = str | bool
"""What an editor holds."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of the profile, as the dialog shows it."""

    name: str
    label: str
    hint: str = ""
    kind: Literal["line", "text", "lines", "switch", "choice"] = "line"

    def write(self, profile: Profile) -> Written:
        """The setting as its editor shows it: harmless text, or a bool."""
        value: Any = getattr(profile, self.name)
        if self.kind == "switch":
            return bool(value)
        if self.kind == "lines":
            return "\n".join(map(escaped, value))
        return sanitized(str(value).removesuffix(".0") if isinstance(value, float) else str(value))

    def read(self, written: Written) -> Any:
        """What the editor's content says, for pydantic to judge."""
        if isinstance(written, bool) or self.kind in ("text", "choice"):
            return written
        if self.kind == "lines":
            return tuple(unescaped(line) for line in written.splitlines() if line)
        return written.strip()


GROUPS: dict[str, tuple[Field, ...]] = {
    "": (
        Field("model", "model"),
        Field("system", "system prompt", kind="text"),
    ),
    "REPLY": (
        Field("max_tokens", "max tokens", "the longest reply"),
        Field("temperature", "temperature", "0 repeats itself, 2 wanders"),
        Field("stop", "stop sequences", "one a line; \\n is a line break", "lines"),
    ),
    "CHUNKS": (
        Field("min_tokens_per_chunk", "min tokens", "a chunk has at least"),
        Field("max_tokens_per_chunk", "max tokens", "a chunk has at most"),
        Field("flush_interval_ms", "flush interval", "ms until a chunk is sent as it is"),
        Field("content_mode", "content", "of a chunk: new text, or all so far", "choice"),
    ),
    "DIRECTIVES": (
        Field("include_usage", "include usage", "token counts at the end", "switch"),
        Field("enforce_schema", "enforce schema", "the gateway checks its own chunks", "switch"),
        Field("truncate_on_limit", "truncate on limit", "cut the reply there, instead of refusing", "switch"),
    ),
    "LIMITS": (
        Field("max_stream_duration", "stream duration", "seconds a stream may take"),
        Field("inactivity_timeout", "inactivity", "seconds it may be silent"),
    ),
}
"""By heading."""

FIELDS: tuple[Field, ...] = tuple(field for fields in GROUPS.values() for field in fields)
