"""The transcript of a conversation: prompts and streaming replies, drawn line by line."""

from genesys_tui.tui.transcript.transcript import Transcript

__all__ = ["Transcript"]
