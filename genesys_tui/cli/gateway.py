"""`gateway`: the embedded gateway by itself, for other people's tests."""

from __future__ import annotations

from pathlib import Path

import click

from genesys_tui.cli.streams import narrate, write
from genesys_tui.demo.scenarios import SCENARIOS


def _scenario_list() -> str:
    return "\b\nScenarios (NAME:N is bad for the first N requests of each call):\n" + "\n".join(
        f"  {name:16}{about}" for name, about in SCENARIOS.items()
    )


@click.command(epilog=_scenario_list())
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any free one.")
@click.option("--scenario", default="calm", show_default=True, help="What kind of day it has.")
@click.option(
    "--rate", type=click.FloatRange(0), default=60.0, show_default=True, help="Tokens per second; 0: unpaced."
)
@click.option("--tokens", type=click.IntRange(1, 1_000_000), help="Make replies about this long.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Play a capture of the wire screen, at its own pace.",
)
def gateway(port: int, scenario: str, rate: float, tokens: int | None, replay: Path | None) -> None:
    """Run the embedded gateway on 127.0.0.1 until interrupted; sign-in and API at one address."""
    from genesys_tui.cli.demo import running_gateway

    with running_gateway(scenario, rate=rate, tokens=tokens, port=port, replay=replay) as server:
        write(f"{server.url}\n")
        what = str(replay) if replay else server.scenario
        narrate(f"Serving {what!r}; sign-in and API at one address. Ctrl+C stops it. To ask it something:\n")
        given = f"GENESYS_CLIENT_ID={server.client_id} GENESYS_CLIENT_SECRET={server.client_secret}"
        narrate(f"  {given} genesys-tui ask --base-url {server.url} hello")
        narrate(f"  genesys-tui ask --dialect openai --base-url {server.url}/v1 hello\n")
        narrate(f"OpenAI-compatible at {server.url}/v1, with the key {server.api_key} or none.\n")
        server.serve_forever()
