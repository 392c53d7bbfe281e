"""The themes: a dark look and its light twin."""

from __future__ import annotations

from textual.theme import Theme


def _quiet(bar: str, pointed: str, ground: str) -> dict[str, str]:
    """Scrollbars that do not call for attention, and a selection in which text can be read."""
    return {
        "scrollbar": bar,
        "scrollbar-hover": pointed,
        "scrollbar-active": pointed,
        **{f"scrollbar-background{state}": ground for state in ("", "-hover", "-active")},
        "scrollbar-corner-color": ground,
        "screen-selection-foreground": "auto 87%",
    }


DARK = Theme(
    name="genesys-dark",
    primary="#ff5c35",
    secondary="#5aa9e6",
    accent="#ff8a5c",
    success="#5ec48f",
    warning="#e8b44a",
    error="#f0616d",
    foreground="#dfe3ea",
    background="#0f131b",
    surface="#161b26",
    panel="#1d2431",
    dark=True,
    variables=_quiet("#434a57", "#6d7480", "#161b26"),
)
LIGHT = Theme(
    name="genesys-light",
    primary="#d63f17",
    secondary="#1f6fb2",
    accent="#c2410c",
    success="#1b7f4b",
    warning="#96690a",
    error="#c02734",
    foreground="#1d2430",
    background="#fbfaf8",
    surface="#f2f0ec",
    panel="#e8e5df",
    dark=False,
    variables=_quiet("#c3c4c6", "#9b9ea3", "#f2f0ec"),
)
