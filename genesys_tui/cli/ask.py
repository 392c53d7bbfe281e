"""`ask`: one prompt, its reply on standard output."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import click

from genesys_tui.cli.options import given, profile_option, setting_options
from genesys_tui.cli.permission import require_permission, yes_option
from genesys_tui.cli.streams import OutputClosed

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record
    from genesys_tui.cli.formats import Format
    from genesys_tui.config import Settings
    from genesys_tui.exchange import Exchange
    from genesys_tui.gateway.client import Gateway


class Cancellable(Protocol):
    """What a signal can end."""

    def cancel(self) -> None:
        """End it soon. Called from a signal handler."""


@click.command()
@click.argument("prompt", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "events"]), default="text", show_default=True)
@click.option(
    "--continue", "continues", type=click.IntRange(0, 50), default=0, help="Continue a truncated reply up to N times."
)
@click.option("--demo", is_flag=True, help="Ask the embedded gateway; needs nothing.")
@click.option("--scenario", help="The embedded gateway's bad day; see `genesys-tui gateway --help`.")
@click.option("--rate", type=click.FloatRange(0), default=60.0, help="Its tokens per second; 0: as fast as it can.")
@yes_option
@profile_option
@setting_options
def ask(
    prompt: str | None,
    form: str,
    continues: int,
    demo: bool,
    scenario: str | None,
    rate: float,
    yes: bool,
    profile: str | None,
    **flags: Any,
) -> int:
    """Make one call. PROMPT is the prompt; `-`, or a pipe, reads it from standard input.

    The reply goes to standard output, everything else to standard error. Exit codes: 0 completed, 1 failed, 2 usage or
    configuration, 3 truncated, 4 sign-in, 5 rate limited, 130 cancelled.
    """
    from genesys_tui.config import load_settings

    text = _read_prompt(prompt)
    settings = load_settings(given(flags), profile=profile)
    with opened_gateway(settings, scenario or ("calm" if demo else None), rate) as (gateway, settings):
        require_permission(settings, yes=yes)
        return _exchange(text, form, continues, settings, gateway)


def _read_prompt(prompt: str | None) -> str:
    if prompt is None or prompt == "-":
        if prompt is None and sys.stdin.isatty():
            raise click.UsageError("Give a PROMPT, or pipe one in.")
        prompt = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if not prompt.strip():
        raise click.UsageError("The prompt is empty.")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        place = f"character {error.start + 1:,}"
        raise click.UsageError(f"The prompt is no UTF-8 text from {place} on. Convert it first, with iconv.") from None
    return prompt


@contextlib.contextmanager
def opened_gateway(settings: Settings, scenario: str | None, rate: float) -> Iterator[tuple[Gateway, Settings]]:
    """The profile's gateway, or the embedded one on its good or bad day."""
    from genesys_tui.cli.demo import leading_to, running_gateway
    from genesys_tui.cli.wiring import DemoTokens, make_store
    from genesys_tui.connection import make_gateway, make_tokens

    if scenario is not None:
        with running_gateway(scenario, rate=rate) as demo:
            there = leading_to(demo, settings)
            yield make_gateway(there, make_store(there), DemoTokens(demo)), there
        return
    store = make_store(settings)
    tokens = make_tokens(settings, store)
    try:
        yield make_gateway(settings, store, tokens), settings
    finally:
        tokens.close()


def _exchange(prompt: str, form: str, continues: int, settings: Settings, gateway: Gateway) -> int:
    from genesys_tui.cli.exits import exit_code_for
    from genesys_tui.cli.formats import format_named
    from genesys_tui.cli.wiring import recording
    from genesys_tui.exchange import Exchange
    from genesys_tui.gateway.payload import Message

    payload = settings.payload(Message(role="user", content=prompt))
    with recording(settings) as ledger:
        exchange = Exchange(payload, gateway, ledger, settings.context(), continues=continues)
        with cancelled_by_signals(exchange):
            return exit_code_for(_run(exchange, format_named(form, exchange)))


def _run(exchange: Exchange, form: Format) -> Record:
    """Write the exchange as it comes; returns its last record. Output that closes cancels it.

    Raises OutputClosed, once the end is recorded, where output failed in another way than by a reader who left.
    """
    from genesys_tui.call import Ended

    closed: OutputClosed | None = None
    records: list[Record] = []
    # Closed here, whatever happens: a record must not wait for the garbage collector.
    with contextlib.closing(exchange.run()) as facts:
        for fact in facts:
            try:
                if closed is None:
                    form.take(fact)
            except OutputClosed as error:
                closed = error
                exchange.cancel()
            if isinstance(fact, Ended):
                records.append(fact.record)
    if closed is None:
        form.finish()
    elif str(closed):
        raise closed
    return records[-1]


@contextlib.contextmanager
def cancelled_by_signals(made: Cancellable) -> Iterator[None]:
    """SIGINT, SIGTERM and a closed window cancel it; what arrived is kept and recorded.

    Behind it, on the way out, another one ends the program without a word.
    """
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]  # as nohup wishes it
    cancelled = False

    def cancel(*_: object) -> None:
        nonlocal cancelled
        cancelled = True
        made.cancel()

    for number in heard:
        signal.signal(number, cancel)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL if cancelled else before[number])
