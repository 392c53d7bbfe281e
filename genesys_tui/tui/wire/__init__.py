"""What arrived on the wire, event by event."""
