"""Exit codes.

0 completed, 1 failed, 2 usage or configuration, 3 truncated, 4 sign-in, 5 rate limited, 130 cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record


_OF_STATUS = {"completed": 0, "truncated": 3, "cancelled": 130}
_OF_ERROR = {"configuration": 2, "sign_in": 4, "keyring": 4, "rate_limited": 5}


def exit_code_of(kind: str) -> int:
    """The exit code for an error of this kind."""
    return _OF_ERROR.get(kind, 1)


def exit_code_for(record: Record) -> int:
    """The exit code that tells how a call ended."""
    if record.error is not None:
        return exit_code_of(record.error.kind)
    return _OF_STATUS.get(record.status, 1)
