"""The quiet case: one that quotes nobody, whether or not it is known what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from genesys_tui.audit.records import Observation, Record
from genesys_tui.incident.case import Case, Moment

LEFT_OUT = "[left out: it may quote prompt or reply]"

_QUOTED = re.compile(r"(?<= It says: ).*|bytearray\(.*", re.DOTALL)
"""What others said, to its end: a gateway in an error, the HTTP library of an answer that it cannot read."""


def quiet(case: Case) -> Case:
    """The case without what a gateway said in its own words: diagnostics, and what errors quote."""
    return replace(
        case,
        call=case.call._replace(record=_quiet_record(case.call.record)),
        arrived=case.arrived._replace(moments=[_quiet_moment(moment) for moment in case.arrived.moments]),
    )


def _quiet_record(record: Record) -> Record:
    error = record.error and record.error.model_copy(update={"message": _unquoted(record.error.message)})
    said = {"detail": _unquoted(record.detail), "error": error, "observations": tuple(_observations(record))}
    return record.model_copy(update=said)


def _observations(record: Record) -> Iterator[Observation]:
    for seen in record.observations:
        detail = f"{len(seen.detail):,} characters {LEFT_OUT}" if seen.what == "diagnostic" else _unquoted(seen.detail)
        yield seen.model_copy(update={"detail": detail})


def _quiet_moment(moment: Moment) -> Moment:
    return moment._replace(note=_unquoted(moment.note))


def _unquoted(text: str) -> str:
    return _QUOTED.sub(LEFT_OUT, text)
