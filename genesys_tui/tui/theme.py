"""The themes: a dark look and its light twin."""

from __future__ import annotations

from textual.theme import Theme

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
)
