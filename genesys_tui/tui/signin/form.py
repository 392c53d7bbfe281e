"""The form of the sign-in, as it was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, as it was typed."""

    region: str = ""
    base_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = field(default_factory=lambda: SecretStr(""))


class GcForm(NamedTuple):
    """A profile of the gc command line, as a form."""

    name: str
    form: Form
