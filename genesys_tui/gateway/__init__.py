"""The wire: what is sent to the gateway, and what is understood of its answer."""
