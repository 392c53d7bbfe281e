"""The root command. Commands are imported when they run, so that help is there at once."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

# Name → the module that holds it (and the name in it), and its line in the help.
_COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Open the app on the embedded gateway; needs nothing."),
    "ask": ("ask:ask", "Make one call; the reply goes to standard output."),
    "login": ("login:login", "Put OAuth client credentials into the keyring."),
    "logout": ("login:logout", "Take credentials and token out of the keyring."),
    "status": ("login:status", "Say who is signed in, and where each thing came from."),
    "probe": ("probe:probe", "Run prompts against a profile and judge its streams; for monitoring and CI."),
    "models": ("models:models", "List the models of the gateway."),
    "audit": ("audit:audit", "List, show, export and verify the recorded calls."),
    "gateway": ("gateway:gateway", "Run the embedded gateway by itself."),
    "config": ("config:config", "Show and change settings."),
    "doctor": ("doctor:doctor", "Check keyring, sign-in, network, audit file and terminal."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The commands, in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"genesys_tui.cli.{module}"), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="genesys-tui")
@click.option("--profile", help="The profile to use (also GENESYS_TUI_PROFILE).")
@click.pass_context
def root(ctx: click.Context, profile: str | None) -> None:
    """Chat with the Genesys Cloud LLM gateway, watch its streams, keep an audit history.

    Without a command, opens the app. `genesys-tui demo` opens it on an embedded gateway and needs nothing.
    """
    ctx.obj = profile
    if ctx.invoked_subcommand is None:
        from genesys_tui.cli.app import open_app

        ctx.exit(open_app(profile))


def run(arguments: Sequence[str]) -> int:
    """Run a command. Returns its exit code; raises GenesysError and OutputClosed."""
    try:
        result: Any = root.main(list(arguments), prog_name="genesys-tui", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return result if isinstance(result, int) else 0
