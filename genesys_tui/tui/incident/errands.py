"""Errands of the incident screen: done on threads, told in messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.incident.archive import save
from genesys_tui.incident.bundle import Bundle, bundle_of
from genesys_tui.incident.case import Arrived, Case, Moment, case_of
from genesys_tui.incident.redaction import Redaction
from genesys_tui.tui.wire.logs import WireLogs

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger


class BundleMade(Message):
    """This is what would be saved."""

    def __init__(self, bundle: Bundle, with_texts: bool, erased: bool = False) -> None:
        self.bundle = bundle
        self.with_texts = with_texts
        self.erased = erased
        """Whether what was said in the call was erased, so that it is in no bundle."""
        super().__init__()


class BundleSaved(Message):
    """It was."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__()


class BundleRefused(Message):
    """It cannot be made, or not be saved."""

    def __init__(self, error: GenesysError) -> None:
        self.error = error
        super().__init__()


class Incident:
    """One call, about which a ticket is to be written. Every method but the first may take its time."""

    def __init__(
        self, ledger: Ledger, request_id: str, wire: WireLogs, secrets: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self.request_id = request_id
        self._ledger = ledger
        self._wire = wire
        self._secrets = secrets
        self._case: Case | None = None
        self._redaction: Redaction | None = None

    def make(self, with_texts: bool) -> Message:
        """The bundle; the call is read once, so that what is shown is what is saved, and anew once it is erased."""
        try:
            if self._case is None or self._ledger.get(self._case.call.record.request_id).erased:
                self._case = case_of(self._ledger, self.request_id, partial(arrived_in, self._wire))
            if self._redaction is None:
                self._redaction = Redaction(self._secrets())
        except GenesysError as error:
            return BundleRefused(error)
        erased = self._case.call.erased
        with_texts = with_texts and not erased
        return BundleMade(bundle_of(self._case, self._redaction, with_texts=with_texts), with_texts, erased)


def saved(bundle: Bundle, file: Path) -> Message:
    """Save it there."""
    try:
        return BundleSaved(save(bundle, file))
    except GenesysError as error:
        return BundleRefused(error)


def arrived_in(wire: WireLogs, request_id: str) -> Arrived | None:
    """What the wire screen still has of a call."""
    log = next((log for log in wire.logs if log.record.request_id == request_id), None)
    if log is None:
        return None
    moments = [Moment(e.number, e.at, e.gap, e.kind, e.tokens, e.note, e.data) for e in log.events()]
    return Arrived(moments, tuple(log.headers), moments[0].number - 1 if moments else 0)
