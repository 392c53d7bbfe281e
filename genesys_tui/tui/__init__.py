"""The screen. Only what is in here knows Textual."""
