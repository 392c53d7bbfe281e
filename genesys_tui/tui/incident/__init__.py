"""The screen on which an incident bundle is looked at before it is saved."""
