"""The audit history: one record for every call, whatever its end."""
