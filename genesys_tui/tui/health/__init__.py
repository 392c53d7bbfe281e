"""How a stream is doing, in gauges and in words."""
