"""Plans: which calls a probe makes, and what they are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from genesys_tui.audit.query import QueryError, read_moment
from genesys_tui.probe.limits import Limits

DEFAULT_PROMPT = "Explain in five sentences what a contact centre does."


def _worded(prompt: str) -> str:
    if not prompt.strip():
        raise ValueError("is empty; write what is to be asked")
    try:
        prompt.encode()
    except UnicodeEncodeError:
        raise ValueError("holds bytes that are no text; give it as UTF-8") from None
    return prompt


def _readable(moment: str) -> str:
    try:
        if moment:
            read_moment(moment)
    except QueryError as error:
        raise ValueError(error.message.removesuffix(".")) from None
    return moment


class Turn(NamedTuple):
    """One of a probe's calls, before it is made."""

    number: int
    """From 1 on, in the order in which calls begin."""

    prompt: int
    """Which of the prompts, from 1 on."""

    round: int
    """Whether it is the prompt's first call, or a later one; from 1 on."""


class Plan(BaseModel):
    """What to ask, how often, and what must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts: tuple[Annotated[str, AfterValidator(_worded)], ...] = Field(
        (DEFAULT_PROMPT,), min_length=1, max_length=1000
    )
    repeat: int = Field(10, ge=1, le=10_000, strict=True)
    """Calls of each prompt."""

    concurrency: int = Field(1, ge=1, le=64, strict=True)
    """Calls that run at once, at most."""

    limits: Limits = Limits()
    baseline: Annotated[str, AfterValidator(_readable)] = ""
    """How far back to look for calls to compare with: an age (``7d``) or a date; empty for no comparison."""

    @property
    def total(self) -> int:
        """How many calls it makes."""
        return len(self.prompts) * self.repeat

    def turns(self) -> Iterator[Turn]:
        """Its calls: each prompt once, then each once more, so that no prompt has a time of day to itself."""
        count = len(self.prompts)
        return (Turn(number + 1, number % count + 1, number // count + 1) for number in range(self.total))
